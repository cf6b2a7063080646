//! Which cells of the far picture are not exact, since when, and how they have been moving.

use crate::{
    cells::{CELL, CellMask},
    copies::CopyRect,
    predict::Move,
    rect::Rect,
};

/// Lossy updates in close succession after which a cell is video, and coded as coarsely as motion allows.
pub(crate) const VIDEO_STREAK: u8 = 3;
/// After this long without a change a cell is no longer counted as moving.
const MOVING_GAP_US: u64 = 250_000;

/// Where a streak that has no room to grow goes on, so that it never stands still.
const STREAK_AGAIN: u8 = 128;

#[derive(Clone, Copy, Default)]
struct Cell {
    lossy: bool,
    /// When it was last sent lossily, in the caller's microseconds.
    since_us: u64,
    /// Lossy updates in close succession up to then.
    streak: u8,
    from: Move,
}

/// State of all cells; empty for exact pictures.
#[derive(Default)]
pub(crate) struct LossyMap {
    columns: usize,
    cells: Vec<Cell>,
    count: usize,
    /// Since when the lossy cell rests that rests longest; `None` until somebody asks and after each change.
    oldest_us: std::cell::Cell<Option<u64>>,
}

impl LossyMap {
    pub(crate) fn new(grid: &CellMask) -> Self {
        let cells = vec![Cell::default(); grid.columns() * grid.rows()];
        Self { columns: grid.columns(), cells, ..Self::default() }
    }

    /// Number of cells that are not exact.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    fn cell(&self, column: usize, row: usize) -> Cell {
        if column < self.columns {
            self.cells.get(row * self.columns + column).copied().unwrap_or_default()
        } else {
            Cell::default()
        }
    }

    pub(crate) fn is_lossy(&self, column: usize, row: usize) -> bool {
        self.cell(column, row).lossy
    }

    fn set(&mut self, column: usize, row: usize, lossy: bool) {
        if let Some(cell) = self.cells.get_mut(row * self.columns + column) {
            self.count = self.count + usize::from(lossy) - usize::from(cell.lossy);
            cell.lossy = lossy;
            self.oldest_us.set(None);
        }
    }

    /// Notes that `area` pixels of a cell, `of` so many, were sent lossily. Only where most of the cell changes it counts as moving:
    /// what a dragged window uncovers bit by bit does not move.
    pub(crate) fn sent(&mut self, column: usize, row: usize, area: u64, of: u64, now_us: u64) {
        self.set(column, row, true);
        if let Some(cell) = self.cells.get_mut(row * self.columns + column) {
            let on = now_us.saturating_sub(cell.since_us) < MOVING_GAP_US;
            let most = area * 4 > of * 3;
            cell.streak = if on && most { cell.streak.checked_add(1).unwrap_or(STREAK_AGAIN) } else { u8::from(most) };
            cell.since_us = now_us;
        }
    }

    /// Notes where a cell came from.
    pub(crate) fn moved(&mut self, column: usize, row: usize, from: Move) {
        if let Some(cell) = self.cells.get_mut(row * self.columns + column) {
            cell.from = from;
        }
    }

    pub(crate) fn guess(&self, column: usize, row: usize) -> Move {
        self.cell(column, row).from
    }

    /// Lossy updates of a cell in close succession up to `now_us`.
    pub(crate) fn streak(&self, column: usize, row: usize, now_us: u64) -> u8 {
        let cell = self.cell(column, row);
        if now_us.saturating_sub(cell.since_us) < MOVING_GAP_US { cell.streak } else { 0 }
    }

    /// Notes that `rect` was sent exactly: cells that lie wholly in it are exact now.
    pub(crate) fn exact(&mut self, grid: &CellMask, rect: &Rect) {
        if self.count == 0 {
            return;
        }
        let (left, top, right, bottom) = grid.cells_of(rect);
        for row in top..bottom {
            for column in left..right {
                if rect.contains(&grid.rect_of(column, row)) {
                    self.set(column, row, false);
                }
            }
        }
    }

    /// Moves the marks along with copied pixels: what was copied from a lossy cell is lossy.
    pub(crate) fn copied(&mut self, grid: &CellMask, copies: &[CopyRect], now_us: u64) {
        if self.count == 0 {
            return;
        }
        let before: Vec<bool> = self.cells.iter().map(|cell| cell.lossy).collect();
        let was_lossy = |rect: &Rect| {
            let (left, top, right, bottom) = grid.cells_of(rect);
            (top..bottom).any(|row| {
                before.get(row * self.columns + left..row * self.columns + right).is_some_and(|row| row.contains(&true))
            })
        };
        let mut marks = Vec::new();
        for copy in copies {
            let (left, top, right, bottom) = grid.cells_of(&copy.to);
            for row in top..bottom {
                for column in left..right {
                    let cell = grid.rect_of(column, row);
                    let to = cell.intersect(&copy.to);
                    let from = Rect::new(to.x - copy.dx, to.y - copy.dy, to.width, to.height);
                    if was_lossy(&from) {
                        marks.push((column, row, true));
                    } else if to == cell {
                        marks.push((column, row, false));
                    }
                }
            }
        }
        // Exact ones first: where copies meet in a cell, a lossy one decides.
        marks.sort_by_key(|&(_, _, lossy)| lossy);
        for (column, row, lossy) in marks {
            self.set(column, row, lossy);
            if let Some(cell) = self.cells.get_mut(row * self.columns + column).filter(|_| lossy) {
                // After `set`, so that nobody has asked in between.
                cell.since_us = now_us;
                cell.streak = 0;
            }
        }
    }

    /// When the first lossy cell will have rested for `rest_us`.
    pub(crate) fn due_us(&self, rest_us: u64) -> Option<u64> {
        if self.count == 0 {
            return None;
        }
        if self.oldest_us.get().is_none() {
            let lossy = self.cells.iter().filter(|cell| cell.lossy);
            self.oldest_us.set(lossy.map(|cell| cell.since_us).min());
        }
        self.oldest_us.get().map(|oldest| oldest.saturating_add(rest_us))
    }

    /// Up to `most` lossy cells that have rested for `rest_us`, by rows.
    pub(crate) fn rested(&self, now_us: u64, rest_us: u64, most: usize) -> Vec<(usize, usize)> {
        if self.count == 0 || self.columns == 0 {
            return Vec::new();
        }
        let rested = |cell: &Cell| cell.lossy && cell.since_us.saturating_add(rest_us) <= now_us;
        let found = self.cells.iter().enumerate().filter(|(_, cell)| rested(cell));
        found.map(|(at, _)| (at % self.columns, at / self.columns)).take(most).collect()
    }
}

const _: () = assert!(CELL == 16, "the syntax of the parts of a cell has four bits a side");
