//! Strokes: what somebody drew with one tool, in pixels of the picture they drew over.
//!
//! Tools, colours and widths are closed lists, so that nobody can send others.

use lotse_sdk::{ParticipantId, Point};

/// Points of one path. A longer one goes on as another stroke: what is put anew at each move stays small.
pub const POINTS_MAX: usize = 1_000;
/// Characters of one text: more is a document and no note on a screen.
pub const TEXT_CHARS_MAX: usize = 300;
/// Strokes of one author. Nobody finds their way among more, and a board takes both sides' together (1,000).
pub const STROKES_MAX: usize = 400;
/// Points and bytes of text of one author, all strokes together: a board takes both sides' (65,536), and so does what is
/// kept for a restart.
pub const WEIGHT_MAX: usize = 30_000;
/// No screen reaches beyond this, in either direction from its corner; what lies between two points is within bounds, too.
pub const COORDINATE_MAX: i32 = 32_767;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nib {
    Pen,
    Highlighter,
}

/// What lies between two points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Line,
    Arrow,
    Rectangle,
    Ellipse,
    Spotlight,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    Path(Nib),
    Span(Form),
    Words,
}

impl Tool {
    pub const PEN: Self = Self::Path(Nib::Pen);
    /// In the order of the menu, and of the codes on the wire.
    pub const ALL: [Self; 8] = [
        Self::PEN,
        Self::Path(Nib::Highlighter),
        Self::Span(Form::Line),
        Self::Span(Form::Arrow),
        Self::Span(Form::Rectangle),
        Self::Span(Form::Ellipse),
        Self::Words,
        Self::Span(Form::Spotlight),
    ];

    /// Stable: scripts use it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Path(Nib::Pen) => "pen",
            Self::Path(Nib::Highlighter) => "highlighter",
            Self::Span(Form::Line) => "line",
            Self::Span(Form::Arrow) => "arrow",
            Self::Span(Form::Rectangle) => "rectangle",
            Self::Span(Form::Ellipse) => "ellipse",
            Self::Words => "text",
            Self::Span(Form::Spotlight) => "spotlight",
        }
    }
}

/// Colours that stand out on light and on dark: at least 3 : 1 against both of the programs' surfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    Red,
    Orange,
    Green,
    Blue,
    Violet,
    Pink,
}

impl Colour {
    pub const ALL: [Self; 6] = [Self::Red, Self::Orange, Self::Green, Self::Blue, Self::Violet, Self::Pink];

    /// Stable: scripts use it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Orange => "orange",
            Self::Green => "green",
            Self::Blue => "blue",
            Self::Violet => "violet",
            Self::Pink => "pink",
        }
    }

    /// 0xRRGGBB.
    pub fn rgb(self) -> u32 {
        match self {
            Self::Red => 0x00e5_383b,
            Self::Orange => 0x00d9_650b,
            Self::Green => 0x001e_9e4f,
            Self::Blue => 0x001f_7ae0,
            Self::Violet => 0x009b_4de0,
            Self::Pink => 0x00e0_359b,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    Thin,
    Medium,
    Thick,
}

impl Width {
    pub const ALL: [Self; 3] = [Self::Thin, Self::Medium, Self::Thick];

    /// Stable: scripts use it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Thin => "thin",
            Self::Medium => "medium",
            Self::Thick => "thick",
        }
    }

    /// Pixels of the picture: a line's width, or the size of letters.
    pub fn pixels(self, tool: Tool) -> u32 {
        let [thin, medium, thick] = match tool {
            Tool::Path(Nib::Pen) | Tool::Span(_) => [3, 6, 12],
            Tool::Path(Nib::Highlighter) => [14, 22, 34],
            Tool::Words => [18, 28, 44],
        };
        match self {
            Self::Thin => thin,
            Self::Medium => medium,
            Self::Thick => thick,
        }
    }
}

/// Who drew a stroke, and which of theirs it is. Two authors' keys never clash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub author: ParticipantId,
    /// Never 0, which is the author's pointer.
    pub seq: u32,
}

impl Key {
    pub fn pointer(author: ParticipantId) -> Self {
        Self { author, seq: 0 }
    }

    /// The contract's id: the author in the upper half.
    pub fn id(self) -> u64 {
        (u64::from(self.author) << u32::BITS) | u64::from(self.seq)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Figure {
    Path(Nib, Vec<Point>),
    Span(Form, Point, Point),
    Words(Point, String),
}

impl Figure {
    pub fn begin(tool: Tool, at: Point) -> Self {
        match tool {
            Tool::Path(nib) => Self::Path(nib, vec![at]),
            Tool::Span(form) => Self::Span(form, at, at),
            Tool::Words => Self::Words(at, String::new()),
        }
    }

    pub fn tool(&self) -> Tool {
        match self {
            Self::Path(nib, _) => Tool::Path(*nib),
            Self::Span(form, ..) => Tool::Span(*form),
            Self::Words(..) => Tool::Words,
        }
    }

    /// Nothing of it can be seen.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Path(_, points) => points.is_empty(),
            Self::Span(_, from, to) => from == to,
            Self::Words(_, text) => text.trim().is_empty(),
        }
    }

    /// What counts towards [`WEIGHT_MAX`].
    pub fn weight(&self) -> usize {
        match self {
            Self::Path(_, points) => points.len(),
            Self::Span(..) => 2,
            Self::Words(_, text) => 1 + text.len(),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Stroke {
    pub board: u64,
    /// What is greater lies above, on every side.
    pub order: u64,
    pub colour: Colour,
    pub width: Width,
    pub figure: Figure,
}

/// The nearest point that a stroke may have.
pub fn within(point: Point) -> Point {
    let cut = |coordinate: i32| coordinate.clamp(-COORDINATE_MAX, COORDINATE_MAX);
    Point { x: cut(point.x), y: cut(point.y) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    /// Relative luminance as WCAG 2.2 defines it.
    fn luminance(rgb: u32) -> f64 {
        let channel = |shift: u32| {
            let value = f64::from((rgb >> shift) & 0xff) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
    }

    fn contrast(one: u32, other: u32) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn each_colour_stands_out_on_light_and_on_dark() {
        for colour in Colour::ALL {
            for surface in [0x00ff_ffff, 0x0016_181d, 0] {
                assert!(contrast(colour.rgb(), surface) >= 3.0, "{colour:?} on {surface:06x}");
            }
        }
    }

    #[test]
    fn names_are_told_apart_and_wider_is_wider() {
        for (at, tool) in Tool::ALL.into_iter().enumerate() {
            assert!(Tool::ALL[..at].iter().all(|other| other.name() != tool.name()));
            assert_eq!(Figure::begin(tool, Point { x: 1, y: 2 }).tool(), tool);
            let [thin, medium, thick] = Width::ALL.map(|width| width.pixels(tool));
            assert!(thin < medium && medium < thick);
        }
    }

    #[test]
    fn ids_of_two_authors_never_clash() {
        assert_eq!(Key { author: 7, seq: 9 }.id(), 0x0000_0007_0000_0009);
        assert_ne!(Key { author: 1, seq: u32::MAX }.id(), Key::pointer(2).id());
    }

    #[test]
    fn what_cannot_be_seen_is_empty() {
        let at = Point { x: 4, y: 4 };
        assert!(!Figure::begin(Tool::PEN, at).is_empty(), "a dot is something");
        assert!(Figure::begin(Tool::Span(Form::Arrow), at).is_empty());
        assert!(Figure::Words(at, " \n".to_owned()).is_empty());
        assert_eq!(within(Point { x: i32::MIN, y: i32::MAX }), Point { x: -COORDINATE_MAX, y: COORDINATE_MAX });
    }
}
