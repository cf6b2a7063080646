//! How often something may happen: so many times in a window, counted anew with each; the rest is counted as left out.

use std::time::{Duration, Instant};

#[derive(Debug)]
pub(crate) struct Pace {
    most: u32,
    window: Duration,
    since: Instant,
    taken: u32,
    left_out: u64,
}

impl Pace {
    pub(crate) fn new(most: u32, window: Duration) -> Self {
        Self { most, window, since: Instant::now(), taken: 0, left_out: 0 }
    }

    /// Whether it may happen once more.
    pub(crate) fn takes(&mut self, now: Instant) -> bool {
        if now.saturating_duration_since(self.since) >= self.window {
            (self.since, self.taken) = (now, 0);
        }
        let takes = self.taken < self.most;
        if takes {
            self.taken += 1;
        } else {
            self.left_out += 1;
        }
        takes
    }

    /// How many were left out since this was last asked.
    pub(crate) fn take_left_out(&mut self) -> u64 {
        std::mem::take(&mut self.left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_without_an_end_is_taken_so_often_and_no_more() {
        let (most, window) = (1_000, Duration::from_secs(10));
        let began = Instant::now();
        let mut pace = Pace::new(most, window);
        assert_eq!((0..most * 3).filter(|_| pace.takes(began)).count(), most as usize);
        assert_eq!((pace.take_left_out(), pace.take_left_out()), (2_000, 0), "the rest is counted");
        assert!(pace.takes(began + window * 2), "the next window counts anew");
        // Ten a second is a person who holds a key down.
        let mut pace = Pace::new(most, window);
        assert!((0..10_000).all(|tenth| pace.takes(began + Duration::from_millis(100 * tenth))));
    }
}
