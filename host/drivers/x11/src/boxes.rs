//! Many small rectangles into a few, at little waste: each box costs a request to the server, each pixel its copy.

use lotse_driver::abi::RectI32;
use x11rb::protocol::xproto::Rectangle;

/// More requests than this cost more than the pixels they spare.
const BOXES_MAX: usize = 32;
/// Two boxes become one when that adds no more than this many pixels: about what one more request costs.
const WASTE_MAX: i64 = 2048;

/// Adds what `rects` cover to `boxes`, cut to `width` × `height`.
pub fn merge(rects: impl Iterator<Item = RectI32>, width: i32, height: i32, boxes: &mut Vec<RectI32>) {
    for rect in rects {
        let Some(mut rect) = cut(rect, width, height) else {
            continue;
        };
        // A grown box may now be near others, so that it is tried again.
        while let Some(at) = boxes.iter().position(|other| waste(*other, rect) <= WASTE_MAX) {
            rect = union(boxes.swap_remove(at), rect);
        }
        boxes.push(rect);
        if boxes.len() > BOXES_MAX {
            join_nearest(boxes);
        }
    }
}

fn cut(rect: RectI32, width: i32, height: i32) -> Option<RectI32> {
    let (x, y) = (rect.x.max(0), rect.y.max(0));
    let right = rect.x.saturating_add(rect.width).min(width);
    let bottom = rect.y.saturating_add(rect.height).min(height);
    (right > x && bottom > y).then_some(RectI32 { x, y, width: right - x, height: bottom - y })
}

pub fn rect(rect: Rectangle) -> RectI32 {
    RectI32 { x: rect.x.into(), y: rect.y.into(), width: rect.width.into(), height: rect.height.into() }
}

pub fn area(rect: RectI32) -> i64 {
    i64::from(rect.width) * i64::from(rect.height)
}

pub fn union(a: RectI32, b: RectI32) -> RectI32 {
    let (x, y) = (a.x.min(b.x), a.y.min(b.y));
    let right = (a.x + a.width).max(b.x + b.width);
    let bottom = (a.y + a.height).max(b.y + b.height);
    RectI32 { x, y, width: right - x, height: bottom - y }
}

/// Pixels that one box has and the two together do not (too few where they overlap, which only makes joining easier).
fn waste(a: RectI32, b: RectI32) -> i64 {
    area(union(a, b)) - area(a) - area(b)
}

fn join_nearest(boxes: &mut Vec<RectI32>) {
    let Some(last) = boxes.pop() else { return };
    if let Some(near) = boxes.iter_mut().min_by_key(|other| waste(**other, last)) {
        *near = union(*near, last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rect(x: i32, y: i32, width: i32, height: i32) -> RectI32 {
        RectI32 { x, y, width, height }
    }

    fn merged(rects: &[RectI32]) -> Vec<RectI32> {
        let mut boxes = Vec::new();
        merge(rects.iter().copied(), 1000, 800, &mut boxes);
        boxes
    }

    #[test]
    fn near_rectangles_join_and_far_ones_do_not() {
        assert_eq!(merged(&[rect(10, 10, 8, 16), rect(18, 10, 8, 16), rect(26, 12, 8, 16)]), [rect(10, 10, 24, 18)]);
        assert_eq!(merged(&[rect(0, 0, 10, 10), rect(900, 700, 10, 10)]).len(), 2);
        assert_eq!(merged(&[rect(990, 790, 100, 100), rect(-5, -5, 5, 50)]), [rect(990, 790, 10, 10)]);
    }

    /// A seeded scatter: every pixel of every rectangle stays covered, and the boxes stay few.
    #[test]
    fn nothing_is_lost_and_boxes_stay_few() {
        let mut seed = 7_u64;
        let mut random = |limit: i32| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((seed >> 33) % limit as u64) as i32
        };
        for count in [1, 30, 300, 3000] {
            let rects: Vec<_> =
                (0..count).map(|_| rect(random(1100) - 50, random(900) - 50, random(40), random(40))).collect();
            let boxes = merged(&rects);
            assert!(boxes.len() <= BOXES_MAX);
            for rect in rects.iter().filter_map(|rect| cut(*rect, 1000, 800)) {
                assert!(boxes.iter().any(|b| union(*b, rect) == *b), "{rect:?} is in none of {boxes:?}");
            }
        }
    }
}
