//! Where a block came from: the sender's search for the move that leaves the least difference in brightness.

use crate::{
    cells::CELL,
    predict::{MOVE_MAX, Move, Pixels, Reference, luma_row, mix, weights},
};

/// Brightness of one cell.
pub(crate) type Luma = [u8; CELL * CELL];

/// Difference per block below which nothing better is looked for: about what camera noise leaves.
const GOOD_ENOUGH: u32 = 2 * (CELL * CELL) as u32;

pub(crate) fn luma_of(pixels: &Pixels) -> Luma {
    let mut target = [0; CELL * CELL];
    luma_row(pixels, &mut target);
    target
}

/// Sum of absolute differences of two equally long runs.
#[inline]
fn difference(a: &[u8], b: &[u8]) -> u32 {
    a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum()
}

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
    fn at(&self, block: &Luma, (x, y): (usize, usize), by: Move, limit: u32) -> u32 {
        let at = self.reference.index(x, y, by.0 >> 2, by.1 >> 2);
        let (width, _) = self.reference.size();
        let (fx, fy) = (u16::from(by.0 as u8 & 3), u16::from(by.1 as u8 & 3));
        let weights = weights(fx, fy);
        let mut sum = 0;
        for (quarter, rows) in block.chunks_exact(CELL * 4).enumerate() {
            // Sixteen sums side by side; four rows of bytes never fill one.
            let mut sums = [0u16; CELL];
            for (row, own) in rows.chunks_exact(CELL).enumerate() {
                let from = at + (quarter * 4 + row) * width;
                if (fx, fy) == (0, 0) {
                    sum += difference(own, &self.luma[from..from + CELL]);
                } else {
                    let (upper, lower) =
                        (&self.luma[from..=from + CELL], &self.luma[from + width..=from + width + CELL]);
                    let upper = (&upper[..CELL], &upper[1..]);
                    let lower = (&lower[..CELL], &lower[1..]);
                    for (k, sum) in sums.iter_mut().enumerate() {
                        let mixed = mix([upper.0[k], upper.1[k], lower.0[k], lower.1[k]], weights);
                        *sum += u16::from(own[k]).abs_diff(mixed);
                    }
                }
            }
            sum += sums.iter().map(|&sum| u32::from(sum)).sum::<u32>();
            if sum > limit {
                return sum;
            }
        }
        sum
    }

    /// The best move found and its cost: the difference plus what telling the move costs at `bit_cost` a bit.
    /// Starts from the `likely` moves, of which the first is the one that costs least to tell.
    pub(crate) fn best(&self, block: &Luma, (x, y): (usize, usize), likely: &[Move], bit_cost: u32) -> (Move, u32) {
        let told = likely.first().copied().unwrap_or_default();
        let bits = |by: Move| {
            let length = |a: i16, b: i16| 2 * (16 - (a - b).unsigned_abs().leading_zeros());
            1 + length(by.0, told.0) + length(by.1, told.1)
        };
        let mut best = (told, u32::MAX);
        let consider = |by: Move, best: &mut (Move, u32)| {
            if by.0.abs() <= MOVE_MAX && by.1.abs() <= MOVE_MAX {
                let told = bit_cost * bits(by);
                if told >= best.1 {
                    return false;
                }
                let cost = self.at(block, (x, y), by, best.1 - told) + told;
                if cost < best.1 {
                    *best = (by, cost);
                    return true;
                }
            }
            false
        };
        for (k, &by) in likely.iter().enumerate() {
            if !likely[..k].contains(&by) {
                consider(by, &mut best);
            }
        }
        if best.1 < GOOD_ENOUGH {
            return best;
        }
        for (step, rounds) in [(16, 4), (8, 3), (4, 4), (2, 2), (1, 2)] {
            for _ in 0..rounds {
                let centre = best.0;
                let mut moved = false;
                for (sx, sy) in [(step, 0), (-step, 0), (0, step), (0, -step)] {
                    moved |= consider((centre.0 + sx, centre.1 + sy), &mut best);
                }
                if !moved {
                    break;
                }
            }
        }
        best
    }
}
