//! What any store must do with values that an account's reps share, run on a real SQLite file.

#![allow(clippy::unwrap_used)]

use super::*;
use lotse_protocol::shared::{KEYS_MAX, PLUGINS_MAX, SharedRefusal, SharedValue, VALUE_BYTES_MAX};

async fn store_with(folder: &std::path::Path, accounts: &[&str]) -> (SqliteStore, Vec<i64>) {
    let store = SqliteStore::open(folder).await.unwrap();
    let mut ids = vec![];
    for name in accounts {
        let account = NewAccount {
            name: (*name).into(),
            seats: None,
            contact: String::new(),
            language: "en",
            time_zone: "UTC".into(),
        };
        ids.push(store.add_account(account, 0).await.unwrap());
    }
    (store, ids)
}

fn value(key: &str, revision: u64, data: Option<&[u8]>) -> SharedValue {
    SharedValue { key: key.to_owned(), revision, data: data.map(<[u8]>::to_vec) }
}

#[tokio::test]
async fn t1_who_has_not_seen_the_newest_change_overwrites_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (store, ids) = store_with(folder.path(), &["Acme", "Bolt"]).await;
    let (acme, bolt) = (ids[0], ids[1]);
    assert_eq!(store.shared_values(acme, "p").await.unwrap(), (0, vec![]));
    assert_eq!(store.set_shared(acme, "p", &value("a", 0, Some(b"one"))).await.unwrap(), Ok(1));
    assert_eq!(store.set_shared(acme, "p", &value("a", 0, Some(b"two"))).await.unwrap(), Err(SharedRefusal::Changed));
    assert_eq!(store.set_shared(acme, "p", &value("a", 1, Some(b"two"))).await.unwrap(), Ok(2));
    assert_eq!(store.set_shared(acme, "p", &value("a", 1, None)).await.unwrap(), Err(SharedRefusal::Changed));
    assert_eq!(store.set_shared(acme, "p", &value("b", 0, Some(b""))).await.unwrap(), Ok(3));
    assert_eq!(store.set_shared(acme, "p", &value("a", 2, None)).await.unwrap(), Ok(4));
    assert_eq!(store.set_shared(acme, "p", &value("a", 0, None)).await.unwrap(), Ok(0), "nothing to take away");
    assert_eq!(store.set_shared(acme, "p", &value("a", 0, Some(b"again"))).await.unwrap(), Ok(5), "no number twice");
    store.close().await;
    let again = SqliteStore::open(folder.path()).await.unwrap();
    let kept = vec![value("a", 5, Some(b"again")), value("b", 3, Some(b""))];
    assert_eq!(again.shared_values(acme, "p").await.unwrap(), (5, kept));
    assert_eq!(again.shared_values(acme, "q").await.unwrap(), (0, vec![]), "another plugin's are its own");
    assert_eq!(again.shared_values(bolt, "p").await.unwrap(), (0, vec![]), "and another account's");
}

#[tokio::test]
async fn two_at_once_are_one_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let (store, ids) = store_with(folder.path(), &["Acme"]).await;
    let (one, two) = (value("a", 0, Some(b"one")), value("a", 0, Some(b"two")));
    let both = tokio::join!(store.set_shared(ids[0], "p", &one), store.set_shared(ids[0], "p", &two));
    let outcomes = [both.0.unwrap(), both.1.unwrap()];
    assert!(outcomes.contains(&Ok(1)) && outcomes.contains(&Err(SharedRefusal::Changed)), "{outcomes:?}");
}

#[tokio::test]
async fn an_account_keeps_so_much_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let (store, ids) = store_with(folder.path(), &["Acme"]).await;
    let account = ids[0];
    for key in 0..KEYS_MAX {
        let set = store.set_shared(account, "p", &value(&key.to_string(), 0, Some(b"x"))).await.unwrap();
        assert!(set.is_ok(), "{key}");
    }
    let one_more = store.set_shared(account, "p", &value("more", 0, Some(b"x"))).await.unwrap();
    assert_eq!(one_more, Err(SharedRefusal::Limit));
    let seen = store.shared_values(account, "p").await.unwrap().1.first().unwrap().clone();
    let other = store.set_shared(account, "p", &SharedValue { data: Some(b"y".to_vec()), ..seen }).await.unwrap();
    assert!(other.is_ok(), "what is there can be changed");

    let large = vec![0; VALUE_BYTES_MAX];
    let mut kept = 0;
    while store.set_shared(account, "q", &value(&kept.to_string(), 0, Some(&large))).await.unwrap().is_ok() {
        kept += 1;
    }
    assert_eq!(kept, 17, "a mebibyte in all");
    for plugin in 2..PLUGINS_MAX {
        let set = store.set_shared(account, &format!("p{plugin}"), &value("a", 0, Some(b"x"))).await.unwrap();
        assert!(set.is_ok(), "{plugin}");
    }
    let one_more = store.set_shared(account, "one.more", &value("a", 0, Some(b"x"))).await.unwrap();
    assert_eq!(one_more, Err(SharedRefusal::Limit));
}
