//! A pipeline's thread at work: it looks at what is captured when something changed and there is room for a picture of it.

use super::Job;
use super::mailbox::News;
use super::outlet::{Outcome, Outlet};
use super::pointer::Pointer;
use crate::session::showing::{window_closed, window_unseen};
use crate::shared::Inner;
use crate::showing;
use crate::view::ShowSource;
use lotse_drivers::{Capture, DriverError, DriverErrorKind};
use lotse_media::framing::{self, Kind};
use lotse_media::pacing::Verdict;
use lotse_media::{Encoder, PictureRef, Rect};
use lotse_transport::SendStream;
use std::time::Duration;

/// Longest sleep, so that the displays are looked at now and then.
const SLEEP_MAX: Duration = Duration::from_secs(5);
/// Part of a refresh that is sent at once: under it a new change waits for no more than that.
const REFRESH_BYTES: usize = 48 * 1024;
/// How long what should become exact waits behind changes before it goes between them.
const REFRESH_PATIENCE_US: u64 = 1_000_000;
/// After one failed look at a display, and before the next.
const RETRY_PAUSE: Duration = Duration::from_millis(200);
/// Failed looks after which the capture has ended.
const RETRIES_MAX: u32 = 5;

/// What the mail left to do.
enum Next {
    Stop,
    Go { paused: bool },
}

pub(super) struct Run {
    job: Job,
    capture: Capture,
    encoder: Encoder,
    outlet: Outlet,
    /// The whole picture is wanted, changed or not.
    key: bool,
    /// The display told of a change that has not been looked at yet.
    changed: bool,
    pointer: Pointer,
    /// Strokes on the display that the other side has not been told of.
    drawn: Option<Vec<u64>>,
    damage: Vec<Rect>,
    /// What is captured is out of sight.
    hidden: bool,
}

/// Whether trying again makes no sense.
fn is_over(job: &Job, problem: &DriverError) -> bool {
    match job.source {
        ShowSource::Window(_) => problem.kind() == DriverErrorKind::Gone,
        ShowSource::Display(_) => false,
    }
}

impl Run {
    pub(super) fn new(job: Job, send: SendStream) -> Result<Self, String> {
        let told = |problem: DriverError| problem.to_string();
        let mut capture = showing::open(&job.driver, job.source).map_err(|problem| {
            if is_over(&job, &problem) { window_unseen(&job.shared.locale) } else { told(problem) }
        })?;
        if let Some(owner) = &job.owner
            && !owner.has(&job.driver, job.source).map_err(told)?
        {
            return Err(window_closed(&job.shared.locale));
        }
        let _ = capture.track_pointer(true);
        job.mailbox.wake_by(capture.waker());
        let options = job.mailbox.options();
        Ok(Self {
            capture,
            encoder: Encoder::new(options.encoder()),
            outlet: Outlet::new(&job, send, options.frames_per_second_max),
            key: true,
            changed: false,
            pointer: Pointer::default(),
            drawn: None,
            damage: Vec::new(),
            hidden: false,
            job,
        })
    }

    fn now_us(&self) -> u64 {
        self.outlet.now_us()
    }

    /// `Ok`: it was stopped. `Err`: it could not go on.
    pub(super) fn run(mut self) -> Result<(), String> {
        let mut failures = 0;
        loop {
            let paused = match self.read_mail() {
                Next::Stop => return Ok(()),
                Next::Go { paused } => paused,
            };
            if paused {
                self.job.mailbox.wait(paused, false, SLEEP_MAX);
                continue;
            }
            match self.turn() {
                Ok(true) => failures = 0,
                Ok(false) => return Ok(()),
                Err(problem) => {
                    if is_over(&self.job, &problem) {
                        return Err(window_closed(&self.job.shared.locale));
                    }
                    failures += 1;
                    if failures == 1 {
                        // No picture tells of a display that was unplugged while it was shown.
                        self.job.shared.report(Inner::DisplaysChanged);
                    }
                    if failures > RETRIES_MAX {
                        return Err(problem.to_string());
                    }
                    self.job.mailbox.wait(paused, false, RETRY_PAUSE);
                }
            }
        }
    }

    /// Room on the link first, then a change, then its time: whatever comes meanwhile joins the same picture.
    /// `Ok(false)`: the stream is gone.
    fn turn(&mut self) -> Result<bool, DriverError> {
        if self.outlet.pacer.may_send(self.now_us()) == Verdict::WaitAck {
            self.job.mailbox.wait(false, true, SLEEP_MAX);
            return Ok(true);
        }
        let due_us = self.encoder.refresh_due_us();
        if !self.changed && !self.key {
            let left = |due: u64| Duration::from_micros(due.saturating_sub(self.now_us()));
            self.changed = self.capture.wait(Some(due_us.map_or(SLEEP_MAX, |due| left(due).min(SLEEP_MAX))))?;
        }
        match self.outlet.pacer.may_send(self.now_us()) {
            Verdict::Ready => return self.produce(due_us),
            Verdict::WaitAck => self.job.mailbox.wait(false, true, SLEEP_MAX),
            Verdict::WaitUntil(time_us) => {
                self.job.mailbox.wait(false, false, Duration::from_micros(time_us.saturating_sub(self.now_us())));
            }
        }
        Ok(true)
    }

    fn read_mail(&mut self) -> Next {
        let Some(news) = self.job.mailbox.take() else { return Next::Stop };
        let News { options, acknowledged, key_wanted, drawn, paused } = news;
        if let Some(options) = options {
            self.encoder.set(options.encoder());
            self.outlet.pacer.set_frames_per_second_max(options.frames_per_second_max);
        }
        if let Some((frame, at)) = acknowledged {
            let at_us = at.saturating_duration_since(self.outlet.began).as_micros() as u64;
            self.outlet.pacer.on_ack(frame, at_us);
        }
        if key_wanted {
            self.encoder.request_key();
            self.key = true;
        }
        if let Some(drawn) = drawn {
            // What it is to be told after may wait already.
            (self.drawn, self.changed) = (Some(drawn), true);
        }
        Next::Go { paused }
    }

    /// Sends what changed, or part of what is due to become exact. `Ok(false)`: the stream is gone.
    fn produce(&mut self, due_us: Option<u64>) -> Result<bool, DriverError> {
        let key = std::mem::take(&mut self.key);
        let changed = key || std::mem::take(&mut self.changed);
        let (began_us, packets) = (self.now_us(), self.outlet.frame);
        self.outlet.first = true;
        if changed && let Err(problem) = self.encode_change(key) {
            // Nothing was taken in: what was to be shown still is.
            (self.key, self.changed) = (key, true);
            return Err(problem);
        }
        // A change goes before what only becomes exact, but not for ever.
        let budget = match self.outlet.frame == packets {
            true => due_us.filter(|due| *due <= began_us).map(|_| REFRESH_BYTES),
            false => {
                due_us.filter(|due| due.saturating_add(REFRESH_PATIENCE_US) <= began_us).map(|_| REFRESH_BYTES / 8)
            }
        };
        if let Some(budget) = budget {
            self.encoder.refresh(began_us, budget, &mut |packet| self.outlet.picture(packet));
        }
        if self.outlet.frame != packets {
            self.outlet.pacer.on_picture(began_us);
            let handing_over = std::mem::take(&mut self.outlet.sending).as_micros() as u64;
            let encode_us = self.now_us().saturating_sub(began_us).saturating_sub(handing_over);
            self.job.mailbox.count(|stats| {
                stats.frames += 1;
                stats.encode_us = encode_us;
            });
        }
        if changed {
            self.pointer.tell(&mut self.capture, &mut self.outlet);
            self.tell_drawn();
        }
        match std::mem::replace(&mut self.outlet.state, Outcome::Went) {
            Outcome::Went => Ok(true),
            Outcome::Held => {
                // Paused or taken back while it was made: it never left, and the next one is whole.
                self.encoder.request_key();
                self.key = true;
                self.pointer.forget();
                Ok(true)
            }
            Outcome::Gone => Ok(false),
        }
    }

    /// Behind the pictures that contain them: the viewer need not draw them again.
    fn tell_drawn(&mut self) {
        let Some(looks) = self.drawn.take() else { return };
        if self.outlet.send(Kind::Drawn, &framing::encode_drawn(&looks)).is_none() {
            self.drawn = Some(looks);
        }
    }

    fn encode_change(&mut self, key: bool) -> Result<(), DriverError> {
        let now_us = self.now_us();
        let frame = self.capture.grab()?;
        if frame.displays_changed || (frame.resized && self.outlet.frame > 0) {
            self.job.shared.report(Inner::DisplaysChanged);
        }
        if frame.resized || self.outlet.frame == 0 {
            let size = (frame.width, frame.height);
            self.job.shared.boards.sized(&self.job.shared, self.job.capture, size);
        }
        if std::mem::replace(&mut self.hidden, frame.hidden) != frame.hidden {
            let (plugin, capture, on) = (self.job.plugin, self.job.capture, frame.hidden);
            self.job.shared.report(Inner::CaptureHidden { plugin, capture, on });
        }
        self.damage.clear();
        self.damage
            .extend(frame.damage.iter().map(|rect| Rect::new(rect.x as i32, rect.y as i32, rect.width, rect.height)));
        if key || !self.damage.is_empty() {
            let picture =
                PictureRef { width: frame.width, height: frame.height, stride: frame.stride, pixels: frame.pixels };
            self.encoder.encode(picture, &self.damage, now_us, &mut |packet| self.outlet.picture(packet));
        }
        Ok(())
    }
}
