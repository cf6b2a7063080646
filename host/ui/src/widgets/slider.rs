//! A number on a rail, with the number beside it to be typed.

use crate::tokens::{Palette, mix};
use egui::emath::Numeric;
use egui::{Response, Slider, Ui, style::HandleShape};
use std::ops::RangeInclusive;

/// `unit` stands behind the number, with its space.
pub fn slider<N: Numeric>(ui: &mut Ui, value: &mut N, range: RangeInclusive<N>, unit: &str) -> Response {
    let palette = Palette::of(ui);
    let before = ui.visuals().clone();
    let visuals = ui.visuals_mut();
    // Grounds of controls are those of what they stand on: a rail of that colour is not there.
    visuals.widgets.inactive.bg_fill = palette.control_line;
    visuals.widgets.hovered.bg_fill = mix(palette.control_line, palette.accent, 0.5);
    visuals.widgets.active.bg_fill = palette.accent;
    visuals.selection.bg_fill = palette.accent;
    let slider = Slider::new(value, range).suffix(unit).trailing_fill(true).handle_shape(HandleShape::Circle);
    let response = ui.add(slider);
    *ui.visuals_mut() = before;
    super::button::focus_ring(ui, &response);
    response
}
