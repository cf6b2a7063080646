//! What is done by command line, token and page stands in the log alike, and at once.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::counters::Counters;
use crate::store::center::Center;
use crate::store::web::{Edited, NewPerson, Web};
use crate::store::{AuditFilter, NewAccount, NewRep, Reports, Role, SignInLocks, SqliteStore, TeamChange, user_hash};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use std::sync::Arc;

async fn store(folder: &std::path::Path) -> (Arc<SqliteStore>, i64) {
    let store = Arc::new(SqliteStore::open(folder).await.unwrap());
    let (name, time_zone) = ("Acme".to_owned(), "UTC".to_owned());
    let new = NewAccount { name, seats: None, contact: String::new(), language: "en", time_zone };
    let account = add_account(&*store, new, &By::CommandLine).await.unwrap();
    (store, account)
}

/// A trail of which nothing is written.
fn trail(store: &Arc<SqliteStore>) -> AuditTrail {
    AuditTrail::new(store.clone(), Arc::new(Counters::start())).0
}

fn otto(store: &Arc<SqliteStore>) -> By {
    By::Person { user: "otto@relay.example".into(), trail: trail(store) }
}

/// Kinds and details, newest first.
async fn told(store: &SqliteStore) -> Vec<(String, String)> {
    let page = store.audit(&AuditFilter::default(), None, 20).await.unwrap();
    page.lines.into_iter().map(|line| (line.kind, line.detail)).collect()
}

fn told_as(kind: &str, detail: &str) -> Option<(String, String)> {
    Some((kind.to_owned(), detail.to_owned()))
}

fn rep(user: &str, role: Role) -> NewRep {
    let (account, password_hash) = ("Acme".into(), "$argon2id$x".into());
    NewRep { account, user: user.into(), name: "Anna".into(), password_hash, contact: None, role }
}

#[tokio::test]
async fn one_act_has_one_line_whoever_does_it() {
    let folder = tempfile::tempdir().unwrap();
    let (store, account) = store(folder.path()).await;
    let ci = By::Token { name: "ci".into(), trail: trail(&store) };
    let (_, anna) = add_rep(&*store, rep("anna@acme.example", Role::Manager), &ci).await.unwrap();
    assert_eq!(told(&store).await.first().cloned(), told_as("rep-added", "manager, by token ci"));
    assert_eq!(store.person(account, anna).await.unwrap().unwrap().role, Role::Manager);
    let (user, password_hash) = ("bo@acme.example".to_owned(), "$argon2id$x".to_owned());
    let new = NewPerson { user, name: "Bo".into(), role: Role::Rep, password_hash };
    let bo = add_person(&*store, account, new, &otto(&store)).await.unwrap().unwrap();
    assert_eq!(told(&store).await.first().cloned(), told_as("rep-added", "rep, by otto@relay.example"));
    sign_out(&*store, (account, bo), &otto(&store)).await.unwrap();
    assert_eq!(told(&store).await.first().cloned(), told_as("rep-signed-out", "everywhere, by otto@relay.example"));
}

#[tokio::test]
async fn what_changes_nothing_is_not_told_and_what_was_seen_otherwise_is_not_removed() {
    let folder = tempfile::tempdir().unwrap();
    let (store, account) = store(folder.path()).await;
    add_team(&*store, "Acme", "Billing", &[], &otto(&store)).await.unwrap();
    let team = store.teams_of(account).await.unwrap().remove(0);
    let lines = told(&store).await.len();
    let same = edit_team(&*store, &team, &team.revision(), TeamChange::default(), &otto(&store)).await.unwrap();
    assert_eq!((same, told(&store).await.len()), (Edited::Done, lines));
    let change = TeamChange { name: Some("Money".into()), ..TeamChange::default() };
    assert_eq!(edit_team(&*store, &team, &team.revision(), change, &otto(&store)).await.unwrap(), Edited::Done);
    let line = told_as("team-changed", "team Billing: name: Money, by otto@relay.example");
    assert_eq!(told(&store).await.first().cloned(), line);
    let outdated = remove_team_seen(&*store, &team, &team.revision(), &otto(&store)).await.unwrap();
    assert_eq!((outdated, store.teams_of(account).await.unwrap().len()), (Edited::Outdated, 1));
    let now = store.teams_of(account).await.unwrap().remove(0);
    assert_eq!(remove_team_seen(&*store, &now, &now.revision(), &otto(&store)).await.unwrap(), Edited::Done);
    let line = told_as("team-changed", "team Money: removed, by otto@relay.example");
    assert_eq!((told(&store).await.first().cloned(), store.teams_of(account).await.unwrap().len()), (line, 0));
}

#[tokio::test]
async fn somebody_new_is_not_locked_for_what_was_guessed_before() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = store(folder.path()).await;
    let user = "anna@acme.example";
    store.lock_user(user_hash(user), 1_000, 10).await.unwrap();
    assert!(store.locked_until(user_hash(user), 20).await.unwrap().is_some());
    add_rep(&*store, rep(user, Role::Rep), &By::CommandLine).await.unwrap();
    assert_eq!(store.locked_until(user_hash(user), 20).await.unwrap(), None);
}

#[tokio::test]
async fn what_was_done_is_no_failure_where_its_line_cannot_be_written_and_is_told_later() {
    let folder = tempfile::tempdir().unwrap();
    let (store, account) = store(folder.path()).await;
    let options = SqliteConnectOptions::new().filename(folder.path().join(crate::store::DATABASE_FILE));
    let mut beside = SqliteConnection::connect_with(&options).await.unwrap();
    let refuse = "CREATE TRIGGER refused BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'refused'); END";
    sqlx::query(refuse).execute(&mut beside).await.unwrap();
    let (trail, task) = AuditTrail::new(store.clone(), Arc::new(Counters::start()));
    let ci = By::Token { name: "ci".into(), trail };
    add_team(&*store, "Acme", "Billing", &[], &ci).await.unwrap();
    assert_eq!(store.teams_of(account).await.unwrap().len(), 1);
    sqlx::query("DROP TRIGGER refused").execute(&mut beside).await.unwrap();
    drop(ci);
    task.await;
    assert_eq!(told(&store).await.first().cloned(), told_as("team-changed", "team Billing: added, by token ci"));
}
