//! The session's page: who is helping, what they may do right now with a switch for each, and the talk.

use crate::reps;
use crate::seen::is_seen;
use crate::wishes::Wishes;
use egui::{Align, Layout, Ui};
use lotse_engine::view::{Access, Command, ConsentView, SessionState, Tone, View};
use lotse_protocol::peer::ConsentState;
use lotse_ui::plugin_ui::{Acts, buttons, is_empty, panels};
use lotse_ui::shown::is_worth_showing;
use lotse_ui::tokens::{Palette, space};
use lotse_ui::widgets::{Button, badge, card_of_rows, empty, line_sign_plain, muted, notice, notices, section, switch};
use lotse_ui::{icons, t, words};

/// Below this a talk cannot be followed, and the page scrolls instead; in points.
const CHAT_HEIGHT_MIN: f32 = 130.0;

/// `room`: height of the page that is to be filled, in points.
pub(crate) fn show(ui: &mut Ui, view: &View, room: f32, wishes: &mut Wishes) {
    let mut acts = Acts::of(view.session).composing(view.composed.as_ref());
    ui.spacing_mut().item_spacing.y = space::S;
    section(ui, t!("active-title", "rep" => view.peer.as_str(), "account" => view.account.as_str()));
    ui.horizontal_wrapped(|ui| {
        // A lost line is told above; how good it was last is no news.
        if !matches!(view.state, SessionState::Lost { .. }) {
            line_sign_plain(ui, &view.link);
        }
        if is_seen(view) {
            badge(ui, &t!("seen-now"), Palette::of(ui).danger);
        }
        if view.developer {
            badge(ui, &t!("developer-title"), Palette::of(ui).caution).on_hover_text(t!("developer-body"));
        }
    });
    others(ui, view);
    acts.commands.extend(notices(ui, view.notices.get(view.notices.len().saturating_sub(1)..).unwrap_or_default()));
    card_of_rows(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        // What is asked for anew each time has no switch.
        let switches = view.consents.iter().filter(|consent| consent.access.stands() && is_worth_showing(consent));
        for consent in switches {
            access_switch(ui, consent, wishes);
        }
    });
    who_paused(ui, view);
    // One row for all of them: what is left of a small window is the talk's.
    ui.horizontal_wrapped(|ui| {
        pause(ui, view, wishes);
        if let Some(menus) = view.places.get("menu").filter(|menus| !is_empty(menus)) {
            buttons(ui, menus, &mut acts);
        }
    });
    let height = (room - (ui.cursor().top() - ui.min_rect().top())).max(CHAT_HEIGHT_MIN);
    ui.allocate_ui_with_layout(egui::vec2(ui.available_width(), height), Layout::top_down(Align::Min), |ui| match view
        .places
        .get("chat")
        .filter(|chat| !is_empty(chat))
    {
        Some(chat) => panels(ui, chat, &mut acts),
        None => empty(ui, icons::CHAT, &t!("chat-none"), &t!("chat-none-customer"), |_| ()),
    });
    acts.commands.into_iter().for_each(|command| wishes.session(command));
}

/// Every further rep who is here: what they do, and the safety code of the line to each.
fn others(ui: &mut Ui, view: &View) {
    for rep in reps::further(view) {
        ui.horizontal_wrapped(|ui| {
            let palette = Palette::of(ui);
            if rep.observing {
                badge(ui, &t!("reps-looks", "name" => rep.name.as_str()), palette.caution);
            } else {
                badge(ui, &t!("reps-helps", "name" => rep.name.as_str()), palette.accent);
            }
            if !rep.safety_code.is_empty() {
                muted(ui, &rep.safety_code);
            }
        });
    }
}

/// `can see your screen`, on or off, at once and by the customer's own hand.
fn access_switch(ui: &mut Ui, consent: &ConsentView, wishes: &mut Wishes) {
    let (icon, label) = match consent.access {
        Access::View => (icons::EYE, t!("switch-view")),
        Access::Control => (icons::POINTER, t!("switch-control")),
        Access::Clipboard => (icons::CLIPBOARD, t!("switch-clipboard")),
        Access::Files => (icons::COPY, t!("switch-files")),
        Access::System => (icons::INFO, t!("switch-system")),
        Access::Restart => (icons::RESTART, t!("access-restart")),
    };
    let on = match consent.state {
        ConsentState::Granted => true,
        ConsentState::NotAsked | ConsentState::Asked | ConsentState::Refused => false,
    };
    if switch(ui, on, true, Some(icon), &label, "").clicked() {
        wishes.session(Command::SetAccess { access: consent.access, allow: !on });
    }
}

fn who_paused(ui: &mut Ui, view: &View) {
    if view.paused_here {
        notice(ui, Tone::Plain, &t!("paused-title"), &t!("paused-body-customer"), false);
    } else if view.paused {
        notice(ui, Tone::Plain, &t!("paused-title"), &t!("paused-body-by-rep", "rep" => view.peer.as_str()), false);
    }
}

/// One pause for everything, for a password or whatever else is nobody's business.
fn pause(ui: &mut Ui, view: &View, wishes: &mut Wishes) {
    let button = if view.paused_here {
        Button::primary(t!("pause-go-on")).icon(icons::PLAY).show(ui)
    } else {
        Button::secondary(t!("pause-start")).icon(icons::PAUSE).show(ui).on_hover_text(t!("pause-hint"))
    };
    if button.clicked() {
        wishes.session(Command::Pause { on: !view.paused_here });
    }
}

/// The line is gone; nothing is to be done but to wait.
pub(crate) fn lost(ui: &mut Ui, view: &View, seconds_left: u64) {
    notice(
        ui,
        Tone::Caution,
        &t!("customer-lost-title"),
        &t!("customer-lost-body", "rep" => view.peer.as_str(), "left" => words::clock(seconds_left)),
        false,
    );
    ui.add_space(space::XS);
}
