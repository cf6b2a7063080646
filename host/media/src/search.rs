//! Where a block came from: the sender's search for the move that leaves the least difference in brightness.

use crate::{
    cells::CELL,
    predict::{MOVE_MAX, Move, Pixels, Reference, luma_row, mix, weights},
};

/// Brightness of one cell.
pub(crate) type Luma = [u8; CELL * CELL];

/// Difference per block below which nothing better is looked for: about what camera noise leaves.
const GOOD_ENOUGH: u32 = 2 * (CELL * CELL) as u32;

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
    #[inline(always)]
    pub(crate) fn best(&self, block: &Luma, place: (usize, usize), likely: &[Move], bit_cost: u32) -> (Move, u32) {
        let told = likely.first().copied().unwrap_or_default();
        let mut best = Best { search: self, block, place, told, bit_cost, by: told, cost: u32::MAX };
        for (k, &by) in likely.iter().enumerate() {
            if !likely[..k].contains(&by) {
                best.consider(by);
            }
        }
        if best.cost >= GOOD_ENOUGH {
            for (step, rounds) in [(16, 4), (8, 3), (4, 4), (2, 2), (1, 2)] {
                for _ in 0..rounds {
                    let centre = best.by;
                    for (sx, sy) in [(step, 0), (-step, 0), (0, step), (0, -step)] {
                        best.consider((centre.0 + sx, centre.1 + sy));
                    }
                    if best.by == centre {
                        break;
                    }
                }
            }
        }
        (best.by, best.cost)
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
