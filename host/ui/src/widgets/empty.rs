//! Empty, waiting, error and offline: a sign, what is the case, and what to do next.

use super::{muted, section};
use crate::fonts;
use crate::tokens::{Palette, space};
use egui::Ui;

/// Centred in the room there is. `actions` draws what to do next, if anything.
pub fn empty<R>(ui: &mut Ui, icon: char, title: &str, body: &str, actions: impl FnOnce(&mut Ui) -> R) -> R {
    let room = ui.available_height();
    ui.vertical_centered(|ui| {
        ui.add_space((room / 2.0 - 100.0).clamp(space::L, 160.0));
        let colour = Palette::of(ui).muted_ink;
        super::chips::plain(ui, fonts::icon(icon, 40.0).color(colour));
        ui.add_space(space::S);
        ui.set_max_width(ui.available_width().min(420.0));
        section(ui, title);
        if !body.is_empty() {
            muted(ui, body);
        }
        ui.add_space(space::S);
        actions(ui)
    })
    .inner
}
