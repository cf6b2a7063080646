//! Scaling of damaged rectangles: the mean over the covered area when smaller, linear between pixels when larger.
//!
//! Everything is in integers with weights that sum to 256, so that a flat colour stays exactly what it is and a
//! rectangle scaled alone is the same, pixel for pixel, as when all is scaled.

use lotse_engine::surface::Rect;

/// Sum of the weights of one pixel: 255 × 256 still fits 16 bits.
const UNIT: u64 = 256;

/// For each pixel of one side of the result: which source pixels make it, and by how much.
#[derive(Debug, Default)]
struct Axis {
    source: u32,
    result: u32,
    /// First source pixel and where its weights begin, one entry more than there are pixels.
    taps: Vec<(u32, u32)>,
    weights: Vec<u16>,
}

impl Axis {
    fn new(source: u32, result: u32) -> Self {
        let mut axis = Self { source, result, taps: Vec::with_capacity(result as usize + 1), weights: Vec::new() };
        for pixel in 0..result {
            if result <= source { axis.average(pixel) } else { axis.interpolate(pixel) }
        }
        axis.taps.push((source, axis.weights.len() as u32));
        axis
    }

    fn average(&mut self, pixel: u32) {
        let (source, result) = (u64::from(self.source), u64::from(self.result));
        // In units of 1/result of a source pixel, this pixel covers source units from here.
        let (from, to) = (u64::from(pixel) * source, (u64::from(pixel) + 1) * source);
        let first = from / result;
        self.taps.push((first as u32, self.weights.len() as u32));
        let mut given = 0;
        for index in first..to.div_ceil(result) {
            let covered = ((index + 1) * result).min(to) - from;
            let upto = (covered * UNIT + source / 2) / source;
            self.weights.push((upto - given) as u16);
            given = upto;
        }
    }

    fn interpolate(&mut self, pixel: u32) {
        let (source, result) = (i64::from(self.source), i64::from(self.result));
        // The middle of this pixel, from the middle of the first source pixel, in 1/(2 × result) of a source pixel.
        let middle = ((2 * i64::from(pixel) + 1) * source - result).clamp(0, 2 * result * (source - 1));
        let first = middle / (2 * result);
        let second = ((middle % (2 * result)) * UNIT as i64 + result) / (2 * result);
        self.taps.push((first as u32, self.weights.len() as u32));
        self.weights.push((UNIT as i64 - second) as u16);
        if first + 1 < source {
            self.weights.push(second as u16);
        } else if let Some(last) = self.weights.last_mut() {
            *last = UNIT as u16;
        }
    }

    /// First source pixel and weights of a pixel of the result.
    fn tap(&self, pixel: usize) -> (usize, &[u16]) {
        let (Some(&(first, begin)), Some(&(_, end))) = (self.taps.get(pixel), self.taps.get(pixel + 1)) else {
            return (0, &[]);
        };
        (first as usize, self.weights.get(begin as usize..end as usize).unwrap_or(&[]))
    }

    /// Pixels of the result that source pixels `from..to` have a part in.
    fn touched(&self, from: u32, to: u32) -> (u32, u32) {
        let (source, result) = (u64::from(self.source.max(1)), u64::from(self.result));
        // Between pixels, half a source pixel further out; a pixel more on each side never harms.
        let reach = if self.result > self.source { result / source + 1 } else { 1 };
        let low = (u64::from(from) * result / source).saturating_sub(reach);
        let high = ((u64::from(to) * result).div_ceil(source) + reach).min(result);
        (low as u32, high as u32)
    }
}

/// Cached tables and rows for one source and result size.
#[derive(Debug, Default)]
pub(crate) struct Scaler {
    across: Axis,
    down: Axis,
    row: Vec<u8>,
    sums: Vec<u16>,
}

impl Scaler {
    pub(crate) fn new(source: (u32, u32), result: (u32, u32)) -> Self {
        Self { across: Axis::new(source.0, result.0), down: Axis::new(source.1, result.1), ..Self::default() }
    }

    pub(crate) fn sizes(&self) -> ((u32, u32), (u32, u32)) {
        ((self.across.source, self.down.source), (self.across.result, self.down.result))
    }

    /// Pixels of the result that a rectangle of the source, clipped to it, has a part in.
    pub(crate) fn touched(&self, source: &Rect) -> Rect {
        let source = source.clip(self.across.source, self.down.source);
        if source.is_empty() {
            return Rect::default();
        }
        let (left, right) = self.across.touched(source.x as u32, source.right() as u32);
        let (top, bottom) = self.down.touched(source.y as u32, source.bottom() as u32);
        Rect::between(left.into(), top.into(), right.into(), bottom.into())
    }

    /// Makes the pixels of `area`, a rectangle of the result. `read(y, x, row)` fills a row of BGRX bytes from the
    /// source; `result` is all of the result, tightly packed.
    pub(crate) fn scale(&mut self, area: &Rect, mut read: impl FnMut(u32, u32, &mut [u8]), result: &mut [u8]) {
        let area = area.clip(self.across.result, self.down.result);
        let (left, right) = (area.x as usize, area.right() as usize);
        if area.is_empty() {
            return;
        }
        let begin = self.across.tap(left).0;
        let (last, weights) = self.across.tap(right - 1);
        let span = (last + weights.len()).saturating_sub(begin);
        self.row.resize(span * 4, 0);
        self.sums.resize(span * 4, 0);
        for y in area.y as usize..area.bottom() as usize {
            let (first, weights) = self.down.tap(y);
            self.sums.fill(0);
            for (line, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0) {
                read((first + line) as u32, begin as u32, &mut self.row);
                for (sum, byte) in self.sums.iter_mut().zip(&self.row) {
                    *sum = sum.wrapping_add(u16::from(*byte).wrapping_mul(*weight));
                }
            }
            let at = (y * self.across.result as usize + left) * 4;
            let Some(line) = result.get_mut(at..at + area.width as usize * 4) else { return };
            for (pixel, out) in (left..right).zip(line.chunks_exact_mut(4)) {
                let (first, weights) = self.across.tap(pixel);
                let from = (first - begin) * 4;
                let Some(parts) = self.sums.get(from..from + weights.len() * 4) else { continue };
                out.copy_from_slice(&mix(parts, weights));
            }
        }
    }
}

/// The weighted mean of pixels whose channels were summed over rows.
#[inline]
fn mix(parts: &[u16], weights: &[u16]) -> [u8; 4] {
    // Rounds to the nearest.
    let mut sums = [(UNIT * UNIT / 2) as u32; 4];
    // Two is what nearly every pixel has when the size changes little; told apart, the compiler unrolls it.
    if let (Some((first, second)), [left, right]) = (parts.split_first_chunk::<4>(), weights)
        && let Some(second) = second.first_chunk::<4>()
    {
        for ((sum, a), b) in sums.iter_mut().zip(first).zip(second) {
            *sum += u32::from(*a) * u32::from(*left) + u32::from(*b) * u32::from(*right);
        }
    } else {
        for (part, weight) in parts.chunks_exact(4).zip(weights) {
            for (sum, part) in sums.iter_mut().zip(part) {
                *sum += u32::from(*part) * u32::from(*weight);
            }
        }
    }
    let [blue, green, red, _] = sums.map(|sum| (sum >> 16) as u8);
    [blue, green, red, 0xff]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn scaled(source: &[u8], from: (u32, u32), to: (u32, u32), areas: &[Rect]) -> Vec<u8> {
        let mut result = vec![0; (to.0 * to.1 * 4) as usize];
        let mut scaler = Scaler::new(from, to);
        for area in areas {
            let read = |y: u32, x: u32, row: &mut [u8]| {
                let at = ((y * from.0 + x) * 4) as usize;
                row.copy_from_slice(&source[at..at + row.len()]);
            };
            scaler.scale(area, read, &mut result);
        }
        result
    }

    fn noise(from: (u32, u32)) -> Vec<u8> {
        (0..from.0 * from.1 * 4).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
    }

    #[test]
    fn halves_are_means_and_doubles_are_between() {
        let pixels: Vec<u8> = [0u8, 100, 200, 100].iter().flat_map(|v| [*v, *v, *v, 0]).collect();
        assert_eq!(
            scaled(&pixels, (4, 1), (2, 1), &[Rect::new(0, 0, 2, 1)])[..],
            [50, 50, 50, 255, 150, 150, 150, 255]
        );
        let up = scaled(&pixels, (4, 1), (8, 1), &[Rect::new(0, 0, 8, 1)]);
        let blues: Vec<u8> = up.chunks(4).map(|p| p[0]).collect();
        assert_eq!(blues, [0, 25, 75, 125, 175, 175, 125, 100]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_flat_colour_stays(from in (1u32..40, 1u32..40), to in (1u32..60, 1u32..60), colour: [u8; 3]) {
            let pixels: Vec<u8> = (0..from.0 * from.1).flat_map(|_| [colour[0], colour[1], colour[2], 9]).collect();
            for pixel in scaled(&pixels, from, to, &[Rect::new(0, 0, to.0, to.1)]).chunks(4) {
                prop_assert_eq!(&pixel[..3], &colour[..]);
            }
        }

        #[test]
        fn damage_alone_gives_the_same_as_all(
            from in (1u32..40, 1u32..40), to in (1u32..60, 1u32..60), x in 0i32..40, y in 0i32..40, width in 1u32..20, height in 1u32..20,
        ) {
            let mut pixels = noise(from);
            let all = Rect::new(0, 0, to.0, to.1);
            let damage = Rect::new(x, y, width, height).clip(from.0, from.1);
            let before = scaled(&pixels, from, to, &[all]);
            for row in damage.y.max(0) as u32..damage.bottom().max(0) as u32 {
                for column in damage.x.max(0) as u32..damage.right().max(0) as u32 {
                    pixels[((row * from.0 + column) * 4) as usize] ^= 0xff;
                }
            }
            let touched = Scaler::new(from, to).touched(&damage);
            let mut after = before;
            let fresh = scaled(&pixels, from, to, &[all]);
            for row in touched.y as usize..touched.bottom() as usize {
                let at = (row * to.0 as usize + touched.x as usize) * 4;
                let end = at + touched.width as usize * 4;
                after[at..end].copy_from_slice(&scaled(&pixels, from, to, &[touched])[at..end]);
            }
            prop_assert_eq!(after, fresh);
        }
    }
}
