//! What a key is answered when the relay's own trouble comes between.

#![allow(clippy::unwrap_used)]
use super::*;
use crate::clock::unix_s;
use crate::manage::{self, By};
use crate::relay::{Relay, RelayConfig};
use crate::store::api::NewApiToken;
use axum::body::{Body, to_bytes};
use axum::http::{StatusCode, header};
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use tower::ServiceExt;

async fn add_account(relay: &Relay, token: &str, name: &str, key: &str) -> (StatusCode, String) {
    let request = Request::builder()
        .method("POST")
        .uri("/api/v1/accounts")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", key)
        .body(Body::from(json!({ "name": name }).to_string()))
        .unwrap();
    let response = router().with_state(relay.shared().clone()).oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    let kind = body.get("type").and_then(Value::as_str).unwrap_or_default();
    (status, kind.rsplit(':').next().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn l4_what_broke_off_is_not_carried_out_a_second_time_under_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let relay = Relay::start(RelayConfig::new(data.clone(), "127.0.0.1:0".parse().unwrap())).await.unwrap();
    let new = |hash| NewApiToken {
        hash,
        name: "test".into(),
        account: None,
        scopes: Scope::ALL.map(Scope::name).join(" "),
        addresses: None,
        expires_s: unix_s() + 1_000,
    };
    let token = manage::add_token(&*relay.shared().store, new, &By::CommandLine).await.unwrap().unwrap().1.0;
    let options = SqliteConnectOptions::new().filename(data.join(crate::store::DATABASE_FILE));
    let mut beside = SqliteConnection::connect_with(&options).await.unwrap();
    let refuse = "CREATE TRIGGER refused BEFORE INSERT ON accounts BEGIN SELECT RAISE(ABORT, 'refused'); END";
    sqlx::query(refuse).execute(&mut beside).await.unwrap();
    let unknown = (StatusCode::INTERNAL_SERVER_ERROR, "unknown".to_owned());
    assert_eq!(add_account(&relay, &token, "Acme", "one").await, unknown);
    sqlx::query("DROP TRIGGER refused").execute(&mut beside).await.unwrap();
    assert_eq!(add_account(&relay, &token, "Acme", "one").await, unknown, "its key says the same again");
    let done = (StatusCode::CREATED, String::new());
    assert_eq!(add_account(&relay, &token, "Acme", "two").await, done);
    assert_eq!(add_account(&relay, &token, "Acme", "two").await, done, "and is answered again");
    // What is refused is not done, and its key is free.
    let taken = (StatusCode::CONFLICT, "conflict".to_owned());
    assert_eq!(add_account(&relay, &token, "Acme", "three").await, taken);
    assert_eq!(add_account(&relay, &token, "Bolt", "three").await, done);
    beside.close().await.unwrap();
    relay.stop().await;
}
