//! What stands on the tab at the frame's upper edge, in words and in pixels: outside our window there are no fonts.

use crate::reps;
use lotse_desktop::Label;
use lotse_engine::view::{Access, View};
use lotse_protocol::peer::ConsentState;
use lotse_ui::lettering::{self, Lettering};
use lotse_ui::system_fonts::SystemFonts;
use lotse_ui::{t, words};
use std::sync::Arc;

/// A longer name is cut: what it says of the stop key matters more.
const NAME_CHARS_MAX: usize = 30;

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
    let further = reps::further(view).count();
    if further > 0 {
        rep = format!("{rep} + {further}");
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
    let Words { all, short } = words;
    // A screen reader says all of it, whatever there is room for.
    let label = |Lettering { width, height, pixels }| Label { words: all.clone(), width, height, pixels };
    lettering::draw(&[all.as_str(), short.as_str()], scale, system).into_iter().map(label).collect()
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
        view.reps = samples::reps(false);
        assert_eq!(
            say(&view, false).all,
            "Anna Berg + 1 sees and controls · Click here to stop",
            "whoever looks on is counted"
        );
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
