//! Sessions that go to a rep who is in them already.

use super::*;
use crate::hub::queue::hand_over_bench::come_to;
use crate::hub::queue::hand_overs::Reader;

/// What a manager who looks on is there as.
const WATCHES: Joined = Joined { purpose: Purpose::Observe, watches: true };

/// Bo is beside Anna in her session: the two sessions of their customer.
fn beside() -> (Bench, SessionId, SessionId) {
    let (mut bench, session) = running();
    let taken = accepted(&mut bench, session);
    come_to(&mut bench, BO, session, taken);
    for connection in [ANNA, BO, CUSTOMER] {
        bench.heard(connection);
    }
    bench.records(|_| true);
    (bench, session, taken.0)
}

fn wish_for(session: SessionId, to: &str, purpose: Purpose) -> Input {
    wish_of(ANNA, session, to, "", purpose)
}

/// Which session of theirs takes the place, as whoever asked is told.
fn here(bench: &mut Bench) -> Option<(SessionId, SessionId)> {
    bench.heard(ANNA).into_iter().find_map(|message| match message {
        FromRelay::HandOverHere { session, beside, .. } => Some((session, beside)),
        _ => None,
    })
}

/// Scar: they got a second session with the same customer, and a second window.
#[test]
fn h1_who_is_in_the_session_already_gets_no_second_one() {
    let (mut bench, session, second) = beside();
    bench.input(wish_for(session, "rep:2", Purpose::TakeOver));
    let (to, offer) = asked(&mut bench).unwrap();
    assert_eq!(to, BO, "they are asked all the same");
    answer(&mut bench, BO, offer.offer, true);
    assert_eq!(here(&mut bench), Some((session, second)));
    let heard = bench.heard(BO);
    let yours = AskedEnd::Yours { session: second };
    assert!(heard.iter().any(|message| matches!(message, FromRelay::HandOverOver { end, .. } if *end == yours)));
    assert!(!heard.iter().any(|message| matches!(message, FromRelay::HandOverAccepted(_))), "{heard:?}");
    let carried = bench.records(|change| matches!(change, Change::Beside { .. }));
    let joined = Joined { purpose: Purpose::TakeOver, watches: false };
    assert_eq!(carried, [Change::Beside { session: second, first: session, from: session, joined }]);
    assert_eq!(bench.hub.counts().2, 2);
    end_session(&mut bench, CUSTOMER, session, "HandedOver");
    assert_eq!((bench.hub.counts().2, ended(&bench.heard(BO))), (1, None));
}

#[test]
fn h1_their_no_leaves_everything_as_it_is() {
    let (mut bench, session, _) = beside();
    bench.input(wish_for(session, "rep:2", Purpose::TakeOver));
    let (_, offer) = asked(&mut bench).unwrap();
    answer(&mut bench, BO, offer.offer, false);
    assert_eq!(outcome(&mut bench), Some(HandOverOutcome::Declined));
    assert_eq!(bench.hub.counts().2, 2);
}

#[test]
fn h2_nobody_is_invited_who_is_in_the_session_already() {
    let (mut bench, session, _) = beside();
    for purpose in [Purpose::Join, Purpose::Observe] {
        bench.input(wish_for(session, "rep:2", purpose));
        assert_eq!((asked(&mut bench), outcome(&mut bench)), (None, Some(HandOverOutcome::Gone)));
    }
    // Nor by the team that they are of.
    bench.rep(CLEO, 31);
    in_team(&mut bench, &[1, 2, 3]);
    for connection in [BO, CLEO] {
        ready(&mut bench, connection);
    }
    bench.input(wish_for(session, "team:7", Purpose::Join));
    assert_eq!(asked(&mut bench).map(|(to, _)| to), Some(CLEO));
}

#[test]
fn h1_if_their_console_dies_before_the_answer_whoever_asks_is_told() {
    let (mut bench, session, _) = beside();
    bench.input(wish_for(session, "rep:2", Purpose::TakeOver));
    assert!(asked(&mut bench).is_some());
    bench.input(Input::Gone { connection: ConnectionId(BO) });
    assert_eq!((here(&mut bench), bench.hub.counts().2), (None, 2), "both run on");
    bench.input(wish_for(session, "rep:2", Purpose::TakeOver));
    assert_eq!(asked(&mut bench), None, "who is not connected is not asked");
}

/// Bo only looks on, as a manager, and has agreed to lead; the customer is asked.
fn agreed() -> (Bench, SessionId, SessionId) {
    let (mut bench, session, second) = beside();
    bench.hub.sessions.get_mut(&second).unwrap().joined = Some(WATCHES);
    bench.input(wish_for(session, "rep:2", Purpose::TakeOver));
    let (_, offer) = asked(&mut bench).unwrap();
    answer(&mut bench, BO, offer.offer, true);
    bench.records(|_| true);
    (bench, session, second)
}

/// Scar: a manager who had taken over was put out of their own session when the account let managers look on no more.
#[test]
fn h1_who_looked_on_is_known_as_who_took_over_once_they_have() {
    let (mut bench, session, second) = agreed();
    let joined = |bench: &Bench| bench.hub.sessions.get(&second).unwrap().joined;
    assert_eq!(joined(&bench), Some(WATCHES), "the customer has yet to say yes");
    end_session(&mut bench, CUSTOMER, session, "HandedOver");
    let takes_over = Joined { purpose: Purpose::TakeOver, watches: false };
    assert_eq!(joined(&bench), Some(takes_over));
    let kept = bench.records(|change| matches!(change, Change::Beside { .. }));
    assert_eq!(kept, [Change::Beside { session: second, first: session, from: session, joined: takes_over }]);
}

fn watches(bench: &Bench, session: SessionId) -> bool {
    bench.hub.sessions.get(&session).unwrap().joined.unwrap().watches
}

fn take_overs(bench: &mut Bench) -> Vec<Change> {
    bench.records(|change| matches!(change, Change::TookOver { .. }))
}

/// Scar: a changed console said so of itself, and a manager was no longer put out when the account took it back.
#[test]
fn h2_a_rep_s_word_alone_makes_nobody_lead_whom_the_customer_did_not_let() {
    for reason in ["HandedOver", "RepEnded"] {
        let (mut bench, session, second) = agreed();
        end_session(&mut bench, ANNA, session, "HandedOver");
        assert!(watches(&bench, second) && take_overs(&mut bench).is_empty());
        // Nor by somebody else's word, nor by theirs.
        bench.customer(8);
        end_session(&mut bench, 8, session, "HandedOver");
        end_session(&mut bench, BO, session, "HandedOver");
        assert!(watches(&bench, second));
        end_session(&mut bench, CUSTOMER, session, reason);
        let handed_over = reason == "HandedOver";
        assert_eq!(watches(&bench, second), !handed_over, "the customer's program says {reason}");
        let wanted = handed_over.then_some(Change::TookOver { session: second, place_of: session });
        assert_eq!(take_overs(&mut bench), Vec::from_iter(wanted));
    }
}

#[test]
fn h2_what_is_taken_back_before_the_customer_s_word_comes_to_nothing() {
    let (mut bench, session, second) = agreed();
    bench.input(Input::WithdrawHandOver { connection: ConnectionId(ANNA), session });
    end_session(&mut bench, CUSTOMER, session, "HandedOver");
    assert!(watches(&bench, second) && take_overs(&mut bench).is_empty());
}

/// Scar: what was written until the customer said yes stayed behind; and who was first got nothing back.
#[test]
fn h1_notes_go_along_with_the_place_and_back_to_who_was_first() {
    let (mut bench, session, second) = agreed();
    bench.actions.clear();
    end_session(&mut bench, CUSTOMER, session, "HandedOver");
    let carried = bench.records(|change| matches!(change, Change::Beside { .. }));
    assert!(
        matches!(carried.as_slice(), [Change::Beside { session: to, from, .. }] if (*to, *from) == (second, session))
    );
    let told = |bench: &Bench, connection: u64, of: SessionId| {
        let is = |action: &Action| matches!(action, Action::TellNotes { to, session } if (to.0, *session) == (connection, of));
        bench.actions.iter().any(is)
    };
    assert!(told(&bench, BO, second), "and the new one's program hears of them");

    let (mut bench, session, second) = beside();
    bench.input(wish_of(BO, second, "rep:1", "", Purpose::TakeOver));
    let (to, offer) = asked(&mut bench).unwrap();
    assert_eq!(to, ANNA);
    bench.actions.clear();
    answer(&mut bench, ANNA, offer.offer, true);
    end_session(&mut bench, CUSTOMER, second, "HandedOver");
    let carried = bench.records(|change| matches!(change, Change::NotesCarried { .. }));
    let wanted = Change::NotesCarried { session, from: second };
    assert_eq!(carried, [wanted.clone(), wanted], "at the yes, and when it is done");
    assert!(told(&bench, ANNA, session) && take_overs(&mut bench).is_empty(), "who led all along took nothing over");
}

/// Scar: a second session of theirs was begun with the same customer.
#[test]
fn h1_who_is_in_the_session_at_one_console_does_not_take_it_over_at_another() {
    let (mut bench, session, second) = beside();
    bench.rep(6, 22);
    bench.input(wish_for(session, "rep:2", Purpose::TakeOver));
    let (to, offer) = asked(&mut bench).unwrap();
    assert_eq!(to, BO, "asked where they are in it");
    // As if they had been asked at the other one, too.
    bench.hub.office.hand_overs.change(offer.offer, |of| {
        of.stage = Stage::Offered { sign_in: 22 };
        of.readers = [(22, Reader::default())].into();
    });
    answer(&mut bench, 6, offer.offer, true);
    let refused = |message: &FromRelay| matches!(message, FromRelay::Refused { reason } if reason.contains("at your other console"));
    let heard = bench.heard(6);
    assert!(heard.iter().any(refused), "{heard:?}");
    assert_eq!((bench.hub.counts().2, here(&mut bench)), (2, None));
    assert!(bench.hub.sessions.contains_key(&second));
}
