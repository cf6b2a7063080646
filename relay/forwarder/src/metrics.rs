//! Counters of a running forwarder, readable at any time from any thread.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counters since the start, but for `legs`, which is the present number.
#[derive(Debug, Default)]
pub struct Metrics {
    pub(crate) packets: AtomicU64,
    pub(crate) bytes: AtomicU64,
    pub(crate) legs: AtomicU64,
    pub(crate) binds: AtomicU64,
    pub(crate) refusals: AtomicU64,
    pub(crate) dropped_unbound: AtomicU64,
    pub(crate) dropped_alone: AtomicU64,
    pub(crate) dropped_malformed: AtomicU64,
    pub(crate) dropped_unsent: AtomicU64,
}

/// All counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MetricsReport {
    /// Packets forwarded; each segment of a train counts.
    pub packets: u64,
    /// Payload bytes forwarded.
    pub bytes: u64,
    /// Ends bound now.
    pub legs: u64,
    /// Proofs taken, keepalives included.
    pub binds: u64,
    /// Tickets not taken.
    pub refusals: u64,
    /// Packets from addresses that are no leg.
    pub dropped_unbound: u64,
    /// Packets whose other end is not bound.
    pub dropped_alone: u64,
    /// Packets that look like the bind protocol and are not.
    pub dropped_malformed: u64,
    /// Packets that the system did not take.
    pub dropped_unsent: u64,
}

impl Metrics {
    /// All counters now.
    pub fn report(&self) -> MetricsReport {
        let Self {
            packets,
            bytes,
            legs,
            binds,
            refusals,
            dropped_unbound,
            dropped_alone,
            dropped_malformed,
            dropped_unsent,
        } = self;
        MetricsReport {
            packets: packets.load(Relaxed),
            bytes: bytes.load(Relaxed),
            legs: legs.load(Relaxed),
            binds: binds.load(Relaxed),
            refusals: refusals.load(Relaxed),
            dropped_unbound: dropped_unbound.load(Relaxed),
            dropped_alone: dropped_alone.load(Relaxed),
            dropped_malformed: dropped_malformed.load(Relaxed),
            dropped_unsent: dropped_unsent.load(Relaxed),
        }
    }
}

/// Adds to a counter; one thread writes, so no order is needed.
pub(crate) fn add(counter: &AtomicU64, count: usize) {
    counter.fetch_add(count as u64, Relaxed);
}
