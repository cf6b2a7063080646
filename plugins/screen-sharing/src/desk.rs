//! The customer's half on the real host: streams, captures, injection.

use lotse_picture::{Pace, Published, Publishes};
use lotse_sdk::prelude::*;
use lotse_sdk::{Line, consent, input, screen};

use crate::customer::{Answer, Ask, Desk};
use crate::protocol::{Display, Pointing, Report};

#[derive(Default)]
pub struct HostDesk {
    pub rep: Option<ParticipantId>,
    pub control: Line,
    /// Held as long as it is shown: letting go ends it.
    shown: Option<Published>,
}

/// Input that cannot be injected is lost; the rep sees that nothing moves.
fn injected(outcome: Result<(), Error>) {
    if let Err(error) = outcome {
        session::log(Level::Debug, &format!("input was not injected: {error:?}"));
    }
}

impl Publishes for HostDesk {
    fn published(&self) -> Option<&Published> {
        self.shown.as_ref()
    }
}

impl Desk for HostDesk {
    fn ask(&mut self, what: Ask) -> Answer {
        match consent::request(what.capability()) {
            Ok(consent::Answer::Granted) => Answer::Granted,
            Ok(consent::Answer::Asked) => Answer::Asked,
            Ok(consent::Answer::Refused) | Err(_) => Answer::Refused,
        }
    }

    fn displays(&mut self) -> Result<(Vec<Display>, Option<u32>), Error> {
        let displays = screen::displays()?;
        let main = displays.iter().find(|display| display.primary).map(|display| display.id);
        let display = |display: screen::Display| Display { id: display.id, name: display.name, area: display.area };
        Ok((displays.into_iter().map(display).collect(), main))
    }

    fn start(&mut self, display: u32, pace: Pace) -> Result<u64, Error> {
        self.shown = None;
        let rep = self.rep.ok_or(Error::Gone)?;
        let shown = Published::begin(screen::capture_display(display)?, rep, pace)?;
        let id = shown.id();
        self.shown = Some(shown);
        Ok(id)
    }

    fn stop(&mut self) {
        self.shown = None;
    }

    fn report(&mut self, report: &Report) {
        self.control.tell(&report.encode());
    }

    fn pointer(&mut self, display: u32, pointing: &Pointing) {
        injected(input::pointer(display, pointing.at, pointing.buttons, pointing.wheel));
    }

    fn key(&mut self, physical: u32, down: bool) {
        injected(input::key(physical, down));
    }

    fn text(&mut self, entered: &str) {
        injected(input::text(entered));
    }

    fn release_all(&mut self) {
        input::release_all();
    }

    fn changed(&mut self) {
        ui::invalidate();
    }
}
