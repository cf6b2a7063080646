//! What the customer allows, each in words and with a sign: `may: see screen ✓  control –`.

use crate::tokens::{Palette, size, space};
use crate::{fonts, icons, t, words};
use egui::{Color32, CornerRadius, Frame, Label, Margin, Response, RichText, Stroke, Ui, WidgetInfo, Role};
use lotse_engine::view::ConsentView;
use lotse_protocol::peer::ConsentState;

/// The row of chips in a session's header.
pub fn consent_chips(ui: &mut Ui, consents: &[ConsentView]) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let muted = Palette::of(ui).muted_ink;
        ui.label(RichText::new(t!("header-may")).color(muted));
        for consent in consents {
            let palette = Palette::of(ui);
            let (sign, colour) = match consent.state {
                ConsentState::Granted => (icons::CHECK, palette.good),
                ConsentState::Asked => (icons::HOURGLASS, palette.caution),
                ConsentState::Refused => (icons::CLOSE, palette.danger),
                ConsentState::NotAsked => (icons::MINUS, palette.muted_ink),
            };
            let name = t!("chip-name", "access" => words::access(consent.access), "state" => words::consent(consent.state));
            chip(ui, &words::access(consent.access), Some(sign), colour, &name).on_hover_text(words::consent(consent.state));
        }
    });
}

/// A small word on a coloured ground.
pub fn badge(ui: &mut Ui, text: &str, colour: Color32) -> Response {
    chip(ui, text, None, colour, text)
}

fn chip(ui: &mut Ui, text: &str, sign: Option<char>, colour: Color32, name: &str) -> Response {
    let palette = Palette::of(ui);
    let response = Frame::new()
        .fill(palette.tint(colour))
        .stroke(Stroke::new(1.0, crate::tokens::mix(palette.surface, colour, 0.35)))
        .corner_radius(CornerRadius::same(11))
        .inner_margin(Margin::symmetric(space::S as i8, 2))
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = space::XS;
                ui.spacing_mut().interact_size.y = 0.0;
                let ink = if sign.is_some() { palette.ink } else { colour };
                // The frame says it all at once; its parts would be said a second time.
                plain(ui, RichText::new(text).size(size::SMALL).color(ink));
                if let Some(sign) = sign {
                    plain(ui, fonts::icon(sign, 14.0).color(colour));
                }
            })
        })
        .response;
    let response = ui.interact(response.rect, response.id.with("name"), egui::Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));
    response
}

/// An icon beside words that say the same; screen readers pass over it.
pub fn sign(ui: &mut Ui, icon: char, points: f32, colour: Color32) {
    plain(ui, fonts::icon(icon, points).color(colour));
}

/// Text that is drawn and not named.
pub(crate) fn plain(ui: &mut Ui, text: RichText) {
    let job = Label::new(text).selectable(false);
    let (position, galley, response) = job.layout_in_ui(ui);
    if ui.is_rect_visible(response.rect) {
        ui.painter().galley(position, galley, ui.visuals().text_color());
    }
}
