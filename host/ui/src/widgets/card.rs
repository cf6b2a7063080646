//! Grounds and headings.

use crate::fonts;
use crate::tokens::{Palette, RADIUS, size, space};
use egui::accesskit::Role;
use egui::{CornerRadius, Frame, InnerResponse, Label, Margin, Response, RichText, Stroke, Ui, WidgetInfo};

/// A raised ground that is as wide as there is room.
pub fn card<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    framed(ui, Margin::same(space::L as i8), contents)
}

/// A card whose rows bring room above and below of their own.
pub fn card_of_rows<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    framed(ui, Margin::symmetric(space::L as i8, space::S as i8), contents)
}

fn framed<R>(ui: &mut Ui, margin: Margin, contents: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    let palette = Palette::of(ui);
    Frame::new()
        .fill(palette.surface)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(RADIUS))
        .inner_margin(margin)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            contents(ui)
        })
}

/// The heading of a window or page.
pub fn heading(ui: &mut Ui, text: impl Into<String>) -> Response {
    named_heading(ui, text.into(), size::HEADING)
}

/// The heading of a part.
pub fn section(ui: &mut Ui, text: impl Into<String>) -> Response {
    named_heading(ui, text.into(), size::TITLE)
}

fn named_heading(ui: &mut Ui, text: String, points: f32) -> Response {
    let response = ui.add(Label::new(fonts::strong(text.clone(), points)).wrap());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    response
}

/// What explains, in smaller weight.
pub fn muted(ui: &mut Ui, text: impl Into<String>) -> Response {
    let colour = Palette::of(ui).muted_ink;
    ui.add(Label::new(RichText::new(text).color(colour)).wrap())
}

/// A line from edge to edge.
pub fn separator(ui: &mut Ui) {
    ui.add(egui::Separator::default().spacing(space::S * 2.0 + 1.0));
}
