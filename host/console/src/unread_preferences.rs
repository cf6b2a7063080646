//! Preferences for what comes in a session whose window is not in front: whether it calls, and whether that is heard.

use crate::settings::Settings;
use egui::Ui;
use lotse_ui::t;
use lotse_ui::widgets::{section, switch};

pub(crate) fn show(ui: &mut Ui, settings: &mut Settings) {
    section(ui, t!("preferences-unread"));
    toggle(ui, &mut settings.unread_attention, &t!("preferences-unread-attention"));
    toggle(ui, &mut settings.unread_sound, &t!("preferences-unread-sound"));
}

fn toggle(ui: &mut Ui, on: &mut bool, label: &str) {
    if switch(ui, *on, true, None, label, "").clicked() {
        *on = !*on;
    }
}
