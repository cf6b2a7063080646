//! What stands before every page: bounds of a request, the check that a form came from our own page, and the headers that
//! tell browsers what a page may do.
//!
//! A form is taken only with the token that its page had, and, where the browser says where it came from, only from here.

use super::problem::{self, Problem};
use super::visit::{Fields, Visit};
use crate::connection::Peer;
use crate::shared::Shared;
use crate::token::TokenHash;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use lotse_protocol::control::Secret;
use std::sync::Arc;
use std::time::Duration;

/// A form's bytes, at most.
pub const FORM_BYTES_MAX: usize = 64 * 1024;
/// How long a form may take to arrive.
pub const FORM_WITHIN: Duration = Duration::from_secs(10);
/// How long an answer may take to begin. Passwords wait for their turn, and the database for another writer.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// The field of every form with its token.
pub const TOKEN_FIELD: &str = "form-token";
const FORM_TYPE: &str = "application/x-www-form-urlencoded";

/// Nothing from elsewhere, nothing written into the page, no frame round it.
const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
    magnetometer=(), microphone=(), midi=(), payment=(), usb=()";
/// Two years, as browsers' lists ask for. Only with a certificate that somebody vouches for: else nobody could come back.
const HSTS: &str = "max-age=63072000";

/// Goes round every page.
pub async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let from = parts.extensions.get::<Peer>().map(|peer| (peer.address, peer.ip));
    let Some(visit) = Visit::of(&parts.headers, &parts.uri, from) else {
        return with_headers(problem::bare(Problem::Trouble), shared.vouched);
    };
    parts.extensions.insert(visit.clone());
    let checked = match parts.method {
        Method::GET | Method::HEAD | Method::OPTIONS => Ok(Fields::default()),
        _ => form(&visit, &parts.headers, body).await,
    };
    let mut response = match checked {
        Err(problem) => problem::page(&visit, problem),
        Ok(fields) => {
            parts.extensions.insert(fields);
            let answer = next.run(Request::from_parts(parts, Body::empty()));
            match tokio::time::timeout(ANSWER_WITHIN, answer).await {
                Ok(response) => response,
                Err(_) => problem::page(&visit, Problem::Busy),
            }
        }
    };
    for cookie in visit.cookies() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    with_headers(response, shared.vouched)
}

/// The fields of a form that may be taken.
async fn form(visit: &Visit, headers: &HeaderMap, body: Body) -> Result<Fields, Problem> {
    if !is_from_here(headers) {
        return Err(Problem::Foreign);
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some(FORM_TYPE) {
        return Err(Problem::NotUnderstood);
    }
    let bytes = match tokio::time::timeout(FORM_WITHIN, to_bytes(body, FORM_BYTES_MAX)).await {
        Ok(Ok(bytes)) => bytes,
        // Over the limit, or the connection broke, and then nobody reads the answer.
        Ok(Err(_)) => return Err(Problem::TooLong),
        Err(_) => return Err(Problem::Slow),
    };
    let fields = Fields::of(&bytes).ok_or(Problem::TooLong)?;
    // Digests are compared: how long that takes says nothing of the token.
    let right = TokenHash::of(&Secret(visit.form_token.to_string()));
    // Without a cookie there was no page of ours before.
    if visit.new_form_cookie.is_some() || TokenHash::of(&fields.secret(TOKEN_FIELD)) != right {
        return Err(Problem::Foreign);
    }
    Ok(fields)
}

/// What the browser says of where a form was sent from. An old one says nothing: then the token alone decides.
pub(super) fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (text(HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = text(header::HOST).unwrap_or_default();
            !host.is_empty() && origin.strip_prefix("https://").is_some_and(|of| of.eq_ignore_ascii_case(host))
        }
        (None, None) => true,
    }
}

/// `Referrer-Policy` is `same-origin` and not `no-referrer`: with the latter browsers hide from us, too, where a form came
/// from.
pub(super) fn with_headers(mut response: Response, vouched: bool) -> Response {
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if vouched {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    // What is not said to be the same for everybody is for one visitor alone.
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

#[cfg(test)]
#[path = "security_tests.rs"]
mod tests;
