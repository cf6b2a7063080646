//! Running sessions in a portal's line whose key is said anew, and who is asked again then.

use super::*;

/// Anna's program says its wish once more.
fn say_again(bench: &mut Bench, session: SessionId, note: &str) {
    let (to, note) = (format!("portal:{HELP}"), note.to_owned());
    let (purpose, key) = (Purpose::TakeOver, vec![6; KEY_BYTES]);
    let wish = handover::HandOver { session, to, note, purpose, key, waiting_s: 3 };
    bench.input(Input::HandOver { connection: ConnectionId(ANNA), wish: Box::new(wish) });
}

const NOTE: &str = "Knows the driver";

/// Bo has taken it with the code, and is gone: no key is known for whoever comes next.
fn keyless(bench: &mut Bench, session: SessionId) -> HandOverId {
    let id = queued(bench, session);
    read(bench, BO, id).unwrap();
    let (second, _) = take(bench, BO, id).unwrap();
    tell_code(bench, BO, second);
    bench.heard(ANNA);
    bench.input(Input::Gone { connection: ConnectionId(BO) });
    assert!(bench.heard(ANNA).iter().any(|message| matches!(message, FromRelay::HandOverWaits { .. })));
    id
}

/// Scar: it was offered at once, and whoever took it was told to wait.
#[test]
fn h1_nobody_is_asked_while_the_key_for_the_next_has_yet_to_come() {
    let (mut bench, session) = running();
    let id = keyless(&mut bench, session);
    ready(&mut bench, CLEO);
    let question = bench.ask(HELP, 1);
    assert_eq!(bench.hub.office.desk.offered(31), Some(question), "whoever is free is asked something else");
    bench.input(Input::PassQuestion { connection: ConnectionId(CLEO), question });
    assert_eq!(shown(&mut bench), None);
    bench.input(Input::HandOverKey { connection: ConnectionId(ANNA), session, key: vec![5; KEY_BYTES] });
    assert_eq!(shown(&mut bench).map(|(to, offer, _)| (to, offer.offer)), Some((CLEO, id)));
}

/// Scar: a console that said no key kept its row at the front of the line for as long as it liked.
#[test]
fn h1_a_row_whose_key_does_not_come_leaves_the_line_and_whoever_hands_it_over_is_told() {
    let (mut bench, session) = running();
    let id = keyless(&mut bench, session);
    assert_eq!(read(&mut bench, CLEO, id), Some(0));
    bench.wait(59_000);
    assert!(bench.hub.office.book.get(id.row()).is_some());
    bench.wait(1_000);
    assert_eq!((bench.hub.office.book.len(), outcome_of(&bench.heard(ANNA))), (0, Some(HandOverOutcome::Gone)));
    assert_eq!(end(&mut bench, CLEO), Some(AskedEnd::Withdrawn));
    assert_eq!(bench.hub.counts().2, 1, "their session runs on");
}

/// Scar: it became another row, and whoever read it was told that it was taken back.
#[test]
fn h1_what_is_said_again_keeps_its_row_and_its_readers_and_takes_the_new_key() {
    let (mut bench, session) = running();
    ready(&mut bench, BO);
    let id = queued(&mut bench, session);
    assert_eq!(shown(&mut bench).map(|(to, ..)| to), Some(BO));
    read(&mut bench, CLEO, id).unwrap();
    bench.wait(5_000);
    say_again(&mut bench, session, NOTE);
    assert_eq!(bench.hub.office.hand_overs.of_session(session).map(|wish| wish.id), Some(id));
    assert_eq!((end(&mut bench, CLEO), end(&mut bench, BO)), (None, None));
    let waited_ms = bench.hub.office.book.get(id.row()).unwrap().waited_ms(bench.now_ms);
    assert_eq!(waited_ms, 5_000, "its time goes on");
    answer(&mut bench, CLEO, id, true);
    let heard = bench.heard(CLEO);
    let sealed_to = |message: &FromRelay| match message {
        FromRelay::HandOverAccepted(accepted) => Some(accepted.key.clone()),
        _ => None,
    };
    assert_eq!(heard.iter().find_map(sealed_to), Some(vec![6; KEY_BYTES]));
    // Another note is another wish.
    say_again(&mut bench, session, "Printer");
    assert_ne!(bench.hub.office.hand_overs.of_session(session).map(|wish| wish.id), Some(id));
}

/// Scar: whoever had taken it and was not let in by the customer's program was asked again at once.
#[test]
fn h1_who_did_not_come_is_not_asked_again_at_once_when_it_is_said_again() {
    let (mut bench, session) = running();
    ready(&mut bench, BO);
    let id = queued(&mut bench, session);
    let (second, _) = take(&mut bench, BO, id).unwrap();
    tell_code(&mut bench, BO, second);
    while shown(&mut bench).is_some() {}
    say_again(&mut bench, session, NOTE);
    assert!(hears_code_expired(&mut bench, BO, second));
    assert_eq!((shown(&mut bench), bench.hub.office.desk.offered(21)), (None, None));
    ready(&mut bench, CLEO);
    assert_eq!(shown(&mut bench).map(|(to, offer, _)| (to, offer.offer)), Some((CLEO, id)));
    answer(&mut bench, CLEO, id, false);
    bench.wait(Limits::default().offer_pause_ms);
    assert!(shown(&mut bench).is_some(), "after the pause it begins again");
}

/// Scar: a short loss of the first rep's line made everybody be asked again.
#[test]
fn h1_who_let_it_pass_is_not_asked_again_because_the_first_console_was_away_for_a_moment() {
    let (mut bench, session) = running();
    ready(&mut bench, BO);
    let id = queued(&mut bench, session);
    answer(&mut bench, BO, id, false);
    while shown(&mut bench).is_some() {}
    bench.heard(ANNA);
    let token = lotse_protocol::control::Secret("of Anna's console".into());
    bench.hub.sessions.get_mut(&session).unwrap().rep.token = Some(crate::token::TokenHash::of(&token));
    bench.input(Input::Gone { connection: ConnectionId(ANNA) }).rep(ANNA, 11);
    bench.input(Input::Resume { connection: ConnectionId(ANNA), session, token });
    say_again(&mut bench, session, NOTE);
    let again = bench.hub.office.hand_overs.of_session(session).unwrap().id;
    assert_eq!((shown(&mut bench), bench.hub.office.desk.offered(21)), (None, None));
    assert_eq!(read(&mut bench, BO, again), Some(0), "it stands in the list");
    answer(&mut bench, BO, again, false);
    bench.wait(Limits::default().offer_pause_ms);
    assert_eq!(shown(&mut bench).map(|(to, ..)| to), Some(BO));
}
