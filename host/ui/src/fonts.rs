//! The fonts both programs carry: subsets of Inter, JetBrains Mono and Lucide, about 115 KB together.
//!
//! Inter's digits are the tabular ones, so that counters do not dance. `assets/subset.py` makes the files.
//! They end with Latin: what they lack [`crate::system_fonts`] looks for.

use egui::epaint::text::{FontData, FontDefinitions, FontTweak};
use egui::{FontFamily, FontId, RichText};
use std::sync::Arc;

const REGULAR: &str = "inter";
const STRONG: &str = "inter-semibold";
const MONO: &str = "jetbrains-mono";
const ICONS: &str = "lucide";

const INTER: &[u8] = include_bytes!("../assets/Inter-Regular.otf");

/// The file of the font that texts are in, for whoever draws without egui.
#[must_use]
pub fn regular() -> &'static [u8] {
    INTER
}

/// The family of what is emphasised.
#[must_use]
pub fn strong_family() -> FontFamily {
    FontFamily::Name(STRONG.into())
}

/// The family that holds [`crate::icons`] alone.
#[must_use]
pub fn icon_family() -> FontFamily {
    FontFamily::Name(ICONS.into())
}

#[must_use]
pub fn strong(text: impl Into<String>, points: f32) -> RichText {
    RichText::new(text).font(FontId::new(points, strong_family()))
}

#[must_use]
pub fn mono(text: impl Into<String>, points: f32) -> RichText {
    RichText::new(text).font(FontId::new(points, FontFamily::Monospace))
}

#[must_use]
pub fn icon(character: char, points: f32) -> RichText {
    RichText::new(character).font(FontId::new(points, icon_family()))
}

/// Everything egui needs to know of fonts.
#[must_use]
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let mut add = |name: &str, bytes: &'static [u8], tweak: FontTweak| {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes).tweak(tweak)));
    };
    add(REGULAR, INTER, FontTweak::default());
    add(STRONG, include_bytes!("../assets/Inter-SemiBold.otf"), FontTweak::default());
    add(MONO, include_bytes!("../assets/JetBrainsMono-Medium.ttf"), FontTweak::default());
    // Lucide fills its em square above the baseline; letters are centred lower.
    add(ICONS, include_bytes!("../assets/lucide.ttf"), FontTweak { y_offset_factor: 0.06, ..FontTweak::default() });
    let families = [
        (FontFamily::Proportional, [REGULAR, MONO, ICONS]),
        (FontFamily::Monospace, [MONO, REGULAR, ICONS]),
        (strong_family(), [STRONG, MONO, ICONS]),
        (icon_family(), [ICONS, REGULAR, MONO]),
    ];
    for (family, names) in families {
        fonts.families.insert(family, names.map(str::to_owned).to_vec());
    }
    fonts
}
