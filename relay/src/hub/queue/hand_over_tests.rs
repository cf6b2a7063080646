//! Sessions that go to another rep, as the hub has them: who is asked and told what, and what runs when.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "hand_over/here_tests.rs"]
mod here;
#[path = "hand_over/licensed_tests.rs"]
mod licensed;

use super::asking::AGAIN_MS;
use super::*;
use crate::hub::action::{Action, Change, Joined};
use crate::hub::queue::hand_over_bench::{
    ANNA, BO, CLEO, CUSTOMER, answer, come, end_session, hears_code_expired, outcome_of, running, shown, take,
    tell_code, wish_of,
};
use crate::hub::tests::{Bench, ended};
use crate::hub::{AccountLicence, Input, NotWatched, People, Routes};
use lotse_protocol::handover::{AskedEnd, OFFER_S, OfferedHandOver, Purpose};
use lotse_protocol::licence::SignedLicence;
use lotse_protocol::question::Availability;
use std::sync::Arc;

const TEAM: i64 = 7;

fn wish(session: SessionId, to: &str) -> Input {
    wish_of(ANNA, session, to, "Knows the driver", Purpose::TakeOver)
}

/// Who is asked since the last call, and with what.
fn asked(bench: &mut Bench) -> Option<(u64, OfferedHandOver)> {
    shown(bench).map(|(to, offer, _)| (to, offer))
}

fn outcome(bench: &mut Bench) -> Option<HandOverOutcome> {
    outcome_of(&bench.heard(ANNA))
}

/// Bo has taken it: the new session and its nameplate.
fn accepted(bench: &mut Bench, session: SessionId) -> (SessionId, u32) {
    bench.input(wish(session, "rep:2"));
    let (to, offer) = asked(bench).unwrap();
    assert_eq!(to, BO);
    let taken = take(bench, BO, offer.offer);
    assert_eq!(outcome(bench), Some(HandOverOutcome::Accepted));
    taken.unwrap()
}

fn ready(bench: &mut Bench, connection: u64) {
    let availability = Availability { ready: true, ..Availability::default() };
    bench.input(Input::Availability { connection: ConnectionId(connection), availability });
}

fn in_team(bench: &mut Bench, reps: &[i64]) {
    let teams = reps.iter().map(|rep| (*rep, [TEAM].into())).collect();
    bench.input(Input::Routes(Routes { portals: vec![], teams }));
}

#[test]
fn h1_the_second_rep_has_a_session_of_their_own_before_the_first_ends() {
    let (mut bench, session) = running();
    let (second, nameplate) = accepted(&mut bench, session);
    let body = vec![9; handover::CODE_BYTES];
    bench.input(Input::HandOverCode { connection: ConnectionId(BO), session: second, body: body.clone() });
    let heard = bench.heard(ANNA);
    assert!(
        matches!(heard.as_slice(), [FromRelay::HandOverCode { session: of, body: heard, .. }] if *of == session && *heard == body),
        "{heard:?}"
    );
    come(&mut bench, CUSTOMER, session, nameplate);
    let (rep, customer) = (bench.offer(BO).unwrap(), bench.offer(CUSTOMER).unwrap());
    assert_eq!((rep.session, customer.session), (second, second));
    bench.input(Input::Paired { connection: ConnectionId(BO), session: second });
    let besides = bench.records(|change| matches!(change, Change::Beside { .. }));
    let joined = Joined { purpose: Purpose::TakeOver, watches: false };
    assert_eq!(besides, [Change::Beside { session: second, first: session, from: session, joined }]);
    assert_eq!(bench.hub.counts().2, 2, "both run");
    end_session(&mut bench, CUSTOMER, session, "HandedOver");
    assert_eq!(ended(&bench.heard(ANNA)), Some("HandedOver"));
    assert_eq!((bench.hub.counts().2, ended(&bench.heard(BO))), (1, None));
    assert!(bench.hub.office.hand_overs.of_session(session).is_none(), "nothing is left of the wish");
}

#[test]
fn h1_both_sides_take_every_session_up_again() {
    let (mut bench, session) = running();
    let (second, nameplate) = accepted(&mut bench, session);
    come(&mut bench, CUSTOMER, session, nameplate);
    let token = bench.offer(CUSTOMER).unwrap().token;
    bench.input(Input::Paired { connection: ConnectionId(BO), session: second });
    bench.input(Input::Gone { connection: ConnectionId(CUSTOMER) }).customer(9);
    bench.input(Input::Resume { connection: ConnectionId(9), session: second, token: token.clone() });
    assert!(bench.offer(9).is_some());
    // Of another customer's they are none.
    bench.customer(10);
    bench.input(Input::Resume { connection: ConnectionId(10), session, token });
    assert!(bench.offer(10).is_none());
}

#[test]
fn h1_if_the_second_console_dies_the_first_still_has_the_session() {
    let (mut bench, session) = running();
    let (_, nameplate) = accepted(&mut bench, session);
    bench.input(Input::Gone { connection: ConnectionId(BO) });
    assert_eq!(outcome(&mut bench), Some(HandOverOutcome::Gone));
    come(&mut bench, CUSTOMER, session, nameplate);
    assert!(bench.heard(CUSTOMER).iter().any(|message| matches!(message, FromRelay::JoinFailed(_))));
    assert_eq!(bench.hub.counts().2, 1, "nothing has changed");
    bench.rep(BO, 21).input(wish(session, "rep:2"));
    assert!(asked(&mut bench).is_some(), "and it can be tried again");
}

#[test]
fn h1_the_code_is_for_that_customer_alone() {
    let (mut bench, session) = running();
    let (_, nameplate) = accepted(&mut bench, session);
    bench.customer(8).join(8, nameplate);
    assert!(bench.offer(8).is_none());
    come(&mut bench, 8, session, nameplate);
    assert!(bench.offer(8).is_none(), "who is not in the session cannot come beside it");
    come(&mut bench, CUSTOMER, session, nameplate + 1);
    assert!(bench.offer(CUSTOMER).is_none());
}

#[test]
fn h1_a_no_silence_and_absence_are_told() {
    let (mut bench, session) = running();
    bench.input(wish(session, "rep:2"));
    let (_, offer) = asked(&mut bench).unwrap();
    assert_eq!((offer.customer.as_str(), offer.note.as_str()), ("K. Weber", "Knows the driver"));
    answer(&mut bench, BO, offer.offer, false);
    assert_eq!(outcome(&mut bench), Some(HandOverOutcome::Declined));
    bench.input(wish(session, "rep:2"));
    assert!(asked(&mut bench).is_some());
    bench.wait(u64::from(OFFER_S) * 1000);
    assert_eq!(outcome(&mut bench), Some(HandOverOutcome::Declined));
    assert!(bench.heard(BO).iter().any(|message| matches!(message, FromRelay::HandOverOver { .. })));
    bench.input(Input::Gone { connection: ConnectionId(BO) }).input(wish(session, "rep:2"));
    assert_eq!(outcome(&mut bench), Some(HandOverOutcome::Nobody));
}

#[test]
fn h1_the_reps_of_a_team_are_asked_in_turn_and_nobody_else() {
    let (mut bench, session) = running();
    bench.rep(CLEO, 31).rep(5, 41);
    in_team(&mut bench, &[1, 2, 3]);
    for connection in [ANNA, BO, CLEO, 5] {
        ready(&mut bench, connection);
    }
    bench.input(wish(session, "team:7"));
    let (first, offer) = asked(&mut bench).unwrap();
    answer(&mut bench, first, offer.offer, false);
    let (second, offer) = asked(&mut bench).unwrap();
    let mut both = [first, second];
    both.sort_unstable();
    assert_eq!(both, [BO, CLEO]);
    answer(&mut bench, second, offer.offer, false);
    assert_eq!((asked(&mut bench), outcome(&mut bench)), (None, Some(HandOverOutcome::Declined)));
}

#[test]
fn h1_a_team_of_which_nobody_is_free_is_waited_for_and_not_for_ever() {
    let (mut bench, session) = running();
    in_team(&mut bench, &[2]);
    bench.input(wish(session, "team:7")).wait(TEAM_MS / 2);
    assert_eq!((asked(&mut bench), outcome(&mut bench)), (None, None));
    ready(&mut bench, BO);
    bench.wait(2 * AGAIN_MS);
    let (_, offer) = asked(&mut bench).unwrap();
    answer(&mut bench, BO, offer.offer, false);
    assert_eq!(outcome(&mut bench), Some(HandOverOutcome::Declined));
    in_team(&mut bench, &[3]);
    bench.input(wish(session, "team:7")).wait(2 * TEAM_MS);
    assert_eq!(outcome(&mut bench), Some(HandOverOutcome::Nobody));
}

#[test]
fn h1_what_was_said_passes_once_and_to_whoever_is_asked() {
    let (mut bench, session) = running();
    bench.rep(CLEO, 31).input(wish(session, "rep:2"));
    let (_, offer) = asked(&mut bench).unwrap();
    let look =
        |from| Input::LookAtHandOver { connection: ConnectionId(from), offer: offer.offer, key: vec![4; KEY_BYTES] };
    bench.input(look(CLEO));
    assert!(bench.heard(ANNA).is_empty(), "not to somebody else");
    bench.input(look(BO)).input(look(BO));
    assert_eq!(bench.heard(ANNA).len(), 1);
    let told = |from| Input::HandOverSummary { connection: ConnectionId(from), session, reader: 21, body: vec![1] };
    bench.input(told(CLEO)).input(told(ANNA)).input(told(ANNA));
    let heard = bench.heard(BO);
    assert_eq!(heard.iter().filter(|message| matches!(message, FromRelay::HandOverSummary { .. })).count(), 1);
}

#[test]
fn h1_what_is_taken_back_is_asked_no_more() {
    let (mut bench, session) = running();
    bench.input(wish(session, "rep:2"));
    let (_, offer) = asked(&mut bench).unwrap();
    bench.input(wish(session, "rep:2"));
    assert_eq!(outcome(&mut bench), Some(HandOverOutcome::Gone), "one at a time");
    bench.heard(BO);
    bench.input(Input::WithdrawHandOver { connection: ConnectionId(BO), session });
    assert!(bench.heard(BO).is_empty(), "that is not theirs");
    bench.input(Input::WithdrawHandOver { connection: ConnectionId(ANNA), session });
    assert!(matches!(bench.heard(BO).as_slice(), [FromRelay::HandOverOver { end: AskedEnd::Withdrawn, .. }]));
    answer(&mut bench, BO, offer.offer, true);
    assert!(matches!(bench.heard(BO).as_slice(), [FromRelay::Refused { .. }]));
    let (second, _) = accepted(&mut bench, session);
    bench.input(Input::WithdrawHandOver { connection: ConnectionId(ANNA), session });
    assert!(matches!(bench.heard(BO).as_slice(), [FromRelay::CodeExpired { session }] if *session == second));
}

#[test]
fn h1_without_the_licence_nobody_is_asked() {
    let (mut bench, session) = running();
    let signed = Arc::new(SignedLicence { document: vec![], signature: vec![] });
    let (for_customers, covered) = (signed.clone(), ["chat".to_owned()].into());
    bench.input(Input::Licences(vec![(1, AccountLicence { signed, for_customers, covered, sessions_max: None })]));
    bench.input(wish(session, "rep:2"));
    let heard = bench.heard(ANNA);
    assert!(heard.iter().any(|message| matches!(message, FromRelay::Refused { .. })), "{heard:?}");
    assert_eq!(asked(&mut bench), None);
}

#[test]
fn h1_who_could_help_are_colleagues_and_teams_of_the_account() {
    let (mut bench, _) = running();
    in_team(&mut bench, &[2]);
    ready(&mut bench, BO);
    bench.input(Input::Directory { connection: ConnectionId(ANNA), teams: vec![(TEAM, "Printers".into())] });
    let heard = bench.heard(ANNA);
    let Some(FromRelay::Directory { targets }) = heard.last() else { panic!("{heard:?}") };
    let told: Vec<(&str, bool)> = targets.iter().map(|target| (target.id.as_str(), target.available)).collect();
    assert_eq!(told, [("rep:2", true), ("team:7", true)], "and not whoever asks");
}

#[test]
fn h2_a_manager_who_wishes_to_look_on_is_asked_in_by_the_session_s_own_rep() {
    let (mut bench, session) = running();
    let named = crate::token::hex(&session.0);
    let account = bench.hub.sessions.get(&session).unwrap().owner.account;
    assert_eq!(bench.hub.watch(account, 1, &named), Err(NotWatched::Own));
    assert_eq!(bench.hub.watch(account, 3, &named), Err(NotWatched::NoConsole));
    assert_eq!(bench.hub.watch(account + 1, 2, &named), Err(NotWatched::Over));
    assert_eq!(bench.hub.watch(account, 2, "1"), Err(NotWatched::Over));
    bench.input(wish(session, "rep:2"));
    assert_eq!(bench.hub.watch(account, 2, &named), Err(NotWatched::Busy));
    bench.input(Input::WithdrawHandOver { connection: ConnectionId(ANNA), session });
    bench.heard(ANNA);
    bench.input(Input::People(People { watchers: [2].into(), ..People::default() }));
    assert_eq!(bench.hub.watch(account, 2, &named), Ok(()));
    bench.input(Input::Gone { connection: ConnectionId(99) });
    let heard = bench.heard(ANNA);
    let asked_in = |message: &FromRelay| matches!(message, FromRelay::WatchAsked { to, .. } if to == "rep:2");
    assert!(heard.iter().any(asked_in), "{heard:?}");
}

/// Scar: whoever had taken it waited for a customer who never heard of them, and nobody else could be asked.
#[test]
fn h1_if_the_first_console_dies_before_it_has_the_code_nobody_waits_for_that() {
    let (mut bench, session) = running();
    let (second, _) = accepted(&mut bench, session);
    bench.input(Input::Gone { connection: ConnectionId(ANNA) });
    assert!(hears_code_expired(&mut bench, BO, second));
    assert!(bench.hub.office.hand_overs.of_session(session).is_none());
}

#[test]
fn h1_if_it_dies_with_the_code_the_customer_can_come_all_the_same() {
    let (mut bench, session) = running();
    let (second, nameplate) = accepted(&mut bench, session);
    tell_code(&mut bench, BO, second);
    bench.input(Input::Gone { connection: ConnectionId(ANNA) });
    come(&mut bench, CUSTOMER, session, nameplate);
    assert_eq!(bench.offer(CUSTOMER).map(|offer| offer.session), Some(second));
}

#[test]
fn h1_a_console_that_has_forgotten_its_wish_can_wish_again() {
    let (mut bench, session) = running();
    let (second, _) = accepted(&mut bench, session);
    bench.rep(CLEO, 31).input(wish(session, "rep:3"));
    let (to, offer) = asked(&mut bench).unwrap();
    assert_eq!(to, CLEO);
    assert!(hears_code_expired(&mut bench, BO, second));
    // Not by another's word.
    bench.input(Input::WithdrawHandOver { connection: ConnectionId(BO), session });
    answer(&mut bench, CLEO, offer.offer, true);
    assert!(bench.heard(CLEO).iter().any(|of| matches!(of, FromRelay::HandOverAccepted(_))));
}

/// Scar: once the customer's program had said something, the code was kept over a restart as one that anybody may come with.
#[test]
fn h1_a_code_for_one_customer_is_kept_for_no_later_relay() {
    let (mut bench, session) = running();
    let (second, nameplate) = accepted(&mut bench, session);
    let gone = bench.records(|change| matches!(change, Change::CodeGone { .. }));
    assert!(gone.contains(&Change::CodeGone { session: second }));
    bench.records(|change| matches!(change, Change::Code(_)));
    come(&mut bench, CUSTOMER, session, nameplate);
    bench.input(Input::Signal { connection: ConnectionId(CUSTOMER), session: second, body: vec![1] });
    assert!(bench.records(|change| matches!(change, Change::Code(_))).is_empty());
}
