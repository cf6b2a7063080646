//! What any store must do with sessions that were begun beside another, run on a real SQLite file.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::hub::{BesideRecord, Change, Joined, NotesRecord, Origin, SessionRecord};
use crate::token::TokenHash;
use lotse_protocol::control::SessionId;
use lotse_protocol::handover::Purpose;
use std::path::Path;

const FIRST: SessionId = SessionId([1; 16]);
const SECOND: SessionId = SessionId([2; 16]);

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

/// Anna's account, in a store that has nothing else.
async fn account(folder: &Path) -> (SqliteStore, i64) {
    let store = SqliteStore::open(folder).await.unwrap();
    let (account, _) = rep(&store, "anna@acme.example").await;
    (store, account)
}

/// Anna and Bo, who will have sessions with one customer: the first is Anna's, the second Bo's. None of them runs yet.
struct Both {
    store: SqliteStore,
    account: i64,
    anna: i64,
    bo: i64,
}

impl Both {
    async fn new(folder: &Path) -> Self {
        let store = SqliteStore::open(folder).await.unwrap();
        let (account, anna) = rep(&store, "anna@acme.example").await;
        let (_, bo) = rep(&store, "bo@acme.example").await;
        Self { store, account, anna, bo }
    }

    /// The first begins.
    fn annas(&self) -> Change {
        Change::Started(session(1, self.anna, self.account))
    }

    /// The second does.
    fn bos(&self) -> Change {
        Change::Started(session(2, self.bo, self.account))
    }

    /// A rep writes notes in their session that runs, and they are kept.
    async fn write(&self, session: SessionId, rep: i64, revision: u64, text: &str) {
        let notes = NotesRecord { session, rep, revision, text: text.to_owned(), running: true };
        assert_eq!(self.store.keep_notes(&notes, 11).await.unwrap().unwrap().text, text);
    }

    /// The notes of a session, with their revision.
    async fn notes(&self, session: SessionId) -> Option<(u64, String)> {
        self.store.notes(session).await.unwrap().map(|notes| (notes.revision, notes.text))
    }
}

/// The second is one beside the first.
fn beside(joined: Joined) -> Change {
    Change::Beside { session: SECOND, first: FIRST, from: FIRST, joined }
}

#[tokio::test]
async fn h1_a_session_beside_another_is_known_as_that_and_takes_the_notes_along() {
    let folder = tempfile::tempdir().unwrap();
    let both = Both::new(folder.path()).await;
    both.store.change_sessions(&[both.annas()], 10).await.unwrap();
    both.write(FIRST, both.anna, 1, "Feed roller worn").await;
    let joined = Joined { purpose: Purpose::TakeOver, watches: false };
    both.store.change_sessions(&[both.bos(), beside(joined)], 12).await.unwrap();
    let record = BesideRecord { session: SECOND, first: FIRST, joined: Some(joined) };
    assert_eq!(both.store.besides().await.unwrap(), [record]);
    assert_eq!(both.notes(SECOND).await, Some((1, "Feed roller worn".to_owned())));
    both.write(SECOND, both.bo, 2, "Ordered").await;
    let annas = Some((1, "Feed roller worn".to_owned()));
    assert_eq!(both.notes(FIRST).await, annas, "each has its own from there on");
    let ended = Change::Ended { session: SECOND, reason: "RepEnded".into() };
    both.store.change_sessions(&[ended], 14).await.unwrap();
    assert!(both.store.besides().await.unwrap().is_empty());
}

/// Scar: whoever was there already had what was written before they came, and nothing of what was written since.
#[tokio::test]
async fn h1_what_was_carried_grows_with_what_it_is_of_until_its_own_rep_writes() {
    let folder = tempfile::tempdir().unwrap();
    let both = Both::new(folder.path()).await;
    let (store, anna, bo) = (&both.store, both.anna, both.bo);
    store.change_sessions(&[both.annas()], 10).await.unwrap();
    both.write(FIRST, anna, 1, "Feed roller worn").await;
    let beside = beside(Joined { purpose: Purpose::Join, watches: false });
    store.change_sessions(&[both.bos(), beside.clone()], 12).await.unwrap();
    // What is written in the middle goes along as well.
    both.write(FIRST, anna, 2, "Feed roller worn out. Ordered").await;
    both.write(FIRST, anna, 3, "Roller worn out. Ordered").await;
    store.change_sessions(std::slice::from_ref(&beside), 13).await.unwrap();
    assert_eq!(both.notes(SECOND).await, Some((2, "Roller worn out. Ordered".to_owned())));
    store.change_sessions(std::slice::from_ref(&beside), 14).await.unwrap();
    assert_eq!(both.notes(SECOND).await.map(|(revision, _)| revision), Some(2), "what is the same is no change");
    // Their own begins as what it came of: only more of that goes along.
    both.write(SECOND, bo, 3, "Roller").await;
    store.change_sessions(std::slice::from_ref(&beside), 15).await.unwrap();
    assert_eq!(both.notes(SECOND).await, Some((4, "Roller worn out. Ordered".to_owned())));
    both.write(SECOND, bo, 5, "Mine").await;
    store.change_sessions(&[beside], 16).await.unwrap();
    assert_eq!(both.notes(SECOND).await, Some((5, "Mine".to_owned())), "what they wrote is theirs");
    // Back to who was first, whose notes are their own, and to one that is not there.
    let back = |session: u8| Change::NotesCarried { session: SessionId([session; 16]), from: SECOND };
    store.change_sessions(&[back(1), back(9)], 17).await.unwrap();
    assert_eq!(both.notes(FIRST).await, Some((3, "Roller worn out. Ordered".to_owned())));
    assert_eq!(both.notes(SessionId([9; 16])).await, None);
}

#[tokio::test]
async fn h1_who_was_first_gets_what_was_written_since_along_with_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let both = Both::new(folder.path()).await;
    both.store.change_sessions(&[both.annas(), both.bos()], 10).await.unwrap();
    both.write(SECOND, both.bo, 1, "Ordered").await;
    both.store.change_sessions(&[Change::NotesCarried { session: FIRST, from: SECOND }], 12).await.unwrap();
    assert_eq!(both.notes(FIRST).await.map(|(_, text)| text), Some("Ordered".to_owned()));
}

/// Scar: what somebody had come for was forgotten when they took a place over.
#[tokio::test]
async fn h2_who_took_over_is_known_as_that_and_as_what_they_came_for() {
    let folder = tempfile::tempdir().unwrap();
    let both = Both::new(folder.path()).await;
    let came = Joined { purpose: Purpose::Observe, watches: true };
    let took = Joined { purpose: Purpose::TakeOver, watches: false };
    both.store.change_sessions(&[both.annas(), both.bos(), beside(came)], 10).await.unwrap();
    let ended = Change::Ended { session: FIRST, reason: "HandedOver".into() };
    let taken = Change::TookOver { session: SECOND, place_of: FIRST };
    // Of one that is not there nothing is kept, and nothing else is lost by that.
    let nobody = Change::TookOver { session: SessionId([9; 16]), place_of: FIRST };
    both.store.change_sessions(&[nobody, ended, beside(took), taken], 20).await.unwrap();
    let record = BesideRecord { session: SECOND, first: FIRST, joined: Some(took) };
    assert_eq!(both.store.besides().await.unwrap(), [record]);
    let parts = both.store.report(SECOND).await.unwrap().unwrap().participants;
    let parts: Vec<_> = parts.iter().map(|of| (of.session, of.part, of.from_s, of.until_s)).collect();
    let wanted =
        [(FIRST, Part::Led, 10, Some(20)), (SECOND, Part::LookedOn, 10, Some(20)), (SECOND, Part::Led, 20, None)];
    assert_eq!(parts, wanted);
}

#[tokio::test]
async fn h1_teams_that_have_somebody_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (store, account) = account(folder.path()).await;
    store.add_team("Acme", "Printers", &["anna@acme.example".to_owned()]).await.unwrap();
    store.add_team("Acme", "Empty", &[]).await.unwrap();
    let names: Vec<String> = store.team_names(account).await.unwrap().into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["Printers"]);
    assert!(store.team_names(account + 1).await.unwrap().is_empty());
}

#[tokio::test]
async fn h2_managers_look_on_only_where_the_account_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (store, account) = account(folder.path()).await;
    assert!(!store.managers_watch(account).await.unwrap());
    assert!(store.set_managers_watch(account, true).await.unwrap());
    assert!(store.managers_watch(account).await.unwrap());
    assert!(store.set_managers_watch(account, false).await.unwrap());
    assert!(!store.managers_watch(account).await.unwrap());
    assert!(!store.set_managers_watch(account + 1, true).await.unwrap());
    assert!(!store.managers_watch(account + 1).await.unwrap());
}
