//! Forms from elsewhere are refused, and every page has its headers.

#![allow(clippy::unwrap_used)]
use super::*;
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
}

#[test]
fn a_browser_that_says_where_a_form_came_from_is_believed() {
    for (pairs, here) in [
        (vec![], true),
        (vec![("sec-fetch-site", "same-origin"), ("origin", "null")], true),
        (vec![("sec-fetch-site", "same-site"), ("origin", "https://relay.example"), ("host", "relay.example")], false),
        (vec![("sec-fetch-site", "cross-site")], false),
        (vec![("origin", "https://relay.example:8443"), ("host", "relay.example:8443")], true),
        (vec![("origin", "https://evil.example"), ("host", "relay.example")], false),
        (vec![("origin", "http://relay.example"), ("host", "relay.example")], false),
        (vec![("origin", "null"), ("host", "relay.example")], false),
        (vec![("origin", "https://")], false),
    ] {
        assert_eq!(is_from_here(&headers(&pairs)), here, "{pairs:?}");
    }
}

const COOKIE: &str = "__Host-lotse-form=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

async fn sent(cookie: Option<&'static str>, body: String) -> Result<Fields, Problem> {
    let mut headers = headers(&[("content-type", "application/x-www-form-urlencoded; charset=utf-8")]);
    if let Some(cookie) = cookie {
        headers.insert(header::COOKIE, HeaderValue::from_static(cookie));
    }
    let visit = Visit::of(&headers, &Uri::from_static("/center/x?lang=de&a=b"), None).unwrap();
    form(&visit, &headers, Body::from(body)).await
}

fn token() -> String {
    let headers = headers(&[("cookie", COOKIE)]);
    Visit::of(&headers, &Uri::from_static("/"), None).unwrap().form_token.to_string()
}

#[tokio::test]
async fn a_form_needs_the_token_of_its_page() {
    let token = token();
    assert!(!COOKIE.contains(&token), "the token does not tell the cookie");
    let fields = sent(Some(COOKIE), format!("form-token={token}&name=Anna+%26+Bo")).await.unwrap();
    assert_eq!((fields.get("name"), fields.get("none")), ("Anna & Bo", ""));
    for (cookie, body) in [
        (Some(COOKIE), "name=Anna".to_owned()),
        (Some(COOKIE), format!("form-token={}", "0".repeat(64))),
        (None, format!("form-token={token}")),
        (Some("__Host-lotse-form=short"), format!("form-token={token}")),
    ] {
        assert!(matches!(sent(cookie, body).await, Err(Problem::Foreign)));
    }
}

#[tokio::test]
async fn a_forms_size_has_a_bound() {
    let token = token();
    let fits = format!("form-token={token}&a={}", "x".repeat(FORM_BYTES_MAX - 100));
    assert!(sent(Some(COOKIE), fits).await.is_ok());
    let too_long = format!("form-token={token}&a={}", "x".repeat(FORM_BYTES_MAX));
    assert!(matches!(sent(Some(COOKIE), too_long).await, Err(Problem::TooLong)));
    let too_many = format!("form-token={token}{}", "&a=".repeat(1001));
    assert!(matches!(sent(Some(COOKIE), too_many).await, Err(Problem::TooLong)));
}

#[test]
fn every_answer_has_the_headers_and_none_promises_more_than_the_certificate() {
    let answer = with_headers(StatusCode::OK.into_response(), false);
    let get = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert!(get("content-security-policy").starts_with("default-src 'none'"));
    assert!(!get("content-security-policy").contains("unsafe"));
    assert_eq!((get("cache-control"), get("x-content-type-options")), ("no-store", "nosniff"));
    assert!(!answer.headers().contains_key(header::STRICT_TRANSPORT_SECURITY));
    let answer = with_headers(([(header::CACHE_CONTROL, "public")], "").into_response(), true);
    assert!(answer.headers().contains_key(header::STRICT_TRANSPORT_SECURITY));
    assert_eq!(answer.headers().get(header::CACHE_CONTROL).unwrap(), "public");
}

#[test]
fn the_language_is_taken_out_of_a_pages_address() {
    let visit =
        Visit::of(&headers(&[("cookie", COOKIE)]), &Uri::from_static("/center/x?lang=de&a=b%26"), None).unwrap();
    assert_eq!(visit.language.tag(), "de");
    assert_eq!(visit.in_language(super::super::language::Language::English), "/center/x?a=b%26&lang=en");
    assert_eq!(visit.asked("a").as_deref(), Some("b&"));
    assert_eq!(visit.cookies().count(), 1, "the choice is kept");
}

#[test]
fn no_path_makes_the_link_to_the_other_language_one_to_elsewhere() {
    for path in ["//evil.example/x", "/\\evil.example/x", "///evil.example/x", "/\\/\\evil.example/x"] {
        let visit = Visit::of(&headers(&[("cookie", COOKIE)]), &path.parse().unwrap(), None).unwrap();
        assert_eq!(visit.path, path, "it is asked for just so");
        assert_eq!(visit.in_language(super::super::language::Language::German), "/evil.example/x?lang=de", "{path}");
    }
}
