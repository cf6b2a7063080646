//! The trail on a real database.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::store::{AuditFilter, Reports, SqliteStore};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

struct Bench {
    trail: AuditTrail,
    store: Arc<SqliteStore>,
    counters: Arc<Counters>,
    folder: tempfile::TempDir,
}

async fn bench(minute: Duration) -> (Bench, impl Future<Output = ()> + Send) {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path()).await.unwrap());
    let counters = Arc::new(Counters::start());
    let (trail, task) = AuditTrail::counting(store.clone(), counters.clone(), minute);
    (Bench { trail, store, counters, folder }, task)
}

impl Bench {
    fn write(&self, kind: AuditKind, detail: &str) {
        self.trail.write(AuditLine { detail: detail.into(), ..AuditLine::new(kind) });
    }
}

/// The newest lines, oldest first.
async fn written(store: &SqliteStore) -> Vec<(String, String)> {
    let page = store.audit(&AuditFilter::default(), None, 20).await.unwrap();
    page.lines.into_iter().rev().map(|line| (line.kind, line.detail)).collect()
}

fn lines(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(kind, detail)| ((*kind).to_owned(), (*detail).to_owned())).collect()
}

#[tokio::test]
async fn lines_keep_their_order_and_what_was_counted_is_written_when_the_relay_ends() {
    let (bench, task) = bench(MINUTE).await;
    bench.write(AuditKind::SignedIn, "first");
    for _ in 0..20_000 {
        bench.write(AuditKind::AskSlowed, "question, portal help");
        bench.write(AuditKind::JoinSlowed, "");
    }
    bench.write(AuditKind::SignedOut, "last");
    assert_eq!((bench.counters.audit(AuditKind::AskSlowed), bench.counters.audit_lost()), (20_000, 0));
    let Bench { trail, store, folder, .. } = bench;
    drop(trail);
    task.await;
    store.close().await;
    // As the next start finds it.
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let expected = [
        ("signed-in", "first"),
        ("ask-slowed", "question, portal help"),
        ("join-slowed", ""),
        ("signed-out", "last"),
        ("join-slowed", "19999 more within a minute"),
        ("ask-slowed", "question, portal help, 19999 more within a minute"),
    ];
    assert_eq!(written(&store).await, lines(&expected));
}

#[tokio::test]
async fn what_was_counted_is_written_while_the_relay_runs_on() {
    let (bench, task) = bench(Duration::from_millis(50)).await;
    let writing = tokio::spawn(task);
    let counted = "question, portal help, ";
    loop {
        bench.write(AuditKind::AskSlowed, "question, portal help");
        tokio::time::sleep(Duration::from_millis(5)).await;
        let lines = written(&bench.store).await;
        if lines.iter().any(|(_, detail)| detail.starts_with(counted)) {
            assert_eq!(lines.first(), Some(&("ask-slowed".to_owned(), "question, portal help".to_owned())));
            break;
        }
    }
    drop(bench.trail);
    writing.await.unwrap();
}

#[tokio::test]
async fn a_sign_in_is_not_lost_behind_a_flood_of_other_lines() {
    let (bench, task) = bench(MINUTE).await;
    for number in 0..QUEUE_MAX {
        bench.write(AuditKind::Joined, &number.to_string());
    }
    bench.write(AuditKind::SignedIn, "behind");
    bench.write(AuditKind::RepAdded, "behind");
    assert_eq!(bench.counters.audit_lost(), KEPT_PLACES as u64);
    let Bench { trail, store, folder: _folder, .. } = bench;
    drop(trail);
    task.await;
    let written = written(&store).await;
    for kind in ["signed-in", "rep-added"] {
        assert!(written.contains(&(kind.to_owned(), "behind".to_owned())), "{written:?}");
    }
    let filter = AuditFilter { kind: Some(AuditKind::LinesLost), ..AuditFilter::default() };
    let lost = store.audit(&filter, None, 2).await.unwrap();
    assert_eq!(lost.lines.first().map(|line| line.detail.clone()), Some(KEPT_PLACES.to_string()));
}

/// Makes the store refuse lines, or take them again.
async fn refuse(bench: &Bench, refused: bool) {
    let options = SqliteConnectOptions::new().filename(bench.folder.path().join(crate::store::DATABASE_FILE));
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let statement = if refused {
        "CREATE TRIGGER refused BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'refused'); END"
    } else {
        "DROP TRIGGER refused"
    };
    sqlx::query(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn lines_that_the_store_refuses_are_written_in_their_order_when_it_works_again() {
    let (bench, task) = bench(Duration::from_millis(20)).await;
    refuse(&bench, true).await;
    let writing = tokio::spawn(task);
    for _ in 0..3 {
        bench.write(AuditKind::AskSlowed, "portal help");
    }
    bench.write(AuditKind::SignedIn, "first");
    while bench.counters.store_errors() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    bench.write(AuditKind::SignedOut, "second");
    refuse(&bench, false).await;
    drop(bench.trail);
    writing.await.unwrap();
    let written = written(&bench.store).await;
    for line in lines(&[
        ("ask-slowed", "portal help"),
        ("ask-slowed", "portal help, 2 more within a minute"),
        ("signed-in", "first"),
        ("signed-out", "second"),
    ]) {
        assert!(written.contains(&line), "{written:?}");
    }
    let place = |detail: &str| written.iter().position(|(_, of)| of == detail);
    assert!(place("first") < place("second"), "{written:?}");
    assert_eq!(bench.counters.audit_lost(), 0);
}

#[tokio::test]
async fn what_finds_no_room_while_the_store_refuses_lines_is_told_with_its_number() {
    let (bench, task) = bench(MINUTE).await;
    refuse(&bench, true).await;
    let writing = tokio::spawn(task);
    let all = 2 * (QUEUE_MAX + WAITING_MAX);
    for number in 0..all {
        bench.write(AuditKind::SignedIn, &number.to_string());
        if number % BATCH_MAX == 0 {
            tokio::task::yield_now().await;
        }
    }
    while bench.counters.store_errors() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    refuse(&bench, false).await;
    let lost = bench.counters.audit_lost();
    assert!(lost > 0);
    drop(bench.trail);
    writing.await.unwrap();
    let filter = AuditFilter { kind: Some(AuditKind::LinesLost), ..AuditFilter::default() };
    let told = bench.store.audit(&filter, None, 10).await.unwrap().lines;
    let told: u64 = told.iter().map(|line| line.detail.parse::<u64>().unwrap()).sum();
    assert_eq!(told, lost);
}

#[test]
fn a_refused_token_and_a_webhook_that_is_off_have_places_kept() {
    assert!(is_kept(AuditKind::ApiTokenRefused) && is_kept(AuditKind::WebhookOff));
}

#[test]
fn nothing_that_strangers_cause_for_nothing_has_places_kept() {
    for kind in [AuditKind::SignInSlowed, AuditKind::JoinSlowed, AuditKind::AskSlowed, AuditKind::MessageLeft] {
        assert!(!is_kept(kind), "{}", kind.name());
    }
}
