//! The customer's half on the real host: streams, captures, injection.

use lotse_sdk::prelude::*;
use lotse_sdk::screen::{self, Capture, Pipeline};
use lotse_sdk::{consent, input};

use crate::SCREEN;
use crate::customer::{Answer, Ask, Desk};
use crate::protocol::{Display, Pointing, Report};
use crate::quality::Pace;

#[derive(Default)]
pub struct HostDesk {
    pub rep: Option<ParticipantId>,
    pub control: Option<Messages>,
    /// Held as long as it is shown: letting go ends it. The pipeline goes before what it draws from.
    shown: Option<(Pipeline, Capture)>,
}

fn options(pace: Pace) -> Settings {
    let Pace { frames_per_second_max, photo_quality, refresh_after_ms } = pace;
    settings([
        ("frames-per-second-max", frames_per_second_max.into()),
        ("photo-quality", photo_quality.into()),
        ("refresh-after-ms", refresh_after_ms.into()),
    ])
}

/// Input that cannot be injected is lost; the rep sees that nothing moves.
fn injected(outcome: Result<(), Error>) {
    if let Err(error) = outcome {
        session::log(Level::Debug, &format!("input was not injected: {error:?}"));
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
        let capture = screen::capture_display(display)?;
        let stream = channel::open(rep, SCREEN, Class::Screen)?;
        let pipeline = capture.publish(stream, &options(pace))?;
        let id = capture.id();
        self.shown = Some((pipeline, capture));
        Ok(id)
    }

    fn stop(&mut self) {
        self.shown = None;
    }

    fn hold(&mut self, on: bool) {
        if let Some((pipeline, _)) = &self.shown {
            pipeline.pause(on);
        }
    }

    fn set_pace(&mut self, pace: Pace) {
        if let Some((pipeline, _)) = &self.shown {
            pipeline.set(&options(pace));
        }
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

    fn now_us(&mut self) -> u64 {
        session::now_us()
    }

    fn wake_after_us(&mut self, delay_us: u64) -> u64 {
        session::wake_after_us(delay_us)
    }

    fn changed(&mut self) {
        ui::invalidate();
    }
}
