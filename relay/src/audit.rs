//! The way of audit lines to the store: a bounded queue, written in batches, so that no flood of events waits for a disk
//! and no disk holds up a session. Lines that find no room are counted and the count is written.

use crate::clock::unix_s;
use crate::counters::Counters;
use crate::hub::{AuditKind, AuditLine};
use crate::store::Store;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc;

/// Lines waiting to be written.
const QUEUE_MAX: usize = 4096;
/// Lines of one transaction.
const BATCH_MAX: usize = 256;

/// Where audit lines are handed in. Clones share the queue.
#[derive(Clone)]
pub struct AuditTrail {
    queue: mpsc::Sender<AuditLine>,
    lost: Arc<AtomicU64>,
    counters: Arc<Counters>,
}

impl AuditTrail {
    /// The trail and the task that writes it; the task ends when every clone of the trail is gone.
    pub fn new(store: Arc<dyn Store>, counters: Arc<Counters>) -> (Self, impl Future<Output = ()> + Send) {
        let (queue, lines) = mpsc::channel(QUEUE_MAX);
        let lost = Arc::new(AtomicU64::new(0));
        let trail = Self { queue, lost: lost.clone(), counters: counters.clone() };
        (trail, write_all(store, lines, lost, counters))
    }

    /// Hands a line in. Never waits.
    pub fn write(&self, line: AuditLine) {
        tracing::debug!(kind = line.kind.name(), rep = line.rep, session = ?line.session.map(|session| session.to_string()), "audit");
        self.counters.count_audit(line.kind);
        if self.queue.try_send(line).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
            self.counters.count_audit_lost();
        }
    }
}

async fn write_all(
    store: Arc<dyn Store>,
    mut lines: mpsc::Receiver<AuditLine>,
    lost: Arc<AtomicU64>,
    counters: Arc<Counters>,
) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while lines.recv_many(&mut batch, BATCH_MAX).await > 0 {
        let missing = lost.swap(0, Ordering::Relaxed);
        if missing > 0 {
            batch.push(AuditLine { detail: missing.to_string(), ..AuditLine::new(AuditKind::LinesLost) });
        }
        if let Err(error) = store.write_audit(&batch, unix_s()).await {
            counters.count_store_error();
            tracing::warn!(%error, lines = batch.len(), "audit lines could not be written");
        }
        batch.clear();
    }
}
