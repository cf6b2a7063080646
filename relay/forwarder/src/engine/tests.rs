//! The engine without a socket: who gets what, and that nothing grows, leaks or panics whatever comes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use lotse_transport::bind::{LegTicket, Side};

const NOW: Now = Now { uptime: Duration::from_secs(5), unix: 1_000 };

fn at(port: u16) -> SocketAddr {
    ([192, 0, 2, 1], port).into()
}

fn engine(legs_max: usize) -> (Engine, RelayKey) {
    let key = RelayKey::new([4; 32]);
    (Engine::new(key.clone(), legs_max, None, Arc::default()), key)
}

fn answer(verdict: Verdict) -> FromRelay {
    let Verdict::Answer(packet) = verdict else { panic!("{verdict:?}") };
    FromRelay::decode(&packet).unwrap()
}

fn bind(engine: &mut Engine, ticket: &LegTicket, from: SocketAddr) -> FromRelay {
    let token = ticket.token_array().unwrap();
    let hello = ToRelay::Bind { nonce: 1, token }.encode();
    let challenge = answer(engine.handle_batch(NOW, from, &hello, hello.len()));
    let FromRelay::Challenge { cookie, .. } = challenge else {
        return challenge;
    };
    let mac = proof_mac(&ticket.secret, 1, &token, &cookie);
    let proof = ToRelay::Proof { nonce: 1, token, cookie, mac }.encode();
    answer(engine.handle_batch(NOW, from, &proof, 0))
}

#[test]
fn two_bound_ends_reach_each_other() {
    let (mut engine, key) = engine(10);
    let rep = key.issue([1; 16], Side::Rep, 2_000);
    let customer = key.issue([1; 16], Side::Customer, 2_000);
    assert_eq!(bind(&mut engine, &rep, at(1)), FromRelay::Bound { nonce: 1, mac: bound_mac(&rep.secret, 1) });
    bind(&mut engine, &customer, at(2));
    assert_eq!(engine.handle_batch(NOW, at(1), &[0x40; 100], 30), Verdict::Forward(at(2)));
    assert_eq!(engine.handle_batch(NOW, at(2), &[0x40; 100], 100), Verdict::Forward(at(1)));
    let report = engine.metrics.report();
    assert_eq!((report.packets, report.bytes, report.legs, report.binds), (5, 200, 2, 2));
}

#[test]
fn a_stranger_gets_one_byte_and_nothing_is_forwarded() {
    let (mut engine, _) = engine(10);
    assert_eq!(answer(engine.handle_batch(NOW, at(9), &[0x40; 1200], 1200)), FromRelay::Unbound);
    assert_eq!(engine.handle_batch(NOW, at(9), &[0x40; 1200], 1200), Verdict::Drop);
    assert_eq!(engine.handle_batch(NOW, at(8), &[0x40; 20], 20), Verdict::Drop);
    assert_eq!(engine.metrics.report().dropped_unbound, 3);
}

#[test]
fn a_ticket_must_be_in_time_and_ours() {
    let (mut engine, key) = engine(10);
    let refused = |refusal| FromRelay::Refused { nonce: 1, refusal };
    let expired = key.issue([1; 16], Side::Rep, 1_000);
    assert_eq!(bind(&mut engine, &expired, at(1)), refused(Refusal::Expired));
    let foreign = RelayKey::new([5; 32]).issue([1; 16], Side::Rep, 2_000);
    assert_eq!(bind(&mut engine, &foreign, at(1)), refused(Refusal::Forged));
    // Somebody who saw the token on the wire does not have the secret.
    let mut stolen = key.issue([1; 16], Side::Rep, 2_000);
    stolen.secret = [0; 32];
    assert_eq!(bind(&mut engine, &stolen, at(1)), refused(Refusal::Forged));
    assert_eq!(engine.metrics.report().legs, 0);
}

#[test]
fn a_proof_counts_only_at_the_address_that_got_the_cookie() {
    let (mut engine, key) = engine(10);
    let ticket = key.issue([1; 16], Side::Rep, 2_000);
    let token = ticket.token_array().unwrap();
    let cookie = key.cookie(at(1), &token, NOW.unix);
    let mac = proof_mac(&ticket.secret, 1, &token, &cookie);
    let proof = ToRelay::Proof { nonce: 1, token, cookie, mac }.encode();
    assert!(matches!(answer(engine.handle_batch(NOW, at(2), &proof, 0)), FromRelay::Challenge { .. }));
    assert_eq!(engine.metrics.report().legs, 0);
}

#[test]
fn a_full_relay_says_so() {
    let (mut engine, key) = engine(1);
    bind(&mut engine, &key.issue([1; 16], Side::Rep, 2_000), at(1));
    let second = bind(&mut engine, &key.issue([2; 16], Side::Rep, 2_000), at(2));
    assert_eq!(second, FromRelay::Refused { nonce: 1, refusal: Refusal::Full });
}

/// Whoever was in one session kept a way through the forwarder for as long as the ticket held: seven days.
#[test]
fn a_ticket_is_over_with_its_session() {
    let key = RelayKey::new([4; 32]);
    let sessions = Sessions::of([[1; 16]]);
    let mut engine = Engine::new(key.clone(), 10, Some(sessions.clone()), Arc::default());
    let (rep, customer) = (key.issue([1; 16], Side::Rep, 2_000), key.issue([1; 16], Side::Customer, 2_000));
    let refused = FromRelay::Refused { nonce: 1, refusal: Refusal::Expired };
    for (ticket, port) in [(&rep, 1), (&customer, 2)] {
        assert!(matches!(bind(&mut engine, ticket, at(port)), FromRelay::Bound { .. }));
    }
    let other = key.issue([2; 16], Side::Rep, 2_000);
    assert_eq!(bind(&mut engine, &other, at(3)), refused, "no session that the relay knows");
    sessions.open([2; 16]);
    assert!(matches!(bind(&mut engine, &other, at(3)), FromRelay::Bound { .. }));

    sessions.close(&[1; 16]);
    assert_eq!(bind(&mut engine, &rep, at(1)), refused);
    let after = |seconds: u64| Now { uptime: NOW.uptime + Duration::from_secs(seconds), unix: NOW.unix + seconds };
    for second in 0..20 {
        if second % 5 == 0 {
            engine.sweep(after(second));
        }
        let verdict = engine.handle_batch(after(second), at(1), &[0x40; 100], 100);
        assert_eq!(verdict == Verdict::Forward(at(2)), second < 5, "{verdict:?} after {second} s");
    }
    assert_eq!(engine.metrics.report().legs, 1, "the other session's");
}

/// Scar: the relay ended sessions by their control connections alone, and took the line of those that went on without.
#[test]
fn the_relay_learns_whether_both_ends_talk() {
    let key = RelayKey::new([4; 32]);
    let sessions = Sessions::of([[1; 16], [2; 16]]);
    let mut engine = Engine::new(key.clone(), 10, Some(sessions.clone()), Arc::default());
    for (session, port) in [([1; 16], 1), ([2; 16], 3)] {
        bind(&mut engine, &key.issue(session, Side::Rep, 2_000), at(port));
        bind(&mut engine, &key.issue(session, Side::Customer, 2_000), at(port + 1));
    }
    for port in [1, 2, 3] {
        engine.handle_batch(NOW, at(port), &[0x40; 100], 100);
    }
    engine.sweep(NOW);
    let recent = |session| sessions.quiet(&session).is_some_and(|quiet| quiet < Duration::from_secs(60));
    assert!(recent([1; 16]));
    assert_eq!(sessions.quiet(&[2; 16]), None, "one end alone");
    assert_eq!(sessions.quiet(&[3; 16]), None, "nobody's");
    sessions.open([1; 16]);
    assert!(recent([1; 16]), "another ticket of it changes nothing");
    sessions.close(&[1; 16]);
    sessions.open([1; 16]);
    assert_eq!(sessions.quiet(&[1; 16]), None);
}

#[test]
fn bind_messages_inside_a_train_are_not_forwarded() {
    let (mut engine, key) = engine(10);
    bind(&mut engine, &key.issue([1; 16], Side::Rep, 2_000), at(1));
    bind(&mut engine, &key.issue([1; 16], Side::Customer, 2_000), at(2));
    let mut train = vec![0x40; 90];
    train[60] = 0x11;
    assert_eq!(engine.handle_batch(NOW, at(1), &train, 30), Verdict::Split);
}

#[test]
fn fuzz_packets() {
    let (mut engine, key) = engine(8);
    let ticket = key.issue([1; 16], Side::Rep, 2_000);
    let token = ticket.token_array().unwrap();
    let cookie = key.cookie(at(1), &token, NOW.unix);
    let seeds = [
        ToRelay::Bind { nonce: 7, token }.encode(),
        ToRelay::Proof { nonce: 7, token, cookie, mac: [9; 16] }.encode(),
        vec![0x40; 1200],
        vec![],
    ];
    let mut state = 0x5eed_u64;
    let mut random = |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit.max(1)
    };
    for _ in 0..100_000 {
        let mut packet = seeds[random(seeds.len())].clone();
        for _ in 0..random(4) {
            if !packet.is_empty() {
                let index = random(packet.len());
                packet[index] = random(256) as u8;
            }
        }
        packet.truncate(random(1300));
        let (from, stride) = (at(random(50) as u16), random(200));
        match engine.handle_batch(NOW, from, &packet, stride) {
            Verdict::Answer(answer) => assert!(answer.len() < packet.len(), "{} for {}", answer.len(), packet.len()),
            // No mutation proves anything, so nobody is bound and nothing is forwarded.
            Verdict::Forward(to) => panic!("forwarded to {to}"),
            Verdict::Drop => {}
            Verdict::Split => assert!(stride > 0 && packet.len() > stride),
        }
    }
    assert_eq!(engine.metrics.report().legs, 0);
}
