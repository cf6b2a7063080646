//! The relay's one look at clocks: milliseconds since start for what waits, Unix seconds for what is stored.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Runs from the relay's start and never backwards. Copies agree.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// Starts now.
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// Milliseconds since the start.
    pub fn now_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// When `at_ms` is, for a timer.
    pub fn instant(&self, at_ms: u64) -> Instant {
        self.start.checked_add(std::time::Duration::from_millis(at_ms)).unwrap_or(self.start)
    }
}

/// Seconds since 1970; 0 when the machine's clock is before that.
pub fn unix_s() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
