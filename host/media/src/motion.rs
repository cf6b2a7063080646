//! Finding what only moved: scrolled pages and dragged windows.
//!
//! Both pictures are sampled at anchors chosen by content (a hash of 16 pixels in a row, starting at an edge), so that
//! the same content gives the same anchors wherever it stands. Anchors that occur once vote for their displacement.
//! The winners are then verified pixel by pixel, cell by cell, and grown to whole rectangles.

use crate::{
    cells::{CELL, CellMask},
    compare::{colour, same_moved},
    copies::{COPIES_MAX, CopyRect},
    picture::PictureRef,
    rect::Rect,
};

/// Pixels of change below which a search costs more than it could save.
pub(crate) const AREA_WORTH: u64 = 40_000;
/// Pixels in a row that one anchor covers.
const WINDOW: usize = 16;
/// One in so many edge positions, less one, becomes an anchor.
const ANCHOR_MASK: u32 = 15;
/// Rows looked at: each fourth of the picture before, and four in a row out of each sixteen of the present one, so that
/// whatever the move, each of its sixteenth rows meets one looked at.
const BEFORE_EVERY: usize = 4;
const NOW_EVERY: usize = 16;
const TABLE_LOG: u32 = 15;
/// Displacements tried, and the votes that make one worth trying.
const VECTORS_MAX: usize = 6;
const VOTES_MIN: u32 = 4;
/// Displacements are packed in 16 bits each; nothing moves further than a screen.
const REACH: i32 = 32_000;

/// Finder of moves; keeps its tables from call to call.
pub(crate) struct MotionFinder {
    table: Vec<Anchor>,
    hashes: Vec<u32>,
    colours: Vec<u32>,
    votes: Vec<u32>,
    /// What moved last: most scrolls and drags go on as they began.
    last: Vec<(i32, i32)>,
}

#[derive(Clone, Copy, Default)]
struct Anchor {
    hash: u32,
    x: u16,
    /// `u16::MAX`: seen more than once, so it tells nothing.
    y: u16,
}

impl MotionFinder {
    pub(crate) fn new() -> Self {
        Self {
            table: vec![Anchor::default(); 1 << TABLE_LOG],
            hashes: Vec::new(),
            colours: Vec::new(),
            votes: Vec::new(),
            last: Vec::new(),
        }
    }

    /// Copies that bring marked cells of `now` out of `before`, if much of it only moved.
    pub(crate) fn copies(&mut self, now: &PictureRef, before: &PictureRef, changed: &CellMask) -> Vec<CopyRect> {
        let mut found = copies(now, before, changed, &self.last);
        let covered: u64 = found.iter().map(|copy| copy.to.area()).sum();
        if covered * 4 < (changed.marked().count() * CELL * CELL * 3) as u64 {
            let vectors = self.vectors(now, before, &changed.boxes());
            found = copies(now, before, changed, &vectors);
        }
        self.last.clear();
        for copy in &found {
            if !self.last.contains(&(copy.dx, copy.dy)) {
                self.last.push((copy.dx, copy.dy));
            }
        }
        found
    }

    /// Displacements (what is now at x was at x - dx) by which much within `boxes` may have moved, likeliest first.
    fn vectors(&mut self, now: &PictureRef, before: &PictureRef, boxes: &[Rect]) -> Vec<(i32, i32)> {
        self.table.fill(Anchor { hash: 0, x: 0, y: u16::MAX });
        self.votes.clear();
        let Self { table, hashes, colours, votes, last: _ } = self;
        for rect in boxes {
            let (left, top, right, bottom) = rect.spans();
            for y in (top.next_multiple_of(BEFORE_EVERY)..bottom).step_by(BEFORE_EVERY) {
                for_anchors(before.span(y, left, right), hashes, colours, |at, hash| {
                    let Some(slot) = table.get_mut((hash >> (32 - TABLE_LOG)) as usize) else {
                        return;
                    };
                    *slot = match slot.hash == hash {
                        true => Anchor { hash, x: 0, y: u16::MAX },
                        false => Anchor { hash, x: (left + at) as u16, y: y as u16 },
                    };
                });
            }
        }
        for rect in boxes {
            let (left, top, right, bottom) = rect.spans();
            for y in (top..bottom).filter(|y| y % NOW_EVERY < BEFORE_EVERY) {
                for_anchors(now.span(y, left, right), hashes, colours, |at, hash| {
                    let Some(slot) = table.get((hash >> (32 - TABLE_LOG)) as usize) else {
                        return;
                    };
                    if slot.hash == hash && slot.y != u16::MAX {
                        let (dx, dy) = ((left + at) as i32 - i32::from(slot.x), y as i32 - i32::from(slot.y));
                        if (dx, dy) != (0, 0) && dx.abs() < REACH && dy.abs() < REACH {
                            votes.push(((dx as i16 as u16 as u32) << 16) | u32::from(dy as i16 as u16));
                        }
                    }
                });
            }
        }
        winners(votes)
    }
}

fn winners(votes: &mut [u32]) -> Vec<(i32, i32)> {
    votes.sort_unstable();
    let mut tally: Vec<(u32, u32)> = votes
        .chunk_by(|a, b| a == b)
        .filter_map(|same| Some((same.len() as u32, *same.first()?)))
        .filter(|(count, _)| *count >= VOTES_MIN)
        .collect();
    tally.sort_unstable_by(|a, b| b.cmp(a));
    tally.truncate(VECTORS_MAX);
    tally
        .iter()
        .map(|&(_, packed)| (i32::from((packed >> 16) as u16 as i16), i32::from(packed as u16 as i16)))
        .collect()
}

/// Calls `found` with place and hash of each anchor of a row of BGRX pixels.
fn for_anchors(row: &[u8], hashes: &mut Vec<u32>, colours: &mut Vec<u32>, mut found: impl FnMut(usize, u32)) {
    let pixels = row.len() / 4;
    if pixels < WINDOW + 1 {
        return;
    }
    colours.clear();
    colours.extend(row.chunks_exact(4).map(|pixel| colour(pixel).wrapping_mul(0x9E37_79B1)));
    hashes.clear();
    hashes.extend_from_slice(colours);
    // Each pass doubles the run of pixels that a sum covers: 2, 4, 8, 16.
    for (step, turn) in [(1, 7), (2, 13), (4, 11), (8, 19)] {
        for at in 0..pixels - step {
            hashes[at] = hashes[at].wrapping_add(hashes[at + step].rotate_left(turn));
        }
    }
    for at in 0..pixels - WINDOW {
        let hash = hashes[at].wrapping_mul(0x85EB_CA6B);
        if (hash >> 8) & ANCHOR_MASK == 0 && colours[at] != colours[at + 1] {
            found(at, hash);
        }
    }
}

/// Copies by these displacements: whole cells first, then grown to what really moved.
fn copies(now: &PictureRef, before: &PictureRef, changed: &CellMask, vectors: &[(i32, i32)]) -> Vec<CopyRect> {
    let mut copies = Vec::new();
    let mut open = changed.clone();
    let mut matching = CellMask::new(now.width, now.height);
    for &(dx, dy) in vectors {
        matching.clear();
        let mut any = false;
        for row in 0..open.rows() {
            for column in 0..open.columns() {
                if open.get(column, row) != 0 && same_moved(now, before, &open.rect_of(column, row), dx, dy) {
                    matching.set(column, row, 1);
                    any = true;
                }
            }
        }
        if !any {
            continue;
        }
        let mut boxes = matching.boxes();
        // Foremost first, so that hardly any copy overwrites what a later one reads.
        let forward = |at: i32, by: i32| if by > 0 { -at } else { at };
        boxes.sort_by_key(|rect| (forward(rect.y, dy), forward(rect.x, dx)));
        for rect in boxes {
            if copies.len() >= COPIES_MAX {
                return copies;
            }
            let (left, top, right, bottom) = open.cells_of(&rect);
            for row in top..bottom {
                for column in left..right {
                    open.set(column, row, 0);
                }
            }
            copies.push(CopyRect { to: grown(now, before, rect, dx, dy), dx, dy });
        }
    }
    copies
}

/// The rectangle with each side pushed out, by less than a cell, as long as the next line moved along with it.
fn grown(now: &PictureRef, before: &PictureRef, rect: Rect, dx: i32, dy: i32) -> Rect {
    let mut rect = rect;
    let reach = CELL as i32 - 1;
    let within = |line: &Rect| line.clip(now.width, now.height) == *line;
    let mut push = |line_of: fn(&Rect) -> Rect| {
        for _ in 0..reach {
            let line = line_of(&rect);
            if !within(&line) || !same_moved(now, before, &line, dx, dy) {
                return;
            }
            rect = rect.union(&line);
        }
    };
    push(|r| Rect::new(r.x, r.y - 1, r.width, 1));
    push(|r| Rect::new(r.x, r.y + r.height as i32, r.width, 1));
    push(|r| Rect::new(r.x - 1, r.y, 1, r.height));
    push(|r| Rect::new(r.x + r.width as i32, r.y, 1, r.height));
    rect
}
