//! Seats by cases: who has one, who waits, who is told what.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::hub::tests::{Bench, address, ended, identity, signed_in};
use crate::hub::{Input, Limits, People, Stored};
use lotse_protocol::control::{JoinFailure, Side, SignInEnd, SignInFailure};
use std::collections::BTreeSet;

const KEEP_MS: u64 = 60_000;

/// A bench whose account has so many seats.
fn bench(seats: u32) -> Bench {
    let mut bench = Bench::new(vec![]);
    assert_eq!(Limits::default().seat_keep_ms, KEEP_MS);
    limit(&mut bench, Some(seats));
    bench
}

fn limit(bench: &mut Bench, seats: Option<u32>) {
    bench.input(Input::People(People { seats: [(1, seats)].into(), ..People::default() }));
}

/// What a connection was told last of its seat. `None`: nothing since the last call.
fn told(bench: &mut Bench, connection: u64) -> Option<Option<SeatsTaken>> {
    bench.heard(connection).into_iter().rev().find_map(|message| match message {
        FromRelay::Seat { waits } => Some(waits),
        _ => None,
    })
}

/// Who has the seats, as a connection that waits was told.
fn holders(bench: &mut Bench, connection: u64) -> Vec<SeatHolder> {
    told(bench, connection).expect("told nothing").expect("it has a seat").holders
}

fn gone(bench: &mut Bench, connection: u64) {
    bench.input(Input::Gone { connection: ConnectionId(connection) });
}

fn take(bench: &mut Bench, connection: u64, seat: u64) {
    bench.input(Input::TakeSeat { connection: ConnectionId(connection), seat });
}

fn refused(bench: &mut Bench, connection: u64) -> bool {
    bench.heard(connection).iter().any(|message| matches!(message, FromRelay::Refused { .. }))
}

fn asks_for_a_code(bench: &mut Bench, connection: u64) -> bool {
    bench.heard(connection);
    bench.input(Input::NewCode { connection: ConnectionId(connection), features: BTreeSet::new() });
    let heard = bench.heard(connection);
    match heard.as_slice() {
        [FromRelay::Code { .. }] => true,
        [FromRelay::Refused { reason }] if reason == NO_SEAT => false,
        other => panic!("{other:?}"),
    }
}

/// Lines of the audit log since the last call: kind and whose.
fn lines(bench: &mut Bench) -> Vec<(&'static str, i64)> {
    let mut lines = vec![];
    bench.actions.retain(|action| match action {
        Action::Audit(line) => {
            lines.push((line.kind.name(), line.rep.unwrap_or_default()));
            false
        }
        _ => true,
    });
    lines
}

#[test]
fn s3_without_a_number_of_seats_everybody_has_one_and_nothing_is_said() {
    let mut bench = Bench::new(vec![]);
    for connection in 1..=50 {
        bench.rep(connection, 10 + connection as i64);
        assert_eq!(told(&mut bench, connection), None);
    }
    assert!(asks_for_a_code(&mut bench, 50));
}

#[test]
fn s3_who_finds_all_seats_taken_waits_sees_who_has_them_and_gets_the_next() {
    let mut bench = bench(1);
    bench.rep(1, 11);
    assert_eq!(told(&mut bench, 1), None, "it has a seat");
    bench.wait(5_000).rep(2, 21).rep(3, 31);
    let shown = holders(&mut bench, 2);
    let [holder] = shown.as_slice() else { panic!("one has it") };
    assert_eq!((holder.name.as_str(), holder.held_s), ("Anna Berg", 5));
    assert!(!holder.in_session && holder.connected);
    assert!(!asks_for_a_code(&mut bench, 2), "no code while it waits");
    assert!(asks_for_a_code(&mut bench, 1));
    bench.heard(3);
    lines(&mut bench);
    bench.input(Input::SignedOut { connection: ConnectionId(1) });
    assert_eq!(told(&mut bench, 2), Some(None), "the first one that waited");
    assert_eq!(holders(&mut bench, 3).len(), 1, "the other one sees who has it now");
    assert_eq!(lines(&mut bench), [("signed-out", 1), ("seat-gained", 2)]);
    assert!(asks_for_a_code(&mut bench, 2));
    assert!(!asks_for_a_code(&mut bench, 3));
}

#[test]
fn s3_what_is_said_of_the_seat_comes_before_the_greeting() {
    let mut bench = bench(0);
    let connection = ConnectionId(1);
    bench.input(Input::Connected { connection, side: Side::Rep, address: address(1) });
    let greeting = Some(FromRelay::Refused { reason: "welcome".into() });
    for _ in 0..2 {
        let greeting = greeting.clone();
        bench.input(Input::SignedIn { connection, rep: identity(11), seats: None, greeting });
    }
    let heard = bench.heard(1);
    assert!(
        matches!(
            heard.as_slice(),
            [
                FromRelay::Seat { waits: Some(_) },
                FromRelay::Refused { .. },
                FromRelay::CodesAlive { .. },
                FromRelay::Refused { .. }
            ]
        ),
        "{heard:?}"
    );
}

#[test]
fn s3_taking_a_seat_over_ends_the_other_sign_in_with_its_name_and_its_session() {
    let mut bench = bench(1);
    let (session, ..) = bench.running();
    bench.rep(3, 31).rep(4, 41);
    let shown = holders(&mut bench, 4);
    let [holder] = shown.as_slice() else { panic!("one has it") };
    assert!(holder.in_session);
    bench.heard(1);
    bench.heard(3);
    lines(&mut bench);
    take(&mut bench, 4, holder.seat);
    assert_eq!(told(&mut bench, 4), Some(None), "and not the one that has waited for longer");
    match bench.heard(1).as_slice() {
        [FromRelay::SignInEnded(SignInEnd::TakenOver { by }), FromRelay::SessionEnded { .. }] => {
            assert_eq!(by, "Anna Berg");
        }
        other => panic!("not told first who has it: {other:?}"),
    }
    assert_eq!(ended(&bench.heard(2)), Some("RepEnded"), "the customer is not left waiting");
    assert!(bench.actions.iter().any(|action| matches!(action, Action::Close { connection: ConnectionId(1), .. })));
    let gone = bench.records(|change| matches!(change, Change::SignInGone { .. }));
    assert_eq!(gone, [Change::SignInGone { sign_in: 11 }], "its token is worth nothing");
    assert!(bench.changes().iter().any(|change| matches!(change, Change::Ended { session: of, .. } if *of == session)));
    let lines = lines(&mut bench);
    assert_eq!(lines[..3], [("seat-taken-over", 4), ("seat-gained", 4), ("sign-in-ended", 1)]);
    assert_eq!(bench.hub.counts().2, 0);
}

#[test]
fn s3_only_who_waits_takes_over_and_only_a_seat_that_is_taken() {
    let mut bench = bench(2);
    bench.rep(1, 11).rep(2, 21).rep(3, 31).customer(9);
    let seats: Vec<u64> = holders(&mut bench, 3).iter().map(|holder| holder.seat).collect();
    for (connection, seat) in [(1, seats[1]), (9, seats[0]), (77, seats[0])] {
        take(&mut bench, connection, seat);
    }
    assert_eq!(holders_now(&bench), [11, 21]);
    take(&mut bench, 3, seats[0] + 1000);
    assert_eq!(holders(&mut bench, 3).len(), 2, "told anew who has them");
    // Another account's reps are nobody's to end.
    let rep = RepIdentity { account: 2, ..identity(51) };
    let connection = ConnectionId(5);
    bench.input(Input::Connected { connection, side: Side::Rep, address: address(1) });
    bench.input(Input::SignedIn { connection, rep, seats: Some(0), greeting: None });
    assert!(holders(&mut bench, 5).is_empty());
    take(&mut bench, 5, seats[0]);
    assert_eq!(holders_now(&bench), [11, 21]);
}

fn holders_now(bench: &Bench) -> Vec<i64> {
    bench.hub.seats.holders(1).map(|(_, standing)| standing.rep.sign_in).collect()
}

#[test]
fn s3_more_seats_are_given_at_once_and_fewer_throw_nobody_out() {
    let mut bench = bench(1);
    for connection in 1..=4 {
        bench.rep(connection, 10 * connection as i64);
    }
    bench.heard(2);
    limit(&mut bench, Some(2));
    assert_eq!(told(&mut bench, 2), Some(None));
    assert_eq!(holders(&mut bench, 3).len(), 2);
    limit(&mut bench, Some(1));
    assert_eq!(holders_now(&bench), [10, 20]);
    bench.input(Input::SignedOut { connection: ConnectionId(1) });
    assert_eq!(holders_now(&bench), [20], "one over the number is not filled again");
    limit(&mut bench, None);
    assert_eq!(holders_now(&bench), [20, 30, 40]);
}

#[test]
fn s3_a_lost_connection_keeps_its_seat_for_a_minute_and_its_place_in_the_line() {
    let mut bench = bench(1);
    bench.rep(1, 11).rep(2, 21).rep(3, 31);
    gone(&mut bench, 1);
    gone(&mut bench, 2);
    assert!(holders(&mut bench, 3).iter().all(|holder| !holder.connected));
    bench.wait(KEEP_MS - 1).rep(4, 11).rep(5, 21);
    assert_eq!(holders_now(&bench), [11], "it came back in time");
    gone(&mut bench, 4);
    bench.wait(KEEP_MS);
    assert_eq!(holders_now(&bench), [21], "and who waited for longer comes first");
    bench.rep(6, 11);
    assert!(told(&mut bench, 6).unwrap().is_some(), "too late: now it waits");
    assert!(!asks_for_a_code(&mut bench, 6));
}

#[test]
fn s3_a_session_that_runs_keeps_its_reps_seat() {
    let mut bench = bench(1);
    let (session, token, _) = bench.running();
    bench.rep(3, 31);
    gone(&mut bench, 1);
    bench.wait(5 * KEEP_MS);
    assert_eq!(holders_now(&bench), [11]);
    bench.rep(4, 11);
    bench.input(Input::Resume { connection: ConnectionId(4), session, token });
    assert!(bench.offer(4).is_some_and(|offer| offer.resumed));
    gone(&mut bench, 4);
    bench.wait(2 * KEEP_MS + 1000);
    bench.heard(3);
    bench.input(Input::EndSession { connection: ConnectionId(2), session, reason: "CustomerEnded".into() });
    assert_eq!(told(&mut bench, 3), Some(None), "free with the session's end");
}

#[test]
fn s3_a_console_that_was_started_again_has_the_seat_and_the_session_of_the_one_before() {
    let mut bench = bench(1);
    let (session, token, _) = bench.running();
    bench.rep(3, 31).rep(4, 12);
    bench.input(Input::Resume { connection: ConnectionId(4), session, token: token.clone() });
    assert!(bench.offer(4).is_none() && refused(&mut bench, 4), "the one before is still there");
    gone(&mut bench, 1);
    bench.input(Input::Resume { connection: ConnectionId(4), session, token: Secret("guessed".into()) });
    assert!(bench.offer(4).is_none() && refused(&mut bench, 4));
    bench.input(Input::Resume { connection: ConnectionId(3), session, token: token.clone() });
    assert!(bench.offer(3).is_none() && refused(&mut bench, 3), "a colleague has no right to it");
    bench.input(Input::Resume { connection: ConnectionId(4), session, token });
    assert!(bench.offer(4).is_some_and(|offer| offer.resumed));
    assert_eq!(holders_now(&bench), [12]);
    assert_eq!(told(&mut bench, 4), Some(None));
    bench.wait(2 * KEEP_MS);
    assert_eq!(holders_now(&bench), [12], "nothing is left of the sign-in before");
    assert_eq!(holders(&mut bench, 3).len(), 1);
}

#[test]
fn s3_with_a_seat_that_is_taken_up_end_the_codes_whose_secrets_are_gone() {
    let mut bench = bench(1);
    let (session, token, _) = bench.running();
    let (_, nameplate) = bench.code(1);
    bench.rep(4, 12);
    gone(&mut bench, 1);
    bench.input(Input::Resume { connection: ConnectionId(4), session, token });
    assert!(bench.offer(4).is_some());
    bench.customer(5).join(5, nameplate);
    assert_eq!(bench.failure(5), JoinFailure::Expired);
    assert!(!bench.hub.unused.contains_key(&11), "nothing is kept of it");
}

#[test]
fn s3_a_console_that_was_started_again_together_with_the_relay_has_its_seat_back() {
    let mut bench = bench(1);
    let (session, token, _) = bench.running();
    let Some(Change::Started(record)) = bench.changes().pop() else { panic!("not recorded") };
    let seat = SeatRecord { rep: identity(11), held_ms: 0 };
    let mut bench = Bench::over(Stored { sessions: vec![record], seats: vec![seat], ..Stored::default() });
    limit(&mut bench, Some(1));
    bench.rep(4, 12);
    bench.input(Input::Resume { connection: ConnectionId(4), session, token });
    assert!(bench.offer(4).is_some_and(|offer| offer.resumed));
    assert_eq!(holders_now(&bench), [12]);
}

#[test]
fn s3_who_waits_takes_up_no_session_and_no_customer_comes_to_them() {
    let mut bench = bench(1);
    let (session, token, _) = bench.running();
    let Some(Change::Started(record)) = bench.changes().pop() else { panic!("not recorded") };
    // Somebody else has the seat at the next relay.
    let mut bench = Bench::over(Stored { sessions: vec![record], ..Stored::default() });
    limit(&mut bench, Some(1));
    bench.rep(1, 21).rep(2, 12);
    bench.heard(2);
    bench.input(Input::Resume { connection: ConnectionId(2), session, token: token.clone() });
    assert!(bench.offer(2).is_none() && refused(&mut bench, 2));
    let (_, nameplate) = bench.code(1);
    gone(&mut bench, 1);
    bench.wait(KEEP_MS);
    assert_eq!(holders_now(&bench), [12]);
    bench.input(Input::Resume { connection: ConnectionId(2), session, token });
    assert!(bench.offer(2).is_some());
    bench.rep(3, 21).customer(4).join(4, nameplate);
    assert_eq!(bench.failure(4), JoinFailure::RepGone, "its code stands, and it has no seat");
}

/// A console that signs out and does not take up what it ran would have its seat and its sessions, too.
#[test]
fn s3_signing_out_ends_sessions_that_were_not_taken_up_again() {
    let mut bench = bench(1);
    let (session, ..) = bench.running();
    gone(&mut bench, 1);
    bench.rep(3, 11);
    bench.changes();
    bench.input(Input::SignedOut { connection: ConnectionId(3) });
    assert_eq!(
        bench
            .changes()
            .iter()
            .filter(|change| matches!(change, Change::Ended { session: of, .. } if *of == session))
            .count(),
        1
    );
}

/// After a restart it is known of a session whose it is, and not of which sign-in.
#[test]
fn s3_a_session_of_an_earlier_relay_ends_with_its_reps_sign_in() {
    let running = || {
        let mut bench = bench(1);
        bench.running();
        let Some(Change::Started(record)) = bench.changes().pop() else { panic!("not recorded") };
        let seats = vec![SeatRecord { rep: identity(11), held_ms: 0 }];
        let mut bench = Bench::over(Stored { sessions: vec![record], seats, ..Stored::default() });
        limit(&mut bench, Some(1));
        bench
    };
    let ended = |bench: &mut Bench| bench.changes().iter().any(|change| matches!(change, Change::Ended { .. }));
    let mut bench = running();
    bench.rep(1, 21);
    let seat = holders(&mut bench, 1).first().unwrap().seat;
    take(&mut bench, 1, seat);
    assert!(ended(&mut bench), "taken over");
    let mut bench = running();
    bench.wait(KEEP_MS);
    bench.input(Input::People(People { inactive: [1].into(), ..People::default() }));
    assert!(ended(&mut bench), "suspended");
}

#[test]
fn s3_nobody_waits_for_a_seat_that_their_own_dead_console_left() {
    let mut bench = bench(1);
    bench.rep(1, 11);
    bench.rep(2, 12);
    assert!(told(&mut bench, 2).unwrap().is_some(), "while both are there they are two");
    bench.input(Input::SignedOut { connection: ConnectionId(2) });
    gone(&mut bench, 1);
    bench.rep(3, 13);
    assert_eq!((told(&mut bench, 3), holders_now(&bench)), (None, vec![13]));
}

#[test]
fn s3_a_seat_outlives_the_relay_for_as_long_as_a_lost_connection() {
    let mut first = bench(1);
    first.rep(1, 11).rep(2, 21);
    let seats = first.records(|change| matches!(change, Change::Seat { .. }));
    assert_eq!(seats, [Change::Seat { sign_in: 11, held: true }]);
    let seats = vec![SeatRecord { rep: identity(11), held_ms: 90_000 }];
    for back in [true, false] {
        let mut second = Bench::over(Stored { seats: seats.clone(), ..Stored::default() });
        limit(&mut second, Some(1));
        second.wait(1000).rep(7, 21);
        assert_eq!(holders(&mut second, 7)[0].held_s, 91, "the one that waited comes back first, and waits on");
        if back {
            second.rep(8, 11);
        }
        second.wait(KEEP_MS);
        assert_eq!(holders_now(&second), [if back { 11 } else { 21 }]);
    }
}

#[test]
fn s1_whoever_is_suspended_or_has_a_new_password_is_signed_out_with_the_reason() {
    let mut bench = bench(1);
    bench.rep(1, 11).rep(2, 21).rep(3, 22);
    for connection in 1..=3 {
        bench.heard(connection);
    }
    let seats = [(1, Some(1))];
    let inactive = People { seats: seats.into(), inactive: [1].into(), ..People::default() };
    bench.input(Input::People(inactive));
    let heard = bench.heard(1);
    assert!(matches!(heard.as_slice(), [FromRelay::SignInFailed(SignInFailure::AccountNotActive)]), "{heard:?}");
    assert_eq!(holders_now(&bench), [21]);
    bench.heard(2);
    bench.heard(3);
    // Two sign-ins of one rep, and the password was set anew before the second.
    let reset = People { seats: seats.into(), signed_out: [(2, 21)].into(), ..People::default() };
    bench.input(Input::People(reset));
    let heard = bench.heard(2);
    assert!(matches!(heard.as_slice(), [FromRelay::SignInEnded(SignInEnd::PasswordReset)]), "{heard:?}");
    assert_eq!((told(&mut bench, 3), holders_now(&bench)), (Some(None), vec![22]));
    let gone = bench.records(|change| matches!(change, Change::SignInGone { .. }));
    assert_eq!(gone, [Change::SignInGone { sign_in: 11 }, Change::SignInGone { sign_in: 21 }]);
}

#[test]
fn s3_a_list_of_holders_is_bounded_and_the_rest_is_counted() {
    let mut bench = bench(130);
    for connection in 1..=131 {
        bench.input(Input::Connected { connection: ConnectionId(connection), side: Side::Rep, address: address(1) });
        bench.input(signed_in(connection, connection as i64));
    }
    let taken = told(&mut bench, 131).unwrap().unwrap();
    assert_eq!((taken.seats, taken.holders.len(), taken.more), (130, SEAT_HOLDERS_MAX, 30));
}

#[test]
fn s4_a_sign_in_that_is_ended_by_its_number_goes_alone_and_gives_its_seat() {
    let mut bench = bench(1);
    bench.rep(1, 11).rep(2, 21).rep(3, 22);
    for connection in 1..=3 {
        bench.heard(connection);
    }
    let people = People { seats: [(1, Some(1))].into(), ended: [11, 999].into(), ..People::default() };
    bench.input(Input::People(people));
    let heard = bench.heard(1);
    assert!(matches!(heard.as_slice(), [FromRelay::SignInEnded(SignInEnd::ByManager)]), "{heard:?}");
    assert_eq!((told(&mut bench, 2), holders_now(&bench)), (Some(None), vec![21]));
    let gone = bench.records(|change| matches!(change, Change::SignInGone { .. }));
    assert_eq!(gone, [Change::SignInGone { sign_in: 11 }]);
}

#[test]
fn s3_who_waits_is_told_of_changes_twice_a_second_at_most_and_of_the_last_one() {
    let mut bench = bench(2);
    bench.rep(1, 11).rep(2, 21).rep(3, 31);
    let news = |bench: &mut Bench| {
        let seats = bench.heard(3).into_iter().filter_map(|message| match message {
            FromRelay::Seat { waits } => waits.map(|taken| taken.holders.iter().filter(|of| of.connected).count()),
            _ => None,
        });
        seats.collect::<Vec<_>>()
    };
    bench.heard(3);
    for connection in 10..20 {
        gone(&mut bench, if connection == 10 { 1 } else { connection - 1 });
        bench.rep(connection, 11);
    }
    gone(&mut bench, 2);
    assert_eq!(news(&mut bench), [1], "the first of many");
    bench.wait(499);
    assert!(news(&mut bench).is_empty());
    bench.wait(1);
    assert_eq!(news(&mut bench), [1], "how it stands in the end");
    bench.rep(30, 21);
    assert!(news(&mut bench).is_empty());
    bench.wait(500);
    assert_eq!(news(&mut bench), [2]);
    bench.wait(10_000);
    assert!(news(&mut bench).is_empty(), "and nothing for nothing");
}
