//! The page before somebody is signed in: one card.

use egui::{ScrollArea, Ui};
use lotse_ui::tokens::space;
use lotse_ui::widgets::{card, heading, muted};

/// A card in the middle with a title over it, and a line under that.
pub(crate) fn page(ui: &mut Ui, title: String, lead: Option<String>, contents: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.vertical_centered(|ui| {
            ui.add_space((ui.available_height() * 0.12).clamp(space::L, 90.0));
            ui.set_max_width(400.0);
            heading(ui, title);
            if let Some(lead) = lead {
                muted(ui, lead);
            }
            ui.add_space(space::M);
            card(ui, |ui| {
                ui.spacing_mut().item_spacing.y = space::M;
                contents(ui);
            });
        });
    });
}
