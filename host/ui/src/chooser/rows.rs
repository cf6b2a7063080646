//! The rows of the dialog's list, as many as can be seen.

use super::listing::{Entry, Listing};
use crate::tokens::{Palette, RADIUS, mix, size, space};
use crate::{fonts, icons, t, words};
use egui::accesskit::Role;
use egui::{
    Align2, CornerRadius, FontFamily, FontId, Frame, Margin, Rect, Response, ScrollArea, Sense, Stroke, TextStyle,
    TextWrapMode, Ui, WidgetInfo, WidgetText, pos2, vec2,
};

/// Height of a row, in points.
const ROW: f32 = 28.0;

/// Draws the list; the row that was double-clicked. `follow`: the cursor comes into sight.
pub(super) fn list(ui: &mut Ui, listing: &mut Listing, height: f32, follow: bool) -> Option<usize> {
    let palette = Palette::of(ui);
    let frame = Frame::new().stroke(Stroke::new(1.0, palette.line)).corner_radius(CornerRadius::same(RADIUS));
    frame
        .inner_margin(Margin::same(2))
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let mut area = ScrollArea::vertical().id_salt("rows").max_height(height).min_scrolled_height(height);
            if follow {
                // With what is above and below it.
                let offset = (listing.cursor() as f32 + 0.5) * ROW - height / 2.0;
                area = area.vertical_scroll_offset(offset.max(0.0));
            }
            let area = area.auto_shrink([false, false]);
            area.show_rows(ui, ROW, listing.len(), |ui, rows| {
                let mut opened = None;
                for row in rows {
                    let Some(entry) = listing.row(row) else { continue };
                    let response = draw(ui, entry, listing.is_selected(row));
                    if response.double_clicked() {
                        opened = Some(row);
                    } else if response.clicked() {
                        let modifiers = ui.input(|input| input.modifiers);
                        if modifiers.command { listing.toggle(row) } else { listing.go_to(row, modifiers.shift) }
                    }
                }
                opened
            })
            .inner
        })
        .inner
}

fn draw(ui: &mut Ui, entry: &Entry, selected: bool) -> Response {
    // Clicked, but not reached by Tab: the arrows do that, and there may be thousands.
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::CLICK);
    if ui.is_rect_visible(rect) {
        paint(ui, rect, entry, selected, response.hovered());
    }
    let name = if entry.folder { t!("chooser-row-folder", "name" => &entry.name) } else { entry.name.clone() };
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, selected, &name));
    response
}

fn paint(ui: &Ui, rect: Rect, entry: &Entry, selected: bool, hovered: bool) {
    let palette = Palette::of(ui);
    if selected || hovered {
        let ground = if selected { mix(palette.surface, palette.accent, 0.16) } else { palette.hover() };
        ui.painter().rect_filled(rect, CornerRadius::same(RADIUS - 2), ground);
    }
    let middle = rect.center().y;
    let (icon, colour) = if entry.folder { (icons::FOLDER, palette.accent) } else { (icons::FILE, palette.muted_ink) };
    let sign = FontId::new(16.0, fonts::icon_family());
    ui.painter().text(pos2(rect.left() + space::S, middle), Align2::LEFT_CENTER, icon, sign, colour);
    let mut right = rect.right() - space::L;
    if !entry.folder {
        let small = FontId::new(size::SMALL, FontFamily::Proportional);
        let bytes = words::bytes(entry.bytes);
        let told = ui.painter().text(pos2(right, middle), Align2::RIGHT_CENTER, bytes, small, palette.muted_ink);
        right = told.left() - space::S;
    }
    let left = rect.left() + space::S + 16.0 + space::S;
    let text = WidgetText::from(entry.name.as_str());
    let galley = text.into_galley(ui, Some(TextWrapMode::Truncate), (right - left).max(0.0), TextStyle::Body);
    let at = pos2(left, middle - galley.size().y / 2.0);
    ui.painter().galley(at, galley, palette.ink);
}
