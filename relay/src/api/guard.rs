//! What stands before every route: the token and where it comes from, its scope and reach, how much it asks for, bounds of the
//! body, and that a request with a key is carried out once. Decided here, for every route alike.

use super::problem::{Kind, Problem};
use super::route::{Call, Reach, Route, Seen, Written};
use crate::clock::unix_s;
use crate::connection::Peer;
use crate::hub::{AddressKey, AuditKind, AuditLine};
use crate::manage;
use crate::networks::Network;
use crate::shared::Shared;
use crate::store::Account;
use crate::store::api::{API_TOKEN_NOTED_S, ApiToken, Begun, KeptAnswer};
use crate::token::TokenHash;
use crate::web::{ANSWER_WITHIN, FORM_BYTES_MAX, FORM_WITHIN};
use axum::body::{Body, to_bytes};
use axum::extract::{RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use lotse_protocol::control::Secret;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

/// The header with a request's own key.
const KEY_HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// Said of an answer that was given before.
const REPLAYED_HEADER: HeaderName = HeaderName::from_static("idempotency-replayed");
/// How often it is tried to keep an answer, and the pause that grows from one time to the next.
const KEEP_ATTEMPTS: u32 = 3;
const KEEP_PAUSE: Duration = Duration::from_millis(100);
/// Longest such key, in characters.
const KEY_CHARS_MAX: usize = 128;
/// Longest revision in `If-Match`; ours have some 40.
const REVISION_CHARS_MAX: usize = 128;

/// Who asks.
struct Caller {
    token: ApiToken,
    secret: Secret,
}

/// Answers one request.
pub async fn serve(
    shared: Arc<Shared>,
    route: &'static Route,
    params: Option<RawPathParams>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let answer = answer(&shared, route, params, &parts, body);
    // What was begun goes on even so: it has a task of its own.
    let answered = tokio::time::timeout(ANSWER_WITHIN, answer).await;
    match answered.unwrap_or_else(|_| Err(Problem::own(Kind::Busy))) {
        Ok((written, replayed)) => respond(route, &parts, written, replayed),
        Err(problem) => plain(&problem),
    }
}

/// A problem as it is answered.
pub fn plain(problem: &Problem) -> Response {
    with_headers(problem.response())
}

fn with_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn answer(
    shared: &Arc<Shared>,
    route: &'static Route,
    params: Option<RawPathParams>,
    parts: &Parts,
    body: Body,
) -> Result<(Written, bool), Problem> {
    let Caller { token, secret } = admit(shared, parts).await?;
    may(route, &token)?;
    let params = params.ok_or_else(|| Problem::new(Kind::NotUnderstood, "The path is no UTF-8."))?;
    let params: Vec<(String, String)> =
        params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let account = account_of(shared, route.head.reach, &token, &params).await?;
    let bytes = if route.verb.only_looks() { Bytes::new() } else { read(body).await? };
    let value = parse(&parts.headers, &bytes)?;
    let once = once(route, parts, &secret, token.id, &bytes)?;
    let seen = seen(&parts.headers)?;
    let call = Call { shared: shared.clone(), token, account, params, seen };
    if route.head.seen {
        call.seen()?;
    }
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let shared = shared.clone();
    // A client that goes away, or an answer that takes too long, must not break off what is half done.
    let carried_out = tokio::spawn(async move { carry_out(&shared, route, call, &query, value, once).await });
    carried_out.await.unwrap_or_else(|_| Err(Problem::own(Kind::Trouble)))
}

/// The token that a request comes with, if it holds, may be used from here, and has not asked for too much.
async fn admit(shared: &Shared, parts: &Parts) -> Result<Caller, Problem> {
    let nowhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let peer = parts.extensions.get::<Peer>().map(|peer| (peer.address, peer.ip));
    let (address, ip) = peer.unwrap_or_else(|| (AddressKey::from(nowhere), nowhere));
    let ip = ip.to_canonical();
    let now_ms = shared.clock.now_ms();
    let slowed = |wait_s| Problem::new(Kind::TooMany, "Too many wrong tokens came from this address.").after(wait_s);
    let detail = "Send `Authorization: Bearer lotse_…` with a token that `lotse-relay token add` made and that holds.";
    let Some(said) = parts.headers.get(header::AUTHORIZATION) else { return Err(Problem::new(Kind::NoToken, detail)) };
    let now_s = unix_s();
    let secret = said.to_str().ok().and_then(manage::secret_in);
    let token = match &secret {
        Some(secret) => shared.store.api_token(TokenHash::of(secret), now_s).await,
        None => Ok(None),
    };
    let token = token.map_err(|error| Problem::of_store(shared, &error))?;
    let Some((token, secret)) = token.zip(secret) else {
        // A token that is right passes, whoever else tries wrong ones from the same address.
        shared.api.may_try(now_ms, address).map_err(slowed)?;
        shared.api.was_wrong(now_ms, address);
        return Err(Problem::new(Kind::NoToken, detail));
    };
    // What cannot be read as a network has no address in it.
    let within = |network: &str| network.parse::<Network>().is_ok_and(|network| network.contains(ip));
    if !token.addresses.as_deref().is_none_or(within) {
        shared.api.was_wrong(now_ms, address);
        let detail = format!("{} ({}), from {ip}", token.name, token.id);
        let line = AuditLine { account: token.account, detail, ..AuditLine::new(AuditKind::ApiTokenRefused) };
        shared.audit.write(line);
        return Err(Problem::new(Kind::TokenRefused, "The token is bound to other addresses: use it from there."));
    }
    let slowed = |wait_s| Problem::new(Kind::TooMany, "This token asks for too much at once.").after(wait_s);
    shared.api.take(now_ms, token.id).map_err(slowed)?;
    if token.used_s.is_none_or(|used_s| now_s.saturating_sub(used_s) >= API_TOKEN_NOTED_S) {
        let noted = shared.store.note_api_token(token.id, &ip.to_string(), now_s).await;
        noted.map_err(|error| Problem::of_store(shared, &error))?;
    }
    Ok(Caller { token, secret })
}

/// Whether the token's scopes and its reach allow the route.
fn may(route: &Route, token: &ApiToken) -> Result<(), Problem> {
    if let Some(scope) = route.head.scope
        && !scope.is_in(&token.scopes)
    {
        let detail = format!("This needs a token with the scope {}.", scope.name());
        return Err(Problem::new(Kind::ScopeMissing, detail));
    }
    match (route.head.reach, token.account) {
        (Reach::Own | Reach::Account, _) | (Reach::Relay | Reach::AccountByRelay, None) => Ok(()),
        (Reach::Relay | Reach::AccountByRelay, Some(_)) => {
            Err(Problem::new(Kind::ScopeMissing, "This needs a token of the whole relay, not of one account."))
        }
    }
}

/// The account that the path names, if the token reaches it.
async fn account_of(
    shared: &Shared,
    reach: Reach,
    token: &ApiToken,
    params: &[(String, String)],
) -> Result<Option<Account>, Problem> {
    match reach {
        Reach::Own | Reach::Relay => return Ok(None),
        Reach::Account | Reach::AccountByRelay => {}
    }
    let named = params.iter().find(|(name, _)| name == "account").and_then(|(_, value)| value.parse::<i64>().ok());
    let reached = named.filter(|named| token.account.is_none_or(|own| own == *named));
    let Some(number) = reached else { return Err(Problem::missing("account")) };
    let account = shared.store.account_by_id(number).await.map_err(|error| Problem::of_store(shared, &error))?;
    account.map(Some).ok_or_else(|| Problem::missing("account"))
}

async fn read(body: Body) -> Result<Bytes, Problem> {
    match tokio::time::timeout(FORM_WITHIN, to_bytes(body, FORM_BYTES_MAX)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        // Over the limit, or the connection broke, and then nobody reads the answer.
        Ok(Err(_)) => Err(Problem::new(Kind::TooLong, format!("A body has at most {FORM_BYTES_MAX} bytes."))),
        Err(_) => Err(Problem::new(Kind::Slow, "Send the body within ten seconds.")),
    }
}

/// `Null` where there is no body.
fn parse(headers: &HeaderMap, bytes: &[u8]) -> Result<Value, Problem> {
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(Kind::MediaType, "Send the body as `Content-Type: application/json`."));
    }
    let unread = |error: serde_json::Error| Problem::new(Kind::NotUnderstood, format!("The body is no JSON: {error}."));
    serde_json::from_slice(bytes).map_err(unread)
}

fn seen(headers: &HeaderMap) -> Result<Option<Seen>, Problem> {
    let Some(said) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let wrong = || Problem::new(Kind::NotUnderstood, "`If-Match` has one `ETag` as it was answered, or `*`.");
    let text = said.to_str().map_err(|_| wrong())?.trim();
    if text == "*" {
        return Ok(Some(Seen::Any));
    }
    let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let revision = quoted.filter(|text| text.len() <= REVISION_CHARS_MAX && !text.contains('"')).ok_or_else(wrong)?;
    Ok(Some(Seen::Revision(revision.to_owned())))
}

/// A request that is to be carried out once.
struct Once {
    token: i64,
    key: String,
    /// MAC of the request under its token: says nothing of what is in it to who has the database.
    request: [u8; 32],
}

fn once(route: &Route, parts: &Parts, secret: &Secret, token: i64, body: &[u8]) -> Result<Option<Once>, Problem> {
    let Some(key) = parts.headers.get(KEY_HEADER) else { return Ok(None) };
    if route.verb.only_looks() {
        return Ok(None);
    }
    let plain = |key: &&str| (1..=KEY_CHARS_MAX).contains(&key.len());
    let key = key.to_str().ok().filter(plain).ok_or_else(|| {
        let detail = format!("`Idempotency-Key` has 1 to {KEY_CHARS_MAX} characters of ASCII, such as a UUID.");
        Problem::new(Kind::NotUnderstood, detail)
    })?;
    let mac_key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.0.as_bytes());
    let mut context = ring::hmac::Context::with_key(&mac_key);
    for part in [route.verb.name().as_bytes(), parts.uri.to_string().as_bytes(), body] {
        context.update(part);
        // Within neither a method nor an address.
        context.update(b"\n");
    }
    let mut request = [0; 32];
    request.copy_from_slice(context.sign().as_ref());
    Ok(Some(Once { token, key: key.to_owned(), request }))
}

/// Does it, or says again what was answered when it was done.
async fn carry_out(
    shared: &Shared,
    route: &Route,
    call: Call,
    query: &str,
    body: Value,
    once: Option<Once>,
) -> Result<(Written, bool), Problem> {
    // What cannot be taken is not begun.
    let work = route.begin(call, query, body)?;
    let Some(Once { token, key, request }) = once else { return Ok((work.await?, false)) };
    let failed = |error| Problem::of_store(shared, &error);
    match shared.store.begin_api_request(token, &key, request, unix_s()).await.map_err(failed)? {
        Begun::New => {}
        Begun::Again(answer) if answer.status == Kind::Unknown.status().as_u16() => return Err(Problem::unknown()),
        Begun::Again(answer) => return written(&answer).map(|written| (written, true)),
        Begun::OtherRequest => {
            let detail = "This `Idempotency-Key` was sent with another request: draw a new one for each.";
            return Err(Problem::new(Kind::KeyReused, detail));
        }
        Begun::UnderWay => {
            let detail = "Send it again with the same key to learn what became of it.";
            return Err(Problem::new(Kind::UnderWay, detail).after(1));
        }
    }
    let outcome = work.await.map_err(|problem| if problem.may_be_done() { Problem::unknown() } else { problem });
    let answer = match &outcome {
        Ok(Written { body, revision, location }) => {
            let body = json!({ "body": body, "revision": revision, "location": location }).to_string();
            Some(KeptAnswer { status: route.head.success.as_u16(), body })
        }
        Err(problem) if problem.kind == Kind::Unknown => {
            Some(KeptAnswer { status: Kind::Unknown.status().as_u16(), body: String::new() })
        }
        Err(_) => None,
    };
    keep(shared, token, &key, answer).await;
    Ok((outcome?, false))
}

/// Keeps what was answered, or that nothing was begun. What cannot be kept is answered as under way until it counts as lost.
async fn keep(shared: &Shared, token: i64, key: &str, answer: Option<KeptAnswer>) {
    for attempt in 1..=KEEP_ATTEMPTS {
        let kept = match &answer {
            Some(answer) => shared.store.keep_api_answer(token, key, answer).await,
            None => shared.store.forget_api_request(token, key).await,
        };
        let Err(error) = kept else { return };
        shared.counters.count_store_error();
        tracing::warn!(%error, attempt, "what the API answered could not be kept for a second time");
        tokio::time::sleep(KEEP_PAUSE * attempt).await;
    }
}

/// What was kept of an answer.
fn written(answer: &KeptAnswer) -> Result<Written, Problem> {
    let kept: Value = serde_json::from_str(&answer.body).map_err(|_| Problem::own(Kind::Trouble))?;
    let text = |name: &str| kept.get(name).and_then(Value::as_str).map(str::to_owned);
    Ok(Written {
        body: kept.get("body").cloned().unwrap_or_default(),
        revision: text("revision"),
        location: text("location"),
    })
}

fn respond(route: &Route, parts: &Parts, written: Written, replayed: bool) -> Response {
    let Written { body, revision, location } = written;
    let nothing = route.head.success == StatusCode::NO_CONTENT;
    let next = body.get("next").and_then(Value::as_str).map(|cursor| link(parts, cursor));
    let mut response = Response::new(if nothing { Body::empty() } else { Body::from(body.to_string()) });
    *response.status_mut() = route.head.success;
    let headers = response.headers_mut();
    if !nothing {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    let texts = [
        (header::ETAG, revision.map(|revision| format!("\"{revision}\""))),
        (header::LOCATION, location),
        (header::LINK, next),
        (REPLAYED_HEADER, replayed.then(|| "true".to_owned())),
    ];
    for (name, text) in texts {
        // Ours are of ASCII.
        if let Some(value) = text.and_then(|text| HeaderValue::try_from(text).ok()) {
            headers.insert(name, value);
        }
    }
    with_headers(response)
}

/// The address of the next page, as RFC 8288 has it.
fn link(parts: &Parts, cursor: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
        if name != "cursor" {
            query.append_pair(&name, &value);
        }
    }
    query.append_pair("cursor", cursor);
    format!("<{}?{}>; rel=\"next\"", parts.uri.path(), query.finish())
}
