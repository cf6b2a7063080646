//! The report of one session: who, when, with what, what the rep noted, and what happened, in order.

use super::frame::{Frame, account_path, text_of, zone_of};
use super::{names, reports};
use crate::hub::{AuditKind, Origin};
use crate::shared::Shared;
use crate::store::{AuditEntry, Notes, Part, Participant, Report, ReportPlugin, ReportRow, StoreError, TIMELINE_MAX};
use crate::token::hex;
use crate::web::access::{Member, Of};
use crate::web::language::Language;
use crate::web::page::{Page, html, see_other};
use crate::web::problem::{self, Problem};
use crate::web::text::{Argument, t};
use crate::web::time::Zone;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use lotse_protocol::control::SessionId;
use std::sync::Arc;

/// Where a session's report is, whoever asks and whichever account it is of: before the session's digits.
pub const REPORTS_PATH: &str = "/center/reports";

struct Line {
    at: String,
    kind: String,
    who: String,
    detail: String,
}

/// A rep who took part, in one role.
struct Attendant {
    who: String,
    part: String,
    from: String,
    /// Empty: still.
    until: String,
    /// Their own report of the session; empty: it is this one.
    href: String,
}

#[derive(Template)]
#[template(path = "center/report.html")]
struct ReportPage {
    page: Page,
    frame: Frame,
    back: String,
    zone: String,
    rep: String,
    customer: String,
    system: String,
    portal: String,
    question: String,
    begin: String,
    /// Empty: it runs.
    end: String,
    length: String,
    reason: String,
    plugins: Vec<String>,
    /// Empty: there are none.
    notes: String,
    notes_changed: String,
    attendants: Vec<Attendant>,
    lines: Vec<Line>,
    /// More happened than is shown.
    cut: bool,
}

#[derive(Template)]
#[template(path = "center/report_missing.html")]
struct MissingPage {
    page: Page,
    frame: Frame,
    back: String,
}

/// The session of 32 hexadecimal digits.
pub fn session_of(text: &str) -> Option<SessionId> {
    let mut id = [0; 16];
    if text.len() != 2 * id.len() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (at, byte) in id.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(SessionId(id))
}

/// `GET`: leads to the report, which is beneath its account. A manager's own account it is, or there is none for them.
pub async fn find(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    Path(digits): Path<String>,
) -> Response {
    let Some(session) = session_of(&digits) else { return problem::page(&visit, Problem::Missing) };
    let account = match member.person.account {
        Some(account) => account,
        None => match shared.store.report(session).await {
            Ok(Some(report)) => report.row.account,
            Ok(None) => return missing(&visit, Frame::new(&visit, &member), String::new()),
            Err(error) => return problem::page(&visit, Problem::of_store(&shared, &error)),
        },
    };
    see_other(&account_path(account, &format!("/reports/{digits}")))
}

/// `GET`: the report.
pub async fn show(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, digits)): Path<(i64, String)>,
) -> Response {
    let back = account_path(of.0.id, "/reports");
    let frame = Frame::of(&visit, &member, &of);
    let Some(session) = session_of(&digits) else { return missing(&visit, frame, back) };
    let found =
        async { Ok::<_, StoreError>((shared.store.report(session).await?, shared.store.origin_of(session).await?)) };
    match found.await {
        // Whose other account's it is, is nobody's business here.
        Ok((Some(report), origin)) if report.row.account == of.0.id => {
            html(StatusCode::OK, &drawn(&visit, frame, back, &zone_of(&of), report, origin))
        }
        Ok(_) => missing(&visit, frame, back),
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}

fn missing(visit: &Visit, frame: Frame, back: String) -> Response {
    let page = Page::new(visit, "report-missing-title");
    html(StatusCode::NOT_FOUND, &MissingPage { page, frame, back })
}

fn drawn(visit: &Visit, frame: Frame, back: String, zone: &Zone, report: Report, origin: Origin) -> ReportPage {
    let Report { row, plugins, notes, participants, timeline } = report;
    let ReportRow { session, rep_name, rep_user, customer, system, started_s, ended_s, end_reason, .. } = row;
    let Notes { text, changed_s, .. } = notes.unwrap_or_default();
    let language = visit.language;
    let customer = names::customer(language, customer);
    let notes_changed = t(language, "report-notes-changed", &[("time", Argument::Word(&zone.show(changed_s)))]);
    let took_part = |of: Participant| attendant(language, zone, session, &back, of);
    let attendants = participants.into_iter().map(took_part).collect();
    ReportPage {
        page: Page::titled(visit, t(language, "report-title", &[("customer", Argument::Word(&customer))])),
        frame,
        back,
        zone: zone.name.clone(),
        rep: format!("{rep_name} · {rep_user}"),
        customer,
        system,
        portal: origin.portal,
        question: origin.question,
        begin: zone.show(started_s),
        end: ended_s.map(|ended_s| zone.show(ended_s)).unwrap_or_default(),
        length: ended_s.map(|ended_s| reports::span(started_s, ended_s)).unwrap_or_default(),
        reason: end_reason.map(|reason| names::end(language, &reason)).unwrap_or_default(),
        plugins: plugins.iter().map(|plugin| plugin_words(language, plugin)).collect(),
        notes: text,
        notes_changed,
        attendants,
        cut: timeline.len() >= TIMELINE_MAX as usize,
        lines: timeline.into_iter().map(|entry| line(language, zone, entry)).collect(),
    }
}

fn plugin_words(language: Language, plugin: &ReportPlugin) -> String {
    let ReportPlugin { id, version, licensed } = plugin;
    let name = format!("{} {version}", names::plugin(language, id));
    if *licensed { name } else { t(language, "report-not-licensed", &[("plugin", Argument::Word(&name))]) }
}

/// `shown` is the session whose page it is; `reports` is where an account's reports are.
fn attendant(language: Language, zone: &Zone, shown: SessionId, reports: &str, of: Participant) -> Attendant {
    let Participant { session, rep_name, rep_user, part, from_s, until_s } = of;
    let part = match part {
        Part::Led => "part-led",
        Part::Beside => "part-beside",
        Part::LookedOn => "part-looked-on",
    };
    Attendant {
        who: format!("{rep_name} · {rep_user}"),
        part: t(language, part, &[]),
        from: zone.show(from_s),
        until: until_s.map(|until_s| zone.show(until_s)).unwrap_or_default(),
        href: if session == shown { String::new() } else { format!("{reports}/{}", hex(&session.0)) },
    }
}

fn line(language: Language, zone: &Zone, entry: AuditEntry) -> Line {
    let AuditEntry { at_s, kind, rep_name, detail, .. } = entry;
    let known = AuditKind::ALL.into_iter().any(|of| of.name() == kind);
    Line {
        at: zone.show(at_s),
        detail: names::line_detail(language, &kind, &detail),
        // One that an older relay wrote stays as it is named.
        kind: if known { text_of(language, "audit-kind-", &kind) } else { kind },
        who: rep_name.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h2_a_rep_who_took_part_is_shown_with_role_and_times_and_a_way_to_their_own_report() {
        let (first, second) = (SessionId([1; 16]), SessionId([2; 16]));
        let looked_on = Participant {
            session: second,
            rep_name: "Bo Lind".to_owned(),
            rep_user: "bo@acme.example".to_owned(),
            part: Part::LookedOn,
            from_s: 0,
            until_s: None,
        };
        let zone = Zone::named("UTC");
        let shown = |language, of| attendant(language, &zone, of, "/reports", looked_on.clone());
        let english = shown(Language::English, first);
        assert_eq!((english.who.as_str(), english.part.as_str()), ("Bo Lind · bo@acme.example", "looked on"));
        assert_eq!((english.from, english.until.as_str()), (zone.show(0), ""));
        assert_eq!(english.href, format!("/reports/{}", "02".repeat(16)));
        let german = shown(Language::German, second);
        assert_eq!((german.part.as_str(), german.href.as_str()), ("sah zu", ""));
    }

    #[test]
    fn a_session_is_named_by_all_of_its_digits() {
        assert_eq!(session_of(&"0f".repeat(16)), Some(SessionId([15; 16])));
        assert_eq!(session_of(&"AB".repeat(16)), Some(SessionId([0xab; 16])));
        for wrong in ["", "0f", &"0g".repeat(16), &"+f".repeat(16), &"ü".repeat(16), &"0f".repeat(17)] {
            assert_eq!(session_of(wrong), None, "{wrong}");
        }
    }
}
