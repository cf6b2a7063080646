//! Strokes as plugins of the other side ask for them: any shape anywhere, at any scale.

use lotse_ink::{Point, Rect, Shape, Sheet, Stroke, draw};
use std::sync::Arc;

/// What is drawn at most, so that an input takes no longer than others.
const SIDE_PX: u32 = 160;
const COST_MAX: u64 = 1 << 20;

/// Takes numbers off an input; 0 when there are none left.
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    fn next(&mut self) -> i32 {
        match self.0.split_first_chunk::<4>() {
            Some((number, rest)) => {
                self.0 = rest;
                i32::from_le_bytes(*number)
            }
            None => 0,
        }
    }

    fn point(&mut self) -> Point {
        Point { x: self.next(), y: self.next() }
    }

    fn rect(&mut self) -> Rect {
        Rect::new(self.next(), self.next(), self.next().unsigned_abs(), self.next().unsigned_abs())
    }
}

/// What is drawn lies in its clip, row by row, and nothing of it is out of reach of blending and cutting.
pub fn strokes(bytes: &[u8]) {
    let mut numbers = Numbers(bytes);
    let mut sheet = Sheet::new(None);
    sheet.set_place((1.0, 1.0), Rect::new(0, 0, SIDE_PX, SIDE_PX));
    let mut all = Vec::new();
    while !numbers.0.is_empty() && all.len() < 16 {
        let (kind, scale) = (numbers.next(), numbers.next());
        let stroke = stroke(&mut numbers, kind);
        if stroke.cost() > COST_MAX {
            continue;
        }
        look_at(&stroke, (scale.rem_euclid(4_000) as f32 + 1.0) / 1_000.0);
        all.push((0, Arc::new(stroke)));
    }
    let damage = sheet.set_strokes(all.iter().cloned());
    assert_eq!(damage.intersect(&sheet.bounds()), sheet.bounds(), "something new is not shown");
    sheet.contain(&sheet.looks());
    assert!(sheet.bounds().is_empty(), "what the picture contains is drawn again");
    assert!(sheet.set_strokes(std::iter::empty()).is_empty(), "nothing was there to go");
}

fn stroke(numbers: &mut Numbers<'_>, kind: i32) -> Stroke {
    let shape = match kind.rem_euclid(7) {
        0 => Shape::Path((0..numbers.next().rem_euclid(32)).map(|_| numbers.point()).collect()),
        1 => Shape::Line(numbers.point(), numbers.point()),
        2 => Shape::Arrow(numbers.point(), numbers.point()),
        3 => Shape::Rectangle(numbers.rect()),
        4 => Shape::Ellipse(numbers.rect()),
        5 => Shape::Spotlight(numbers.rect()),
        _ => Shape::Pointer(numbers.point(), "name".to_owned()),
    };
    let (id, width) = (u64::from(numbers.next().unsigned_abs()), numbers.next().unsigned_abs() % 512 + 1);
    Stroke { id, shape, color: 0x12_34_56, width, opacity_percent: numbers.next().unsigned_abs() % 100 + 1 }
}

fn look_at(stroke: &Stroke, scale: f32) {
    let clip = Rect::new(0, 0, SIDE_PX, SIDE_PX);
    let spans = draw(stroke, (scale, scale), &clip, None);
    assert_eq!(spans.bounds().intersect(&clip), spans.bounds(), "{stroke:?} is drawn beside its clip");
    let mut row = vec![0; SIDE_PX as usize * 4];
    for y in 0..SIDE_PX as i32 {
        spans.blend(stroke.color(), stroke.opacity_percent, y, 0, &mut row);
    }
    for part in spans.cut(stroke.opacity_percent) {
        assert_eq!(part.intersect(&spans.bounds()), part, "{stroke:?} is cut where it is not");
    }
    assert!(spans.without(&spans).iter().all(|span| span.cover < 128), "{stroke:?} is left when it is taken away");
}
