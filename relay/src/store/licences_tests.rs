//! What any store must do with licences, run on a real SQLite file.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use lotse_protocol::licence::Term;
use std::collections::BTreeMap;

async fn acme() -> (tempfile::TempDir, SqliteStore, i64) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    store.add_features(&["chat".into(), "multi-chat".into()], 1).await.unwrap();
    let account = NewAccount {
        name: "Acme".into(),
        seats: None,
        contact: "sales@lotse.example".into(),
        language: "en",
        time_zone: "UTC".into(),
    };
    let id = store.add_account(account, 1).await.unwrap();
    (folder, store, id)
}

#[tokio::test]
async fn a_new_account_has_every_feature_without_an_end() {
    let (_folder, store, account) = acme().await;
    let terms: BTreeMap<String, Term> =
        [("chat".to_owned(), Term::default()), ("multi-chat".to_owned(), Term::default())].into();
    let (name, contact) = ("Acme".to_owned(), "sales@lotse.example".to_owned());
    let wanted = AccountTerms { account, name, contact, terms };
    assert_eq!(store.licence_of("ACME").await.unwrap(), wanted);
    assert_eq!(store.licences().await.unwrap().1, [wanted]);
    assert_eq!(store.known_features().await.unwrap(), ["chat", "multi-chat"]);
}

#[tokio::test]
async fn a_feature_is_taken_and_given_and_has_dates_and_limits() {
    let (folder, store, account) = acme().await;
    let off = TermChange { on: Some(false), ..TermChange::default() };
    let after = store.change_licence("acme", "chat", off).await.unwrap();
    assert_eq!(after.terms.keys().collect::<Vec<_>>(), ["multi-chat"]);
    assert_eq!(store.features_of(account).await.unwrap(), ["multi-chat".to_owned()].into());
    let dated = TermChange {
        until_s: Some(Some(99)),
        limits: [("sessions".to_owned(), Some(3))].into(),
        ..TermChange::default()
    };
    store.change_licence("Acme", "multi-chat", dated).await.unwrap();
    let from = TermChange { from_s: Some(Some(-5)), ..TermChange::default() };
    store.change_licence("Acme", "multi-chat", from).await.unwrap();
    store.close().await;
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let limits = [("sessions".to_owned(), 3)].into();
    let wanted = Term { from_s: Some(-5), until_s: Some(99), limits };
    assert_eq!(store.licence_of("Acme").await.unwrap().terms.get("multi-chat"), Some(&wanted), "each keeps the others");
    let none = TermChange {
        from_s: Some(None),
        until_s: Some(None),
        limits: [("sessions".to_owned(), None)].into(),
        ..TermChange::default()
    };
    let after = store.change_licence("Acme", "multi-chat", none).await.unwrap();
    assert_eq!(after.terms.get("multi-chat"), Some(&Term::default()));
    store.add_features(&["chat".into(), "files".into()], 2).await.unwrap();
    let features = store.features_of(account).await.unwrap();
    assert_eq!(features, ["files".to_owned(), "multi-chat".to_owned()].into(), "what was taken stays away");
}

#[tokio::test]
async fn a_strange_feature_or_account_changes_nothing() {
    let (_folder, store, _) = acme().await;
    let version = store.licences_version().await.unwrap();
    let on = || TermChange { on: Some(true), ..TermChange::default() };
    let strange = store.change_licence("Acme", "teleport", on()).await;
    assert!(matches!(strange, Err(StoreError::NoFeature(name)) if name == "teleport"));
    assert!(matches!(store.change_licence("Bolt", "chat", on()).await, Err(StoreError::NoAccount(_))));
    assert!(matches!(store.licence_of("Bolt").await, Err(StoreError::NoAccount(_))));
    assert_eq!(store.licences_version().await.unwrap(), version);
}

#[tokio::test]
async fn every_change_to_a_licence_is_counted() {
    let (_folder, store, _) = acme().await;
    let mut seen = store.licences_version().await.unwrap();
    let off = || TermChange { on: Some(false), ..TermChange::default() };
    let until = || TermChange { until_s: Some(Some(7)), ..TermChange::default() };
    let contact = || AccountChange { contact: Some("else@lotse.example".into()), ..AccountChange::default() };
    store.change_licence("Acme", "chat", off()).await.unwrap();
    let mut grown = async |store: &SqliteStore| {
        let version = store.licences_version().await.unwrap();
        let more = version > seen;
        seen = version;
        more
    };
    assert!(grown(&store).await);
    store.change_licence("Acme", "chat", until()).await.unwrap();
    assert!(grown(&store).await);
    store.change_licence("Acme", "chat", until()).await.unwrap();
    assert!(grown(&store).await);
    store.change_account("Acme", contact()).await.unwrap();
    assert!(grown(&store).await);
    store.add_features(&["files".into()], 1).await.unwrap();
    assert!(grown(&store).await);
    assert!(!grown(&store).await);
}

#[tokio::test]
async fn limits_that_make_no_sense_are_damage() {
    let (_folder, store, _) = acme().await;
    sqlx::query("UPDATE account_features SET limits = 'many' WHERE feature = 'chat'")
        .execute(store.pool())
        .await
        .unwrap();
    assert!(matches!(store.licences().await, Err(StoreError::Damaged(what)) if what.contains("chat")));
}
