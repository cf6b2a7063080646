//! What the display tells: of whoever draws, and of windows that are not ours.

use super::Painter;
use crate::error::DesktopError;
use crate::overlay::board::Board;
use lotse_engine::drawing::PenInput;
use x11rb::protocol::Event;

impl Painter {
    /// What a person does who draws, and where.
    pub(super) fn pen(&mut self, event: &Event) -> Result<Option<(u64, PenInput)>, DesktopError> {
        let window = match event {
            Event::ButtonPress(event) | Event::ButtonRelease(event) => event.event,
            Event::MotionNotify(event) => event.event,
            Event::KeyPress(event) => event.event,
            _ => return Ok(None),
        };
        let root = self.medium.screen.root;
        // A key that was grabbed comes by the root: one person draws at one place.
        let mut hands = self.boards.iter_mut().filter_map(|(id, board)| Some((*id, board.hand.as_mut()?)));
        let Some((id, hand)) = hands.find(|(_, hand)| hand.window == window || window == root) else { return Ok(None) };
        let input = match event {
            Event::ButtonPress(event) => hand.button(&self.connection, event, true)?,
            Event::ButtonRelease(event) => hand.button(&self.connection, event, false)?,
            Event::MotionNotify(event) => Some(hand.at(event.event_x, event.event_y)),
            Event::KeyPress(event) => hand.key(event),
            _ => None,
        };
        Ok(input.map(|input| (id, input)))
    }

    /// Whether it is about windows that are none of these.
    pub(super) fn is_about_others(&self, event: &Event) -> bool {
        let window = match event {
            Event::ConfigureNotify(event) => event.window,
            Event::MapNotify(event) => event.window,
            Event::UnmapNotify(event) => event.window,
            Event::CirculateNotify(event) => event.window,
            Event::ReparentNotify(event) => event.window,
            Event::DestroyNotify(event) => event.window,
            Event::PropertyNotify(event) => event.window,
            _ => return false,
        };
        !self.boards.values().flat_map(Board::windows).any(|of| of == window)
    }
}
