//! The line to the other side: three bars for the eye, and always the words.

use super::chips::plain;
use crate::tokens::{Palette, space};
use crate::{fonts, icons, t, words};
use egui::accesskit::Role;
use egui::{CornerRadius, Rect, Response, RichText, Sense, Ui, WidgetInfo, pos2, vec2};
use lotse_engine::view::{LinkQuality, LinkView};

/// `▂▄▆ good · 38 ms`.
pub fn line_sign(ui: &mut Ui, link: &LinkView) -> Response {
    let words = words::link(link);
    let palette = Palette::of(ui);
    let (lit, colour) = match link.quality {
        LinkQuality::Unknown => (0, palette.muted_ink),
        LinkQuality::Good => (3, palette.good),
        LinkQuality::Slow => (2, palette.caution),
        LinkQuality::Stalled => (1, palette.danger),
    };
    let response = ui
        .horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            let (rect, _) = ui.allocate_exact_size(vec2(16.0, 14.0), Sense::hover());
            for bar in 0..3_u8 {
                let height = 6.0 + 4.0 * f32::from(bar);
                let left = rect.left() + 6.0 * f32::from(bar);
                let shape = Rect::from_min_max(pos2(left, rect.bottom() - height), pos2(left + 4.0, rect.bottom()));
                let fill = if bar < lit { colour } else { crate::tokens::mix(palette.surface, palette.muted_ink, 0.35) };
                ui.painter().rect_filled(shape, CornerRadius::same(1), fill);
            }
            let ink = if link.quality == LinkQuality::Good { palette.ink } else { colour };
            plain(ui, RichText::new(&words).color(ink));
        })
        .response;
    let response = ui.interact(response.rect, response.id.with("name"), Sense::hover());
    let name = t!("line-name", "words" => &words);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    response.on_hover_text(t!("line-rate", "rate" => words::bytes(link.bytes_per_s)))
}

/// The code both sides can read aloud, with what it is for.
pub fn safety_code(ui: &mut Ui, code: &str) -> Response {
    let palette = Palette::of(ui);
    let response = ui
        .horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            plain(ui, fonts::icon(icons::SAFETY, 16.0).color(palette.muted_ink));
            plain(ui, RichText::new(t!("safety-code")).color(palette.muted_ink));
            plain(ui, fonts::mono(code, crate::tokens::size::BODY).color(palette.ink));
        })
        .response;
    let response = ui.interact(response.rect, response.id.with("name"), Sense::hover());
    let name = t!("safety-code-name", "code" => code);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    response.on_hover_text(t!("safety-code-hint"))
}
