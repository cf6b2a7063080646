//! Running sessions in a portal's line: where they stand, who is asked, who takes them, and that the first rep keeps them until then.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "handed_again_tests.rs"]
mod again;
#[path = "handed_asked_tests.rs"]
mod asked;

use super::*;
use crate::hub::queue::hand_over_bench::{
    ANNA, BO, CLEO, CUSTOMER, answer, begin, come_to, end_session, hears_code_expired, outcome_of, shown, take,
    tell_code, wish_of,
};
use crate::hub::queue::tests::{HELP, routes};
use crate::hub::tests::{Bench, ended};
use crate::hub::{Change, Input, Limits, Routes};
use lotse_protocol::handover::{self, OFFER_S, Purpose};
use lotse_protocol::question::{Availability, Offered, WaitingQuestion};

const OFFER_MS: u64 = OFFER_S as u64 * 1000;

/// Anna's session runs, Bo and Cleo are signed in, and a portal leads to all of them.
fn running() -> (Bench, SessionId) {
    let mut bench = Bench::new(vec![]);
    bench.hands_over(Some("session-handoff"));
    bench.input(Input::Routes(routes()));
    bench.rep(ANNA, 11).rep(BO, 21).rep(CLEO, 31).customer(CUSTOMER);
    let session = begin(&mut bench, ANNA, CUSTOMER);
    (bench, session)
}

/// Anna hands it over to the portal: what it is called.
fn queued(bench: &mut Bench, session: SessionId) -> HandOverId {
    bench.input(wish_of(ANNA, session, &format!("portal:{HELP}"), "Knows the driver", Purpose::TakeOver));
    bench.hub.office.hand_overs.of_session(session).unwrap().id
}

fn ready(bench: &mut Bench, connection: u64) {
    bench.input(Input::Availability { connection: ConnectionId(connection), availability: Availability::default() });
}

/// A rep opens it from the list.
fn read(bench: &mut Bench, connection: u64, id: HandOverId) -> Option<u16> {
    while shown(bench).is_some() {}
    let (question, features) = (id.row(), Default::default());
    bench.input(Input::AnswerQuestion { connection: ConnectionId(connection), features, question });
    shown(bench).filter(|(to, offer, _)| (*to, offer.offer) == (connection, id)).map(|(_, _, for_s)| for_s)
}

/// How it ended for a rep who read it.
fn end(bench: &mut Bench, connection: u64) -> Option<AskedEnd> {
    bench.heard(connection).into_iter().find_map(|message| match message {
        FromRelay::HandOverOver { end, .. } => Some(end),
        _ => None,
    })
}

/// What waits, as a rep is told it at the next tick.
fn list(bench: &mut Bench, connection: u64) -> Option<Vec<WaitingQuestion>> {
    bench.wait(500);
    bench.heard(connection).into_iter().rev().find_map(|message| match message {
        FromRelay::Questions(queue) => Some(queue.waiting),
        _ => None,
    })
}

fn refused(bench: &mut Bench, connection: u64) -> bool {
    bench.heard(connection).iter().any(|message| matches!(message, FromRelay::Refused { .. }))
}

#[test]
fn h1_a_session_handed_to_a_portal_stands_in_its_line_before_the_questions_and_is_offered_first() {
    let (mut bench, session) = running();
    ready(&mut bench, BO);
    let asked = [bench.ask(HELP, 1), bench.ask(HELP, 2)];
    let id = queued(&mut bench, session);
    assert_eq!(shown(&mut bench), None, "Bo is asked something else");
    bench.wait(2000);
    let waiting = list(&mut bench, CLEO).unwrap();
    let order: Vec<QuestionId> = waiting.iter().map(|row| row.question).collect();
    assert_eq!(order, [id.row(), asked[0], asked[1]]);
    let running = waiting[0].running.clone().unwrap();
    assert_eq!((running.from.as_str(), running.note.as_str(), running.yours), ("Anna Berg", "Knows the driver", false));
    assert_eq!((waiting[0].name.as_str(), waiting[0].portal.as_str()), ("K. Weber", "portal 1"));
    assert!(waiting[1].running.is_none());
    assert!(list(&mut bench, ANNA).is_none_or(|own| own[0].running.clone().unwrap().yours));
    bench.input(Input::PassQuestion { connection: ConnectionId(BO), question: asked[0] });
    let (to, offer, for_s) = shown(&mut bench).unwrap();
    assert_eq!((to, offer.offer, for_s), (BO, id, OFFER_S));
    let figures = bench.hub.figures();
    assert_eq!((figures.questions_waiting, figures.questions_offered), (3, 1), "and is counted");
    let live = bench.hub.live(bench.now_ms, 1);
    assert_eq!(live.questions[0].handed_by.as_deref(), Some("Anna Berg"));
    assert!(
        bench.records(|change| matches!(change, Change::Question(record) if record.question == id.row())).is_empty()
    );
}

#[test]
fn h1_it_goes_to_the_next_after_its_time_and_round_again_and_never_to_whose_it_is() {
    let (mut bench, session) = running();
    bench.input(Input::Availability {
        connection: ConnectionId(ANNA),
        availability: Availability { in_session: true, ..Availability::default() },
    });
    ready(&mut bench, BO);
    bench.wait(10);
    ready(&mut bench, CLEO);
    let id = queued(&mut bench, session);
    assert_eq!(shown(&mut bench).map(|(to, ..)| to), Some(BO), "idle for longest");
    bench.wait(OFFER_MS);
    assert_eq!(end(&mut bench, BO), Some(AskedEnd::Passed));
    assert_eq!(shown(&mut bench).map(|(to, ..)| to), Some(CLEO));
    answer(&mut bench, CLEO, id, false);
    assert_eq!(shown(&mut bench), None, "all have passed");
    bench.wait(Limits::default().offer_pause_ms);
    assert_eq!(shown(&mut bench).map(|(to, ..)| to), Some(BO), "it begins again");
    bench.wait(3 * 3600 * 1000);
    assert!(bench.hub.office.book.get(id.row()).is_some(), "and waits for as long as it takes");
    assert_eq!(outcome_of(&bench.heard(ANNA)), None);
}

#[test]
fn h1_whoever_serves_the_portal_takes_it_from_the_list_by_choice() {
    let (mut bench, session) = running();
    ready(&mut bench, BO);
    let id = queued(&mut bench, session);
    assert_eq!(shown(&mut bench).map(|(to, ..)| to), Some(BO));
    // Cleo is away, and may.
    assert_eq!(read(&mut bench, CLEO, id), Some(0));
    let look = |from| Input::LookAtHandOver { connection: ConnectionId(from), offer: id, key: vec![4; KEY_BYTES] };
    bench.input(look(CLEO)).input(look(BO)).input(look(CLEO));
    let readers: Vec<i64> = bench
        .heard(ANNA)
        .iter()
        .filter_map(|message| match message {
            FromRelay::HandOverLooked { reader, .. } => Some(*reader),
            _ => None,
        })
        .collect();
    assert_eq!(readers, [31, 21], "both read it, each once");
    for reader in [21, 31] {
        let body = vec![u8::try_from(reader).unwrap()];
        bench.input(Input::HandOverSummary { connection: ConnectionId(ANNA), session, reader, body });
    }
    for (connection, body) in [(BO, [21]), (CLEO, [31])] {
        let told = |of: &FromRelay| matches!(of, FromRelay::HandOverSummary { body: told, .. } if *told == body);
        assert!(bench.heard(connection).iter().any(told), "what is sealed to them");
    }
    let (second, nameplate) = take(&mut bench, CLEO, id).unwrap();
    assert_eq!(end(&mut bench, BO), Some(AskedEnd::Taken));
    assert_eq!(outcome_of(&bench.heard(ANNA)), Some(HandOverOutcome::Accepted));
    assert_eq!(list(&mut bench, BO), Some(vec![]));
    answer(&mut bench, BO, id, true);
    assert!(refused(&mut bench, BO));
    assert_eq!(bench.hub.counts().2, 2, "the first still runs");
    tell_code(&mut bench, CLEO, second);
    come_to(&mut bench, CLEO, session, (second, nameplate));
    assert!(bench.hub.office.book.len() == 0 && bench.hub.office.hand_overs.of_session(session).is_none());
    end_session(&mut bench, CUSTOMER, session, "HandedOver");
    assert_eq!(ended(&bench.heard(ANNA)), Some("HandedOver"));
    assert_eq!(bench.hub.counts().2, 1);
}

#[test]
fn h1_a_dead_console_gives_it_back_to_the_front_and_the_first_rep_has_it_all_along() {
    let (mut bench, session) = running();
    ready(&mut bench, BO);
    let id = queued(&mut bench, session);
    assert_eq!(shown(&mut bench).map(|(to, ..)| to), Some(BO));
    // While it was only offered.
    bench.input(Input::Gone { connection: ConnectionId(BO) });
    assert!(bench.hub.office.book.get(id.row()).is_some_and(Question::is_open));
    bench.ask_behind();
    // Taken, and the code has not come yet: nothing of the wish is used up.
    assert_eq!(read(&mut bench, CLEO, id), Some(0));
    take(&mut bench, CLEO, id).unwrap();
    bench.heard(ANNA);
    bench.input(Input::Gone { connection: ConnectionId(CLEO) });
    assert!(bench.heard(ANNA).is_empty());
    // Taken, and the code is with the first console, which has another key for the next.
    bench.rep(CLEO, 31);
    read(&mut bench, CLEO, id).unwrap();
    let (second, _) = take(&mut bench, CLEO, id).unwrap();
    tell_code(&mut bench, CLEO, second);
    bench.heard(ANNA);
    bench.input(Input::Gone { connection: ConnectionId(CLEO) });
    let heard = bench.heard(ANNA);
    assert!(matches!(heard.as_slice(), [FromRelay::HandOverWaits { session: of }] if *of == session), "{heard:?}");
    bench.rep(BO, 21);
    let waiting = list(&mut bench, BO).unwrap();
    assert_eq!((waiting[0].question, waiting[0].offered.clone()), (id.row(), Offered::Nobody), "at the front");
    read(&mut bench, BO, id).unwrap();
    assert_eq!(take(&mut bench, BO, id), None, "not to a key that is used up");
    bench.input(Input::HandOverKey { connection: ConnectionId(BO), session, key: vec![5; KEY_BYTES] });
    assert_eq!(take(&mut bench, BO, id), None, "nor to somebody else's");
    bench.input(Input::HandOverKey { connection: ConnectionId(ANNA), session, key: vec![5; KEY_BYTES] });
    assert!(take(&mut bench, BO, id).is_some());
    assert_eq!(ended(&bench.heard(ANNA)), None);
}

impl Bench {
    /// A question that is asked while somebody takes them, and waits.
    fn ask_behind(&mut self) -> QuestionId {
        self.rep(9, 91);
        ready(self, 9);
        shown(self).unwrap();
        let asked = self.ask(HELP, 1);
        self.input(Input::Gone { connection: ConnectionId(9) });
        asked
    }
}

#[test]
fn h1_if_the_customer_cannot_come_to_whoever_took_it_it_stands_in_line_again() {
    let (mut bench, session) = running();
    let id = queued(&mut bench, session);
    read(&mut bench, BO, id).unwrap();
    let (second, _) = take(&mut bench, BO, id).unwrap();
    tell_code(&mut bench, BO, second);
    bench.input(Input::HandOverKey { connection: ConnectionId(ANNA), session, key: vec![5; KEY_BYTES] });
    assert!(hears_code_expired(&mut bench, BO, second));
    assert!(!bench.heard(ANNA).iter().any(|of| matches!(of, FromRelay::HandOverWaits { .. })), "the key was said");
    assert_eq!(list(&mut bench, CLEO).map(|waiting| waiting.len()), Some(1));
    read(&mut bench, CLEO, id).unwrap();
    assert!(take(&mut bench, CLEO, id).is_some());
}

#[test]
fn h1_what_is_taken_back_and_what_is_over_leaves_the_line() {
    let ways: [fn(SessionId) -> Input; 3] = [
        |session| Input::WithdrawHandOver { connection: ConnectionId(ANNA), session },
        |session| Input::EndSession { connection: ConnectionId(CUSTOMER), session, reason: "x".into() },
        // No console is there any more that could bring the next one in.
        |_| Input::Gone { connection: ConnectionId(ANNA) },
    ];
    for way in ways {
        let (mut bench, session) = running();
        ready(&mut bench, BO);
        let id = queued(&mut bench, session);
        read(&mut bench, CLEO, id).unwrap();
        bench.input(way(session));
        for reader in [BO, CLEO] {
            assert_eq!(end(&mut bench, reader), Some(AskedEnd::Withdrawn));
        }
        assert_eq!((bench.hub.office.book.len(), bench.hub.office.desk.offered(21)), (0, None));
        answer(&mut bench, CLEO, id, true);
        assert!(refused(&mut bench, CLEO));
    }
}

#[test]
fn h1_with_its_portal_the_wish_is_over_and_the_session_is_not() {
    let (mut bench, session) = running();
    queued(&mut bench, session);
    bench.heard(ANNA);
    bench.input(Input::Routes(Routes { portals: vec![], ..routes() }));
    assert_eq!(outcome_of(&bench.heard(ANNA)), Some(HandOverOutcome::Nobody));
    assert_eq!((bench.hub.office.book.len(), bench.hub.counts().2), (0, 1));
}

#[test]
fn h1_nobody_takes_what_is_their_own_or_closes_it_or_answers_it_unread() {
    let (mut bench, session) = running();
    let id = queued(&mut bench, session);
    assert_eq!(read(&mut bench, ANNA, id), None);
    assert!(refused(&mut bench, ANNA));
    bench.input(Input::CloseQuestion { connection: ConnectionId(BO), question: id.row() });
    assert!(refused(&mut bench, BO));
    assert_eq!(take(&mut bench, BO, id), None, "not opened");
    let mut elsewhere = routes();
    for portal in &mut elsewhere.portals {
        portal.team = Some(77);
    }
    bench.input(Input::Routes(elsewhere));
    assert_eq!(read(&mut bench, BO, id), None, "its portal leads to others");
    assert!(bench.hub.office.book.get(id.row()).is_some());
}

#[test]
fn h1_one_rep_opens_it_some_times_and_not_for_ever() {
    let (mut bench, session) = running();
    let id = queued(&mut bench, session);
    for _ in 0..OPENED_MAX {
        assert_eq!(read(&mut bench, BO, id), Some(0));
    }
    assert_eq!(read(&mut bench, BO, id), None);
    assert_eq!(read(&mut bench, CLEO, id), Some(0), "others do");
}

#[test]
fn h1_a_program_that_wishes_again_keeps_its_waiting_time_and_has_one_row() {
    let (mut bench, session) = running();
    let first = queued(&mut bench, session);
    let (to, key) = (format!("portal:{HELP}"), vec![6; KEY_BYTES]);
    let (note, purpose) = (String::new(), Purpose::TakeOver);
    let wish = handover::HandOver { session, to, note, purpose, key, waiting_s: 75 };
    bench.input(Input::HandOver { connection: ConnectionId(ANNA), wish: Box::new(wish) });
    let waiting = list(&mut bench, BO).unwrap();
    assert_eq!((waiting.len(), waiting[0].waiting_s), (1, 75));
    assert_ne!(waiting[0].question, first.row());
}

#[test]
fn h1_whoever_is_asked_by_name_is_offered_nothing_else_meanwhile() {
    let (mut bench, session) = running();
    ready(&mut bench, BO);
    bench.input(wish_of(ANNA, session, "rep:2", "", Purpose::TakeOver));
    let (_, offer, _) = shown(&mut bench).unwrap();
    bench.ask(HELP, 1);
    assert_eq!(bench.hub.office.desk.offered(21), None);
    answer(&mut bench, BO, offer.offer, false);
    assert!(bench.hub.office.desk.offered(21).is_some());
}

/// Bo has come beside Anna from the portal's line, for that.
fn beside(bench: &mut Bench, session: SessionId) -> SessionId {
    let id = queued(bench, session);
    read(bench, BO, id).unwrap();
    let taken = take(bench, BO, id).unwrap();
    come_to(bench, BO, session, taken);
    for connection in [ANNA, BO, CLEO, CUSTOMER] {
        bench.heard(connection);
    }
    taken.0
}

#[test]
fn h1_who_is_in_the_session_already_takes_it_from_the_line_without_another_one() {
    let (mut bench, session) = running();
    let second = beside(&mut bench, session);
    let id = queued(&mut bench, session);
    assert_eq!((read(&mut bench, CLEO, id), read(&mut bench, BO, id)), (Some(0), Some(0)));
    answer(&mut bench, BO, id, true);
    let heard = bench.heard(BO);
    let over: Vec<AskedEnd> = heard
        .iter()
        .filter_map(|message| match message {
            FromRelay::HandOverOver { end, .. } => Some(*end),
            _ => None,
        })
        .collect();
    assert_eq!(over, [AskedEnd::Yours { session: second }], "{heard:?}");
    assert_eq!(end(&mut bench, CLEO), Some(AskedEnd::Taken));
    let here = |message: &FromRelay| matches!(message, FromRelay::HandOverHere { beside, .. } if *beside == second);
    assert!(bench.heard(ANNA).iter().any(here));
    assert_eq!((bench.hub.office.book.len(), bench.hub.counts().2), (0, 2), "nothing is left in the line");
    // The customer's program did not let them: it is said again.
    assert_ne!(queued(&mut bench, session), id);
    assert_eq!(bench.hub.office.book.len(), 1);
}

#[test]
fn h2_who_is_in_the_session_already_is_not_asked_into_it_by_the_line() {
    let (mut bench, session) = running();
    beside(&mut bench, session);
    let in_session = Availability { in_session: true, ..Availability::default() };
    bench.input(Input::Availability { connection: ConnectionId(BO), availability: in_session });
    bench.input(wish_of(ANNA, session, &format!("portal:{HELP}"), "", Purpose::Join));
    let id = bench.hub.office.hand_overs.of_session(session).unwrap().id;
    assert_eq!(shown(&mut bench), None);
    bench.heard(BO);
    assert_eq!(read(&mut bench, BO, id), None);
    assert!(refused(&mut bench, BO));
    ready(&mut bench, CLEO);
    assert_eq!(shown(&mut bench).map(|(to, ..)| to), Some(CLEO));
}
