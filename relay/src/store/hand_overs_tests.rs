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
