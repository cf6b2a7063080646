//! The slim bar over a picture: what the plugins give for it, their Tools menu, the line, and beneath them what a person
//! must know who sees nothing else: a lost line, a pause, the newest notice.

use egui::{Align, Frame, Layout, Margin, Panel, Rect, Ui};
use lotse_engine::rep::RepSession;
use lotse_engine::view::{Command, SessionState, Tone};
use lotse_ui::plugin_ui::{Acts, cautions, is_empty, items, menu_button, toolbar};
use lotse_ui::tokens::{Palette, space};
use lotse_ui::widgets::{line_sign, notice, notices};
use lotse_ui::{t, words};

/// Gives the bar's place.
pub(crate) fn show(ui: &mut Ui, session: &RepSession, commands: &mut Vec<Command>) -> Rect {
    let frame =
        Frame::new().fill(Palette::of(ui).surface).inner_margin(Margin::symmetric(space::S as i8, space::XS as i8));
    let panel = Panel::top("viewer bar").frame(frame).show(ui, |ui| {
        tools(ui, session, commands);
        if let Some(state) = state(session) {
            notice(ui, Tone::Caution, &state, "", false);
        }
        let newest = session.view.notices.len().saturating_sub(1);
        commands.extend(notices(ui, session.view.notices.get(newest..).unwrap_or_default()));
    });
    panel.response.rect
}

/// Whether something must be seen now, so that the bar stays in full screen, too.
pub(crate) fn says_something(session: &RepSession) -> bool {
    let view = &session.view;
    state(session).is_some() || !view.notices.is_empty() || view.places.get("viewer").is_some_and(|all| cautions(all))
}

/// Why the picture stands still, in words; `None`: the session is as it should be.
fn state(session: &RepSession) -> Option<String> {
    match &session.view.state {
        SessionState::Active => words::pause_for_rep(&session.view),
        SessionState::Lost { .. } => words::picture_stands(&session.view.state),
        SessionState::Waiting
        | SessionState::Connecting { .. }
        | SessionState::AwaitingConsent
        | SessionState::Ended { .. }
        | SessionState::Failed { .. } => Some(words::state(&session.view.state)),
    }
}

fn tools(ui: &mut Ui, session: &RepSession, commands: &mut Vec<Command>) {
    let mut acts = Acts::of(Some(session.id));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        if let Some(tools) = session.view.places.get("viewer") {
            toolbar(ui, tools, &mut acts);
        }
        if let Some(tools) = session.view.places.get("tools").filter(|tools| !is_empty(tools)) {
            menu_button(ui, &t!("menu-tools"), |ui| items(ui, tools, &mut acts));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if session.view.state == SessionState::Active {
                line_sign(ui, &session.view.link);
            }
        });
    });
    commands.append(&mut acts.commands);
}
