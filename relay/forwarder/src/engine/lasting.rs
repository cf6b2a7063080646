//! N5 · A leg through which something goes now and then is never forgotten, even when its ticket has long expired.
//!
//! QUIC sends a packet a second when nobody does anything, and an end binds again every 12 s; a leg is forgotten after a
//! minute of silence. So an idle session lasts as long as both programs do. Here it is idle for longer than a ticket holds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use lotse_transport::bind::{LegTicket, Side};

const START_UNIX: u64 = 1_000_000;
const DAY_S: u64 = 24 * 60 * 60;
/// A ticket's time; see the relay's `legs`.
const TICKET_S: u64 = 7 * DAY_S;
/// Worse than what ends do, so that a few lost packets are in it.
const STEP_S: u64 = 30;

fn after(seconds: u64) -> Now {
    Now { uptime: Duration::from_secs(seconds), unix: START_UNIX + seconds }
}

fn answer(verdict: Verdict) -> FromRelay {
    let Verdict::Answer(packet) = verdict else { panic!("{verdict:?}") };
    FromRelay::decode(&packet).unwrap()
}

fn bind(engine: &mut Engine, now: Now, ticket: &LegTicket, from: SocketAddr) -> FromRelay {
    let token = ticket.token_array().unwrap();
    let hello = ToRelay::Bind { nonce: 1, token }.encode();
    let challenge = answer(engine.handle_batch(now, from, &hello, hello.len()));
    let FromRelay::Challenge { cookie, .. } = challenge else {
        return challenge;
    };
    let mac = proof_mac(&ticket.secret, 1, &token, &cookie);
    let proof = ToRelay::Proof { nonce: 1, token, cookie, mac }.encode();
    answer(engine.handle_batch(now, from, &proof, 0))
}

#[test]
fn n5_an_idle_session_outlives_its_tickets() {
    let key = RelayKey::new([4; 32]);
    let mut engine = Engine::new(key.clone(), 10, None, Arc::default());
    let at = |port: u16| SocketAddr::from(([192, 0, 2, 1], port));
    let ends = [(Side::Rep, at(1), at(2)), (Side::Customer, at(2), at(1))];
    let tickets = ends.map(|(side, ..)| key.issue([1; 16], side, START_UNIX + TICKET_S));
    for ((_, from, _), ticket) in ends.iter().zip(&tickets) {
        assert!(matches!(bind(&mut engine, after(0), ticket, *from), FromRelay::Bound { .. }));
    }
    for step in 1..=(TICKET_S + DAY_S) / STEP_S {
        let now = after(step * STEP_S);
        engine.sweep(now);
        for ((_, from, to), ticket) in ends.iter().zip(&tickets) {
            let kept_alive = engine.handle_batch(now, *from, &[0x40; 40], 40);
            assert_eq!(kept_alive, Verdict::Forward(*to), "after {} s", step * STEP_S);
            let bound = matches!(bind(&mut engine, now, ticket, *from), FromRelay::Bound { .. });
            assert_eq!(bound, step * STEP_S < TICKET_S, "after {} s", step * STEP_S);
        }
    }
}
