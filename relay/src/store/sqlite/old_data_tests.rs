//! A database as the fourth migration left it, with rows in every table, brought up to date.

#![allow(clippy::unwrap_used)]

use super::{FILE, MIGRATIONS, SqliteStore};
use crate::hub::{AuditKind, AuditLine};
use crate::store::web::Web;
use crate::store::{
    AccountStatus, AuditFilter, Licences, PluginRules, QuestionStore, ReportFilter, Reports, Role, SignInList, Store,
    TermChange,
};
use crate::token::TokenHash;
use lotse_package::PublicKey;
use lotse_protocol::control::{PluginRef, SessionId};
use lotse_protocol::licence::Term;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use std::borrow::Cow;
use std::path::Path;

pub(super) const ANNA: &str = "anna@acme.example";
const RUNNING: SessionId = SessionId([1; 16]);
const ENDED: SessionId = SessionId([2; 16]);

/// The later ones must find rows in all of its tables.
const ROWS: &str = "
    INSERT INTO accounts (id, name, status, contact, created_s, seats, language, time_zone) VALUES
        (1, 'Acme', 'active', 'sales@vendor.example', 10, 3, 'de', 'Europe/Berlin'),
        (2, 'Bolt', 'suspended', '', 11, NULL, 'en', 'UTC');
    INSERT INTO reps (id, account, user, name, password_hash, status, created_s, role, must_change, signed_out) VALUES
        (1, 1, 'anna@acme.example', 'Anna Berg', 'a hash', 'active', 12, 'manager', 0, 3),
        (2, 1, 'ben@acme.example', 'Ben Ott', 'another hash', 'suspended', 13, 'rep', 1, 0);
    INSERT INTO sign_ins (id, rep, token_hash, created_s, used_s, seat_s) VALUES
        (7, 1, zeroblob(32), 100, 200, 150), (8, 2, randomblob(32), 100, 200, NULL);
    UPDATE counters SET sign_in = 8;
    INSERT INTO features (name, added_s) VALUES ('chat', 5), ('screen', 6);
    INSERT INTO account_features (account, feature) VALUES (1, 'chat'), (2, 'chat'), (2, 'screen');
    INSERT INTO plugin_owners (id, key) VALUES ('lotse.chat', zeroblob(32));
    INSERT INTO codes (session, sign_in, nameplate, attempts_left, expires_s) VALUES (randomblob(16), 7, 12345, 3, 1200);
    INSERT INTO audit (at_s, kind, account, rep, session, detail) VALUES
        (100, 'signed-in', 1, 1, NULL, ''), (300, 'joined', 1, 1, x'02020202020202020202020202020202', 'a word'),
        (400, 'a-kind-of-then', NULL, NULL, NULL, '');
";

pub(super) async fn old(folder: &Path) {
    let options = SqliteConnectOptions::new().filename(folder.join(FILE)).create_if_missing(true).foreign_keys(true);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    let first = MIGRATIONS.iter().filter(|migration| migration.version <= 4).cloned().collect();
    let migrator = Migrator { migrations: Cow::Owned(first), ..Migrator::DEFAULT };
    migrator.run(&pool).await.unwrap();
    sqlx::raw_sql(ROWS).execute(&pool).await.unwrap();
    for (id, token, ended_s) in [(RUNNING, Some(vec![9_u8; 32]), None), (ENDED, None, Some(350_i64))] {
        sqlx::query(
            "INSERT INTO sessions (id, rep, customer, system, rep_token, customer_token, plugins, started_s, ended_s, end_reason)
             VALUES (?1, 1, 'K. Weber', 'Debian', ?2, ?2, ?3, 300, ?4, CASE WHEN ?4 IS NULL THEN NULL ELSE 'RepEnded' END)",
        )
        .bind(id.0.to_vec())
        .bind(token)
        .bind(plugins_of_then())
        .bind(ended_s)
        .execute(&pool)
        .await
        .unwrap();
    }
    pool.close().await;
}

fn plugin() -> PluginRef {
    let version = semver::Version::new(1, 2, 3);
    PluginRef { id: "lotse.chat".into(), version, digest: [4; 32], licensed: true, publisher: None }
}

/// Without what lists have since.
fn plugins_of_then() -> String {
    let mut list = serde_json::to_value([plugin()]).unwrap();
    list[0].as_object_mut().unwrap().remove("publisher");
    list.to_string()
}

async fn opened() -> (tempfile::TempDir, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    old(folder.path()).await;
    let store = SqliteStore::open(folder.path()).await.unwrap();
    (folder, store)
}

#[tokio::test]
async fn accounts_people_and_licences_of_an_older_relay_are_all_there() {
    let (_folder, store) = opened().await;
    let accounts = store.accounts().await.unwrap();
    let [acme, bolt] = accounts.as_slice() else { unreachable!("{accounts:?}") };
    assert_eq!((acme.name.as_str(), acme.seats, acme.reps), ("Acme", Some(3), 2));
    assert_eq!((acme.language.as_str(), acme.time_zone.as_str()), ("de", "Europe/Berlin"));
    assert!(acme.status == AccountStatus::Active && bolt.status == AccountStatus::Suspended);
    assert!(!acme.second_factor_required, "nobody is locked out");
    let terms = store.licence_of("Acme").await.unwrap();
    assert_eq!(terms.contact, "sales@vendor.example");
    assert_eq!(terms.terms, [("chat".to_owned(), Term::default())].into(), "without an end, as it was");
    store.add_features(&["chat".into(), "screen".into(), "files".into()], 1000).await.unwrap();
    let on = TermChange { on: Some(true), ..TermChange::default() };
    let terms = store.change_licence("Acme", "screen", on).await.unwrap().terms;
    assert_eq!(terms.keys().collect::<Vec<_>>(), ["chat", "files", "screen"], "only the new one was given");

    assert_eq!(store.reps().await.unwrap().len(), 2);
    assert_eq!(store.rep_by_user(ANNA).await.unwrap().unwrap().password_hash, "a hash");
    let people = store.people_of(1).await.unwrap();
    assert!(people[0].role == Role::Manager && people[1].must_change);
}

#[tokio::test]
async fn sign_ins_codes_and_sessions_of_an_older_relay_lead_on() {
    let (_folder, store) = opened().await;
    let sign_ins = store.sign_ins_of(ANNA, 1000).await.unwrap();
    assert_eq!(sign_ins.iter().map(|of| (of.number, of.has_seat)).collect::<Vec<_>>(), [(7, true)]);
    let used = store.use_sign_in(TokenHash([0; 32]), 1000).await.unwrap();
    assert_eq!(used.map(|(sign_in, rep)| (sign_in, rep.user)), Some((7, ANNA.to_owned())));
    assert_eq!(store.seats(1000).await.unwrap().iter().map(|seat| seat.rep.sign_in).collect::<Vec<_>>(), [7]);
    let codes = store.unused_codes(1000).await.unwrap();
    assert_eq!(codes.iter().map(|code| (code.nameplate, code.attempts_left)).collect::<Vec<_>>(), [(12345, 3)]);
    let running = store.running_sessions().await.unwrap();
    let [session] = running.as_slice() else { unreachable!("{running:?}") };
    assert_eq!((session.session, session.rep, session.account), (RUNNING, 1, 1));
    assert_eq!((session.rep_token, session.customer_token), (TokenHash([9; 32]), TokenHash([9; 32])));
    assert_eq!(session.plugins.as_ref(), [plugin()]);
    assert!(store.questions(1000).await.unwrap().is_empty());
    assert!(store.add_sign_in(1, TokenHash([5; 32]), 1000).await.unwrap() > 8, "no number is given twice");
    store.end_sign_ins(ANNA, Some(7), 1000).await.unwrap();
    assert!(store.use_sign_in(TokenHash([0; 32]), 1000).await.unwrap().is_none());
}

#[tokio::test]
async fn what_an_older_relay_wrote_down_is_read_and_goes_on() {
    let (_folder, store) = opened().await;
    let owners = store.plugin_owners().await.unwrap();
    assert_eq!(owners.get("lotse.chat"), Some(&PublicKey::from_bytes([0; 32])));
    assert!(store.plugin_rules().await.unwrap().1.is_empty());
    let page = store.reports(1, &ReportFilter::default(), None, 10).await.unwrap();
    assert_eq!(page.rows.iter().map(|row| row.session).collect::<Vec<_>>(), [ENDED, RUNNING]);
    let report = store.report(ENDED).await.unwrap().unwrap();
    assert_eq!((report.row.end_reason.as_deref(), report.plugins.len()), (Some("RepEnded"), 1));
    assert_eq!(report.timeline.iter().map(|line| line.detail.as_str()).collect::<Vec<_>>(), ["a word"]);
    store.write_audit(&[AuditLine::new(AuditKind::SignedOut)], 1000).await.unwrap();
    let lines = store.audit(&AuditFilter::default(), None, 10).await.unwrap().lines;
    let kinds: Vec<&str> = lines.iter().map(|line| line.kind.as_str()).collect();
    assert_eq!(kinds, ["signed-out", "a-kind-of-then", "joined", "signed-in"]);
}
