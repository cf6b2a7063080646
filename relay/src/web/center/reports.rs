//! Reports: the sessions of an account, found by person, words and days, page by page.

use super::frame::{Frame, account_path, zone_of};
use super::names;
use super::report::session_of;
use crate::shared::Shared;
use crate::store::web::Person;
use crate::store::{ReportFilter, ReportKey, ReportRow, StoreError};
use crate::token::hex;
use crate::web::access::{Member, Of};
use crate::web::language::Language;
use crate::web::page::{Field, Page, html};
use crate::web::problem::{self, Problem};
use crate::web::text::t;
use crate::web::time::{Zone, length};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lotse_protocol::tidy;
use std::sync::Arc;

/// Sessions of one page.
const PAGE_ROWS: u32 = 50;
/// People that the filter offers by name.
const PEOPLE_MAX: usize = 500;
/// Longest words to look for, in characters.
const WORDS_CHARS_MAX: usize = 100;

struct Row {
    href: String,
    begin: String,
    customer: String,
    rep: String,
    system: String,
    length: String,
    look: &'static str,
    state: String,
    notes: String,
}

/// One choice of the filter.
struct Choice {
    value: String,
    text: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "center/reports.html")]
struct ReportsPage {
    page: Page,
    frame: Frame,
    zone: String,
    people: Vec<Choice>,
    words: String,
    first_day: Field,
    last_day: Field,
    /// Not all sessions were asked for.
    filtered: bool,
    /// To all of them.
    all_href: String,
    rows: Vec<Row>,
    /// Where older ones are; empty: there are none.
    older_href: String,
}

/// What was asked for in the page's address.
struct Asked {
    filter: ReportFilter,
    from: Field,
    until: Field,
    after: Option<ReportKey>,
}

impl Asked {
    fn of(visit: &Visit, zone: &Zone) -> Self {
        let asked = |name: &str| visit.asked(name).unwrap_or_default();
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
        let words = tidy(&asked("words"), WORDS_CHARS_MAX);
        let filter = ReportFilter {
            from_s: from_day.map(|(begin, _)| begin),
            // The day is meant with it.
            to_s: until_day.map(|(_, end)| end),
            rep: asked("person").parse().ok(),
            text: (!words.is_empty()).then_some(words),
        };
        Self { filter, from, until, after: key_of(&asked("after")) }
    }

    /// The address of the same, from a row on.
    fn query(&self, after: &ReportKey) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(rep) = self.filter.rep {
            query.append_pair("person", &rep.to_string());
        }
        if let Some(words) = &self.filter.text {
            query.append_pair("words", words);
        }
        for (name, field) in [("from", &self.from), ("until", &self.until)] {
            if !field.value.is_empty() && field.is_right() {
                query.append_pair(name, &field.value);
            }
        }
        query.append_pair("after", &format!("{}-{}", after.started_s, hex(&after.session.0)));
        query.finish()
    }
}

/// The row behind which a page begins, as its address has it.
fn key_of(text: &str) -> Option<ReportKey> {
    let (started_s, session) = text.split_once('-')?;
    Some(ReportKey { started_s: started_s.parse().ok()?, session: session_of(session)? })
}

/// `GET`: the list.
pub async fn list(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of) -> Response {
    let account = of.0.id;
    let zone = zone_of(&of);
    let asked = Asked::of(&visit, &zone);
    let found = async {
        let people = shared.store.people_of(account).await?;
        Ok::<_, StoreError>((people, shared.store.reports(account, &asked.filter, asked.after, PAGE_ROWS).await?))
    };
    let (people, found) = match found.await {
        Ok(found) => found,
        Err(error) => return problem::page(&visit, Problem::of_store(&shared, &error)),
    };
    let path = account_path(account, "/reports");
    let reports = ReportsPage {
        page: Page::new(&visit, "center-reports"),
        frame: Frame::of(&visit, &member, &of),
        people: choices(people, asked.filter.rep),
        words: asked.filter.text.clone().unwrap_or_default(),
        first_day: asked.from.clone(),
        last_day: asked.until.clone(),
        filtered: asked.filter != ReportFilter::default(),
        rows: found.rows.into_iter().map(|of| row(visit.language, &zone, &path, of)).collect(),
        older_href: found.next.map(|key| format!("{path}?{}", asked.query(&key))).unwrap_or_default(),
        all_href: path,
        zone: zone.name,
    };
    html(StatusCode::OK, &reports)
}

fn choices(people: Vec<Person>, chosen: Option<i64>) -> Vec<Choice> {
    let choice = |person: Person| Choice {
        value: person.id.to_string(),
        text: format!("{} · {}", person.name, person.user),
        chosen: chosen == Some(person.id),
    };
    people.into_iter().take(PEOPLE_MAX).map(choice).collect()
}

fn row(language: Language, zone: &Zone, path: &str, of: ReportRow) -> Row {
    let ReportRow { session, rep_name, customer, system, started_s, ended_s, end_reason, notes_begin, .. } = of;
    let (look, state) = match ended_s {
        None => ("good", t(language, "sessions-runs", &[])),
        Some(_) => ("", names::end(language, &end_reason.unwrap_or_default())),
    };
    Row {
        href: format!("{path}/{}", hex(&session.0)),
        begin: zone.show(started_s),
        customer: names::customer(language, customer),
        rep: rep_name,
        system,
        length: ended_s.map(|ended_s| span(started_s, ended_s)).unwrap_or_default(),
        look,
        state,
        notes: notes_begin,
    }
}

/// How long a session took.
pub fn span(started_s: i64, ended_s: i64) -> String {
    length(u64::try_from(ended_s.saturating_sub(started_s)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use axum::http::HeaderMap;
    use lotse_protocol::control::SessionId;

    #[test]
    fn a_page_goes_on_where_its_address_says_and_nonsense_is_its_beginning() {
        let key = ReportKey { started_s: 1_700_000_000, session: SessionId([0xab; 16]) };
        let digits = "ab".repeat(16);
        assert_eq!(key_of(&format!("1700000000-{digits}")), Some(key));
        for wrong in ["", "-", "x-y", "1700000000", &format!("soon-{digits}"), "1700000000-abab", "1-ü"] {
            assert_eq!(key_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_was_asked_for_stays_in_the_address_of_older_ones() {
        let uri = "/center/accounts/1/reports?person=7&words=+Printer++%26+co&from=2026-06-01&until=soon&lang=en";
        let visit = Visit::of(&HeaderMap::new(), &uri.parse().unwrap(), None).unwrap();
        let asked = Asked::of(&visit, &Zone::named("Europe/Berlin"));
        assert_eq!((asked.filter.rep, asked.filter.text.as_deref()), (Some(7), Some("Printer & co")));
        assert_eq!((asked.filter.from_s, asked.filter.to_s), (Some(1_780_264_800), None));
        assert!(asked.from.is_right() && !asked.until.is_right());
        let older = asked.query(&ReportKey { started_s: 5, session: SessionId([1; 16]) });
        let digits = "01".repeat(16);
        assert_eq!(older, format!("person=7&words=Printer+%26+co&from=2026-06-01&after=5-{digits}"));
    }

    #[test]
    fn a_session_takes_no_time_rather_than_less() {
        assert_eq!((span(10, 75), span(75, 10)), ("1 min".to_owned(), "0 s".to_owned()));
    }
}
