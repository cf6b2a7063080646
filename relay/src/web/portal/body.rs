//! JSON from the page's script or from a program: bounded in size and time, and from our own pages where a browser sends it.
//!
//! There is no token in it as in forms: to send JSON elsewhere a browser asks that place first, and here gets no answer.

use super::super::problem::{self, Problem};
use super::super::security::{ANSWER_WITHIN, FORM_WITHIN, is_from_here, with_headers};
use super::super::visit::{Fields, Visit};
use super::answer;
use crate::connection::Peer;
use crate::shared::Shared;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::sync::Arc;

/// A question and a name have a few thousand bytes at most, in any script.
const JSON_BYTES_MAX: usize = 32 * 1024;
const JSON_TYPE: &str = "application/json";

/// What a request was sent with.
pub enum Sent {
    /// Fields of a form, checked by the guard of forms.
    Form(Fields),
    Json(Bytes),
}

/// A request's body is said to be JSON.
pub fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(JSON_TYPE))
}

/// Goes round what is sent as JSON.
pub async fn guard(shared: Arc<Shared>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let from = parts.extensions.get::<Peer>().map(|peer| (peer.address, peer.ip));
    let Some(visit) = Visit::of(&parts.headers, &parts.uri, from) else {
        return with_headers(problem::bare(Problem::Trouble), shared.vouched);
    };
    let response = match read(&parts.headers, body).await {
        Err(problem) => answer::json_of(&visit, problem),
        Ok(bytes) => {
            parts.extensions.insert(visit.clone());
            parts.extensions.insert(bytes);
            let answer = next.run(Request::from_parts(parts, Body::empty()));
            match tokio::time::timeout(ANSWER_WITHIN, answer).await {
                Ok(response) => response,
                Err(_) => answer::json_of(&visit, Problem::Busy),
            }
        }
    };
    with_headers(response, shared.vouched)
}

async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    if !is_from_here(headers) {
        return Err(Problem::Foreign);
    }
    match tokio::time::timeout(FORM_WITHIN, to_bytes(body, JSON_BYTES_MAX)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        // Over the limit, or the connection broke, and then nobody reads the answer.
        Ok(Err(_)) => Err(Problem::TooLong),
        Err(_) => Err(Problem::Slow),
    }
}

impl Sent {
    /// Whoever asks wants JSON back.
    pub fn is_json(&self) -> bool {
        matches!(self, Self::Json(_))
    }

    /// What was sent: out of JSON, or out of a form's fields. `None`: it is not the JSON that is expected.
    pub fn read<T: DeserializeOwned>(&self, of_form: impl FnOnce(&Fields) -> T) -> Option<T> {
        match self {
            Self::Form(fields) => Some(of_form(fields)),
            Self::Json(bytes) => serde_json::from_slice(bytes).ok(),
        }
    }

    /// A problem in the form in which it was asked.
    pub fn problem(&self, visit: &Visit, problem: Problem) -> Response {
        match self {
            Self::Form(_) => problem::page(visit, problem),
            Self::Json(_) => answer::json_of(visit, problem),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Sent {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(match parts.extensions.get::<Bytes>() {
            Some(bytes) => Self::Json(bytes.clone()),
            None => Self::Form(parts.extensions.get::<Fields>().cloned().unwrap_or_default()),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (axum::http::HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn json_is_told_by_its_type() {
        for (kind, json) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("text/plain", false),
            ("application/json-patch+json", false),
            ("application/x-www-form-urlencoded", false),
        ] {
            assert_eq!(is_json(&headers(&[("content-type", kind)])), json, "{kind}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }

    #[tokio::test]
    async fn a_body_has_a_bound_and_comes_from_here() {
        let body = |length: usize| Body::from("x".repeat(length));
        assert_eq!(read(&HeaderMap::new(), body(JSON_BYTES_MAX)).await.unwrap().len(), JSON_BYTES_MAX);
        assert_eq!(read(&HeaderMap::new(), body(JSON_BYTES_MAX + 1)).await.unwrap_err(), Problem::TooLong);
        let elsewhere = headers(&[("sec-fetch-site", "cross-site")]);
        assert_eq!(read(&elsewhere, body(1)).await.unwrap_err(), Problem::Foreign);
    }
}
