//! What any store must do with sessions that were begun beside another, run on a real SQLite file.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::hub::{BesideRecord, Change, Joined, NotesRecord, Origin, SessionRecord};
use crate::token::TokenHash;
use lotse_protocol::control::SessionId;
use lotse_protocol::handover::Purpose;

fn session(id: u8, rep: i64, account: i64) -> SessionRecord {
    SessionRecord {
        session: SessionId([id; 16]),
        rep,
        account,
        rep_name: "Anna".into(),
        account_name: "Acme".into(),
        customer: "K. Weber".into(),
        system: "Debian".into(),
        rep_token: TokenHash([id; 32]),
        customer_token: TokenHash([id + 100; 32]),
        plugins: [].into(),
        origin: Origin::default(),
    }
}

async fn rep(store: &SqliteStore, user: &str) -> (i64, i64) {
    let rep = NewRep {
        account: "Acme".into(),
        user: user.into(),
        name: user.into(),
        password_hash: "$argon2id$x".into(),
        contact: None,
        role: Role::Rep,
    };
    store.add_rep(rep, 5).await.unwrap()
}

#[tokio::test]
async fn h1_a_session_beside_another_is_known_as_that_and_takes_the_notes_along() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let (account, anna) = rep(&store, "anna@acme.example").await;
    let (_, bo) = rep(&store, "bo@acme.example").await;
    let (first, second) = (SessionId([1; 16]), SessionId([2; 16]));
    store.change_sessions(&[Change::Started(session(1, anna, account))], 10).await.unwrap();
    let notes = NotesRecord { session: first, rep: anna, revision: 1, text: "Feed roller worn".into(), running: true };
    store.keep_notes(&notes, 11).await.unwrap();
    let joined = Joined { purpose: Purpose::TakeOver, watches: false };
    let beside = Change::Beside { session: second, first, from: first, joined };
    store.change_sessions(&[Change::Started(session(2, bo, account)), beside], 12).await.unwrap();
    assert_eq!(store.besides().await.unwrap(), [BesideRecord { session: second, first, joined: Some(joined) }]);
    let carried = store.notes(second).await.unwrap().unwrap();
    assert_eq!((carried.revision, carried.text.as_str()), (1, "Feed roller worn"));
    let mine = NotesRecord { session: second, rep: bo, revision: 2, text: "Ordered".into(), running: true };
    assert_eq!(store.keep_notes(&mine, 13).await.unwrap().unwrap().text, "Ordered");
    assert_eq!(store.notes(first).await.unwrap().unwrap().text, "Feed roller worn", "each has its own from there on");
    let ended = Change::Ended { session: second, reason: "RepEnded".into() };
    store.change_sessions(&[ended], 14).await.unwrap();
    assert!(store.besides().await.unwrap().is_empty());
}

/// Scar: whoever was there already had what was written before they came, and nothing of what was written since.
#[tokio::test]
async fn h1_what_was_carried_grows_with_what_it_is_of_until_its_own_rep_writes() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let (account, anna) = rep(&store, "anna@acme.example").await;
    let (_, bo) = rep(&store, "bo@acme.example").await;
    let (first, second) = (SessionId([1; 16]), SessionId([2; 16]));
    store.change_sessions(&[Change::Started(session(1, anna, account))], 10).await.unwrap();
    let write = async |session: SessionId, rep: i64, revision: u64, text: &str| {
        let notes = NotesRecord { session, rep, revision, text: text.to_owned(), running: true };
        assert_eq!(store.keep_notes(&notes, 11).await.unwrap().unwrap().text, text);
    };
    let told = async |session: SessionId| store.notes(session).await.unwrap().map(|notes| (notes.revision, notes.text));
    write(first, anna, 1, "Feed roller worn").await;
    let joined = Joined { purpose: Purpose::Join, watches: false };
    let beside = Change::Beside { session: second, first, from: first, joined };
    store.change_sessions(&[Change::Started(session(2, bo, account)), beside.clone()], 12).await.unwrap();
    // What is written in the middle goes along as well.
    write(first, anna, 2, "Feed roller worn out. Ordered").await;
    write(first, anna, 3, "Roller worn out. Ordered").await;
    store.change_sessions(std::slice::from_ref(&beside), 13).await.unwrap();
    assert_eq!(told(second).await, Some((2, "Roller worn out. Ordered".to_owned())));
    store.change_sessions(std::slice::from_ref(&beside), 14).await.unwrap();
    assert_eq!(told(second).await.map(|(revision, _)| revision), Some(2), "what is the same is no change");
    // Their own begins as what it came of: only more of that goes along.
    write(second, bo, 3, "Roller").await;
    store.change_sessions(std::slice::from_ref(&beside), 15).await.unwrap();
    assert_eq!(told(second).await, Some((4, "Roller worn out. Ordered".to_owned())));
    write(second, bo, 5, "Mine").await;
    store.change_sessions(&[beside], 16).await.unwrap();
    assert_eq!(told(second).await, Some((5, "Mine".to_owned())), "what they wrote is theirs");
    // Back to who was first, whose notes are their own, and to one that is not there.
    let back = |session: u8| Change::NotesCarried { session: SessionId([session; 16]), from: second };
    store.change_sessions(&[back(1), back(9)], 17).await.unwrap();
    assert_eq!(told(first).await, Some((3, "Roller worn out. Ordered".to_owned())));
    assert_eq!(told(SessionId([9; 16])).await, None);
}

#[tokio::test]
async fn h1_who_was_first_gets_what_was_written_since_along_with_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let (account, anna) = rep(&store, "anna@acme.example").await;
    let (_, bo) = rep(&store, "bo@acme.example").await;
    let (first, second) = (SessionId([1; 16]), SessionId([2; 16]));
    let started = [Change::Started(session(1, anna, account)), Change::Started(session(2, bo, account))];
    store.change_sessions(&started, 10).await.unwrap();
    let notes = NotesRecord { session: second, rep: bo, revision: 1, text: "Ordered".into(), running: true };
    store.keep_notes(&notes, 11).await.unwrap();
    store.change_sessions(&[Change::NotesCarried { session: first, from: second }], 12).await.unwrap();
    assert_eq!(store.notes(first).await.unwrap().unwrap().text, "Ordered");
}

/// Scar: what somebody had come for was forgotten when they took a place over.
#[tokio::test]
async fn h2_who_took_over_is_known_as_that_and_as_what_they_came_for() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let (account, anna) = rep(&store, "anna@acme.example").await;
    let (_, bo) = rep(&store, "bo@acme.example").await;
    let (first, second) = (SessionId([1; 16]), SessionId([2; 16]));
    let came = Joined { purpose: Purpose::Observe, watches: true };
    let took = Joined { purpose: Purpose::TakeOver, watches: false };
    let beside = |joined| Change::Beside { session: second, first, from: first, joined };
    let started = [Change::Started(session(1, anna, account)), Change::Started(session(2, bo, account)), beside(came)];
    store.change_sessions(&started, 10).await.unwrap();
    let ended = Change::Ended { session: first, reason: "HandedOver".into() };
    let taken = Change::TookOver { session: second, place_of: first };
    // Of one that is not there nothing is kept, and nothing else is lost by that.
    let nobody = Change::TookOver { session: SessionId([9; 16]), place_of: first };
    store.change_sessions(&[nobody, ended, beside(took), taken], 20).await.unwrap();
    assert_eq!(store.besides().await.unwrap(), [BesideRecord { session: second, first, joined: Some(took) }]);
    let parts = store.report(second).await.unwrap().unwrap().participants;
    let parts: Vec<_> = parts.iter().map(|of| (of.session, of.part, of.from_s, of.until_s)).collect();
    let wanted =
        [(first, Part::Led, 10, Some(20)), (second, Part::LookedOn, 10, Some(20)), (second, Part::Led, 20, None)];
    assert_eq!(parts, wanted);
}

#[tokio::test]
async fn h1_teams_that_have_somebody_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let (account, _) = rep(&store, "anna@acme.example").await;
    store.add_team("Acme", "Printers", &["anna@acme.example".to_owned()]).await.unwrap();
    store.add_team("Acme", "Empty", &[]).await.unwrap();
    let names: Vec<String> = store.team_names(account).await.unwrap().into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["Printers"]);
    assert!(store.team_names(account + 1).await.unwrap().is_empty());
}

#[tokio::test]
async fn h2_managers_look_on_only_where_the_account_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let (account, _) = rep(&store, "anna@acme.example").await;
    assert!(!store.managers_watch(account).await.unwrap());
    assert!(store.set_managers_watch(account, true).await.unwrap());
    assert!(store.managers_watch(account).await.unwrap());
    assert!(store.set_managers_watch(account, false).await.unwrap());
    assert!(!store.managers_watch(account).await.unwrap());
    assert!(!store.set_managers_watch(account + 1, true).await.unwrap());
    assert!(!store.managers_watch(account + 1).await.unwrap());
}
