//! What differs between two pictures, as boxes.

use lotse_driver::abi::RectI32;

/// Bands of changed rows that are nearer than this become one box.
const GAP_ROWS: usize = 16;
const PIXEL_BYTES: usize = 4;

/// Takes a new picture (rows of `stride` bytes) over into `old` (tight rows) and adds boxes of what differed. Rows that the
/// new picture lacks stay as they are.
pub fn take_over(old: &mut [u8], new: &[u8], width: usize, stride: usize, boxes: &mut Vec<RectI32>) {
    let row_bytes = width * PIXEL_BYTES;
    if row_bytes == 0 || stride < row_bytes {
        return;
    }
    let mut band: Option<Band> = None;
    for (y, (old, new)) in old.chunks_exact_mut(row_bytes).zip(new.chunks(stride)).enumerate() {
        let Some(new) = new.get(..row_bytes) else {
            break;
        };
        if old == new {
            continue;
        }
        let (left, right) = ends(old, new);
        old.copy_from_slice(new);
        band = Some(match band.take() {
            Some(band) if y - band.bottom <= GAP_ROWS => band.with(y, left, right),
            other => {
                boxes.extend(other.map(Band::rect));
                Band { top: y, bottom: y + 1, left, right }
            }
        });
    }
    boxes.extend(band.map(Band::rect));
}

/// Rows `top..bottom`, pixels `left..right`.
struct Band {
    top: usize,
    bottom: usize,
    left: usize,
    right: usize,
}

impl Band {
    fn with(self, y: usize, left: usize, right: usize) -> Self {
        Self { top: self.top, bottom: y + 1, left: self.left.min(left), right: self.right.max(right) }
    }

    fn rect(self) -> RectI32 {
        let Self { top, bottom, left, right } = self;
        RectI32 { x: left as i32, y: top as i32, width: (right - left) as i32, height: (bottom - top) as i32 }
    }
}

/// First differing pixel, and the one after the last; the rows are known to differ.
fn ends(old: &[u8], new: &[u8]) -> (usize, usize) {
    let differs = |(old, new): (&[u8], &[u8])| old != new;
    let pixels = || old.chunks_exact(PIXEL_BYTES).zip(new.chunks_exact(PIXEL_BYTES));
    let left = pixels().position(differs).unwrap_or(0);
    let right = pixels().rposition(differs).map_or(old.len() / PIXEL_BYTES, |at| at + 1);
    (left, right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_hold_what_changed_and_the_copy_is_exact() {
        let (width, height, stride) = (50, 60, 208);
        let mut new = vec![7_u8; stride * height];
        let mut old = vec![7_u8; width * PIXEL_BYTES * height];
        let mut boxes = Vec::new();
        take_over(&mut old, &new, width, stride, &mut boxes);
        assert_eq!(boxes, []);
        for (x, y) in [(3, 2), (9, 5), (20, 50)] {
            new[y * stride + x * 4] = 9;
        }
        // Beyond the row's pixels nothing counts.
        new[30 * stride + 204] = 1;
        take_over(&mut old, &new, width, stride, &mut boxes);
        let rect = |x, y, width, height| RectI32 { x, y, width, height };
        assert_eq!(boxes, [rect(3, 2, 7, 4), rect(20, 50, 1, 1)]);
        for (old, new) in old.chunks(width * 4).zip(new.chunks(stride)) {
            assert_eq!(old, &new[..width * 4]);
        }
    }

    #[test]
    fn pictures_that_are_too_short_or_too_narrow_do_no_harm() {
        let mut boxes = Vec::new();
        take_over(&mut [1; 40], &[2; 30], 5, 20, &mut boxes);
        take_over(&mut [1; 40], &[2; 30], 5, 8, &mut boxes);
        take_over(&mut [], &[2; 30], 0, 8, &mut boxes);
        assert_eq!(boxes.len(), 1);
    }
}
