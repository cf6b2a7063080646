//! Where overlays stand among other windows, and what of those is left out of them.

use super::Painter;
use crate::error::DesktopError;
use crate::overlay::board::Board;
use crate::overlay::cover::{Stack, holder_of};
use crate::overlay::wishes::Over;
use lotse_ink::Rect;
use x11rb::protocol::xproto::Window;

impl Painter {
    fn overlays(&self) -> Vec<Window> {
        self.boards.values().flat_map(Board::windows).collect()
    }

    /// Windows of Lotse's own, but those that take input here.
    fn own(&self, overlays: &[Window]) -> Vec<Window> {
        let mut own = self.windows.holders();
        own.retain(|window| !overlays.contains(window));
        own
    }

    /// Leaves out what is seen of our own windows now, and what lies over a window that is drawn on; one that is about to be
    /// shown does so itself. True if another program's window lies above an overlay.
    pub(super) fn follow_stack(&mut self, about: Option<u64>) -> Result<bool, DesktopError> {
        let overlays = self.overlays();
        if overlays.is_empty() {
            return Ok(false);
        }
        let own = self.own(&overlays);
        let root = self.medium.screen.root;
        let stack = Stack::read(&self.connection, root)?;
        let visible = stack.visible(&own, &overlays);
        for (id, board) in &mut self.boards {
            let above = match board.over {
                Over::Area(_) => Vec::new(),
                Over::Window(window) => {
                    let holder = holder_of(&self.connection, root, window)?.unwrap_or(window);
                    stack.above(holder, &overlays)
                }
            };
            let left_out = visible.iter().chain(&above).map(|rect| rect.intersect(&board.area));
            let within = left_out.filter(|rect| !rect.is_empty());
            let holes: Vec<Rect> =
                within.map(|rect| Rect { x: rect.x - board.area.x, y: rect.y - board.area.y, ..rect }).collect();
            if holes == board.holes {
                continue;
            }
            board.holes = holes;
            if let Some(ink) = board.ink.as_ref().filter(|_| about != Some(*id)) {
                ink.cut(&self.connection, &board.sheet, &board.holes)?;
            }
            if let Some(hand) = &board.hand {
                hand.cut(&self.connection, &board.holes)?;
            }
        }
        Ok(stack.is_covered(&own, &overlays))
    }

    /// Above everything but what is ours and what stays above all.
    pub(super) fn raise(&self) -> Result<(), DesktopError> {
        let overlays = self.overlays();
        let stack = Stack::read(&self.connection, self.medium.screen.root)?;
        stack.raise(&self.connection, &self.own(&overlays), &overlays)
    }
}
