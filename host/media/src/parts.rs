//! How the parts of one change are dealt out among packets, so that none makes the far side wait for long.

use crate::{photo_cell::PhotoCell, rect::Rect};

/// Exact pixels of one packet, about; a whole screen takes some eight.
const EXACT_PART: u64 = 256 << 10;
/// Lossy cells of one packet, about: as many pixels. Smaller ones would know less of their neighbours.
const PHOTO_PART: usize = 1024;

/// The boxes in groups of about [`EXACT_PART`] pixels; a large one in bands.
pub(crate) fn portions(boxes: &[Rect]) -> Vec<Vec<Rect>> {
    let mut portions: Vec<Vec<Rect>> = Vec::new();
    let mut room = 0;
    for rect in boxes {
        let rows_max = (EXACT_PART / u64::from(rect.width.max(1))).max(1);
        let mut top = i64::from(rect.y);
        while top < rect.bottom() {
            let bottom = (top + rows_max as i64).min(rect.bottom());
            let band = Rect::between(i64::from(rect.x), top, rect.right(), bottom);
            top = bottom;
            match portions.last_mut().filter(|_| room >= band.area()) {
                Some(portion) => portion.push(band),
                None => {
                    portions.push(vec![band]);
                    room = EXACT_PART;
                }
            }
            room = room.saturating_sub(band.area());
        }
    }
    portions
}

/// The cells in runs of about [`PHOTO_PART`], parted between rows only.
pub(crate) fn slices(cells: &[PhotoCell]) -> Vec<&[PhotoCell]> {
    let mut slices: Vec<&[PhotoCell]> = Vec::new();
    let mut rest = cells;
    while !rest.is_empty() {
        let row = rest.get(PHOTO_PART.min(rest.len()) - 1).map(|cell| cell.row);
        let end = rest.iter().position(|cell| Some(cell.row) > row).unwrap_or(rest.len());
        let (slice, others) = rest.split_at(end);
        slices.push(slice);
        rest = others;
    }
    slices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portions_hold_every_pixel_once_and_few_enough() {
        let boxes = [Rect::new(0, 0, 1920, 1080), Rect::new(3, 1100, 17, 9), Rect::new(40, 1100, 700, 600)];
        let portions = portions(&boxes);
        let area = |rects: &[Rect]| rects.iter().map(Rect::area).sum::<u64>();
        assert!(portions.iter().all(|portion| area(portion) <= EXACT_PART && !portion.is_empty()));
        assert_eq!(portions.iter().map(|portion| area(portion)).sum::<u64>(), area(&boxes));
        assert!(super::portions(&[]).is_empty());
    }
}
