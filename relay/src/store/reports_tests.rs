//! What any store must tell of sessions afterwards, and how it keeps notes, run on a real SQLite file.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::hub::{AuditLine, Change, Origin, SessionRecord};
use crate::store::{ENDED_SESSION_S, NewRep, SqliteStore, Store};
use crate::token::TokenHash;
use lotse_protocol::control::PluginRef;

struct Bench {
    store: SqliteStore,
    /// The account of both reps.
    acme: i64,
    anna: i64,
    bo: i64,
    _folder: tempfile::TempDir,
}

async fn add_rep(store: &SqliteStore, account: &str, user: &str, name: &str) -> (i64, i64) {
    let rep = NewRep {
        account: account.into(),
        user: user.into(),
        name: name.into(),
        password_hash: "$argon2id$x".into(),
        contact: None,
        role: crate::store::Role::Rep,
    };
    store.add_rep(rep, 0).await.unwrap()
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).await.unwrap();
        let (acme, anna) = add_rep(&store, "Acme", "anna@acme.example", "Anna Berg").await;
        let (_, bo) = add_rep(&store, "Acme", "bo@acme.example", "Bo Lind").await;
        Self { store, acme, anna, bo, _folder: folder }
    }

    /// A session that begins at that time and runs.
    async fn session(&self, id: u8, rep: i64, customer: &str, started_s: i64) -> SessionId {
        let (version, digest) = (semver::Version::new(1, 2, 3), [9; 32]);
        let chat = PluginRef { id: "lotse.chat".into(), version, digest, licensed: true, publisher: None };
        let record = SessionRecord {
            session: SessionId([id; 16]),
            rep,
            account: self.acme,
            rep_name: "Anna Berg".into(),
            account_name: "Acme".into(),
            customer: customer.into(),
            system: "Debian 12".into(),
            rep_token: TokenHash([id; 32]),
            customer_token: TokenHash([id; 32]),
            plugins: [chat].into(),
            origin: Origin::default(),
        };
        self.store.change_sessions(&[Change::Started(record)], started_s).await.unwrap();
        SessionId([id; 16])
    }

    async fn end(&self, session: SessionId, at_s: i64) {
        let ended = Change::Ended { session, reason: "RepEnded".into() };
        self.store.change_sessions(&[ended], at_s).await.unwrap();
    }

    async fn keep(&self, session: SessionId, rep: i64, revision: u64, text: &str, now_s: i64) -> Option<(u64, String)> {
        let notes = NotesRecord { session, rep, revision, text: text.into(), running: true };
        self.store.keep_notes(&notes, now_s).await.unwrap().map(|notes| (notes.revision, notes.text))
    }

    async fn listed(&self, filter: &ReportFilter) -> Vec<u8> {
        let page = self.store.reports(self.acme, filter, None, PAGE_MAX).await.unwrap();
        page.rows.iter().map(|row| row.session.0[0]).collect()
    }
}

fn kept(revision: u64, text: &str) -> Option<(u64, String)> {
    Some((revision, text.to_owned()))
}

#[tokio::test]
async fn t3_notes_last_and_of_two_writers_the_slower_one_hears_the_others_text() {
    let bench = Bench::new().await;
    let session = bench.session(1, bench.anna, "K. Weber", 100).await;
    assert_eq!(bench.store.notes(session).await.unwrap(), None);
    assert_eq!(bench.keep(session, bench.anna, 1, "worn", 110).await, kept(1, "worn"));
    assert_eq!(bench.keep(session, bench.anna, 2, "roller worn", 120).await, kept(2, "roller worn"));
    assert_eq!(bench.keep(session, bench.anna, 2, "mine", 130).await, kept(2, "roller worn"), "somebody was faster");
    assert_eq!(bench.keep(session, bench.anna, u64::MAX, "first of all", 130).await, kept(2, "roller worn"));
    assert_eq!(bench.keep(session, bench.anna, 3, "", 140).await, kept(3, ""), "they may be taken out again");
    let notes = bench.store.notes(session).await.unwrap().unwrap();
    assert_eq!((notes.revision, notes.changed_s), (3, 140));
}

#[tokio::test]
async fn t3_notes_are_the_sessions_own_reps_until_a_day_after_it() {
    let bench = Bench::new().await;
    let session = bench.session(1, bench.anna, "K. Weber", 100).await;
    assert_eq!(bench.keep(session, bench.bo, 1, "not mine", 110).await, None);
    assert_eq!(bench.keep(SessionId([9; 16]), bench.anna, 1, "there is none", 110).await, None);
    assert_eq!(bench.keep(session, bench.anna, 2, "too far ahead", 110).await, kept(0, ""));
    bench.end(session, 200).await;
    assert_eq!(bench.keep(session, bench.anna, 1, "late", 200 + NOTES_AFTER_END_S).await, kept(1, "late"));
    assert_eq!(bench.keep(session, bench.anna, 2, "too late", 201 + NOTES_AFTER_END_S).await, None);
    bench.store.prune(201 + ENDED_SESSION_S).await.unwrap();
    assert_eq!(bench.store.notes(session).await.unwrap(), None, "they go with their session");
    assert_eq!(bench.store.report(session).await.unwrap(), None);
}

#[tokio::test]
async fn t3_a_report_has_the_session_its_notes_and_its_timeline_in_order() {
    let bench = Bench::new().await;
    let session = bench.session(1, bench.anna, "K. Weber", 100).await;
    let other = bench.session(2, bench.bo, "J. Ortiz", 100).await;
    bench.keep(session, bench.anna, 1, "worn", 110).await;
    let line = |kind, session| AuditLine {
        account: Some(bench.acme),
        rep: Some(bench.anna),
        session: Some(session),
        ..AuditLine::new(kind)
    };
    let lines = [
        line(AuditKind::Joined, session),
        line(AuditKind::Joined, other),
        line(AuditKind::SessionStarted, session),
        line(AuditKind::SessionEnded, session),
    ];
    bench.store.write_audit(&lines, 105).await.unwrap();
    bench.end(session, 300).await;
    let report = bench.store.report(session).await.unwrap().unwrap();
    let kinds: Vec<&str> = report.timeline.iter().map(|line| line.kind.as_str()).collect();
    assert_eq!(kinds, ["joined", "session-started", "session-ended"]);
    assert_eq!(report.timeline[0].rep_name.as_deref(), Some("Anna Berg"));
    assert_eq!(report.notes.unwrap().text, "worn");
    let plugin = ReportPlugin { id: "lotse.chat".into(), version: "1.2.3".into(), licensed: true };
    assert_eq!(report.plugins, [plugin]);
    let row = report.row;
    assert_eq!((row.account, row.rep_user.as_str()), (bench.acme, "anna@acme.example"));
    assert_eq!((row.customer.as_str(), row.system.as_str()), ("K. Weber", "Debian 12"));
    assert_eq!((row.started_s, row.ended_s, row.end_reason.as_deref()), (100, Some(300), Some("RepEnded")));
    assert_eq!(bench.store.report(other).await.unwrap().unwrap().notes, None);
}

#[tokio::test]
async fn t3_reports_are_an_accounts_own_and_can_be_searched() {
    let bench = Bench::new().await;
    let (bolt, cy) = add_rep(&bench.store, "Bolt", "cy@bolt.example", "Cy Dorn").await;
    for (id, rep, customer) in [(1, bench.anna, "K. Weber"), (2, bench.bo, "J. Ortiz"), (3, bench.anna, "100% Weiß")] {
        bench.session(id, rep, customer, i64::from(id) * 100).await;
    }
    bench.session(9, cy, "K. Weber", 900).await;
    bench.keep(SessionId([2; 16]), bench.bo, 1, &format!("Toner is out. {}", "x".repeat(500)), 210).await;
    bench.end(SessionId([1; 16]), 150).await;
    let all = ReportFilter::default();
    assert_eq!(bench.listed(&all).await, [3, 2, 1], "newest first, and nobody else's");
    assert_eq!(bench.listed(&ReportFilter { from_s: Some(200), to_s: Some(300), ..all.clone() }).await, [2]);
    assert_eq!(bench.listed(&ReportFilter { rep: Some(bench.anna), ..all.clone() }).await, [3, 1]);
    assert_eq!(bench.listed(&ReportFilter { rep: Some(cy), ..all.clone() }).await, [0_u8; 0]);
    for (words, wanted) in [("weber", vec![1]), ("TONER", vec![2]), ("%", vec![3]), ("_", vec![]), ("", vec![3, 2, 1])]
    {
        let filter = ReportFilter { text: Some(words.into()), ..all.clone() };
        assert_eq!(bench.listed(&filter).await, wanted, "{words}");
    }
    let rows = bench.store.reports(bench.acme, &all, None, 10).await.unwrap().rows;
    assert_eq!(rows[1].notes_begin.chars().count(), 200);
    let running = bench.store.running_of(bench.acme).await.unwrap();
    assert_eq!(running.iter().map(|row| row.session.0[0]).collect::<Vec<_>>(), [3, 2]);
    assert_eq!(bench.store.running_of(bolt).await.unwrap().len(), 1);
}

#[tokio::test]
async fn t3_pages_follow_on_one_another_whatever_comes_in_meanwhile() {
    let bench = Bench::new().await;
    for id in 1..=7 {
        // Several within one second.
        bench.session(id, bench.anna, "K. Weber", 100 + i64::from(id / 3)).await;
    }
    let (mut seen, mut after, filter) = (vec![], None, ReportFilter::default());
    loop {
        let page = bench.store.reports(bench.acme, &filter, after, 2).await.unwrap();
        assert!(page.rows.len() <= 2);
        seen.extend(page.rows.iter().map(|row| row.session.0[0]));
        bench.session(100 + u8::try_from(seen.len()).unwrap(), bench.anna, "J. Ortiz", 500).await;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1]);
    let page = bench.store.reports(bench.acme, &filter, None, 0).await.unwrap();
    assert_eq!(page.rows.len(), 1, "a page has a row at least");
}

#[tokio::test]
async fn a_session_is_found_by_the_first_bytes_of_its_id() {
    let bench = Bench::new().await;
    let session = bench.session(1, bench.anna, "K. Weber", 100).await;
    bench.session(2, bench.anna, "K. Weber", 100).await;
    assert_eq!(bench.store.session_beginning(&[1; 6]).await.unwrap(), session);
    assert_eq!(bench.store.session_beginning(&[1; 16]).await.unwrap(), session);
    let none = bench.store.session_beginning(&[3; 6]).await;
    assert!(matches!(none, Err(StoreError::NoSession(id)) if id == "030303030303"));
    assert!(matches!(bench.store.session_beginning(&[]).await, Err(StoreError::ManySessions(_))));
}

#[tokio::test]
async fn s4_the_audit_log_is_read_by_account_kind_session_and_time_page_by_page() {
    let bench = Bench::new().await;
    let session = SessionId([1; 16]);
    let (acme, anna) = (Some(bench.acme), Some(bench.anna));
    let line = |kind, account, session| AuditLine { account, rep: anna, session, ..AuditLine::new(kind) };
    let store = &bench.store;
    store.write_audit(&[line(AuditKind::SignInFailed, None, None)], 100).await.unwrap();
    store.write_audit(&[line(AuditKind::Joined, acme, Some(session))], 200).await.unwrap();
    store.write_audit(&[line(AuditKind::SignedOut, acme, None)], 300).await.unwrap();
    let kinds = async |filter: AuditFilter| -> Vec<String> {
        let page = store.audit(&filter, None, 10).await.unwrap();
        page.lines.into_iter().map(|line| line.kind).collect()
    };
    let all = AuditFilter::default();
    assert_eq!(kinds(all).await, ["signed-out", "joined", "sign-in-failed"]);
    assert_eq!(kinds(AuditFilter { account: acme, ..all }).await, ["signed-out", "joined"]);
    assert_eq!(kinds(AuditFilter { kind: Some(AuditKind::SignInFailed), ..all }).await, ["sign-in-failed"]);
    assert_eq!(kinds(AuditFilter { session: Some(session), ..all }).await, ["joined"]);
    assert_eq!(kinds(AuditFilter { session: Some(session), account: Some(99), ..all }).await, [""; 0]);
    assert_eq!(kinds(AuditFilter { from_s: Some(200), to_s: Some(300), ..all }).await, ["joined"]);
    let first = store.audit(&all, None, 2).await.unwrap();
    assert_eq!((first.lines.len(), first.lines[0].account_name.as_deref()), (2, Some("Acme")));
    let second = store.audit(&all, first.next, 2).await.unwrap();
    assert_eq!((second.lines.len(), second.next), (1, None));
    assert_eq!((second.lines[0].at_s, &second.lines[0].account_name), (100, &None));
}
