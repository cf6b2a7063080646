//! How much of a class may be under way: written here and not yet read there. Pure: time comes in as an argument.
//!
//! QUIC orders packets by priority but admits writes first come, first served into one shared window. So a class that
//! can fill it is held to about 1.3 × delivery rate × shortest round trip, what the line holds and a little more. The
//! rate is what the other end reports as read, taken over rounds of at least a round trip.

use std::time::Duration;

/// Room above the line's content, so that the rate can be seen to grow.
const GAIN: f64 = 1.3;
/// While the rate still grows: doubles each round, like slow start.
const GAIN_STARTING: f64 = 2.0;
/// A round that brings less than this much more is no growth.
const GROWTH: f64 = 1.2;
/// Rounds without growth that end the start, and rounds below the best after which the best is forgotten.
const ROUNDS_STAGNANT: u32 = 3;
const ROUNDS_BEST: u32 = 8;
/// What reading and reporting take beside the line, on a machine that has other things to do.
const SLACK: Duration = Duration::from_millis(4);
const ROUND_MIN: Duration = Duration::from_millis(10);

/// Between which figures the credit of a class moves, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) floor: u64,
    pub(crate) ceiling: u64,
}

/// The credit of one class on one link.
#[derive(Debug)]
pub(crate) struct Credit {
    bounds: Bounds,
    limit: u64,
    outstanding: u64,
    starting: bool,
    stagnant: u32,
    /// Bytes a second, best of the latest rounds.
    best: f64,
    recent_best: f64,
    below_best: u32,
    round_start: Option<Duration>,
    round_bytes: u64,
    /// Whether the credit was ever exhausted in this round; otherwise the writer set the rate, not the line.
    round_limited: bool,
}

impl Credit {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            limit: bounds.floor,
            outstanding: 0,
            starting: true,
            stagnant: 0,
            best: 0.0,
            recent_best: 0.0,
            below_best: 0,
            round_start: None,
            round_bytes: 0,
            round_limited: false,
        }
    }

    /// Bytes that may be written now.
    pub(crate) fn room(&self) -> u64 {
        self.limit.saturating_sub(self.outstanding)
    }

    /// Bytes that may be under way in all.
    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }

    /// Takes up to `wanted` bytes of room.
    pub(crate) fn take(&mut self, now: Duration, wanted: u64) -> u64 {
        if self.outstanding == 0 {
            // A rest is no measurement.
            self.round_start = Some(now);
            self.round_bytes = 0;
            self.round_limited = false;
        }
        let taken = wanted.min(self.room());
        self.outstanding += taken;
        self.round_limited |= taken < wanted;
        taken
    }

    /// Takes what there is no room for.
    pub(crate) fn take_beyond(&mut self, bytes: u64) {
        self.outstanding += bytes;
    }

    /// Gives back what was taken and not written, or will never be read.
    pub(crate) fn give_back(&mut self, bytes: u64) {
        self.outstanding = self.outstanding.saturating_sub(bytes);
    }

    /// The other end has read `bytes`; `round_trip` is the shortest one of this line.
    pub(crate) fn handle_read(&mut self, now: Duration, bytes: u64, round_trip: Duration) {
        self.give_back(bytes);
        self.round_bytes += bytes;
        let start = *self.round_start.get_or_insert(now);
        let length = now.saturating_sub(start);
        if length < round_trip.max(ROUND_MIN) {
            return;
        }
        let rate = self.round_bytes as f64 / length.as_secs_f64();
        self.handle_round(rate);
        self.round_start = Some(now);
        self.round_bytes = 0;
        self.round_limited = false;
        let gain = if self.starting { GAIN_STARTING } else { GAIN };
        let wanted = gain * self.best * (round_trip + SLACK).as_secs_f64();
        // Saturating on purpose: the ceiling is far below.
        self.limit = (wanted as u64).clamp(self.bounds.floor, self.bounds.ceiling);
    }

    fn handle_round(&mut self, rate: f64) {
        let grown = rate > self.best * GROWTH;
        if rate >= self.best {
            self.best = rate;
            self.recent_best = 0.0;
            self.below_best = 0;
        }
        if !self.round_limited {
            return;
        }
        if grown {
            self.stagnant = 0;
        } else {
            self.stagnant += 1;
            self.starting &= self.stagnant < ROUNDS_STAGNANT;
        }
        if rate < self.best {
            self.recent_best = self.recent_best.max(rate);
            self.below_best += 1;
            if self.below_best >= ROUNDS_BEST {
                self.best = self.recent_best;
                self.recent_best = 0.0;
                self.below_best = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { floor: 64 << 10, ceiling: 6 << 20 };

    /// A line of `rate` bytes a second with `round_trip` ms there and back; returns the limit at the end and bytes read.
    fn run(credit: &mut Credit, rate: u64, round_trip: u64, from: u64, to: u64) -> u64 {
        let mut queue: u64 = 0;
        let mut reports: std::collections::VecDeque<(u64, u64)> = std::collections::VecDeque::new();
        let mut read = 0;
        for now in from..to {
            queue += credit.take(Duration::from_millis(now), u64::MAX);
            let served = queue.min(rate / 1000);
            queue -= served;
            reports.push_back((now + round_trip, served));
            while reports.front().is_some_and(|(at, _)| *at <= now) {
                let (_, bytes) = reports.pop_front().unwrap_or_default();
                read += bytes;
                credit.handle_read(Duration::from_millis(now), bytes, Duration::from_millis(round_trip));
            }
        }
        for (_, bytes) in reports {
            credit.give_back(bytes);
        }
        credit.give_back(queue);
        read
    }

    #[test]
    fn it_fills_a_long_fast_line_and_little_more() {
        let mut credit = Credit::new(BOUNDS);
        let (rate, round_trip) = (12_500_000, 50);
        run(&mut credit, rate, round_trip, 0, 2_000);
        let read = run(&mut credit, rate, round_trip, 2_000, 4_000);
        assert!(read > rate * 2 * 9 / 10, "{read}");
        let holds = rate * round_trip / 1000;
        assert!((holds..holds * 2).contains(&credit.limit()), "{} of {holds}", credit.limit());
    }

    #[test]
    fn it_shrinks_with_the_line_but_not_below_the_floor() {
        let mut credit = Credit::new(BOUNDS);
        run(&mut credit, 12_500_000, 50, 0, 3_000);
        run(&mut credit, 250_000, 50, 3_000, 8_000);
        assert_eq!(credit.limit(), BOUNDS.floor);
    }

    #[test]
    fn a_limit_bites() {
        let mut credit = Credit::new(BOUNDS);
        assert_eq!(credit.take(Duration::ZERO, u64::MAX), BOUNDS.floor);
        assert_eq!(credit.take(Duration::ZERO, 1), 0);
        credit.give_back(10);
        assert_eq!(credit.room(), 10);
    }

    #[test]
    fn a_writer_with_little_to_say_does_not_shrink_it() {
        let mut credit = Credit::new(BOUNDS);
        run(&mut credit, 12_500_000, 50, 0, 3_000);
        let limit = credit.limit();
        for now in 3_000..6_000 {
            let at = Duration::from_millis(now);
            credit.take(at, 100);
            credit.handle_read(at, 100, Duration::from_millis(50));
        }
        assert!(credit.limit() >= limit);
    }
}
