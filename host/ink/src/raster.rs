//! Lines and outlines into coverage, and that into spans.
//!
//! A line covers a pixel by how far its middle is from the line, which gives round ends and joins by itself. A filled outline
//! is summed up by signed area, as font rasterisers do. Both look only at pixels near the stroke and within the clip.

use crate::outline::{Outline, P};
use crate::region::Rect;
use crate::shape::Stroke;
use crate::spans::Spans;
use crate::words::Font;

/// Pixels of coverage drawn at once; a clip that is larger is cut off below. 8K UHD and half as much again.
const AREA_MAX: u64 = 48 << 20;

/// How often pixels are looked at for one stroke, at least, and for each that it can cover: people do not draw over the same
/// place so often. A picture of a few pixels, shown large, would make a line of any pen fill the screen, a thousand times.
const LOOKS_MIN: u64 = 8 << 20;
const LOOKS_A_PIXEL: u64 = 4;

/// The pixels of `clip` that a stroke covers. `scale`: pixels shown for each of the picture's, across and down; the picture's
/// corner is at 0, 0. Without a font, words are left out.
#[must_use]
pub fn draw(stroke: &Stroke, scale: (f32, f32), clip: &Rect, font: Option<&Font>) -> Spans {
    let outline = Outline::of(stroke, scale, font);
    let area = if outline.inverse { *clip } else { bounds(&outline).intersect(clip) };
    let rows = (AREA_MAX / u64::from(area.width.max(1))).min(area.height.into()) as u32;
    let area = Rect { height: rows, ..area };
    if area.is_empty() {
        return Spans::default();
    }
    let mut mask = Mask { area, cover: vec![0; area.width as usize * area.height as usize] };
    let mut left = LOOKS_MIN + LOOKS_A_PIXEL * area.width as u64 * area.height as u64;
    for (from, to) in &outline.lines {
        let looked = mask.line(*from, *to, outline.radius);
        left = left.saturating_sub(looked);
        if left == 0 {
            break;
        }
    }
    mask.fill(&outline.fills);
    if outline.inverse {
        mask.cover.iter_mut().for_each(|cover| *cover = 255 - *cover);
    }
    Spans::of(area, &mask.cover)
}

/// The pixels that an outline can touch.
fn bounds(outline: &Outline) -> Rect {
    let edge = outline.radius + 1.0;
    let ends = outline.lines.iter().flat_map(|(from, to)| [*from, *to]);
    let of_lines = ends.fold(None, |bounds, point| Some(grown(bounds, point, edge)));
    let all = outline.fills.iter().flatten().fold(of_lines, |bounds, point| Some(grown(bounds, *point, 1.0)));
    all.map_or(Rect::default(), |(left, top, right, bottom)| {
        let (left, top) = (left.floor() as i64, top.floor() as i64);
        Rect::between(left, top, right.ceil() as i64, bottom.ceil() as i64)
    })
}

fn grown(bounds: Option<(f32, f32, f32, f32)>, (x, y): P, by: f32) -> (f32, f32, f32, f32) {
    let (left, top, right, bottom) = bounds.unwrap_or((x, y, x, y));
    (left.min(x - by), top.min(y - by), right.max(x + by), bottom.max(y + by))
}

struct Mask {
    area: Rect,
    cover: Vec<u8>,
}

impl Mask {
    fn row_mut(&mut self, y: usize) -> &mut [u8] {
        let width = self.area.width as usize;
        self.cover.get_mut(y * width..(y + 1) * width).unwrap_or_default()
    }

    /// A point as it lies in the mask.
    fn place(&self, (x, y): P) -> P {
        (x - self.area.x as f32, y - self.area.y as f32)
    }

    /// Gives how many pixels it looked at.
    fn line(&mut self, from: P, to: P, radius: f32) -> u64 {
        let mut looked = 0;
        let (from, to) = (self.place(from), self.place(to));
        let reach = radius + 0.5;
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        let rows = f32_range(from.1.min(to.1) - reach, from.1.max(to.1) + reach, self.area.height);
        for y in rows {
            let middle = y as f32 + 0.5;
            let (mut left, mut right) = (from.0.min(to.0) - reach, from.0.max(to.0) + reach);
            if dy.abs() > 1e-3 {
                // Where the endless line is within reach, in this row.
                let (on, wide) = (from.0 + (middle - from.1) * dx / dy, reach * length / dy.abs());
                (left, right) = (left.max(on - wide), right.min(on + wide));
            }
            let columns = f32_range(left, right, self.area.width);
            looked += columns.len() as u64 + 1;
            let row = self.row_mut(y);
            for x in columns {
                let distance = distance_to((x as f32 + 0.5, middle), from, (dx, dy), length);
                let cover = ((reach - distance).clamp(0.0, 1.0) * 255.0) as u8;
                if let Some(pixel) = row.get_mut(x) {
                    *pixel = (*pixel).max(cover);
                }
            }
        }
        looked
    }

    fn fill(&mut self, outlines: &[Vec<P>]) {
        if outlines.is_empty() {
            return;
        }
        // A column more on the right, for what a pixel passes on to the next.
        let width = self.area.width as usize + 2;
        let mut sums =
            Sums { width, height: self.area.height as usize, area: vec![0.0; width * self.area.height as usize] };
        for outline in outlines {
            let next = outline.iter().cycle().skip(1);
            for (from, to) in outline.iter().zip(next) {
                sums.edge(self.place(*from), self.place(*to));
            }
        }
        for (y, sums) in sums.area.chunks_exact(width).enumerate() {
            let mut sum = 0.0_f32;
            for (pixel, more) in self.row_mut(y).iter_mut().zip(sums) {
                sum += more;
                *pixel = (*pixel).max((sum.abs().min(1.0) * 255.0 + 0.5) as u8);
            }
        }
    }
}

/// Whole pixels from one place to another, as far as there are any.
fn f32_range(from: f32, to: f32, end: u32) -> std::ops::Range<usize> {
    // Numbers out of range, and those that are none, become the nearest that there is.
    let at = |value: f32| (value as i64).clamp(0, end.into()) as usize;
    at(from.floor())..at(to.ceil())
}

/// From a point to a line that begins at `from` and goes so far.
fn distance_to(point: P, from: P, (dx, dy): P, length: f32) -> f32 {
    let (px, py) = (point.0 - from.0, point.1 - from.1);
    let along = if length > 0.0 { ((px * dx + py * dy) / (length * length)).clamp(0.0, 1.0) } else { 0.0 };
    (px - dx * along).hypot(py - dy * along)
}

/// For each pixel how much more of it and of all on its right is inside than of the one on its left.
struct Sums {
    width: usize,
    height: usize,
    area: Vec<f32>,
}

impl Sums {
    fn add(&mut self, x: usize, y: usize, amount: f32) {
        if x < self.width
            && let Some(sum) = self.area.get_mut(y * self.width + x)
        {
            *sum += amount;
        }
    }

    /// One edge, from row to row.
    fn edge(&mut self, from: P, to: P) {
        let (sign, top, bottom) = if from.1 < to.1 { (1.0, from, to) } else { (-1.0, to, from) };
        let height = bottom.1 - top.1;
        if height <= 0.0 {
            return;
        }
        let slope = (bottom.0 - top.0) / height;
        let right_end = (self.width - 2) as f32;
        for y in f32_range(top.1, bottom.1, self.height as u32) {
            let (begin, end) = ((y as f32).max(top.1), (y as f32 + 1.0).min(bottom.1));
            if end > begin {
                let at = |row: f32| (top.0 + (row - top.1) * slope).clamp(0.0, right_end);
                self.row(y, at(begin), at(end), (end - begin) * sign);
            }
        }
    }

    /// What an edge adds in one row, between two columns: spread over the pixels that it crosses.
    fn row(&mut self, y: usize, a: f32, b: f32, amount: f32) {
        let (left, right) = (a.min(b), a.max(b));
        let first = left as usize;
        if right - left < 1e-6 {
            let inside = left - first as f32;
            self.add(first, y, amount * (1.0 - inside));
            self.add(first + 1, y, amount * inside);
            return;
        }
        for x in first..=right as usize {
            let (from, to) = (left.max(x as f32), right.min(x as f32 + 1.0));
            if to > from {
                let part = amount * (to - from) / (right - left);
                let inside = (from + to) / 2.0 - x as f32;
                self.add(x, y, part * (1.0 - inside));
                self.add(x + 1, y, part * inside);
            }
        }
    }
}

#[cfg(test)]
#[path = "raster_tests.rs"]
mod tests;
