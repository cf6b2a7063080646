//! When a frame that others covered comes to the top again: at once after some quiet, and ever more slowly while somebody
//! keeps covering it. No I/O and no clock: the time comes in.

use std::time::{Duration, Instant};

/// How long a restack by others is let stand at first, and at most while somebody keeps doing it.
const AFTER: Duration = Duration::from_millis(50);
const AFTER_MAX: Duration = Duration::from_secs(2);
/// After so much quiet the next restack is answered fast again.
const QUIET: Duration = Duration::from_secs(10);

pub(crate) struct Raises {
    /// How long the next restack is let stand.
    wait: Duration,
    last: Option<Instant>,
    due: Option<Instant>,
}

impl Raises {
    pub(crate) fn new() -> Self {
        Self { wait: AFTER, last: None, due: None }
    }

    /// When to look at [`Self::take`] again. `None`: nothing covers the frame.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Another window is above the frame.
    pub(crate) fn covered(&mut self, now: Instant) {
        if self.due.is_some() {
            return;
        }
        if self.last.is_some_and(|last| now.saturating_duration_since(last) > QUIET) {
            self.wait = AFTER;
        }
        self.due = Some(now + self.wait);
        self.wait = (self.wait * 2).min(AFTER_MAX);
    }

    /// Whether the frame is to be raised now; once for each time that it was covered.
    pub(crate) fn take(&mut self, now: Instant) -> bool {
        let is_due = self.due.is_some_and(|due| due <= now);
        if is_due {
            (self.due, self.last) = (None, Some(now));
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_rival_is_answered_ever_more_slowly_and_after_some_quiet_at_once() {
        let (mut raises, mut now) = (Raises::new(), Instant::now());
        let mut answer_ms = |now: &mut Instant| {
            assert!(!raises.take(*now), "nothing covers it");
            raises.covered(*now);
            raises.covered(*now);
            let due = raises.due().unwrap();
            assert!(!raises.take(*now), "not yet");
            let waited = due - *now;
            *now = due;
            assert!(raises.take(due) && raises.due().is_none());
            waited.as_millis()
        };
        let waits: Vec<u128> = (0..8).map(|_| answer_ms(&mut now)).collect();
        assert_eq!(waits, [50, 100, 200, 400, 800, 1600, 2000, 2000]);
        now += QUIET + AFTER;
        assert_eq!(answer_ms(&mut now), 50);
    }
}
