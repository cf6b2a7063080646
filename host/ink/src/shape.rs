//! What is drawn, in pixels of the picture that it is drawn on.

use crate::region::Rect;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Point {
    pub x: i32,
    pub y: i32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    Path(Vec<Point>),
    Line(Point, Point),
    Arrow(Point, Point),
    Rectangle(Rect),
    Ellipse(Rect),
    /// Upper left corner of the first line; the stroke's width is the size of the letters.
    Words(Point, String),
    /// All but this ellipse is darkened.
    Spotlight(Rect),
    /// A pointer's tip, and who points; the stroke's width is its height.
    Pointer(Point, String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stroke {
    pub id: u64,
    pub shape: Shape,
    /// 0xRRGGBB.
    pub color: u32,
    /// Pixels.
    pub width: u32,
    /// 1 to 100.
    pub opacity_percent: u32,
}

impl Stroke {
    /// Pixels that drawing it looks at, about, for each pixel of the picture being one of the screen: its length by its width.
    /// Of what covers the whole picture in any case that counts nothing.
    #[must_use]
    pub fn cost(&self) -> u64 {
        let length = match &self.shape {
            Shape::Path(points) => points.iter().zip(points.iter().skip(1)).map(|(a, b)| distance(*a, *b)).sum(),
            Shape::Line(from, to) | Shape::Arrow(from, to) => distance(*from, *to),
            Shape::Rectangle(area) | Shape::Ellipse(area) => 2 * (u64::from(area.width) + u64::from(area.height)),
            Shape::Words(_, words) | Shape::Pointer(_, words) => u64::from(self.width) * (words.len() as u64 + 1),
            Shape::Spotlight(_) => 0,
        };
        (length + u64::from(self.width)) * (u64::from(self.width) + 2)
    }

    /// The colour that is laid down: a spotlight's surroundings are black.
    #[must_use]
    pub fn color(&self) -> u32 {
        match &self.shape {
            Shape::Spotlight(_) => 0,
            Shape::Path(_)
            | Shape::Line(..)
            | Shape::Arrow(..)
            | Shape::Rectangle(_)
            | Shape::Ellipse(_)
            | Shape::Words(..)
            | Shape::Pointer(..) => self.color,
        }
    }

    /// What its pixels are laid down with: two strokes that have it in common differ by where they cover alone.
    pub(crate) fn paint(&self) -> (u32, u32) {
        (self.color(), self.opacity_percent)
    }

    /// Points that it keeps.
    #[must_use]
    pub fn points(&self) -> usize {
        match &self.shape {
            Shape::Path(points) => points.len(),
            Shape::Words(_, words) | Shape::Pointer(_, words) => words.len(),
            Shape::Line(..) | Shape::Arrow(..) | Shape::Rectangle(_) | Shape::Ellipse(_) | Shape::Spotlight(_) => 4,
        }
    }

    /// A number for what it looks like, whatever its id: equal strokes have it in common, on both sides and in all versions.
    /// FNV-1a, 64 bits; not against somebody who wants two to have the same.
    #[must_use]
    pub fn look(&self) -> u64 {
        let mut sum = Sum(0xcbf2_9ce4_8422_2325);
        sum.numbers(&[self.color, self.width, self.opacity_percent]);
        match &self.shape {
            Shape::Path(points) => {
                sum.numbers(&[1]);
                points.iter().for_each(|point| sum.point(*point));
            }
            Shape::Line(from, to) => sum.pair(2, *from, *to),
            Shape::Arrow(from, to) => sum.pair(3, *from, *to),
            Shape::Rectangle(area) => sum.rect(4, *area),
            Shape::Ellipse(area) => sum.rect(5, *area),
            Shape::Words(at, words) => sum.words(6, *at, words),
            Shape::Spotlight(area) => sum.rect(7, *area),
            Shape::Pointer(at, words) => sum.words(8, *at, words),
        }
        sum.0
    }
}

fn distance(a: Point, b: Point) -> u64 {
    u64::from(a.x.abs_diff(b.x)) + u64::from(a.y.abs_diff(b.y))
}

struct Sum(u64);

impl Sum {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn numbers(&mut self, numbers: &[u32]) {
        numbers.iter().for_each(|number| self.bytes(&number.to_le_bytes()));
    }

    fn point(&mut self, point: Point) {
        self.bytes(&point.x.to_le_bytes());
        self.bytes(&point.y.to_le_bytes());
    }

    fn pair(&mut self, kind: u32, from: Point, to: Point) {
        self.numbers(&[kind]);
        self.point(from);
        self.point(to);
    }

    fn rect(&mut self, kind: u32, area: Rect) {
        self.numbers(&[kind]);
        self.point(Point { x: area.x, y: area.y });
        self.numbers(&[area.width, area.height]);
    }

    fn words(&mut self, kind: u32, at: Point, words: &str) {
        self.numbers(&[kind]);
        self.point(at);
        self.bytes(words.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: u64, color: u32) -> Stroke {
        let shape = Shape::Line(Point { x: 1, y: 2 }, Point { x: -3, y: 4 });
        Stroke { id, shape, color, width: 4, opacity_percent: 100 }
    }

    /// Both sides must come to the same number, in every version.
    #[test]
    fn a_look_is_of_what_is_seen_and_never_changes() {
        assert_eq!(line(1, 0xff).look(), line(2, 0xff).look(), "whatever its number");
        assert_ne!(line(1, 0xff).look(), line(1, 0xfe).look());
        let Shape::Line(from, to) = line(1, 0xff).shape else { return };
        assert_ne!(Stroke { shape: Shape::Arrow(from, to), ..line(1, 0xff) }.look(), line(1, 0xff).look());
        let empty = Stroke { id: 9, shape: Shape::Path(Vec::new()), color: 0, width: 1, opacity_percent: 100 };
        let mut expected: u64 = 0xcbf2_9ce4_8422_2325;
        for byte in [0, 0, 0, 0, 1, 0, 0, 0, 100, 0, 0, 0, 1, 0, 0, 0] {
            expected = (expected ^ byte).wrapping_mul(0x0100_0000_01b3);
        }
        assert_eq!(empty.look(), expected);
    }

    #[test]
    fn long_and_wide_costs_more_and_never_overflows() {
        let far = i32::MAX;
        let points = (0..8_192).map(|at| Point { x: if at % 2 == 0 { -far } else { far }, y: far }).collect();
        let huge = Stroke { shape: Shape::Path(points), width: 512, ..line(1, 0) };
        assert!(huge.cost() > line(1, 0).cost());
    }
}
