//! How often something may happen: so many times in a window, counted anew with each.

use std::time::{Duration, Instant};

#[derive(Debug)]
pub(crate) struct Pace {
    most: u32,
    window: Duration,
    since: Instant,
    count: u32,
}

impl Pace {
    pub(crate) fn new(most: u32, window: Duration) -> Self {
        Self { most, window, since: Instant::now(), count: 0 }
    }

    /// Whether it may happen once more.
    pub(crate) fn takes(&mut self, now: Instant) -> bool {
        if now.saturating_duration_since(self.since) >= self.window {
            (self.since, self.count) = (now, 0);
        }
        self.count = self.count.saturating_add(1);
        self.count <= self.most
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
        assert!(pace.takes(began + window * 2), "the next window counts anew");
        // Ten a second is a person who holds a key down.
        let mut pace = Pace::new(most, window);
        assert!((0..10_000).all(|tenth| pace.takes(began + Duration::from_millis(100 * tenth))));
    }
}
