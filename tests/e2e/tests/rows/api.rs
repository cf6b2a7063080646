//! L4 · A script with a token does what a manager does, and real programs hear of it.

use crate::http::Exchange;
use lotse_e2e::{Display, Result, Stage};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const BO: &str = "bo.lind@acme.example";
const BOS_PASSWORD: &str = "harbour-Tulip-47-lantern";
/// Only a broken relay takes longer over an answer.
const WITHIN: Duration = Duration::from_secs(60);

/// One request as a script sends it; status and body.
pub fn ask(stage: &Stage, token: &str, method: &str, path: &str, body: &Value) -> Result<(u16, Value)> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let headers = format!(
        "Connection: close\r\nAuthorization: Bearer {token}\r\nIf-Match: *\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n",
        body.len()
    );
    let line = format!("{method} {path}");
    let exchange = answered(&stage.url, &line, &headers, &body);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (status, body) = runtime.block_on(async { tokio::time::timeout(WITHIN, exchange).await })??;
    Ok((status, serde_json::from_str(&body).unwrap_or(Value::Null)))
}

async fn answered(url: &str, line: &str, headers: &str, body: &str) -> Result<(u16, String)> {
    let mut answer = Exchange::begin(url, line, headers, body).await?;
    let body = answer.whole().await?;
    Ok((answer.status, body))
}

#[test]
fn l4_a_script_adds_a_rep_whose_console_signs_in_and_is_told_at_once_when_it_suspends_the_rep() {
    let office = Display::start(1280, 900).unwrap();
    let stage = Stage::start().unwrap();
    let words = ["token", "add", "--name", "HR", "--scope", "accounts:read", "--scope", "people:write"];
    let made = stage.ask(&words).unwrap();
    let token = made["token"].as_str().unwrap();
    let (status, accounts) = ask(&stage, token, "GET", "/api/v1/accounts", &Value::Null).unwrap();
    assert_eq!((status, accounts["items"][0]["name"].as_str()), (200, Some("Acme")), "{accounts}");
    let reps = format!("/api/v1/accounts/{}/reps", accounts["items"][0]["id"]);
    let new = json!({ "user": BO, "password": BOS_PASSWORD, "name": "Bo Lind" });
    let (status, bo) = ask(&stage, token, "POST", &reps, &new).unwrap();
    assert_eq!(status, 201, "{bo}");

    let console = stage.colleague(&office, BO, BOS_PASSWORD).unwrap();
    console.expect("signed-in", 60, |_| true).unwrap();
    let mark = console.mark();
    let (status, suspended) =
        ask(&stage, token, "PATCH", &format!("{reps}/{}", bo["id"]), &json!({ "status": "suspended" })).unwrap();
    assert_eq!((status, suspended["status"].as_str()), (200, Some("suspended")));
    let asked = Instant::now();
    console.expect_after(mark, "sign-in-failed", 20, |event| event["problem"] == "account-not-active").unwrap();
    println!("the console was told after {} ms", asked.elapsed().as_millis());

    let number = made["id"].to_string();
    stage.ask(&["token", "revoke", "--token", &number]).unwrap();
    let (status, problem) = ask(&stage, token, "GET", "/api/v1/accounts", &Value::Null).unwrap();
    assert_eq!((status, problem["type"].as_str()), (401, Some("urn:lotse:problem:no-token")));
}
