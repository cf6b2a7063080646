//! A console that was killed, and the one that is started after it: which sessions it asks the relay for, and what becomes of the
//! others.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::tests::{Bench, RELAY, id, met, refused, waits};
use super::*;
use crate::resume::ResumeNote;
use crate::transfers::tests::{come_in_part_and_noted, until_gone};
use lotse_protocol::control::{FromRelay, SessionId};
use lotse_transport::Identity;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const ANNA: &str = "anna@acme.example";

fn note(number: usize, user: &str) -> ResumeNote {
    let identity = Identity::generate().unwrap().to_bytes();
    let (token, relay, user) = (format!("token {number}"), RELAY.to_owned(), user.to_owned());
    ResumeNote { session: id(number).0, token, relay, user, identity, accepted: true, ..ResumeNote::default() }
}

/// The folder of a session.
fn place(folder: &TempDir, number: usize) -> PathBuf {
    folder.path().join("sessions").join(format!("{number:032x}"))
}

fn is_noted(folder: &TempDir, number: usize) -> bool {
    place(folder, number).join("session.json").exists()
}

/// A console was killed in sessions of these numbers, from 1.
fn killed_in(notes: &[ResumeNote]) -> Arc<TempDir> {
    let folder = tempfile::tempdir().unwrap();
    for (number, note) in (1..).zip(notes) {
        note.write(&place(&folder, number).join("session.json")).unwrap();
    }
    Arc::new(folder)
}

/// The next console, whose rep has signed in.
async fn next_on(folder: &Arc<TempDir>) -> Bench {
    let mut bench = Bench::trying_on(folder.clone()).await;
    bench.sign_in().await;
    found(&mut bench).await;
    bench
}

/// What is looked for at a sign-in is found.
async fn found(bench: &mut Bench) {
    bench.core.left_behind.found().await;
    bench.core.take_up_left_behind();
}

/// Which sessions the relay is asked for, with which tokens.
fn asked(bench: &mut Bench) -> Vec<(SessionId, String)> {
    let resume = |message: ToRelay| match message {
        ToRelay::Resume { session, token } => (session, token.0),
        other => panic!("{other:?}"),
    };
    bench.said().into_iter().map(resume).collect()
}

fn token(number: usize) -> (SessionId, String) {
    (id(number), format!("token {number}"))
}

/// The relay has taken it up again.
fn given(number: usize) -> FromRelay {
    let FromRelay::Session(mut offer) = met(id(number)) else { panic!("it is an offer") };
    offer.resumed = true;
    FromRelay::Session(offer)
}

#[tokio::test(flavor = "multi_thread")]
async fn n4_a_session_that_was_left_behind_is_asked_for_and_begun_when_the_relay_gives_it() {
    let folder = killed_in(&[note(1, ANNA)]);
    let mut bench = next_on(&folder).await;
    assert_eq!(asked(&mut bench), [token(1)]);
    assert!(bench.core.sessions.is_empty(), "nobody knows yet whether it still runs");
    bench.hear(given(1)).await;
    assert!(bench.entry(id(1)).is_some_and(|entry| entry.code.is_none() && entry.resume.is_some()));
    assert!(asked(&mut bench).is_empty());
    // From here it is as any other.
    bench.core.on_command(RepCommand::Close { session: id(1) });
    until_gone(&[&place(&folder, 1)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n4_another_rep_and_another_relay_ask_for_nothing_of_it() {
    let elsewhere = ResumeNote { relay: "https://127.0.0.1:10".to_owned(), ..note(2, ANNA) };
    let folder = killed_in(&[note(1, "bo@acme.example"), elsewhere]);
    let mut bench = next_on(&folder).await;
    assert!(asked(&mut bench).is_empty());
    assert!(is_noted(&folder, 1) && is_noted(&folder, 2), "it waits for its own");
    bench.core.on_command(RepCommand::SignOut);
    bench.sign_in_anew("Bo@acme.example").await;
    found(&mut bench).await;
    assert_eq!(asked(&mut bench), [token(1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn n4_what_has_ended_meanwhile_goes_with_what_came_in_it() {
    let folder = killed_in(&[note(1, ANNA)]);
    let downloads = folder.path().join("downloads");
    let part = come_in_part_and_noted(&place(&folder, 1).join("files.json"), id(1).0, &downloads);
    let mut bench = next_on(&folder).await;
    bench.hear(FromRelay::ResumeFailed { session: id(1) }).await;
    until_gone(&[&part, &place(&folder, 1)]).await;
    assert!(bench.core.sessions.is_empty(), "there is nothing to show");
}

/// Scar: the relay had not missed the old console yet when the new one asked, and was never asked again.
#[tokio::test(flavor = "multi_thread")]
async fn s3_who_waits_for_a_seat_asks_for_what_was_left_behind_at_each_news_of_seats() {
    let folder = killed_in(&[note(1, ANNA)]);
    let mut bench = Bench::trying_on(folder.clone()).await;
    bench.hear(waits()).await;
    bench.sign_in().await;
    found(&mut bench).await;
    for _ in 0..3 {
        assert_eq!(asked(&mut bench), [token(1)]);
        bench.hear(waits()).await;
        assert!(asked(&mut bench).is_empty(), "it has not answered yet");
        bench.hear(refused("All seats are taken.")).await;
        assert!(asked(&mut bench).is_empty());
        assert_eq!(bench.core.problem, None, "that it waits is all there is to see");
        bench.hear(waits()).await;
    }
    assert_eq!(asked(&mut bench), [token(1)]);
    bench.hear(FromRelay::Seat { waits: None }).await;
    bench.hear(given(1)).await;
    assert!(asked(&mut bench).is_empty(), "once is enough");
    assert!(bench.entry(id(1)).is_some());
    bench.hear(refused("Too many codes.")).await;
    assert!(bench.core.problem.is_some(), "that is news");
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_who_waits_for_a_seat_asks_for_one_session_after_the_other() {
    let folder = killed_in(&[note(1, ANNA), note(2, ANNA)]);
    let mut bench = Bench::trying_on(folder.clone()).await;
    bench.hear(waits()).await;
    bench.sign_in().await;
    found(&mut bench).await;
    let first = asked(&mut bench);
    bench.hear(refused("All seats are taken.")).await;
    let second = asked(&mut bench);
    let mut both: Vec<_> = first.into_iter().chain(second).collect();
    both.sort_unstable();
    assert_eq!(both, [token(1), token(2)]);
    bench.hear(refused("All seats are taken.")).await;
    assert!(asked(&mut bench).is_empty());
    assert_eq!(bench.core.problem, None);
    bench.core.on_command(RepCommand::NewCode);
    bench.said();
    bench.hear(refused("Wait for a free seat first.")).await;
    assert!(bench.core.problem.is_some(), "that was asked for by the rep");
}

/// Scar: who signed out or quit while a session waited lost it, and its customer heard of nothing.
#[tokio::test(flavor = "multi_thread")]
async fn n4_what_the_relay_has_not_given_outlasts_a_sign_out_and_the_end_of_the_program() {
    let folder = killed_in(&[note(1, ANNA)]);
    let mut bench = Bench::trying_on(folder.clone()).await;
    bench.hear(waits()).await;
    bench.sign_in().await;
    found(&mut bench).await;
    bench.core.on_command(RepCommand::SignOut);
    assert!(is_noted(&folder, 1));
    bench.sign_in_anew(ANNA).await;
    found(&mut bench).await;
    assert_eq!(asked(&mut bench), [token(1)], "the same program may come back to it");
    drop(bench);
    assert!(is_noted(&folder, 1));
    assert_eq!(asked(&mut next_on(&folder).await), [token(1)], "and the next");
}

#[tokio::test(flavor = "multi_thread")]
async fn n4_what_cannot_go_on_here_is_ended_and_nobody_waits_in_vain() {
    let developers = ResumeNote { developer: true, ..note(1, ANNA) };
    let damaged = ResumeNote { identity: vec![1], ..note(2, ANNA) };
    let folder = killed_in(&[developers, damaged]);
    let mut bench = next_on(&folder).await;
    assert_eq!(asked(&mut bench).len(), 2);
    for number in [1, 2] {
        bench.hear(given(number)).await;
        let said = bench.said();
        assert!(matches!(said.as_slice(), [ToRelay::EndSession { session, .. }] if *session == id(number)), "{said:?}");
        until_gone(&[&place(&folder, number)]).await;
    }
    assert!(bench.core.sessions.is_empty());
}

/// A connection that was lost is no sign-in: what another console of the same rep leaves meanwhile is for the one that follows it.
#[tokio::test(flavor = "multi_thread")]
async fn n4_it_is_looked_for_when_a_rep_signs_in_and_asked_for_again_on_each_connection() {
    let folder = killed_in(&[note(1, ANNA)]);
    let mut bench = next_on(&folder).await;
    note(2, ANNA).write(&place(&folder, 2).join("session.json")).unwrap();
    bench.said();
    bench.lose_connection().await;
    bench.core.introduce();
    bench.said();
    bench.sign_in().await;
    assert_eq!(asked(&mut bench), [token(1)]);
    bench.core.on_command(RepCommand::SignOut);
    bench.sign_in_anew(ANNA).await;
    found(&mut bench).await;
    assert_eq!(asked(&mut bench).len(), 2);
}

fn lies_in(place: &Path) -> usize {
    std::fs::read_dir(place).map_or(0, Iterator::count)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_nobody_came_with_leaves_nothing() {
    let mut bench = Bench::signed_in().await;
    let sessions = bench.folder.path().join("sessions");
    bench.core.on_code(id(1), 7, 900);
    assert_eq!(lies_in(&sessions), 1);
    bench.core.on_command(RepCommand::Close { session: id(1) });
    until_gone(&[&place(&bench.folder, 1)]).await;
}
