//! What any store must do for the pages, run on a real SQLite file.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::web::*;
use super::*;
use crate::audit::AuditTrail;
use crate::counters::Counters;
use crate::hub::AuditKind;
use crate::manage::{self, By};
use crate::totp::TotpSecret;
use std::sync::Arc;

struct Bench {
    store: SqliteStore,
    account: i64,
    rep: i64,
    _folder: tempfile::TempDir,
}

const USER: &str = "anna@acme.example";

async fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let rep = NewRep {
        account: "Acme".into(),
        user: USER.into(),
        name: "Anna Berg".into(),
        password_hash: "hash".into(),
        contact: None,
        role: crate::store::Role::Rep,
    };
    let (account, rep) = store.add_rep(rep, 1).await.unwrap();
    store.change_rep(USER, RepChange { role: Some(Role::Manager), ..RepChange::default() }).await.unwrap();
    Bench { store, account, rep, _folder: folder }
}

fn operator(user: &str) -> NewOperator {
    NewOperator { user: user.into(), name: "Otto".into(), password_hash: "secret".into() }
}

fn session(token: u8, holder: Holder, password_hash: &str) -> NewWebSession {
    NewWebSession {
        token: TokenHash([token; 32]),
        holder,
        password_hash: password_hash.into(),
        address: "192.0.2.1".into(),
        agent: "Browser".into(),
    }
}

#[tokio::test]
async fn there_is_one_first_operator() {
    let Bench { store, _folder, .. } = bench().await;
    assert!(store.add_operator(operator("o@relay.example"), true, 1).await.unwrap());
    assert!(!store.add_operator(operator("p@relay.example"), true, 1).await.unwrap(), "there is one");
    assert!(!store.add_operator(operator("o@relay.example"), false, 1).await.unwrap(), "it has that user");
    assert!(store.add_operator(operator("p@relay.example"), false, 1).await.unwrap());
    assert_eq!(store.operators().await.unwrap().len(), 2);
    assert!(store.remove_operator("p@relay.example").await.unwrap());
    assert!(!store.remove_operator("p@relay.example").await.unwrap());
    assert!(store.operator_by_user("o@relay.example").await.unwrap().is_some_and(|found| found.name == "Otto"));
    assert!(!store.set_operator_password("p@relay.example", "x".into()).await.unwrap());
}

#[tokio::test]
async fn a_browsers_sign_in_stands_for_a_time_and_while_its_manager_is_one() {
    let Bench { store, account, rep, _folder } = bench().await;
    let holder = Holder::Rep(rep);
    assert!(store.add_web_session(session(1, holder, "hash"), 100).await.unwrap());
    assert!(!store.add_web_session(session(2, holder, "older"), 100).await.unwrap(), "the password is another");
    let stands = async |now_s: i64| store.use_web_session(TokenHash([1; 32]), true, now_s).await.unwrap();
    let person = stands(100).await.unwrap();
    assert_eq!((person.holder, person.account, person.user.as_str()), (holder, Some(account), USER));
    assert!(stands(100 + WEB_SESSION_UNUSED_S).await.is_some());
    assert!(stands(100 + 2 * WEB_SESSION_UNUSED_S).await.is_some(), "a use keeps it");
    assert!(stands(101 + 3 * WEB_SESSION_UNUSED_S).await.is_none(), "unused for too long");
    let mut now_s = 100 + 2 * WEB_SESSION_UNUSED_S;
    while now_s <= 100 + WEB_SESSION_S {
        assert!(stands(now_s).await.is_some());
        now_s += WEB_SESSION_UNUSED_S;
    }
    assert!(stands(now_s).await.is_none(), "a day at most, whatever is done");

    assert!(store.add_web_session(session(3, holder, "hash"), 100).await.unwrap());
    for change in [
        RepChange { role: Some(Role::Rep), ..RepChange::default() },
        RepChange { role: Some(Role::Manager), status: Some(RepStatus::Suspended) },
    ] {
        store.change_rep(USER, change).await.unwrap();
        assert!(store.use_web_session(TokenHash([3; 32]), true, 100).await.unwrap().is_none());
    }
    store.change_rep(USER, RepChange { status: Some(RepStatus::Active), ..RepChange::default() }).await.unwrap();
    assert!(store.use_web_session(TokenHash([3; 32]), true, 100).await.unwrap().is_some());
    let suspend = AccountChange { status: Some(AccountStatus::Suspended), ..AccountChange::default() };
    store.change_account("Acme", suspend).await.unwrap();
    assert!(store.use_web_session(TokenHash([3; 32]), true, 100).await.unwrap().is_none());
}

#[tokio::test]
async fn a_password_set_anew_ends_the_browsers_and_so_does_removing_an_operator() {
    let Bench { store, rep, _folder, .. } = bench().await;
    store.add_operator(operator("o@relay.example"), true, 1).await.unwrap();
    let id = store.operator_by_user("o@relay.example").await.unwrap().unwrap().id;
    for (token, holder, hash) in [(1, Holder::Rep(rep), "hash"), (2, Holder::Operator(id), "secret")] {
        assert!(store.add_web_session(session(token, holder, hash), 100).await.unwrap());
    }
    let stands = async |token: u8| store.use_web_session(TokenHash([token; 32]), false, 100).await.unwrap().is_some();
    store.reset_password(USER, "another".into()).await.unwrap();
    assert!(!stands(1).await && stands(2).await);
    store.set_operator_password("o@relay.example", "new".into()).await.unwrap();
    assert!(!stands(2).await);
    assert!(store.add_web_session(session(3, Holder::Operator(id), "new"), 100).await.unwrap());
    store.remove_operator("o@relay.example").await.unwrap();
    assert!(!stands(3).await);
}

#[tokio::test]
async fn one_ends_ones_own_browsers_and_no_others() {
    let Bench { store, rep, _folder, .. } = bench().await;
    assert!(store.add_web_session(session(1, Holder::Rep(rep), "hash"), 100).await.unwrap());
    let row = store.web_sessions(Holder::Rep(rep), 100).await.unwrap().remove(0);
    assert_eq!((row.address.as_str(), row.agent.as_str(), row.created_s), ("192.0.2.1", "Browser", 100));
    assert!(!store.end_web_session(Holder::Rep(rep + 1), row.id).await.unwrap());
    assert!(!store.end_web_session(Holder::Operator(rep), row.id).await.unwrap());
    assert!(store.end_web_session(Holder::Rep(rep), row.id).await.unwrap());
    assert!(store.web_sessions(Holder::Rep(rep), 100).await.unwrap().is_empty());
    assert!(store.add_web_session(session(2, Holder::Rep(rep), "hash"), 100).await.unwrap());
    store.add_sign_in(rep, TokenHash([9; 32]), 100).await.unwrap();
    store.end_all_sign_ins(rep).await.unwrap();
    assert!(store.web_sessions(Holder::Rep(rep), 100).await.unwrap().is_empty());
    assert!(store.use_sign_in(TokenHash([9; 32]), 100).await.unwrap().is_none());
    assert!(store.people().await.unwrap().1.signed_out.contains_key(&rep), "a running relay ends them, too");
}

#[tokio::test]
async fn s4_who_ends_all_sign_ins_or_takes_the_second_factor_away_signs_the_browsers_out_too() {
    let Bench { store, account, rep, _folder } = bench().await;
    store.add_operator(operator("o@relay.example"), true, 1).await.unwrap();
    let id = store.operator_by_user("o@relay.example").await.unwrap().unwrap().id;
    assert!(store.add_web_session(session(9, Holder::Operator(id), "secret"), 100).await.unwrap());
    let stands = async |token: u8| store.use_web_session(TokenHash([token; 32]), false, 100).await.unwrap().is_some();
    let sign_in = async |token: u8| {
        assert!(store.add_web_session(session(token, Holder::Rep(rep), "hash"), 100).await.unwrap());
        assert!(stands(token).await);
    };
    let add_factor = async || store.add_second_factor(rep, &TotpSecret::of([3; 20]), 7, &[], 10).await.unwrap();

    // By command line and API, also where no console is signed in; and it is in the log.
    sign_in(1).await;
    let ended = manage::end_sign_ins(&store, USER, None, &By::CommandLine).await.unwrap();
    assert_eq!((ended.numbers.len(), ended.browsers, stands(1).await), (0, 1, false));
    let kind = Some(AuditKind::RepSignedOut);
    let of_rep = AuditFilter { account: Some(account), kind, ..AuditFilter::default() };
    let lines = store.audit(&of_rep, None, 10).await.unwrap().lines;
    assert!(lines.len() == 1 && lines[0].detail.contains("browsers: 1"), "{lines:?}");
    // In the Center.
    sign_in(2).await;
    store.end_all_sign_ins(rep).await.unwrap();
    assert!(!stands(2).await);
    // The factor, by somebody else.
    sign_in(3).await;
    assert!(add_factor().await && store.reset_second_factor(USER, 100).await.unwrap().is_some());
    assert!(!stands(3).await);
    // The factor, by the rep.
    sign_in(4).await;
    assert!(add_factor().await && store.remove_second_factor(rep).await.unwrap());
    assert!(!stands(4).await && stands(9).await, "the rep's alone");
}

#[tokio::test]
async fn one_user_id_is_never_two_peoples_whichever_way_they_come() {
    let Bench { store, account, _folder, .. } = bench().await;
    let taken = store.add_operator(operator(USER), false, 1).await;
    assert!(matches!(taken, Err(StoreError::UserTaken(user, of)) if user == USER && of == "Acme"));
    assert!(store.operators().await.unwrap().is_empty());
    assert!(store.add_operator(operator("o@relay.example"), true, 1).await.unwrap());
    let rep = |account: &str| NewRep {
        account: account.into(),
        user: "o@relay.example".into(),
        name: "Otto".into(),
        password_hash: "guessed".into(),
        contact: None,
        role: Role::Rep,
    };
    for of in ["Acme", "Another"] {
        let taken = store.add_rep(rep(of), 2).await;
        assert!(matches!(taken, Err(StoreError::OperatorsUser(user)) if user == "o@relay.example"), "{of}");
    }
    assert_eq!(store.accounts().await.unwrap().len(), 1, "no account is made for nothing");
    let person = NewPerson {
        user: "o@relay.example".into(),
        name: "Otto".into(),
        role: Role::Manager,
        password_hash: "drawn".into(),
    };
    assert_eq!(store.add_person(account, person, 2).await.unwrap(), None);
}

/// Earlier relays gave a rep the ID of an operator.
#[tokio::test]
async fn the_lock_of_an_operators_id_is_opened_by_command_line_alone() {
    let Bench { store, _folder, .. } = bench().await;
    sqlx::query("INSERT INTO operators (user, name, password_hash, created_s) VALUES (?, 'Otto', 'x', 1)")
        .bind(USER)
        .execute(store.pool())
        .await
        .unwrap();
    store.lock_user(user_hash(USER), i64::MAX, 1).await.unwrap();
    let beside: Arc<dyn Store> = Arc::new(SqliteStore::open(_folder.path()).await.unwrap());
    let (trail, _unwritten) = AuditTrail::new(beside, Arc::new(Counters::start()));
    let by = By::Token { name: "deploy".into(), trail };
    let refused = manage::unlock(&store, USER, &by).await;
    assert!(matches!(refused, Err(StoreError::OperatorsUser(user)) if user == USER));
    store.reset_password(USER, "another".into()).await.unwrap();
    assert_eq!(store.locked_until(user_hash(USER), 2).await.unwrap(), Some(i64::MAX));
    assert!(manage::unlock(&store, USER, &By::CommandLine).await.unwrap());
}

#[tokio::test]
async fn of_two_who_edit_the_second_is_told() {
    let Bench { store, account, rep, _folder } = bench().await;
    let seen = store.person(account, rep).await.unwrap().unwrap().revision();
    let edit = |name: &str| PersonEdit { name: name.into(), role: Role::Manager, status: RepStatus::Active };
    let version = store.people_version().await.unwrap();
    assert_eq!(store.edit_person(rep, &seen, edit("Anna")).await.unwrap(), Edited::Done);
    assert!(store.people_version().await.unwrap() > version, "a running relay notices");
    assert_eq!(store.edit_person(rep, &seen, edit("Anne")).await.unwrap(), Edited::Outdated);
    assert_eq!(store.person(account, rep).await.unwrap().unwrap().name, "Anna");
    assert!(store.person(account + 1, rep).await.unwrap().is_none(), "of another account");
    assert!(matches!(store.edit_person(rep + 1, &seen, edit("B")).await, Err(StoreError::NoRep(_))));

    let seen = store.account_by_id(account).await.unwrap().unwrap().revision();
    let edit = |seats| AccountEdit {
        status: AccountStatus::Active,
        seats,
        contact: "sales".into(),
        language: "de",
        time_zone: "Europe/Berlin".into(),
    };
    assert_eq!(store.edit_account(account, &seen, edit(Some(3))).await.unwrap(), Edited::Done);
    assert_eq!(store.edit_account(account, &seen, edit(None)).await.unwrap(), Edited::Outdated);
    let now = store.account_by_id(account).await.unwrap().unwrap();
    assert_eq!((now.seats, now.language.as_str(), now.contact.as_str()), (Some(3), "de", "sales"));
}

#[tokio::test]
async fn the_audit_log_is_filtered_and_read_page_by_page() {
    let Bench { store, account, rep, _folder } = bench().await;
    let of_account = AuditLine { account: Some(account), ..AuditLine::new(AuditKind::AccountChanged) };
    let of_rep = AuditLine { account: Some(account), rep: Some(rep), ..AuditLine::new(AuditKind::SignedIn) };
    store.write_audit(&[of_account.clone(), of_rep.clone()], 10).await.unwrap();
    store.write_audit(&[of_rep, AuditLine { account: None, ..of_account }], 20).await.unwrap();
    let read = async |filter: AuditFilter| store.audit(&filter, None, 100).await.unwrap().lines;
    assert_eq!(read(AuditFilter::default()).await.len(), 4);
    let own = AuditFilter { account: Some(account), ..AuditFilter::default() };
    assert_eq!(read(own).await.len(), 3);
    let lines = read(AuditFilter { kind: Some(AuditKind::SignedIn), ..own }).await;
    assert_eq!(lines.iter().map(|line| line.at_s).collect::<Vec<_>>(), [20, 10], "newest first");
    assert_eq!((lines[0].rep_user.as_deref(), lines[0].account_name.as_deref()), (Some(USER), Some("Acme")));
    assert_eq!(read(AuditFilter { rep: Some(rep), from_s: Some(11), ..own }).await.len(), 1);
    assert_eq!(read(AuditFilter { to_s: Some(20), ..own }).await.len(), 2, "without the bound itself");
    let first = store.audit(&own, None, 2).await.unwrap();
    let rest = store.audit(&own, first.next, 2).await.unwrap();
    assert_eq!((first.lines.len(), rest.lines.len(), rest.next), (2, 1, None));
    assert_eq!(read(AuditFilter { rep: Some(99), ..own }).await.len(), 0);
}

#[tokio::test]
async fn somebody_new_is_added_wholly_or_not_at_all() {
    let Bench { store, account, _folder, .. } = bench().await;
    store.add_operator(operator("o@relay.example"), true, 1).await.unwrap();
    let new =
        |user: &str, role| NewPerson { user: user.into(), name: "Mia".into(), role, password_hash: "drawn".into() };
    for taken in [USER, "o@relay.example"] {
        assert_eq!(store.add_person(account, new(taken, Role::Manager), 2).await.unwrap(), None, "{taken}");
    }
    assert!(matches!(store.add_person(999, new("m@x.example", Role::Rep), 2).await, Err(StoreError::NoAccount(_))));
    assert_eq!(store.people_of(account).await.unwrap().len(), 1, "nothing of it is there");
    let rep = store.add_person(account, new("mia@acme.example", Role::Manager), 2).await.unwrap().unwrap();
    let mia = store.person(account, rep).await.unwrap().unwrap();
    assert_eq!((mia.role, mia.status, mia.must_change), (Role::Manager, RepStatus::Active, true));
    assert!(store.rep_by_user("mia@acme.example").await.unwrap().is_some_and(|rep| rep.password_hash == "drawn"));
    // What could go wrong between the steps that there were once.
    sqlx::query("CREATE TRIGGER broken BEFORE UPDATE ON reps BEGIN SELECT RAISE(ABORT, 'disk'); END")
        .execute(store.pool())
        .await
        .unwrap();
    let lea = store.add_person(account, new("lea@acme.example", Role::Manager), 3).await.unwrap();
    let lea = store.person(account, lea.unwrap()).await.unwrap().unwrap();
    assert_eq!((lea.role, lea.must_change), (Role::Manager, true), "nothing is written after the row itself");
}
