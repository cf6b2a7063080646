//! L4 · The HTTP API as a script meets it: over TLS, beside consoles that run.

use super::*;
use crate::program::tls;
use lotse_protocol::control::SignInFailure;
use lotse_relay::store::SqliteStore;
use lotse_relay::store::api::Api;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A password that no guesser finds soon.
const CHOSEN: &str = "harbour-Tulip-47-lantern";
/// Until then something must have happened.
const SOON: Duration = Duration::from_secs(20);

struct Answer {
    status: u16,
    head: String,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(of, _)| of.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    fn kind(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default().rsplit(':').next().unwrap_or_default()
    }
}

/// Makes a token by the command line, as an operator does.
async fn token(folder: &TempDir, scopes: &[&str], account: Option<&str>) -> String {
    let data = folder.path().join("data");
    let mut words = vec!["token", "add", "--name", "script"];
    scopes.iter().for_each(|scope| words.extend(["--scope", *scope]));
    words.extend(account.iter().flat_map(|account| ["--account", *account]));
    let program = env!("CARGO_BIN_EXE_lotse-relay");
    let made = std::process::Command::new(program).args(&words).arg("--json").arg("--data").arg(data).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    made["token"].as_str().unwrap().to_owned()
}

async fn raw(relay: &Relay, request: &str) -> Answer {
    let mut stream = tls(relay.control(), relay.certificate_sha256()).await.unwrap();
    // The relay may answer and close before it has read everything.
    let _ = stream.write_all(request.as_bytes()).await;
    let mut bytes = vec![];
    let _ = tokio::time::timeout(SOON, stream.read_to_end(&mut bytes)).await.expect("the relay did not answer");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text}"));
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_owned(),
        body: serde_json::from_str(body).unwrap_or(Value::Null),
    }
}

async fn ask(relay: &Relay, token: &str, method: &str, path: &str, more: &[&str], body: &Value) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let more: String = more.iter().map(|line| format!("{line}\r\n")).collect();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: relay.invalid\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n{more}\r\n{body}",
        body.len()
    );
    raw(relay, &request).await
}

async fn get(relay: &Relay, token: &str, path: &str) -> Answer {
    ask(relay, token, "GET", path, &[], &Value::Null).await
}

/// The path of the account that the folder has.
async fn account(relay: &Relay, token: &str) -> String {
    let accounts = get(relay, token, "/api/v1/accounts").await;
    format!("/api/v1/accounts/{}", accounts.body["items"][0]["id"])
}

#[tokio::test(flavor = "multi_thread")]
async fn l4_a_script_adds_a_rep_whose_console_signs_in_and_is_told_when_the_rep_is_suspended() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let token = token(&folder, &["accounts:read", "people:read", "people:write", "sessions:read"], None).await;
    let account = account(&relay, &token).await;
    let new = json!({ "user": "Ben@acme.example", "password": CHOSEN, "name": "Ben Yildiz", "role": "manager" });
    let added = ask(&relay, &token, "POST", &format!("{account}/reps"), &[], &new).await;
    assert_eq!((added.status, added.body["user"].as_str()), (201, Some("ben@acme.example")), "{}", added.body);
    assert_eq!(added.body["role"], json!("manager"));
    let ben = added.header("location").unwrap().to_owned();
    assert!(!added.body.to_string().contains(CHOSEN));

    let mut console = Program::connect(&relay, Side::Rep).await;
    assert!(matches!(console.sign_in("ben@acme.example", CHOSEN).await, FromRelay::SignedIn { .. }));
    let seats = get(&relay, &token, &format!("{account}/seats")).await;
    assert_eq!((seats.status, &seats.body["taken"]), (200, &json!(1)));
    let sign_ins = get(&relay, &token, &format!("{ben}/sign-ins")).await;
    assert_eq!(sign_ins.body["items"].as_array().unwrap().len(), 1);

    let seen = get(&relay, &token, &ben).await.header("etag").unwrap().to_owned();
    let suspend = json!({ "status": "suspended" });
    let without = ask(&relay, &token, "PATCH", &ben, &[], &suspend).await;
    assert_eq!((without.status, without.kind()), (428, "if-match"));
    let suspended = ask(&relay, &token, "PATCH", &ben, &[&format!("If-Match: {seen}")], &suspend).await;
    assert_eq!((suspended.status, &suspended.body["status"]), (200, &json!("suspended")));
    assert!(console.goodbye().await.is_some(), "the console is told");
    let mut again = Program::connect(&relay, Side::Rep).await;
    let refused = again.sign_in("ben@acme.example", CHOSEN).await;
    assert!(matches!(refused, FromRelay::SignInFailed(SignInFailure::AccountNotActive)), "{refused:?}");
    let late = ask(&relay, &token, "PATCH", &ben, &[&format!("If-Match: {seen}")], &json!({ "role": "rep" })).await;
    assert_eq!((late.status, late.kind()), (412, "outdated"));
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l4_a_request_with_a_key_is_carried_out_once() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let token = token(&folder, &["accounts:read", "people:read", "people:write"], None).await;
    let reps = format!("{}/reps", account(&relay, &token).await);
    let key: &[&str] = &["Idempotency-Key: 1b4e28ba-2fa1-11d2-883f-0016d3cca427"];
    let ben = json!({ "user": "ben@acme.example", "password": CHOSEN });
    let first = ask(&relay, &token, "POST", &reps, key, &ben).await;
    let second = ask(&relay, &token, "POST", &reps, key, &ben).await;
    assert_eq!((first.status, second.status), (201, 201), "{}", second.body);
    assert_eq!(first.body, second.body);
    assert_eq!((first.header("idempotency-replayed"), second.header("idempotency-replayed")), (None, Some("true")));
    assert_eq!(first.header("location"), second.header("location"));
    let other =
        ask(&relay, &token, "POST", &reps, key, &json!({ "user": "eva@acme.example", "password": CHOSEN })).await;
    assert_eq!((other.status, other.kind()), (422, "key-reused"));
    let without = ask(&relay, &token, "POST", &reps, &[], &ben).await;
    assert_eq!((without.status, without.kind()), (409, "conflict"));
    assert_eq!(get(&relay, &token, &reps).await.body["items"].as_array().unwrap().len(), 2);
    // What was refused was not begun, and may be corrected under the same key.
    let key: &[&str] = &["Idempotency-Key: two"];
    let wrong = ask(&relay, &token, "POST", &reps, key, &json!({ "user": "eva", "password": CHOSEN })).await;
    assert_eq!(wrong.status, 422);
    let right =
        ask(&relay, &token, "POST", &reps, key, &json!({ "user": "eva@acme.example", "password": CHOSEN })).await;
    assert_eq!(right.status, 201, "{}", right.body);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h2_whether_managers_look_on_is_read_and_set_once_and_as_it_was_seen() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let token = token(&folder, &["accounts:read", "accounts:write", "audit:read"], Some("Acme")).await;
    let account = account(&relay, &token).await;
    let before = get(&relay, &token, &account).await;
    assert_eq!((before.status, &before.body["managers_watch"]), (200, &json!(false)), "off at first");
    let seen = format!("If-Match: {}", before.header("etag").unwrap());
    let allow = json!({ "managers_watch": true });
    let without = ask(&relay, &token, "PATCH", &account, &[], &allow).await;
    assert_eq!((without.status, without.kind()), (428, "if-match"));
    let wrong = ask(&relay, &token, "PATCH", &account, &[&seen], &json!({ "managers_watch": "yes" })).await;
    assert_eq!((wrong.status, &wrong.body["errors"][0]["field"]), (422, &json!("managers_watch")));
    let headers: &[&str] = &[&seen, "Idempotency-Key: watch"];
    let first = ask(&relay, &token, "PATCH", &account, headers, &allow).await;
    let again = ask(&relay, &token, "PATCH", &account, headers, &allow).await;
    assert_eq!((first.status, again.status), (200, 200), "{} {}", first.body, again.body);
    assert_eq!((&first.body["managers_watch"], &first.body), (&json!(true), &again.body));
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), (None, Some("true")));
    let late = ask(&relay, &token, "PATCH", &account, &[&seen], &json!({ "managers_watch": false })).await;
    assert_eq!((late.status, late.kind()), (412, "outdated"), "somebody has set it meanwhile");
    assert_eq!(get(&relay, &token, &account).await.body["managers_watch"], json!(true));
    let lines = get(&relay, &token, &format!("{account}/audit?kind=account-changed")).await;
    let told = lines.body["items"].as_array().unwrap();
    let said = told.first().and_then(|line| line["detail"].as_str()).unwrap_or_default();
    assert!(told.len() == 1 && said.starts_with("managers may look on at sessions"), "{}", lines.body);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l4_lists_come_in_pages_that_lead_to_the_next() {
    let folder = folder().await;
    for number in 0..4 {
        add_rep(folder.path(), &format!("rep{number}@acme.example")).await;
    }
    let relay = relay(&folder).await;
    let token = token(&folder, &["accounts:read", "people:read", "audit:read"], None).await;
    let account = account(&relay, &token).await;
    for (path, all) in [(format!("{account}/reps"), 5), (format!("{account}/audit?kind=rep-added"), 5)] {
        let sign = if path.contains('?') { '&' } else { '?' };
        let (mut ids, mut next) = (vec![], format!("{path}{sign}limit=2"));
        for pages in 1.. {
            let page = get(&relay, &token, &next).await;
            assert_eq!(page.status, 200, "{}", page.body);
            ids.extend(page.body["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()));
            assert_eq!(page.header("link").is_some(), page.body["next"].is_string());
            let Some(link) = page.header("link") else {
                assert_eq!(pages, 3);
                break;
            };
            next = link.strip_prefix('<').unwrap().split('>').next().unwrap().to_owned();
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{path}");
    }
    for bad in ["limit=0", "limit=501", "limit=x", "cursor=x", "cursor=", "colour=blue", "limit=1&limit=2"] {
        let answer = get(&relay, &token, &format!("{account}/reps?{bad}")).await;
        let field = answer.body["errors"][0]["field"].as_str().unwrap_or_default().to_owned();
        assert_eq!((answer.status, Some(field.as_str())), (422, bad.split('=').next()), "{}", answer.body);
    }
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l4_what_is_wrong_is_told_by_its_name() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let token = token(&folder, &["accounts:read", "people:write", "people:read"], None).await;
    let reps = format!("{}/reps", account(&relay, &token).await);
    let wrong = json!({ "user": 7, "passwort": CHOSEN, "role": "chief" });
    let answer = ask(&relay, &token, "POST", &reps, &[], &wrong).await;
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let fields: Vec<&str> =
        answer.body["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!((answer.status, fields), (422, vec!["user", "password", "role", "passwort"]));
    for (headers, body, status, kind) in [
        ("Content-Type: application/json", "{", 400, "not-understood"),
        ("Content-Type: text/plain", "{}", 415, "media-type"),
        ("Content-Type: application/json", "[]", 422, "invalid"),
        ("Content-Type: application/json\r\nIdempotency-Key: ", "{}", 400, "not-understood"),
        ("Content-Type: application/json\r\nIf-Match: yesterday", "{}", 400, "not-understood"),
    ] {
        let length = body.len();
        let request = format!(
            "POST {reps} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n{headers}\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        let answer = raw(&relay, &request).await;
        assert_eq!((answer.status, answer.kind()), (status, kind), "{headers} {body}: {}", answer.body);
    }
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    let long = format!("{{\"user\":\"{}\"}}", "x".repeat(70_000));
    for (body, status) in [(deep, 400), (long, 413)] {
        let length = body.len();
        let request = format!(
            "POST {reps} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        assert_eq!(raw(&relay, &request).await.status, status);
    }
    let nobody = raw(&relay, "GET /api/v1/accounts HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n").await;
    assert_eq!((nobody.status, nobody.header("www-authenticate")), (401, Some("Bearer realm=\"lotse\"")));
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l4_a_token_is_kept_as_its_hash_and_is_over_when_it_is_revoked() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let token = token(&folder, &["accounts:read", "tokens:read", "tokens:write"], Some("Acme")).await;
    let own = get(&relay, &token, "/api/v1/token").await;
    assert_eq!((own.status, own.body["account_name"].as_str()), (200, Some("Acme")));
    let data = folder.path().join("data");
    for entry in std::fs::read_dir(&data).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(token.len()).any(|part| part == token.as_bytes());
            assert!(!found, "the token is in {}", path.display());
        }
    }
    let listed = SqliteStore::open(&data).await.unwrap().api_tokens(None).await.unwrap();
    assert!(listed[0].used_s.is_some() && listed[0].used_from.as_deref() == Some("127.0.0.1"));
    let revoked = ask(&relay, &token, "DELETE", &format!("/api/v1/tokens/{}", own.body["id"]), &[], &Value::Null).await;
    assert_eq!(revoked.status, 204);
    assert_eq!(get(&relay, &token, "/api/v1/token").await.status, 401);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l4_the_document_is_answered_to_anybody_and_printed() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let answered = raw(&relay, "GET /api/v1/openapi.json HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n").await;
    assert_eq!((answered.status, answered.body["openapi"].as_str()), (200, Some("3.1.0")));
    let program = env!("CARGO_BIN_EXE_lotse-relay");
    let printed = std::process::Command::new(program).args(["api", "document"]).output().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&printed.stdout).unwrap(), answered.body);
    let unknown = raw(&relay, "GET /api/v1/nothing HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n").await;
    assert_eq!((unknown.status, unknown.kind()), (404, "missing"));
    relay.stop().await;
}

#[test]
fn l4_with_json_failures_are_json_too() {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &[&str]| {
        let program = env!("CARGO_BIN_EXE_lotse-relay");
        let done = std::process::Command::new(program).args(words).arg("--data").arg(folder.path()).output().unwrap();
        (done.status.code(), String::from_utf8(done.stderr).unwrap())
    };
    let (code, text) = run(&["rep", "unlock", "--user", "anna@acme.example", "--json"]);
    let told: Value = serde_json::from_str(&text).unwrap();
    assert!(code == Some(1) && told["error"].as_str().unwrap().contains("there is no rep"), "{text}");
    let (code, text) = run(&["rep", "unlock", "--colour", "--json"]);
    assert!(code == Some(2) && serde_json::from_str::<Value>(&text).is_ok(), "{text}");
    let (code, text) = run(&["token", "add", "--name", "x", "--scope", "licences:write", "--account", "Acme"]);
    assert!(code == Some(1) && text.starts_with("lotse-relay: the scope licences:write is for"), "{text}");
}
