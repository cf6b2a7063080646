//! A stroke as lines of a width and as filled outlines, in pixels of where it is shown.

use crate::shape::{Point, Shape, Stroke};
use crate::words::Font;

/// Points of a pen closer than this to the one before, in pixels shown, are left out.
const POINT_DISTANCE_MIN: f32 = 0.75;
/// Parts of one bend of a pen, at most, and pixels shown of each.
const BEND_PARTS_MAX: usize = 8;
const BEND_PART: f32 = 4.0;
/// Corners of an ellipse's outline: at a radius of a thousand pixels a tenth of a pixel beside it.
const ELLIPSE_CORNERS: u16 = 256;
/// An arrow's head: how long and half as wide, for each pixel of the shaft's width, and at least.
const HEAD_LENGTH: f32 = 3.5;
const HEAD_HALF: f32 = 1.8;
const HEAD_WIDTH_MIN: f32 = 3.0;
/// The pointer, by its height: corners from its tip on.
const POINTER: [(f32, f32); 7] =
    [(0.0, 0.0), (0.0, 0.8), (0.18, 0.62), (0.3, 0.92), (0.42, 0.86), (0.3, 0.58), (0.55, 0.56)];
/// Smallest pointer and letters, in pixels of the picture.
const POINTER_MIN: f32 = 12.0;
/// The name of who points, by the pointer's height.
const NAME_SIZE: f32 = 0.75;

/// A place in pixels shown.
pub(crate) type P = (f32, f32);

#[derive(Debug, Default)]
pub(crate) struct Outline {
    pub lines: Vec<(P, P)>,
    /// Half the lines' width.
    pub radius: f32,
    /// Closed; what they go round once or more is filled.
    pub fills: Vec<Vec<P>>,
    /// All but that is covered.
    pub inverse: bool,
}

impl Outline {
    pub(crate) fn of(stroke: &Stroke, scale: (f32, f32), font: Option<&Font>) -> Self {
        let to = |point: Point| -> P { ((point.x as f32 + 0.5) * scale.0, (point.y as f32 + 0.5) * scale.1) };
        let even = (scale.0 + scale.1) / 2.0;
        let mut outline = Self { radius: (stroke.width as f32 * even / 2.0).max(0.5), ..Self::default() };
        match &stroke.shape {
            Shape::Path(points) => outline.path(&thinned(points.iter().map(|point| to(*point)))),
            Shape::Line(from, end) => outline.lines.push((to(*from), to(*end))),
            Shape::Arrow(from, end) => outline.arrow(to(*from), to(*end)),
            Shape::Rectangle(area) => {
                let far = Point {
                    x: area.x.saturating_add_unsigned(area.width),
                    y: area.y.saturating_add_unsigned(area.height),
                };
                let (near, far) = (to(Point { x: area.x, y: area.y }), to(far));
                outline.closed(&[near, (far.0, near.1), far, (near.0, far.1)]);
            }
            Shape::Ellipse(area) => outline.closed(&ellipse(area, scale)),
            Shape::Spotlight(area) => {
                outline.fills.push(ellipse(area, scale));
                outline.inverse = true;
            }
            Shape::Words(at, words) => outline.words(words, to(*at), stroke.width as f32 * even, font),
            Shape::Pointer(tip, name) => {
                let (height, (x, y)) = ((stroke.width as f32).max(POINTER_MIN) * even, to(*tip));
                outline.fills.push(POINTER.iter().map(|(dx, dy)| (x + dx * height, y + dy * height)).collect());
                outline.words(name, (x + 0.6 * height, y + 0.6 * height), NAME_SIZE * height, font);
            }
        }
        outline
    }

    /// A pen's way, bent between its points.
    fn path(&mut self, points: &[P]) {
        let (Some(first), Some(last)) = (points.first().copied(), points.last().copied()) else { return };
        let (mut at, mut from) = (first, first);
        for bend in points.windows(3) {
            let [_, corner, next] = bend else { continue };
            let end = middle(*corner, *next);
            let length = distance(at, *corner) + distance(*corner, end);
            let parts = ((length / BEND_PART) as usize).clamp(1, BEND_PARTS_MAX);
            for part in 1..=parts {
                let t = part as f32 / parts as f32;
                let on = at_of(at_of(at, *corner, t), at_of(*corner, end, t), t);
                self.lines.push((from, on));
                from = on;
            }
            at = end;
        }
        self.lines.push((from, last));
    }

    fn arrow(&mut self, from: P, to: P) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        if length < 1.0 {
            self.lines.push((from, to));
            return;
        }
        let width = (self.radius * 2.0).max(HEAD_WIDTH_MIN);
        let (long, half) = ((HEAD_LENGTH * width).min(length), HEAD_HALF * width);
        let (ux, uy) = (dx / length, dy / length);
        let neck = (to.0 - ux * long, to.1 - uy * long);
        // The shaft ends within the head, so that it does not blunt the tip.
        self.lines.push((from, (to.0 - ux * long * 0.7, to.1 - uy * long * 0.7)));
        self.fills.push(vec![to, (neck.0 - uy * half, neck.1 + ux * half), (neck.0 + uy * half, neck.1 - ux * half)]);
    }

    fn closed(&mut self, corners: &[P]) {
        let next = corners.iter().cycle().skip(1);
        self.lines.extend(corners.iter().copied().zip(next.copied()));
    }

    fn words(&mut self, words: &str, at: P, size: f32, font: Option<&Font>) {
        if let Some(font) = font {
            font.outlines(words, at, size, &mut self.fills);
        }
    }
}

/// Without points that are hardly farther than the one before; the last one stays.
fn thinned(points: impl Iterator<Item = P>) -> Vec<P> {
    let mut kept: Vec<P> = Vec::new();
    let mut newest = None;
    for point in points {
        newest = Some(point);
        if kept.last().is_none_or(|last| distance(*last, point) >= POINT_DISTANCE_MIN) {
            kept.push(point);
        }
    }
    if let Some(newest) = newest.filter(|newest| kept.last() != Some(newest)) {
        kept.push(newest);
    }
    kept
}

fn ellipse(area: &crate::region::Rect, scale: (f32, f32)) -> Vec<P> {
    let (rx, ry) = (area.width as f32 * scale.0 / 2.0, area.height as f32 * scale.1 / 2.0);
    let (x, y) = ((area.x as f32 + 0.5) * scale.0 + rx, (area.y as f32 + 0.5) * scale.1 + ry);
    (0..ELLIPSE_CORNERS)
        .map(|corner| {
            let angle = f32::from(corner) / f32::from(ELLIPSE_CORNERS) * std::f32::consts::TAU;
            (x + rx * angle.cos(), y + ry * angle.sin())
        })
        .collect()
}

fn middle(a: P, b: P) -> P {
    at_of(a, b, 0.5)
}

/// So far of the way.
fn at_of(a: P, b: P, t: f32) -> P {
    (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t)
}

fn distance(a: P, b: P) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}
