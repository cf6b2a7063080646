//! Differences of colour pixels as planes of brightness and colour, and back: ITU-R BT.601, as in JPEG.
//!
//! Whole cells at a time and in plain loops over lanes, which compilers turn into vector instructions. Brightness has a
//! value for each pixel, the two colours one for each four.

use crate::{cells::CELL, dct::Block, predict::Pixels};

/// A cell's samples: four blocks of brightness (by rows), one of blue and one of red.
pub(crate) type Planes = [Block; 6];

type Row = [i32; CELL];

/// A row of BGRX pixels as numbers.
#[inline(always)]
fn pixels(row: &[[u8; 4]]) -> [u32; CELL] {
    let mut pixels = [0; CELL];
    for (pixel, bytes) in pixels.iter_mut().zip(row) {
        *pixel = u32::from_le_bytes(*bytes);
    }
    pixels
}

/// Blue, green and red.
#[inline(always)]
fn channels(pixel: u32) -> [i32; 3] {
    [(pixel & 0xff) as i32, (pixel >> 8 & 0xff) as i32, (pixel >> 16 & 0xff) as i32]
}

/// What `wanted` shows beyond `expected`, in sample values.
#[inline(always)]
pub(crate) fn differences(wanted: &Pixels, expected: &Pixels) -> Planes {
    // Brightness is computed in 1/256.
    const LIGHT: f32 = 1.0 / 256.0;
    // A quarter each: colour is the mean of four pixels.
    const BLUE: f32 = 0.25 / 256.0 / 1.772;
    const RED: f32 = 0.25 / 256.0 / 1.402;
    let mut planes = [[0.0; 64]; 6];
    let (mut blues, mut reds) = ([[0; CELL]; CELL / 2], [[0; CELL]; CELL / 2]);
    let (wanted, expected) = (wanted.as_chunks::<4>().0, expected.as_chunks::<4>().0);
    for (y, (wanted, expected)) in wanted.chunks_exact(CELL).zip(expected.chunks_exact(CELL)).enumerate() {
        let (wanted, expected) = (pixels(wanted), pixels(expected));
        let (blues, reds): (&mut Row, &mut Row) = (&mut blues[y / 2], &mut reds[y / 2]);
        let mut lights: Row = [0; CELL];
        for x in 0..CELL {
            let (new, old) = (channels(wanted[x]), channels(expected[x]));
            let [blue, green, red] = [new[0] - old[0], new[1] - old[1], new[2] - old[2]];
            // 0.114, 0.587 and 0.299.
            let light = 29 * blue + 150 * green + 77 * red;
            lights[x] = light;
            blues[x] += 256 * blue - light;
            reds[x] += 256 * red - light;
        }
        let (half, at) = (y / 8 * 2, y % 8 * 8);
        for x in 0..8 {
            planes[half][at + x] = lights[x] as f32 * LIGHT;
            planes[half + 1][at + x] = lights[x + 8] as f32 * LIGHT;
        }
    }
    for (y, (blues, reds)) in blues.iter().zip(&reds).enumerate() {
        for x in 0..8 {
            planes[4][y * 8 + x] = (blues[x * 2] + blues[x * 2 + 1]) as f32 * BLUE;
            planes[5][y * 8 + x] = (reds[x * 2] + reds[x * 2 + 1]) as f32 * RED;
        }
    }
    planes
}

/// Adds differences, in whole sixteenths of a sample value, to the pixels of a cell.
#[inline(always)]
pub(crate) fn add(cell: &mut Pixels, planes: &[[i32; 64]; 6]) {
    for (y, row) in cell.as_chunks_mut::<4>().0.chunks_exact_mut(CELL).enumerate() {
        let (half, at, colour) = (y / 8 * 2, y % 8 * 8, y / 2 * 8);
        // In 1/256: 1.772, 0.344, 0.714 and 1.402.
        let (mut blues, mut greens, mut reds): (Row, Row, Row) = ([0; CELL], [0; CELL], [0; CELL]);
        for x in 0..8 {
            let (blue, red) = (planes[4][colour + x], planes[5][colour + x]);
            blues[x * 2..x * 2 + 2].fill((454 * blue) >> 8);
            greens[x * 2..x * 2 + 2].fill((88 * blue + 183 * red) >> 8);
            reds[x * 2..x * 2 + 2].fill((359 * red) >> 8);
        }
        let mut lights: Row = [0; CELL];
        lights[..8].copy_from_slice(&planes[half][at..at + 8]);
        lights[8..].copy_from_slice(&planes[half + 1][at..at + 8]);
        let mut changed = pixels(row);
        for x in 0..CELL {
            let old = changed[x];
            let [blue, green, red] = channels(old);
            let blue = (blue * 16 + lights[x] + blues[x] + 8) >> 4;
            let green = (green * 16 + lights[x] - greens[x] + 8) >> 4;
            let red = (red * 16 + lights[x] + reds[x] + 8) >> 4;
            // Far within 16 bits by now, which every processor can clamp many of at once.
            let byte = |value: i32| (value as i16).clamp(0, 255) as u32;
            changed[x] = old & 0xff00_0000 | byte(red) << 16 | byte(green) << 8 | byte(blue);
        }
        for (target, pixel) in row.iter_mut().zip(changed) {
            *target = pixel.to_le_bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_added_give_the_wanted_pixels() {
        // Colours change by the block of four, as the planes keep them; brightness by the pixel.
        let expected: Pixels = std::array::from_fn(|k| (60 + k * 7 % 60) as u8);
        let mut wanted = expected;
        for (k, pixel) in wanted.chunks_exact_mut(4).enumerate() {
            let (x, y) = (k % CELL, k / CELL);
            let light = ((x * 5 + y * 3) % 40) as u8;
            let colour = [((x / 2 + y / 2) % 5 * 8) as u8, 0, ((x / 2 * 3 + y / 2) % 7 * 4) as u8];
            (0..3).for_each(|channel| pixel[channel] += light + colour[channel]);
        }
        let sixteenths = differences(&wanted, &expected).map(|plane| plane.map(|value| (value * 16.0).round() as i32));
        let mut back = expected;
        add(&mut back, &sixteenths);
        for (k, (a, b)) in wanted.iter().zip(back).enumerate() {
            assert!(a.abs_diff(b) <= 1, "byte {k}: {a}, not {b}");
        }
    }
}
