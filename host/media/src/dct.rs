//! The 8 × 8 discrete cosine transform in the form of Arai, Agui and Nakajima (1988), as in libjpeg's `jfdctflt` and
//! `jidctflt`.
//!
//! Floating point, but the same on both sides to the last bit: only additions and multiplications in a fixed order,
//! which IEEE 754 and Rust define exactly. Both ends need that, because blocks are predicted from decoded ones.

/// 64 values in rows.
pub(crate) type Block = [f32; 64];

/// Scale factors that the transform leaves in each row and column.
const SCALES: [f32; 8] = [1.0, 1.387_039_8, 1.306_563, 1.175_875_6, 1.0, 0.785_694_96, 0.541_196_1, 0.275_899_38];

type Lanes = [f32; 8];

// Plain loops here and wherever pixels are: what `array::from_fn` and `map` call is at times left a function of its own,
// which knows nothing of the wider vectors that its caller was compiled for.
#[inline(always)]
fn add(mut a: Lanes, b: Lanes) -> Lanes {
    for (a, b) in a.iter_mut().zip(b) {
        *a += b;
    }
    a
}

#[inline(always)]
fn sub(mut a: Lanes, b: Lanes) -> Lanes {
    for (a, b) in a.iter_mut().zip(b) {
        *a -= b;
    }
    a
}

#[inline(always)]
fn scale(mut a: Lanes, by: f32) -> Lanes {
    for a in &mut a {
        *a *= by;
    }
    a
}

#[inline(always)]
fn transposed(block: &Block) -> Block {
    let mut result = [0.0; 64];
    for row in 0..8 {
        for column in 0..8 {
            result[column * 8 + row] = block[row * 8 + column];
        }
    }
    result
}

#[inline(always)]
fn rows(block: &Block) -> [Lanes; 8] {
    let mut rows = [[0.0; 8]; 8];
    for (row, values) in rows.iter_mut().zip(block.chunks_exact(8)) {
        row.copy_from_slice(values);
    }
    rows
}

#[inline(always)]
fn joined(rows: [Lanes; 8]) -> Block {
    let mut block = [0.0; 64];
    for (values, row) in block.chunks_exact_mut(8).zip(rows) {
        values.copy_from_slice(&row);
    }
    block
}

#[inline(always)]
fn forward_columns(block: &Block) -> Block {
    let [d0, d1, d2, d3, d4, d5, d6, d7] = rows(block);
    let (s0, s7) = (add(d0, d7), sub(d0, d7));
    let (s1, s6) = (add(d1, d6), sub(d1, d6));
    let (s2, s5) = (add(d2, d5), sub(d2, d5));
    let (s3, s4) = (add(d3, d4), sub(d3, d4));
    let (e0, e3) = (add(s0, s3), sub(s0, s3));
    let (e1, e2) = (add(s1, s2), sub(s1, s2));
    let z1 = scale(add(e2, e3), std::f32::consts::FRAC_1_SQRT_2);
    let (o0, o1, o2) = (add(s4, s5), add(s5, s6), add(s6, s7));
    let z5 = scale(sub(o0, o2), 0.382_683_43);
    let z2 = add(scale(o0, 0.541_196_1), z5);
    let z4 = add(scale(o2, 1.306_563), z5);
    let z3 = scale(o1, std::f32::consts::FRAC_1_SQRT_2);
    let (z11, z13) = (add(s7, z3), sub(s7, z3));
    joined([add(e0, e1), add(z11, z4), add(e3, z1), sub(z13, z2), sub(e0, e1), add(z13, z2), sub(e3, z1), sub(z11, z4)])
}

#[inline(always)]
fn inverse_columns(block: &Block) -> Block {
    let [i0, i1, i2, i3, i4, i5, i6, i7] = rows(block);
    let (e0, e1) = (add(i0, i4), sub(i0, i4));
    let e3 = add(i2, i6);
    let e2 = sub(scale(sub(i2, i6), std::f32::consts::SQRT_2), e3);
    let (t0, t3) = (add(e0, e3), sub(e0, e3));
    let (t1, t2) = (add(e1, e2), sub(e1, e2));
    let (z13, z10) = (add(i5, i3), sub(i5, i3));
    let (z11, z12) = (add(i1, i7), sub(i1, i7));
    let t7 = add(z11, z13);
    let z5 = scale(add(z10, z12), 1.847_759);
    let t6 = sub(sub(z5, scale(z10, 2.613_126)), t7);
    let t5 = sub(scale(sub(z11, z13), std::f32::consts::SQRT_2), t6);
    let t4 = sub(sub(z5, scale(z12, 1.082_392_2)), t5);
    joined([add(t0, t7), add(t1, t6), add(t2, t5), add(t3, t4), sub(t3, t4), sub(t2, t5), sub(t1, t6), sub(t0, t7)])
}

/// Coefficients of a block of samples, still multiplied by what [`Quantizer`] takes out again.
#[inline(always)]
pub(crate) fn forward(samples: &Block) -> Block {
    transposed(&forward_columns(&transposed(&forward_columns(samples))))
}

/// Samples of a block of coefficients as [`Quantizer::restore`] gives them.
#[inline(always)]
fn inverse(coefficients: &Block) -> Block {
    transposed(&inverse_columns(&transposed(&inverse_columns(coefficients))))
}

/// The nearest whole number, for values of less than four million: added to this constant a number's fraction falls off
/// the mantissa. One instruction, where a cast has to mind every case.
#[inline(always)]
pub(crate) fn nearest(value: f32) -> i32 {
    const SHIFT: f32 = 12_582_912.0;
    (value + SHIFT).to_bits() as i32 - SHIFT.to_bits() as i32
}

/// The smaller of both; the limit also in place of what is no number.
#[inline(always)]
pub(crate) fn at_most(value: f32, limit: f32) -> f32 {
    if value < limit { value } else { limit }
}

/// Steps of one plane: coarser for finer detail, as the eye is.
pub(crate) struct Quantizer {
    shrink: Block,
    stretch: Block,
}

impl Quantizer {
    /// `step`: of the mean value, in sample values; `slope`: how much coarser the finest detail is, as a factor less one.
    pub(crate) fn new(step: f32, slope: f32) -> Self {
        let step_at = |k: usize| step * (1.0 + slope * ((k / 8 + k % 8) as f32) / 14.0);
        let scale_at = |k: usize| SCALES[k / 8] * SCALES[k % 8];
        Self {
            shrink: std::array::from_fn(|k| 1.0 / (step_at(k) * scale_at(k) * 8.0)),
            stretch: std::array::from_fn(|k| step_at(k) * scale_at(k) / 8.0),
        }
    }

    /// Whole steps, rounded towards zero below `1 - bias` of the way: `bias` 0.5 is plain rounding.
    #[inline(always)]
    pub(crate) fn quantize(&self, coefficients: &Block, bias: f32) -> [i16; 64] {
        let mut steps = [0; 64];
        for ((steps, value), shrink) in steps.iter_mut().zip(coefficients).zip(&self.shrink) {
            let value = value * shrink;
            let size = nearest(at_most(value.abs() + (bias - 0.5), 2000.0)) as i16;
            *steps = if value < 0.0 { -size } else { size };
        }
        steps
    }

    /// The samples that quantised steps stand for.
    #[inline(always)]
    pub(crate) fn samples(&self, steps: &[i16; 64]) -> Block {
        if steps[1..].iter().fold(0, |all, &step| all | step) == 0 {
            // Exactly what the transform gives for a mean and nothing else.
            return [f32::from(steps[0]) * self.stretch[0]; 64];
        }
        inverse(&self.restore(steps))
    }

    #[inline(always)]
    fn restore(&self, steps: &[i16; 64]) -> Block {
        let mut block = [0.0; 64];
        for ((value, steps), stretch) in block.iter_mut().zip(steps).zip(&self.stretch) {
            *value = f32::from(*steps) * stretch;
        }
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fine_steps_give_the_samples_back() {
        let samples: Block = std::array::from_fn(|k| ((k * 7919 + k * k * 31) % 511) as f32 - 255.0);
        let quantizer = Quantizer::new(0.5, 0.0);
        let back = inverse(&quantizer.restore(&quantizer.quantize(&forward(&samples), 0.5)));
        assert!(samples.iter().zip(back).all(|(a, b)| (a - b).abs() < 1.5));
    }

    #[test]
    fn a_mean_alone_takes_the_short_way_to_the_same_samples() {
        let quantizer = Quantizer::new(3.7, 1.3);
        for mean in [-2000, -371, -1, 1, 2, 99, 1999] {
            let mut steps = [0; 64];
            steps[0] = mean;
            assert_eq!(quantizer.samples(&steps), inverse(&quantizer.restore(&steps)));
        }
    }

    #[test]
    fn a_flat_block_is_one_coefficient() {
        let quantizer = Quantizer::new(8.0, 1.0);
        let steps = quantizer.quantize(&forward(&[40.0; 64]), 0.5);
        assert_eq!(steps[0], 40);
        assert!(steps[1..].iter().all(|&steps| steps == 0));
    }
}
