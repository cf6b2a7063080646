//! On or off, at once: a switch with its words beside it.

use crate::fonts;
use crate::tokens::{CONTROL_HEIGHT, Palette, mix, space};
use egui::accesskit::Role;
use egui::{CornerRadius, Response, RichText, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

/// Shows `on`; a click or Space gives the wish for the other, and the caller decides. `note` stands beneath in muted ink.
pub fn switch(ui: &mut Ui, on: bool, enabled: bool, icon: Option<char>, label: &str, note: &str) -> Response {
    let height = if note.is_empty() { CONTROL_HEIGHT } else { CONTROL_HEIGHT + 10.0 };
    let sense = if enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), sense);
    let palette = Palette::of(ui);
    if ui.is_rect_visible(rect) {
        let track = egui::Rect::from_center_size(rect.right_center() - vec2(18.0, 0.0), vec2(36.0, 20.0));
        let how_on = ui.ctx().animate_bool(response.id, on);
        let off_ground = palette.surface;
        let ground = mix(off_ground, if enabled { palette.accent } else { palette.muted_ink }, how_on);
        ui.painter().rect(
            track,
            CornerRadius::same(10),
            ground,
            Stroke::new(1.0, if on { ground } else { palette.control_line }),
            StrokeKind::Inside,
        );
        let knob = egui::lerp(track.left() + 10.0..=track.right() - 10.0, how_on);
        let knob_colour = if on { palette.on_colour } else { palette.muted_ink };
        ui.painter().circle_filled(egui::pos2(knob, track.center().y), 6.5, knob_colour);
        let ink = if enabled { palette.ink } else { palette.muted_ink };
        let mut left = rect.left();
        if let Some(icon) = icon {
            let at = egui::pos2(left, rect.center().y);
            ui.painter().text(at, egui::Align2::LEFT_CENTER, icon, egui::FontId::new(18.0, fonts::icon_family()), ink);
            left += 18.0 + space::S;
        }
        let room = track.left() - left - space::S;
        let body = galley(ui, RichText::new(label).color(ink), room);
        if note.is_empty() {
            let at = egui::pos2(left, rect.center().y - body.size().y / 2.0);
            ui.painter().galley(at, body, ink);
        } else {
            let below = galley(ui, RichText::new(note).size(crate::tokens::size::SMALL).color(palette.muted_ink), room);
            let top = rect.center().y - (body.size().y + below.size().y) / 2.0;
            let next = top + body.size().y;
            ui.painter().galley(egui::pos2(left, top), body, ink);
            ui.painter().galley(egui::pos2(left, next), below, palette.muted_ink);
        }
    }
    super::button::focus_ring(ui, &response);
    let name = if note.is_empty() { label.to_owned() } else { format!("{label}, {note}") };
    response.widget_info(|| WidgetInfo::selected(Role::Switch, enabled, on, &name));
    response
}

fn galley(ui: &Ui, text: RichText, room: f32) -> std::sync::Arc<egui::Galley> {
    egui::WidgetText::from(text).into_galley(ui, Some(egui::TextWrapMode::Truncate), room, egui::TextStyle::Body)
}
