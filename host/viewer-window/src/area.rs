//! The room for a picture in a window; until there is one, words.

use egui::scroll_area::{DragScroll, ScrollSource};
use egui::{CentralPanel, CursorIcon, Frame, Rect, ScrollArea, Ui};
use lotse_engine::view::SurfaceView;
use lotse_ui::tokens::Palette;

/// The room for the picture, in which `waiting` draws words until there is one. A picture in its own size that does not fit has
/// scroll bars, and `offset` becomes the pixel of it that stands at the corner.
pub fn picture_area(
    ui: &mut Ui,
    surface: &SurfaceView,
    offset: &mut (i32, i32),
    waiting: impl FnOnce(&mut Ui),
) -> Rect {
    let frame = Frame::new().fill(Palette::of(ui).canvas);
    let central = CentralPanel::default().frame(frame).show(ui, |ui| {
        if surface.width == 0 {
            waiting(ui);
        } else if !surface.options.fit && !has_room(ui, surface) {
            return scrolled_area(ui, surface, offset);
        }
        ui.max_rect()
    });
    central.inner
}

/// Counted in pixels: points are fractions of them at some scales, and a bar for nothing would take from the picture.
fn has_room(ui: &Ui, surface: &SurfaceView) -> bool {
    let room = ui.max_rect().size() * ui.ctx().pixels_per_point();
    surface.width as f32 <= room.x.round() && surface.height as f32 <= room.y.round()
}

fn scrolled_area(ui: &mut Ui, surface: &SurfaceView, offset: &mut (i32, i32)) -> Rect {
    let scale = ui.ctx().pixels_per_point();
    let content = egui::vec2(surface.width as f32, surface.height as f32) / scale;
    // Bars of their own room: what floats over the picture would lie beneath it.
    ui.spacing_mut().scroll.floating = false;
    // While the rep only looks, the picture leaves the pointer to this window: wheel, and dragging.
    let drag = if surface.options.interactive { DragScroll::Never } else { DragScroll::Always };
    let mut area = ScrollArea::both().auto_shrink([false, false]);
    area = area.scroll_source(ScrollSource { drag, ..ScrollSource::default() });
    area = area.on_hover_cursor(CursorIcon::Grab).on_drag_cursor(CursorIcon::Grabbing);
    let shown = area.show(ui, |ui| ui.allocate_space(content));
    let at = shown.state.clamped_offset() * scale;
    *offset = (at.x.round() as i32, at.y.round() as i32);
    shown.inner_rect
}
