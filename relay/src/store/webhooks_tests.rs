//! What any store must do for webhooks, run on a real SQLite file.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::hub::{AuditKind, AuditLine};
use crate::store::{NewAccount, SqliteStore, Store};

const KINDS: &[&str] = &["session-started", "session-ended"];

async fn store() -> (SqliteStore, i64, i64, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let new = |name: &str| NewAccount {
        name: name.into(),
        seats: None,
        contact: String::new(),
        language: "en",
        time_zone: "UTC".into(),
    };
    let account = store.add_account(new("Acme"), 0).await.unwrap();
    let other = store.add_account(new("Bolt"), 0).await.unwrap();
    (store, account, other, folder)
}

fn hook(account: i64) -> NewWebhook {
    NewWebhook {
        account,
        url: "https://example.com/".into(),
        secret: "whsec_1".into(),
        events: "session.started session.ended".into(),
    }
}

async fn happens(store: &SqliteStore, account: i64, kind: AuditKind) {
    store.write_audit(&[AuditLine { account: Some(account), ..AuditLine::new(kind) }], 5).await.unwrap();
}

fn attempt(webhook: i64, line: i64, done: bool) -> Attempted {
    let outcome = if done { "200" } else { "no answer" };
    Attempted { webhook, line, event: "session.started".into(), done, outcome: outcome.into(), next_s: 100, off: false }
}

#[tokio::test]
async fn l4_a_webhook_is_told_what_happens_in_its_account_in_order_from_when_it_was_added() {
    let (store, account, other, folder) = store().await;
    happens(&store, account, AuditKind::SessionStarted).await;
    let id = store.add_webhook(hook(account), 10).await.unwrap().unwrap();
    assert_eq!(store.next_for_webhook(id, KINDS).await.unwrap(), None, "that was before");
    assert!(store.due_webhooks(10).await.unwrap().is_empty());
    for (of, kind) in [
        (other, AuditKind::SessionStarted),
        (account, AuditKind::Joined),
        (account, AuditKind::SessionStarted),
        (account, AuditKind::SessionEnded),
    ] {
        happens(&store, of, kind).await;
    }
    assert_eq!(store.due_webhooks(10).await.unwrap().iter().map(|webhook| webhook.id).collect::<Vec<_>>(), [id]);
    let first = store.next_for_webhook(id, KINDS).await.unwrap().unwrap();
    assert_eq!((first.kind.as_str(), first.account_name.as_deref()), ("session-started", Some("Acme")));
    store.webhook_attempted(attempt(id, first.id, false), 20).await.unwrap();
    assert!(store.due_webhooks(99).await.unwrap().is_empty(), "it waits");
    store.close().await;
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let again = store.due_webhooks(100).await.unwrap().remove(0);
    assert_eq!((again.attempts, again.failing_s), (1, Some(20)));
    assert_eq!(store.next_for_webhook(id, KINDS).await.unwrap().unwrap(), first, "a restart loses nothing");
    store.webhook_attempted(attempt(id, first.id, true), 110).await.unwrap();
    let second = store.next_for_webhook(id, KINDS).await.unwrap().unwrap();
    assert_eq!(second.kind, "session-ended");
    store.webhook_attempted(attempt(id, second.id, true), 111).await.unwrap();
    assert_eq!(store.next_for_webhook(id, KINDS).await.unwrap(), None);
    assert!(store.due_webhooks(1_000).await.unwrap().is_empty());
    let told: Vec<_> =
        store.webhook_deliveries(id).await.unwrap().into_iter().map(|one| (one.line, one.attempts, one.done)).collect();
    assert_eq!(told, [(second.id, 1, true), (first.id, 2, true)]);
}

#[tokio::test]
async fn l4_whose_last_turn_is_longest_ago_comes_first() {
    let (store, account, other, _folder) = store().await;
    let mut hooks = vec![];
    for of in [account, account, other] {
        hooks.push(store.add_webhook(hook(of), 10).await.unwrap().unwrap());
    }
    for of in [account, other] {
        happens(&store, of, AuditKind::SessionStarted).await;
        happens(&store, of, AuditKind::SessionStarted).await;
    }
    let due = async |now_s: i64| {
        let due = store.due_webhooks(now_s).await.unwrap();
        due.into_iter().map(|webhook| webhook.id).collect::<Vec<_>>()
    };
    let [first, second, third] = hooks.as_slice() else { unreachable!() };
    assert_eq!(due(10).await, hooks);
    store.webhook_attempted(attempt(*first, 1, true), 20).await.unwrap();
    assert_eq!(due(20).await, [*second, *third, *first]);
    store.webhook_attempted(attempt(*second, 1, false), 30).await.unwrap();
    store.webhook_attempted(attempt(*third, 3, true), 40).await.unwrap();
    assert_eq!(due(100).await, [*first, *second, *third], "whoever failed has had a turn, too");
}

#[tokio::test]
async fn l4_too_many_events_that_wait_are_passed_over_and_counted() {
    let (store, account, _, _folder) = store().await;
    let id = store.add_webhook(hook(account), 10).await.unwrap().unwrap();
    let line = AuditLine { account: Some(account), ..AuditLine::new(AuditKind::SessionStarted) };
    let many = usize::try_from(WEBHOOK_WAITING_MAX).unwrap() + 3;
    store.write_audit(&vec![line; many], 5).await.unwrap();
    let next = store.next_for_webhook(id, KINDS).await.unwrap().unwrap();
    let webhook = store.webhooks(Some(account)).await.unwrap().remove(0);
    assert_eq!((webhook.dropped, next.id), (3, webhook.seen + 1));
}

#[tokio::test]
async fn l4_webhooks_and_deliveries_are_bounded_and_an_accounts_own() {
    let (store, account, other, _folder) = store().await;
    for number in 0..=WEBHOOKS_MAX {
        assert_eq!(store.add_webhook(hook(account), 10).await.unwrap().is_some(), number < WEBHOOKS_MAX);
    }
    let id = store.add_webhook(hook(other), 10).await.unwrap().unwrap();
    for line in 1..=WEBHOOK_DELIVERIES_MAX + 5 {
        store.webhook_attempted(attempt(id, line, true), line).await.unwrap();
    }
    let deliveries = store.webhook_deliveries(id).await.unwrap();
    assert_eq!((deliveries.len() as i64, deliveries[0].line), (WEBHOOK_DELIVERIES_MAX, WEBHOOK_DELIVERIES_MAX + 5));
    assert_eq!(store.remove_webhook(id, Some(account)).await.unwrap(), None);
    assert_eq!(store.remove_webhook(id, Some(other)).await.unwrap(), Some(other));
    store.webhook_attempted(attempt(id, 1, true), 1).await.unwrap();
    assert!(store.webhooks(Some(other)).await.unwrap().is_empty());
}
