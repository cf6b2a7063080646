//! Finding what really changed: row compares that run at the speed of `memcmp` where nothing did.

use crate::{
    cells::{CELL, CellMask},
    picture::PictureRef,
    rect::Rect,
};

/// The bits of a pixel that mean something.
const COLOUR: u32 = 0x00ff_ffff;

/// The colour of one BGRX pixel as 0x00RRGGBB.
#[inline]
pub(crate) fn colour(pixel: &[u8]) -> u32 {
    match pixel {
        [blue, green, red, ..] => u32::from_le_bytes([*blue, *green, *red, 0]),
        _ => 0,
    }
}

/// Whether two equally long runs of BGRX pixels show the same.
#[inline]
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    if a == b {
        return true;
    }
    let mut difference = 0;
    for (a, b) in a.chunks_exact(4).zip(b.chunks_exact(4)) {
        let (a, b) = (u32::from_le_bytes([a[0], a[1], a[2], a[3]]), u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        difference |= a ^ b;
    }
    difference & COLOUR == 0
}

/// Marks the cells in which `now` and `before` differ within `damage` (clipped rectangles).
pub(crate) fn mark_changed(now: &PictureRef, before: &PictureRef, damage: &[Rect], cells: &mut CellMask) {
    for rect in damage {
        let (left, top, right, bottom) = rect.spans();
        if rect.is_empty() {
            continue;
        }
        let mut y = top;
        while y < bottom {
            let row = y / CELL;
            let end = ((row + 1) * CELL).min(bottom);
            mark_band(now, before, (left, right), (y, end), cells.row_mut(row));
            y = end;
        }
    }
}

/// One row of cells: rows of pixels are compared whole, then by the cell, until all cells are known to differ.
fn mark_band(
    now: &PictureRef,
    before: &PictureRef,
    (left, right): (usize, usize),
    (top, bottom): (usize, usize),
    marks: &mut [u8],
) {
    let (first, last) = (left / CELL, right.div_ceil(CELL));
    let mut unmarked = marks[first..last].iter().filter(|&&mark| mark == 0).count();
    for y in top..bottom {
        if unmarked == 0 {
            return;
        }
        if now.span(y, left, right) == before.span(y, left, right) {
            continue;
        }
        for (column, mark) in marks.iter_mut().enumerate().take(last).skip(first) {
            let (from, to) = ((column * CELL).max(left), ((column + 1) * CELL).min(right));
            if *mark == 0 && !same(now.span(y, from, to), before.span(y, from, to)) {
                *mark = 1;
                unmarked -= 1;
            }
        }
    }
}

/// Whether both show the same within `rect` (clipped), the second one looked at `dx`, `dy` further up and left.
pub(crate) fn same_moved(now: &PictureRef, before: &PictureRef, rect: &Rect, dx: i32, dy: i32) -> bool {
    let (left, top, right, bottom) = rect.spans();
    let from = Rect::new(rect.x - dx, rect.y - dy, rect.width, rect.height);
    if from.clip(before.width, before.height) != from {
        return false;
    }
    let (from_left, from_top, from_right, _) = from.spans();
    (top..bottom).all(|y| same(now.span(y, left, right), before.span(y - top + from_top, from_left, from_right)))
}

/// The smallest rectangle within `rect` (clipped) outside which both show the same there.
pub(crate) fn trim(now: &PictureRef, before: &PictureRef, rect: &Rect) -> Rect {
    let (mut left, mut top, mut right, mut bottom) = rect.spans();
    let differs = |y: usize, left: usize, right: usize| !same(now.span(y, left, right), before.span(y, left, right));
    while top < bottom && !differs(top, left, right) {
        top += 1;
    }
    while bottom > top && !differs(bottom - 1, left, right) {
        bottom -= 1;
    }
    // Columns are looked at only as far as the nearest difference known so far, so a pass costs about one row's walk.
    let (mut first, mut last) = (right, left);
    for y in top..bottom {
        let (a, b) = (now.span(y, left, right), before.span(y, left, right));
        let differing = |(a, b): (&[u8], &[u8])| colour(a) != colour(b);
        let head = first.saturating_sub(left);
        if let Some(at) = a.chunks_exact(4).zip(b.chunks_exact(4)).take(head).position(differing) {
            first = left + at;
        }
        let tail = last.saturating_sub(left);
        if let Some(at) = a.chunks_exact(4).zip(b.chunks_exact(4)).skip(tail).rposition(differing) {
            last = left + tail + at + 1;
        }
    }
    left = first;
    right = last.max(first);
    Rect::between(left as i64, top as i64, right as i64, bottom as i64)
}

/// The one colour of `rect` (clipped, not empty), if it has only one.
pub(crate) fn solid(picture: &PictureRef, rect: &Rect) -> Option<u32> {
    let (left, top, right, bottom) = rect.spans();
    let wanted = colour(picture.span(top, left, right));
    let uniform = |y| picture.span(y, left, right).chunks_exact(4).all(|pixel| colour(pixel) == wanted);
    (top..bottom).all(uniform).then_some(wanted)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::canvas::Canvas;

    #[test]
    fn one_pixel_is_found_and_trimmed_to() {
        let before = Canvas::new(100, 70);
        let mut now = Canvas::new(100, 70);
        now.view_mut().span_mut(33, 47, 48).copy_from_slice(&[1, 0, 0, 0]);
        // The fourth byte of a pixel means nothing.
        now.view_mut().span_mut(3, 4, 5).copy_from_slice(&[0, 0, 0, 255]);
        let mut cells = CellMask::new(100, 70);
        mark_changed(&now.view(), &before.view(), &[Rect::new(0, 0, 100, 70)], &mut cells);
        assert_eq!(cells.boxes(), [Rect::new(32, 32, 16, 16)]);
        assert_eq!(trim(&now.view(), &before.view(), &Rect::new(32, 32, 16, 16)), Rect::new(47, 33, 1, 1));
        assert_eq!(solid(&now.view(), &Rect::new(0, 0, 40, 30)), Some(0));
        assert_eq!(solid(&now.view(), &Rect::new(0, 0, 50, 40)), None);
    }
}
