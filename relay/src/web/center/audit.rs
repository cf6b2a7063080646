//! The audit log: filtered by kind, person and day, page by page, and as a file for spreadsheets.

use super::frame::{Frame, account_path, text_of, zone_of};
use super::report::REPORTS_PATH;
use crate::audit::table;
use crate::csv;
use crate::hub::AuditKind;
use crate::shared::Shared;
use crate::store::web::Person;
use crate::store::{AuditEntry, AuditFilter, PAGE_MAX, StoreError};
use crate::token::hex;
use crate::web::access::{Member, Of};
use crate::web::language::Language;
use crate::web::page::{Field, Page, html};
use crate::web::problem::{self, Problem};
use crate::web::text::t;
use crate::web::time::Zone;
use crate::web::visit::Visit;
use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Lines of one page.
const PAGE_LINES: u32 = 100;
/// People that the filter offers by name.
const PEOPLE_MAX: usize = 500;

struct Row {
    at: String,
    kind: String,
    /// Of the relay's log.
    account: String,
    who: String,
    session: String,
    /// Its report; empty: the line is about none.
    session_href: String,
    detail: String,
}

/// One choice of the filter.
struct Choice {
    value: String,
    text: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "center/audit.html")]
struct AuditPage {
    page: Page,
    frame: Frame,
    /// Of all accounts.
    of_relay: bool,
    zone: String,
    kinds: Vec<Choice>,
    people: Vec<Choice>,
    first_day: Field,
    last_day: Field,
    csv_href: String,
    rows: Vec<Row>,
    /// Where older lines are; empty: there are none.
    older_href: String,
}

/// What was asked for in the page's address.
struct Asked {
    filter: AuditFilter,
    /// Lines older than the one with this number.
    before: Option<i64>,
    from: Field,
    until: Field,
}

impl Asked {
    fn of(visit: &Visit, zone: &Zone, account: Option<i64>) -> Self {
        let asked = |name: &str| visit.asked(name).unwrap_or_default();
        let kind = asked("kind");
        let day = |name: &str| {
            let text = asked(name);
            let day = zone.day(&text);
            let field = if day.is_some() || text.trim().is_empty() {
                Field::of(text)
            } else {
                Field::wrong(text, t(visit.language, "audit-no-date", &[]))
            };
            (day, field)
        };
        let ((from_day, from), (until_day, until)) = (day("from"), day("until"));
        let filter = AuditFilter {
            account,
            kind: AuditKind::ALL.into_iter().find(|known| known.name() == kind),
            rep: asked("person").parse().ok(),
            session: None,
            from_s: from_day.map(|(begin, _)| begin),
            // The day is meant with it.
            to_s: until_day.map(|(_, end)| end),
        };
        Self { filter, before: asked("before").parse().ok(), from, until }
    }

    /// The address of the same with other words behind it.
    fn query(&self, more: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(kind) = self.filter.kind {
            query.append_pair("kind", kind.name());
        }
        if let Some(rep) = self.filter.rep {
            query.append_pair("person", &rep.to_string());
        }
        for (name, field) in [("from", &self.from), ("until", &self.until)] {
            if !field.value.is_empty() && field.is_right() {
                query.append_pair(name, &field.value);
            }
        }
        for (name, value) in more {
            query.append_pair(name, value);
        }
        query.finish()
    }
}

/// `GET`: an account's log.
pub async fn of_account(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of) -> Response {
    let people = match shared.store.people_of(of.0.id).await {
        Ok(people) => people,
        Err(error) => return problem::page(&visit, Problem::of_store(&shared, &error)),
    };
    let zone = zone_of(&of);
    let asked = Asked::of(&visit, &zone, Some(of.0.id));
    let path = account_path(of.0.id, "/audit");
    show(&shared, &visit, Frame::of(&visit, &member, &of), &asked, &zone, people, &path).await
}

/// `GET`: the log of everything.
pub async fn of_relay(State(shared): State<Arc<Shared>>, visit: Visit, member: Member) -> Response {
    let zone = Zone::utc();
    let asked = Asked::of(&visit, &zone, None);
    show(&shared, &visit, Frame::new(&visit, &member), &asked, &zone, vec![], "/center/audit").await
}

async fn show(
    shared: &Shared,
    visit: &Visit,
    frame: Frame,
    asked: &Asked,
    zone: &Zone,
    people: Vec<Person>,
    path: &str,
) -> Response {
    let of_relay = asked.filter.account.is_none();
    let read = match shared.store.audit(&asked.filter, asked.before, PAGE_LINES).await {
        Ok(read) => read,
        Err(error) => return problem::page(visit, Problem::of_store(shared, &error)),
    };
    let older = read.next.map(|id| id.to_string());
    let kinds = AuditKind::ALL.into_iter().map(|kind| Choice {
        value: kind.name().to_owned(),
        text: kind_text(visit.language, kind.name()),
        chosen: asked.filter.kind == Some(kind),
    });
    let people = people.into_iter().take(PEOPLE_MAX).map(|person| Choice {
        value: person.id.to_string(),
        text: format!("{} · {}", person.name, person.user),
        chosen: asked.filter.rep == Some(person.id),
    });
    let audit = AuditPage {
        page: Page::new(visit, "center-audit"),
        frame,
        of_relay,
        zone: zone.name.clone(),
        kinds: kinds.collect(),
        people: people.collect(),
        first_day: asked.from.clone(),
        last_day: asked.until.clone(),
        csv_href: format!("{path}.csv?{}", asked.query(&[])),
        rows: read.lines.into_iter().map(|line| row(visit.language, zone, line)).collect(),
        older_href: older.map(|id| format!("{path}?{}", asked.query(&[("before", id.as_str())]))).unwrap_or_default(),
    };
    html(StatusCode::OK, &audit)
}

/// A kind in words; one that an older relay wrote stays as it is named.
fn kind_text(language: Language, name: &str) -> String {
    let known = AuditKind::ALL.into_iter().any(|kind| kind.name() == name);
    if known { text_of(language, "audit-kind-", name) } else { name.to_owned() }
}

fn row(language: Language, zone: &Zone, line: AuditEntry) -> Row {
    let AuditEntry { at_s, kind, account_name, rep_user, rep_name, session, detail, .. } = line;
    Row {
        at: zone.show(at_s),
        kind: kind_text(language, &kind),
        account: account_name.unwrap_or_default(),
        who: rep_name.zip(rep_user).map(|(name, user)| format!("{name} · {user}")).unwrap_or_default(),
        session_href: session.map(|id| format!("{REPORTS_PATH}/{}", hex(&id.0))).unwrap_or_default(),
        // As the programs and the relay's log name it.
        session: session.map(|id| hex(&id.0).chars().take(12).collect()).unwrap_or_default(),
        detail,
    }
}

/// `GET`: an account's log as a file.
pub async fn csv_of_account(State(shared): State<Arc<Shared>>, visit: Visit, of: Of) -> Response {
    let zone = zone_of(&of);
    let filter = Asked::of(&visit, &zone, Some(of.0.id)).filter;
    file(shared, zone, filter)
}

/// `GET`: the log of everything as a file.
pub async fn csv_of_relay(State(shared): State<Arc<Shared>>, visit: Visit) -> Response {
    let filter = Asked::of(&visit, &Zone::utc(), None).filter;
    file(shared, Zone::utc(), filter)
}

/// How far a file is.
struct Export {
    shared: Arc<Shared>,
    zone: Zone,
    filter: AuditFilter,
    /// The next piece begins behind this line.
    after: Option<i64>,
    begun: bool,
    over: bool,
}

/// Some lines at a time, so that a long log is never in memory as a whole. A failure in the middle breaks the download off,
/// which browsers show; nothing looks whole that is not.
fn file(shared: Arc<Shared>, zone: Zone, filter: AuditFilter) -> Response {
    let export = Export { shared, zone, filter, after: None, begun: false, over: false };
    let pieces = futures_util::stream::try_unfold(export, |mut export| async move {
        Ok::<_, StoreError>(export.next().await?.map(|piece| (piece, export)))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
    ];
    (StatusCode::OK, headers, Body::from_stream(pieces)).into_response()
}

impl Export {
    /// The next piece of the file; `None`: that was all.
    async fn next(&mut self) -> Result<Option<String>, StoreError> {
        if !self.begun {
            self.begun = true;
            let at = format!("at ({})", self.zone.name);
            return Ok(Some(csv::line(&table::HEAD.map(|head| if head == "at" { at.as_str() } else { head }))));
        }
        if self.over {
            return Ok(None);
        }
        let read = self.shared.store.audit(&self.filter, self.after, PAGE_MAX).await.inspect_err(|error| {
            self.shared.counters.count_store_error();
            tracing::error!(%error, "a file of the audit log was broken off");
        })?;
        (self.after, self.over) = (read.next, read.next.is_none());
        let mut piece = String::new();
        for line in read.lines {
            piece += &csv::line(&table::cells(&line, self.zone.show(line.at_s)));
        }
        Ok(Some(piece))
    }
}
