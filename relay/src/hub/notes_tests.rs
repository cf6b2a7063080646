//! Who writes notes, who hears of them, and who never does.

#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use crate::hub::Input;
use crate::hub::tests::{Bench, ended};

fn write(bench: &mut Bench, connection: u64, session: SessionId, revision: u64, text: &str) {
    let text = text.to_owned();
    bench.input(Input::Notes { connection: ConnectionId(connection), session, revision, text });
}

/// Notes to be written down since the last call, and for whom.
fn kept(bench: &mut Bench) -> Vec<(u64, NotesRecord)> {
    let mut kept = vec![];
    bench.actions.retain(|action| match action {
        Action::KeepNotes { to, notes } => {
            kept.push((to.0, notes.clone()));
            false
        }
        _ => true,
    });
    kept
}

/// Who is to be told what is noted, since the last call.
fn told(bench: &mut Bench) -> Vec<(u64, SessionId)> {
    let mut told = vec![];
    bench.actions.retain(|action| match action {
        Action::TellNotes { to, session } => {
            told.push((to.0, *session));
            false
        }
        _ => true,
    });
    told
}

fn refused(bench: &mut Bench, connection: u64) -> NotesRefusal {
    match bench.heard(connection).as_slice() {
        [.., FromRelay::NotesRefused { why, .. }] => *why,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn t3_a_reps_notes_are_cleaned_and_written_down_and_nothing_of_them_stays_in_the_hub() {
    let mut bench = Bench::new(vec![]);
    let (session, ..) = bench.running();
    write(&mut bench, 1, session, 4, "Roller\u{202e} worn.\r\nSend one.\u{7}");
    let notes = kept(&mut bench);
    let [(1, record)] = notes.as_slice() else { panic!("{notes:?}") };
    assert_eq!(record.text, "Roller worn.\nSend one.");
    assert_eq!((record.session, record.rep, record.revision, record.running), (session, 1, 4, true));
    assert!(!format!("{record:?}").contains("Roller"), "what is noted is not logged");
    assert!(bench.heard(1).is_empty(), "nothing is acknowledged before it is written down");
}

#[test]
fn t3_a_customer_neither_writes_notes_nor_hears_of_them() {
    let mut bench = Bench::new(vec![]);
    let (session, rep, customer) = bench.running();
    write(&mut bench, 2, session, 1, "let me in");
    assert!(matches!(bench.heard(2).as_slice(), [FromRelay::Refused { reason }] if reason.contains("Only a rep")));
    write(&mut bench, 1, session, 1, "pays late");
    assert!(bench.heard(2).is_empty());
    assert_eq!(kept(&mut bench).len(), 1, "the rep's");
    for (connection, token) in [(2, customer), (1, rep)] {
        bench.input(Input::Resume { connection: ConnectionId(connection), session, token });
    }
    assert_eq!(told(&mut bench), [(1, session)], "the rep alone, at whoever's return");
}

#[test]
fn t3_notes_of_somebody_elses_session_are_refused() {
    let mut bench = Bench::new(vec![]);
    let (session, ..) = bench.running();
    bench.rep(3, 21);
    write(&mut bench, 3, session, 1, "mine now");
    assert_eq!(refused(&mut bench, 3), NotesRefusal::Over);
    // Another sign-in of the same rep.
    bench.rep(4, 12);
    write(&mut bench, 4, session, 1, "at home");
    let notes = kept(&mut bench);
    assert!(matches!(notes.as_slice(), [(4, record)] if record.rep == 1), "{notes:?}");
    bench.input(Input::SignedOut { connection: ConnectionId(4) });
    write(&mut bench, 4, session, 2, "gone");
    assert!(matches!(bench.heard(4).as_slice(), [.., FromRelay::Refused { reason }] if reason.contains("Sign in")));
    assert!(kept(&mut bench).is_empty());
}

#[test]
fn t3_before_a_session_runs_notes_wait_and_after_it_the_store_decides() {
    let mut bench = Bench::new(vec![]);
    bench.rep(1, 11).customer(2);
    let (session, nameplate) = bench.code(1);
    write(&mut bench, 1, session, 1, "early");
    assert_eq!(refused(&mut bench, 1), NotesRefusal::NotNow);
    bench.join(2, nameplate);
    write(&mut bench, 1, session, 1, "early");
    assert_eq!(refused(&mut bench, 1), NotesRefusal::NotNow);
    bench.input(Input::Paired { connection: ConnectionId(1), session });
    bench.input(Input::EndSession { connection: ConnectionId(2), session, reason: "CustomerEnded".into() });
    assert_eq!(ended(&bench.heard(1)), Some("CustomerEnded"));
    write(&mut bench, 1, session, 1, "late");
    let notes = kept(&mut bench);
    assert!(matches!(notes.as_slice(), [(1, record)] if !record.running), "{notes:?}");
}

#[test]
fn t3_notes_have_a_bound_and_nothing_of_longer_ones_is_cut() {
    let mut bench = Bench::new(vec![]);
    let (session, ..) = bench.running();
    write(&mut bench, 1, session, 1, &"ü".repeat(NOTES_CHARS_MAX));
    assert_eq!(kept(&mut bench).len(), 1);
    write(&mut bench, 1, session, 2, &"ü".repeat(NOTES_CHARS_MAX + 1));
    assert_eq!(refused(&mut bench, 1), NotesRefusal::TooLong);
    assert!(kept(&mut bench).is_empty());
}
