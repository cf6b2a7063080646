//! What a block is expected to show: a part of the picture before, moved by quarter pixels, or a continuation of its
//! neighbours. Integer arithmetic on whole BGRX pixels, the same on both sides.

use multiversion::multiversion;

use crate::{
    cells::CELL,
    picture::{PictureMut, PictureRef},
};

/// BGRX pixels of one cell in rows.
pub(crate) type Pixels = [u8; CELL * CELL * 4];

/// How far around the lossy cells the picture before is kept, in pixels.
const MARGIN: usize = 32;
/// Longest move of a block in quarter pixels: it and the pixel beyond stay within the margin.
pub(crate) const MOVE_MAX: i16 = ((MARGIN - 2) * 4) as i16;

/// One row of a cell's pixels, and the pixel beyond it.
type Span = [u8; CELL * 4 + 4];

/// A move in quarter pixels, to where the block was.
pub(crate) type Move = (i16, i16);

/// The picture before the lossy blocks of a packet, around these blocks; edges go on outwards.
pub(crate) struct Reference {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Reference {
    /// Keeps what lies around the cells from column and row to column and row (exclusive).
    pub(crate) fn take(picture: &PictureRef, (left, top, right, bottom): (usize, usize, usize, usize)) -> Self {
        let width = (right - left) * CELL + 2 * MARGIN;
        let height = (bottom - top) * CELL + 2 * MARGIN;
        let mut pixels = Vec::with_capacity(width * height * 4);
        let (picture_width, picture_height) = (picture.width as usize, picture.height as usize);
        // In picture coordinates shifted by the margin, so that nothing is negative.
        let (x0, y0) = (left * CELL, top * CELL);
        let inner_left = x0.max(MARGIN) - MARGIN;
        let inner_right = (x0 + width).saturating_sub(MARGIN).min(picture_width);
        let before = MARGIN.saturating_sub(x0);
        for row in 0..height {
            let y = (y0 + row).saturating_sub(MARGIN).min(picture_height - 1);
            let span = picture.span(y, inner_left, inner_right);
            let start = pixels.len();
            for _ in 0..before {
                pixels.extend_from_slice(&span[..4]);
            }
            pixels.extend_from_slice(span);
            while pixels.len() < start + width * 4 {
                pixels.extend_from_slice(&span[span.len() - 4..]);
            }
        }
        Self { left: x0, top: y0, width, height, pixels }
    }

    pub(crate) fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Brightness of all kept pixels, for the search.
    pub(crate) fn luma(&self) -> Vec<u8> {
        let mut luma = vec![0; self.pixels.len() / 4];
        luma_of_all(&self.pixels, &mut luma);
        luma
    }

    /// Index of the first pixel of a block moved by whole pixels.
    #[inline(always)]
    pub(crate) fn index(&self, x: usize, y: usize, dx: i16, dy: i16) -> usize {
        let column = (x - self.left + MARGIN).wrapping_add_signed(isize::from(dx));
        let row = (y - self.top + MARGIN).wrapping_add_signed(isize::from(dy));
        row * self.width + column
    }

    /// The cell at pixel `x`, `y` as it was at `by` from there; `by` must be within [`MOVE_MAX`].
    #[inline(always)]
    pub(crate) fn block(&self, x: usize, y: usize, by: Move, pixels: &mut Pixels) {
        let at = self.index(x, y, by.0 >> 2, by.1 >> 2) * 4;
        match fractions(by) {
            (0, 0) => self.rows(at, pixels, |target, upper, _| target.copy_from_slice(&upper[..CELL * 4])),
            (fx, 0) => self.rows(at, pixels, |target, upper, _| {
                for (k, value) in target.iter_mut().enumerate() {
                    *value = mix_two([upper[k], upper[k + 4]], fx);
                }
            }),
            (0, fy) => self.rows(at, pixels, |target, upper, lower| {
                for (k, value) in target.iter_mut().enumerate() {
                    *value = mix_two([upper[k], lower[k]], fy);
                }
            }),
            (fx, fy) => {
                let weights = weights(fx, fy);
                self.rows(at, pixels, |target, upper, lower| {
                    for (k, value) in target.iter_mut().enumerate() {
                        *value = mix([upper[k], upper[k + 4], lower[k], lower[k + 4]], weights);
                    }
                });
            }
        }
    }

    /// Has `fill` make each row of a cell of the kept row from byte `at` on and the one below it.
    #[inline(always)]
    fn rows(&self, at: usize, pixels: &mut Pixels, fill: impl Fn(&mut [u8; CELL * 4], &Span, &Span)) {
        let stride = self.width * 4;
        let span = |from: usize| self.pixels[from..].first_chunk().unwrap_or(&[0; CELL * 4 + 4]);
        for (row, target) in pixels.as_chunks_mut().0.iter_mut().enumerate() {
            let from = at + row * stride;
            fill(target, span(from), span(from + stride));
        }
    }
}

/// By how many quarters of a pixel a move goes beyond whole ones.
#[inline(always)]
pub(crate) fn fractions(by: Move) -> (u16, u16) {
    (u16::from(by.0 as u8 & 3), u16::from(by.1 as u8 & 3))
}

/// Weights of a value and those right of, below and below right of it, in sixteenths, `fx` and `fy` quarters away.
#[inline(always)]
pub(crate) fn weights(fx: u16, fy: u16) -> [u16; 4] {
    [(4 - fx) * (4 - fy), fx * (4 - fy), (4 - fx) * fy, fx * fy]
}

/// Bilinear mean of four neighbours.
#[inline(always)]
pub(crate) fn mix(values: [u8; 4], weights: [u16; 4]) -> u8 {
    let [a, b, c, d] = values.map(u16::from);
    ((a * weights[0] + b * weights[1] + c * weights[2] + d * weights[3] + 8) >> 4) as u8
}

/// The same of two of them, where the move is whole in one direction; `quarters` of the way to the second.
#[inline(always)]
pub(crate) fn mix_two(values: [u8; 2], quarters: u16) -> u8 {
    let [a, b] = values.map(u16::from);
    ((a * (4 - quarters) + b * quarters + 2) >> 2) as u8
}

/// Brightness of BGRX pixels, near enough for comparing.
#[inline(always)]
pub(crate) fn luma_row(pixels: &[u8], target: &mut [u8]) {
    for (target, pixel) in target.iter_mut().zip(pixels.chunks_exact(4)) {
        let pixel = u32::from_le_bytes([pixel[0], pixel[1], pixel[2], pixel[3]]);
        *target = (((pixel & 0xff) + (pixel >> 7 & 0x1fe) + (pixel >> 16 & 0xff)) >> 2) as u8;
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn luma_of_all(pixels: &[u8], luma: &mut [u8]) {
    luma_row(pixels, luma);
}

/// How a block goes on from its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Intra {
    /// Mean of the row above and the column to the left.
    Mean,
    /// The row above, repeated.
    Down,
    /// The column to the left, repeated.
    Across,
    /// Left plus above less corner: VP8's "true motion".
    Slope,
}

pub(crate) const INTRAS: [Intra; 4] = [Intra::Slope, Intra::Down, Intra::Across, Intra::Mean];

/// The pixels above and to the left of a cell, and the corner.
pub(crate) struct Neighbours {
    above: [u8; CELL * 4],
    left: [u8; CELL * 4],
    corner: [u8; 4],
}

const GREY: [u8; 4] = [128, 128, 128, 0];

impl Neighbours {
    /// Reads them out of the picture as it stands; outside it all is grey, below and right of it the last pixel goes on.
    pub(crate) fn of(picture: &PictureMut, x: usize, y: usize) -> Self {
        let (width, height) = (picture.width as usize, picture.height as usize);
        let pixel = |x: usize, y: usize| {
            let at = y.min(height - 1) * picture.stride + x.min(width - 1) * 4;
            [picture.pixels[at], picture.pixels[at + 1], picture.pixels[at + 2], 0]
        };
        let (mut above, mut left) = ([0; CELL * 4], [0; CELL * 4]);
        for k in 0..CELL {
            above[k * 4..k * 4 + 4].copy_from_slice(&if y > 0 { pixel(x + k, y - 1) } else { GREY });
            left[k * 4..k * 4 + 4].copy_from_slice(&if x > 0 { pixel(x - 1, y + k) } else { GREY });
        }
        let corner = if x > 0 && y > 0 { pixel(x - 1, y - 1) } else { GREY };
        Self { above, left, corner }
    }

    /// Brightness of [`Neighbours::block`], near enough for choosing.
    #[inline(always)]
    pub(crate) fn luma(&self, intra: Intra) -> [u8; CELL * CELL] {
        let (mut above, mut left, mut corner) = ([0; CELL], [0; CELL], [0]);
        luma_row(&self.above, &mut above);
        luma_row(&self.left, &mut left);
        luma_row(&self.corner, &mut corner);
        let mut block = [0; CELL * CELL];
        for (row, &left_of) in block.chunks_exact_mut(CELL).zip(&left) {
            match intra {
                Intra::Mean => {
                    let sum: u32 = above.iter().chain(&left).map(|&value| u32::from(value)).sum();
                    row.fill((sum / (2 * CELL as u32)) as u8);
                }
                Intra::Down => row.copy_from_slice(&above),
                Intra::Across => row.fill(left_of),
                Intra::Slope => {
                    let offset = i16::from(left_of) - i16::from(corner[0]);
                    for (value, &above) in row.iter_mut().zip(&above) {
                        *value = (i16::from(above) + offset).clamp(0, 255) as u8;
                    }
                }
            }
        }
        block
    }

    pub(crate) fn block(&self, intra: Intra, block: &mut Pixels) {
        let mean: [u8; 4] = std::array::from_fn(|channel| {
            let sum = |side: &[u8]| side.iter().skip(channel).step_by(4).map(|&v| u32::from(v)).sum::<u32>();
            ((sum(&self.above) + sum(&self.left) + CELL as u32) / (2 * CELL as u32)) as u8
        });
        for (row, target) in block.chunks_exact_mut(CELL * 4).enumerate() {
            let left = &self.left[row * 4..row * 4 + 4];
            match intra {
                Intra::Mean => target.chunks_exact_mut(4).for_each(|pixel| pixel.copy_from_slice(&mean)),
                Intra::Down => target.copy_from_slice(&self.above),
                Intra::Across => target.chunks_exact_mut(4).for_each(|pixel| pixel.copy_from_slice(left)),
                Intra::Slope => {
                    let offset: [i16; 4] = std::array::from_fn(|k| i16::from(left[k]) - i16::from(self.corner[k]));
                    for (pixel, above) in target.chunks_exact_mut(4).zip(self.above.chunks_exact(4)) {
                        for k in 0..3 {
                            pixel[k] = (i16::from(above[k]) + offset[k]).clamp(0, 255) as u8;
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::Canvas;

    #[test]
    fn moves_whole_in_one_direction_are_mixed_as_the_others() {
        for (a, b) in [(0, 255), (255, 254), (7, 9), (128, 1)] {
            for quarters in 0..4 {
                let across = mix([a, b, a, b], weights(quarters, 0));
                let down = mix([a, a, b, b], weights(0, quarters));
                assert_eq!([across, down], [mix_two([a, b], quarters); 2]);
            }
        }
    }

    #[test]
    fn references_reach_beyond_every_edge() {
        let mut canvas = Canvas::new(37, 21);
        for (k, byte) in canvas.view_mut().pixels.iter_mut().enumerate() {
            *byte = (k * 31) as u8;
        }
        let picture = canvas.view();
        for cells in [(0, 0, 3, 2), (2, 1, 3, 2), (1, 0, 2, 1)] {
            let reference = Reference::take(&picture, cells);
            for (dx, dy) in [(0, 0), (-30, -30), (30, 30), (-7, 9)] {
                for row in cells.1..cells.3 {
                    for column in cells.0..cells.2 {
                        let (x, y) = (column * CELL, row * CELL);
                        let mut block = [0; CELL * CELL * 4];
                        reference.block(x, y, (dx * 4, dy * 4), &mut block);
                        let from_x = (x as i32 + i32::from(dx)).clamp(0, 36) as usize;
                        let from_y = (y as i32 + i32::from(dy)).clamp(0, 20) as usize;
                        assert_eq!(&block[..4], picture.span(from_y, from_x, from_x + 1));
                    }
                }
            }
            let mut block = [0; CELL * CELL * 4];
            reference.block(cells.0 * CELL, cells.1 * CELL, (-MOVE_MAX, MOVE_MAX), &mut block);
            reference.block((cells.2 - 1) * CELL, (cells.3 - 1) * CELL, (MOVE_MAX, -MOVE_MAX), &mut block);
        }
    }
}
