//! What a store carries: one instance's budget, timers and view of what it shares with its handle.
//!
//! [`Shared`] outlives restarts and is what [`InstanceHandle`](crate::InstanceHandle) looks at from outside; [`Guest`]
//! dies with its store.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed, Ordering::SeqCst};
use std::time::Duration;

use lotse_package::Capability;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::Instant;
use wasmtime::ResourceLimiter;

use crate::event::Event;
use crate::fault::{AuditEvent, AuditKind, FaultKind};
use crate::grant::{CapabilitySet, Granted, bit};
use crate::handles::{Handles, Kind};
use crate::host::{ErrorCode, Host, Level};
use crate::limits::Limits;
use crate::queue::Queue;
use crate::stats::Counters;

/// A Rust guest made by `lotse-sdk` has one module and the adapter's shims beside it.
const CORE_INSTANCES_MAX: usize = 32;
const TABLES_MAX: usize = 16;
/// Function pointers of a guest: a large one has a few thousand.
const TABLE_ELEMENTS_MAX: usize = 65_536;
const MEMORIES_MAX: usize = 4;
/// A timer of zero would be a way to spin in small steps.
const TIMER_DELAY_MIN: Duration = Duration::from_millis(1);
/// A year: farther timers never fire within a session, and the sum stays in range.
const TIMER_DELAY_MAX: Duration = Duration::from_secs(365 * 24 * 3600);

/// An error of ours that ends the guest when it travels through it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Stop(pub FaultKind);

/// What the instance's task, the store and the handle have in common.
pub(crate) struct Shared {
    pub plugin: String,
    pub version: String,
    pub possible: CapabilitySet,
    active: AtomicU32,
    /// Of what works by asking, what need not be asked for each time.
    standing: AtomicU32,
    /// Capabilities whose denial was audited since their consent last changed.
    denials_told: AtomicU32,
    pub handles: Mutex<Handles>,
    pub queue: Queue,
    pub counters: Counters,
    pub host: Arc<dyn Host>,
    pub limits: Limits,
    pub saved: Mutex<Option<Vec<u8>>>,
    pub ended: watch::Sender<bool>,
}

impl Shared {
    pub fn new(plugin: String, version: String, granted: Granted, limits: Limits, host: Arc<dyn Host>) -> Self {
        Self {
            plugin,
            version,
            possible: granted.possible(),
            active: AtomicU32::new(granted.active().bits()),
            standing: AtomicU32::new(granted.standing().bits()),
            denials_told: AtomicU32::new(0),
            handles: Mutex::new(Handles::new(limits.handles)),
            queue: Queue::new(limits.queue_events, limits.queue_bytes),
            counters: Counters::default(),
            host,
            limits,
            saved: Mutex::new(None),
            ended: watch::Sender::new(false),
        }
    }

    pub fn active(&self) -> CapabilitySet {
        CapabilitySet::from_bits(self.active.load(SeqCst))
    }

    pub fn audit(&self, what: AuditKind) {
        self.host.audit(AuditEvent { plugin: self.plugin.clone(), version: self.version.clone(), what });
    }

    /// Consent came. False if the capability was never possible here, which consent cannot change. Where it only saves the
    /// customer a question, nothing changes but what the audit log has and the plugin hears of it.
    pub fn grant(&self, capability: Capability) -> bool {
        if !self.possible.contains(capability) {
            return false;
        }
        let of = if capability.standing().is_some() { &self.standing } else { &self.active };
        let before = of.fetch_or(bit(capability), SeqCst);
        self.denials_told.fetch_and(!bit(capability), Relaxed);
        if before & bit(capability) == 0 {
            self.audit(AuditKind::Granted(capability));
        }
        true
    }

    /// Consent is refused or taken back: from here on calls are denied, and what came with it is closed. Where it only saved a
    /// question, the host ends what came without one.
    pub fn revoke(&self, capability: Capability) {
        if capability.always_granted() {
            return;
        }
        if capability.standing().is_some() {
            if self.standing.fetch_and(!bit(capability), SeqCst) & bit(capability) != 0 {
                self.audit(AuditKind::Revoked(capability));
            }
            return;
        }
        let before = self.active.fetch_and(!bit(capability), SeqCst);
        self.denials_told.fetch_and(!bit(capability), Relaxed);
        let closed = self.handles.lock().revoke(capability);
        for (kind, id) in closed {
            kind.release(&*self.host, id);
        }
        if before & bit(capability) != 0 {
            if capability == Capability::Input {
                self.host.input_release_all();
            }
            self.audit(AuditKind::Revoked(capability));
        }
    }

    /// A handle to something that the host hands over; at the bound it is let go, and there is none.
    pub fn hold(&self, kind: Kind, id: u64) -> Option<u32> {
        let handle = self.handles.lock().insert(kind, Some(id));
        if handle.is_none() {
            kind.release(&*self.host, id);
        }
        handle
    }

    /// Lets go of what came with an event that nobody will hear.
    pub fn refuse(&self, event: &Event) {
        match event {
            Event::FilesPicked { source: Some(source), .. } | Event::FilesDropped { source, .. } => {
                self.host.source_drop(*source);
            }
            Event::FilesAnswered { target: Some(target), .. } => self.host.target_drop(*target),
            Event::Chosen { capture: Some(capture), .. } => self.host.capture_drop(*capture),
            Event::StreamOpened { stream, .. } => {
                self.host.stream_reset(*stream);
                self.host.stream_drop(*stream);
            }
            _ => {}
        }
    }

    /// The guest is gone: everything it held is let go.
    pub fn release_all(&self) {
        let held = self.handles.lock().clear();
        for (kind, id) in held {
            kind.release(&*self.host, id);
        }
        if self.active().contains(Capability::Input) {
            self.host.input_release_all();
        }
        self.counters.memory_bytes.store(0, Relaxed);
    }
}

/// A store's data.
pub(crate) struct Guest {
    pub shared: Arc<Shared>,
    pub memory: MemoryLimiter,
    pub timers: Timers,
    started: Instant,
    log: Rate,
    datagrams: Rate,
    datagram_bytes: Rate,
    strokes: Rate,
    stroke_points: Rate,
    /// The newest line at level error within this call: a guest's panic message comes that way.
    pub last_words: Option<String>,
    host_calls: u32,
    stream_bytes: u64,
}

impl Guest {
    pub fn new(shared: Arc<Shared>) -> Self {
        let now = Instant::now();
        Self {
            memory: MemoryLimiter {
                bytes_max: shared.limits.memory_bytes,
                bytes: 0,
                refused: false,
                shared: shared.clone(),
            },
            timers: Timers { due: BinaryHeap::new(), next_token: 1, max: shared.limits.timers },
            started: now,
            log: Rate::new(now),
            datagrams: Rate::new(now),
            datagram_bytes: Rate::new(now),
            strokes: Rate::new(now),
            stroke_points: Rate::new(now),
            last_words: None,
            host_calls: 0,
            stream_bytes: 0,
            shared,
        }
    }

    /// Called before each handler call.
    pub fn refill(&mut self) {
        self.host_calls = 0;
        self.stream_bytes = 0;
        self.last_words = None;
        self.memory.refused = false;
    }

    /// Counts a call to the host; over the budget the guest ends.
    pub fn count(&mut self) -> wasmtime::Result<()> {
        self.host_calls = self.host_calls.saturating_add(1);
        self.shared.counters.host_calls.fetch_add(1, Relaxed);
        if self.host_calls > self.shared.limits.host_calls {
            let calls = self.shared.limits.host_calls;
            return Err(Stop(FaultKind::Flooded(format!("over {calls} calls to the host in one event"))).into());
        }
        Ok(())
    }

    /// Counts bytes offered to streams.
    pub fn count_stream_bytes(&mut self, bytes: usize) -> wasmtime::Result<()> {
        self.stream_bytes = self.stream_bytes.saturating_add(bytes as u64);
        let max = self.shared.limits.stream_bytes_per_call;
        if self.stream_bytes > max {
            let mib = max / (1024 * 1024);
            return Err(Stop(FaultKind::Flooded(format!("over {mib} MiB written to streams in one event"))).into());
        }
        Ok(())
    }

    /// Whether one more datagram may go out in this second. The link sends them before all streams, of every plugin.
    pub fn take_datagram(&mut self, bytes: usize) -> Result<(), ErrorCode> {
        let (limits, now) = (&self.shared.limits, Instant::now());
        let fits = self.datagram_bytes.fits(now, bytes as u64, limits.datagram_bytes_per_s);
        if fits && self.datagrams.take(now, 1, limits.datagrams_per_s.into()) {
            self.datagram_bytes.take(now, bytes as u64, limits.datagram_bytes_per_s);
            return Ok(());
        }
        Err(ErrorCode::Busy)
    }

    /// Whether so many strokes and points may be drawn in this second.
    pub fn take_strokes(&mut self, strokes: usize, points: usize) -> Result<(), ErrorCode> {
        let (limits, now) = (&self.shared.limits, Instant::now());
        let fits = self.stroke_points.fits(now, points as u64, limits.stroke_points_per_s);
        if fits && self.strokes.take(now, strokes as u64, limits.strokes_per_s.into()) {
            self.stroke_points.take(now, points as u64, limits.stroke_points_per_s);
            return Ok(());
        }
        Err(ErrorCode::Busy)
    }

    /// Whether the capability may be used at this moment. A denial is audited once.
    pub fn may(&self, capability: Capability) -> Result<(), ErrorCode> {
        if self.shared.active().contains(capability) {
            return Ok(());
        }
        if self.shared.denials_told.fetch_or(bit(capability), Relaxed) & bit(capability) == 0 {
            self.shared.audit(AuditKind::Denied(capability));
        }
        Err(ErrorCode::Denied)
    }

    pub fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    /// Hands a line on, cut and counted, or drops it.
    pub fn log_line(&mut self, level: Level, message: String) {
        let limits = &self.shared.limits;
        let counters = &self.shared.counters;
        let message = cut(message, limits.log_line_bytes);
        if level == Level::Error {
            self.last_words = Some(message.clone());
        }
        if self.log.take(Instant::now(), 1, limits.log_lines_per_s.into()) {
            counters.log_lines.fetch_add(1, Relaxed);
            self.shared.host.log(level, message);
        } else {
            counters.log_lines_dropped.fetch_add(1, Relaxed);
        }
    }
}

/// At most `bytes_max` bytes of the text, whole characters.
pub(crate) fn cut(mut text: String, bytes_max: usize) -> String {
    text.truncate(text.floor_char_boundary(bytes_max));
    text
}

/// So much of something a second; what is refused does not count.
struct Rate {
    since: Instant,
    taken: u64,
}

impl Rate {
    fn new(now: Instant) -> Self {
        Self { since: now, taken: 0 }
    }

    fn fits(&mut self, now: Instant, amount: u64, max_per_s: u64) -> bool {
        if now.duration_since(self.since) >= Duration::from_secs(1) {
            *self = Self::new(now);
        }
        self.taken.saturating_add(amount) <= max_per_s
    }

    fn take(&mut self, now: Instant, amount: u64, max_per_s: u64) -> bool {
        let fits = self.fits(now, amount, max_per_s);
        if fits {
            self.taken += amount;
        }
        fits
    }
}

/// Wake-ups the guest asked for.
pub(crate) struct Timers {
    due: BinaryHeap<Reverse<(Instant, u64)>>,
    next_token: u64,
    max: usize,
}

impl Timers {
    pub fn add(&mut self, delay: Duration) -> wasmtime::Result<u64> {
        if self.due.len() >= self.max {
            let max = self.max;
            return Err(Stop(FaultKind::Flooded(format!("over {max} timers at once"))).into());
        }
        let token = self.next_token;
        self.next_token += 1;
        let delay = delay.clamp(TIMER_DELAY_MIN, TIMER_DELAY_MAX);
        self.due.push(Reverse((Instant::now() + delay, token)));
        Ok(token)
    }

    pub fn next(&self) -> Option<Instant> {
        self.due.peek().map(|Reverse((at, _))| *at)
    }

    pub fn pop_due(&mut self, now: Instant) -> Option<u64> {
        let due = self.next().is_some_and(|at| at <= now);
        if due { self.due.pop().map(|Reverse((_, token))| token) } else { None }
    }
}

/// Keeps all memories of a guest together under the cap.
pub(crate) struct MemoryLimiter {
    bytes_max: u64,
    bytes: u64,
    /// A growth was refused in this call: if the guest now traps, that is why.
    pub refused: bool,
    shared: Arc<Shared>,
}

impl ResourceLimiter for MemoryLimiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let grown = self.bytes.saturating_add(desired.saturating_sub(current) as u64);
        if grown > self.bytes_max {
            self.refused = true;
            return Ok(false);
        }
        self.bytes = grown;
        self.shared.counters.memory_bytes.store(grown, Relaxed);
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= TABLE_ELEMENTS_MAX)
    }

    fn instances(&self) -> usize {
        CORE_INSTANCES_MAX
    }

    fn tables(&self) -> usize {
        TABLES_MAX
    }

    fn memories(&self) -> usize {
        MEMORIES_MAX
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn cuts_at_a_whole_character() {
        assert_eq!(cut("grün".into(), 3), "gr");
        assert_eq!(cut("grün".into(), 4), "grü");
        assert_eq!(cut("grün".into(), 99), "grün");
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_holds_for_its_second_and_not_longer() {
        let mut rate = Rate::new(Instant::now());
        assert!(rate.take(Instant::now(), 6, 10) && !rate.take(Instant::now(), 5, 10));
        assert!(rate.take(Instant::now(), 4, 10), "what was refused took nothing");
        tokio::time::advance(Duration::from_millis(999)).await;
        assert!(!rate.take(Instant::now(), 1, 10));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(rate.take(Instant::now(), 10, 10) && !rate.take(Instant::now(), u64::MAX, 10));
    }

    #[tokio::test(start_paused = true)]
    async fn timers_are_bounded_and_fire_in_order() {
        let mut timers = Timers { due: BinaryHeap::new(), next_token: 1, max: 2 };
        let late = timers.add(Duration::from_secs(2)).unwrap();
        let soon = timers.add(Duration::ZERO).unwrap();
        assert!(timers.add(Duration::MAX).is_err());
        assert_eq!(timers.pop_due(Instant::now()), None, "even zero waits a little");
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(timers.pop_due(Instant::now()), Some(soon));
        assert_eq!(timers.pop_due(Instant::now()), Some(late));
        assert_eq!(timers.next(), None);
    }
}
