//! What strokes cover, at every scale.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::shape::{Point, Shape};
use proptest::prelude::*;

const CLIP: Rect = Rect { x: 0, y: 0, width: 200, height: 120 };

fn stroke(shape: Shape, width: u32) -> Stroke {
    Stroke { id: 1, shape, color: 0xff_0000, width, opacity_percent: 100 }
}

fn at(x: i32, y: i32) -> Point {
    Point { x, y }
}

/// Coverage of one pixel, 0 to 255.
fn cover(spans: &Spans, x: i32, y: i32) -> u8 {
    let here =
        |span: &&crate::Span| span.y == y && span.x <= x && i64::from(x) < i64::from(span.x) + i64::from(span.len);
    spans.iter().find(here).map_or(0, |span| span.cover)
}

#[test]
fn a_line_is_as_wide_as_it_says_and_has_round_ends() {
    let spans = draw(&stroke(Shape::Line(at(20, 50), at(100, 50)), 5), (1.0, 1.0), &CLIP, None);
    let rows: Vec<i32> = (0..120).filter(|y| cover(&spans, 60, *y) == 255).collect();
    assert_eq!(rows, [48, 49, 50, 51, 52]);
    assert_eq!((cover(&spans, 18, 50), cover(&spans, 17, 50)), (255, 0));
    assert!(cover(&spans, 18, 48) < 100, "round");
    assert!(CLIP.intersect(&spans.bounds()) == spans.bounds());
}

#[test]
fn a_stroke_lies_at_the_same_place_of_the_picture_at_every_scale() {
    let line = stroke(Shape::Line(at(10, 30), at(60, 30)), 4);
    for scale in [0.5_f32, 1.0, 2.0, 2.75] {
        let spans = draw(&line, (scale, scale), &CLIP, None);
        let bounds = spans.bounds();
        let middle = |from: i32, size: u32| f64::from(from) + f64::from(size) / 2.0;
        assert!((middle(bounds.y, bounds.height) / f64::from(scale) - 30.5).abs() < 1.0, "{scale}: {bounds:?}");
        assert!((middle(bounds.x, bounds.width) / f64::from(scale) - 35.5).abs() < 1.0, "{scale}: {bounds:?}");
    }
}

#[test]
fn outlines_are_hollow_and_a_spotlight_is_dark_round_its_ellipse() {
    let area = Rect::new(40, 20, 80, 60);
    for shape in [Shape::Rectangle(area), Shape::Ellipse(area)] {
        let spans = draw(&stroke(shape, 3), (1.0, 1.0), &CLIP, None);
        assert_eq!((cover(&spans, 80, 20), cover(&spans, 40, 50)), (255, 255));
        assert_eq!((cover(&spans, 80, 50), cover(&spans, 80, 30), cover(&spans, 5, 5)), (0, 0, 0));
    }
    let spans = draw(&stroke(Shape::Spotlight(area), 3), (1.0, 1.0), &CLIP, None);
    assert_eq!((cover(&spans, 80, 50), cover(&spans, 42, 50)), (0, 0));
    assert_eq!((cover(&spans, 0, 0), cover(&spans, 199, 119), cover(&spans, 42, 22)), (255, 255, 255));
}

#[test]
fn an_arrow_has_its_head_at_its_end() {
    let spans = draw(&stroke(Shape::Arrow(at(20, 60), at(150, 60)), 4), (1.0, 1.0), &CLIP, None);
    let high = |x: i32| (0..120).filter(|y| cover(&spans, x, *y) > 127).count();
    assert!((3..=5).contains(&high(60)), "{}", high(60));
    assert!(high(138) > 8 && high(148) < high(138), "{} {}", high(138), high(148));
    assert_eq!(high(155), 0);
}

#[test]
fn a_pen_goes_through_its_ends_and_bends_between() {
    let points = vec![at(10, 100), at(60, 20), at(110, 100)];
    let spans = draw(&stroke(Shape::Path(points), 4), (1.0, 1.0), &CLIP, None);
    assert!(cover(&spans, 10, 100) > 200 && cover(&spans, 110, 100) > 200);
    assert_eq!(cover(&spans, 60, 20), 0, "the corner is rounded");
    assert!((20..=70).any(|y| cover(&spans, 60, y) > 200));
    let dot = draw(&stroke(Shape::Path(vec![at(10, 10)]), 6), (1.0, 1.0), &CLIP, None);
    assert!(cover(&dot, 10, 10) == 255 && dot.bounds().width < 10);
    assert!(draw(&stroke(Shape::Path(Vec::new()), 6), (1.0, 1.0), &CLIP, None).is_empty());
}

fn shapes() -> impl Strategy<Value = Shape> {
    let point = || (-70_000..70_000i32, -70_000..70_000i32).prop_map(|(x, y)| Point { x, y });
    let near = || (-50..250i32, -50..250i32).prop_map(|(x, y)| Point { x, y });
    let area = || {
        (-300..300i32, -300..300i32, 0..70_000u32, 0..600u32).prop_map(|(x, y, width, height)| Rect {
            x,
            y,
            width,
            height,
        })
    };
    prop_oneof![
        proptest::collection::vec(prop_oneof![point(), near()], 0..40).prop_map(Shape::Path),
        (point(), near()).prop_map(|(a, b)| Shape::Line(a, b)),
        (near(), point()).prop_map(|(a, b)| Shape::Arrow(a, b)),
        area().prop_map(Shape::Rectangle),
        area().prop_map(Shape::Ellipse),
        area().prop_map(Shape::Spotlight),
        near().prop_map(|at| Shape::Pointer(at, "x".to_owned())),
    ]
}

proptest! {
    #[test]
    fn whatever_is_drawn_stays_within_its_clip_in_order(
        shape in shapes(), width in 1..512u32, scale in 0.01..8.0f32,
    ) {
        let clip = Rect::new(3, 5, 90, 70);
        let spans = draw(&stroke(shape, width), (scale, scale), &clip, None);
        let mut last = (i32::MIN, i64::MIN);
        for span in spans.iter() {
            let end = i64::from(span.x) + i64::from(span.len);
            prop_assert!(span.cover > 0 && span.len > 0);
            prop_assert!(span.x >= 3 && end <= 93 && (5..75).contains(&span.y), "{:?}", span);
            prop_assert!(span.y > last.0 || (span.y == last.0 && i64::from(span.x) >= last.1));
            last = (span.y, end);
        }
    }
}

/// A changed program shows a picture of a few pixels, which fills the other's window.
#[test]
fn a_pen_on_a_tiny_picture_shown_large_ends() {
    let clip = Rect::new(0, 0, 1_600, 1_200);
    let wild = (0..1_000).map(|step| at(if step % 2 == 0 { -1_000 } else { 1_000 }, step / 40)).collect();
    let mut mask = Mask { area: clip, cover: vec![0; 1_600 * 1_200] };
    assert!(mask.line((0.0, 600.0), (1_600.0, 600.0), 2_000.0) >= 1_600 * 1_200);
    let spans = draw(&stroke(Shape::Path(wild), 34), (40.0, 40.0), &clip, None);
    assert_eq!(spans.bounds().width, 1_600, "what is drawn before the end is seen");
    assert!(spans.bounds().height < 900, "{:?}", spans.bounds());
}
