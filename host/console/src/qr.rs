//! A QR code as rectangles: dark on light whatever the window's colours, with its quiet zone, for a telephone's camera.

use egui::accesskit::Role;
use egui::{CornerRadius, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};
use lotse_ui::tokens::LIGHT;
use qrcode::{Color, EcLevel, QrCode};

/// Light modules round the code, as its standard (ISO/IEC 18004) wants.
const QUIET: u8 = 4;

/// Which modules are dark. A code has at most 177 a side.
pub(crate) struct Qr {
    side: u8,
    dark: Vec<bool>,
}

impl Qr {
    /// `None`: the text is too long for one.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
        let side = u8::try_from(code.width()).ok()?;
        Some(Self { side, dark: code.to_colors().into_iter().map(|colour| colour == Color::Dark).collect() })
    }

    /// Draws it about so many points wide; each module has whole pixels.
    pub(crate) fn show(&self, ui: &mut Ui, points: f32, name: &str) -> Response {
        let modules = f32::from(self.side) + 2.0 * f32::from(QUIET);
        let scale = ui.ctx().pixels_per_point();
        let module = (points * scale / modules).floor().max(2.0) / scale;
        let (place, response) = ui.allocate_exact_size(vec2(modules * module, modules * module), Sense::hover());
        if ui.is_rect_visible(place) {
            let corner = pos2((place.left() * scale).round() / scale, (place.top() * scale).round() / scale);
            let ground = Rect::from_min_size(corner, place.size());
            ui.painter().rect_filled(ground, CornerRadius::ZERO, LIGHT.surface);
            let at = |column: u8, row: u8| {
                corner + vec2(f32::from(column) + f32::from(QUIET), f32::from(row) + f32::from(QUIET)) * module
            };
            for (row, columns) in self.runs() {
                let run = Rect::from_min_max(at(columns.start, row), at(columns.end, row.saturating_add(1)));
                ui.painter().rect_filled(run, CornerRadius::ZERO, LIGHT.ink);
            }
        }
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
        response
    }

    /// Dark modules side by side, row by row: without seams between them.
    fn runs(&self) -> Vec<(u8, std::ops::Range<u8>)> {
        let mut runs = Vec::new();
        for (row, modules) in (0..self.side).zip(self.dark.chunks(usize::from(self.side).max(1))) {
            let mut begun = None;
            for (column, dark) in (0..self.side).zip(modules) {
                match (*dark, begun) {
                    (true, None) => begun = Some(column),
                    (false, Some(start)) => {
                        runs.push((row, start..column));
                        begun = None;
                    }
                    (true, Some(_)) | (false, None) => {}
                }
            }
            runs.extend(begun.map(|start| (row, start..self.side)));
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn s4_a_code_is_drawn_module_by_module() {
        let code = Qr::of("otpauth://totp/Lotse:a%40b.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        // A finder's upper edge: seven dark ones and a light one.
        assert!(code.runs().contains(&(0, 0..7)));
        let dark: usize = code.runs().iter().map(|(_, columns)| columns.len()).sum();
        assert_eq!(dark, code.dark.iter().filter(|dark| **dark).count());
        assert_eq!(code.dark.len(), usize::from(code.side) * usize::from(code.side));
    }

    #[test]
    fn what_no_code_can_hold_is_none() {
        assert!(Qr::of(&"x".repeat(5000)).is_none());
    }
}
