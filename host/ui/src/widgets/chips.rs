//! What the customer allows, each in words and with a sign: `may: see screen ✓  control –`.

use crate::shown::is_worth_showing;
use crate::tokens::{Palette, mix, size, space};
use crate::{fonts, icons, t, words};
use egui::accesskit::Role;
use egui::{
    Align2, Color32, CornerRadius, FontFamily, FontId, Label, Response, RichText, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};
use lotse_engine::view::ConsentView;
use lotse_protocol::peer::ConsentState;

/// Height of a chip and of the sign in it, in points.
const HEIGHT: f32 = 22.0;
const SIGN: f32 = 14.0;

/// The row of chips in a session's header.
pub fn consent_chips(ui: &mut Ui, consents: &[ConsentView]) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let muted = Palette::of(ui).muted_ink;
        ui.label(RichText::new(t!("header-may")).color(muted));
        for consent in consents.iter().filter(|consent| is_worth_showing(consent)) {
            let palette = Palette::of(ui);
            let (sign, colour) = match consent.state {
                ConsentState::Granted => (icons::CHECK, palette.good),
                ConsentState::Asked => (icons::HOURGLASS, palette.caution),
                ConsentState::Refused => (icons::CLOSE, palette.danger),
                ConsentState::NotAsked => (icons::MINUS, palette.muted_ink),
            };
            let name =
                t!("chip-name", "access" => words::access(consent.access), "state" => words::consent(consent.state));
            chip(ui, &words::access(consent.access), Some(sign), colour, &name)
                .on_hover_text(words::consent(consent.state));
        }
    });
}

/// A small word on a coloured ground.
pub fn badge(ui: &mut Ui, text: &str, colour: Color32) -> Response {
    chip(ui, text, None, colour, text)
}

/// Painted as one piece, so that a row breaks before it and a screen reader says it once.
fn chip(ui: &mut Ui, text: &str, sign: Option<char>, colour: Color32, name: &str) -> Response {
    let palette = Palette::of(ui);
    let ink = if sign.is_some() { palette.ink } else { colour };
    let words = ui.painter().layout_no_wrap(text.to_owned(), FontId::new(size::SMALL, FontFamily::Proportional), ink);
    let sign_width = if sign.is_some() { SIGN + space::XS } else { 0.0 };
    let wanted = vec2(words.size().x + sign_width + 2.0 * space::S, HEIGHT);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::hover());
    if ui.is_rect_visible(rect) {
        let edge = Stroke::new(1.0, mix(palette.surface, colour, 0.35));
        ui.painter().rect(rect, CornerRadius::same(HEIGHT as u8 / 2), palette.tint(colour), edge, StrokeKind::Inside);
        let left = rect.left() + space::S;
        let top = rect.center().y - words.size().y / 2.0;
        let after = left + words.size().x + space::XS;
        ui.painter().galley(pos2(left, top), words, ink);
        if let Some(sign) = sign {
            ui.painter().text(
                pos2(after, rect.center().y),
                Align2::LEFT_CENTER,
                sign,
                FontId::new(SIGN, fonts::icon_family()),
                colour,
            );
        }
    }
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
