//! Where a block came from: the sender's search for the move that leaves the least difference in brightness.

use crate::{
    cells::CELL,
    predict::{MOVE_MAX, Move, Pixels, Reference, fractions, luma_row, mix, mix_two, weights},
};

/// One row of a cell, and the pixel beyond it.
type Span = [u8; CELL + 1];

/// Brightness of one cell.
pub(crate) type Luma = [u8; CELL * CELL];

/// Difference per block below which nothing better is looked for: what camera noise leaves, and a coarse step.
const GOOD_ENOUGH: u32 = 3 * (CELL * CELL) as u32;
/// Difference per block from which the block may have come from somewhere else altogether.
const FAR_OFF: u32 = 6 * (CELL * CELL) as u32;
const _: () = assert!(GOOD_ENOUGH < FAR_OFF);
/// Distances in quarter pixels at which is looked, and how often each at most. Those of whole pixels come first, since
/// these cost a third; the wide ones are for what came from afar.
const STEPS: [(i16, usize); 5] = [(16, 4), (8, 3), (4, 2), (2, 2), (1, 1)];

#[inline(always)]
pub(crate) fn luma_of(pixels: &Pixels) -> Luma {
    let mut target = [0; CELL * CELL];
    luma_row(pixels, &mut target);
    target
}

/// Sum of absolute differences of two equally long runs.
#[inline(always)]
fn difference(a: &[u8], b: &[u8]) -> u32 {
    a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum()
}

#[inline(always)]
pub(crate) fn block_difference(a: &Luma, b: &Luma) -> u32 {
    difference(a, b)
}

/// The reference prepared for searching.
pub(crate) struct Search<'a> {
    reference: &'a Reference,
    luma: Vec<u8>,
}

impl<'a> Search<'a> {
    pub(crate) fn new(reference: &'a Reference) -> Self {
        Self { luma: reference.luma(), reference }
    }

    /// Difference to the cell at pixel `x`, `y` moved `by` quarter pixels; something above `limit` once it is above that.
    #[inline(always)]
    fn at(&self, block: &Luma, (x, y): (usize, usize), by: Move, limit: u32) -> u32 {
        let at = self.reference.index(x, y, by.0 >> 2, by.1 >> 2);
        match fractions(by) {
            (0, 0) => self.sum(block, at, limit, Whole),
            (fx, 0) => self.sum(block, at, limit, Across(fx)),
            (0, fy) => self.sum(block, at, limit, Down(fy)),
            (fx, fy) => self.sum(block, at, limit, Both(weights(fx, fy))),
        }
    }

    /// Difference to the rows that `mixing` makes of each reference row from pixel `at` on and the one below it.
    #[inline(always)]
    fn sum(&self, block: &Luma, at: usize, limit: u32, mixing: impl Mixing) -> u32 {
        let (width, _) = self.reference.size();
        let span = |from: usize| self.luma[from..].first_chunk().unwrap_or(&[0; CELL + 1]);
        let mut sum = 0;
        for (quarter, rows) in block.chunks_exact(CELL * 4).enumerate() {
            for (row, own) in rows.chunks_exact(CELL).enumerate() {
                let from = at + (quarter * 4 + row) * width;
                sum += difference(own, &mixing.row(span(from), span(from + width)));
            }
            if sum > limit {
                return sum;
            }
        }
        sum
    }

    /// The best move found and its cost: the difference plus what telling the move costs at `bit_cost` a bit.
    /// Starts from the `likely` moves, of which the first is the one that costs least to tell.
    #[inline(always)]
    pub(crate) fn best(&self, block: &Luma, place: (usize, usize), likely: &[Move], bit_cost: u32) -> (Move, u32) {
        let told = likely.first().copied().unwrap_or_default();
        let mut best = Best { search: self, block, place, told, bit_cost, by: told, cost: u32::MAX };
        for (k, &by) in likely.iter().enumerate() {
            if !likely[..k].contains(&by) {
                best.consider(by);
            }
            if best.cost < GOOD_ENOUGH {
                return (best.by, best.cost);
            }
        }
        best.look_around();
        (best.by, best.cost)
    }
}

/// How a row is made of the one it starts in and the one below. Types and no closures, so that each is made part of its
/// caller, which is compiled for wide vectors.
trait Mixing {
    fn row(&self, upper: &Span, lower: &Span) -> [u8; CELL];
}

struct Whole;
struct Across(u16);
struct Down(u16);
struct Both([u16; 4]);

impl Mixing for Whole {
    #[inline(always)]
    fn row(&self, upper: &Span, _: &Span) -> [u8; CELL] {
        let mut row = [0; CELL];
        row.copy_from_slice(&upper[..CELL]);
        row
    }
}

impl Mixing for Across {
    #[inline(always)]
    fn row(&self, upper: &Span, _: &Span) -> [u8; CELL] {
        let mut row = [0; CELL];
        for (k, value) in row.iter_mut().enumerate() {
            *value = mix_two([upper[k], upper[k + 1]], self.0);
        }
        row
    }
}

impl Mixing for Down {
    #[inline(always)]
    fn row(&self, upper: &Span, lower: &Span) -> [u8; CELL] {
        let mut row = [0; CELL];
        for (k, value) in row.iter_mut().enumerate() {
            *value = mix_two([upper[k], lower[k]], self.0);
        }
        row
    }
}

impl Mixing for Both {
    #[inline(always)]
    fn row(&self, upper: &Span, lower: &Span) -> [u8; CELL] {
        let mut row = [0; CELL];
        for (k, value) in row.iter_mut().enumerate() {
            *value = mix([upper[k], upper[k + 1], lower[k], lower[k + 1]], self.0);
        }
        row
    }
}

/// The best move so far.
struct Best<'a> {
    search: &'a Search<'a>,
    block: &'a Luma,
    place: (usize, usize),
    /// What costs least to tell, and what a bit costs.
    told: Move,
    bit_cost: u32,
    by: Move,
    cost: u32,
}

impl Best<'_> {
    /// Goes from the best so far to the best around it, in ever smaller steps.
    #[inline(always)]
    fn look_around(&mut self) {
        let steps = if self.cost < FAR_OFF { &STEPS[2..] } else { &STEPS[..] };
        for &(step, rounds) in steps {
            for _ in 0..rounds {
                let before = self.by;
                let centre = if step < 4 { before } else { ((before.0 + 2) & !3, (before.1 + 2) & !3) };
                for (sx, sy) in [(step, 0), (-step, 0), (0, step), (0, -step)] {
                    self.consider((centre.0 + sx, centre.1 + sy));
                }
                if self.by == before {
                    break;
                }
            }
        }
    }

    #[inline(always)]
    fn consider(&mut self, by: Move) {
        if by.0.abs() > MOVE_MAX || by.1.abs() > MOVE_MAX {
            return;
        }
        let length = |a: i16, b: i16| 2 * (16 - (a - b).unsigned_abs().leading_zeros());
        let telling = self.bit_cost * (1 + length(by.0, self.told.0) + length(by.1, self.told.1));
        if telling < self.cost {
            let cost = self.search.at(self.block, self.place, by, self.cost - telling) + telling;
            if cost < self.cost {
                (self.by, self.cost) = (by, cost);
            }
        }
    }
}
