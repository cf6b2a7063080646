//! What stands on the tab at the frame's upper edge, in words and in pixels: outside our window there are no fonts.

use egui::epaint::text::{Fonts, TextOptions};
use egui::{Color32, ColorImage, FontId, FontProvider, Galley};
use lotse_desktop::Label;
use lotse_engine::view::{Access, View};
use lotse_protocol::peer::ConsentState;
use lotse_ui::system_fonts::SystemFonts;
use lotse_ui::tokens::{LIGHT, mix, size, space};
use lotse_ui::{fonts, t, words};
use std::sync::Arc;

/// A longer name is cut: what it says of the stop key matters more.
const NAME_CHARS_MAX: usize = 30;
/// Edge in the frame's colour, in points.
const EDGE: f32 = 2.0;

/// What is said, and what of it where a monitor has no room for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    pub all: String,
    /// How to stop: who is there, the window says, too.
    pub short: String,
}

/// `Anna Berg sees and controls · Stop: Ctrl+Alt+End`. `everywhere`: the key works wherever the keyboard is; otherwise a
/// click leads to what stops.
pub(crate) fn say(view: &View, everywhere: bool) -> Words {
    let mut rep: String = view.peer.chars().take(NAME_CHARS_MAX).collect();
    if rep.len() < view.peer.len() {
        rep.push('…');
    }
    let controls = |consent: &lotse_engine::view::ConsentView| {
        consent.access == Access::Control && consent.state == ConsentState::Granted
    };
    let does = if view.consents.iter().any(controls) {
        t!("tab-controls", "rep" => rep.as_str())
    } else {
        t!("tab-sees", "rep" => rep.as_str())
    };
    let how = if everywhere { t!("tab-key", "key" => words::keys("Ctrl+Alt+End")) } else { t!("tab-click") };
    Words { all: format!("{does} · {how}"), short: how }
}

/// The words in full and in short, each as wide as it must be. `scale`: pixels of a point. `system`: where letters come from
/// that our fonts lack.
pub(crate) fn draw(words: &Words, scale: f32, system: Option<Arc<SystemFonts>>) -> Vec<Label> {
    let scale = scale.clamp(0.5, 4.0);
    // Fonts of its own: the window's may not be there yet. Words change a few times in a session.
    let system = system.map(|fonts| -> Arc<dyn FontProvider> { fonts });
    let mut own =
        Fonts::new(TextOptions::default(), fonts::definitions()).with_font_providers(system.into_iter().collect());
    let mut own = own.with_pixels_per_point(scale);
    let font = FontId::new(size::BODY, fonts::strong_family());
    let Words { all, short } = words;
    let galleys = [all, short].map(|text| own.layout_no_wrap(text.clone(), font.clone(), Color32::WHITE));
    let atlas = own.image();
    galleys.iter().map(|galley| paint(galley, &atlas, scale, all)).collect()
}

/// `words` is what a screen reader says, whatever there is room for.
fn paint(galley: &Galley, atlas: &ColorImage, scale: f32, words: &str) -> Label {
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
    Label { words: words.to_owned(), width: width as u16, height: height as u16, pixels }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;
    use lotse_engine::view::{ConsentView, SessionState};
    use lotse_ui::samples;
    use lotse_ui::text::{Language, set_language};

    #[test]
    fn c5_the_tab_tells_seeing_from_controlling_and_how_to_stop() {
        set_language(Language::English);
        let mut view = samples::session(false, SessionState::Active, false);
        let words = say(&view, true);
        assert_eq!(
            (words.all.as_str(), words.short.as_str()),
            ("Anna Berg sees · Stop: Ctrl+Alt+End", "Stop: Ctrl+Alt+End")
        );
        view.consents = vec![ConsentView { access: Access::Control, state: ConsentState::Granted }];
        assert_eq!(say(&view, false).all, "Anna Berg sees and controls · Click here to stop");
        view.peer = "A".repeat(500);
        assert!(say(&view, true).all.chars().count() < 80);
    }

    #[test]
    fn the_words_are_drawn_at_every_scale_and_within_the_tab() {
        let mut widths = Vec::new();
        let (all, short) = ("Anna Berg sees · Stop: Ctrl+Alt+End".to_owned(), "Stop: Ctrl+Alt+End".to_owned());
        let words = Words { all, short };
        for scale in [1.0, 1.25, 2.0] {
            let labels = draw(&words, scale, None);
            let [label, narrow] = &labels[..] else { panic!("{} labels", labels.len()) };
            assert!(narrow.width * 3 < label.width * 2 && narrow.height == label.height);
            assert_eq!((&label.words, &narrow.words), (&words.all, &words.all), "a screen reader has room for all");
            let (width, height) = (usize::from(label.width), usize::from(label.height));
            assert_eq!(label.pixels.len(), width * height);
            let dark = |pixel: &&u32| **pixel & 0xff < 0x60 && **pixel >> 16 < 0x60;
            let inked = label.pixels.iter().filter(dark).count();
            assert!(
                inked * 50 > width * height && inked * 2 < width * height,
                "{scale}: {inked} of {width} x {height}"
            );
            assert_eq!(label.pixels[(height - 1) * width], 0xe0_452b, "the frame's colour round it");
            widths.push(width);
        }
        assert!(widths[0] > 150 && widths[0] < 400, "{widths:?}");
        assert!(widths[2].abs_diff(2 * widths[0]) < 40, "{widths:?}");
    }
}
