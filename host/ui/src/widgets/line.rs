//! The line to the other side: three bars for the eye, and always the words.

use super::chips::plain;
use crate::tokens::{Palette, mix, size, space};
use crate::{fonts, icons, t, words};
use egui::accesskit::Role;
use egui::{
    Align, CornerRadius, FontFamily, FontId, Layout, Rect, Response, RichText, Sense, Ui, Vec2, WidgetInfo, pos2, vec2,
};
use lotse_engine::view::{LinkQuality, LinkView};

/// Room of the three bars, in points.
const BARS: Vec2 = vec2(16.0, 14.0);

/// `▂▄▆ good · 38 ms`, painted as one piece.
pub fn line_sign(ui: &mut Ui, link: &LinkView) -> Response {
    let response = sign_with(ui, link, &words::link(link));
    response.on_hover_text(t!("line-rate", "rate" => words::bytes(link.bytes_per_s)))
}

/// `▂▄▆ good`: without figures.
pub fn line_sign_plain(ui: &mut Ui, link: &LinkView) -> Response {
    sign_with(ui, link, &words::link_plain(link))
}

fn sign_with(ui: &mut Ui, link: &LinkView, words: &str) -> Response {
    let palette = Palette::of(ui);
    let (lit, colour) = match link.quality {
        LinkQuality::Unknown => (0, palette.muted_ink),
        LinkQuality::Good => (3, palette.good),
        LinkQuality::Slow => (2, palette.caution),
        LinkQuality::Stalled => (1, palette.danger),
    };
    let ink = if link.quality == LinkQuality::Good { palette.ink } else { colour };
    let text = ui.painter().layout_no_wrap(words.to_owned(), FontId::new(size::BODY, FontFamily::Proportional), ink);
    let (rect, response) =
        ui.allocate_exact_size(vec2(BARS.x + space::S + text.size().x, BARS.y.max(text.size().y)), Sense::hover());
    if ui.is_rect_visible(rect) {
        let foot = rect.center().y + BARS.y / 2.0;
        for bar in 0..3_u8 {
            let (left, height) = (rect.left() + 6.0 * f32::from(bar), 6.0 + 4.0 * f32::from(bar));
            let shape = Rect::from_min_max(pos2(left, foot - height), pos2(left + 4.0, foot));
            let fill = if bar < lit { colour } else { mix(palette.surface, palette.muted_ink, 0.35) };
            ui.painter().rect_filled(shape, CornerRadius::same(1), fill);
        }
        let at = pos2(rect.left() + BARS.x + space::S, rect.center().y - text.size().y / 2.0);
        ui.painter().galley(at, text, ink);
    }
    let name = t!("line-name", "words" => words);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    response
}

/// Height of the safety code's row, in points.
pub const CODE_HEIGHT: f32 = 20.0;

/// The code both sides can read aloud, with what it is for.
pub fn safety_code(ui: &mut Ui, code: &str) -> Response {
    let palette = Palette::of(ui);
    let row = ui.allocate_ui_with_layout(
        vec2(ui.available_width(), CODE_HEIGHT),
        Layout::left_to_right(Align::Center),
        |ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            plain(ui, fonts::icon(icons::SAFETY, 16.0).color(palette.muted_ink));
            plain(ui, RichText::new(t!("safety-code")).color(palette.muted_ink));
            plain(ui, fonts::mono(code, size::BODY).color(palette.ink));
        },
    );
    let response = ui.interact(row.response.rect, row.response.id.with("name"), Sense::hover());
    let name = t!("safety-code-name", "code" => code);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    response.on_hover_text(t!("safety-code-hint"))
}
