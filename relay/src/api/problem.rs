//! Answers that say what went wrong and what to do, as RFC 9457 has them.

use super::shape::Wrong;
use crate::shared::Shared;
use crate::store::StoreError;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

/// Before the name of a problem in its `type`.
const TYPE_START: &str = "urn:lotse:problem:";
/// Fields that are named in one answer.
const ERRORS_MAX: usize = 50;

/// Why something is not answered or done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub kind: Kind,
    /// What to do, in a sentence.
    pub detail: String,
    pub errors: Vec<Wrong>,
    /// When to come again, in seconds; 0: at once, or never.
    pub wait_s: u64,
    /// It came before anything was changed.
    pub undone: bool,
}

/// What sort of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    NotUnderstood,
    NoToken,
    TokenRefused,
    ScopeMissing,
    Missing,
    MethodNotAllowed,
    Slow,
    Conflict,
    UnderWay,
    Outdated,
    TooLong,
    MediaType,
    Invalid,
    KeyReused,
    IfMatchMissing,
    TooMany,
    Trouble,
    Busy,
    DiskFull,
    Unknown,
}

impl Kind {
    /// Every sort.
    pub const ALL: [Self; 20] = [
        Self::NotUnderstood,
        Self::NoToken,
        Self::TokenRefused,
        Self::ScopeMissing,
        Self::Missing,
        Self::MethodNotAllowed,
        Self::Slow,
        Self::Conflict,
        Self::UnderWay,
        Self::Outdated,
        Self::TooLong,
        Self::MediaType,
        Self::Invalid,
        Self::KeyReused,
        Self::IfMatchMissing,
        Self::TooMany,
        Self::Trouble,
        Self::Busy,
        Self::DiskFull,
        Self::Unknown,
    ];

    /// Status, name and title.
    fn facts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotUnderstood => (StatusCode::BAD_REQUEST, "not-understood", "The request cannot be read"),
            Self::NoToken => (StatusCode::UNAUTHORIZED, "no-token", "There is no token that holds"),
            Self::TokenRefused => (StatusCode::FORBIDDEN, "token-refused", "The token may not be used from here"),
            Self::ScopeMissing => (StatusCode::FORBIDDEN, "scope-missing", "The token may not do this"),
            Self::Missing => (StatusCode::NOT_FOUND, "missing", "There is no such thing"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method", "This cannot be done here"),
            Self::Slow => (StatusCode::REQUEST_TIMEOUT, "slow", "The request took too long to arrive"),
            Self::Conflict => (StatusCode::CONFLICT, "conflict", "It cannot be done as things stand"),
            Self::UnderWay => (StatusCode::CONFLICT, "under-way", "The same request is being carried out"),
            Self::Outdated => (StatusCode::PRECONDITION_FAILED, "outdated", "Somebody else has changed it"),
            Self::TooLong => (StatusCode::PAYLOAD_TOO_LARGE, "too-long", "The request is too long"),
            Self::MediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", "The body is no JSON"),
            Self::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Some of it cannot be taken"),
            Self::KeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "key-reused", "The key is another request's"),
            Self::IfMatchMissing => (StatusCode::PRECONDITION_REQUIRED, "if-match", "If-Match is missing"),
            Self::TooMany => (StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many requests"),
            Self::Trouble => (StatusCode::INTERNAL_SERVER_ERROR, "trouble", "The relay is in trouble"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy", "The relay has too much to do"),
            Self::DiskFull => (StatusCode::INSUFFICIENT_STORAGE, "disk-full", "The relay's disk is full"),
            Self::Unknown => (StatusCode::INTERNAL_SERVER_ERROR, "unknown", "It may have been done or not"),
        }
    }

    /// As HTTP has it.
    pub fn status(self) -> StatusCode {
        self.facts().0
    }

    /// For `type`.
    pub fn name(self) -> &'static str {
        self.facts().1
    }
}

impl Problem {
    /// Without fields.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), errors: vec![], wait_s: 0, undone: false }
    }

    /// Nothing is there.
    pub fn missing(what: &str) -> Self {
        Self::new(Kind::Missing, format!("There is no such {what}, or the token does not reach it."))
    }

    /// Fields cannot be taken.
    pub fn fields(mut errors: Vec<Wrong>) -> Self {
        errors.truncate(ERRORS_MAX);
        let detail = "Correct what `errors` names, and send the request again.";
        Self { kind: Kind::Invalid, detail: detail.into(), errors, wait_s: 0, undone: false }
    }

    /// One field cannot be taken.
    pub fn field(name: &str, detail: impl Into<String>) -> Self {
        Self::fields(vec![Wrong { field: name.to_owned(), detail: detail.into() }])
    }

    /// Again in so many seconds.
    pub fn after(mut self, wait_s: u64) -> Self {
        self.wait_s = wait_s;
        self
    }

    /// Said of a request with a key that broke off in the relay's own trouble, each time that it comes.
    pub fn unknown() -> Self {
        let detail = "The relay was in trouble while it carried this out: look whether it was done, and if not, send it with a new key.";
        Self::new(Kind::Unknown, detail)
    }

    /// Nothing was changed when this came up.
    pub fn before_anything(mut self) -> Self {
        self.undone = true;
        self
    }

    /// What was asked for may have been done all the same. What is refused is not done.
    pub fn may_be_done(&self) -> bool {
        let own = match self.kind {
            Kind::Trouble | Kind::Busy | Kind::DiskFull | Kind::Unknown => true,
            Kind::NotUnderstood
            | Kind::NoToken
            | Kind::TokenRefused
            | Kind::ScopeMissing
            | Kind::Missing
            | Kind::MethodNotAllowed
            | Kind::Slow
            | Kind::Conflict
            | Kind::UnderWay
            | Kind::Outdated
            | Kind::TooLong
            | Kind::MediaType
            | Kind::Invalid
            | Kind::KeyReused
            | Kind::IfMatchMissing
            | Kind::TooMany => false,
        };
        own && !self.undone
    }

    /// What became of a question to the store. What is the relay's own trouble is written down here.
    pub fn of_store(shared: &Shared, error: &StoreError) -> Self {
        let kind = match error {
            StoreError::NoAccount(_) => return Self::missing("account"),
            StoreError::NoRep(_) => return Self::missing("rep"),
            StoreError::NoFeature(_) => return Self::missing("feature"),
            StoreError::NoSession(_) => return Self::missing("session"),
            StoreError::NoTeam(_) => return Self::missing("team"),
            StoreError::NoPortal(_) => return Self::missing("portal"),
            StoreError::OtherAccount(_) => {
                return Self::new(
                    Kind::Conflict,
                    "A rep that was named is of another account: name the account's own.",
                );
            }
            StoreError::TeamTaken(_) => {
                return Self::new(Kind::Conflict, "The account has a team of this name already: choose another.");
            }
            StoreError::TeamInUse(..) => {
                return Self::new(Kind::Conflict, "A portal leads to the team: give that portal another first.");
            }
            StoreError::TooManyTeams => {
                return Self::new(Kind::Conflict, "The account has as many teams as can be: remove one first.");
            }
            StoreError::PortalTaken(_) => {
                return Self::new(Kind::Conflict, "There is a portal of this address already: choose another.");
            }
            StoreError::TooManyPortals => {
                return Self::new(Kind::Conflict, "The account has as many portals as can be: remove one first.");
            }
            StoreError::ManySessions(_) => {
                return Self::new(Kind::Conflict, "Several sessions begin so: give all 32 digits of the id.");
            }
            StoreError::UserTaken(..) => {
                return Self::new(Kind::Conflict, "There is a rep with this user ID already: choose another.");
            }
            StoreError::OperatorsUser(_) => {
                let detail = "The user ID is an operator's: choose another. An operator's is unlocked by command line.";
                return Self::new(Kind::Conflict, detail);
            }
            StoreError::AccountTaken(_) => {
                return Self::new(Kind::Conflict, "There is an account of this name already: choose another.");
            }
            StoreError::TooManyPluginRules(_) => {
                return Self::new(Kind::Conflict, "The account has as many rules as can be: take some away.");
            }
            StoreError::TooManyLimits { .. } => {
                return Self::new(Kind::Conflict, "The feature has as many limits as can be: take one away.");
            }
            StoreError::LicenceTooLong(_) => {
                return Self::new(Kind::Conflict, "The licence has as many features as can be: take some away.");
            }
            StoreError::PluginClaimed(_) => {
                return Self::new(Kind::Conflict, "The plugin's id was given to another key a moment ago.");
            }
            StoreError::DiskFull => Kind::DiskFull,
            StoreError::Busy => Kind::Busy,
            StoreError::Folder(..)
            | StoreError::Damaged(_)
            | StoreError::Newer
            | StoreError::Update { .. }
            | StoreError::HalfUpdated(_)
            | StoreError::Other(_) => Kind::Trouble,
        };
        shared.counters.count_store_error();
        tracing::error!(%error, "a request of the API could not be answered for the relay's own reasons");
        Self::own(kind)
    }

    /// Nobody's fault but the relay's.
    pub fn own(kind: Kind) -> Self {
        let detail = "Try again in a minute; if that does not help, the relay's operator finds the reason in its log.";
        Self::new(kind, detail).after(if kind == Kind::Busy { 5 } else { 0 })
    }

    /// As it is answered.
    pub fn body(&self) -> Value {
        let (status, name, title) = self.kind.facts();
        let error = |Wrong { field, detail }: &Wrong| json!({ "field": field, "detail": detail });
        let errors: Vec<Value> = self.errors.iter().map(error).collect();
        let mut body = json!({
            "type": format!("{TYPE_START}{name}"), "title": title, "status": status.as_u16(), "detail": self.detail,
        });
        if let (Some(body), false) = (body.as_object_mut(), errors.is_empty()) {
            body.insert("errors".to_owned(), Value::Array(errors));
        }
        body
    }

    /// With what HTTP says of it.
    pub fn response(&self) -> Response {
        let mut response = Response::new(Body::from(self.body().to_string()));
        *response.status_mut() = self.kind.status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.wait_s > 0 {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(self.wait_s));
        }
        if self.kind == Kind::NoToken {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"lotse\""));
        }
        // Of a body that was not read there may be more to come.
        if matches!(self.kind, Kind::TooLong | Kind::Slow) {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// What every problem looks like, for the document.
pub fn schema() -> Value {
    let kinds: Vec<String> = Kind::ALL.map(|kind| format!("{TYPE_START}{}", kind.name())).to_vec();
    json!({
        "type": "object",
        "description": "What went wrong and what to do (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": { "type": "string", "enum": kinds },
            "title": { "type": "string", "description": "The same for every problem of this type." },
            "status": { "type": "integer" },
            "detail": { "type": "string", "description": "What to do." },
            "errors": {
                "type": "array",
                "description": "Which fields of the body or the query cannot be taken.",
                "items": {
                    "type": "object",
                    "required": ["field", "detail"],
                    "properties": { "field": { "type": "string" }, "detail": { "type": "string" } },
                },
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_problem_has_a_name_of_its_own_and_says_its_status() {
        let names: HashSet<_> = Kind::ALL.map(Kind::name).into_iter().collect();
        assert_eq!(names.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            let response = Problem::new(kind, "Do this.").after(3).response();
            assert_eq!(response.status(), kind.status());
            assert!(kind.status().is_client_error() || kind.status().is_server_error());
            assert_eq!(response.headers().get(header::RETRY_AFTER), Some(&HeaderValue::from(3)));
        }
        let body = Problem::field("seats", "is missing").body();
        assert_eq!(body["errors"], json!([{ "field": "seats", "detail": "is missing" }]));
        assert_eq!(Problem::missing("rep").body().get("errors"), None);
    }
}
