//! The way of audit lines to the store: a bounded queue, written in batches, so that no flood of events waits for a disk
//! and no disk holds up a session. Lines that find no room are counted and the count is written; places are kept for lines of
//! sign-ins and management, so that they are the last to find none. What is told over and over is counted ([`repeats`]).

mod repeats;
pub mod table;
#[cfg(test)]
mod tests;

use crate::clock::unix_s;
use crate::counters::Counters;
use crate::hub::{AuditKind, AuditLine};
use crate::store::Store;
use parking_lot::Mutex;
use repeats::Repeats;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at};

/// Lines waiting to be written.
const QUEUE_MAX: usize = 4096;
/// Places that only [`KEPT`] lines may take.
const KEPT_PLACES: usize = 1024;
const _: () = assert!(KEPT_PLACES < QUEUE_MAX);
/// Lines of one transaction, but for those that waited when a minute was over.
const BATCH_MAX: usize = 256;
/// How long repeated lines are counted before their number is written.
const MINUTE: Duration = Duration::from_secs(60);

/// Lines of sign-ins and management: who looks for an intruder looks for these.
const KEPT: [AuditKind; 31] = [
    AuditKind::AccountAdded,
    AuditKind::AccountChanged,
    AuditKind::RepAdded,
    AuditKind::RepChanged,
    AuditKind::PasswordReset,
    AuditKind::PasswordChanged,
    AuditKind::SignedIn,
    AuditKind::SignInFailed,
    AuditKind::SignedOut,
    AuditKind::SignInEnded,
    AuditKind::SeatTakenOver,
    AuditKind::SignInLocked,
    AuditKind::SecondFactorFailed,
    AuditKind::SecondFactorEnrolled,
    AuditKind::SecondFactorRemoved,
    AuditKind::RecoveryCodeUsed,
    AuditKind::RepUnlocked,
    AuditKind::RepSignedOut,
    AuditKind::TeamChanged,
    AuditKind::PortalChanged,
    AuditKind::PluginAdded,
    AuditKind::PluginRemoved,
    AuditKind::PluginRuleChanged,
    AuditKind::LicenceChanged,
    AuditKind::LicenceExpired,
    AuditKind::OperatorAdded,
    AuditKind::OperatorRemoved,
    AuditKind::OperatorPassword,
    AuditKind::PagesSignedIn,
    AuditKind::PagesSignedOut,
    AuditKind::LinesLost,
];

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
        let writer = Writer { store, lines, repeats, lost, counters };
        (trail, writer.run(minute))
    }

    /// Hands a line in. Never waits.
    pub fn write(&self, line: AuditLine) {
        tracing::debug!(kind = line.kind.name(), rep = line.rep, session = ?line.session.map(|session| session.to_string()), "audit");
        self.counters.count_audit(line.kind);
        let Some(line) = self.repeats.lock().take(line) else { return };
        // Several at once may each see the last free place: then a few of those kept are taken.
        let room = KEPT.contains(&line.kind) || self.queue.capacity() > KEPT_PLACES;
        if !room || self.queue.try_send(line).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
            self.counters.count_audit_lost();
        }
    }
}

/// The other end of the queue.
struct Writer {
    store: Arc<dyn Store>,
    lines: mpsc::Receiver<AuditLine>,
    repeats: Arc<Mutex<Repeats>>,
    lost: Arc<AtomicU64>,
    counters: Arc<Counters>,
}

impl Writer {
    async fn run(mut self, minute: Duration) {
        let mut minutes = interval_at(Instant::now() + minute, minute);
        let mut batch = Vec::with_capacity(BATCH_MAX);
        loop {
            let received = tokio::select! {
                received = self.lines.recv_many(&mut batch, BATCH_MAX) => Some(received),
                _ = minutes.tick() => None,
            };
            let over = received == Some(0);
            if over || received.is_none() {
                self.minute_is_over(&mut batch);
            }
            self.write(&mut batch).await;
            if over {
                return;
            }
        }
    }

    /// What was counted stands behind the lines that it is counted from.
    fn minute_is_over(&mut self, batch: &mut Vec<AuditLine>) {
        let counted = self.repeats.lock().over();
        while batch.len() < QUEUE_MAX
            && let Ok(line) = self.lines.try_recv()
        {
            batch.push(line);
        }
        batch.extend(counted);
    }

    async fn write(&self, batch: &mut Vec<AuditLine>) {
        let missing = self.lost.swap(0, Ordering::Relaxed);
        if missing > 0 {
            batch.push(AuditLine { detail: missing.to_string(), ..AuditLine::new(AuditKind::LinesLost) });
        }
        if batch.is_empty() {
            return;
        }
        if let Err(error) = self.store.write_audit(batch, unix_s()).await {
            self.counters.count_store_error();
            tracing::warn!(%error, lines = batch.len(), "audit lines could not be written");
        }
        batch.clear();
    }
}
