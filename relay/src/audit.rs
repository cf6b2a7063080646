//! The way of audit lines to the store: a bounded queue, written in batches, so that no flood of events waits for a disk
//! and no disk holds up a session. Lines that find no room are counted and the count is written; places are kept for lines of
//! sign-ins and management, so that they are the last to find none. What the store does not take is tried again, and lines lost only
//! for want of room. What is told over and over is counted ([`repeats`]).

mod repeats;
pub mod table;
#[cfg(test)]
mod tests;

use crate::clock::unix_s;
use crate::counters::Counters;
use crate::hub::{AuditKind, AuditLine};
use crate::store::{Store, StoreError};
use parking_lot::Mutex;
use repeats::Repeats;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at, sleep_until};

/// Lines waiting to be written.
const QUEUE_MAX: usize = 4096;
/// Places that only lines may take that [`is_kept`] names.
const KEPT_PLACES: usize = 1024;
const _: () = assert!(KEPT_PLACES < QUEUE_MAX);
/// Lines of one transaction, but for those that waited when a minute was over.
const BATCH_MAX: usize = 256;
/// Lines that wait beside the queue while the store does not take any.
const WAITING_MAX: usize = 4096;
/// And so many that tell how often something was repeated.
const COUNTED_MAX: usize = 2048;
/// Until the store is asked again; each time twice as long.
const PAUSE_MIN: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(4);
/// How often the store is asked again when the program ends: for about three seconds, as long as a relay waits for it.
const LAST_ATTEMPTS: u32 = 5;
/// How long repeated lines are counted before their number is written.
const MINUTE: Duration = Duration::from_secs(60);

/// Whether places are kept for such lines, of sign-ins and management: who looks for an intruder looks for these. Strangers
/// cause none of them for nothing.
const fn is_kept(kind: AuditKind) -> bool {
    match kind {
        AuditKind::AccountAdded
        | AuditKind::AccountChanged
        | AuditKind::RepAdded
        | AuditKind::RepChanged
        | AuditKind::PasswordReset
        | AuditKind::PasswordChanged
        | AuditKind::SignedIn
        | AuditKind::SignInFailed
        | AuditKind::SignedOut
        | AuditKind::SignInEnded
        | AuditKind::SeatTakenOver
        | AuditKind::SignInLocked
        | AuditKind::SecondFactorFailed
        | AuditKind::SecondFactorEnrolled
        | AuditKind::SecondFactorRemoved
        | AuditKind::RecoveryCodeUsed
        | AuditKind::RepUnlocked
        | AuditKind::RepSignedOut
        | AuditKind::TeamChanged
        | AuditKind::PortalChanged
        | AuditKind::PluginAdded
        | AuditKind::PluginRemoved
        | AuditKind::PluginRuleChanged
        | AuditKind::LicenceChanged
        | AuditKind::LicenceExpired
        | AuditKind::OperatorAdded
        | AuditKind::OperatorRemoved
        | AuditKind::OperatorPassword
        | AuditKind::PagesSignedIn
        | AuditKind::PagesSignedOut
        | AuditKind::ApiTokenAdded
        | AuditKind::ApiTokenRevoked
        | AuditKind::ApiTokenRefused
        | AuditKind::WebhookAdded
        | AuditKind::WebhookRemoved
        | AuditKind::WebhookOff
        | AuditKind::LinesLost => true,
        AuditKind::SignInSlowed
        | AuditKind::SeatTaken
        | AuditKind::SeatWaited
        | AuditKind::SeatGained
        | AuditKind::CodeGiven
        | AuditKind::Joined
        | AuditKind::JoinSlowed
        | AuditKind::PairingFailed
        | AuditKind::SessionStarted
        | AuditKind::SessionResumed
        | AuditKind::ResumeRefused
        | AuditKind::SessionEnded
        | AuditKind::PluginGranted
        | AuditKind::PluginDenied
        | AuditKind::PluginRevoked
        | AuditKind::PluginCrashed
        | AuditKind::CustomerAllowed
        | AuditKind::CustomerRefused
        | AuditKind::QuestionAsked
        | AuditKind::QuestionOffered
        | AuditKind::QuestionPassed
        | AuditKind::QuestionTaken
        | AuditKind::QuestionLeft
        | AuditKind::QuestionReturned
        | AuditKind::MessageLeft
        | AuditKind::AskSlowed
        | AuditKind::QuestionClosed
        | AuditKind::FilesOffered
        | AuditKind::FilesAccepted
        | AuditKind::FilesDeclined
        | AuditKind::FilesWhole
        | AuditKind::FilesBroken
        | AuditKind::HandOverAsked
        | AuditKind::HandOverDeclined
        | AuditKind::HandOverTaken
        | AuditKind::HandOverEnded
        | AuditKind::JoinedBeside
        | AuditKind::SharedChanged => false,
    }
}

/// Where audit lines are handed in. Clones share the queue.
#[derive(Clone)]
pub struct AuditTrail {
    queue: mpsc::Sender<AuditLine>,
    repeats: Arc<Mutex<Repeats>>,
    lost: Arc<AtomicU64>,
    counters: Arc<Counters>,
}

impl AuditTrail {
    /// The trail and the task that writes it; the task ends when every clone of the trail is gone and all is written.
    pub fn new(store: Arc<dyn Store>, counters: Arc<Counters>) -> (Self, impl Future<Output = ()> + Send) {
        Self::counting(store, counters, MINUTE)
    }

    fn counting(
        store: Arc<dyn Store>,
        counters: Arc<Counters>,
        minute: Duration,
    ) -> (Self, impl Future<Output = ()> + Send) {
        let (queue, lines) = mpsc::channel(QUEUE_MAX);
        let lost = Arc::new(AtomicU64::new(0));
        let repeats = Arc::new(Mutex::new(Repeats::default()));
        let trail = Self { queue, repeats: repeats.clone(), lost: lost.clone(), counters: counters.clone() };
        let (waiting, again, pause) = (Waiting::default(), None, PAUSE_MIN);
        let writer = Writer { store, lines, repeats, lost, counters, waiting, again, pause };
        (trail, writer.run(minute))
    }

    /// Hands a line in. Never waits.
    pub fn write(&self, line: AuditLine) {
        tracing::debug!(kind = line.kind.name(), rep = line.rep, session = ?line.session.map(|session| session.to_string()), "audit");
        self.counters.count_audit(line.kind);
        let Some(line) = self.repeats.lock().take(line) else { return };
        // Several at once may each see the last free place: then a few of those kept are taken.
        let room = is_kept(line.kind) || self.queue.capacity() > KEPT_PLACES;
        if !room || self.queue.try_send(line).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
            self.counters.count_audit_lost();
        }
    }
}

/// Lines that are not written yet, with the seconds since 1970 that they are of.
#[derive(Default)]
struct Waiting {
    batches: VecDeque<(i64, Vec<AuditLine>)>,
    lines: usize,
}

impl Waiting {
    fn push(&mut self, batch: Vec<AuditLine>) {
        if !batch.is_empty() {
            self.lines += batch.len();
            self.batches.push_back((unix_s(), batch));
        }
    }

    fn first(&self) -> Option<&(i64, Vec<AuditLine>)> {
        self.batches.front()
    }

    fn remove_first(&mut self) {
        if let Some((_, batch)) = self.batches.pop_front() {
            self.lines -= batch.len();
        }
    }
}

/// The other end of the queue. What the store does not take waits here, and behind that in the queue.
struct Writer {
    store: Arc<dyn Store>,
    lines: mpsc::Receiver<AuditLine>,
    repeats: Arc<Mutex<Repeats>>,
    lost: Arc<AtomicU64>,
    counters: Arc<Counters>,
    waiting: Waiting,
    /// When the store is asked again; `None`: it works.
    again: Option<Instant>,
    pause: Duration,
}

impl Writer {
    async fn run(mut self, minute: Duration) {
        let mut minutes = interval_at(Instant::now() + minute, minute);
        // What was handed in before the end is there yet when the queue says that it is closed.
        while !self.lines.is_closed() {
            let mut batch = vec![];
            let again = self.again;
            tokio::select! {
                _ = self.lines.recv_many(&mut batch, BATCH_MAX), if self.waiting.lines < WAITING_MAX => {
                    self.waiting.push(batch);
                }
                _ = minutes.tick() => self.minute_is_over(WAITING_MAX),
                () = sleep_until(again.unwrap_or_else(Instant::now)), if again.is_some() => {}
            }
            if self.again.is_none_or(|again| again <= Instant::now()) {
                self.write().await;
            }
        }
        self.end().await;
    }

    /// What was counted stands behind the lines that it is counted from. At most `max` of those wait then.
    fn minute_is_over(&mut self, max: usize) {
        let mut counted = self.repeats.lock().over();
        let mut batch = vec![];
        while self.waiting.lines + batch.len() < max
            && let Ok(line) = self.lines.try_recv()
        {
            batch.push(line);
        }
        let room = (max + COUNTED_MAX).saturating_sub(self.waiting.lines + batch.len());
        self.lose(counted.len().saturating_sub(room));
        counted.truncate(room);
        batch.extend(counted);
        self.waiting.push(batch);
    }

    fn lose(&self, lines: usize) {
        for _ in 0..lines {
            self.lost.fetch_add(1, Ordering::Relaxed);
            self.counters.count_audit_lost();
        }
    }

    /// Writes what waits, oldest first, and then how much is missing. False: the store does not take it now.
    async fn write(&mut self) -> bool {
        while let Some((at_s, batch)) = self.waiting.first() {
            if let Err(error) = self.store.write_audit(batch, *at_s).await {
                return self.failed(&error);
            }
            self.waiting.remove_first();
        }
        let missing = self.lost.swap(0, Ordering::Relaxed);
        if missing > 0 {
            let line = AuditLine { detail: missing.to_string(), ..AuditLine::new(AuditKind::LinesLost) };
            if let Err(error) = self.store.write_audit(&[line], unix_s()).await {
                self.lost.fetch_add(missing, Ordering::Relaxed);
                return self.failed(&error);
            }
        }
        (self.again, self.pause) = (None, PAUSE_MIN);
        true
    }

    /// Always false.
    fn failed(&mut self, error: &StoreError) -> bool {
        self.counters.count_store_error();
        tracing::warn!(%error, lines = self.waiting.lines, "audit lines could not be written and wait");
        self.again = Some(Instant::now() + self.pause);
        self.pause = (self.pause * 2).min(PAUSE_MAX);
        false
    }

    /// Nobody hands anything in any more, and the program is about to end: the store gets a few seconds.
    async fn end(mut self) {
        self.minute_is_over(WAITING_MAX + QUEUE_MAX);
        self.pause = PAUSE_MIN;
        for _ in 0..LAST_ATTEMPTS {
            if self.write().await {
                return;
            }
            sleep_until(self.again.unwrap_or_else(Instant::now)).await;
        }
        if !self.write().await {
            tracing::error!(lines = self.waiting.lines, "audit lines could not be written and are lost");
            self.lose(self.waiting.lines);
        }
    }
}
