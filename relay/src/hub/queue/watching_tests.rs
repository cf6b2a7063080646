//! Managers who look on, as the hub has them: who is one, and how they leave when the account lets them no more.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::hub::action::{BesideRecord, Joined};
use crate::hub::queue::hand_over_bench::{
    ANNA, BO, CUSTOMER, answer, come, come_to, hears_code_expired, outcome_of, running, shown, take, tell_code, wish_of,
};
use crate::hub::tests::{Bench, ended};
use crate::hub::{Change, ConnectionId, Input, NotWatched, People, SessionRecord, Stored};
use crate::token::hex;

/// Row of the manager's.
const BO_ROW: i64 = 2;

/// The manager, whose account lets them, asks by the Center's page, and Anna's program asks them in.
fn wish(bench: &mut Bench, session: SessionId) {
    may_watch(bench, &[BO_ROW]);
    assert_eq!(ask(bench, session), Ok(()));
    // Takes out what the hub wants done of it.
    bench.input(Input::Gone { connection: ConnectionId(99) });
    invite(bench, session);
}

/// The page alone.
fn ask(bench: &mut Bench, session: SessionId) -> Result<(), NotWatched> {
    let account = bench.hub.sessions.get(&session).unwrap().owner.account;
    bench.hub.watch(account, BO_ROW, &hex(&session.0))
}

/// Anna's program asks Bo to look on, told to or not.
fn invite(bench: &mut Bench, session: SessionId) {
    bench.input(wish_of(ANNA, session, &format!("rep:{BO_ROW}"), "", Purpose::Observe));
}

/// The offer that Bo has.
fn offered(bench: &mut Bench) -> Option<HandOverId> {
    shown(bench).map(|(_, offer, _)| offer.offer)
}

/// Bo takes it: his session and its nameplate.
fn taken(bench: &mut Bench) -> (SessionId, u32) {
    let offer = offered(bench).unwrap();
    let (session, nameplate) = take(bench, BO, offer).unwrap();
    tell_code(bench, BO, session);
    (session, nameplate)
}

/// Bo looks on.
fn looks_on(bench: &mut Bench, first: SessionId) -> SessionId {
    let taken = taken(bench);
    come_to(bench, BO, first, taken);
    taken.0
}

fn may_watch(bench: &mut Bench, managers: &[i64]) {
    let watchers = managers.iter().copied().collect();
    bench.input(Input::People(People { watchers, ..People::default() }));
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
    answer(&mut bench, BO, offer, true);
    assert!(bench.hub.office.hand_overs.of_session(first).is_none() && bench.hub.counts().2 == 1);
    wish(&mut bench, first);
    let (second, nameplate) = taken(&mut bench);
    bench.heard(ANNA);
    may_watch(&mut bench, &[]);
    assert!(hears_code_expired(&mut bench, BO, second));
    assert_eq!(outcome_of(&bench.heard(ANNA)), Some(HandOverOutcome::Gone));
    come(&mut bench, CUSTOMER, first, nameplate);
    assert!(bench.heard(CUSTOMER).iter().any(|message| matches!(message, FromRelay::JoinFailed(_))));
}

#[test]
fn h2_what_was_allowed_when_it_was_asked_and_is_not_when_the_rep_s_program_answers_is_refused() {
    let (mut bench, first) = running();
    may_watch(&mut bench, &[BO_ROW]);
    assert_eq!(ask(&mut bench, first), Ok(()));
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
    assert_eq!(ask(&mut bench, first), Err(NotWatched::NotAllowed));
    may_watch(&mut bench, &[BO_ROW + 1]);
    assert_eq!(ask(&mut bench, first), Err(NotWatched::NotAllowed), "whoever else may");
    assert!(!bench.heard(ANNA).iter().any(|message| matches!(message, FromRelay::WatchAsked { .. })));
    may_watch(&mut bench, &[BO_ROW]);
    assert_eq!(ask(&mut bench, first), Ok(()), "as soon as it is known here");
}
