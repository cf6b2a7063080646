//! The sending side's choice for a lossy cell: where it is said to come from, and which differences are worth telling.

use multiversion::multiversion;

use crate::{
    blocks::{CellCode, Context, Prediction, Steps},
    cells::CELL,
    dct::{Block, forward},
    photo_cell::PhotoCell,
    picture::{PictureMut, PictureRef},
    planes,
    predict::{INTRAS, Neighbours, Pixels, Reference},
    quantizers::Quantizers,
    search::{Search, block_difference, luma_of},
};

/// Squared steps that a block must differ by to be worth transforming. Spread over 64 coefficients, as noise is, less
/// leaves nothing that would be told.
const ENERGY_STEPS: f32 = 12.0;
/// Or its mean by so many: as a coefficient, eight times that and just short of the first step told.
const MEAN_STEPS: f32 = 0.75 / 8.0;
/// Difference in brightness, per pixel, below which a move is not bettered by neighbours: little more than noise.
const NOISE: u32 = 6;

/// What the sending side needs to decide on a cell.
pub(crate) struct Sender<'a> {
    quantizers: &'a Quantizers,
    /// What a bit may cost in difference: half a step.
    bit_cost: u32,
    /// Sum of squares, and sum either way, of which a block worth transforming has one.
    least_energy: f32,
    least_sum: f32,
    reference: Option<(&'a Reference, Search<'a>)>,
}

impl<'a> Sender<'a> {
    /// `step`: the quantiser's, in sample values.
    pub(crate) fn new(quantizers: &'a Quantizers, step: f32, reference: Option<&'a Reference>) -> Self {
        Self {
            quantizers,
            bit_cost: step.ceil() as u32,
            least_energy: ENERGY_STEPS * step * step,
            least_sum: MEAN_STEPS * 64.0 * step,
            reference: reference.map(|reference| (reference, Search::new(reference))),
        }
    }

    /// What to tell of a cell, into `code`, and the pixels that the prediction in it gives, into `expected`.
    pub(crate) fn code(
        &self,
        now: &PictureRef,
        far: &PictureMut,
        cell: &PhotoCell,
        context: &Context,
        into: (&mut CellCode, &mut Pixels),
    ) {
        code(self, now, far, cell, context, into);
    }

    #[inline(always)]
    fn decide(
        &self,
        now: &PictureRef,
        far: &PictureMut,
        cell: &PhotoCell,
        context: &Context,
        (code, expected): (&mut CellCode, &mut Pixels),
    ) {
        let (x, y) = (cell.column * CELL, cell.row * CELL);
        let mut wanted = [0; CELL * CELL * 4];
        pixels_of(now, x, y, &mut wanted);
        let light = luma_of(&wanted);
        let mut best = (Prediction::Intra(INTRAS[3]), u32::MAX);
        if let Some((_, search)) = &self.reference {
            let usual = context.expected_move();
            let [left, above, _] = context.moves;
            let likely = [usual, cell.guess, (0, 0), left.unwrap_or(usual), above.unwrap_or(usual)];
            let (by, cost) = search.best(&light, (x, y), &likely, self.bit_cost);
            best = (Prediction::Moved(by), cost);
        }
        if best.1 > NOISE * (CELL * CELL) as u32 {
            let neighbours = Neighbours::of(far, x, y);
            for intra in INTRAS {
                let cost = block_difference(&light, &neighbours.luma(intra)) + 8 * self.bit_cost;
                if cost < best.1 {
                    best = (Prediction::Intra(intra), cost);
                }
            }
        }
        let prediction = best.0;
        match (prediction, &self.reference) {
            (Prediction::Moved(by), Some((reference, _))) => reference.block(x, y, by, expected),
            (Prediction::Intra(intra), _) => Neighbours::of(far, x, y).block(intra, expected),
            (Prediction::Moved(_), None) => *expected = wanted,
        }
        leave_outside(cell, expected, &mut wanted);
        let bias = if matches!(prediction, Prediction::Moved(_)) { 0.24 } else { 0.34 };
        code.clear();
        code.prediction = prediction;
        for (block, samples) in planes::differences(&wanted, expected).iter().enumerate() {
            let (energy, sum) = energy(samples);
            if energy >= self.least_energy || sum.abs() >= self.least_sum {
                let steps = self.quantizers.of(block).quantize(&forward(samples), bias);
                if !is_crumbs(&steps) {
                    code.set(block, &steps);
                }
            }
        }
    }
}

/// Most of the encoder's time on photos and video goes here, so it is compiled for wider vectors too.
#[multiversion(targets("x86_64+avx2"))]
fn code(
    sender: &Sender,
    now: &PictureRef,
    far: &PictureMut,
    cell: &PhotoCell,
    context: &Context,
    into: (&mut CellCode, &mut Pixels),
) {
    sender.decide(now, far, cell, context, into);
}

/// Sum of squares, and sum.
#[inline(always)]
fn energy(samples: &Block) -> (f32, f32) {
    let (mut squares, mut sums) = ([0.0; 8], [0.0; 8]);
    for row in samples.chunks_exact(8) {
        for ((square, sum), sample) in squares.iter_mut().zip(&mut sums).zip(row) {
            *square += sample * sample;
            *sum += sample;
        }
    }
    (squares.iter().sum(), sums.iter().sum())
}

/// Whether a block has nothing but one or two single steps of fine detail: they cost more than they show.
#[inline(always)]
fn is_crumbs(steps: &Steps) -> bool {
    if steps.iter().map(|&value| i16::from(value != 0)).sum::<i16>() > 3 {
        return false;
    }
    let weight = |(at, value): (usize, &i16)| match (value.abs(), at) {
        (0, _) => 0,
        (1, 1..) => 1 + 2 * i32::from(at / 8 + at % 8 <= 2),
        _ => 9,
    };
    steps.iter().enumerate().map(weight).sum::<i32>() <= 3
}

/// Outside the cell's changed part there is nothing to tell.
#[inline(always)]
fn leave_outside(cell: &PhotoCell, expected: &Pixels, wanted: &mut Pixels) {
    let (left, top, right, bottom) = cell.part.spans();
    let (x0, y0) = (cell.column * CELL, cell.row * CELL);
    if (left, top, right, bottom) == (x0, y0, x0 + CELL, y0 + CELL) {
        return;
    }
    let (columns, rows) = (left - x0..right - x0, top - y0..bottom - y0);
    for (at, (pixel, expected)) in wanted.chunks_exact_mut(4).zip(expected.chunks_exact(4)).enumerate() {
        if !columns.contains(&(at % CELL)) || !rows.contains(&(at / CELL)) {
            pixel.copy_from_slice(expected);
        }
    }
}

/// The pixels of a cell; outside the picture nothing is changed, and nothing is ever sent.
#[inline(always)]
fn pixels_of(picture: &PictureRef, x: usize, y: usize, pixels: &mut Pixels) {
    let right = (x + CELL).min(picture.width as usize);
    let bottom = (y + CELL).min(picture.height as usize);
    for (row, target) in (y..bottom).zip(pixels.as_chunks_mut::<{ CELL * 4 }>().0) {
        let span = picture.span(row, x, right);
        match span.first_chunk() {
            // Nearly always: of one length, so no call.
            Some(whole) => *target = *whole,
            None => target[..span.len()].copy_from_slice(span),
        }
    }
}
