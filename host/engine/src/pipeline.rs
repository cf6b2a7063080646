//! One display or window onto one stream: damage → codec → stream, on a thread of its own.
//!
//! A picture is made when something changed *and* the link has room ([`Pacer`]), so none ever waits behind another; on an
//! idle screen the thread sleeps in the driver. The viewer acknowledges each picture on the stream's other direction.

use crate::session::showing::{window_closed, window_unseen};
use crate::shared::{Inner, Shared};
use crate::showing::{self, Owner};
use crate::streams::Halves;
use crate::view::ShowSource;
use lotse_drivers::{Capture, CaptureDriver, DriverError, DriverErrorKind, Waker};
use lotse_media::framing::{self, Kind};
use lotse_media::pacing::{Pacer, Verdict};
use lotse_media::{Cursor, CursorPosition, Encoder, EncoderOptions, PictureRef, Rect};
use lotse_runtime::{Settings, Value, setting};
use lotse_transport::{RecvStream, SendStream};
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;
use std::time::{Duration, Instant};

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
/// How long an order to stop may follow the end of the stream that it ends.
const ORDER_PATIENCE: Duration = Duration::from_secs(5);

/// What a plugin can set on a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PipelineOptions {
    pub frames_per_second_max: u32,
    pub photo_quality: u8,
    pub refresh_after_us: u64,
}

impl Default for PipelineOptions {
    fn default() -> Self {
        let encoder = EncoderOptions::default();
        Self {
            frames_per_second_max: 60,
            photo_quality: encoder.photo_quality,
            refresh_after_us: encoder.refresh_after_us,
        }
    }
}

impl PipelineOptions {
    /// The same with what `settings` name; values outside their range become its edge.
    pub(crate) fn with(mut self, settings: &Settings) -> Self {
        let number = |name| match setting(settings, name) {
            Some(Value::Number(value)) => Some(*value),
            _ => None,
        };
        if let Some(value) = number("frames-per-second-max") {
            self.frames_per_second_max = value.clamp(1, 240) as u32;
        }
        if let Some(value) = number("photo-quality") {
            self.photo_quality = value.clamp(1, 100) as u8;
        }
        if let Some(value) = number("refresh-after-ms") {
            self.refresh_after_us = value.clamp(0, 60_000) as u64 * 1000;
        }
        self
    }

    fn encoder(self) -> EncoderOptions {
        EncoderOptions {
            photo_quality: self.photo_quality,
            refresh_after_us: self.refresh_after_us,
            ..EncoderOptions::default()
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PipelineStats {
    pub frames: u64,
    pub bytes: u64,
    pub rtt_us: u64,
    /// Of the last picture.
    pub encode_us: u64,
}

/// Orders to a pipeline's thread, and its figures.
pub(crate) struct Mailbox {
    mail: Mutex<Mail>,
    arrived: Condvar,
    waker: Mutex<Option<Waker>>,
    /// Ends a write that the other side does not take.
    gone: tokio::sync::Notify,
    stats: Mutex<PipelineStats>,
}

struct Mail {
    options: PipelineOptions,
    changed: bool,
    paused: bool,
    /// The session's own pause.
    held: bool,
    stopped: bool,
    /// Whoever is concerned knows that it has stopped; otherwise its stream broke.
    ordered: bool,
    /// The newest packet that was shown, and when we heard.
    acknowledged: Option<(u64, Instant)>,
    key_wanted: bool,
    /// Strokes that lie on the display now; whatever is captured from here on contains them.
    drawn: Option<Vec<u64>>,
}

impl Mailbox {
    pub(crate) fn new(options: PipelineOptions, held: bool) -> Self {
        let mail = Mail {
            options,
            changed: false,
            paused: false,
            held,
            stopped: false,
            ordered: false,
            acknowledged: None,
            key_wanted: false,
            drawn: None,
        };
        Self {
            mail: Mutex::new(mail),
            arrived: Condvar::new(),
            waker: Mutex::new(None),
            gone: tokio::sync::Notify::new(),
            stats: Mutex::default(),
        }
    }

    fn put(&self, what: impl FnOnce(&mut Mail)) {
        what(&mut self.mail.lock());
        self.arrived.notify_all();
        if let Some(waker) = &*self.waker.lock() {
            waker.wake();
        }
    }

    /// News for who waits for room; one that waits for a change of the screen need not be woken for it.
    fn acknowledge(&self, frame: u64) {
        self.mail.lock().acknowledged = Some((frame, Instant::now()));
        self.arrived.notify_all();
    }

    pub(crate) fn set(&self, options: &Settings) {
        self.put(|mail| {
            mail.options = mail.options.with(options);
            mail.changed = true;
        });
    }

    pub(crate) fn drawn(&self, looks: Vec<u64>) {
        self.put(|mail| mail.drawn = Some(looks));
    }

    #[cfg(test)]
    pub(crate) fn has_drawn(&self) -> bool {
        self.mail.lock().drawn.is_some()
    }

    pub(crate) fn pause(&self, on: bool) {
        self.put(|mail| mail.paused = on);
    }

    pub(crate) fn hold(&self, on: bool) {
        self.put(|mail| mail.held = on);
    }

    pub(crate) fn stop(&self) {
        self.mail.lock().ordered = true;
        self.cut();
    }

    /// The stream is of no more use.
    fn cut(&self) {
        self.put(|mail| mail.stopped = true);
        self.gone.notify_one();
    }

    pub(crate) fn stats(&self) -> PipelineStats {
        *self.stats.lock()
    }
}

/// Everything a pipeline's thread needs.
pub(crate) struct Job {
    pub shared: Arc<Shared>,
    pub plugin: usize,
    pub capture: u64,
    pub source: ShowSource,
    /// Whose it was when it was chosen.
    pub owner: Option<Owner>,
    /// The participant who looks.
    pub to: u32,
    pub driver: CaptureDriver,
    pub mailbox: Arc<Mailbox>,
    pub network: tokio::runtime::Handle,
}

/// Takes the stream into use.
pub(crate) fn start(job: Job, halves: Halves) {
    let Halves { send, recv } = halves;
    let (shared, plugin, capture, mailbox) = (job.shared.clone(), job.plugin, job.capture, job.mailbox.clone());
    let link = job.shared.link_of(job.to);
    job.network.spawn(async move {
        hear_acknowledgements(recv, &mailbox).await;
        mailbox.cut();
        // Whoever ended it in order says so at once; a line that is gone as a whole is told as that.
        tokio::time::sleep(ORDER_PATIENCE).await;
        let there = link.is_some_and(|link| link.close_reason().is_none());
        if there && !mailbox.mail.lock().ordered {
            let reason = "the picture's stream broke".to_owned();
            shared.report(Inner::CaptureStalled { plugin, capture, reason });
        }
    });
    let spawned = std::thread::Builder::new().name("lotse-screen".into()).spawn(move || {
        let (shared, plugin, capture) = (job.shared.clone(), job.plugin, job.capture);
        let mailbox = job.mailbox.clone();
        let stopped = Run::new(job, send).and_then(Run::run);
        if let Err(reason) = stopped {
            mailbox.mail.lock().ordered = true;
            shared.report(Inner::CaptureStalled { plugin, capture, reason });
        }
    });
    if let Err(problem) = spawned {
        tracing::error!(%problem, "no thread for a capture");
    }
}

async fn hear_acknowledgements(mut recv: RecvStream, mailbox: &Mailbox) {
    let mut reader = framing::Reader::new();
    while let Ok(Some(chunk)) = recv.read_chunk().await {
        reader.feed(&chunk);
        loop {
            match reader.poll() {
                Ok(Some(message)) if message.kind == Kind::Ack => {
                    if let Ok(frame) = framing::decode_ack(&message.body) {
                        mailbox.acknowledge(frame);
                    }
                }
                Ok(Some(message)) if message.kind == Kind::KeyRequest => mailbox.put(|mail| mail.key_wanted = true),
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(problem) => {
                    tracing::warn!(%problem, "the viewer's answers make no sense");
                    return;
                }
            }
        }
    }
}

/// What the mail left to do.
enum Next {
    Stop,
    Go { paused: bool },
}

struct Run {
    job: Job,
    capture: Capture,
    encoder: Encoder,
    outlet: Outlet,
    /// The whole picture is wanted, changed or not.
    key: bool,
    /// The display told of a change that has not been looked at yet.
    changed: bool,
    cursor_serial: Option<u64>,
    cursor_at: Option<(i32, i32, bool)>,
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
    fn new(job: Job, send: SendStream) -> Result<Self, String> {
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
        *job.mailbox.waker.lock() = Some(capture.waker());
        let options = job.mailbox.mail.lock().options;
        Ok(Self {
            capture,
            encoder: Encoder::new(options.encoder()),
            outlet: Outlet {
                shared: job.shared.clone(),
                plugin: job.plugin,
                mailbox: job.mailbox.clone(),
                network: job.network.clone(),
                send,
                pacer: Pacer::new(options.frames_per_second_max),
                began: Instant::now(),
                frame: 0,
                first: true,
                sending: Duration::ZERO,
                message: Vec::new(),
                state: Outcome::Went,
            },
            key: true,
            changed: false,
            cursor_serial: None,
            cursor_at: None,
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
    fn run(mut self) -> Result<(), String> {
        let mut failures = 0;
        loop {
            let paused = match self.read_mail() {
                Next::Stop => return Ok(()),
                Next::Go { paused } => paused,
            };
            if paused {
                self.wait_mail(paused, false, SLEEP_MAX);
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
                    self.wait_mail(paused, false, RETRY_PAUSE);
                }
            }
        }
    }

    /// Room on the link first, then a change, then its time: whatever comes meanwhile joins the same picture.
    /// `Ok(false)`: the stream is gone.
    fn turn(&mut self) -> Result<bool, DriverError> {
        if self.outlet.pacer.may_send(self.now_us()) == Verdict::WaitAck {
            self.wait_mail(false, true, SLEEP_MAX);
            return Ok(true);
        }
        let due_us = self.encoder.refresh_due_us();
        if !self.changed && !self.key {
            let left = |due: u64| Duration::from_micros(due.saturating_sub(self.now_us()));
            self.changed = self.capture.wait(Some(due_us.map_or(SLEEP_MAX, |due| left(due).min(SLEEP_MAX))))?;
        }
        match self.outlet.pacer.may_send(self.now_us()) {
            Verdict::Ready => return self.produce(due_us),
            Verdict::WaitAck => self.wait_mail(false, true, SLEEP_MAX),
            Verdict::WaitUntil(time_us) => {
                self.wait_mail(false, false, Duration::from_micros(time_us.saturating_sub(self.now_us())));
            }
        }
        Ok(true)
    }

    fn read_mail(&mut self) -> Next {
        let mut mail = self.job.mailbox.mail.lock();
        if mail.stopped {
            return Next::Stop;
        }
        let options = std::mem::take(&mut mail.changed).then_some(mail.options);
        let acknowledged = mail.acknowledged.take();
        let key_wanted = std::mem::take(&mut mail.key_wanted);
        let drawn = mail.drawn.take();
        let paused = mail.paused || mail.held;
        drop(mail);
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

    /// Sleeps until there is mail, at most so long; acknowledgements count only for who waits for them. `paused` as it was
    /// read last.
    fn wait_mail(&self, paused: bool, for_room: bool, at_most: Duration) {
        let mut mail = self.job.mailbox.mail.lock();
        let waiting = move |mail: &mut Mail| {
            let arrived = mail.stopped || mail.changed || mail.key_wanted || (for_room && mail.acknowledged.is_some());
            !arrived && (mail.paused || mail.held) == paused
        };
        self.job.mailbox.arrived.wait_while_for(&mut mail, waiting, at_most);
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
            let mut stats = self.job.mailbox.stats.lock();
            stats.frames += 1;
            stats.encode_us = self.now_us().saturating_sub(began_us).saturating_sub(handing_over);
        }
        if changed {
            self.tell_cursor();
            self.tell_drawn();
        }
        match std::mem::replace(&mut self.outlet.state, Outcome::Went) {
            Outcome::Went => Ok(true),
            Outcome::Held => {
                // Paused or taken back while it was made: it never left, and the next one is whole.
                self.encoder.request_key();
                self.key = true;
                (self.cursor_serial, self.cursor_at) = (None, None);
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

    /// Shape and place of the pointer, where the system tells.
    fn tell_cursor(&mut self) {
        let Ok(cursor) = self.capture.cursor() else { return };
        let mut body = Vec::new();
        if self.cursor_serial != Some(cursor.serial) {
            self.cursor_serial = Some(cursor.serial);
            let shape = Cursor {
                width: cursor.width,
                height: cursor.height,
                hot_x: cursor.hot_x,
                hot_y: cursor.hot_y,
                pixels: cursor.pixels.to_vec(),
            };
            if shape.encode(&mut body).is_ok() {
                self.outlet.send(Kind::CursorShape, &body);
            }
        }
        let at = (cursor.x, cursor.y, cursor.visible);
        if self.cursor_at != Some(at) {
            self.cursor_at = Some(at);
            body.clear();
            CursorPosition { x: cursor.x, y: cursor.y, visible: cursor.visible }.encode(&mut body);
            self.outlet.send(Kind::CursorPosition, &body);
        }
    }
}

/// What became of what was sent last; once something was held or the stream is gone, nothing follows it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Went,
    /// Not sent, because the capture is paused or stopped by now.
    Held,
    Gone,
}

/// The stream's end: packets leave as soon as they are made.
struct Outlet {
    shared: Arc<Shared>,
    plugin: usize,
    mailbox: Arc<Mailbox>,
    network: tokio::runtime::Handle,
    send: SendStream,
    pacer: Pacer,
    began: Instant,
    /// Packets of pictures sent so far.
    frame: u64,
    /// The next packet is its picture's first, with what was drawn.
    first: bool,
    /// Time spent with handing over since that was last asked.
    sending: Duration,
    message: Vec<u8>,
    state: Outcome,
}

impl Outlet {
    fn now_us(&self) -> u64 {
        self.began.elapsed().as_micros() as u64
    }

    fn picture(&mut self, packet: &[u8]) {
        let began_us = self.now_us();
        let Some(bytes) = self.send(Kind::Picture, packet) else { return };
        if std::mem::take(&mut self.first) {
            // Systems like to put whoever is woken behind whoever wakes, and this thread goes on with what is a photo.
            let began = Instant::now();
            std::thread::yield_now();
            self.sending += began.elapsed();
        }
        self.pacer.on_sent(self.frame, bytes, began_us);
        self.frame += 1;
        self.mailbox.stats.lock().rtt_us = self.pacer.rtt_us();
    }

    /// Bytes sent, if they were.
    fn send(&mut self, kind: Kind, body: &[u8]) -> Option<usize> {
        if self.state != Outcome::Went {
            return None;
        }
        self.message.clear();
        if self.is_quiet() || framing::write(kind, body, &mut self.message).is_err() {
            self.state = Outcome::Held;
            return None;
        }
        let bytes = self.message.len();
        self.shared.count_sent(self.plugin, bytes);
        self.mailbox.stats.lock().bytes += bytes as u64;
        let began = Instant::now();
        let (send, message, gone) = (&mut self.send, &self.message, &self.mailbox.gone);
        let sent = self.network.block_on(async {
            tokio::select! {
                biased;
                () = gone.notified() => false,
                sent = send.write_all(message) => sent.is_ok(),
            }
        });
        self.sending += began.elapsed();
        if !sent {
            self.send.reset(1);
            self.state = Outcome::Gone;
        }
        sent.then_some(bytes)
    }

    fn is_quiet(&self) -> bool {
        let mail = self.mailbox.mail.lock();
        mail.stopped || mail.paused || mail.held
    }
}
