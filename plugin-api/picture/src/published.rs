//! A capture on its way to a participant, on the real host. Letting go of it ends it.

use lotse_sdk::channel::{self, Class};
use lotse_sdk::screen::{Capture, Pipeline};
use lotse_sdk::{Error, ParticipantId, session};

use crate::SCREEN;
use crate::publisher::Pipe;
use crate::quality::Pace;

/// Field order: the pipeline goes before what it draws from.
#[derive(Debug)]
pub struct Published {
    pipeline: Pipeline,
    capture: Capture,
}

impl Published {
    /// Opens a stream of the picture's own and publishes onto it.
    ///
    /// # Errors
    /// As the contract has them; the capture is let go then.
    pub fn begin(capture: Capture, to: ParticipantId, pace: Pace) -> Result<Self, Error> {
        let stream = channel::open(to, SCREEN, Class::Screen)?;
        let pipeline = capture.publish(stream, &pace.options())?;
        Ok(Self { pipeline, capture })
    }

    /// The capture's id.
    pub fn id(&self) -> u64 {
        self.capture.id()
    }

    pub fn hold(&self, on: bool) {
        self.pipeline.pause(on);
    }

    pub fn set_pace(&self, pace: Pace) {
        self.pipeline.set(&pace.options());
    }

    /// Ends the pipeline and gives back what it drew from.
    pub fn into_capture(self) -> Capture {
        self.capture
    }
}

/// A half on the real host that shows something now and then: its [`Pipe`] is what it shows, and the host's time.
pub trait Publishes {
    fn published(&self) -> Option<&Published>;
}

impl<T: Publishes> Pipe for T {
    fn set_pace(&mut self, pace: Pace) {
        if let Some(published) = self.published() {
            published.set_pace(pace);
        }
    }

    fn hold(&mut self, on: bool) {
        if let Some(published) = self.published() {
            published.hold(on);
        }
    }

    fn now_us(&mut self) -> u64 {
        session::now_us()
    }

    fn wake_after_us(&mut self, delay_us: u64) -> u64 {
        session::wake_after_us(delay_us)
    }
}
