//! Preferences for incoming questions: how long each is offered, the sound, and what of both while a session runs. Told to
//! the relay at once.

use crate::chime::Chime;
use crate::settings::Settings;
use egui::{RichText, Ui};
use lotse_engine::rep::RepCommand;
use lotse_protocol::question::{OFFER_S_MAX, OFFER_S_MIN};
use lotse_ui::tokens::{Palette, space};
use lotse_ui::widgets::{Button, muted, section, slider, switch};
use lotse_ui::{icons, t};

pub(crate) fn show(ui: &mut Ui, settings: &mut Settings, chime: &Chime) -> Option<RepCommand> {
    let before = settings.availability();
    section(ui, t!("preferences-questions"));
    let colour = Palette::of(ui).muted_ink;
    let label = ui.label(RichText::new(t!("preferences-offer")).color(colour));
    let unit = format!(" {}", t!("preferences-seconds"));
    slider(ui, &mut settings.offer_s, OFFER_S_MIN..=OFFER_S_MAX, &unit).labelled_by(label.id);
    toggle(ui, &mut settings.sound, &t!("preferences-sound"));
    if chime.is_missing() {
        muted(ui, t!("preferences-sound-none"));
    } else if Button::secondary(t!("preferences-sound-try")).icon(icons::PLAY).show(ui).clicked() {
        chime.play();
    }
    ui.add_space(space::S);
    toggle(ui, &mut settings.session_alert, &t!("preferences-session-alert"));
    toggle(ui, &mut settings.session_sound, &t!("preferences-session-sound"));
    if !settings.session_alert && !settings.session_sound {
        muted(ui, t!("preferences-session-none"));
    }
    let now = settings.availability();
    (now != before).then_some(RepCommand::Availability(now))
}

fn toggle(ui: &mut Ui, on: &mut bool, label: &str) {
    if switch(ui, *on, true, None, label, "").clicked() {
        *on = !*on;
    }
}
