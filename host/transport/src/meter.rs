//! How a link is doing, in figures and in one word.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::path::PathReport;

/// Rates are taken over at least this long.
const WINDOW: Duration = Duration::from_millis(500);
/// There is a packet a second, so this long without one is no accident.
const STALLED_AFTER: Duration = Duration::from_millis(2500);
/// Steering a screen gets tedious from here.
const SLOW_ROUND_TRIP: Duration = Duration::from_millis(300);
const SLOW_LOSS: f64 = 0.05;

/// The state of a link in one word, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// Nothing to complain of.
    Good,
    /// Long round trips or much loss.
    Slow,
    /// Nothing came for seconds.
    Stalled,
}

/// The state of a link in figures.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkStats {
    /// One word for all of it.
    pub state: LinkState,
    /// Round trip now, smoothed.
    pub round_trip: Duration,
    /// Shortest round trip of the present path.
    pub round_trip_min: Duration,
    /// UDP bytes a second that went out, over the last half second or more.
    pub sent_per_second: f64,
    /// UDP bytes a second that came in.
    pub received_per_second: f64,
    /// Share of sent packets that were lost, 0 to 1.
    pub loss: f64,
    /// UDP bytes that went out since the start.
    pub sent_bytes: u64,
    /// UDP bytes that came in since the start.
    pub received_bytes: u64,
    /// Bytes that congestion control lets be under way.
    pub window_bytes: u64,
    /// Time since the last packet of the other end.
    pub since_peer: Duration,
    /// The path under it: with `since_peer` it tells whose side a stall is on.
    pub path: PathReport,
}

#[derive(Clone, Copy, Debug)]
struct Sample {
    at: Instant,
    sent_bytes: u64,
    received_bytes: u64,
    sent_packets: u64,
    lost_packets: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Rates {
    sent: f64,
    received: f64,
    loss: f64,
}

/// Turns counters into rates, however often it is asked.
#[derive(Debug)]
pub(crate) struct Meter(Mutex<(Option<Sample>, Rates)>);

impl Meter {
    pub(crate) fn new() -> Self {
        Self(Mutex::new((None, Rates::default())))
    }

    pub(crate) fn stats(
        &self,
        now: Instant,
        counters: &quinn::ConnectionStats,
        round_trip_min: Duration,
        path: PathReport,
    ) -> LinkStats {
        let sample = Sample {
            at: now,
            sent_bytes: counters.udp_tx.bytes,
            received_bytes: counters.udp_rx.bytes,
            sent_packets: counters.path.sent_packets,
            lost_packets: counters.path.lost_packets,
        };
        let rates = self.rates(sample);
        let round_trip = counters.path.rtt;
        LinkStats {
            state: judge(path.since_peer, round_trip, rates.loss),
            round_trip,
            round_trip_min,
            sent_per_second: rates.sent,
            received_per_second: rates.received,
            loss: rates.loss,
            sent_bytes: sample.sent_bytes,
            received_bytes: sample.received_bytes,
            window_bytes: counters.path.cwnd,
            since_peer: path.since_peer,
            path,
        }
    }

    fn rates(&self, sample: Sample) -> Rates {
        let mut state = self.0.lock();
        let (last, rates) = &mut *state;
        let Some(before) = *last else {
            *last = Some(sample);
            return *rates;
        };
        let elapsed = sample.at.saturating_duration_since(before.at);
        if elapsed >= WINDOW {
            let per_second = |now: u64, then: u64| now.saturating_sub(then) as f64 / elapsed.as_secs_f64();
            let packets = sample.sent_packets.saturating_sub(before.sent_packets).max(1);
            *rates = Rates {
                sent: per_second(sample.sent_bytes, before.sent_bytes),
                received: per_second(sample.received_bytes, before.received_bytes),
                // Losses may belong to packets of the window before.
                loss: (sample.lost_packets.saturating_sub(before.lost_packets) as f64 / packets as f64).min(1.0),
            };
            *last = Some(sample);
        }
        *rates
    }
}

fn judge(since_peer: Duration, round_trip: Duration, loss: f64) -> LinkState {
    if since_peer > STALLED_AFTER.max(round_trip * 3) {
        LinkState::Stalled
    } else if round_trip > SLOW_ROUND_TRIP || loss > SLOW_LOSS {
        LinkState::Slow
    } else {
        LinkState::Good
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_judged_by_silence_then_by_delay_and_loss() {
        let ms = Duration::from_millis;
        assert_eq!(judge(ms(900), ms(40), 0.0), LinkState::Good);
        assert_eq!(judge(ms(900), ms(400), 0.0), LinkState::Slow);
        assert_eq!(judge(ms(900), ms(40), 0.2), LinkState::Slow);
        assert_eq!(judge(ms(2600), ms(40), 0.0), LinkState::Stalled);
        assert_eq!(judge(ms(2600), ms(1000), 0.0), LinkState::Slow);
    }

    #[test]
    fn rates_are_those_of_the_last_window() {
        let meter = Meter::new();
        let start = Instant::now();
        let sample = |ms: u64, bytes| Sample {
            at: start + Duration::from_millis(ms),
            sent_bytes: bytes,
            received_bytes: 0,
            sent_packets: bytes / 100,
            lost_packets: 0,
        };
        meter.rates(sample(0, 0));
        assert_eq!(meter.rates(sample(1000, 5000)).sent, 5000.0);
        assert_eq!(meter.rates(sample(1100, 5000)).sent, 5000.0);
        assert_eq!(meter.rates(sample(2000, 5000)).sent, 0.0);
    }
}
