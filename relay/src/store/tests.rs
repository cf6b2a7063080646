//! What any store must do, run on a real SQLite file.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::hub::{AuditKind, CodeRecord, Origin, RepIdentity, SeatRecord, SessionRecord};
use lotse_package::PublicKey;
use lotse_protocol::control::{PluginRef, SessionId};

async fn open(folder: &std::path::Path) -> SqliteStore {
    SqliteStore::open(folder).await.unwrap()
}

fn rep(account: &str, user: &str) -> NewRep {
    NewRep {
        account: account.into(),
        user: user.into(),
        name: "Anna Berg".into(),
        password_hash: "$argon2id$x".into(),
        contact: None,
        role: crate::store::Role::Rep,
    }
}

fn session(id: u8, rep: i64) -> SessionRecord {
    let plugin = PluginRef {
        id: "lotse.chat".into(),
        version: semver::Version::new(1, 2, 3),
        digest: [9; 32],
        licensed: true,
        publisher: None,
    };
    SessionRecord {
        session: SessionId([id; 16]),
        rep,
        account: 1,
        rep_name: "Anna Berg".into(),
        account_name: "Acme".into(),
        customer: "K. Weber".into(),
        system: "Debian".into(),
        rep_token: TokenHash([1; 32]),
        customer_token: TokenHash([2; 32]),
        plugins: [plugin].into(),
        origin: Origin::default(),
    }
}

#[tokio::test]
async fn reps_and_accounts_are_found_and_users_are_unique() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let (account, anna) = store.add_rep(rep("Acme", "anna@acme.example"), 5).await.unwrap();
    let (again, _) = store.add_rep(rep("ACME", "bo@acme.example"), 5).await.unwrap();
    assert_eq!(account, again, "account names are matched without regard to case");
    let taken = store.add_rep(rep("Other", "anna@acme.example"), 5).await;
    assert!(matches!(taken, Err(StoreError::UserTaken(_, in_account)) if in_account == "Acme"));
    assert_eq!(store.accounts().await.unwrap().len(), 1, "the failed one made no account");
    let found = store.rep_by_user("anna@acme.example").await.unwrap().unwrap();
    assert_eq!((found.id, found.account_name.as_str(), found.active), (anna, "Acme", true));
    assert!(store.rep_by_user("nobody@acme.example").await.unwrap().is_none());
    assert_eq!(store.reps().await.unwrap().len(), 2);
    let with_contact = NewRep { contact: Some("sales@acme.example".into()), ..rep("Acme", "cy@acme.example") };
    store.add_rep(with_contact, 6).await.unwrap();
    let accounts = store.accounts().await.unwrap();
    assert_eq!((accounts[0].contact.as_str(), accounts[0].reps), ("sales@acme.example", 3));
}

#[tokio::test]
async fn a_new_feature_is_given_once_to_everybody() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let (first, _) = store.add_rep(rep("Acme", "a@acme.example"), 1).await.unwrap();
    store.add_features(&["chat".into(), "screen".into()], 1).await.unwrap();
    let (second, _) = store.add_rep(rep("Bolt", "b@bolt.example"), 1).await.unwrap();
    let both: BTreeSet<String> = ["chat".to_owned(), "screen".to_owned()].into();
    assert_eq!(store.features_of(first, 3).await.unwrap(), both);
    assert_eq!(store.features_of(second, 3).await.unwrap(), both);
    sqlx::query("DELETE FROM account_features WHERE account = ? AND feature = 'chat'")
        .bind(first)
        .execute(store.pool())
        .await
        .unwrap();
    store.add_features(&["chat".into(), "screen".into(), "files".into()], 2).await.unwrap();
    assert_eq!(
        store.features_of(first, 3).await.unwrap(),
        ["files".to_owned(), "screen".to_owned()].into(),
        "what was taken away stays away"
    );
}

#[tokio::test]
async fn sign_ins_are_used_expire_and_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let (_, rep) = store.add_rep(rep("Acme", "a@acme.example"), 0).await.unwrap();
    let (one, two) = (TokenHash([1; 32]), TokenHash([2; 32]));
    let row = store.add_sign_in(rep, one, 100).await.unwrap();
    let other = store.add_sign_in(rep, two, 100).await.unwrap();
    assert_eq!(store.use_sign_in(one, 100 + SIGN_IN_UNUSED_S).await.unwrap().unwrap().0, row);
    assert!(store.use_sign_in(two, 101 + SIGN_IN_UNUSED_S).await.unwrap().is_none(), "unused for too long");
    assert!(store.use_sign_in(one, 100 + 2 * SIGN_IN_UNUSED_S).await.unwrap().is_some(), "use keeps it");
    store.remove_sign_in(row).await.unwrap();
    assert!(store.use_sign_in(one, 100).await.unwrap().is_none());
    store.remove_sign_in(other).await.unwrap();
}

#[tokio::test]
async fn running_sessions_survive_and_ended_ones_lose_their_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let (account, rep) = store.add_rep(rep("Acme", "a@acme.example"), 0).await.unwrap();
    let kept = SessionRecord { account, ..session(1, rep) };
    let ended = Change::Ended { session: SessionId([2; 16]), reason: "RepEnded".into() };
    store.change_sessions(&[Change::Started(kept.clone()), Change::Started(session(2, rep)), ended], 50).await.unwrap();
    store.close().await;
    let store = open(folder.path()).await;
    assert_eq!(store.running_sessions().await.unwrap(), [kept]);
    let tokens: i64 =
        sqlx::query_scalar("SELECT count(rep_token) + count(customer_token) FROM sessions WHERE ended_s IS NOT NULL")
            .fetch_one(store.pool())
            .await
            .unwrap();
    assert_eq!(tokens, 0);
    store.prune(51 + ENDED_SESSION_S).await.unwrap();
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM sessions").fetch_one(store.pool()).await.unwrap();
    assert_eq!(left, 1, "the running one");
    let unknown_rep = store.change_sessions(&[Change::Started(session(3, 999))], 50).await;
    assert!(unknown_rep.is_err());
}

fn code(id: u8, sign_in: i64, rep: i64, account: i64) -> CodeRecord {
    let owner = RepIdentity { sign_in, rep, account, name: "Anna Berg".into(), account_name: "Acme".into() };
    CodeRecord {
        session: SessionId([id; 16]),
        nameplate: 40_000 + u32::from(id),
        owner,
        features: ["chat".to_owned()].into(),
        attempts_left: 3,
        expires_in_ms: 900_000,
    }
}

#[tokio::test]
async fn unused_codes_survive_until_they_expire_or_their_sign_in_ends() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let (account, rep) = store.add_rep(rep("Acme", "a@acme.example"), 0).await.unwrap();
    store.add_features(&["chat".into()], 0).await.unwrap();
    let sign_in = store.add_sign_in(rep, TokenHash([1; 32]), 0).await.unwrap();
    let other = store.add_sign_in(rep, TokenHash([2; 32]), 0).await.unwrap();
    let kept = code(1, sign_in, rep, account);
    let gone = Change::CodeGone { session: SessionId([2; 16]) };
    let tried = CodeRecord { attempts_left: 2, expires_in_ms: 5_000, ..kept.clone() };
    let changes = [
        Change::Code(kept.clone()),
        Change::Code(code(2, sign_in, rep, account)),
        gone,
        Change::Code(code(3, other, rep, account)),
        // Made while its sign-in ended: neither kept, nor a reason to lose the others.
        Change::Code(code(4, 999, rep, account)),
        Change::Code(tried),
    ];
    store.change_sessions(&changes, 100).await.unwrap();
    store.remove_sign_in(other).await.unwrap();
    store.close().await;
    let store = open(folder.path()).await;
    let left = CodeRecord { attempts_left: 2, expires_in_ms: 600_000, ..kept };
    assert_eq!(store.unused_codes(400).await.unwrap(), [left], "another attempt gives no more time");
    assert!(store.unused_codes(1000).await.unwrap().is_empty());
    store.prune(1000).await.unwrap();
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM codes").fetch_one(store.pool()).await.unwrap();
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn l2_a_code_of_an_earlier_relay_has_what_the_licence_covers_now() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let (account, rep) = store.add_rep(rep("Acme", "a@acme.example"), 0).await.unwrap();
    store.add_features(&["chat".into()], 0).await.unwrap();
    let sign_in = store.add_sign_in(rep, TokenHash([1; 32]), 0).await.unwrap();
    store.change_sessions(&[Change::Code(code(1, sign_in, rep, account))], 100).await.unwrap();
    let until = TermChange { until_s: Some(Some(300)), ..TermChange::default() };
    store.change_licence("Acme", "chat", until).await.unwrap();
    for (now_s, features) in [(299, 1), (300, 0)] {
        assert_eq!(store.unused_codes(now_s).await.unwrap()[0].features.len(), features, "at {now_s}");
    }
}

#[tokio::test]
async fn a_plugins_owner_stays_until_its_id_is_released() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let of = |id: &str, seed| PluginOwners::from([(id.to_owned(), PublicKey::from_bytes([seed; 32]))]);
    for owners in [of("lotse.chat", 1), of("lotse.chat", 2), of("a.b", 2), PluginOwners::new()] {
        store.add_plugin_owners(&owners).await.unwrap();
    }
    store.close().await;
    let store = open(folder.path()).await;
    let mut kept = of("lotse.chat", 1);
    kept.extend(of("a.b", 2));
    assert_eq!(store.plugin_owners().await.unwrap(), kept, "the first one, over a restart");
    assert!(store.release_plugin("lotse.chat").await.unwrap());
    assert!(!store.release_plugin("lotse.chat").await.unwrap(), "there is none any more");
    store.add_plugin_owners(&of("lotse.chat", 2)).await.unwrap();
    assert_eq!(store.plugin_owners().await.unwrap().get("lotse.chat"), Some(&PublicKey::from_bytes([2; 32])));
}

#[tokio::test]
async fn a_senseless_session_costs_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let (_, rep) = store.add_rep(rep("Acme", "a@acme.example"), 0).await.unwrap();
    store.change_sessions(&[Change::Started(session(1, rep)), Change::Started(session(2, rep))], 1).await.unwrap();
    sqlx::query("UPDATE sessions SET plugins = 'noise' WHERE id = ?")
        .bind(vec![1_u8; 16])
        .execute(store.pool())
        .await
        .unwrap();
    assert_eq!(store.running_sessions().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_audit_log_is_written_and_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let line = AuditLine { rep: Some(4), detail: "x".into(), ..AuditLine::new(AuditKind::SignInFailed) };
    store.write_audit(&vec![line; 10], 7).await.unwrap();
    sqlx::query("INSERT INTO audit (id, at_s, kind) VALUES (?, 8, 'late')")
        .bind(AUDIT_LINES_MAX + 8)
        .execute(store.pool())
        .await
        .unwrap();
    store.prune(9).await.unwrap();
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM audit").fetch_one(store.pool()).await.unwrap();
    assert_eq!(left, 3, "lines 9, 10 and the late one");
}

#[tokio::test]
async fn two_programs_write_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (relay, command) = (open(folder.path()).await, open(folder.path()).await);
    let both = (0..20).map(|number| {
        let store = if number % 2 == 0 { &relay } else { &command };
        store.add_rep(rep("Acme", &format!("r{number}@acme.example")), 0)
    });
    for result in futures_util::future::join_all(both).await {
        result.unwrap();
    }
    assert_eq!(relay.reps().await.unwrap().len(), 20);
}

#[tokio::test]
async fn damage_and_newer_versions_are_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("lotse.db"), b"this is no database, and long enough to be looked at").unwrap();
    assert!(matches!(SqliteStore::open(folder.path()).await, Err(StoreError::Damaged(_))));

    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    store.pretend_newer().await;
    store.close().await;
    assert!(matches!(SqliteStore::open(folder.path()).await, Err(StoreError::Newer)));

    let missing = SqliteStore::open(&folder.path().join("no/such/folder")).await;
    assert!(matches!(missing, Err(StoreError::Folder(..))));
}

#[tokio::test]
async fn s3_an_account_keeps_its_seats_and_what_is_not_named_stays() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    store.add_features(&["chat".into()], 0).await.unwrap();
    let acme = NewAccount {
        name: "Acme".into(),
        seats: Some(3),
        contact: "sales".into(),
        language: "de",
        time_zone: "Europe/Berlin".into(),
    };
    let id = store.add_account(acme.clone(), 5).await.unwrap();
    assert!(matches!(store.add_account(acme, 5).await, Err(StoreError::AccountTaken(name)) if name == "Acme"));
    let (version, people) = store.people().await.unwrap();
    assert_eq!((people.seats.get(&id), people.inactive.len()), (Some(&Some(3)), 0));
    let change = AccountChange { seats: Some(None), ..AccountChange::default() };
    assert_eq!(store.change_account("ACME", change).await.unwrap(), id);
    let suspended = AccountChange { status: Some(AccountStatus::Suspended), ..AccountChange::default() };
    store.change_account("Acme", suspended.clone()).await.unwrap();
    let accounts = store.accounts().await.unwrap();
    let [account] = accounts.as_slice() else { panic!("one account") };
    assert_eq!((account.seats, account.status), (None, AccountStatus::Suspended));
    assert_eq!((account.contact.as_str(), account.language.as_str()), ("sales", "de"));
    assert_eq!((account.time_zone.as_str(), account.features.len()), ("Europe/Berlin", 1));
    assert!(store.people_version().await.unwrap() > version);
    let (account, anna) = store.add_rep(rep("acme", "anna@acme.example"), 5).await.unwrap();
    assert_eq!(account, id);
    assert!(store.people().await.unwrap().1.inactive.contains(&anna), "with its account");
    assert!(matches!(store.change_account("Bolt", suspended).await, Err(StoreError::NoAccount(_))));
}

#[tokio::test]
async fn s1_a_rep_is_suspended_and_made_a_manager() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let (account, anna) = store.add_rep(rep("Acme", "anna@acme.example"), 5).await.unwrap();
    let before = store.people_version().await.unwrap();
    let change = RepChange { status: Some(RepStatus::Suspended), role: None };
    assert_eq!(store.change_rep("anna@acme.example", change).await.unwrap(), (account, anna));
    let change = RepChange { status: None, role: Some(Role::Manager) };
    store.change_rep("anna@acme.example", change.clone()).await.unwrap();
    let found = store.rep_by_user("anna@acme.example").await.unwrap().unwrap();
    assert_eq!((found.active, found.role.as_str()), (false, "manager"));
    assert!(store.people_version().await.unwrap() > before, "a running relay sees it");
    assert!(matches!(store.change_rep("bo@acme.example", change).await, Err(StoreError::NoRep(_))));
}

#[tokio::test]
async fn s2_a_password_that_is_set_anew_ends_what_was_signed_in_with_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let (account, anna) = store.add_rep(rep("Acme", "anna@acme.example"), 0).await.unwrap();
    let before = store.add_sign_in(anna, TokenHash([1; 32]), 0).await.unwrap();
    let reset = store.reset_password("anna@acme.example", "new".into()).await.unwrap();
    assert_eq!(reset, (account, anna));
    assert!(store.use_sign_in(TokenHash([1; 32]), 0).await.unwrap().is_none());
    let found = store.rep_by_user("anna@acme.example").await.unwrap().unwrap();
    assert_eq!((found.must_change, found.password_hash.as_str()), (true, "new"));
    assert_eq!(store.people().await.unwrap().1.signed_out.get(&anna), Some(&before));
    assert!(!store.choose_password(anna, "old", "own".into()).await.unwrap(), "somebody was faster");
    assert!(store.choose_password(anna, "new", "own".into()).await.unwrap());
    let found = store.rep_by_user("anna@acme.example").await.unwrap().unwrap();
    assert_eq!((found.must_change, found.password_hash.as_str()), (false, "own"));
    let after = store.add_sign_in(anna, TokenHash([2; 32]), 0).await.unwrap();
    assert!(after > before, "no number is given twice, though the row of the last one is gone");
    assert!(store.people().await.unwrap().1.signed_out.get(&anna).is_some_and(|number| *number < after));
    assert!(matches!(store.reset_password("bo@acme.example", "x".into()).await, Err(StoreError::NoRep(_))));
}

#[tokio::test]
async fn s3_who_has_a_seat_is_known_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let (account, anna) = store.add_rep(rep("Acme", "anna@acme.example"), 0).await.unwrap();
    let mut sign_ins = vec![];
    for number in 1..=3 {
        sign_ins.push(store.add_sign_in(anna, TokenHash([number; 32]), 100).await.unwrap());
    }
    let seat = |sign_in, held| Change::Seat { sign_in, held };
    let gone = Change::SignInGone { sign_in: sign_ins[2] };
    let changes =
        [seat(sign_ins[0], true), seat(sign_ins[1], true), seat(sign_ins[2], true), seat(sign_ins[1], false), gone];
    store.change_sessions(&changes, 200).await.unwrap();
    store.close().await;
    let store = open(folder.path()).await;
    let rep =
        RepIdentity { sign_in: sign_ins[0], rep: anna, account, name: "Anna Berg".into(), account_name: "Acme".into() };
    assert_eq!(store.seats(260).await.unwrap(), [SeatRecord { rep, held_ms: 60_000 }]);
    assert!(store.use_sign_in(TokenHash([3; 32]), 260).await.unwrap().is_none(), "its token is worth nothing");
    assert!(store.use_sign_in(TokenHash([2; 32]), 260).await.unwrap().is_some());
}

/// The folder of an operator who updates: no account may be lost, nor anybody signed out.
#[tokio::test]
async fn a_database_of_before_seats_is_taken_over() {
    let (folder, old) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for name in ["0001_start.sql", "0002_codes.sql", "0003_plugin_owners.sql"] {
        let migrations = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        std::fs::copy(migrations.join(name), old.path().join(name)).unwrap();
    }
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("lotse.db"));
    let pool = sqlx::sqlite::SqlitePool::connect_with(options.create_if_missing(true)).await.unwrap();
    sqlx::migrate::Migrator::new(old.path()).await.unwrap().run(&pool).await.unwrap();
    for statement in [
        "INSERT INTO accounts (name, contact, created_s) VALUES ('Acme', 'sales', 1)",
        "INSERT INTO reps (account, user, name, password_hash, created_s) VALUES (1, 'a@acme.example', 'Anna', 'h', 1)",
        "INSERT INTO sign_ins (id, rep, token_hash, created_s, used_s)
         VALUES (41, 1, x'0101010101010101010101010101010101010101010101010101010101010101', 1, 1)",
    ] {
        sqlx::query(statement).execute(&pool).await.unwrap();
    }
    pool.close().await;

    let store = open(folder.path()).await;
    let accounts = store.accounts().await.unwrap();
    let [account] = accounts.as_slice() else { panic!("one account") };
    assert_eq!((account.name.as_str(), account.seats, account.reps), ("Acme", None, 1));
    let (sign_in, rep) = store.use_sign_in(TokenHash([1; 32]), 2).await.unwrap().unwrap();
    assert_eq!((sign_in, rep.must_change, rep.role.as_str()), (41, false, "rep"));
    assert_eq!(store.add_sign_in(rep.id, TokenHash([2; 32]), 2).await.unwrap(), 42);
    assert!(store.people().await.unwrap().1.signed_out.is_empty());
}
