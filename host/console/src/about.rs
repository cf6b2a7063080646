//! Help: what this is, which version, and every key.

use crate::shortcuts;
use egui::Grid;
use lotse_ui::tokens::{size, space};
use lotse_ui::widgets::{Button, dialog, muted, section};
use lotse_ui::{fonts, t};

/// Whether it stays open.
pub(crate) fn show(context: &egui::Context) -> bool {
    let (clicked, closed) = dialog(context, "about", "Lotse", 420.0, |ui| {
        muted(ui, t!("about-lead", "version" => env!("CARGO_PKG_VERSION")));
        ui.add_space(space::S);
        section(ui, t!("about-keys"));
        Grid::new("keys").num_columns(2).spacing([space::XL, space::XS]).show(ui, |ui| {
            let keys = [
                (t!("list-new-code"), shortcuts::NEW_CODE),
                (t!("menu-preferences"), shortcuts::PREFERENCES),
                (t!("menu-monitor"), shortcuts::MONITOR),
                (t!("menu-end"), shortcuts::CLOSE),
                (t!("about-larger"), shortcuts::LARGER),
                (t!("about-smaller"), shortcuts::SMALLER),
            ];
            for (what, key) in keys {
                ui.label(what);
                ui.label(fonts::mono(shortcuts::name(key), size::BODY));
                ui.end_row();
            }
        });
        ui.add_space(space::S);
        section(ui, t!("safety-code"));
        ui.label(t!("about-safety-code"));
        ui.add_space(space::M);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let close = Button::secondary(t!("common-close")).width(96.0).show(ui);
            if ui.memory(|memory| memory.focused().is_none()) {
                close.request_focus();
            }
            close.clicked()
        })
        .inner
    });
    !(clicked || closed)
}
