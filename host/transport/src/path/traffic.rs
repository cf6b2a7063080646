//! Marks that the packet path leaves for the slower ones: when something was last sent and received.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::time::{Duration, Instant};

/// Times are microseconds since `start`; zero means never.
#[derive(Debug)]
pub(super) struct Traffic {
    start: Instant,
    first_unanswered: AtomicU64,
    last_from_peer: AtomicU64,
    last_from_relay: AtomicU64,
}

impl Traffic {
    pub(super) fn new() -> Self {
        Self {
            start: Instant::now(),
            first_unanswered: AtomicU64::new(0),
            last_from_peer: AtomicU64::new(0),
            last_from_relay: AtomicU64::new(0),
        }
    }

    /// Time since the path was made; what the binder's clock shows.
    pub(super) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// Notes a packet to the peer and says for how long the peer has been owing an answer; zero for the first packet.
    pub(super) fn sent(&self) -> Duration {
        let now = micros(self.now());
        match self.first_unanswered.compare_exchange(0, now, SeqCst, Relaxed) {
            Ok(_) => Duration::ZERO,
            Err(first) => Duration::from_micros(now.saturating_sub(first)),
        }
    }

    pub(super) fn received_from_peer(&self) {
        self.last_from_peer.store(micros(self.now()), Relaxed);
        self.first_unanswered.store(0, Relaxed);
    }

    pub(super) fn received_from_relay(&self) {
        self.last_from_relay.store(micros(self.now()), Relaxed);
    }

    pub(super) fn unanswered_since(&self) -> Option<Duration> {
        let first = self.first_unanswered.load(SeqCst);
        (first != 0).then(|| Duration::from_micros(first))
    }

    /// Time since the last packet of the other end; since the start when none came.
    pub(super) fn since_peer(&self) -> Duration {
        self.now().saturating_sub(Duration::from_micros(self.last_from_peer.load(Relaxed)))
    }

    /// Time since the relay itself last answered; since the start when it never did.
    pub(super) fn since_relay(&self) -> Duration {
        self.now().saturating_sub(Duration::from_micros(self.last_from_relay.load(Relaxed)))
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1)
}
