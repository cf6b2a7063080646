//! Managers who look on, as the hub has them: who is one, and how they leave when the account lets them no more.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::hub::action::{BesideRecord, Joined};
use crate::hub::tests::{Bench, ended};
use crate::hub::{Action, Change, ConnectionId, Input, NotWatched, People, SessionRecord, Stored};
use crate::token::hex;
use lotse_protocol::handover::{CODE_BYTES, HandOver, KEY_BYTES};

const ANNA: u64 = 1;
const CUSTOMER: u64 = 2;
/// The manager.
const BO: u64 = 3;
/// Row of Bo's.
const BO_ROW: i64 = 2;

/// Anna's session runs; Bo is signed in.
fn running() -> (Bench, SessionId) {
    let mut bench = Bench::new(vec![]);
    bench.hands_over(Some("session-handoff"));
    bench.rep(ANNA, 11).rep(BO, 21).customer(CUSTOMER);
    let features = ["session-handoff".to_owned()].into();
    bench.input(Input::NewCode { connection: ConnectionId(ANNA), features });
    let heard = bench.heard(ANNA);
    let Some(FromRelay::Code { session, nameplate, .. }) = heard.last() else { panic!("{heard:?}") };
    bench.join(CUSTOMER, *nameplate);
    bench.offer(ANNA).unwrap();
    bench.offer(CUSTOMER).unwrap();
    bench.input(Input::Paired { connection: ConnectionId(ANNA), session: *session });
    (bench, *session)
}

/// The manager, whose account lets them, asks by the Center's page, and Anna's program asks them in.
fn wish(bench: &mut Bench, session: SessionId) {
    may_watch(bench, &[BO_ROW]);
    let account = bench.hub.sessions.get(&session).unwrap().owner.account;
    assert_eq!(bench.hub.watch(account, BO_ROW, &hex(&session.0)), Ok(()));
    // Takes out what the hub wants done of it.
    bench.input(Input::Gone { connection: ConnectionId(99) });
    invite(bench, session);
}

/// Anna's program asks Bo to look on, told to or not.
fn invite(bench: &mut Bench, session: SessionId) {
    let (to, note, purpose) = (format!("rep:{BO_ROW}"), String::new(), Purpose::Observe);
    let wish = Box::new(HandOver { session, to, note, purpose, key: vec![4; KEY_BYTES], waiting_s: 0 });
    bench.input(Input::HandOver { connection: ConnectionId(ANNA), wish });
}

/// The offer that Bo has.
fn offered(bench: &mut Bench) -> Option<HandOverId> {
    let at = bench.actions.iter().position(|action| matches!(action, Action::AskHandOver { .. }))?;
    match bench.actions.remove(at) {
        Action::AskHandOver { offer, .. } => Some(offer.offer),
        _ => None,
    }
}

/// Bo takes it: his session and its nameplate.
fn take(bench: &mut Bench) -> (SessionId, u32) {
    let offer = offered(bench).unwrap();
    bench.input(Input::AnswerHandOver { connection: ConnectionId(BO), offer, accept: true });
    let accepted = bench.heard(BO).into_iter().find_map(|message| match message {
        FromRelay::HandOverAccepted(accepted) => Some((accepted.session, accepted.nameplate)),
        _ => None,
    });
    let (session, nameplate) = accepted.unwrap();
    let body = vec![9; CODE_BYTES];
    bench.input(Input::HandOverCode { connection: ConnectionId(BO), session, body });
    (session, nameplate)
}

fn come(bench: &mut Bench, first: SessionId, nameplate: u32) {
    let (name, system) = ("K. Weber".to_owned(), "Debian".to_owned());
    bench.input(Input::JoinBeside { connection: ConnectionId(CUSTOMER), session: first, nameplate, name, system });
}

/// Bo looks on.
fn looks_on(bench: &mut Bench, first: SessionId) -> SessionId {
    let (second, nameplate) = take(bench);
    come(bench, first, nameplate);
    bench.input(Input::Paired { connection: ConnectionId(BO), session: second });
    second
}

fn may_watch(bench: &mut Bench, managers: &[i64]) {
    let watchers = managers.iter().copied().collect();
    bench.input(Input::People(People { watchers, ..People::default() }));
}

fn outcome_of(heard: &[FromRelay]) -> Option<HandOverOutcome> {
    heard.iter().find_map(|message| match message {
        FromRelay::HandOverAnswered { outcome, .. } => Some(*outcome),
        _ => None,
    })
}

#[test]
fn h2_a_manager_who_may_look_on_no_more_leaves_and_hears_why_and_the_session_goes_on() {
    let (mut bench, first) = running();
    wish(&mut bench, first);
    let second = looks_on(&mut bench, first);
    let joined = Joined { purpose: Purpose::Observe, watches: true };
    let besides = bench.records(|change| matches!(change, Change::Beside { .. }));
    assert_eq!(besides, [Change::Beside { session: second, first, from: first, joined }]);
    may_watch(&mut bench, &[BO_ROW]);
    assert_eq!(ended(&bench.heard(BO)), None, "as long as the account lets them");
    may_watch(&mut bench, &[]);
    let why = Some(EndReason::WatchingEnded.name());
    assert_eq!((ended(&bench.heard(BO)), ended(&bench.heard(CUSTOMER))), (why, why), "both ends of that session");
    assert_eq!(ended(&bench.heard(ANNA)), None);
    assert!(bench.hub.sessions.contains_key(&first) && !bench.hub.sessions.contains_key(&second));
    assert_eq!(bench.closed().len(), 1, "and their way through the forwarder is shut");
}

#[test]
fn h2_whom_the_rep_asks_to_look_on_stays_whatever_the_account_lets_its_managers() {
    let (mut bench, first) = running();
    invite(&mut bench, first);
    let second = looks_on(&mut bench, first);
    may_watch(&mut bench, &[]);
    assert!(bench.hub.sessions.contains_key(&second));
}

#[test]
fn h2_a_manager_who_is_being_asked_in_comes_no_more_when_the_account_says_so() {
    let (mut bench, first) = running();
    wish(&mut bench, first);
    let offer = offered(&mut bench).unwrap();
    may_watch(&mut bench, &[]);
    assert_eq!(outcome_of(&bench.heard(ANNA)), Some(HandOverOutcome::Gone));
    let heard = bench.heard(BO);
    assert!(
        heard.iter().any(|message| matches!(message, FromRelay::HandOverOver { offer: of, .. } if *of == offer)),
        "{heard:?}"
    );
    bench.input(Input::AnswerHandOver { connection: ConnectionId(BO), offer, accept: true });
    assert!(bench.hub.office.hand_overs.of_session(first).is_none() && bench.hub.counts().2 == 1);
    wish(&mut bench, first);
    let (second, nameplate) = take(&mut bench);
    bench.heard(ANNA);
    may_watch(&mut bench, &[]);
    assert!(bench.heard(BO).iter().any(|of| matches!(of, FromRelay::CodeExpired { session } if *session == second)));
    assert_eq!(outcome_of(&bench.heard(ANNA)), Some(HandOverOutcome::Gone));
    come(&mut bench, first, nameplate);
    assert!(bench.heard(CUSTOMER).iter().any(|message| matches!(message, FromRelay::JoinFailed(_))));
}

#[test]
fn h2_what_was_allowed_when_it_was_asked_and_is_not_when_the_rep_s_program_answers_is_refused() {
    let (mut bench, first) = running();
    may_watch(&mut bench, &[BO_ROW]);
    let account = bench.hub.sessions.get(&first).unwrap().owner.account;
    assert_eq!(bench.hub.watch(account, BO_ROW, &hex(&first.0)), Ok(()));
    may_watch(&mut bench, &[]);
    bench.heard(ANNA);
    invite(&mut bench, first);
    let heard = bench.heard(ANNA);
    assert!(heard.iter().any(|message| matches!(message, FromRelay::Refused { .. })), "{heard:?}");
    assert_eq!((offered(&mut bench), outcome_of(&heard)), (None, Some(HandOverOutcome::Gone)));
}

#[test]
fn h2_a_relay_that_is_started_again_still_knows_who_looks_on_as_a_manager() {
    let (mut bench, first) = running();
    wish(&mut bench, first);
    let second = looks_on(&mut bench, first);
    let started = bench.changes().into_iter().filter_map(|change| match change {
        Change::Started(record) => Some(record),
        _ => None,
    });
    let sessions: Vec<SessionRecord> = started.collect();
    let joined = Some(Joined { purpose: Purpose::Observe, watches: true });
    let besides = vec![BesideRecord { session: second, first, joined }];
    let mut next = Bench::over(Stored { sessions, besides, ..Stored::default() });
    may_watch(&mut next, &[BO_ROW]);
    assert_eq!(next.hub.counts().2, 2);
    may_watch(&mut next, &[]);
    assert!(next.hub.sessions.contains_key(&first) && !next.hub.sessions.contains_key(&second));
}

/// Scar: between the page's look into the store and the hub's answer the account took it back; the manager was let in, and stayed
/// until anything else was changed of people.
#[test]
fn h2_nobody_is_a_manager_who_may_look_on_by_asking_for_it() {
    let (mut bench, first) = running();
    let account = bench.hub.sessions.get(&first).unwrap().owner.account;
    let asks = |bench: &mut Bench| bench.hub.watch(account, BO_ROW, &hex(&first.0));
    assert_eq!(asks(&mut bench), Err(NotWatched::NotAllowed));
    may_watch(&mut bench, &[BO_ROW + 1]);
    assert_eq!(asks(&mut bench), Err(NotWatched::NotAllowed), "whoever else may");
    assert!(!bench.heard(ANNA).iter().any(|message| matches!(message, FromRelay::WatchAsked { .. })));
    may_watch(&mut bench, &[BO_ROW]);
    assert_eq!(asks(&mut bench), Ok(()), "as soon as it is known here");
}
