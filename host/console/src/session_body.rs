//! What a session's window shows beneath its header, state by state.

use crate::asked;
use crate::session::peer;
use egui::{RichText, Ui};
use lotse_engine::rep::RepSession;
use lotse_engine::view::{Command, Contribution, SessionState, Step, Tone};
use lotse_ui::plugin_ui::{Acts, is_empty, panels};
use lotse_ui::tokens::{Palette, space};
use lotse_ui::widgets::{Button, empty, notice, sign, trouble};
use lotse_ui::{icons, t, words};

#[derive(Default)]
pub(crate) struct Outcome {
    pub commands: Vec<Command>,
    pub new_code: bool,
    /// The session is over and its window can go.
    pub close: bool,
}

/// `kept`: the talk as it was last shown.
pub(crate) fn show(ui: &mut Ui, session: &RepSession, kept: &[Contribution]) -> Outcome {
    let mut outcome = Outcome::default();
    let view = &session.view;
    match &view.state {
        // The code of any other stands in the list, and there is no window. Closing gives the question back.
        SessionState::Waiting if asked::began(session) => outcome.close = asked::waiting(ui, session),
        SessionState::Waiting => {}
        SessionState::Connecting { step } => connecting(ui, session, *step, &mut outcome),
        SessionState::AwaitingConsent => {
            let title = t!("await-title", "peer" => peer(session));
            empty(ui, icons::HAND, &title, &t!("await-body"), |_| ());
        }
        SessionState::Active => talk(ui, session, &mut outcome),
        SessionState::Lost { seconds_left } => {
            let title = t!("lost-title", "peer" => peer(session));
            let body = t!("lost-body", "left" => words::clock(*seconds_left));
            notice(ui, Tone::Caution, &title, &body, false);
            ui.add_space(space::S);
            in_the_way(ui, session);
            talk(ui, session, &mut outcome);
        }
        SessionState::Ended { reason } => {
            notice(ui, Tone::Plain, &t!("ended-title"), &words::end_for_rep(*reason), false);
            ui.horizontal(|ui| {
                outcome.close = Button::primary(t!("ended-close")).show(ui).clicked();
                outcome.new_code = Button::secondary(t!("list-new-code")).icon(icons::PLUS).show(ui).clicked();
            });
            ui.add_space(space::S);
            panels(ui, kept, &mut Acts::of(Some(session.id)).read_only());
        }
        SessionState::Failed { problem } => {
            trouble(ui, Tone::Danger, &words::problem(problem));
            ui.add_space(space::S);
            ui.horizontal(|ui| {
                outcome.new_code = Button::primary(t!("list-new-code")).icon(icons::PLUS).show(ui).clicked();
                outcome.close = Button::secondary(t!("ended-close")).show(ui).clicked();
            });
        }
    }
    outcome
}

fn connecting(ui: &mut Ui, session: &RepSession, now: Step, outcome: &mut Outcome) {
    let title = t!("connecting-title", "peer" => peer(session));
    in_the_way(ui, session);
    empty(ui, icons::LINK, &title, "", |ui| {
        steps(ui, now);
        ui.add_space(space::M);
        if Button::secondary(t!("common-cancel")).show(ui).clicked() {
            outcome.commands.push(Command::End);
        }
    });
}

/// What keeps this side from the line, if anything has for too long.
fn in_the_way(ui: &mut Ui, session: &RepSession) {
    if let Some(obstacle) = &session.view.obstacle {
        trouble(ui, Tone::Caution, &words::obstacle(obstacle));
        ui.add_space(space::S);
    }
}

/// The steps in their order: done, under way, to come; told by sign and word.
fn steps(ui: &mut Ui, now: Step) {
    let all = [Step::Relay, Step::Keys, Step::Plugins, Step::Link];
    let at = all.iter().position(|step| *step == now).unwrap_or(0);
    ui.allocate_ui_with_layout(egui::vec2(240.0, 0.0), egui::Layout::top_down(egui::Align::Min), |ui| {
        for (index, step) in all.into_iter().enumerate() {
            let palette = Palette::of(ui);
            let (icon, colour) = match index.cmp(&at) {
                std::cmp::Ordering::Less => (icons::GOOD, palette.good),
                std::cmp::Ordering::Equal => (icons::HOURGLASS, palette.accent),
                std::cmp::Ordering::Greater => (icons::CIRCLE, palette.muted_ink),
            };
            ui.horizontal(|ui| {
                sign(ui, icon, 16.0, colour);
                ui.label(RichText::new(words::step(step)).color(if index > at {
                    palette.muted_ink
                } else {
                    palette.ink
                }));
            });
        }
    });
}

/// The talk itself is a plugin's.
fn talk(ui: &mut Ui, session: &RepSession, outcome: &mut Outcome) {
    let mut acts = Acts::of(Some(session.id)).composing(session.view.composed.as_ref());
    match session.view.places.get("chat").filter(|chat| !is_empty(chat)) {
        Some(chat) => panels(ui, chat, &mut acts),
        None => empty(ui, icons::CHAT, &t!("chat-none"), &t!("chat-none-next"), |_| ()),
    }
    outcome.commands.append(&mut acts.commands);
}
