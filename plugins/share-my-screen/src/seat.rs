//! The customer's half on the real host: streams, and the window that is watched.

use lotse_picture::{Presented, Window};
use lotse_sdk::Line;
use lotse_sdk::prelude::*;

use crate::customer::Seat;
use crate::protocol::Answer;

#[derive(Default)]
pub struct HostSeat {
    pub rep: Option<Participant>,
    pub control: Line,
    pub window: Presented,
}

impl HostSeat {
    /// Shows what comes on a stream, in the window that is there or a new one.
    pub fn present(&mut self, stream: Stream, window: Window) -> Result<(), Error> {
        let name = self.rep.as_ref().map(|rep| rep.name.as_str()).unwrap_or_default();
        self.window.present(stream, name, window)
    }
}

impl Seat for HostSeat {
    fn answer(&mut self, answer: &Answer) {
        self.control.tell(&answer.encode());
    }

    fn set_window(&mut self, window: Window) {
        self.window.set(window);
    }

    fn close_window(&mut self) {
        self.window.close();
    }

    fn changed(&mut self) {
        ui::invalidate();
    }
}
