//! The size that a person gave a window, kept for the next start.
//!
//! Each window that can be resized says after it was drawn which setting its size goes into; settings are saved by the
//! console.

use egui::Ui;

/// Keeps the window's size for the next start.
pub(crate) fn remember_size(ui: &Ui, size: &mut [f32; 2]) {
    let shown = ui.input(|input| input.viewport().inner_rect);
    if let Some(rect) = shown.filter(|rect| rect.width() > 1.0 && rect.height() > 1.0) {
        *size = [rect.width().round(), rect.height().round()];
    }
}
