//! Words as pixels, for windows that have no fonts: the tab at the frame round a screen that is seen.

use crate::fonts;
use crate::system_fonts::SystemFonts;
use crate::tokens::{LIGHT, mix, size, space};
use egui::epaint::text::{Fonts, TextOptions};
use egui::{Color32, ColorImage, FontId, FontProvider, Galley};
use std::sync::Arc;

/// Edge in the frame's colour, in points.
const EDGE: f32 = 2.0;

/// One line on a ground of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lettering {
    pub width: u16,
    pub height: u16,
    /// `0x00rrggbb`, row by row from the top; `width * height` of them.
    pub pixels: Vec<u32>,
}

/// Each of the texts, as wide as it must be. `scale`: pixels of a point. `system`: where letters come from that our fonts lack.
#[must_use]
pub fn draw(texts: &[&str], scale: f32, system: Option<Arc<SystemFonts>>) -> Vec<Lettering> {
    let scale = scale.clamp(0.5, 4.0);
    // Fonts of its own: the window's may not be there yet. Words change a few times in a session.
    let system = system.map(|fonts| -> Arc<dyn FontProvider> { fonts });
    let mut own =
        Fonts::new(TextOptions::default(), fonts::definitions()).with_font_providers(system.into_iter().collect());
    let mut own = own.with_pixels_per_point(scale);
    let font = FontId::new(size::BODY, fonts::strong_family());
    let lay_out = |text: &&str| own.layout_no_wrap((*text).to_owned(), font.clone(), Color32::WHITE);
    let galleys: Vec<Arc<Galley>> = texts.iter().map(lay_out).collect();
    let atlas = own.image();
    galleys.iter().map(|galley| paint(galley, &atlas, scale)).collect()
}

fn paint(galley: &Galley, atlas: &ColorImage, scale: f32) -> Lettering {
    let pixels_of = |points: f32| (points * scale).round() as usize;
    let (beside, above, edge) = (pixels_of(space::M), pixels_of(space::XS), pixels_of(EDGE));
    let width = (pixels_of(galley.size().x) + 2 * beside).min(usize::from(u16::MAX));
    let height = (pixels_of(galley.size().y) + 2 * above).min(usize::from(u16::MAX));
    let mut pixels = vec![LIGHT.surface; width * height];
    for (at, pixel) in pixels.iter_mut().enumerate() {
        let (x, y) = (at % width, at / width);
        // It hangs from the frame, so it has no upper edge.
        if x < edge || x + edge >= width || y + edge >= height {
            *pixel = LIGHT.seen;
        }
    }
    for placed in &galley.rows {
        for glyph in &placed.row.glyphs {
            let from = glyph.uv_rect;
            let at = placed.pos + (glyph.pos + from.offset).to_vec2();
            let (left, top) = (beside as f32 + (at.x * scale).round(), above as f32 + (at.y * scale).round());
            for (row, y) in (from.min[1]..from.max[1]).enumerate() {
                for (column, x) in (from.min[0]..from.max[0]).enumerate() {
                    let (x, y) = (usize::from(x), usize::from(y));
                    let coverage = atlas.pixels.get(y * atlas.size[0] + x).map_or(0, Color32::a);
                    let (to_x, to_y) = ((left as i64) + column as i64, (top as i64) + row as i64);
                    let inside = (0..width as i64).contains(&to_x) && (0..height as i64).contains(&to_y);
                    let to = inside.then(|| to_y as usize * width + to_x as usize);
                    if let Some(pixel) = to.and_then(|to| pixels.get_mut(to)) {
                        *pixel = mix(*pixel, LIGHT.ink, f32::from(coverage) / 255.0);
                    }
                }
            }
        }
    }
    let packed = |colour: Color32| {
        let [red, green, blue, _] = colour.to_array();
        u32::from_be_bytes([0, red, green, blue])
    };
    let pixels = pixels.into_iter().map(packed).collect();
    Lettering { width: width as u16, height: height as u16, pixels }
}
