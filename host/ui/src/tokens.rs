//! The design's colours and measures by name; nothing else in Lotse's windows names a colour or a distance.
//!
//! Texts keep a contrast of 4.5 : 1 on every ground they stand on; the tests compute it.

use egui::Color32;

/// Distances between things, in points.
pub mod space {
    pub const XS: f32 = 4.0;
    pub const S: f32 = 8.0;
    pub const M: f32 = 12.0;
    pub const L: f32 = 16.0;
    pub const XL: f32 = 24.0;
    pub const XXL: f32 = 32.0;
}

/// Text sizes, in points.
pub mod size {
    pub const HEADING: f32 = 20.0;
    pub const TITLE: f32 = 16.0;
    pub const BODY: f32 = 14.0;
    pub const SMALL: f32 = 12.0;
    /// A join code is read across a desk or over a telephone.
    pub const CODE: f32 = 34.0;
}

/// Corner radius of controls and cards, in points.
pub const RADIUS: u8 = 6;
/// Height of a control, in points.
pub const CONTROL_HEIGHT: f32 = 32.0;
/// Width of the ring round the focused control, in points.
pub const FOCUS_RING: f32 = 2.0;

/// Colours of one theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// Ground of cards, panels and fields.
    pub surface: Color32,
    /// Ground of windows.
    pub canvas: Color32,
    pub ink: Color32,
    pub muted_ink: Color32,
    /// Separators and outlines of cards.
    pub line: Color32,
    /// Outlines of controls, which must be seen to be found.
    pub control_line: Color32,
    pub accent: Color32,
    pub good: Color32,
    pub caution: Color32,
    pub danger: Color32,
    /// Text on accent, good, caution and danger.
    pub on_colour: Color32,
    /// Round a screen that is being seen.
    pub seen: Color32,
}

pub const LIGHT: Palette = Palette {
    surface: Color32::from_rgb(0xff, 0xff, 0xff),
    canvas: Color32::from_rgb(0xf4, 0xf5, 0xf7),
    ink: Color32::from_rgb(0x1b, 0x1f, 0x27),
    muted_ink: Color32::from_rgb(0x5b, 0x64, 0x72),
    line: Color32::from_rgb(0xdd, 0xe1, 0xe7),
    control_line: Color32::from_rgb(0x82, 0x8b, 0x99),
    accent: Color32::from_rgb(0x0b, 0x63, 0xc5),
    good: Color32::from_rgb(0x1b, 0x7f, 0x4b),
    caution: Color32::from_rgb(0x9a, 0x62, 0x00),
    danger: Color32::from_rgb(0xb3, 0x26, 0x1e),
    on_colour: Color32::from_rgb(0xff, 0xff, 0xff),
    seen: Color32::from_rgb(0xe0, 0x45, 0x2b),
};

pub const DARK: Palette = Palette {
    surface: Color32::from_rgb(0x16, 0x18, 0x1d),
    canvas: Color32::from_rgb(0x0f, 0x11, 0x15),
    ink: Color32::from_rgb(0xe8, 0xea, 0xef),
    muted_ink: Color32::from_rgb(0x9a, 0xa3, 0xb2),
    line: Color32::from_rgb(0x2a, 0x2f, 0x38),
    control_line: Color32::from_rgb(0x69, 0x72, 0x80),
    accent: Color32::from_rgb(0x5a, 0xa2, 0xf5),
    good: Color32::from_rgb(0x4c, 0xc3, 0x8a),
    caution: Color32::from_rgb(0xe2, 0xa3, 0x36),
    danger: Color32::from_rgb(0xf2, 0x74, 0x6b),
    on_colour: Color32::from_rgb(0x0f, 0x11, 0x15),
    seen: Color32::from_rgb(0xe0, 0x45, 0x2b),
};

impl Palette {
    /// The palette the ui draws with.
    #[must_use]
    pub fn of(ui: &egui::Ui) -> &'static Self {
        Self::of_visuals(ui.visuals())
    }

    #[must_use]
    pub fn of_visuals(visuals: &egui::Visuals) -> &'static Self {
        if visuals.dark_mode { &DARK } else { &LIGHT }
    }

    /// A ground faintly coloured with `colour`, on which [`Palette::ink`] and `colour` itself can be read.
    #[must_use]
    pub fn tint(&self, colour: Color32) -> Color32 {
        mix(self.surface, colour, 0.07)
    }

    /// Ground of a control under the pointer.
    #[must_use]
    pub fn hover(&self) -> Color32 {
        mix(self.surface, self.ink, 0.06)
    }

    /// Ground of a control being pressed.
    #[must_use]
    pub fn pressed(&self) -> Color32 {
        mix(self.surface, self.ink, 0.11)
    }
}

/// `part` of `over` on `ground`, both opaque.
#[must_use]
pub fn mix(ground: Color32, over: Color32, part: f32) -> Color32 {
    ground.lerp_to_gamma(over, part)
}

/// WCAG 2.2 contrast ratio of two opaque colours, 1 to 21.
#[must_use]
pub fn contrast(a: Color32, b: Color32) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// WCAG 2.2 relative luminance.
fn luminance(colour: Color32) -> f32 {
    let linear = |channel: u8| {
        let value = f32::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_can_be_read_on_every_ground() {
        for (name, palette) in [("light", LIGHT), ("dark", DARK)] {
            let colours =
                [palette.ink, palette.muted_ink, palette.accent, palette.good, palette.caution, palette.danger];
            let grounds = [palette.surface, palette.canvas];
            for colour in colours {
                for ground in grounds {
                    assert!(
                        contrast(colour, ground) >= 4.5,
                        "{name}: {colour:?} on {ground:?} is {}",
                        contrast(colour, ground)
                    );
                }
                let tint = palette.tint(colour);
                assert!(contrast(palette.ink, tint) >= 4.5, "{name}: ink on {tint:?}");
                assert!(contrast(colour, tint) >= 4.5, "{name}: {colour:?} on its tint is {}", contrast(colour, tint));
            }
            for ground in [palette.accent, palette.good, palette.caution, palette.danger] {
                assert!(contrast(palette.on_colour, ground) >= 4.5, "{name}: text on {ground:?}");
            }
            for ground in [palette.hover(), palette.pressed()] {
                assert!(
                    contrast(palette.ink, ground) >= 4.5 && contrast(palette.accent, ground) >= 4.5,
                    "{name}: text on {ground:?}"
                );
            }
        }
    }

    #[test]
    fn controls_and_focus_can_be_found() {
        for (name, palette) in [("light", LIGHT), ("dark", DARK)] {
            for ground in [palette.surface, palette.canvas] {
                for edge in [palette.control_line, palette.accent, palette.seen] {
                    assert!(
                        contrast(edge, ground) >= 3.0,
                        "{name}: {edge:?} on {ground:?} is {}",
                        contrast(edge, ground)
                    );
                }
            }
        }
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 0.01);
        assert!((contrast(Color32::from_rgb(0x77, 0x77, 0x77), Color32::WHITE) - 4.48).abs() < 0.01);
    }
}
