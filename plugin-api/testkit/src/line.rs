//! What the simulated line between the two sides is like.

use std::time::Duration;

use crate::kit::Kit;

/// Without a word through the line for so long, the other side counts as gone.
pub const GONE_AFTER: Duration = Duration::from_secs(10);

/// A line. The default is a good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// One way.
    pub latency: Duration,
    /// At most so much is added to the latency, each time another amount.
    pub jitter: Duration,
    /// Of 100 datagrams. What is lost of a stream comes late instead.
    pub loss_percent: u8,
    /// What one stream takes before the other end has read it.
    pub window_bytes: usize,
    /// What is written arrives in pieces of at most this; with 1, byte by byte.
    pub piece_bytes: usize,
    /// How fast files travel, in bytes a second.
    pub rate_bytes_s: u64,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            latency: Duration::from_millis(20),
            jitter: Duration::ZERO,
            loss_percent: 0,
            window_bytes: 256 * 1024,
            piece_bytes: 16 * 1024,
            rate_bytes_s: 1_000_000,
        }
    }
}

impl Line {
    /// Slow, uneven and lossy, with bytes that come in small pieces: what a plugin must get along with.
    #[must_use]
    pub fn bad() -> Self {
        Self {
            latency: Duration::from_millis(150),
            jitter: Duration::from_millis(80),
            loss_percent: 20,
            window_bytes: 4 * 1024,
            piece_bytes: 7,
            ..Self::default()
        }
    }

    pub(crate) fn latency_ms(&self) -> u64 {
        millis(self.latency).max(1)
    }

    pub(crate) fn jitter_ms(&self) -> u64 {
        millis(self.jitter)
    }
}

pub(crate) fn millis(of: Duration) -> u64 {
    u64::try_from(of.as_millis()).unwrap_or(u64::MAX)
}

/// The line of a kit that runs.
#[derive(Clone, Copy)]
pub struct Link<'a> {
    pub(crate) kit: &'a Kit,
}

impl Link<'_> {
    /// Nothing passes from now on. Streams keep what is on its way and datagrams are lost; after [`GONE_AFTER`] of
    /// simulated time the other side is gone, with every stream.
    pub fn cut(&self) {
        self.kit.state(|state| state.cut());
    }

    /// Everything passes again. Who was gone joins anew.
    pub fn heal(&self) {
        self.kit.state(|state| state.heal());
    }

    /// Another line from now on.
    pub fn set(&self, line: Line) {
        self.kit.state(|state| state.line = line);
    }

    /// Tells both sides how the link is: `good`, `slow` or `stalled`.
    pub fn says(&self, word: &str) {
        self.kit.state(|state| state.tell_link(word));
    }
}
