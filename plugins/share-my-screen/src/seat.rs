//! The customer's half on the real host: streams, and the window that is watched.

use lotse_picture::{Presented, Window};
use lotse_sdk::prelude::*;

use crate::customer::Seat;
use crate::protocol::Answer;

#[derive(Default)]
pub struct HostSeat {
    pub rep: Option<Participant>,
    pub control: Option<Messages>,
    pub window: Presented,
}

impl HostSeat {
    /// Shows what comes on a stream, in the window that is there or a new one.
    pub fn present(&mut self, stream: Stream, window: Window) -> Result<(), Error> {
        let name = self.rep.as_ref().map(|rep| rep.name.as_str()).unwrap_or_default();
        let title = format!("{name} · {}", text("screen", "Bildschirm"));
        self.window.present(stream, &title, window)
    }
}

impl Seat for HostSeat {
    fn answer(&mut self, answer: &Answer) {
        if let Some(control) = &mut self.control
            && control.send(&answer.encode()).is_err()
        {
            session::log(Level::Warn, "the rep could not be told");
        }
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
