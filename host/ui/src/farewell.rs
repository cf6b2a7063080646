//! Leaving a program whose sessions were just ended: its window stays until the other side was told.
//!
//! Both programs keep to this. Where the other side cannot be told, the window goes all the same.

use std::time::{Duration, Instant};

/// The other side is told a moment after the session is over here.
const TOLD_AFTER: Duration = Duration::from_millis(400);
/// No longer does anybody wait for a window to close.
const LEFT_AFTER: Duration = Duration::from_secs(3);
/// How often is to be looked whether it is over.
pub const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Somebody chose to leave, and the sessions were told to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Farewell {
    since: Instant,
}

impl Farewell {
    #[must_use]
    pub fn begin(now: Instant) -> Self {
        Self { since: now }
    }

    /// Whether the window may go. `running`: a session is not over here yet.
    #[must_use]
    pub fn is_over(&self, now: Instant, running: bool) -> bool {
        let waited = now.saturating_duration_since(self.since);
        waited > LEFT_AFTER || (!running && waited > TOLD_AFTER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_goes_when_the_other_side_was_told_and_after_three_seconds_at_the_latest() {
        let began = Instant::now();
        let farewell = Farewell::begin(began);
        for (ms, running, over) in [
            (0, false, false),
            (400, false, false),
            (401, false, true),
            (401, true, false),
            (3_000, true, false),
            (3_001, true, true),
        ] {
            assert_eq!(farewell.is_over(began + Duration::from_millis(ms), running), over, "{ms} ms, {running}");
        }
    }
}
