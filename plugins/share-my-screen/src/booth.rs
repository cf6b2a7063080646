//! The rep's half on the real host: the chooser, streams, the capture.

use lotse_picture::{Pace, Pipe, Published};
use lotse_sdk::prelude::*;
use lotse_sdk::screen::Capture;
use lotse_sdk::showing;
use lotse_sdk::ui::Tone;

use crate::CONTROL;
use crate::protocol::{MESSAGE_BYTES_MAX, Word};
use crate::rep::Booth;

#[derive(Default)]
pub struct HostBooth {
    pub customer: Option<Participant>,
    pub control: Option<Messages>,
    /// The chooser that is open.
    pub request: Option<u64>,
    /// What was chosen and is not published.
    pub chosen: Option<Capture>,
    shown: Option<Published>,
}

impl Pipe for HostBooth {
    fn set_pace(&mut self, pace: Pace) {
        if let Some(shown) = &self.shown {
            shown.set_pace(pace);
        }
    }

    fn hold(&mut self, on: bool) {
        if let Some(shown) = &self.shown {
            shown.hold(on);
        }
    }

    fn now_us(&mut self) -> u64 {
        session::now_us()
    }

    fn wake_after_us(&mut self, delay_us: u64) -> u64 {
        session::wake_after_us(delay_us)
    }
}

impl Booth for HostBooth {
    fn choose(&mut self) -> Result<u64, Error> {
        let request = showing::choose()?;
        self.request = Some(request);
        Ok(request)
    }

    fn connect(&mut self) -> bool {
        self.control = self
            .customer
            .as_ref()
            .and_then(|customer| Messages::open(customer.id, CONTROL, Class::Interactive, MESSAGE_BYTES_MAX).ok());
        self.control.is_some()
    }

    fn say(&mut self, word: &Word) -> bool {
        let Some(control) = &mut self.control else {
            return false;
        };
        if control.send(&word.encode()).is_ok() {
            return true;
        }
        session::log(Level::Warn, "the control stream takes nothing more and is given up");
        self.control.take().into_iter().for_each(Messages::reset);
        false
    }

    fn publish(&mut self, pace: Pace) -> Result<u64, Error> {
        let customer = self.customer.as_ref().map(|customer| customer.id).ok_or(Error::Gone)?;
        let before = self.shown.take();
        let capture = self.chosen.take().or(before.map(Published::into_capture)).ok_or(Error::Gone)?;
        let shown = Published::begin(capture, customer, pace)?;
        let id = shown.id();
        self.shown = Some(shown);
        Ok(id)
    }

    fn unpublish(&mut self) {
        let before = self.shown.take().map(Published::into_capture);
        // What was chosen since goes before what was shown.
        self.chosen = self.chosen.take().or(before);
    }

    fn let_go(&mut self) {
        (self.shown, self.chosen) = (None, None);
    }

    fn tell(&mut self, line: &str) {
        let tone = settings([("tone", Tone::Caution.name().into())]);
        ui::notify(text("Screen Sharing", "Bildschirmfreigabe"), line, &tone);
    }

    fn changed(&mut self) {
        ui::invalidate();
    }
}
