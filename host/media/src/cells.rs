//! The grid of 16 × 16 cells in which change is noted, and how marked cells become few rectangles.

use crate::rect::Rect;

/// Side of a cell in pixels: one macroblock of the lossy coder, and small enough that trimming it is cheap.
pub(crate) const CELL: usize = 16;

/// One byte a cell; what it means is the owner's. Zero is "not marked".
#[derive(Clone, Default)]
pub(crate) struct CellMask {
    width_px: u32,
    height_px: u32,
    columns: usize,
    rows: usize,
    marks: Vec<u8>,
}

impl CellMask {
    pub(crate) fn new(width_px: u32, height_px: u32) -> Self {
        let columns = (width_px as usize).div_ceil(CELL);
        let rows = (height_px as usize).div_ceil(CELL);
        Self { width_px, height_px, columns, rows, marks: vec![0; columns * rows] }
    }

    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn clear(&mut self) {
        self.marks.fill(0);
    }

    #[inline]
    pub(crate) fn get(&self, column: usize, row: usize) -> u8 {
        if column < self.columns && row < self.rows { self.marks[row * self.columns + column] } else { 0 }
    }

    #[inline]
    pub(crate) fn set(&mut self, column: usize, row: usize, mark: u8) {
        if column < self.columns && row < self.rows {
            self.marks[row * self.columns + column] = mark;
        }
    }

    pub(crate) fn row_mut(&mut self, row: usize) -> &mut [u8] {
        &mut self.marks[row * self.columns..(row + 1) * self.columns]
    }

    /// Rows with marks. Most have none, and that is seen for many cells at once.
    fn marked_rows(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let rows = self.marks.chunks_exact(self.columns.max(1)).enumerate();
        rows.filter(|(_, marks)| marks.iter().fold(0, |all, mark| all | mark) != 0)
    }

    /// Column and row of each marked cell, by rows.
    pub(crate) fn marked(&self) -> impl Iterator<Item = (usize, usize)> {
        self.marked_rows().flat_map(|(row, marks)| {
            let marked = marks.iter().enumerate().filter(|(_, mark)| **mark != 0);
            marked.map(move |(column, _)| (column, row))
        })
    }

    /// The part of the picture that a cell covers.
    pub(crate) fn rect_of(&self, column: usize, row: usize) -> Rect {
        Rect::new((column * CELL) as i32, (row * CELL) as i32, CELL as u32, CELL as u32)
            .clip(self.width_px, self.height_px)
    }

    /// First and last (exclusive) column and row of cells that `rect`, clipped to the picture, touches.
    pub(crate) fn cells_of(&self, rect: &Rect) -> (usize, usize, usize, usize) {
        let (left, top, right, bottom) = rect.clip(self.width_px, self.height_px).spans();
        (left / CELL, top / CELL, right.div_ceil(CELL), bottom.div_ceil(CELL))
    }

    /// First and last (exclusive) column and row that hold all marks, if there is one.
    pub(crate) fn bounds(&self) -> Option<(usize, usize, usize, usize)> {
        let mut bounds: Option<(usize, usize, usize, usize)> = None;
        for (row, marks) in self.marked_rows() {
            let Some(first) = marks.iter().position(|&mark| mark != 0) else {
                continue;
            };
            let last = marks.iter().rposition(|&mark| mark != 0).unwrap_or(first) + 1;
            bounds = Some(match bounds {
                None => (first, row, last, row + 1),
                Some((left, top, right, _)) => (left.min(first), top, right.max(last), row + 1),
            });
        }
        bounds
    }

    /// The marked cells as rectangles in pixels that do not overlap: runs of a row, joined downwards where equal.
    pub(crate) fn boxes(&self) -> Vec<Rect> {
        let mut done = Vec::new();
        let mut open: Vec<(usize, usize, usize)> = Vec::new();
        let mut runs: Vec<(usize, usize)> = Vec::new();
        let mut ended = 0;
        for (row, marks) in self.marked_rows() {
            if row > ended {
                // Rows without marks lie in between.
                done.extend(open.drain(..).map(|(first, last, top)| self.pixels(first, top, last, ended)));
            }
            ended = row + 1;
            runs.clear();
            let mut column = 0;
            while let Some(skipped) = marks[column..].iter().position(|&mark| mark != 0) {
                let first = column + skipped;
                let length = marks[first..].iter().position(|&mark| mark == 0);
                column = length.map_or(self.columns, |length| first + length);
                runs.push((first, column));
            }
            open.retain(|&(first, last, top)| {
                let goes_on = runs.binary_search(&(first, last)).is_ok();
                if !goes_on {
                    done.push(self.pixels(first, top, last, row));
                }
                goes_on
            });
            for &(first, last) in &runs {
                if !open.iter().any(|&(f, l, _)| (f, l) == (first, last)) {
                    open.push((first, last, row));
                }
            }
        }
        done.extend(open.into_iter().map(|(first, last, top)| self.pixels(first, top, last, ended)));
        done
    }

    fn pixels(&self, left: usize, top: usize, right: usize, bottom: usize) -> Rect {
        Rect::between((left * CELL) as i64, (top * CELL) as i64, (right * CELL) as i64, (bottom * CELL) as i64)
            .clip(self.width_px, self.height_px)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_cover_the_marks_once() {
        let mut mask = CellMask::new(100, 50);
        for (column, row) in [(0, 0), (1, 0), (0, 1), (1, 1), (6, 3), (3, 2)] {
            mask.set(column, row, 1);
        }
        let boxes = mask.boxes();
        assert!(boxes.contains(&Rect::new(0, 0, 32, 32)));
        assert!(boxes.contains(&Rect::new(96, 48, 4, 2)));
        assert_eq!(boxes.iter().map(Rect::area).sum::<u64>(), 32 * 32 + 4 * 2 + 256);
        assert_eq!(mask.bounds(), Some((0, 0, 7, 4)));
    }
}
