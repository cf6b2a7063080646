//! The rep's half on the real host: the chooser, streams, the capture.

use lotse_picture::{Ended, Pace, Published, Publishes, menu_name};
use lotse_sdk::prelude::*;
use lotse_sdk::screen::Capture;
use lotse_sdk::ui::Tone;
use lotse_sdk::{Line, showing};

use crate::CONTROL;
use crate::protocol::{MESSAGE_BYTES_MAX, Word};
use crate::rep::Booth;

#[derive(Default)]
pub struct HostBooth {
    pub customer: Option<Participant>,
    pub control: Line,
    /// What has ended since another rep left.
    pub ended: Ended,
    /// The chooser that is open.
    pub request: Option<u64>,
    /// What was chosen and is not published.
    pub chosen: Option<Capture>,
    shown: Option<Published>,
}

impl Publishes for HostBooth {
    fn published(&self) -> Option<&Published> {
        self.shown.as_ref()
    }
}

impl Booth for HostBooth {
    fn choose(&mut self) -> Result<u64, Error> {
        let request = showing::choose()?;
        self.request = Some(request);
        Ok(request)
    }

    fn connect(&mut self) -> bool {
        let open = |who: &Participant| Messages::open(who.id, CONTROL, Class::Interactive, MESSAGE_BYTES_MAX).ok();
        self.control.set(self.customer.as_ref().and_then(open));
        self.control.is_open()
    }

    fn say(&mut self, word: &Word) -> bool {
        self.control.send_or_close(&word.encode())
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
        ui::notify(menu_name(), line, &tone);
    }

    fn changed(&mut self) {
        ui::invalidate();
    }
}
