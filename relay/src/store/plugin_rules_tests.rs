//! What any store must do with plugins' rules, run on a real SQLite file.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::registry::{AccountRules, PackageFolders, RULES_MAX, Rule};
use lotse_package::PublicKey;

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

fn versions(wanted: &str) -> Rule {
    Rule::Versions(wanted.parse().unwrap())
}

#[tokio::test]
async fn p4_an_accounts_rules_are_kept_and_each_change_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let (store, ids) = store_with(folder.path(), &["Acme", "Bolt"]).await;
    let mut version = store.plugins_version().await.unwrap();
    assert_eq!(store.plugin_rules().await.unwrap(), (version, AccountRules::new()));
    let chat = "lotse.chat";
    let steps = [
        ("acme", Some(versions(">=1.2, <3")), false),
        ("Acme", Some(Rule::Off), true),
        ("Acme", Some(versions("^1.2")), true),
        ("Bolt", Some(Rule::Off), false),
        ("Bolt", None, true),
    ];
    for (account, rule, had) in steps {
        let id = if account == "Bolt" { ids[1] } else { ids[0] };
        assert_eq!(store.set_plugin_rule(account, chat, rule.as_ref()).await.unwrap(), (id, had));
        let next = store.plugins_version().await.unwrap();
        assert!(next > version, "a running relay sees it");
        version = next;
        let (of, rules) = store.plugin_rules().await.unwrap();
        assert_eq!((of, rules.get(&id).and_then(|rules| rules.get(chat))), (version, rule.as_ref()));
    }
    assert_eq!(store.set_plugin_rule("Bolt", chat, None).await.unwrap(), (ids[1], false));
    assert_eq!(store.plugins_version().await.unwrap(), version, "nothing changed");
    let unknown = store.set_plugin_rule("Cog", chat, Some(&Rule::Off)).await;
    assert!(matches!(unknown, Err(StoreError::NoAccount(name)) if name == "Cog"));
    store.close().await;
    let again = SqliteStore::open(folder.path()).await.unwrap();
    let expected = AccountRules::from([(ids[0], [(chat.to_owned(), versions("^1.2"))].into())]);
    assert_eq!(again.plugin_rules().await.unwrap(), (version, expected));
}

#[tokio::test]
async fn p4_rules_are_bounded_and_damage_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (store, ids) = store_with(folder.path(), &["Acme"]).await;
    for number in 0..RULES_MAX {
        sqlx::query("INSERT INTO plugin_rules (account, plugin) VALUES (?, ?)")
            .bind(ids[0])
            .bind(format!("a.p{number}"))
            .execute(store.pool())
            .await
            .unwrap();
    }
    let over = store.set_plugin_rule("Acme", "b.one-more", Some(&Rule::Off)).await;
    assert!(matches!(over, Err(StoreError::TooManyPluginRules(_))), "{over:?}");
    store.set_plugin_rule("Acme", "a.p1", Some(&versions("^1"))).await.unwrap();
    sqlx::query("UPDATE plugin_rules SET versions = 'newest' WHERE plugin = 'a.p2'")
        .execute(store.pool())
        .await
        .unwrap();
    let damaged = store.plugin_rules().await;
    assert!(matches!(&damaged, Err(StoreError::Damaged(what)) if what.contains("a.p2")), "{damaged:?}");
}

#[tokio::test]
async fn p4_changed_packages_are_counted_with_whose_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = store_with(folder.path(), &[]).await;
    let before = store.plugins_version().await.unwrap();
    let key = PublicKey::from_bytes([1; 32]);
    let owners = |seed: u8| PluginOwners::from([("a.b".to_owned(), PublicKey::from_bytes([seed; 32]))]);
    store.packages_changed(&owners(1)).await.unwrap();
    store.packages_changed(&owners(2)).await.unwrap();
    store.packages_changed(&PluginOwners::new()).await.unwrap();
    assert_eq!(store.plugins_version().await.unwrap(), before + 3);
    assert_eq!(store.plugin_owners().await.unwrap().get("a.b"), Some(&key), "the first one stays");
}

#[tokio::test]
async fn p4_where_a_relay_looks_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = store_with(folder.path(), &[]).await;
    assert_eq!(store.plugin_folders().await.unwrap(), None);
    let version = store.plugins_version().await.unwrap();
    for named in ["/a", "/b"] {
        let folders = PackageFolders { named: vec![named.into()], ..PackageFolders::default() };
        store.set_plugin_folders(&folders).await.unwrap();
        store.set_plugin_folders(&folders).await.unwrap();
        assert_eq!(store.plugin_folders().await.unwrap(), Some(folders));
    }
    assert_eq!(store.plugins_version().await.unwrap(), version, "nothing to look at anew");
}

#[tokio::test]
async fn of_two_who_add_a_new_plugin_at_once_the_second_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let key = |seed| lotse_package::PublicKey::from_bytes([seed; 32]);
    // Both looked when the id was nobody's.
    assert!(store.claim_plugin("acme.notes", &key(1)).await.unwrap());
    let second = store.claim_plugin("acme.notes", &key(2)).await;
    assert!(matches!(second, Err(StoreError::PluginClaimed(id)) if id == "acme.notes"));
    assert!(!store.claim_plugin("acme.notes", &key(1)).await.unwrap(), "it is theirs already");
    assert_eq!(store.plugin_owners().await.unwrap()["acme.notes"], key(1));
}
