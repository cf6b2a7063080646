//! What is told of sessions afterwards: who helped whom and when, with what, what the rep noted, and what the audit log has of
//! it. For managers' pages, the HTTP API and the command line alike.
//!
//! Lists are given in pages, newest first; a page begins behind the last row of the one before, so that what comes in
//! meanwhile moves nothing.

use super::{Participant, StoreError};
use crate::hub::{AuditKind, NotesRecord};
use lotse_protocol::control::SessionId;

/// How long after a session's end its rep may complete the notes, in seconds: a working day, for who helps one customer
/// after the other and writes down at its end.
pub const NOTES_AFTER_END_S: i64 = 12 * 3600;
/// Rows of one page at most, whatever is asked for.
pub const PAGE_MAX: u32 = 500;
/// Lines of one session's timeline. Programs tell a bounded number in a minute, and a session may last for days.
pub const TIMELINE_MAX: u32 = 2000;

/// What a rep noted about a session.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// Grows by one with each text; 0: nothing was noted.
    pub revision: u64,
    pub text: String,
    /// Unix time in seconds.
    pub changed_s: i64,
}

impl std::fmt::Debug for Notes {
    /// Without the text: it is about people.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { revision, text, changed_s } = self;
        let mut shown = f.debug_struct("Notes");
        shown.field("revision", revision).field("text", &text.len()).field("changed_s", changed_s).finish()
    }
}

/// A session as it is listed. Times are Unix times in seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    pub session: SessionId,
    pub account: i64,
    pub account_name: String,
    pub rep: i64,
    pub rep_name: String,
    pub rep_user: String,
    pub customer: String,
    pub system: String,
    pub started_s: i64,
    /// `None`: it runs.
    pub ended_s: Option<i64>,
    /// By its name (`lotse_protocol::peer::EndReason`), or in a program's own words.
    pub end_reason: Option<String>,
    /// The first 200 characters of the notes; empty: there are none.
    pub notes_begin: String,
}

/// A plugin that a session had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPlugin {
    pub id: String,
    pub version: String,
    pub licensed: bool,
}

/// All that is told of one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub row: ReportRow,
    /// In the order of the session's list.
    pub plugins: Vec<ReportPlugin>,
    pub notes: Option<Notes>,
    /// Every rep who was with its customer, by when they came; in at most [`super::PARTICIPANTS_MAX`] sessions.
    pub participants: Vec<Participant>,
    /// Its lines of the audit log, oldest first; at most [`TIMELINE_MAX`].
    pub timeline: Vec<AuditEntry>,
}

/// Which sessions; what is `None` does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportFilter {
    /// Begun at this Unix time in seconds or later.
    pub from_s: Option<i64>,
    /// Begun before this one.
    pub to_s: Option<i64>,
    pub rep: Option<i64>,
    /// Within the customer's name, the system or the notes. Of letters beyond ASCII the case counts.
    pub text: Option<String>,
}

/// Where a page begins: behind this row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportKey {
    pub started_s: i64,
    pub session: SessionId,
}

/// Sessions, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportPage {
    pub rows: Vec<ReportRow>,
    /// Where the next page begins; `None`: this is the last.
    pub next: Option<ReportKey>,
}

/// A line of the audit log as it was written. Names are those of today; of who is gone there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    pub id: i64,
    pub at_s: i64,
    /// By its name ([`AuditKind::name`]); an earlier relay may have had others.
    pub kind: String,
    pub account: Option<i64>,
    pub account_name: Option<String>,
    pub rep: Option<i64>,
    pub rep_name: Option<String>,
    pub rep_user: Option<String>,
    pub session: Option<SessionId>,
    pub detail: String,
}

/// Which lines; what is `None` does not matter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub account: Option<i64>,
    pub kind: Option<AuditKind>,
    /// About this rep.
    pub rep: Option<i64>,
    pub session: Option<SessionId>,
    /// Written at this Unix time in seconds or later.
    pub from_s: Option<i64>,
    /// Written before this one.
    pub to_s: Option<i64>,
}

/// Lines of the audit log, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditPage {
    pub lines: Vec<AuditEntry>,
    /// The next page begins behind the line of this id; `None`: this is the last.
    pub next: Option<i64>,
}

/// Reading what was, and writing notes.
#[async_trait::async_trait]
pub trait Reports: Send + Sync {
    /// Writes notes down if they are built on what is kept, which is when their revision is one more; and gives what is kept
    /// then. `None`: the session is not known, another rep's, or ended longer ago than [`NOTES_AFTER_END_S`].
    async fn keep_notes(&self, notes: &NotesRecord, now_s: i64) -> Result<Option<Notes>, StoreError>;
    /// The notes of a session, if there are any.
    async fn notes(&self, session: SessionId) -> Result<Option<Notes>, StoreError>;

    /// An account's sessions that run, newest first; at most [`PAGE_MAX`].
    async fn running_of(&self, account: i64) -> Result<Vec<ReportRow>, StoreError>;
    /// A page of an account's sessions. `limit` is brought within 1 to [`PAGE_MAX`].
    async fn reports(
        &self,
        account: i64,
        filter: &ReportFilter,
        after: Option<ReportKey>,
        limit: u32,
    ) -> Result<ReportPage, StoreError>;
    /// All of one session; `None`: it is not known, or forgotten. Whose it is, the caller checks in the row.
    async fn report(&self, session: SessionId) -> Result<Option<Report>, StoreError>;
    /// The session whose id begins with these bytes.
    async fn session_beginning(&self, first: &[u8]) -> Result<SessionId, StoreError>;

    /// A page of the audit log. `limit` is brought within 1 to [`PAGE_MAX`].
    async fn audit(&self, filter: &AuditFilter, after: Option<i64>, limit: u32) -> Result<AuditPage, StoreError>;
}

#[cfg(test)]
#[path = "reports_tests.rs"]
mod tests;
