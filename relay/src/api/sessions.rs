//! Sessions that run, what is told of those that were, and the audit log.

use super::page::{self, Page};
use super::problem::{Kind, Problem};
use super::route::{Answer, Call};
use super::shape::{Nothing, Schemas, Shape, Wrong, shape, wrong};
use super::shown::{AuditLine, LiveSessions, Report, SessionRow};
use crate::hub::AuditKind;
use crate::store::{AuditFilter, ReportFilter};
use serde_json::{Value, json};

impl Shape for AuditKind {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "enum": Self::ALL.map(Self::name).to_vec() })
    }

    fn read(value: Value) -> Result<Self, Vec<Wrong>> {
        let found = Self::ALL.into_iter().find(|kind| value == kind.name());
        found.ok_or_else(|| wrong(format!("must be one of {}", Self::ALL.map(Self::name).join(", "))))
    }

    fn write(self) -> Value {
        Value::String(self.name().to_owned())
    }
}

shape! {
    /// Which sessions, and which page of them.
    pub struct ReportsAsked {
        limit: Option<u32> = "Rows of a page; 100 if not given.", 50, { "minimum": 1, "maximum": 500 };
        cursor: Option<String> = "Where the page begins: `next` of the page before.", null, { "maxLength": 64 };
        from_s: Option<i64> = "Begun at this Unix time in seconds or later.", 1796000000;
        to_s: Option<i64> = "Begun before this one.", 1796086400;
        rep: Option<i64> = "Sessions of the rep with this number.", 7;
        text: Option<String> = "With these words in the customer's name, the system or the notes.", "printer",
            { "maxLength": 200 };
    }
}

shape! {
    /// Which lines of the audit log, and which page of them.
    pub struct AuditAsked {
        limit: Option<u32> = "Lines of a page; 100 if not given.", 50, { "minimum": 1, "maximum": 500 };
        cursor: Option<String> = "Where the page begins: `next` of the page before.", "120", { "maxLength": 64 };
        kind: Option<AuditKind> = "What happened.", "session-started";
        session: Option<String> = "Of the session with this id.", null, { "minLength": 32, "maxLength": 32 };
        from_s: Option<i64> = "Written at this Unix time in seconds or later.", 1796000000;
        to_s: Option<i64> = "Written before this one.", 1796086400;
    }
}

pub(super) async fn live(call: Call, _: Nothing, _: Nothing) -> Result<Answer<LiveSessions>, Problem> {
    let account = call.account()?.id;
    let live = call.shared.switchboard.live(account).await.map_err(|_| Problem::own(Kind::Busy))?;
    Ok(Answer::of(LiveSessions::of(live)))
}

pub(super) async fn reports(call: Call, asked: ReportsAsked, _: Nothing) -> Result<Answer<Page<SessionRow>>, Problem> {
    let ReportsAsked { limit, cursor, from_s, to_s, rep, text } = asked;
    let after = page::report_key(cursor.as_deref())?;
    let filter = ReportFilter { from_s, to_s, rep, text };
    let found = call.store().reports(call.account()?.id, &filter, after, page::rows(limit)).await;
    let found = found.map_err(|error| call.problem(&error))?;
    let next = found.next.as_ref().map(page::report_cursor);
    Ok(Answer::of(Page { items: found.rows.iter().map(SessionRow::of).collect(), next }))
}

pub(super) async fn report(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Report>, Problem> {
    let session = page::session_id(call.param("session")).ok_or_else(|| Problem::missing("session"))?;
    let report = call.store().report(session).await.map_err(|error| call.problem(&error))?;
    let account = call.account()?.id;
    // Of another account's session nobody learns that it is there.
    let report = report.filter(|report| report.row.account == account);
    report.map(|report| Answer::of(Report::of(&report))).ok_or_else(|| Problem::missing("session"))
}

pub(super) async fn audit_of_account(
    call: Call,
    asked: AuditAsked,
    _: Nothing,
) -> Result<Answer<Page<AuditLine>>, Problem> {
    let account = call.account()?.id;
    audit(&call, asked, Some(account)).await
}

pub(super) async fn audit_of_relay(
    call: Call,
    asked: AuditAsked,
    _: Nothing,
) -> Result<Answer<Page<AuditLine>>, Problem> {
    audit(&call, asked, None).await
}

async fn audit(call: &Call, asked: AuditAsked, account: Option<i64>) -> Result<Answer<Page<AuditLine>>, Problem> {
    let AuditAsked { limit, cursor, kind, session, from_s, to_s } = asked;
    let session = match session {
        None => None,
        Some(digits) => {
            let no_session = || Problem::field("session", "must be the 32 digits of a session's id");
            Some(page::session_id(&digits).ok_or_else(no_session)?)
        }
    };
    let after = page::behind(cursor.as_deref())?;
    let filter = AuditFilter { account, rep: None, kind, session, from_s, to_s };
    let found = call.store().audit(&filter, after, page::rows(limit)).await.map_err(|error| call.problem(&error))?;
    let next = found.next.map(|next| next.to_string());
    Ok(Answer::of(Page { items: found.lines.iter().map(AuditLine::of).collect(), next }))
}
