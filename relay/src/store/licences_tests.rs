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
    assert_eq!(store.features_of(account, 3).await.unwrap(), ["multi-chat".to_owned()].into());
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
    let features = store.features_of(account, 3).await.unwrap();
    assert_eq!(features, ["files".to_owned(), "multi-chat".to_owned()].into(), "what was taken stays away");
}

/// Scar: what a feature's dates said was read by the hub alone; values were kept for an add-on whose last day was over.
#[tokio::test]
async fn l2_only_what_the_licence_covers_at_a_moment_is_licensed_then() {
    let (_folder, store, account) = acme().await;
    let term = |from_s, until_s| TermChange { from_s: Some(from_s), until_s: Some(until_s), ..TermChange::default() };
    store.change_licence("Acme", "chat", term(Some(10), Some(20))).await.unwrap();
    store.change_licence("Acme", "multi-chat", term(None, Some(15))).await.unwrap();
    for now_s in [9, 10, 14, 15, 19, 20] {
        let terms = store.licence_of("Acme").await.unwrap().terms;
        let holds = terms.into_iter().filter(|(_, term)| term.holds(now_s)).map(|(feature, _)| feature);
        let holds: BTreeSet<String> = holds.collect();
        assert_eq!(store.features_of(account, now_s).await.unwrap(), holds, "at {now_s}");
    }
    assert!(store.features_of(account, 20).await.unwrap().is_empty());
    assert_eq!(store.accounts().await.unwrap()[0].features.len(), 2, "who looks at the account sees all that it has");
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

#[tokio::test]
async fn what_no_program_could_read_is_refused_and_nothing_changes() {
    let (_folder, store, _) = acme().await;
    for number in 0..17 {
        let limits = [(format!("limit-{number}"), Some(1))].into();
        let changed = store.change_licence("Acme", "chat", TermChange { limits, ..TermChange::default() }).await;
        match changed {
            Ok(_) => assert!(number < 16, "one at a time they are more than a licence has"),
            Err(StoreError::TooManyLimits { max: 16, .. }) => assert_eq!(number, 16),
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(store.licence_of("Acme").await.unwrap().terms["chat"].limits.len(), 16);
    let limits = [("limit-0".to_owned(), None), ("limit-16".to_owned(), Some(1))].into();
    store.change_licence("Acme", "chat", TermChange { limits, ..TermChange::default() }).await.unwrap();
}

#[tokio::test]
async fn a_licence_that_would_be_too_long_is_refused() {
    let (_folder, store, _) = acme().await;
    let limits: BTreeMap<String, Option<u32>> =
        (0..16).map(|number| (format!("{}-{number}", "l".repeat(50)), Some(u32::MAX))).collect();
    let features: Vec<String> = (0..60).map(|number| format!("feature-{number}")).collect();
    store.add_features(&features, 1).await.unwrap();
    let mut refused = None;
    for feature in &features {
        let change = TermChange { limits: limits.clone(), ..TermChange::default() };
        if let Err(error) = store.change_licence("Acme", feature, change).await {
            refused = Some(error);
            break;
        }
        assert!(store.licence_of("Acme").await.unwrap().document(1).is_ok());
    }
    assert!(matches!(refused, Some(StoreError::LicenceTooLong(name)) if name == "Acme"));
    assert!(store.licence_of("Acme").await.unwrap().document(1).is_ok());
}

#[tokio::test]
async fn a_feature_that_would_be_too_many_is_known_and_not_given() {
    let (_folder, store, _) = acme().await;
    let features: Vec<String> = (0..200).map(|number| format!("feature-{number}")).collect();
    store.add_features(&features, 1).await.unwrap();
    let terms = store.licence_of("Acme").await.unwrap();
    assert_eq!(terms.terms.len(), lotse_protocol::licence::FEATURES_MAX);
    assert!(terms.document(1).is_ok());
    assert_eq!(store.known_features().await.unwrap().len(), 202);
    let on = TermChange { on: Some(true), ..TermChange::default() };
    let missing = features.iter().find(|feature| !terms.terms.contains_key(*feature)).unwrap();
    let refused = store.change_licence("Acme", missing, on).await;
    assert!(matches!(refused, Err(StoreError::LicenceTooLong(_))));
    let account = NewAccount {
        name: "Bolt".into(),
        seats: None,
        contact: String::new(),
        language: "en",
        time_zone: "UTC".into(),
    };
    store.add_account(account, 1).await.unwrap();
    assert!(store.licence_of("Bolt").await.unwrap().document(1).is_ok(), "nor is a new account given too many");
}

#[tokio::test]
async fn a_feature_that_is_known_to_be_off_is_nobodys_until_it_is_given() {
    let (_folder, store, _) = acme().await;
    assert!(store.know_feature("paid", 1).await.unwrap());
    assert!(!store.know_feature("paid", 2).await.unwrap() && !store.know_feature("chat", 2).await.unwrap());
    // Then a relay finds the plugin that asks for it.
    store.add_features(&["paid".into(), "free".into()], 3).await.unwrap();
    let account = NewAccount {
        name: "Bolt".into(),
        seats: None,
        contact: String::new(),
        language: "en",
        time_zone: "UTC".into(),
    };
    store.add_account(account, 4).await.unwrap();
    for account in ["Acme", "Bolt"] {
        let terms = store.licence_of(account).await.unwrap().terms;
        assert_eq!(terms.keys().collect::<Vec<_>>(), ["chat", "free", "multi-chat"], "{account}");
    }
    let on = TermChange { on: Some(true), ..TermChange::default() };
    assert!(store.change_licence("Acme", "paid", on).await.unwrap().terms.contains_key("paid"));
}
