//! The customer's half on the real host: streams, captures, injection.

use lotse_picture::{Pace, Pipe, Published};
use lotse_sdk::prelude::*;
use lotse_sdk::{consent, input, screen};

use crate::customer::{Answer, Ask, Desk};
use crate::protocol::{Display, Pointing, Report};

#[derive(Default)]
pub struct HostDesk {
    pub rep: Option<ParticipantId>,
    pub control: Option<Messages>,
    /// Held as long as it is shown: letting go ends it.
    shown: Option<Published>,
}

/// Input that cannot be injected is lost; the rep sees that nothing moves.
fn injected(outcome: Result<(), Error>) {
    if let Err(error) = outcome {
        session::log(Level::Debug, &format!("input was not injected: {error:?}"));
    }
}

impl Pipe for HostDesk {
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
        if let Some(control) = &mut self.control
            && control.send(&report.encode()).is_err()
        {
            session::log(Level::Warn, "the rep could not be told");
        }
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
