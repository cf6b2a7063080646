//! Every route with every scope and every reach, on a real relay's parts; and the document has every route.

#![allow(clippy::unwrap_used, clippy::panic)]
use super::route::{Reach, Route, Verb};
use super::*;
use crate::clock::unix_s;
use crate::manage::{self, By};
use crate::relay::{Relay, RelayConfig};
use crate::store::api::NewApiToken;
use crate::store::web::{Holder, NewWebSession};
use crate::store::{NewRep, RepChange, Role};
use crate::token::TokenHash;
use axum::body::{Body, to_bytes};
use axum::http::{StatusCode, header};
use serde_json::{Value, json};
use std::collections::HashSet;
use tower::ServiceExt;

struct Bench {
    relay: Relay,
    account: i64,
    other: i64,
    rep: i64,
    _folder: tempfile::TempDir,
}

async fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let config = RelayConfig::new(folder.path().join("data"), "127.0.0.1:0".parse().unwrap());
    let relay = Relay::start(config).await.unwrap();
    let add = async |account: &str, user: &str| {
        let rep = NewRep {
            account: account.into(),
            user: user.into(),
            name: "Anna".into(),
            password_hash: "hash".into(),
            contact: None,
            role: crate::store::Role::Rep,
        };
        relay.shared().store.add_rep(rep, 1).await.unwrap()
    };
    let (other, _) = add("Bolt", "ben@bolt.example").await;
    let (account, rep) = add("Acme", "anna@acme.example").await;
    Bench { relay, account, other, rep, _folder: folder }
}

impl Bench {
    async fn token(&self, scopes: &str, account: Option<i64>, addresses: Option<&str>) -> String {
        let addresses = addresses.map(str::to_owned);
        let new = |hash| NewApiToken {
            hash,
            name: "test".into(),
            account,
            scopes: scopes.into(),
            addresses,
            expires_s: unix_s() + 1_000,
        };
        let added = manage::add_token(&*self.relay.shared().store, new, &By::CommandLine).await.unwrap();
        added.unwrap().1.0
    }

    async fn ask(&self, verb: &str, path: &str, token: Option<&str>, body: Value) -> (StatusCode, Value) {
        let mut request = Request::builder().method(verb.to_uppercase().as_str()).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let bytes = if body.is_null() { vec![] } else { body.to_string().into_bytes() };
        let request = request.header(header::CONTENT_TYPE, "application/json").header(header::IF_MATCH, "*");
        let router = router().with_state(self.relay.shared().clone());
        let response = router.oneshot(request.body(Body::from(bytes)).unwrap()).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    fn path(&self, route: &Route, account: i64) -> String {
        let (account, rep) = (account.to_string(), self.rep.to_string());
        route
            .path
            .replace("{account}", &account)
            .replace("{rep}", &rep)
            .replace("{session}", &"0".repeat(32))
            .replace("{feature}", "none")
            .replace("{plugin}", "com.example.none")
            .replace("{portal}", "none")
            .replace("{token}", "999")
            .replace("{team}", "999")
            .replace("{message}", "999")
            .replace("{webhook}", "999")
            .replace("{sign_in}", "999")
            .replace("{browser}", "999")
    }

    async fn kind(&self, route: &Route, account: i64, token: Option<&str>) -> (StatusCode, String) {
        let body = if route.verb.only_looks() { Value::Null } else { (route.example)() };
        let (status, answer) = self.ask(route.verb.name(), &self.path(route, account), token, body).await;
        let kind = answer.get("type").and_then(Value::as_str).unwrap_or_default();
        (status, kind.rsplit(':').next().unwrap_or_default().to_owned())
    }
}

/// Whether a route was let through, whatever became of it then.
fn let_in((status, kind): &(StatusCode, String)) -> bool {
    match *status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS => false,
        _ => kind != "trouble",
    }
}

#[tokio::test]
async fn l4_a_route_is_open_to_tokens_with_its_scope_and_reach_alone() {
    let bench = bench().await;
    let mut tokens = vec![];
    for scope in Scope::ALL {
        let all = bench.token(scope.name(), None, None).await;
        let own = bench.token(scope.name(), Some(bench.account), None).await;
        tokens.push((scope, all, own));
    }
    for route in ROUTES.iter() {
        let name = format!("{:?} {}", route.verb, route.path);
        let stranger = bench.kind(route, bench.account, None).await;
        assert_eq!(stranger, (StatusCode::UNAUTHORIZED, "no-token".into()), "{name}");
        for (scope, all, own) in &tokens {
            let right = route.head.scope.is_none_or(|wanted| wanted == *scope);
            // Who is let in may do it, and what was done must not bar the next: one is enough.
            if right || *scope == Scope::SessionsRead || *scope == Scope::PeopleWrite {
                let answer = bench.kind(route, bench.account, Some(all)).await;
                assert_eq!(let_in(&answer), right, "{name} with {}: {answer:?}", scope.name());
                let reaches = match route.head.reach {
                    Reach::Own | Reach::Account => right,
                    Reach::Relay | Reach::AccountByRelay => false,
                };
                let answer = bench.kind(route, bench.account, Some(own)).await;
                // Of what it may not change a token is told; that is beside this table.
                if !(reaches && route.head.name == "changeAccount") {
                    assert_eq!(let_in(&answer), reaches, "{name} with {} of the account: {answer:?}", scope.name());
                }
            }
            if right && route.head.reach == Reach::Account {
                let answer = bench.kind(route, bench.other, Some(own)).await;
                assert_eq!(answer, (StatusCode::NOT_FOUND, "missing".into()), "{name} of another account");
            }
        }
    }
    bench.relay.stop().await;
}

#[tokio::test]
async fn l4_a_token_is_refused_from_elsewhere_and_what_is_none_is_slowed() {
    let bench = bench().await;
    // Without a connection the address is 0.0.0.0.
    let here = bench.token("people:read", None, Some("0.0.0.0/32")).await;
    let elsewhere = bench.token("people:read", None, Some("192.0.2.0/24")).await;
    let path = format!("/api/v1/accounts/{}/reps", bench.account);
    assert_eq!(bench.ask("get", &path, Some(&here), Value::Null).await.0, StatusCode::OK);
    let (status, problem) = bench.ask("get", &path, Some(&elsewhere), Value::Null).await;
    assert_eq!((status, problem["type"].as_str()), (StatusCode::FORBIDDEN, Some("urn:lotse:problem:token-refused")));
    let wrong = format!("lotse_{}", "0".repeat(64));
    let mut last = StatusCode::OK;
    for _ in 0..20 {
        last = bench.ask("get", &path, Some(&wrong), Value::Null).await.0;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(bench.ask("get", &path, Some(&here), Value::Null).await.0, StatusCode::OK, "a right one is not stopped");
    bench.relay.stop().await;
}

#[tokio::test]
async fn l4_a_token_of_one_account_changes_no_terms() {
    let bench = bench().await;
    let own = bench.token("accounts:read accounts:write", Some(bench.account), None).await;
    let path = format!("/api/v1/accounts/{}", bench.account);
    for body in
        [json!({ "seats": 100 }), json!({ "seats": null }), json!({ "status": "active" }), json!({ "contact": "x" })]
    {
        let (status, problem) = bench.ask("patch", &path, Some(&own), body).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{problem}");
    }
    let (status, account) = bench.ask("patch", &path, Some(&own), json!({ "language": "de" })).await;
    assert_eq!((status, account["language"].as_str()), (StatusCode::OK, Some("de")));
    let vendor = bench.token("accounts:write", None, None).await;
    let (status, account) =
        bench.ask("patch", &path, Some(&vendor), json!({ "contact": "sales@vendor.example" })).await;
    assert_eq!((status, account["contact"].as_str()), (StatusCode::OK, Some("sales@vendor.example")));
    let (_, all) = bench.ask("get", "/api/v1/accounts", Some(&own), Value::Null).await;
    let ids: Vec<i64> =
        all["items"].as_array().unwrap().iter().map(|account| account["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, [bench.account], "it sees no other");
    bench.relay.stop().await;
}

#[tokio::test]
async fn l4_of_two_who_change_a_team_the_second_is_told() {
    let bench = bench().await;
    let token = bench.token("people:read people:write", Some(bench.account), None).await;
    let teams = format!("/api/v1/accounts/{}/teams", bench.account);
    let (_, team) = bench.ask("post", &teams, Some(&token), json!({ "name": "Printers" })).await;
    let path = format!("{teams}/{}", team["id"]);
    let rename = async |name: &str, seen: &str| {
        let request = Request::builder().method("PATCH").uri(&path).header(header::IF_MATCH, seen);
        let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        let request = request.header(header::CONTENT_TYPE, "application/json");
        let request = request.body(Body::from(json!({ "name": name }).to_string())).unwrap();
        let response = router().with_state(bench.relay.shared().clone()).oneshot(request).await.unwrap();
        let revision = response.headers().get(header::ETAG).map(|tag| tag.to_str().unwrap().to_owned());
        (response.status(), revision.unwrap_or_default())
    };
    let (status, seen) = rename("Scanners", "*").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(rename("Copiers", &seen).await.0, StatusCode::OK);
    assert_eq!(rename("Fax", &seen).await.0, StatusCode::PRECONDITION_FAILED);
    let (_, team) = bench.ask("get", &path, Some(&token), Value::Null).await;
    assert_eq!(team["name"].as_str(), Some("Copiers"));
    bench.relay.stop().await;
}

#[tokio::test]
async fn l4_who_asks_for_questions_that_wait_is_told_that_there_are_none() {
    let bench = bench().await;
    let own = bench.token("sessions:read", Some(bench.account), None).await;
    let path = format!("/api/v1/accounts/{}/questions", bench.account);
    let answer = bench.ask("get", &path, Some(&own), Value::Null).await;
    assert_eq!(answer, (StatusCode::OK, json!({ "items": [], "next": null, "waiting": 0, "ready": 0 })));
    let (status, _) = bench.ask("get", &format!("{path}?limit=2&cursor=f7"), Some(&own), Value::Null).await;
    assert_eq!(status, StatusCode::OK);
    let (status, _) = bench.ask("get", &format!("{path}?cursor=before"), Some(&own), Value::Null).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    bench.relay.stop().await;
}

#[tokio::test]
async fn l4_a_reps_browsers_are_listed_and_signed_out() {
    let bench = bench().await;
    let store = bench.relay.shared().store.clone();
    let manager = RepChange { role: Some(Role::Manager), ..RepChange::default() };
    store.change_rep("anna@acme.example", manager).await.unwrap();
    let session = NewWebSession {
        token: TokenHash([5; 32]),
        holder: Holder::Rep(bench.rep),
        password_hash: "hash".into(),
        address: "192.0.2.7".into(),
        agent: "Browser".into(),
    };
    assert!(store.add_web_session(session, unix_s()).await.unwrap());
    let own = bench.token("people:read people:write", Some(bench.account), None).await;
    let path = format!("/api/v1/accounts/{}/reps/{}/browsers", bench.account, bench.rep);
    let (status, listed) = bench.ask("get", &path, Some(&own), Value::Null).await;
    let browser = &listed["items"][0];
    assert_eq!((status, browser["address"].as_str()), (StatusCode::OK, Some("192.0.2.7")), "{listed}");
    let one = format!("{path}/{}", browser["browser"]);
    assert_eq!(bench.ask("delete", &one, Some(&own), Value::Null).await.0, StatusCode::NO_CONTENT);
    assert!(store.use_web_session(TokenHash([5; 32]), false, unix_s()).await.unwrap().is_none());
    assert_eq!(bench.ask("delete", &one, Some(&own), Value::Null).await.0, StatusCode::NOT_FOUND);
    bench.relay.stop().await;
}

#[tokio::test]
async fn l4_what_is_not_there_is_a_problem_in_json() {
    let bench = bench().await;
    for (verb, path, status) in [
        ("get", "/api/v2/accounts", StatusCode::NOT_FOUND),
        ("get", "/api/v1/account", StatusCode::NOT_FOUND),
        ("delete", "/api/v1/accounts", StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let (answered, problem) = bench.ask(verb, path, None, Value::Null).await;
        assert_eq!(answered, status, "{path}");
        assert_eq!(problem["status"].as_u64(), Some(u64::from(status.as_u16())), "{path}: {problem}");
    }
    bench.relay.stop().await;
}

#[test]
fn l4_the_document_has_every_route_and_its_examples_are_taken() {
    let document = document();
    let mut names = HashSet::new();
    for route in ROUTES.iter() {
        let operation = &document["paths"][route.path][route.verb.name()];
        assert_eq!(operation["operationId"].as_str(), Some(route.head.name), "{}", route.path);
        assert!(names.insert(route.head.name), "{} is there twice", route.head.name);
        assert!(route.head.about.ends_with('.'), "{}", route.path);
        let example = &operation["requestBody"]["content"]["application/json"]["example"];
        if !example.is_null() {
            assert!((route.reads)(example.clone()), "{}: {example}", route.path);
        }
        assert_eq!(route.verb == Verb::Get, route.verb.only_looks());
    }
    let operations = document["paths"].as_object().unwrap().values();
    let count: usize = operations.map(|path| path.as_object().unwrap().len()).sum();
    assert_eq!(count, ROUTES.len(), "and no other");
    // Every reference leads somewhere.
    let text = document.to_string();
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
    assert_eq!(document["openapi"].as_str(), Some("3.1.0"));
}
