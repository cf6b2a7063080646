//! The controller on a simulated line: one bottleneck with a buffer, loss and jitter, packet by packet.

use super::*;
use crate::random::Seeded;
use std::collections::VecDeque;

const PACKET: u16 = 1200;

struct Line {
    /// Bytes a second.
    rate: f64,
    base: f64,
    buffer_bytes: f64,
    loss_percent: usize,
    jitter: f64,
}

struct Outcome {
    /// Share of the line's rate, without the first two seconds.
    used: f64,
    /// Mean queueing in seconds, ditto.
    queue: f64,
}

fn run(line: &Line, seconds: f64, core: &mut DelayCore) -> Outcome {
    let mut random = Seeded::new(1);
    let packet = f64::from(PACKET);
    let (mut now, mut in_flight, mut free_at) = (0.0f64, 0.0f64, 0.0f64);
    let mut acks: VecDeque<(f64, f64, bool)> = VecDeque::new();
    let (mut delivered, mut queue_sum, mut queue_count) = (0.0, 0.0, 0.0);
    let step = 0.0005;
    while now < seconds {
        now += step;
        while acks.front().is_some_and(|(at, _, _)| *at <= now) {
            let (at, sent, lost) = acks.pop_front().unwrap_or_default();
            in_flight -= packet;
            if lost {
                core.handle_loss(false, u64::from(PACKET));
                continue;
            }
            core.handle_ack(at, sent, u64::from(PACKET), false, line.base + 0.01);
            if at > 2.0 {
                delivered += packet;
            }
        }
        // Paced over a round trip, as quinn does.
        let mut allowance = core.window() as f64 / line.base * step * 1.25 + packet;
        while in_flight + packet <= core.window() as f64 && allowance > 0.0 {
            allowance -= packet;
            in_flight += packet;
            let waiting = (free_at - now).max(0.0);
            let dropped = waiting * line.rate > line.buffer_bytes || random.below(100) < line.loss_percent;
            if !dropped {
                free_at = free_at.max(now) + packet / line.rate;
            }
            if now > 2.0 {
                queue_sum += waiting;
                queue_count += 1.0;
            }
            let jitter = line.jitter * random.below(1000) as f64 / 1000.0;
            acks.push_back((free_at.max(now) + line.base + jitter, now, dropped));
        }
        acks.make_contiguous().sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    Outcome { used: delivered / line.rate / (seconds - 2.0), queue: queue_sum / f64::max(queue_count, 1.0) }
}

fn megabits(count: f64) -> f64 {
    count * 125_000.0
}

#[test]
fn a_deep_buffer_is_not_filled() {
    let line = Line { rate: megabits(20.0), base: 0.05, buffer_bytes: 1e6, loss_percent: 0, jitter: 0.0 };
    let outcome = run(&line, 30.0, &mut DelayCore::new(PACKET));
    assert!(outcome.used > 0.85, "used {}", outcome.used);
    assert!(outcome.queue < 0.04, "queue {}", outcome.queue);
}

#[test]
fn a_lossy_line_is_still_used() {
    let line = Line { rate: megabits(20.0), base: 0.05, buffer_bytes: 1e6, loss_percent: 1, jitter: 0.0 };
    let outcome = run(&line, 20.0, &mut DelayCore::new(PACKET));
    assert!(outcome.used > 0.75, "used {}", outcome.used);
}

#[test]
fn jitter_costs_no_throughput() {
    for jitter in [0.005, 0.02, 0.04] {
        let line = Line { rate: megabits(20.0), base: 0.05, buffer_bytes: 1e6, loss_percent: 0, jitter };
        let outcome = run(&line, 20.0, &mut DelayCore::new(PACKET));
        assert!(outcome.used > 0.95, "used {} with {jitter} s", outcome.used);
    }
}

#[test]
fn a_shallow_buffer_does_not_lose_for_ever() {
    let line = Line { rate: megabits(10.0), base: 0.04, buffer_bytes: 6_000.0, loss_percent: 0, jitter: 0.0 };
    let outcome = run(&line, 20.0, &mut DelayCore::new(PACKET));
    assert!(outcome.used > 0.6, "used {}", outcome.used);
}

#[test]
fn a_near_fast_peer_is_reached_at_speed() {
    let line = Line { rate: megabits(400.0), base: 0.001, buffer_bytes: 4e6, loss_percent: 0, jitter: 0.0005 };
    let outcome = run(&line, 4.0, &mut DelayCore::new(PACKET));
    assert!(outcome.used > 0.7, "used {}", outcome.used);
}

#[test]
fn a_longer_path_is_not_taken_for_a_queue() {
    let near = Line { rate: megabits(20.0), base: 0.01, buffer_bytes: 1e6, loss_percent: 0, jitter: 0.0 };
    let mut core = DelayCore::new(PACKET);
    run(&near, 5.0, &mut core);
    core.handle_path_change();
    let far = Line { base: 0.12, ..near };
    let outcome = run(&far, 10.0, &mut core);
    assert!(outcome.used > 0.6, "used {}", outcome.used);
}

#[test]
fn an_outage_begins_again_small() {
    let mut core = DelayCore::new(PACKET);
    let line = Line { rate: megabits(20.0), base: 0.05, buffer_bytes: 1e6, loss_percent: 0, jitter: 0.0 };
    run(&line, 5.0, &mut core);
    core.handle_loss(true, 100_000);
    assert_eq!(core.window(), WINDOW_MIN * u64::from(PACKET));
}

#[test]
fn a_window_that_is_not_used_does_not_grow() {
    let mut core = DelayCore::new(PACKET);
    for round in 0..10_000 {
        // Ten packets a round trip, though quinn says that the application was not what held them back.
        let now = f64::from(round) * 0.001;
        core.handle_ack(now, now - 0.01, u64::from(PACKET), false, 0.01);
    }
    assert!(core.window() < 200 * u64::from(PACKET), "{}", core.window());
}
