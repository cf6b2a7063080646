//! A join code as it is read out: large, in groups, with how long it stands.

use egui::Ui;
use lotse_engine::rep::{RepCommand, RepSession};
use lotse_protocol::code::JoinCode;
use lotse_ui::tokens::{Palette, size, space};
use lotse_ui::widgets::{Button, card, muted, section, sign};
use lotse_ui::{fonts, icons, t, words};

/// A code is about to expire when so many seconds are left.
const SOON_S: u64 = 60;

pub(crate) fn show(ui: &mut Ui, session: &RepSession) -> Vec<RepCommand> {
    let mut commands = Vec::new();
    let Some(code) = &session.code else { return commands };
    card(ui, |ui| {
        section(ui, t!("code-read-out"));
        muted(ui, t!("code-how"));
        ui.add_space(space::S);
        digits(ui, code);
        if session.view.customer_left {
            ui.add_space(space::S);
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = space::S;
                let palette = Palette::of(ui);
                sign(ui, icons::CAUTION, 16.0, palette.caution);
                ui.label(egui::RichText::new(t!("code-customer-left")).color(palette.ink));
            });
        }
        ui.add_space(space::S);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            let palette = Palette::of(ui);
            let left = words::clock(session.code_expires_in_s);
            let colour = if session.code_expires_in_s <= SOON_S { palette.caution } else { palette.muted_ink };
            sign(ui, icons::HOURGLASS, 16.0, colour);
            ui.label(egui::RichText::new(t!("code-waiting")).color(palette.ink));
            ui.label(egui::RichText::new(t!("code-valid", "left" => left)).color(colour));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if Button::quiet(t!("code-take-back")).icon(icons::CLOSE).show(ui).clicked() {
                    commands.push(RepCommand::Close { session: session.id });
                }
            });
        });
    });
    commands
}

/// The digits alone, large, and a way to copy them.
pub(crate) fn digits(ui: &mut Ui, code: &JoinCode) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::L;
        let palette = Palette::of(ui);
        let digits = code.to_string();
        let shown = ui.add(egui::Label::new(fonts::mono(&digits, size::CODE).color(palette.ink)).selectable(true));
        // Digit by digit, or a screen reader says three large numbers.
        let spelt: Vec<String> = digits.chars().filter(|c| !c.is_whitespace()).map(String::from).collect();
        let name = t!("code-name", "digits" => spelt.join(" "));
        shown.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, &name));
        if Button::secondary(t!("code-copy")).icon(icons::COPY).show(ui).clicked() {
            ui.ctx().copy_text(digits);
        }
    });
}

/// Stands where a code stood that nobody came with. True: the rep wants a new one.
pub(crate) fn expired(ui: &mut Ui) -> bool {
    card(ui, |ui| {
        section(ui, t!("code-expired"));
        muted(ui, t!("code-expired-next"));
        ui.add_space(space::S);
        Button::secondary(t!("list-new-code")).icon(icons::PLUS).show(ui).clicked()
    })
    .inner
}
