//! Which changed cells go out as lossy blocks: those that look like a photo, and those that go with one.

use crate::{
    cells::CellMask,
    classify::{Kind, kind},
    compare::trim,
    lossy::{LossyMap, VIDEO_STREAK},
    options::EncoderOptions,
    photo_cell::PhotoCell,
    picture::PictureRef,
};

/// Marks of changed cells by what they look like.
const SLIVER: u8 = 1;
const SMOOTH: u8 = 2;
const PHOTO: u8 = 3;
/// A cell of a video is looked at in one of so many pictures; in between it stays one.
const LOOK_EVERY: usize = 16;

/// Takes the cells to be sent lossily out of the changed ones, by rows.
pub(crate) fn photo_cells(
    picture: &PictureRef,
    source: &PictureRef,
    changed: &mut CellMask,
    lossy: &mut LossyMap,
    options: &EncoderOptions,
    now_us: u64,
) -> Vec<PhotoCell> {
    if options.photo_quality >= 100 {
        return Vec::new();
    }
    let video = |column: usize, row: usize| lossy.streak(column, row, now_us) >= VIDEO_STREAK;
    // Not all at once, so that no picture takes much longer than the others.
    let trusted = |column: usize, row: usize| {
        let turn = usize::from(lossy.streak(column, row, now_us)) + column + row;
        video(column, row) && !turn.is_multiple_of(LOOK_EVERY)
    };
    let look = |column: usize, row: usize| {
        let part = trim(picture, source, &changed.rect_of(column, row));
        (part, kind(picture, &part))
    };
    // Where part of a video has become something drawn, all of it is looked at.
    let looked_at = changed.marked().filter(|&(column, row)| video(column, row) && !trusted(column, row));
    let looks: Vec<_> = looked_at.map(|(column, row)| (column, row, look(column, row))).collect();
    let trust = !looks.iter().any(|(_, _, (_, kind))| *kind == Kind::Drawn);
    let mut looks = looks.into_iter().peekable();
    let mut kinds = changed.clone();
    kinds.clear();
    let mut parts = Vec::new();
    for (column, row) in changed.marked() {
        let looked = looks.next_if(|&(x, y, _)| (x, y) == (column, row)).map(|(_, _, look)| look);
        let (part, kind) = match looked {
            Some(look) => look,
            None if trust && trusted(column, row) => (changed.rect_of(column, row), Kind::Photo),
            None => look(column, row),
        };
        let mark = match kind {
            Kind::Drawn => continue,
            Kind::Sliver => SLIVER,
            Kind::Smooth => SMOOTH,
            Kind::Photo => PHOTO,
        };
        kinds.set(column, row, mark);
        parts.push((column, row, part));
    }
    let around = |column: usize, row: usize, counts: &dyn Fn(usize, usize) -> bool| {
        let all = [(0, 1), (1, 0), (1, 2), (2, 1), (0, 0), (2, 2), (0, 2), (2, 0)].into_iter();
        let inside = all.filter_map(|(dx, dy)| Some(((column + dx).checked_sub(1)?, (row + dy).checked_sub(1)?)));
        inside.filter(|&(column, row)| counts(column, row)).count()
    };
    let photo = |column, row| kinds.get(column, row) == PHOTO;
    let photo_or_lossy = |column, row| photo(column, row) || lossy.is_lossy(column, row);
    let any = |column, row| matches!(kinds.get(column, row), PHOTO | SMOOTH);
    let mut cells = Vec::new();
    for (column, row, part) in parts {
        let goes = match kinds.get(column, row) {
            SLIVER => around(column, row, &photo) >= 2,
            // One cell alone is an icon or a cursor rather than a photo.
            PHOTO => around(column, row, &photo_or_lossy) >= 2,
            _ => around(column, row, &photo_or_lossy) >= 2 || around(column, row, &any) >= 5,
        };
        if goes {
            cells.push(PhotoCell { column, row, part, guess: lossy.guess(column, row) });
        }
    }
    for cell in &cells {
        changed.set(cell.column, cell.row, 0);
        let of = changed.rect_of(cell.column, cell.row).area();
        lossy.sent(cell.column, cell.row, cell.part.area(), of, now_us);
    }
    cells
}
