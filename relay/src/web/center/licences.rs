//! What the account has paid for: operators change it, managers see it with what it means and whom to ask.

use super::frame::{Frame, account_path};
use super::names;
use crate::clock::unix_s;
use crate::shared::Shared;
use crate::store::StoreError;
use crate::web::access::{Member, Of};
use crate::web::language::Language;
use crate::web::page::{Page, html};
use crate::web::problem::{self, Problem};
use crate::web::text::{Argument, t};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lotse_protocol::date::Day;
use lotse_protocol::licence::{Term, WARNING_S};
use std::sync::Arc;

/// Days of a licence are those of UTC, as the command line has them.
pub const DAY_S: i64 = 24 * 3600;

struct Row {
    href: String,
    title: String,
    what: String,
    look: &'static str,
    state: String,
    /// Days left and dates, in words; may be empty.
    dates: String,
    limits: String,
}

#[derive(Template)]
#[template(path = "center/licences.html")]
struct LicencesPage {
    page: Page,
    frame: Frame,
    /// An operator looks: everything may be changed.
    operator: bool,
    /// Whom to ask; may be empty.
    contact: String,
    /// What ends soon, in words; empty: nothing does.
    soon: String,
    rows: Vec<Row>,
}

/// `GET`: every feature of the relay, and how the account stands with it.
pub async fn list(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of) -> Response {
    let found = async {
        let known = shared.store.known_features().await?;
        Ok::<_, StoreError>((known, shared.store.licence_of(&of.0.name).await?))
    };
    let (known, licence) = match found.await {
        Ok(found) => found,
        Err(error) => return problem::page(&visit, Problem::of_store(&shared, &error)),
    };
    let now_s = unix_s();
    let ends =
        |feature: &&String| licence.terms.get(*feature).and_then(|term| term.ends_within(now_s, WARNING_S)).is_some();
    let soon: Vec<String> = known.iter().filter(ends).map(|of| names::feature(visit.language, of).0).collect();
    let licences = LicencesPage {
        page: Page::new(&visit, "center-licences"),
        frame: Frame::of(&visit, &member, &of),
        operator: member.is_operator(),
        soon: match soon.is_empty() {
            true => String::new(),
            false => t(visit.language, "licences-soon", &[("features", Argument::Word(&soon.join(", ")))]),
        },
        rows: known.iter().map(|name| row(visit.language, &of, name, licence.terms.get(name), now_s)).collect(),
        contact: licence.contact,
    };
    html(StatusCode::OK, &licences)
}

fn row(language: Language, of: &Of, name: &str, term: Option<&Term>, now_s: i64) -> Row {
    let (title, what) = names::feature(language, name);
    let (look, state) = standing(language, term, now_s);
    Row {
        href: account_path(of.0.id, &format!("/licences/{name}")),
        title,
        what,
        look,
        state,
        dates: term.map(|term| dates(language, term)).unwrap_or_default(),
        limits: term.map(|term| limits(language, term)).unwrap_or_default(),
    }
}

/// What the dot beside it is like, and how an account stands with a feature, in words.
pub fn standing(language: Language, term: Option<&Term>, now_s: i64) -> (&'static str, String) {
    let say = |id: &str| t(language, id, &[]);
    let Some(term) = term else { return ("", say("licence-off")) };
    match (term.from_s, term.until_s) {
        (_, Some(until_s)) if until_s <= now_s => ("danger", say("licence-over")),
        (Some(from_s), _) if from_s > now_s => ("caution", say("licence-not-yet")),
        (_, None) => ("good", say("licence-on")),
        (_, Some(until_s)) => {
            let left = days_left(until_s, now_s);
            let look = if term.ends_within(now_s, WARNING_S).is_some() { "caution" } else { "good" };
            (look, t(language, "licence-days", &[("days", Argument::Count(left))]))
        }
    }
}

/// Days until then; one that has begun counts.
fn days_left(until_s: i64, now_s: i64) -> u64 {
    u64::try_from(until_s.saturating_sub(now_s)).unwrap_or(0).div_ceil(DAY_S.unsigned_abs())
}

/// Such as `from 2027-01-01 to 2027-12-31`; empty: without dates.
fn dates(language: Language, term: &Term) -> String {
    let (first, last) = (first_day(term), last_day(term));
    let with = |id: &str| t(language, id, &[("first", Argument::Word(&first)), ("last", Argument::Word(&last))]);
    match (first.is_empty(), last.is_empty()) {
        (true, true) => String::new(),
        (false, true) => with("licence-from"),
        (true, false) => with("licence-until"),
        (false, false) => with("licence-from-until"),
    }
}

/// Its first day, as forms have it; empty: from ever.
pub fn first_day(term: &Term) -> String {
    term.from_s.and_then(Day::of).map(|day| day.to_string()).unwrap_or_default()
}

/// Its last day, which is the one of the second before its end; empty: for ever.
pub fn last_day(term: &Term) -> String {
    term.until_s.and_then(|until_s| Day::of(until_s.saturating_sub(1))).map(|day| day.to_string()).unwrap_or_default()
}

fn limits(language: Language, term: &Term) -> String {
    let limits = term.limits.iter().map(|(name, limit)| format!("{}: {limit}", names::limit(language, name)));
    limits.collect::<Vec<String>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 1_795_910_400;

    fn term(from_s: Option<i64>, until_s: Option<i64>) -> Term {
        Term { from_s, until_s, ..Term::default() }
    }

    #[test]
    fn how_a_feature_stands_is_told_with_the_days_that_are_left() {
        let told = |term: Option<&Term>| standing(Language::English, term, DAY);
        assert_eq!(told(None), ("", "not licensed".to_owned()));
        assert_eq!(told(Some(&Term::default())), ("good", "licensed".to_owned()));
        assert_eq!(told(Some(&term(None, Some(DAY)))).0, "danger");
        assert_eq!(told(Some(&term(Some(DAY + 1), None))).0, "caution");
        let (look, words) = told(Some(&term(None, Some(DAY + 1))));
        assert!(look == "caution" && words.contains("last day"), "{words}");
        let (look, words) = told(Some(&term(None, Some(DAY + 3 * DAY_S))));
        assert!(look == "caution" && words.contains('3'), "{words}");
        assert_eq!(told(Some(&term(Some(DAY), Some(DAY + 400 * DAY_S)))).0, "good");
    }

    #[test]
    fn days_are_shown_as_they_were_typed() {
        let year = term(Some(DAY), Some(DAY + 2 * DAY_S));
        assert_eq!((first_day(&year).as_str(), last_day(&year).as_str()), ("2026-11-29", "2026-11-30"));
        assert_eq!(dates(Language::English, &year), "from 2026-11-29 to 2026-11-30");
        assert_eq!(dates(Language::German, &Term::default()), "");
        assert_eq!(first_day(&term(Some(i64::MAX), None)), "", "no day is so far away");
    }
}
