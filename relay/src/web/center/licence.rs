//! One feature of an account's licence, for operators: on or off, from when, until when, how much.

use super::frame::{Changed, Frame, account_path};
use super::licences::{DAY_S, first_day, last_day, standing};
use super::names;
use crate::clock::unix_s;
use crate::licensing::MULTI_CHAT;
use crate::manage;
use crate::shared::Shared;
use crate::store::center::term_revision;
use crate::store::web::Edited;
use crate::store::{AccountTerms, StoreError, TermChange};
use crate::web::access::{Member, Of};
use crate::web::page::{Field, Page, html, see_other};
use crate::web::problem::{self, Problem};
use crate::web::text::t;
use crate::web::visit::{Fields, Visit};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use lotse_protocol::date::Day;
use lotse_protocol::licence::Term;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How much of something there is; empty: any number.
struct Limit {
    name: String,
    /// Name of the form's field.
    field: String,
    label: String,
    typed: Field,
}

#[derive(Template)]
#[template(path = "center/licence.html")]
struct LicencePage {
    page: Page,
    frame: Frame,
    action: String,
    back: String,
    revision: String,
    what: String,
    look: &'static str,
    state: String,
    on: bool,
    first_day: Field,
    last_day: Field,
    limits: Vec<Limit>,
    changed: Vec<Changed>,
}

/// The account's licence, if the relay has such a feature.
async fn find(shared: &Shared, of: &Of, feature: &str) -> Result<AccountTerms, Problem> {
    let found = async {
        let known = shared.store.known_features().await?;
        Ok::<_, StoreError>((known, shared.store.licence_of(&of.0.name).await?))
    };
    let (known, licence) = found.await.map_err(|error| Problem::of_store(shared, &error))?;
    if known.iter().any(|name| name == feature) { Ok(licence) } else { Err(Problem::Missing) }
}

fn form(visit: &Visit, member: &Member, of: &Of, feature: &str, term: Option<&Term>) -> LicencePage {
    let (title, what) = names::feature(visit.language, feature);
    let (look, state) = standing(visit.language, term, unix_s());
    let none = Term::default();
    let dates = term.unwrap_or(&none);
    LicencePage {
        page: Page::titled(visit, title),
        frame: Frame::of(visit, member, of),
        action: account_path(of.0.id, &format!("/licences/{feature}")),
        back: account_path(of.0.id, "/licences"),
        revision: term_revision(term),
        what,
        look,
        state,
        on: term.is_some(),
        first_day: Field::of(first_day(dates)),
        last_day: Field::of(last_day(dates)),
        limits: limits(visit, feature, dates),
        changed: vec![],
    }
}

/// Those that the feature has, and those that it is known to have.
fn limits(visit: &Visit, feature: &str, term: &Term) -> Vec<Limit> {
    let mut names: BTreeSet<&str> = term.limits.keys().map(String::as_str).collect();
    if feature == MULTI_CHAT {
        names.insert("sessions");
    }
    let limit = |name: &str| Limit {
        name: name.to_owned(),
        field: format!("limit-{name}"),
        label: names::limit(visit.language, name),
        typed: Field::of(term.limits.get(name).map(u32::to_string).unwrap_or_default()),
    };
    names.into_iter().map(limit).collect()
}

/// `GET`: the form.
pub async fn show(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, feature)): Path<(i64, String)>,
) -> Response {
    match find(&shared, &of, &feature).await {
        Ok(licence) => html(StatusCode::OK, &form(&visit, &member, &of, &feature, licence.terms.get(&feature))),
        Err(problem) => problem::page(&visit, problem),
    }
}

/// `POST`: the feature on these terms, if nobody changed them meanwhile.
pub async fn edit(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, feature)): Path<(i64, String)>,
    fields: Fields,
) -> Response {
    let licence = match find(&shared, &of, &feature).await {
        Ok(licence) => licence,
        Err(problem) => return problem::page(&visit, problem),
    };
    let before = licence.terms.get(&feature);
    let mut form = form(&visit, &member, &of, &feature, before);
    let typed = read(&visit, &mut form, before, &fields);
    let Some(change) = typed else { return html(StatusCode::UNPROCESSABLE_ENTITY, &form) };
    let (account, seen) = ((of.0.id, of.0.name.as_str()), fields.get("revision"));
    match manage::edit_term(&*shared.store, account, &feature, seen, change, &member.who(&shared)).await {
        Ok(Edited::Done) => see_other(&format!("{}?done=saved", form.back)),
        Ok(Edited::Outdated) => match find(&shared, &of, &feature).await {
            Ok(now) => {
                let now = now.terms.get(&feature);
                form.changed = differences(&visit, &form, now);
                form.revision = term_revision(now);
                html(StatusCode::CONFLICT, &form)
            }
            Err(problem) => problem::page(&visit, problem),
        },
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}

/// What was typed, kept in the form; `None`: something of it is wrong, and the form says what.
fn read(visit: &Visit, form: &mut LicencePage, before: Option<&Term>, fields: &Fields) -> Option<TermChange> {
    let say = |id: &str| t(visit.language, id, &[]);
    form.on = fields.get("on") == "on";
    for (field, name) in [(&mut form.first_day, "first-day"), (&mut form.last_day, "last-day")] {
        let text = fields.get(name).trim();
        let day = text.is_empty() || Day::parse(text).is_some();
        *field = if day { Field::of(text) } else { Field::wrong(text, say("audit-no-date")) };
    }
    let mut limits = BTreeMap::new();
    for limit in &mut form.limits {
        let text = fields.get(&limit.field).trim();
        let number = text.parse::<u32>().ok();
        let right = text.is_empty() || number.is_some();
        limit.typed = if right { Field::of(text) } else { Field::wrong(text, say("licence-no-number")) };
        limits.insert(limit.name.clone(), number);
    }
    if !form.on {
        // What else is typed is forgotten with it.
        return Some(TermChange { on: Some(false), ..TermChange::default() });
    }
    let (first, last) = (Day::parse(&form.first_day.value), Day::parse(&form.last_day.value));
    if first.zip(last).is_some_and(|(first, last)| last < first) {
        form.last_day = Field::wrong(form.last_day.value.clone(), say("licence-ends-first"));
    }
    let fields = [&form.first_day, &form.last_day];
    let right = fields.into_iter().chain(form.limits.iter().map(|limit| &limit.typed)).all(Field::is_right);
    let none = Term::default();
    let before = before.unwrap_or(&none);
    right.then(|| TermChange {
        on: Some(true),
        // A moment within the day that is shown, as the command line can set, stays what it is.
        from_s: Some(match form.first_day.value == first_day(before) {
            true => before.from_s,
            false => first.map(Day::start_s),
        }),
        until_s: Some(match form.last_day.value == last_day(before) {
            true => before.until_s,
            false => last.map(|last| last.start_s() + DAY_S),
        }),
        limits,
    })
}

/// What stands there now, where it is not what was typed.
fn differences(visit: &Visit, form: &LicencePage, now: Option<&Term>) -> Vec<Changed> {
    let say = |id: &str| t(visit.language, id, &[]);
    let ever = |text: String| if text.is_empty() { say("licence-no-date") } else { text };
    let none = Term::default();
    let dates = now.unwrap_or(&none);
    let state = say(if now.is_some() { "licence-on" } else { "licence-off" });
    let mut rows = vec![
        (form.on != now.is_some(), say("field-status"), state),
        (form.first_day.value != first_day(dates), say("licence-first-day"), ever(first_day(dates))),
        (form.last_day.value != last_day(dates), say("licence-last-day"), ever(last_day(dates))),
    ];
    for limit in &form.limits {
        let theirs = dates.limits.get(&limit.name).map(u32::to_string);
        let differs = theirs.clone().unwrap_or_default() != limit.typed.value;
        rows.push((differs, limit.label.clone(), theirs.unwrap_or_else(|| say("licence-any-number"))));
    }
    let changed = rows.into_iter().filter(|(differs, _, _)| *differs);
    changed.map(|(_, label, theirs)| Changed { label, theirs }).collect()
}

#[cfg(test)]
#[path = "licence_tests.rs"]
mod tests;
