//! What the core says of notes to its relay.

#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use crate::notes::SAY_EVERY;
use crate::rep_core::tests::{Bench, id, met};
use crate::rep_view::{NotesState, RepCommand};
use lotse_protocol::control::{FromRelay, SignInEnd};

impl Bench {
    /// A session that is on, or was.
    async fn with_session() -> Self {
        let mut bench = Self::signed_in().await;
        bench.core.on_code(id(1), 7, 900);
        bench.hear(met(id(1))).await;
        bench.said();
        bench
    }

    fn write(&mut self, text: &str, at_once: bool) {
        let (session, on) = (id(1), self.notes().adopted);
        self.core.on_command(RepCommand::Notes { session, text: text.to_owned(), on, at_once });
    }

    fn notes(&self) -> NotesView {
        self.core.notes.view(id(1), self.core.reach_of_notes())
    }

    /// What is said of notes now: revision and text.
    fn noted(&mut self, now: Instant) -> Vec<(u64, String)> {
        self.core.say_notes(now);
        let noted = |message| match message {
            ToRelay::Notes { session, revision, text } => {
                assert_eq!(session, id(1));
                Some((revision, text))
            }
            _ => None,
        };
        self.said().into_iter().filter_map(noted).collect()
    }
}

fn kept(session: SessionId, revision: u64, text: &str) -> FromRelay {
    FromRelay::Notes { session, revision, text: text.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn t3_notes_wait_until_the_session_has_begun_and_for_a_second() {
    let mut bench = Bench::with_session().await;
    bench.write("worn", true);
    assert_eq!(bench.noted(Instant::now()), [], "the relay does not know the session yet");
    bench.end(id(1)).await;
    assert_eq!(bench.noted(Instant::now()), [(1, "worn".to_owned())]);
    bench.hear(kept(id(1), 1, "worn")).await;
    assert_eq!(bench.notes().state, NotesState::Saved);
    bench.write("worn roller", false);
    assert_eq!(bench.noted(Instant::now()), []);
    assert_eq!(bench.noted(Instant::now() + SAY_EVERY), [(2, "worn roller".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn t3_notes_outlast_the_relay_and_the_sessions_place_in_the_list() {
    let mut bench = Bench::with_session().await;
    bench.end(id(1)).await;
    bench.lose_connection().await;
    bench.write("worn", true);
    assert_eq!((bench.noted(Instant::now()), bench.notes().state), (vec![], NotesState::Away));
    bench.core.on_command(RepCommand::Close { session: id(1) });
    assert_eq!(bench.noted(Instant::now()), [], "the session's window is gone");
    bench.sign_in().await;
    assert_eq!(bench.noted(Instant::now()), [(1, "worn".to_owned())]);
    bench.hear(kept(id(1), 1, "worn")).await;
    assert_eq!(bench.noted(Instant::now()), []);
    assert_eq!(bench.notes(), NotesView::default(), "nobody needs them any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn t3_notes_of_before_are_shown_and_those_of_strange_sessions_are_not_kept() {
    let mut bench = Bench::with_session().await;
    bench.hear(kept(id(1), 4, "of a colleague")).await;
    assert_eq!((&*bench.notes().text, bench.notes().state), ("of a colleague", NotesState::Saved));
    bench.hear(kept(id(2), 4, "of somebody else")).await;
    assert_eq!(bench.core.notes.view(id(2), bench.core.reach_of_notes()), NotesView::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn t3_signing_out_says_the_notes_first() {
    let mut bench = Bench::with_session().await;
    bench.end(id(1)).await;
    bench.write("worn", false);
    bench.core.on_command(RepCommand::SignOut);
    let said = bench.said();
    assert!(matches!(said.as_slice(), [.., ToRelay::Notes { .. }, ToRelay::SignOut]), "{said:?}");
}

/// Scar: what was written in the last second before a colleague took the seat was lost.
#[tokio::test(flavor = "multi_thread")]
async fn t3_notes_outlast_a_sign_in_that_somebody_else_ends() {
    for end in [SignInEnd::TakenOver { by: "Bo".to_owned() }, SignInEnd::PasswordReset, SignInEnd::ByManager] {
        let mut bench = Bench::with_session().await;
        bench.end(id(1)).await;
        bench.write("worn", false);
        bench.hear(FromRelay::SignInEnded(end)).await;
        assert!(bench.core.sessions.is_empty());
        bench.sign_in_anew("Anna@acme.example").await;
        assert_eq!(bench.noted(Instant::now()), [(1, "worn".to_owned())]);
        bench.hear(kept(id(1), 1, "worn")).await;
        assert_eq!(bench.noted(Instant::now()), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t3_and_are_told_for_nobody_else() {
    let mut bench = Bench::with_session().await;
    bench.end(id(1)).await;
    bench.write("worn", false);
    bench.hear(FromRelay::SignInEnded(SignInEnd::ByManager)).await;
    bench.sign_in_anew("bo@acme.example").await;
    assert_eq!(bench.noted(Instant::now()), []);
    assert_eq!(bench.notes(), NotesView::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn t3_a_relay_of_before_notes_is_told_nothing() {
    let mut bench = Bench::with_session().await;
    bench.end(id(1)).await;
    bench.core.notes.kept_by_relay = false;
    bench.write("worn", true);
    assert_eq!((bench.noted(Instant::now()), bench.notes().state), (vec![], NotesState::Unsupported));
}

#[test]
fn t3_what_one_rep_noted_is_not_told_for_another() {
    let mut book = NotesBook::default();
    book.begin("https://relay.example", "anna@acme.example");
    book.of.entry(id(1)).or_default().write("worn", 0, Instant::now());
    book.begin("https://relay.example", "Anna@acme.example");
    assert_eq!(book.of.len(), 1, "the same rep");
    book.begin("https://relay.example", "bo@acme.example");
    assert!(book.of.is_empty());
    book.of.entry(id(1)).or_default().write("worn", 0, Instant::now());
    book.begin("https://other.example", "bo@acme.example");
    assert!(book.of.is_empty());
}
