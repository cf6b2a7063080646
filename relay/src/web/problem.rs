//! Pages for what cannot be shown or done, each with what to do next.

use super::language::Language;
use super::page::{Page, html};
use super::text::{Argument, t};
use super::visit::Visit;
use crate::health;
use crate::shared::Shared;
use crate::store::StoreError;
use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Why there is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    Missing,
    /// Whoever asks may not.
    Forbidden,
    /// A form came from elsewhere, or from a page that is too old.
    Foreign,
    NotUnderstood,
    TooLong,
    /// A form took too long to arrive.
    Slow,
    /// Tried too often; again in so many seconds.
    Slowed {
        wait_s: u64,
    },
    /// Too much to do at once.
    Busy,
    DiskFull,
    /// The relay's own trouble, which its log tells.
    Trouble,
}

impl Problem {
    /// What became of a question to the store. Written down here, since this is where it is handled.
    pub fn of_store(shared: &Shared, error: &StoreError) -> Self {
        let problem = match error {
            StoreError::NoAccount(_)
            | StoreError::NoRep(_)
            | StoreError::NoTeam(_)
            | StoreError::NoPortal(_)
            | StoreError::NoSession(_)
            | StoreError::NoFeature(_) => return Self::Missing,
            StoreError::DiskFull => Self::DiskFull,
            StoreError::Busy => Self::Busy,
            StoreError::Folder(..)
            | StoreError::Damaged(_)
            | StoreError::Newer
            | StoreError::Update { .. }
            | StoreError::HalfUpdated(_)
            | StoreError::Other(_) => Self::Trouble,
            StoreError::UserTaken(..)
            | StoreError::OperatorsUser(_)
            | StoreError::AccountTaken(_)
            | StoreError::OtherAccount(_)
            | StoreError::TeamTaken(_)
            | StoreError::TeamInUse(..)
            | StoreError::TooManyTeams
            | StoreError::PortalTaken(_)
            | StoreError::TooManyPortals
            | StoreError::TooManyPluginRules(_)
            | StoreError::TooManyLimits { .. }
            | StoreError::LicenceTooLong(_)
            | StoreError::PluginClaimed(_)
            | StoreError::ManySessions(_) => {
                // Their words name people and accounts, and no line of the log does.
                shared.counters.count_store_error();
                tracing::error!("a page could not be made, and its form has no words for why");
                return Self::Trouble;
            }
        };
        shared.counters.count_store_error();
        tracing::error!(%error, "a page could not be made for the relay's own reasons");
        problem
    }

    /// The code of the answer.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Missing => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::Foreign => StatusCode::FORBIDDEN,
            Self::NotUnderstood => StatusCode::BAD_REQUEST,
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::Slowed { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
            Self::Trouble => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Ids of the title and of what it means and what to do.
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Missing => ("problem-missing-title", "problem-missing"),
            Self::Forbidden => ("problem-forbidden-title", "problem-forbidden"),
            Self::Foreign => ("problem-foreign-title", "problem-foreign"),
            Self::NotUnderstood => ("problem-not-understood-title", "problem-not-understood"),
            Self::TooLong => ("problem-too-long-title", "problem-too-long"),
            Self::Slow => ("problem-slow-title", "problem-slow"),
            Self::Slowed { .. } => ("problem-slowed-title", "problem-slowed"),
            Self::Busy => ("problem-busy-title", "problem-busy"),
            Self::DiskFull => ("problem-disk-title", "problem-disk"),
            Self::Trouble => ("problem-trouble-title", "problem-trouble"),
        }
    }

    /// The title, and what it means and what to do.
    pub fn told(self, language: Language) -> (String, String) {
        let (title, words) = self.texts();
        (t(language, title, &[]), t(language, words, &[("seconds", Argument::Count(self.wait_s()))]))
    }

    /// Trying again makes sense after so many seconds; 0: nobody knows.
    pub fn wait_s(self) -> u64 {
        match self {
            Self::Slowed { wait_s } => wait_s,
            Self::Missing
            | Self::Forbidden
            | Self::Foreign
            | Self::NotUnderstood
            | Self::TooLong
            | Self::Slow
            | Self::Busy
            | Self::DiskFull
            | Self::Trouble => 0,
        }
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    page: Page,
    words: String,
}

/// The page for a problem.
pub fn page(visit: &Visit, problem: Problem) -> Response {
    let (title, words) = problem.told(visit.language);
    let wait_s = problem.wait_s();
    let mut response = html(problem.status(), &ProblemPage { page: Page::titled(visit, title), words });
    if wait_s > 0 {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
    }
    // Of a body that was not read there may be more to come.
    if matches!(problem, Problem::TooLong | Problem::Slow | Problem::NotUnderstood | Problem::Foreign) {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Where not even a page can be made.
pub fn bare(problem: Problem) -> Response {
    problem.status().into_response()
}

/// For every other path: a page for browsers, a line for programs.
pub async fn nothing_here(visit: Visit, headers: HeaderMap) -> Response {
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/html") { page(&visit, Problem::Missing) } else { health::nothing_here().await }
}
