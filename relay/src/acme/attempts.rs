//! How often an authority refused, and how long it is left alone after that. Kept over restarts: a relay that is started
//! again and again must not use up what an authority allows within a week.

use serde::{Deserialize, Serialize};

/// After an authority that was not reached or not up to it, in seconds: mostly the network is not there yet.
const UNREACHED_S: i64 = 15;
/// After a refusal, in seconds. Let's Encrypt takes five failed checks of a name an hour, and counts on beyond them.
const REFUSED_S: i64 = 5 * 60;
/// After an order whose end nobody saw, in seconds: a relay that crashes again and again stays under the 300 orders in three
/// hours that Let's Encrypt takes.
const BEGUN_S: i64 = 60;
/// Longest pause of our own, in seconds. A certificate of six days has two of them left when it is to be renewed.
const PAUSE_S_MAX: i64 = 6 * 3600;
/// Longest pause that an authority may ask for, in seconds. After a longer one it would say so again.
pub const ASKED_S_MAX: u64 = 24 * 3600;
/// Between two certificates, in seconds, however short they live.
const BETWEEN_S: i64 = 30;
/// Failures from which on pauses are the longest anyway.
const FAILURES_COUNTED: u32 = 16;

/// Why there is no certificate, as far as pauses go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The authority was not reached or not up to it, and has counted nothing.
    Unreached,
    Refused,
}

/// What came of asking.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// Digest of what was asked for, and of whom. Of something else nothing is known.
    wanted: String,
    /// Since the last certificate.
    failures: u32,
    /// Not before that, in seconds since 1970.
    next_s: i64,
}

impl Attempts {
    /// Of something that was never asked for, unless it is what `self` tells of.
    pub fn of(self, wanted: &str) -> Self {
        if self.wanted == wanted { self } else { Self { wanted: wanted.to_owned(), ..Self::default() } }
    }

    /// Not before that, in seconds since 1970. No later than the longest pause allows: the clock may have been wrong.
    pub fn next_s(&self, now_s: i64) -> i64 {
        let longest_s = i64::try_from(ASKED_S_MAX).unwrap_or(PAUSE_S_MAX).max(PAUSE_S_MAX);
        self.next_s.min(now_s.saturating_add(longest_s))
    }

    /// Since the last certificate.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// A certificate is being asked for.
    pub fn begun(&mut self, now_s: i64) {
        self.next_s = now_s.saturating_add(BEGUN_S);
    }

    /// There is a certificate.
    pub fn succeeded(&mut self, now_s: i64) {
        self.failures = 0;
        self.next_s = now_s.saturating_add(BETWEEN_S);
    }

    /// There is none. `asked_s`: how long the authority wants to be left alone. `draw`: any byte, by which the pause differs
    /// from other relays'.
    pub fn failed(&mut self, now_s: i64, failure: Failure, asked_s: Option<u64>, draw: u8) {
        self.failures = self.failures.saturating_add(1);
        let first_s = match failure {
            Failure::Unreached => UNREACHED_S,
            Failure::Refused => REFUSED_S,
        };
        let doublings = (self.failures - 1).min(FAILURES_COUNTED);
        let pause_s = first_s.saturating_mul(1_i64 << doublings).min(PAUSE_S_MAX);
        // Up to a quarter less.
        let pause_s = pause_s - pause_s * i64::from(draw) / (4 * i64::from(u8::MAX));
        let asked_s = asked_s.map_or(0, |asked_s| i64::try_from(asked_s.min(ASKED_S_MAX)).unwrap_or(PAUSE_S_MAX));
        self.next_s = now_s.saturating_add(pause_s.max(asked_s));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const NOW_S: i64 = 1_800_000_000;

    fn pauses(failure: Failure, draw: u8, number: usize) -> Vec<i64> {
        let mut attempts = Attempts::default().of("w");
        let pause = |_| {
            attempts.failed(NOW_S, failure, None, draw);
            attempts.next_s(NOW_S) - NOW_S
        };
        (0..number).map(pause).collect()
    }

    #[test]
    fn pauses_grow_up_to_six_hours_and_differ_by_a_quarter() {
        assert_eq!(pauses(Failure::Refused, 0, 8), [300, 600, 1_200, 2_400, 4_800, 9_600, 19_200, 21_600]);
        assert_eq!(pauses(Failure::Unreached, 0, 4), [15, 30, 60, 120]);
        assert_eq!(pauses(Failure::Refused, u8::MAX, 2), [225, 450]);
        assert_eq!(pauses(Failure::Refused, 0, 100).last(), Some(&PAUSE_S_MAX));
        let five: i64 = pauses(Failure::Refused, u8::MAX, 5).iter().sum();
        assert!(five > 3_600, "no more than five failed checks an hour");
    }

    #[test]
    fn an_authority_that_asks_for_a_longer_pause_gets_it_within_a_day() {
        let mut attempts = Attempts::default().of("w");
        attempts.failed(NOW_S, Failure::Refused, Some(7_200), 0);
        assert_eq!(attempts.next_s(NOW_S), NOW_S + 7_200);
        attempts.failed(NOW_S, Failure::Refused, Some(1), 0);
        assert_eq!(attempts.next_s(NOW_S), NOW_S + 600, "but no shorter one");
        attempts.failed(NOW_S, Failure::Refused, Some(u64::MAX), 0);
        assert_eq!(attempts.next_s(NOW_S), NOW_S + 24 * 3600);
    }

    #[test]
    fn what_was_refused_is_remembered_and_nothing_else() {
        let mut attempts = Attempts::default().of("relay.example");
        attempts.failed(NOW_S, Failure::Refused, None, 0);
        attempts.failed(NOW_S, Failure::Refused, None, 0);
        let kept = serde_json::to_vec(&attempts).unwrap();
        let read: Attempts = serde_json::from_slice(&kept).unwrap();
        assert_eq!(read.clone().of("relay.example").next_s(NOW_S), NOW_S + 600);
        assert_eq!(read.clone().of("other.example").next_s(NOW_S), 0, "others were never asked for");
        let before_s = NOW_S - 10 * 365 * 24 * 3600;
        assert_eq!(read.clone().of("relay.example").next_s(before_s), before_s + 24 * 3600, "the clock was ahead");
        let mut read = read.of("relay.example");
        read.begun(NOW_S);
        assert_eq!(
            (read.failures(), read.next_s(NOW_S)),
            (2, NOW_S + BEGUN_S),
            "whoever is killed meanwhile waits, too"
        );
        read.succeeded(NOW_S);
        assert_eq!((read.failures(), read.next_s(NOW_S)), (0, NOW_S + BETWEEN_S));
    }
}
