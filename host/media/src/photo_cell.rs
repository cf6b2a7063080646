//! A cell that goes out as lossy blocks.
//!
//! Chosen among the changed ones, dealt out to packets, and given to the coder, which all speak of it by this.

use crate::{predict::Move, rect::Rect};

/// What is to be sent of one cell.
#[derive(Clone, Copy)]
pub(crate) struct PhotoCell {
    pub(crate) column: usize,
    pub(crate) row: usize,
    /// The changed part, clipped to the cell and the picture.
    pub(crate) part: Rect,
    /// Where the cell came from last time, as a first guess.
    pub(crate) guess: Move,
}
