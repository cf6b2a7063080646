//! So many of something a second; the rest is counted and left out.

use parking_lot::Mutex;
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(crate) struct Rate(Mutex<Taken>);

#[derive(Debug, Default)]
struct Taken {
    /// When the present second began; `None`: nothing was taken yet.
    since: Option<Instant>,
    taken: u32,
    left_out: u64,
}

impl Rate {
    /// Whether one more fits into this second.
    pub(crate) fn take(&self, now: Instant, max_per_s: u32) -> bool {
        let mut of = self.0.lock();
        if of.since.is_none_or(|since| now.saturating_duration_since(since) >= SECOND) {
            (of.since, of.taken) = (Some(now), 0);
        }
        let fits = of.taken < max_per_s;
        if fits {
            of.taken += 1;
        } else {
            of.left_out += 1;
        }
        fits
    }

    /// How many were left out since this was last asked.
    pub(crate) fn take_left_out(&self) -> u64 {
        std::mem::take(&mut self.0.lock().left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holds_so_many_and_the_rest_is_counted() {
        let (rate, now) = (Rate::default(), Instant::now());
        assert_eq!((0..100).filter(|_| rate.take(now, 5)).count(), 5);
        assert!(!rate.take(now + SECOND - Duration::from_millis(1), 5));
        assert_eq!((rate.take_left_out(), rate.take_left_out()), (96, 0));
        assert!(rate.take(now + SECOND, 5));
    }
}
