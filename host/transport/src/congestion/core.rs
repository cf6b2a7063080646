//! The controller's rules, free of quinn's types: seconds and bytes in, a window out.

use super::base::BaseDelay;

/// Queueing aimed at: beside a transfer over 50 ms people wait 1.4 times as long. Jitter costs nothing at half of it either, since a
/// round goes by its smallest delay; the rest is for machines that look at their packets late.
const TARGET: f64 = 0.020;
/// Where slow start ends: an eighth of the base delay, within these bounds.
const SLOW_START_QUEUE: (f64, f64) = (0.004, 0.012);
/// Largest growth of a round far below the target, as a share of the window.
const GROWTH: f64 = 0.1;
/// Loss that is congestion even without a queue: shapers and full shallow buffers drop more than radio does.
const LOSS_CONGESTED: f64 = 0.03;
/// Packets of a round that are needed to see its smallest delay through jitter.
const SAMPLES_MIN: u32 = 4;
const ROUND_MIN: f64 = 0.001;
/// Windows in packets.
const WINDOW_INITIAL: u64 = 16;
const WINDOW_MIN: u64 = 8;
/// Beyond any use: 10 Gbit/s over 50 ms.
const WINDOW_MAX: f64 = 64e6;
/// A window that is that many times what a round carries is not what holds sending back, so it does not grow. In slow
/// start a round carries what the window was a round ago, or two.
const UNUSED: u64 = 4;
/// Without an empty queue for that long, make one, so that our own queue is not taken for the line.
const DRAIN_AFTER: f64 = 10.0;
const DRAIN_ROUNDS: u32 = 2;
/// A queue that counts as empty.
const EMPTY: f64 = 0.003;

#[derive(Clone, Debug)]
pub(super) struct DelayCore {
    packet_bytes: u64,
    window: f64,
    slow_start: bool,
    base: BaseDelay,
    round: Round,
    /// Queueing in the last round, in seconds.
    queue: f64,
    emptied_at: f64,
    drain: Option<Drain>,
    /// Bytes acknowledged in the last round.
    carried: u64,
}

#[derive(Clone, Debug)]
struct Round {
    start: Option<f64>,
    delay_min: f64,
    samples: u32,
    acked: u64,
    lost: u64,
    /// Whether the window, not the application, was what held sending back.
    filled: bool,
}

#[derive(Clone, Debug)]
struct Drain {
    window_after: f64,
    rounds_left: u32,
}

impl Round {
    fn starting(start: Option<f64>) -> Self {
        Self { start, delay_min: f64::INFINITY, samples: 0, acked: 0, lost: 0, filled: false }
    }
}

impl DelayCore {
    pub(super) fn new(packet_bytes: u16) -> Self {
        let packet_bytes = u64::from(packet_bytes);
        Self {
            packet_bytes,
            window: (WINDOW_INITIAL * packet_bytes) as f64,
            slow_start: true,
            base: BaseDelay::new(),
            round: Round::starting(None),
            queue: 0.0,
            emptied_at: 0.0,
            drain: None,
            carried: 0,
        }
    }

    pub(super) fn window(&self) -> u64 {
        self.window as u64
    }

    pub(super) fn initial_window(&self) -> u64 {
        WINDOW_INITIAL * self.packet_bytes
    }

    pub(super) fn base(&self) -> Option<f64> {
        self.base.get()
    }

    pub(super) fn handle_mtu(&mut self, packet_bytes: u16) {
        self.packet_bytes = u64::from(packet_bytes);
        self.window = self.window.max(self.window_min());
    }

    /// What was measured on the old path says nothing of the new one; the window stays, the next rounds correct it.
    pub(super) fn handle_path_change(&mut self) {
        self.base = BaseDelay::new();
        self.round = Round::starting(None);
        self.queue = 0.0;
        self.drain = None;
    }

    pub(super) fn handle_ack(&mut self, now: f64, sent: f64, bytes: u64, app_limited: bool, round_trip: f64) {
        let delay = (now - sent).max(0.0);
        self.base.add(now, delay);
        let round = &mut self.round;
        round.delay_min = round.delay_min.min(delay);
        round.samples += 1;
        round.acked += bytes;
        round.filled |= !app_limited;
        let start = *round.start.get_or_insert(now);
        if self.slow_start && !app_limited && self.window_is_used() {
            self.window = (self.window + bytes as f64).min(WINDOW_MAX);
        }
        let length = now - start;
        if length >= round_trip.max(ROUND_MIN) && self.round.samples >= SAMPLES_MIN {
            let ended = std::mem::replace(&mut self.round, Round::starting(Some(now)));
            self.handle_round(now, length, &ended);
        }
    }

    pub(super) fn handle_loss(&mut self, persistent: bool, lost_bytes: u64) {
        if persistent {
            // The path was gone, not full: begin again, and measure again.
            self.handle_path_change();
            self.window = self.window_min();
            self.slow_start = true;
        } else {
            // An ECN mark comes without lost bytes and counts as one lost packet.
            self.round.lost += lost_bytes.max(self.packet_bytes);
        }
    }

    fn handle_round(&mut self, now: f64, length: f64, round: &Round) {
        let Some(base) = self.base.get() else { return };
        self.queue = (round.delay_min - base).max(0.0);
        self.carried = round.acked;
        if self.queue < EMPTY {
            self.emptied_at = now;
        }
        if self.draining() {
            return;
        }
        let lost = round.lost as f64 / (round.acked + round.lost).max(1) as f64;
        // A single packet of a small round is a large share and means nothing.
        let congested_loss = lost > LOSS_CONGESTED && round.lost > 2 * self.packet_bytes;
        if self.slow_start {
            let (low, high) = SLOW_START_QUEUE;
            if self.queue > (base / 8.0).clamp(low, high) || congested_loss {
                self.slow_start = false;
                // What the line delivered in this round is what it can; a little queue on top keeps it busy.
                let carried = round.acked as f64 / length * (base + TARGET / 2.0);
                self.set_window(carried.clamp(self.window * 0.4, self.window));
            }
            return;
        }
        if congested_loss {
            self.set_window(self.window * 0.85);
        } else if round.lost > 0 && self.queue > TARGET / 2.0 {
            self.set_window(self.window * 0.7);
        } else if self.queue > TARGET {
            let cut = 0.5 * (self.queue - TARGET) / (self.queue + base);
            self.set_window(self.window * (1.0 - cut));
        } else if round.filled && self.window_is_used() {
            let distance = (TARGET - self.queue) / TARGET;
            let growth = (self.window * GROWTH).max(self.packet_bytes as f64) * distance;
            self.set_window(self.window + growth);
        }
        if round.filled && now - self.emptied_at > DRAIN_AFTER {
            self.drain = Some(Drain { window_after: self.window, rounds_left: DRAIN_ROUNDS });
            self.set_window(0.75 * self.window * base / (base + self.queue));
        }
    }

    /// Lets the queue run empty for two rounds, then goes on where it was.
    fn draining(&mut self) -> bool {
        let Some(drain) = &mut self.drain else { return false };
        drain.rounds_left = drain.rounds_left.saturating_sub(1);
        if drain.rounds_left == 0 {
            let window = drain.window_after;
            self.drain = None;
            self.emptied_at += DRAIN_AFTER;
            self.set_window(window);
        }
        true
    }

    fn window_is_used(&self) -> bool {
        self.window() <= UNUSED * self.carried.max(self.initial_window())
    }

    fn set_window(&mut self, window: f64) {
        self.window = window.clamp(self.window_min(), WINDOW_MAX);
    }

    fn window_min(&self) -> f64 {
        (WINDOW_MIN * self.packet_bytes) as f64
    }
}

#[cfg(test)]
mod tests;
