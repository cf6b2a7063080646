//! Licences in the hub: who is told, what sessions get, and how many of them.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::tests::{Bench, signed_in};
use super::*;
use crate::registry::CatalogueEntry;
use lotse_protocol::control::JoinFailure;
use lotse_protocol::licence::SignedLicence;

/// Before the number of each document for a customer.
const FOR_CUSTOMERS: u8 = 100;

fn licence(number: u8, covered: &[&str], sessions_max: Option<u32>) -> AccountLicence {
    let document = |first: u8| Arc::new(SignedLicence { document: vec![first], signature: vec![first; 64] });
    AccountLicence {
        signed: document(number),
        for_customers: document(FOR_CUSTOMERS + number),
        covered: covered.iter().map(|name| (*name).to_owned()).collect(),
        sessions_max,
    }
}

/// Who was told since the last call, and which document.
fn told(bench: &mut Bench) -> Vec<(u64, u8)> {
    let mut told = vec![];
    bench.actions.retain(|action| match action {
        Action::Licence { to, licence } => {
            told.push((to.0, licence.document[0]));
            false
        }
        _ => true,
    });
    told
}

fn screen() -> Input {
    let entry = CatalogueEntry {
        id: "screen".into(),
        version: semver::Version::new(1, 0, 0),
        digest: [1; 32],
        feature: Some("screen".into()),
        capabilities: BTreeSet::new(),
        publisher: None,
    };
    Input::Catalogue([entry].into())
}

#[test]
fn l1_a_rep_is_told_after_the_greeting_and_at_every_change() {
    let mut bench = Bench::new(vec![]);
    bench.input(Input::Licences(vec![(1, licence(1, &[], None)), (2, licence(2, &[], None))]));
    assert_eq!(told(&mut bench), []);
    bench.rep(1, 11);
    assert_eq!(told(&mut bench), [(1, 1)]);
    bench.input(Input::Licences(vec![(2, licence(3, &[], None))]));
    assert_eq!(told(&mut bench), [], "another account's");
    bench.input(Input::Licences(vec![(1, licence(4, &[], None))]));
    assert_eq!(told(&mut bench), [(1, 4)]);
    bench.input(Input::SignedOut { connection: ConnectionId(1) });
    bench.input(Input::Licences(vec![(1, licence(5, &[], None))]));
    assert_eq!(told(&mut bench), []);
}

#[test]
fn l1_the_customer_of_a_session_has_it_with_the_offer_and_at_every_change() {
    let mut bench = Bench::new(vec![]);
    bench.input(Input::Licences(vec![(1, licence(1, &[], None))]));
    bench.rep(1, 11).customer(2).customer(3);
    let (_, nameplate) = bench.code(1);
    bench.join(2, nameplate);
    for (connection, document) in [(1, 1), (2, FOR_CUSTOMERS + 1)] {
        let offer = bench.offer(connection).unwrap();
        assert_eq!(offer.licence.unwrap().document, [document], "a stranger with a nameplate reads no more than that");
    }
    told(&mut bench);
    bench.input(Input::Licences(vec![(1, licence(2, &[], None))]));
    assert_eq!(told(&mut bench), [(1, 2), (2, FOR_CUSTOMERS + 2)], "and nobody who is in no session");
}

#[test]
fn l1_the_list_goes_by_the_licence_of_when_the_customer_comes() {
    let mut bench = Bench::new(vec![]);
    bench.input(screen());
    bench.input(Input::Licences(vec![(1, licence(1, &[], None))]));
    bench.rep(1, 11).customer(2).customer(3);
    let (_, first) = bench.code(1);
    bench.join(2, first);
    assert!(!bench.offer(2).unwrap().plugins[0].licensed);
    let (_, second) = bench.code(1);
    bench.input(Input::Licences(vec![(1, licence(2, &["screen"], None))]));
    bench.join(3, second);
    assert!(bench.offer(3).unwrap().plugins[0].licensed, "its code is older than the licence");
}

#[test]
fn l1_sessions_at_once_are_as_many_as_the_licence_says() {
    let mut bench = Bench::new(vec![]);
    bench.input(Input::Licences(vec![(1, licence(1, &[], Some(1)))]));
    bench.rep(1, 11).customer(2).customer(3);
    let (first, one) = bench.code(1);
    let (_, two) = bench.code(1);
    bench.join(2, one);
    assert!(bench.offer(2).is_some());
    bench.input(Input::Paired { connection: ConnectionId(1), session: first });
    bench.heard(1);
    bench.join(3, two);
    assert!(bench.offer(3).is_none());
    let refused = |heard: &[FromRelay], word: &str| match heard {
        [.., FromRelay::Refused { reason }] => assert!(reason.contains(word), "{reason}"),
        other => panic!("not refused: {other:?}"),
    };
    assert_eq!(bench.failure(3), JoinFailure::RepBusy);
    refused(&bench.heard(1), "one session at once");
    bench.input(Input::NewCode { connection: ConnectionId(1), features: BTreeSet::new() });
    refused(&bench.heard(1), "one session at once");

    // A colleague has sessions of their own.
    bench.input(Input::Connected { connection: ConnectionId(4), side: Side::Rep, address: super::tests::address(1) });
    bench.input(signed_in(4, 21));
    bench.code(4);

    bench.input(Input::EndSession { connection: ConnectionId(1), session: first, reason: "RepEnded".into() });
    bench.join(3, two);
    assert!(bench.offer(3).is_some(), "the code leads on");
    bench.input(Input::Licences(vec![(1, licence(2, &[], None))]));
    bench.code(1);
}

/// A bench whose reps may have so many sessions, with customers 2 and 3.
fn limited(max: u32) -> Bench {
    let mut bench = Bench::new(vec![]);
    bench.input(Input::Licences(vec![(1, licence(1, &[], Some(max)))]));
    bench.rep(1, 11).customer(2).customer(3);
    bench
}

fn paired(bench: &mut Bench, rep: u64, session: SessionId) {
    bench.input(Input::Paired { connection: ConnectionId(rep), session });
}

/// A session of that rep and that customer that runs.
fn run(bench: &mut Bench, rep: u64, customer: u64) -> SessionId {
    let (session, nameplate) = bench.code(rep);
    bench.join(customer, nameplate);
    paired(bench, rep, session);
    assert!(bench.hub.sessions[&session].stage == session::Stage::Running);
    session
}

fn refusals(bench: &mut Bench, connection: u64) -> usize {
    bench.heard(connection).iter().filter(|message| matches!(message, FromRelay::Refused { .. })).count()
}

#[test]
fn l1_a_stranger_with_a_nameplate_takes_nobodys_session() {
    let mut bench = limited(1);
    let ((_, one), (second, two)) = (bench.code(1), bench.code(1));
    bench.join(2, one);
    assert!(bench.offer(2).is_some(), "and says nothing more");
    bench.code(1);
    bench.join(3, two);
    assert!(bench.offer(3).is_some());
    paired(&mut bench, 1, second);
    assert!(bench.hub.sessions[&second].stage == session::Stage::Running);
}

#[test]
fn l1_of_two_who_prove_their_codes_at_once_the_second_is_told_in_words() {
    let mut bench = limited(1);
    let ((first, one), (second, two)) = (bench.code(1), bench.code(1));
    bench.join(2, one).join(3, two);
    paired(&mut bench, 1, first);
    bench.heard(1);
    paired(&mut bench, 1, second);
    for connection in [1, 3] {
        let heard = bench.heard(connection);
        assert!(heard.iter().any(|message| matches!(message, FromRelay::Refused { .. })), "{heard:?}");
        assert!(super::tests::ended(&heard).is_some(), "{heard:?}");
    }
    assert_eq!(bench.hub.sessions.len(), 1);
    assert!(bench.hub.sessions[&first].stage == session::Stage::Running);
}

#[test]
fn l1_who_comes_too_often_is_slowed_and_the_rep_is_told_once() {
    let mut bench = limited(1);
    let (_, other) = bench.code(1);
    run(&mut bench, 1, 2);
    bench.heard(1);
    for _ in 0..Limits::default().wrong_codes_free + 1 {
        bench.join(3, other);
        assert_eq!(bench.failure(3), JoinFailure::RepBusy);
    }
    bench.join(3, other);
    assert_eq!(bench.failure(3), JoinFailure::TooMany { wait_s: 1 });
    assert_eq!(refusals(&mut bench, 1), 1);
}

#[test]
fn l1_a_console_that_died_keeps_its_rep_from_nothing() {
    let mut bench = limited(1);
    let left = run(&mut bench, 1, 2);
    bench.input(Input::Gone { connection: ConnectionId(1) });
    bench.rep(4, 12);
    let (next, nameplate) = bench.code(4);
    assert_eq!(bench.hub.sessions.len(), 2, "it can still be taken up");
    bench.join(3, nameplate);
    bench.heard(2);
    paired(&mut bench, 4, next);
    assert_eq!(super::tests::ended(&bench.heard(2)), Some("RepGone"), "another has begun in its place");
    assert!(bench.hub.sessions.get(&left).is_none());
    assert!(bench.hub.sessions[&next].stage == session::Stage::Running);
}

#[test]
fn l1_what_a_dead_console_left_stays_where_there_is_room_for_both() {
    let mut bench = limited(2);
    let left = run(&mut bench, 1, 2);
    bench.input(Input::Gone { connection: ConnectionId(1) });
    bench.rep(4, 12);
    run(&mut bench, 4, 3);
    assert!(bench.hub.sessions.get(&left).is_some());
}
