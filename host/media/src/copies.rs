//! Copies within the picture: what they are, and how both sides carry them out.
//!
//! All copies of a packet read the picture as it was before the packet, so that their order does not matter to whoever
//! finds them. They are done in place; only what a former copy of the packet would have overwritten is set aside.

use crate::{picture::PictureMut, rect::Rect};

/// Most copies of one packet: conflicts are looked for pairwise.
pub(crate) const COPIES_MAX: usize = 256;

/// Pixels to be taken from `dx`, `dy` further left and up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CopyRect {
    pub(crate) to: Rect,
    pub(crate) dx: i32,
    pub(crate) dy: i32,
}

impl CopyRect {
    pub(crate) fn from(&self) -> Rect {
        Rect::new(self.to.x - self.dx, self.to.y - self.dy, self.to.width, self.to.height)
    }
}

/// Carries out all copies; both ends of each must lie inside the picture. `set_aside` is room to work in.
pub(crate) fn apply(picture: &mut PictureMut, copies: &[CopyRect], set_aside: &mut Vec<u8>) {
    set_aside.clear();
    let overwritten =
        |index: usize, from: &Rect| copies.iter().take(index).any(|earlier| !earlier.to.intersect(from).is_empty());
    let places: Vec<Option<usize>> = copies
        .iter()
        .enumerate()
        .map(|(index, copy)| {
            overwritten(index, &copy.from()).then(|| {
                let start = set_aside.len();
                gather(picture, &copy.from(), set_aside);
                start
            })
        })
        .collect();
    for (copy, place) in copies.iter().zip(places) {
        match place.and_then(|start| set_aside.get(start..)) {
            Some(pixels) => scatter(picture, &copy.to, pixels),
            None => move_within(picture, copy),
        }
    }
}

fn gather(picture: &PictureMut, rect: &Rect, pixels: &mut Vec<u8>) {
    let (left, top, right, bottom) = rect.spans();
    (top..bottom).for_each(|y| pixels.extend_from_slice(picture.as_ref().span(y, left, right)));
}

fn scatter(picture: &mut PictureMut, rect: &Rect, pixels: &[u8]) {
    let (left, top, right, bottom) = rect.spans();
    for (y, row) in (top..bottom).zip(pixels.chunks_exact((right - left) * 4)) {
        picture.span_mut(y, left, right).copy_from_slice(row);
    }
}

fn move_within(picture: &mut PictureMut, copy: &CopyRect) {
    let (left, top, _, _) = copy.to.spans();
    let (from_left, from_top, from_right, _) = copy.from().spans();
    let rows = copy.to.height as usize;
    for step in 0..rows {
        // Downward moves go from the bottom up, so that no row is read after it was written.
        let row = if copy.dy > 0 { rows - 1 - step } else { step };
        let from = (from_top + row) * picture.stride;
        let to = (top + row) * picture.stride + left * 4;
        picture.pixels.copy_within(from + from_left * 4..from + from_right * 4, to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::Canvas;

    #[test]
    fn all_copies_read_the_picture_before() {
        let mut canvas = Canvas::new(64, 64);
        for y in 0..64 {
            for x in 0..64 {
                canvas.view_mut().span_mut(y, x, x + 1).copy_from_slice(&[x as u8, y as u8, 0, 0]);
            }
        }
        let copies = [
            CopyRect { to: Rect::new(3, 5, 40, 40), dx: 3, dy: 5 },
            CopyRect { to: Rect::new(0, 50, 60, 10), dx: -2, dy: 20 },
        ];
        apply(&mut canvas.view_mut(), &copies, &mut Vec::new());
        let at = |x: usize, y: usize| [canvas.view().span(y, x, x + 1)[0], canvas.view().span(y, x, x + 1)[1]];
        assert_eq!(at(3, 5), [0, 0]);
        assert_eq!(at(42, 44), [39, 39]);
        assert_eq!(at(10, 52), [12, 32]);
        assert_eq!(at(63, 63), [63, 63]);
    }
}
