//! Letters as outlines, from a font that the program carries.
//!
//! Left to right, without joining or turning: who writes on a picture writes a few words. A character that the font lacks is
//! shown as the font shows what it lacks.

use crate::outline::P;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::OutlinePen;
use skrifa::{FontRef, GlyphId, MetadataProvider};

/// Parts of one bend of a letter.
const BEND_PARTS: u8 = 6;
/// From one line to the next, by the size of the letters.
const LINE: f32 = 1.25;
/// Lines and letters drawn of one text.
const LINES_MAX: usize = 64;
const LETTERS_MAX: usize = 1_024;

/// A font, read once.
#[derive(Clone)]
pub struct Font {
    font: FontRef<'static>,
}

impl std::fmt::Debug for Font {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Font")
    }
}

impl Font {
    /// Of a font file's bytes. `None`: they are none.
    #[must_use]
    pub fn new(bytes: &'static [u8]) -> Option<Self> {
        FontRef::new(bytes).ok().map(|font| Self { font })
    }

    /// Adds the outlines of `words` whose first line's upper left corner is at `at`.
    pub(crate) fn outlines(&self, words: &str, at: P, size: f32, fills: &mut Vec<Vec<P>>) {
        let (size_px, location) = (Size::new(size), LocationRef::default());
        let (map, widths) = (self.font.charmap(), self.font.glyph_metrics(size_px, location));
        let ascent = self.font.metrics(size_px, location).ascent;
        let glyphs = self.font.outline_glyphs();
        let mut left = LETTERS_MAX;
        for (number, line) in words.split('\n').take(LINES_MAX).enumerate() {
            let (mut x, y) = (at.0, at.1 + ascent + number as f32 * LINE * size);
            for letter in line.chars().take(left) {
                left -= 1;
                let glyph = map.map(letter).unwrap_or(GlyphId::NOTDEF);
                if let Some(outline) = glyphs.get(glyph) {
                    let mut pen = Pen { corner: (x, y), at: (0.0, 0.0), fills: &mut *fills };
                    // A letter that cannot be drawn leaves its place empty.
                    let _ = outline.draw(size_px, &mut pen);
                }
                x += widths.advance_width(glyph).unwrap_or(size / 2.0);
            }
        }
    }
}

/// Takes down a letter's outline; the font's y grows upwards.
struct Pen<'a> {
    corner: P,
    at: P,
    fills: &'a mut Vec<Vec<P>>,
}

impl Pen<'_> {
    fn put(&mut self, x: f32, y: f32) {
        self.at = (x, y);
        if let Some(outline) = self.fills.last_mut() {
            outline.push((self.corner.0 + x, self.corner.1 - y));
        }
    }

    fn bend(&mut self, place: impl Fn(f32) -> P) {
        for part in 1..=BEND_PARTS {
            let (x, y) = place(f32::from(part) / f32::from(BEND_PARTS));
            self.put(x, y);
        }
    }
}

impl OutlinePen for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.fills.push(Vec::new());
        self.put(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.put(x, y);
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        let (fx, fy) = self.at;
        self.bend(|t| {
            let (a, b, c) = ((1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t), t * t);
            (a * fx + b * cx0 + c * x, a * fy + b * cy0 + c * y)
        });
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let (fx, fy) = self.at;
        self.bend(|t| {
            let u = 1.0 - t;
            let (a, b, c, d) = (u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t);
            (a * fx + b * cx0 + c * cx1 + d * x, a * fy + b * cy0 + c * cy1 + d * y)
        });
    }

    fn close(&mut self) {}
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const INTER: &[u8] = include_bytes!("../../ui/assets/Inter-Regular.otf");

    #[test]
    fn words_stand_below_their_corner_and_lines_below_each_other() {
        let font = Font::new(INTER).unwrap();
        let drawn = |words: &str| {
            let mut fills = Vec::new();
            font.outlines(words, (100.0, 50.0), 20.0, &mut fills);
            fills.concat()
        };
        let one = drawn("Hier");
        assert!(!one.is_empty());
        assert!(one.iter().all(|(x, y)| *x > 99.0 && *x < 160.0 && *y > 49.0 && *y < 76.0), "{one:?}");
        let lowest = |of: &[P]| of.iter().fold(0.0_f32, |low, (_, y)| low.max(*y));
        assert!((lowest(&drawn("Hier\nHier")) - lowest(&one) - 25.0).abs() < 0.5);
    }

    #[test]
    fn what_is_no_font_and_what_it_lacks_is_no_trouble() {
        assert!(Font::new(b"no font").is_none());
        let mut fills = Vec::new();
        Font::new(INTER).unwrap().outlines(&"字\u{10ffff}\n".repeat(2_000), (0.0, 0.0), 9.0, &mut fills);
        assert!(fills.len() <= 8 * LETTERS_MAX);
    }
}
