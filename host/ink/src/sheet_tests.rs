//! What is drawn anew, and what is left out because the picture contains it.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::shape::{Point, Shape};

const CLIP: Rect = Rect { x: 0, y: 0, width: 200, height: 100 };

fn pen(id: u64, to: i32) -> Arc<Stroke> {
    let shape = Shape::Line(Point { x: 20, y: 50 }, Point { x: to, y: 50 });
    Arc::new(Stroke { id, shape, color: 0x00_ff_00, width: 4, opacity_percent: 50 })
}

fn sheet() -> Sheet {
    let mut sheet = Sheet::new(None);
    assert!(sheet.set_place((1.0, 1.0), CLIP) && !sheet.set_place((1.0, 1.0), CLIP));
    sheet
}

/// How dense the green is along the line.
fn seen(sheet: &Sheet, x: i32) -> u8 {
    let mut pixel = [0; 4];
    sheet.blend(50, x, &mut pixel);
    pixel[1]
}

fn set(sheet: &mut Sheet, strokes: &[&Arc<Stroke>]) -> Rect {
    sheet.set_strokes(strokes.iter().map(|stroke| (1, Arc::clone(stroke))))
}

#[test]
fn only_what_changed_is_shown_anew() {
    let (mut sheet, one, two) = (sheet(), pen(1, 60), pen(2, 120));
    let damage = set(&mut sheet, &[&one, &two]);
    assert_eq!(damage, sheet.bounds());
    assert!(set(&mut sheet, &[&one, &two]).is_empty());
    let damage = set(&mut sheet, &[&one]);
    assert!(!damage.is_empty() && damage.right() > 110);
    assert!(set(&mut sheet, &[&pen(1, 60)]).is_empty(), "it looks the same");
    set(&mut sheet, &[]);
    assert!(sheet.bounds().is_empty());
}

#[test]
fn a2_a_stroke_is_seen_at_once_and_never_twice() {
    let (mut sheet, one) = (sheet(), pen(1, 60));
    set(&mut sheet, &[&one]);
    assert_eq!(seen(&sheet, 40), 127);
    let damage = sheet.contain(&[77, one.look()]);
    assert!(!damage.is_empty());
    assert_eq!(seen(&sheet, 40), 0, "the picture has it");
    // What the picture had once is the picture's, until the stroke goes.
    assert!(sheet.contain(&[]).is_empty());
    assert_eq!(seen(&sheet, 40), 0);
    set(&mut sheet, &[]);
    set(&mut sheet, &[&one]);
    assert_eq!(seen(&sheet, 40), 127, "put again it is another");
}

#[test]
fn a2_of_a_pen_on_its_way_only_what_the_picture_lacks_is_drawn() {
    let (mut sheet, steps) = (sheet(), [pen(1, 60), pen(1, 100), pen(1, 140)]);
    for step in &steps {
        set(&mut sheet, &[step]);
    }
    sheet.contain(&[steps[0].look()]);
    assert_eq!((seen(&sheet, 40), seen(&sheet, 80), seen(&sheet, 130)), (0, 127, 127));
    sheet.contain(&[steps[1].look()]);
    assert_eq!((seen(&sheet, 40), seen(&sheet, 80), seen(&sheet, 130)), (0, 0, 127));
    // The same at another scale.
    assert!(sheet.set_place((0.5, 1.0), CLIP));
    assert_eq!((seen(&sheet, 20), seen(&sheet, 40), seen(&sheet, 65)), (0, 0, 127));
    sheet.contain(&[steps[2].look()]);
    assert!(sheet.bounds().is_empty());
    set(&mut sheet, &[&pen(1, 180)]);
    assert_eq!((seen(&sheet, 40), seen(&sheet, 85)), (0, 127), "what follows a contained one goes beyond it");
}

#[test]
fn what_comes_after_the_picture_that_has_it_is_not_drawn() {
    let (mut sheet, one) = (sheet(), pen(1, 60));
    sheet.contain(&[one.look()]);
    assert!(set(&mut sheet, &[&one]).is_empty());
    assert_eq!(sheet.looks(), [one.look()]);
}

#[test]
fn of_a_pen_that_goes_on_its_end_alone_is_shown_anew() {
    let mut sheet = sheet();
    set(&mut sheet, &[&pen(1, 60)]);
    let damage = set(&mut sheet, &[&pen(1, 100)]);
    assert!(damage.x > 50 && damage.right() > 100, "{damage:?}");
    let red = Arc::new(Stroke { color: 0xff_00_00, ..(*pen(1, 100)).clone() });
    assert_eq!(set(&mut sheet, &[&red]), sheet.bounds(), "another colour is seen everywhere");
}

/// Scar: taken away and put on top at once, it stayed below on one side and lay above on the other.
#[test]
fn a_stroke_that_rises_above_another_is_shown_anew() {
    let (mut sheet, one, two) = (sheet(), pen(1, 60), pen(2, 120));
    set(&mut sheet, &[&one, &two]);
    let damage = set(&mut sheet, &[&two, &one]);
    assert!(!damage.is_empty() && damage.right() < 70, "{damage:?}");
}
