//! What any store must do for the HTTP API, run on a real SQLite file.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::store::{AccountStatus, NewAccount, SqliteStore, Store};

async fn store() -> (SqliteStore, i64, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let account = NewAccount {
        name: "Acme".into(),
        seats: None,
        contact: String::new(),
        language: "en",
        time_zone: "UTC".into(),
    };
    let account = store.add_account(account, 0).await.unwrap();
    (store, account, folder)
}

fn token(hash: u8, account: Option<i64>) -> NewApiToken {
    NewApiToken {
        hash: TokenHash([hash; 32]),
        name: "script".into(),
        account,
        scopes: "people:read people:write".into(),
        addresses: Some("192.0.2.0/24".into()),
        expires_s: 1_000,
    }
}

fn kept(status: u16) -> KeptAnswer {
    KeptAnswer { status, body: "{}".into() }
}

#[tokio::test]
async fn l4_a_token_holds_until_it_expires_or_is_revoked_or_its_account_is_not_active() {
    let (store, account, _folder) = store().await;
    let own = store.add_api_token(token(1, Some(account)), 10).await.unwrap().unwrap();
    let all = store.add_api_token(token(2, None), 10).await.unwrap().unwrap();
    assert_eq!(store.api_tokens(None).await.unwrap().len(), 2);
    assert_eq!(store.api_tokens(Some(account)).await.unwrap().iter().map(|token| token.id).collect::<Vec<_>>(), [own]);
    let found = store.api_token(TokenHash([1; 32]), 999).await.unwrap().unwrap();
    assert_eq!((found.account_name.as_deref(), found.used_s), (Some("Acme"), None));
    store.note_api_token(own, "192.0.2.7", 20).await.unwrap();
    let found = store.api_token(TokenHash([1; 32]), 999).await.unwrap().unwrap();
    assert_eq!((found.used_s, found.used_from.as_deref()), (Some(20), Some("192.0.2.7")));
    assert_eq!(store.api_token(TokenHash([1; 32]), 1_000).await.unwrap(), None, "expired");
    assert_eq!(store.api_token(TokenHash([3; 32]), 10).await.unwrap(), None);
    let change = AccountChange { status: Some(AccountStatus::Suspended), ..AccountChange::default() };
    store.change_account("Acme", change).await.unwrap();
    assert_eq!(store.api_token(TokenHash([1; 32]), 10).await.unwrap(), None);
    assert!(store.api_token(TokenHash([2; 32]), 10).await.unwrap().is_some());
    assert_eq!(store.revoke_api_token(all, Some(account)).await.unwrap(), None, "it is none of the account's");
    assert_eq!(store.revoke_api_token(all, None).await.unwrap().map(|token| token.id), Some(all));
    assert_eq!(store.api_token(TokenHash([2; 32]), 10).await.unwrap(), None);
}

#[tokio::test]
async fn l4_a_request_with_a_key_is_carried_out_once() {
    let (store, _, _folder) = store().await;
    let (one, two) = (
        store.add_api_token(token(1, None), 10).await.unwrap().unwrap(),
        store.add_api_token(token(2, None), 10).await.unwrap().unwrap(),
    );
    let begin =
        |token, key: &'static str, request: u8, now_s| store.begin_api_request(token, key, [request; 32], now_s);
    assert_eq!(begin(one, "k", 1, 100).await.unwrap(), Begun::New);
    assert_eq!(begin(one, "k", 1, 101).await.unwrap(), Begun::UnderWay);
    assert_eq!(begin(one, "k", 2, 101).await.unwrap(), Begun::OtherRequest);
    assert_eq!(begin(two, "k", 1, 101).await.unwrap(), Begun::New, "keys are a token's own");
    store.keep_api_answer(one, "k", &kept(201)).await.unwrap();
    assert_eq!(begin(one, "k", 1, 100 + API_ANSWER_S).await.unwrap(), Begun::Again(kept(201)));
    assert_eq!(begin(one, "k", 1, 101 + API_ANSWER_S).await.unwrap(), Begun::New, "after a day it is another");
    store.forget_api_request(one, "k").await.unwrap();
    assert_eq!(begin(one, "k", 2, 200_000).await.unwrap(), Begun::New);
    let lost_s = 200_001 + API_REQUEST_LOST_S;
    assert_eq!(begin(one, "k", 2, lost_s).await.unwrap(), Begun::New, "its relay ended meanwhile");
    store.revoke_api_token(one, None).await.unwrap();
    assert!(begin(one, "k", 2, lost_s).await.is_err(), "nothing is kept for a token that is gone");
}

#[tokio::test]
async fn l4_answers_that_are_kept_are_bounded_and_the_oldest_goes() {
    let (store, _, _folder) = store().await;
    let one = store.add_api_token(token(1, None), 10).await.unwrap().unwrap();
    for number in 0..=API_ANSWERS_MAX {
        let key = number.to_string();
        assert_eq!(store.begin_api_request(one, &key, [0; 32], number).await.unwrap(), Begun::New);
        store.keep_api_answer(one, &key, &kept(200)).await.unwrap();
    }
    let begin = |key: &'static str| store.begin_api_request(one, key, [0; 32], API_ANSWERS_MAX);
    assert_eq!(begin("1000").await.unwrap(), Begun::Again(kept(200)));
    assert_eq!(begin("0").await.unwrap(), Begun::New);
}

#[tokio::test]
async fn l4_tokens_are_bounded() {
    let (store, _, _folder) = store().await;
    for number in 0..=API_TOKENS_MAX {
        let hash = TokenHash(std::array::from_fn(|at| number.to_le_bytes().get(at).copied().unwrap_or(0)));
        let added = store.add_api_token(NewApiToken { hash, ..token(0, None) }, 10).await.unwrap();
        assert_eq!(added.is_some(), number < API_TOKENS_MAX);
    }
}

#[tokio::test]
async fn l4_of_two_who_change_an_account_the_second_is_told() {
    let (store, account, _folder) = store().await;
    let stands = || async { store.accounts().await.unwrap().remove(0) };
    let seen = stands().await.api_revision();
    let change = |required| AccountChange { second_factor_required: Some(required), ..AccountChange::default() };
    assert_eq!(store.change_account_seen(account, &seen, change(true)).await.unwrap(), Edited::Done);
    assert!(stands().await.second_factor_required);
    assert_eq!(store.change_account_seen(account, &seen, change(false)).await.unwrap(), Edited::Outdated);
    assert!(stands().await.second_factor_required);
    assert!(store.change_account_seen(account + 1, &seen, change(true)).await.is_err());
}
