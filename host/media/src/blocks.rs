//! The syntax of lossy blocks, written once for both directions over [`Coder`].
//!
//! A cell is told as its prediction and six 8 × 8 blocks of quantised differences (four of brightness, two of colour
//! at half resolution), each a walk along the diagonal with end, zero, one and more, as in VP8.

use crate::{
    predict::{INTRAS, Intra, MOVE_MAX, Move},
    range_coder::{Coder, Model},
};

/// From low to high frequency (the zigzag of JPEG).
const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];
/// Which statistics a place on the way shares.
const BANDS: [u8; 64] = [
    0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
];
/// Largest quantised value: what 2000 steps and the number coder allow.
const VALUE_MAX: u32 = 2000;

/// Quantised differences of one block, in rows.
pub(crate) type Steps = [i16; 64];

/// How a cell is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prediction {
    Intra(Intra),
    Moved(Move),
}

/// All that is told of one cell.
pub(crate) struct CellCode {
    pub(crate) prediction: Prediction,
    blocks: [Steps; 6],
    /// Which blocks have anything in them.
    coded: [bool; 6],
}

impl Default for CellCode {
    fn default() -> Self {
        Self { prediction: Prediction::Moved((0, 0)), blocks: [[0; 64]; 6], coded: [false; 6] }
    }
}

impl CellCode {
    /// As at first: nothing moved, nothing to add.
    pub(crate) fn clear(&mut self) {
        self.prediction = Prediction::Moved((0, 0));
        for (steps, coded) in self.blocks.iter_mut().zip(&mut self.coded) {
            if std::mem::take(coded) {
                *steps = [0; 64];
            }
        }
    }

    pub(crate) fn set(&mut self, block: usize, steps: &Steps) {
        self.blocks[block] = *steps;
        self.coded[block] = true;
    }

    /// What a block differs by from its prediction, if it does.
    pub(crate) fn steps(&self, block: usize) -> Option<&Steps> {
        self.coded[block].then_some(&self.blocks[block])
    }

    /// Whether the prediction is all there is.
    pub(crate) fn is_bare(&self) -> bool {
        self.coded == [false; 6]
    }
}

/// Statistics of one kind of plane: by place and by the value before.
#[derive(Clone, Default)]
struct PlaneModels {
    /// By the number of neighbouring blocks with anything in them.
    coded: [Model; 3],
    end: [[Model; 3]; 8],
    some: [[Model; 3]; 8],
    more: [[Model; 3]; 8],
    size: [[Model; 15]; 2],
}

/// All that both sides learn as they go; lives from key packet to key packet.
#[derive(Clone, Default)]
pub(crate) struct Models {
    present: [Model; 4],
    whole: [Model; 2],
    edges: [[Model; 16]; 4],
    plain_move: [Model; 3],
    intra: [Model; 3],
    intra_kind: [Model; 3],
    move_same: [Model; 2],
    move_size: [[Model; 15]; 2],
    move_sign: [Model; 2],
    planes: [PlaneModels; 2],
}

/// What the cells to the left and above were, as far as it tells something about this one.
#[derive(Clone, Copy, Default)]
pub(crate) struct Context {
    /// Moves of the cells to the left, above, and above to the right, if they had one.
    pub(crate) moves: [Option<Move>; 3],
    /// How many of left and above were told as moved and nothing more.
    pub(crate) bare: usize,
    /// How many of left and above were intra-predicted.
    pub(crate) intra: usize,
}

impl Context {
    /// The move taken for granted: the median of the neighbours'.
    pub(crate) fn expected_move(&self) -> Move {
        let [left, above, beyond] = self.moves;
        match (left, above) {
            (None, None) => (0, 0),
            (Some(only), None) | (None, Some(only)) => only,
            (Some(a), Some(b)) => {
                let c = beyond.unwrap_or((0, 0));
                let median = |a: i16, b: i16, c: i16| a.max(b).min(a.min(b).max(c));
                (median(a.0, b.0, c.0), median(a.1, b.1, c.1))
            }
        }
    }
}

impl Models {
    /// Whether a cell is told at all, given those to the left and above.
    pub(crate) fn present(&mut self, coder: &mut impl Coder, left: bool, above: bool, value: bool) -> bool {
        coder.bit(&mut self.present[usize::from(left) + 2 * usize::from(above)], value)
    }

    /// The part of a cell that is written: left, top, right and bottom (exclusive), each 0 to 16.
    pub(crate) fn part(&mut self, coder: &mut impl Coder, part: [u8; 4], former_whole: bool) -> [u8; 4] {
        const WHOLE: [u8; 4] = [0, 0, 16, 16];
        if coder.bit(&mut self.whole[usize::from(former_whole)], part == WHOLE) {
            return WHOLE;
        }
        let mut result = [0; 4];
        for (side, models) in self.edges.iter_mut().enumerate() {
            // Right and bottom are told less one, so that each fits in four bits.
            let value = part[side].saturating_sub(u8::from(side >= 2));
            let mut node = 1usize;
            for bit in (0..4).rev() {
                node = node << 1 | usize::from(coder.bit(&mut models[node], value >> bit & 1 == 1));
            }
            result[side] = (node & 15) as u8 + u8::from(side >= 2);
        }
        result
    }

    /// A cell. `moves` false: the packet has no reference, all cells are intra-predicted.
    pub(crate) fn cell(&mut self, coder: &mut impl Coder, context: &Context, moves: bool, code: &mut CellCode) {
        let expected = context.expected_move();
        if moves {
            let bare = code.prediction == Prediction::Moved(expected) && code.is_bare();
            if coder.bit(&mut self.plain_move[context.bare], bare) {
                code.prediction = Prediction::Moved(expected);
                return;
            }
        }
        let intra = matches!(code.prediction, Prediction::Intra(_));
        if !moves || coder.bit(&mut self.intra[context.intra], intra) {
            self.intra(coder, code);
        } else {
            self.moved(coder, expected, code);
        }
        let wanted = code.coded;
        for block in 0..6 {
            let coded = &mut code.coded;
            let neighbours = match block {
                0 => 0,
                1 | 2 => 2 * usize::from(coded[0]),
                3 => usize::from(coded[1]) + usize::from(coded[2]),
                4 => usize::from(coded[0] || coded[1] || coded[2] || coded[3]),
                _ => 2 * usize::from(coded[4]),
            };
            let models = &mut self.planes[block / 4];
            coded[block] = coder.bit(&mut models.coded[neighbours], wanted[block]);
            if coded[block] {
                steps_of(coder, models, &mut code.blocks[block]);
            }
        }
    }

    fn intra(&mut self, coder: &mut impl Coder, code: &mut CellCode) {
        let kind = match code.prediction {
            Prediction::Intra(kind) => INTRAS.iter().position(|&intra| intra == kind).unwrap_or(0),
            Prediction::Moved(_) => 0,
        };
        let mut told = 0;
        for (at, model) in self.intra_kind.iter_mut().enumerate() {
            if !coder.bit(model, kind > at) {
                break;
            }
            told = at + 1;
        }
        code.prediction = Prediction::Intra(INTRAS.get(told).copied().unwrap_or(Intra::Mean));
    }

    fn moved(&mut self, coder: &mut impl Coder, expected: Move, code: &mut CellCode) {
        let to = match code.prediction {
            Prediction::Moved(to) => to,
            Prediction::Intra(_) => expected,
        };
        let mut told = [expected.0, expected.1];
        for (axis, (to, expected)) in [(to.0, expected.0), (to.1, expected.1)].into_iter().enumerate() {
            let step = to - expected;
            if coder.bit(&mut self.move_same[axis], step == 0) {
                continue;
            }
            let size = coder.number(&mut self.move_size[axis], u32::from(step.unsigned_abs()).saturating_sub(1)) + 1;
            let negative = coder.bit(&mut self.move_sign[axis], step < 0);
            let step = size.min(4 * MOVE_MAX as u32) as i16;
            let to = if negative { expected - step } else { expected + step };
            // A writer never leaves the range; a hostile one is kept inside it.
            told[axis] = to.clamp(-MOVE_MAX, MOVE_MAX);
        }
        code.prediction = Prediction::Moved((told[0], told[1]));
    }
}

/// A block that has something in it.
fn steps_of(coder: &mut impl Coder, models: &mut PlaneModels, steps: &mut Steps) {
    let last = ZIGZAG.iter().rposition(|&at| steps[usize::from(at)] != 0).unwrap_or(0);
    let mut before = 0;
    let mut may_end = false;
    for (place, (&at, &band)) in ZIGZAG.iter().zip(&BANDS).enumerate() {
        let (at, band) = (usize::from(at), usize::from(band));
        if may_end && coder.bit(&mut models.end[band][before], place > last) {
            return;
        }
        let value = steps[at];
        if !coder.bit(&mut models.some[band][before], value != 0) {
            before = 0;
            may_end = false;
            continue;
        }
        let size = u32::from(value.unsigned_abs());
        let size = if coder.bit(&mut models.more[band][before], size > 1) {
            coder.number(&mut models.size[usize::from(place > 0)], size.saturating_sub(2)).min(VALUE_MAX) + 2
        } else {
            1
        };
        let size = size.min(VALUE_MAX) as i16;
        steps[at] = if coder.plain(value < 0) { -size } else { size };
        before = if size > 1 { 2 } else { 1 };
        may_end = true;
    }
}
