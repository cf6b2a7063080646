//! An update of the database that fails, is killed half-way, or was left half-way by something else: nothing is lost, the words
//! say what to do, and the next start goes on.

#![allow(clippy::unwrap_used)]

use super::old_data_tests::{ANNA, old};
use super::{FILE, MIGRATIONS, SqliteStore};
use crate::store::{Store, StoreError};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::borrow::Cow;
use std::path::Path;

/// Of the update that is broken off: it makes several tables, with some in between when it stops.
const BROKEN: i64 = 11;

async fn connect(folder: &Path, mode: SqliteJournalMode) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.join(FILE)).foreign_keys(true).journal_mode(mode);
    options.connect().await.unwrap()
}

/// Runs statements on the database of a folder that nobody uses.
async fn run(folder: &Path, statements: &'static str) {
    let mut connection = connect(folder, SqliteJournalMode::Wal).await;
    sqlx::raw_sql(statements).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// How many tables there are of this name.
async fn tables(folder: &Path, name: &str) -> i64 {
    let mut connection = connect(folder, SqliteJournalMode::Wal).await;
    let count = sqlx::query_scalar("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?")
        .bind(name)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    count
}

/// Why the database of a folder cannot be opened.
async fn refused(folder: &Path) -> StoreError {
    match SqliteStore::open(folder).await {
        Ok(_) => unreachable!("it was opened"),
        Err(error) => error,
    }
}

/// Opens it, looks for what was in it from the start, and uses what the newest version has.
async fn goes_on(folder: &Path) {
    let store = SqliteStore::open(folder).await.unwrap();
    assert_eq!(store.rep_by_user(ANNA).await.unwrap().unwrap().password_hash, "a hash");
    assert_eq!((store.accounts().await.unwrap().len(), store.reps().await.unwrap().len()), (2, 2));
    assert_eq!(store.running_sessions().await.unwrap().len(), 1);
    assert_eq!(store.unused_codes(1000).await.unwrap().len(), 1);
    let applied: i64 = sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations WHERE success")
        .fetch_one(store.pool())
        .await
        .unwrap();
    assert_eq!(usize::try_from(applied).unwrap(), MIGRATIONS.iter().count());
    let _: i64 = sqlx::query_scalar("SELECT count(*) FROM webhook_deliveries").fetch_one(store.pool()).await.unwrap();
    store.close().await;
    SqliteStore::examine(&folder.join(FILE)).await.unwrap();
}

#[tokio::test]
async fn an_update_that_fails_is_as_if_never_begun_says_so_and_is_made_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    old(folder.path()).await;
    // The update makes a table of this name, behind others.
    run(folder.path(), "CREATE TABLE webhooks (in_the_way TEXT)").await;
    for _ in 0..2 {
        let error = refused(folder.path()).await;
        assert!(matches!(&error, StoreError::Update { version: BROKEN, .. }), "{error}");
        let words = error.to_string();
        for word in ["version 11", "webhooks", "nothing in it is lost", "lotse-relay restore"] {
            assert!(words.contains(word), "{word}: {words}");
        }
        assert_eq!(tables(folder.path(), "api_tokens").await, 0, "what it made before it failed is undone");
    }
    run(folder.path(), "DROP TABLE webhooks").await;
    goes_on(folder.path()).await;
}

/// The files of a database as a process leaves them that is killed in the middle of an update, before it is committed.
async fn killed(mode: SqliteJournalMode) -> tempfile::TempDir {
    let (folder, left) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    old(folder.path()).await;
    let mut connection = connect(folder.path(), mode).await;
    let first = MIGRATIONS.iter().filter(|migration| migration.version < BROKEN).cloned().collect();
    let migrator = Migrator { migrations: Cow::Owned(first), ..Migrator::DEFAULT };
    migrator.run(&mut connection).await.unwrap();
    let broken = MIGRATIONS.iter().find(|migration| migration.version == BROKEN).unwrap();
    // So few pages in memory that others are on the disk before the end.
    sqlx::raw_sql("PRAGMA cache_size = 1; BEGIN").execute(&mut connection).await.unwrap();
    sqlx::raw_sql(broken.sql.clone()).execute(&mut connection).await.unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        // Its index of the log is memory that a killed process shares with nobody any more.
        if !path.to_string_lossy().ends_with("-shm") {
            std::fs::copy(&path, left.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    left
}

#[tokio::test]
async fn a_process_killed_in_the_middle_of_an_update_has_lost_nothing_and_the_next_goes_on() {
    for mode in [SqliteJournalMode::Wal, SqliteJournalMode::Delete] {
        let left = killed(mode).await;
        goes_on(left.path()).await;
    }
}

#[tokio::test]
async fn a_database_that_something_else_left_half_updated_says_what_to_do_and_keeps_everything() {
    let folder = tempfile::tempdir().unwrap();
    old(folder.path()).await;
    goes_on(folder.path()).await;
    run(folder.path(), "UPDATE _sqlx_migrations SET success = 0 WHERE version = 11").await;
    let file = folder.path().join(FILE);
    for error in [refused(folder.path()).await, SqliteStore::examine(&file).await.unwrap_err()] {
        assert!(matches!(error, StoreError::HalfUpdated(BROKEN)), "{error}");
        let words = error.to_string();
        assert!(words.contains("version 11") && words.contains("lotse-relay restore"), "{words}");
        assert!(!words.contains("start anew"), "nobody is led to throw it away: {words}");
    }
    run(folder.path(), "UPDATE _sqlx_migrations SET success = 1 WHERE version = 11").await;
    goes_on(folder.path()).await;
}

#[tokio::test]
async fn a_newer_relays_database_is_named_as_such_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    old(folder.path()).await;
    goes_on(folder.path()).await;
    let store = SqliteStore::open(folder.path()).await.unwrap();
    store.pretend_newer().await;
    store.close().await;
    let error = refused(folder.path()).await;
    assert!(matches!(error, StoreError::Newer), "{error}");
    let words = error.to_string();
    assert!(words.contains("newer version of lotse-relay: install that version or a later one"), "{words}");
    run(folder.path(), "DELETE FROM _sqlx_migrations WHERE version = 9999").await;
    goes_on(folder.path()).await;
}
