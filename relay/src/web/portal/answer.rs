//! What is refused, in words: as problem+json (RFC 9457) for the page's script and for programs, or for the page itself.

use super::super::language::Language;
use super::super::problem::Problem;
use super::super::text::{Argument, t};
use super::super::visit::Visit;
use crate::portals::AskError;
use crate::shared::Shared;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// After so many seconds a relay that restarts is mostly back, or a queue has moved.
const AGAIN_S: u64 = 60;

/// Why something was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: StatusCode,
    pub words: String,
    /// The field it is about; empty: none of its own.
    pub field: &'static str,
    /// Trying again makes sense after so many seconds; 0: only with something changed.
    pub wait_s: u64,
}

/// Of a question or a message. `for_text`: id of what is said of its text.
pub fn of(shared: &Shared, language: Language, error: &AskError, for_text: &'static str) -> Refusal {
    let refusal = |status, id: &str, wait_s| {
        let words = t(language, id, &[("seconds", Argument::Count(wait_s))]);
        Refusal { status, words, field: "", wait_s }
    };
    match error {
        AskError::TooMany { wait_s } => refusal(StatusCode::TOO_MANY_REQUESTS, "portal-problem-many", (*wait_s).max(1)),
        AskError::Crowded { wait_s } => {
            refusal(StatusCode::SERVICE_UNAVAILABLE, "portal-problem-crowded", (*wait_s).max(1))
        }
        AskError::Full => refusal(StatusCode::SERVICE_UNAVAILABLE, "portal-problem-full", AGAIN_S),
        AskError::NobodyThere => refusal(StatusCode::CONFLICT, "portal-problem-nobody", 0),
        AskError::Draining => refusal(StatusCode::SERVICE_UNAVAILABLE, "portal-problem-draining", AGAIN_S),
        AskError::Field(field) => {
            let id = match *field {
                "text" => for_text,
                "name" => "portal-problem-name",
                "reply_to" => "portal-problem-reply-to",
                _ => "portal-problem-field",
            };
            Refusal { field, ..refusal(StatusCode::UNPROCESSABLE_ENTITY, id, 0) }
        }
        AskError::Store(error) => {
            let problem = Problem::of_store(shared, error);
            Refusal { status: problem.status(), words: problem.told(language).1, field: "", wait_s: 0 }
        }
    }
}

/// As JSON.
pub fn json(refusal: &Refusal) -> Response {
    let Refusal { status, words, field, wait_s } = refusal;
    let mut body = json!({ "title": status.canonical_reason(), "status": status.as_u16(), "detail": words });
    if !field.is_empty() {
        body["field"] = json!(field);
    }
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    let mut response = (*status, kind, body.to_string()).into_response();
    if *wait_s > 0 {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*wait_s));
    }
    response
}

/// A problem of pages as JSON.
pub fn json_of(visit: &Visit, problem: Problem) -> Response {
    let words = problem.told(visit.language).1;
    json(&Refusal { status: problem.status(), words, field: "", wait_s: problem.wait_s() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn a_refusal_says_what_to_do_and_when_to_try_again() {
        let refusal = Refusal {
            status: StatusCode::TOO_MANY_REQUESTS,
            words: "Wait \"a\" little".into(),
            field: "text",
            wait_s: 7,
        };
        let response = json(&refusal);
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()[header::RETRY_AFTER], "7");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["detail"], "Wait \"a\" little");
        assert_eq!((&body["status"], &body["field"]), (&json!(429), &json!("text")));
    }
}
