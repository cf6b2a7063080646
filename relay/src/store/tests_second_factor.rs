//! What any store must do for second factors, locks and sign-ins that others end; run on a real SQLite file.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::totp::TotpSecret;

const ANNA: &str = "anna@acme.example";

async fn open(folder: &std::path::Path) -> (SqliteStore, i64, i64) {
    let store = SqliteStore::open(folder).await.unwrap();
    let rep = NewRep {
        account: "Acme".into(),
        user: ANNA.into(),
        name: "Anna Berg".into(),
        password_hash: "$argon2id$x".into(),
        contact: None,
        role: crate::store::Role::Rep,
    };
    let (account, anna) = store.add_rep(rep, 5).await.unwrap();
    (store, account, anna)
}

#[tokio::test]
async fn s4_a_second_factor_is_kept_and_its_codes_are_used_up() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _, anna) = open(folder.path()).await;
    let none = store.second_factor(anna).await.unwrap().unwrap();
    assert_eq!((none.user.as_str(), none.required, none.factor), (ANNA, false, None));
    let (secret, codes) = (TotpSecret::of([3; 20]), [TokenHash([1; 32]), TokenHash([2; 32])]);
    assert!(!store.use_code(anna, 7).await.unwrap(), "there is none");
    assert!(store.add_second_factor(anna, &secret, 7, &codes, 50).await.unwrap());
    let other = TotpSecret::of([4; 20]);
    assert!(!store.add_second_factor(anna, &other, 8, &[], 60).await.unwrap(), "the first one holds");
    for (step, good) in [(7, false), (6, false), (8, true), (8, false), (9, true)] {
        assert_eq!(store.use_code(anna, step).await.unwrap(), good, "{step}");
    }
    let left = |code| store.use_recovery_code(anna, code);
    assert_eq!(left(TokenHash([1; 32])).await.unwrap(), Some(1));
    assert_eq!(left(TokenHash([1; 32])).await.unwrap(), None);
    assert!(store.renew_recovery_codes(anna, &[TokenHash([5; 32]), TokenHash([2; 32])]).await.unwrap());
    assert_eq!(left(TokenHash([5; 32])).await.unwrap(), Some(1), "those of before are gone, these are good");
    let factor = Factor { secret, last_step: 9, since_s: 50, recovery_codes_left: 1 };
    assert_eq!(store.second_factor(anna).await.unwrap().unwrap().factor, Some(factor));
    assert!(store.remove_second_factor(anna).await.unwrap());
    assert!(!store.remove_second_factor(anna).await.unwrap());
    assert!(!store.renew_recovery_codes(anna, &[TokenHash([6; 32])]).await.unwrap(), "of none there are none");
    assert_eq!(left(TokenHash([2; 32])).await.unwrap(), None, "its recovery codes go with it");
    assert_eq!(store.second_factor(999).await.unwrap(), None);
}

#[tokio::test]
async fn s4_an_account_requires_a_second_factor_and_what_is_not_named_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _, anna) = open(folder.path()).await;
    for required in [true, false] {
        let change = AccountChange { second_factor_required: Some(required), ..AccountChange::default() };
        store.change_account("Acme", change).await.unwrap();
        store.change_account("Acme", AccountChange { seats: Some(None), ..AccountChange::default() }).await.unwrap();
        assert_eq!(store.second_factor(anna).await.unwrap().unwrap().required, required);
        assert_eq!(store.accounts().await.unwrap().first().unwrap().second_factor_required, required);
    }
}

#[tokio::test]
async fn s4_a_second_factor_that_was_lost_is_taken_away_with_the_sign_ins() {
    let folder = tempfile::tempdir().unwrap();
    let (store, account, anna) = open(folder.path()).await;
    let sign_in = store.add_sign_in(anna, TokenHash([1; 32]), 10).await.unwrap();
    assert_eq!(store.reset_second_factor(ANNA, 20).await.unwrap(), None);
    assert!(store.use_sign_in(TokenHash([1; 32]), 20).await.unwrap().is_some(), "nothing was changed");
    store.add_second_factor(anna, &TotpSecret::of([3; 20]), 7, &[], 10).await.unwrap();
    let before = store.people_version().await.unwrap();
    assert_eq!(store.reset_second_factor(ANNA, 20).await.unwrap(), Some((account, anna)));
    assert!(store.use_sign_in(TokenHash([1; 32]), 20).await.unwrap().is_none());
    assert_eq!(store.second_factor(anna).await.unwrap().unwrap().factor, None);
    let (version, people) = store.people().await.unwrap();
    assert!(version > before && people.ended.contains(&sign_in), "a running relay sees it");
    assert!(matches!(store.reset_second_factor("bo@acme.example", 20).await, Err(StoreError::NoRep(_))));
}

#[tokio::test]
async fn s4_sign_ins_are_listed_and_ended_one_by_one_or_all() {
    let folder = tempfile::tempdir().unwrap();
    let (store, account, anna) = open(folder.path()).await;
    let mut numbers = vec![];
    for number in 1..=3 {
        numbers.push(store.add_sign_in(anna, TokenHash([number; 32]), 100).await.unwrap());
    }
    let seat = Change::Seat { sign_in: numbers[1], held: true };
    store.change_sessions(&[seat], 150).await.unwrap();
    store.use_sign_in(TokenHash([3; 32]), 200).await.unwrap();
    let listed: Vec<(i64, i64, i64, bool)> = store
        .sign_ins_of(ANNA, 300)
        .await
        .unwrap()
        .into_iter()
        .map(|record| (record.number, record.since_s, record.used_s, record.has_seat))
        .collect();
    let [first, second, third] = numbers.as_slice() else { unreachable!() };
    assert_eq!(
        listed,
        [(*first, 100, 100, false), (*second, 100, 100, true), (*third, 100, 200, false)],
        "oldest first"
    );
    let before = store.people_version().await.unwrap();
    let ended = store.end_sign_ins(ANNA, Some(*second), 300).await.unwrap();
    assert_eq!(ended, SignInsEnded { account, rep: anna, numbers: vec![*second], browsers: 0 });
    assert_eq!(store.seats(300).await.unwrap(), Vec::<SeatRecord>::new());
    assert!(store.people_version().await.unwrap() > before);
    assert!(store.end_sign_ins(ANNA, Some(*second), 300).await.unwrap().numbers.is_empty(), "it is over already");
    assert!(store.use_sign_in(TokenHash([1; 32]), 300).await.unwrap().is_some(), "the others stand");
    assert_eq!(store.end_sign_ins(ANNA, None, 300).await.unwrap().numbers, [*first, *third]);
    assert!(store.sign_ins_of(ANNA, 300).await.unwrap().is_empty());
    assert_eq!(store.people().await.unwrap().1.ended, numbers.iter().copied().collect());
    store.prune(301 + ENDED_SIGN_IN_S).await.unwrap();
    assert!(store.people().await.unwrap().1.ended.is_empty());
    assert!(matches!(store.end_sign_ins("bo@acme.example", None, 300).await, Err(StoreError::NoRep(_))));
}

#[tokio::test]
async fn s4_locks_survive_end_by_themselves_and_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let (store, ..) = open(folder.path()).await;
    store.lock_user(user_hash(ANNA), 1000, 100).await.unwrap();
    store.close().await;
    let store = SqliteStore::open(folder.path()).await.unwrap();
    assert_eq!(store.locked_until(user_hash(ANNA), 999).await.unwrap(), Some(1000));
    assert_eq!(store.locked_until(user_hash(ANNA), 1000).await.unwrap(), None);
    assert_eq!(store.locked_until(user_hash("bo@acme.example"), 999).await.unwrap(), None);
    store.lock_user(user_hash(ANNA), 2000, 900).await.unwrap();
    assert_eq!(store.locked_until(user_hash(ANNA), 1500).await.unwrap(), Some(2000), "the newest holds");
    assert!(store.unlock_user(user_hash(ANNA), 1500).await.unwrap());
    assert!(!store.unlock_user(user_hash(ANNA), 1500).await.unwrap());
    let fill = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 12000)
        INSERT INTO sign_in_locks SELECT randomblob(32), 10000 + n FROM n";
    sqlx::query(fill).execute(store.pool()).await.unwrap();
    store.lock_user(user_hash(ANNA), 30_000, 5_000).await.unwrap();
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM sign_in_locks").fetch_one(store.pool()).await.unwrap();
    assert_eq!(rows, SIGN_IN_LOCKS_MAX);
    assert!(store.locked_until(user_hash(ANNA), 5_000).await.unwrap().is_some());
    store.prune(40_000).await.unwrap();
    assert_eq!(store.locked_until(user_hash(ANNA), 5_000).await.unwrap(), None);
}
