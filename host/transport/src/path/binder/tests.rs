//! The binder against a simulated forwarder on a lossy, slow line; every run replays from its seed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::bind::{RelayKey, Side};

const MS: Duration = Duration::from_millis(1);

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A forwarder that forgets its legs when it restarts.
struct Relay {
    key: RelayKey,
    bound: bool,
    up: bool,
    address: u16,
    bound_address: u16,
}

impl Relay {
    fn new() -> Self {
        Self { key: RelayKey::new([1; 32]), bound: false, up: true, address: 1, bound_address: 0 }
    }

    fn answer(&mut self, message: ToRelay) -> Option<FromRelay> {
        if !self.up {
            return None;
        }
        let from = ([192, 0, 2, 1], self.address).into();
        Some(match message {
            ToRelay::Bind { nonce, token } => match self.key.check(&token, 100) {
                Ok(_) => FromRelay::Challenge { nonce, cookie: self.key.cookie(from, &token, 100) },
                Err(error) => FromRelay::Refused { nonce, refusal: error.into() },
            },
            ToRelay::Proof { nonce, token, cookie, mac } => {
                let secret = self.key.leg_secret(&token);
                assert_eq!(mac, proof_mac(&secret, nonce, &token, &cookie));
                self.bound = true;
                self.bound_address = self.address;
                FromRelay::Bound { nonce, mac: bound_mac(&secret, nonce) }
            }
        })
    }
}

#[expect(clippy::too_many_arguments, reason = "what a wire does, said in one place by every test")]
/// Runs from `from` to `to` in steps of a millisecond; gives the time at which the relay first had us at our address.
fn run(
    binder: &mut Binder,
    relay: &mut Relay,
    random: &mut Seeded,
    loss_percent: usize,
    delay: u64,
    from: u64,
    to: u64,
    mut each: impl FnMut(&mut Binder, &mut Relay, u64),
) -> Option<u64> {
    let mut wires: Vec<(u64, Result<ToRelay, FromRelay>)> = Vec::new();
    let mut bound_at = None;
    for now in from..to {
        each(binder, relay, now);
        let (arrived, flying) = wires.into_iter().partition(|(at, _)| *at <= now);
        wires = flying;
        let arrived: Vec<(u64, Result<ToRelay, FromRelay>)> = arrived;
        for (_, message) in arrived {
            match message {
                Ok(up) => {
                    if let Some(answer) = relay.answer(up)
                        && random.below(100) >= loss_percent
                    {
                        wires.push((now + delay, Err(answer)));
                    }
                }
                Err(down) => binder.handle_message(ms(now), down),
            }
        }
        while let Some(message) = binder.poll_transmit(ms(now)) {
            if random.below(100) >= loss_percent {
                wires.push((now + delay, Ok(message)));
            }
        }
        assert!(binder.poll_timeout() + MS > ms(now));
        if bound_at.is_none() && relay.bound && relay.bound_address == relay.address && binder.is_bound() {
            bound_at = Some(now);
        }
    }
    bound_at
}

fn binder(relay: &Relay, seed: u64) -> Binder {
    Binder::new(ms(0), &relay.key.issue([9; 16], Side::Rep, 1_000), seed).unwrap()
}

#[test]
fn it_binds_over_any_line() {
    for seed in 0..200 {
        let mut random = Seeded::new(seed);
        let (loss, delay) = (random.below(40), random.below(800) as u64);
        let mut relay = Relay::new();
        let mut binder = binder(&relay, seed);
        let at = run(&mut binder, &mut relay, &mut random, loss, delay, 0, 40_000, |_, _, _| {});
        assert!(at.is_some(), "seed {seed}: {loss} % loss, {delay} ms");
        if loss == 0 {
            assert!(at.unwrap() <= 4 * delay + 2, "seed {seed}: {at:?} at {delay} ms");
        }
    }
}

#[test]
fn a_restarted_relay_is_bound_again_in_under_two_seconds() {
    for seed in 0..100 {
        let mut random = Seeded::new(seed);
        let delay = 1 + random.below(100) as u64;
        let mut relay = Relay::new();
        let mut binder = binder(&relay, seed);
        run(&mut binder, &mut relay, &mut random, 0, delay, 0, 3_000, |_, _, _| {}).expect("bound");
        relay.bound = false;
        relay.up = false;
        let back = 3_000 + random.below(8_000) as u64;
        let at = run(&mut binder, &mut relay, &mut random, 0, delay, 3_000, back + 4_000, |binder, relay, now| {
            relay.up = now >= back;
            binder.handle_traffic(ms(now), Some(ms(3_000)));
        });
        assert!(at.unwrap() < back + 2_000, "seed {seed}: back at {back}, bound at {at:?}");
    }
}

#[test]
fn unbound_makes_it_ask_at_once_and_not_more_than_ten_times_a_second() {
    let mut relay = Relay::new();
    let mut random = Seeded::new(1);
    let mut binder = binder(&relay, 1);
    run(&mut binder, &mut relay, &mut random, 0, 0, 0, 1_000, |_, _, _| {}).expect("bound");
    let mut asked = 0;
    for now in 1_000..2_000 {
        binder.handle_message(ms(now), FromRelay::Unbound);
        while let Some(message) = binder.poll_transmit(ms(now)) {
            asked += u32::from(matches!(message, ToRelay::Bind { .. }));
            if let Some(answer) = relay.answer(message) {
                binder.handle_message(ms(now), answer);
            }
        }
    }
    assert!((5..=10).contains(&asked), "{asked}");
}

#[test]
fn a_new_address_is_told_at_once() {
    let mut relay = Relay::new();
    let mut random = Seeded::new(1);
    let mut binder = binder(&relay, 1);
    run(&mut binder, &mut relay, &mut random, 0, 10, 0, 1_000, |_, _, _| {}).expect("bound");
    relay.address = 2;
    binder.handle_moved(ms(1_000));
    let at = run(&mut binder, &mut relay, &mut random, 0, 10, 1_000, 2_000, |_, _, _| {});
    assert!(at.unwrap() < 1_100);
}

#[test]
fn a_refusal_is_told_and_a_new_ticket_is_tried_at_once() {
    let mut relay = Relay::new();
    let mut random = Seeded::new(1);
    let expired = relay.key.issue([9; 16], Side::Rep, 1);
    let mut binder = Binder::new(ms(0), &expired, 1).unwrap();
    assert_eq!(run(&mut binder, &mut relay, &mut random, 0, 5, 0, 4_000, |_, _, _| {}), None);
    assert_eq!(binder.poll_event(), Some(BindEvent::Refused(Refusal::Expired)));
    binder.handle_ticket(ms(4_000), &relay.key.issue([9; 16], Side::Rep, 1_000)).unwrap();
    assert!(run(&mut binder, &mut relay, &mut random, 0, 5, 4_000, 4_100, |_, _, _| {}).is_some());
}

#[test]
fn nobody_but_the_relay_can_say_bound() {
    let relay = Relay::new();
    let mut binder = binder(&relay, 1);
    let Some(ToRelay::Bind { nonce, .. }) = binder.poll_transmit(ms(0)) else { panic!("no bind") };
    binder.handle_message(ms(1), FromRelay::Challenge { nonce, cookie: [0; COOKIE_BYTES] });
    binder.handle_message(ms(1), FromRelay::Bound { nonce, mac: [0; 16] });
    assert!(!binder.is_bound());
}

#[test]
fn idle_legs_are_kept_alive() {
    let mut relay = Relay::new();
    let mut random = Seeded::new(1);
    let mut binder = binder(&relay, 1);
    run(&mut binder, &mut relay, &mut random, 0, 5, 0, 1_000, |_, _, _| {}).expect("bound");
    relay.bound = false;
    run(&mut binder, &mut relay, &mut random, 0, 5, 1_000, 14_000, |_, _, _| {}).expect("bound again by keepalive");
}
