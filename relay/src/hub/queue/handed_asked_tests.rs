//! Running sessions in a portal's line: one thing at a time for each rep, and who reads them.

use super::*;
use lotse_protocol::question::NoPlace;

/// A rep wishes for another in a session of theirs.
fn wish(bench: &mut Bench, connection: u64, session: SessionId, to: &str, purpose: Purpose) {
    bench.input(wish_of(connection, session, to, "", purpose));
}

/// A second session of another rep's runs, with a customer of its own.
fn another(bench: &mut Bench) -> (u64, SessionId) {
    let (rep, customer) = (50, 51);
    bench.rep(rep, 51).customer(customer);
    let session = begin(bench, rep, customer);
    (rep, session)
}

fn refusal(bench: &mut Bench, connection: u64) -> Option<String> {
    bench.heard(connection).into_iter().find_map(|message| match message {
        FromRelay::Refused { reason } => Some(reason),
        _ => None,
    })
}

/// Scar: two popups had one place; the one by name could not be answered any more, and a minute later it was "not answered".
#[test]
fn h1_who_is_asked_for_a_session_reads_no_other_until_that_is_answered() {
    let (mut bench, session) = running();
    let (rep, other) = another(&mut bench);
    let id = queued(&mut bench, session);
    wish(&mut bench, rep, other, "rep:2", Purpose::Join);
    let (to, offer, _) = shown(&mut bench).unwrap();
    assert_eq!(to, BO);
    assert_eq!(read(&mut bench, BO, id), None);
    let reason = refusal(&mut bench, BO).unwrap();
    assert!(reason.contains("being asked for another session"), "{reason}");
    answer(&mut bench, BO, offer.offer, false);
    assert_eq!(read(&mut bench, BO, id), Some(0));
    // And by turn.
    ready(&mut bench, CLEO);
    assert_eq!(bench.hub.office.desk.offered(31), Some(id.row()));
    wish(&mut bench, rep, other, &format!("portal:{HELP}"), Purpose::Join);
    let second = bench.hub.office.hand_overs.of_session(other).unwrap().id;
    assert_eq!(read(&mut bench, CLEO, second), None);
    assert_eq!(read(&mut bench, CLEO, id).map(|for_s| for_s > 0), Some(true), "their turn they read");
}

/// Scar: what was on its way to one who had just taken another undid that.
#[test]
fn h1_who_has_taken_one_is_asked_for_no_other_until_its_customer_has_come() {
    let (mut bench, session) = running();
    let (rep, other) = another(&mut bench);
    let in_session = Availability { in_session: true, ..Availability::default() };
    bench.input(Input::Availability { connection: ConnectionId(BO), availability: in_session });
    let id = queued(&mut bench, session);
    let taken = take(&mut bench, BO, id).unwrap();
    while shown(&mut bench).is_some() {}
    wish(&mut bench, rep, other, "rep:2", Purpose::Join);
    assert_eq!((shown(&mut bench), outcome_of(&bench.heard(rep))), (None, Some(HandOverOutcome::Nobody)), "by name");
    wish(&mut bench, rep, other, &format!("portal:{HELP}"), Purpose::Join);
    assert_eq!((shown(&mut bench), bench.hub.office.desk.offered(21)), (None, None), "by turn");
    come_to(&mut bench, BO, session, taken);
    assert_eq!(shown(&mut bench).map(|(to, ..)| to), Some(BO), "from there on");
}

#[test]
fn h1_one_who_did_not_come_to_what_they_took_is_asked_for_others_again() {
    let (mut bench, session) = running();
    let (rep, other) = another(&mut bench);
    ready(&mut bench, BO);
    let id = queued(&mut bench, session);
    take(&mut bench, BO, id).unwrap();
    while shown(&mut bench).is_some() {}
    wish(&mut bench, rep, other, &format!("portal:{HELP}"), Purpose::Join);
    assert_eq!(shown(&mut bench), None);
    bench.input(Input::WithdrawHandOver { connection: ConnectionId(ANNA), session });
    assert_eq!(shown(&mut bench).map(|(to, ..)| to), Some(BO));
}

/// Scar: who came in by another way meanwhile was offered it first, and told that it was not offered any more.
#[test]
fn h2_who_came_into_the_session_meanwhile_is_not_asked_into_it_and_is_told_why_they_cannot() {
    let (mut bench, session) = running();
    let second = beside(&mut bench, session);
    wish(&mut bench, ANNA, session, &format!("portal:{HELP}"), Purpose::Join);
    let id = bench.hub.office.hand_overs.of_session(session).unwrap().id;
    assert_eq!(read(&mut bench, CLEO, id), Some(0));
    // Bo, who is in it too, brings her in.
    wish(&mut bench, BO, second, "rep:3", Purpose::Join);
    let (to, offer, _) = shown(&mut bench).unwrap();
    assert_eq!(to, CLEO);
    let taken = take(&mut bench, CLEO, offer.offer).unwrap();
    come_to(&mut bench, CLEO, second, taken);
    bench.heard(CLEO);
    answer(&mut bench, CLEO, id, true);
    let reason = refusal(&mut bench, CLEO).unwrap();
    assert!(reason.contains("in this session already"), "{reason}");
    let in_session = Availability { in_session: true, ..Availability::default() };
    bench.input(Input::Availability { connection: ConnectionId(CLEO), availability: in_session });
    assert_eq!((shown(&mut bench), bench.hub.office.desk.offered(31)), (None, None));
    bench.rep(9, 91);
    ready(&mut bench, 9);
    assert_eq!(shown(&mut bench).map(|(to, ..)| to), Some(9));
}

/// Scar: after so many had looked at it once, everybody heard that it was opened too often.
#[test]
fn h1_who_has_closed_it_or_is_gone_does_not_count_as_one_who_reads_it() {
    let (mut bench, session) = running();
    let id = queued(&mut bench, session);
    let readers = |bench: &Bench| bench.hub.office.hand_overs.get(id).unwrap().readers.len();
    for number in 0..u64::try_from(READERS_MAX).unwrap() {
        bench.rep(100 + number, 1000 + 10 * i64::try_from(number).unwrap());
        assert_eq!(read(&mut bench, 100 + number, id), Some(0));
    }
    assert_eq!(readers(&bench), READERS_MAX);
    assert_eq!(read(&mut bench, BO, id), None);
    assert!(refusal(&mut bench, BO).unwrap().contains("As many colleagues read"));
    answer(&mut bench, 100, id, false);
    assert_eq!((readers(&bench), read(&mut bench, BO, id)), (READERS_MAX - 1, Some(0)));
    bench.input(Input::Gone { connection: ConnectionId(101) });
    bench.input(Input::SignedOut { connection: ConnectionId(102) });
    assert_eq!((readers(&bench), read(&mut bench, CLEO, id)), (READERS_MAX - 2, Some(0)));
    assert_eq!(take(&mut bench, 100, id), None, "who has closed it opens it before they take it");
    // One who opens and closes it all day is told what was said so often and no more.
    for _ in 1..OPENED_MAX {
        answer(&mut bench, BO, id, false);
        assert_eq!(read(&mut bench, BO, id), Some(0));
    }
    answer(&mut bench, BO, id, false);
    assert_eq!(read(&mut bench, BO, id), None);
}

/// Scar: the second console of one who was in the session began another session with the same customer.
#[test]
fn h1_who_is_in_the_session_at_one_console_does_not_open_it_from_the_line_at_another() {
    let (mut bench, session) = running();
    beside(&mut bench, session);
    bench.rep(6, 22);
    let id = queued(&mut bench, session);
    assert_eq!(read(&mut bench, 6, id), None);
    assert!(refusal(&mut bench, 6).unwrap().contains("at your other console"));
    assert_eq!(read(&mut bench, BO, id), Some(0));
}

/// Scar: it was offered there, and its row had a button, and whoever pressed it was refused.
#[test]
fn h1_at_their_other_console_a_row_says_where_to_take_it_and_is_not_offered() {
    let (mut bench, session) = running();
    let second = beside(&mut bench, session);
    bench.rep(6, 22);
    ready(&mut bench, 6);
    let id = queued(&mut bench, session);
    assert_eq!((shown(&mut bench), bench.hub.office.desk.offered(22)), (None, None));
    let place = |bench: &mut Bench, connection: u64| {
        let row = list(bench, connection).unwrap().into_iter().find(|row| row.question == id.row());
        row.unwrap().running.unwrap().no_place
    };
    assert_eq!((place(&mut bench, 6), place(&mut bench, BO)), (Some(NoPlace::OtherConsole), None));
    // Out of the session they take it wherever they are.
    let (connection, reason) = (ConnectionId(BO), "RepEnded".to_owned());
    bench.input(Input::EndSession { connection, session: second, reason });
    assert_eq!(shown(&mut bench).map(|(to, ..)| to), Some(6));
    assert_eq!(place(&mut bench, 6), None);
}

#[test]
fn h2_who_is_in_the_session_reads_at_its_row_that_others_are_asked_for() {
    let (mut bench, session) = running();
    beside(&mut bench, session);
    wish(&mut bench, ANNA, session, &format!("portal:{HELP}"), Purpose::Join);
    let place = |rows: Vec<WaitingQuestion>| rows[0].running.as_ref().unwrap().no_place;
    assert_eq!(list(&mut bench, BO).map(place), Some(Some(NoPlace::Already)));
    assert_eq!(list(&mut bench, CLEO).map(place), Some(None));
}
