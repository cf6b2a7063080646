//! What goes on in an account at this moment: seats, who is signed in, what waits, sessions. Kept up to date while it is
//! looked at.

use super::frame::{Frame, account_path, zone_of};
use super::names;
use super::watching;
use crate::hub::{Live, LivePerson, LiveQuestion, LiveSession};
use crate::shared::Shared;
use crate::web::access::{Member, Of, still_stands};
use crate::web::language::Language;
use crate::web::live as streams;
use crate::web::page::{Page, html};
use crate::web::problem::{self, Problem};
use crate::web::text::{Argument, t};
use crate::web::time::length;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::HashMap;
use std::sync::Arc;

/// One sign-in of a console.
struct PersonRow {
    name: String,
    /// What the dot beside the words is like: `good`, `caution` or nothing.
    look: &'static str,
    state: String,
    /// For how long it has its seat.
    held: String,
}

/// A question that waits.
struct QuestionRow {
    /// Empty: the customer gave none.
    customer: String,
    text: String,
    portal: String,
    waits: String,
    look: &'static str,
    state: String,
}

struct SessionRow {
    rep: String,
    customer: String,
    system: String,
    since: String,
    look: &'static str,
    state: String,
    /// Where a manager looks on; empty: they do not.
    watch_href: String,
}

/// The part of the overview that is drawn anew.
#[derive(Template)]
#[template(path = "center/overview_live.html")]
struct OverviewPart {
    page: Page,
    seats: String,
    waiting: String,
    codes: String,
    running: String,
    ready: String,
    questions_waiting: String,
    questions: Vec<QuestionRow>,
    /// Of more questions than are named; empty: none.
    questions_more: String,
    people: Vec<PersonRow>,
    /// Of more people than are named; empty: none.
    people_more: String,
}

#[derive(Template)]
#[template(path = "center/sessions_live.html")]
struct SessionsPart {
    page: Page,
    zone: String,
    sessions: Vec<SessionRow>,
    more: String,
}

/// A page round a part that keeps itself up to date.
#[derive(Template)]
#[template(path = "center/live.html")]
struct LivePage {
    page: Page,
    frame: Frame,
    href: String,
    /// Drawn, and so escaped, already.
    part: String,
}

/// `GET`: the overview.
pub async fn show(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of) -> Response {
    let page = Page::new(&visit, "center-overview").live();
    let part = overview_part(&shared, &page, &of).await;
    whole(&visit, page, Frame::of(&visit, &member, &of), account_path(of.0.id, "/live"), part)
}

/// `GET`: the overview's part, again and again.
pub async fn live(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of) -> Response {
    let page = Page::new(&visit, "center-overview");
    let at = shared.clone();
    streams::stream(&shared, &visit, move || {
        let (shared, member, of, page) = (at.clone(), member.clone(), of.clone(), page.clone());
        async move {
            if !still_stands(&shared, &member).await {
                return None;
            }
            overview_part(&shared, &page, &of).await.ok()
        }
    })
}

/// `GET`: the sessions.
pub async fn sessions(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of) -> Response {
    let page = Page::new(&visit, "center-sessions").live();
    let part = sessions_part(&shared, &page, &member, &of).await;
    whole(&visit, page, Frame::of(&visit, &member, &of), account_path(of.0.id, "/sessions/live"), part)
}

/// `GET`: the list of sessions, again and again.
pub async fn sessions_live(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of) -> Response {
    let page = Page::new(&visit, "center-sessions");
    let at = shared.clone();
    streams::stream(&shared, &visit, move || {
        let (shared, member, of, page) = (at.clone(), member.clone(), of.clone(), page.clone());
        async move {
            if !still_stands(&shared, &member).await {
                return None;
            }
            sessions_part(&shared, &page, &member, &of).await.ok()
        }
    })
}

fn whole(visit: &Visit, page: Page, frame: Frame, href: String, part: Result<String, Problem>) -> Response {
    match part {
        Ok(part) => html(StatusCode::OK, &LivePage { page, frame, href, part }),
        Err(problem) => problem::page(visit, problem),
    }
}

/// What the hub says of an account at this moment.
pub async fn look(shared: &Shared, account: i64) -> Result<Live, Problem> {
    shared.switchboard.live(account).await.map_err(|_| Problem::Busy)
}

async fn overview_part(shared: &Shared, page: &Page, of: &Of) -> Result<String, Problem> {
    let live = look(shared, of.0.id).await?;
    // The number of seats may be another by now than when the page was asked for.
    let account = shared.store.account_by_id(of.0.id).await.map_err(|error| Problem::of_store(shared, &error))?;
    let seats = account.ok_or(Problem::Missing)?.seats;
    let language = page.language;
    let taken = live.seats_taken.to_string();
    let seats = match seats {
        Some(seats) => {
            let of = seats.to_string();
            t(language, "overview-seats-of", &[("taken", Argument::Word(&taken)), ("seats", Argument::Word(&of))])
        }
        None => taken,
    };
    let running = live.sessions.iter().filter(|session| session.running).count() as u64 + live.sessions_more;
    let part = OverviewPart {
        page: page.clone(),
        seats,
        waiting: live.waiting.to_string(),
        codes: live.codes.to_string(),
        running: running.to_string(),
        ready: live.ready.to_string(),
        questions_waiting: (live.questions.len() as u64 + live.questions_more).to_string(),
        questions: live.questions.iter().map(|question| question_row(language, question)).collect(),
        questions_more: more(language, live.questions_more),
        people: live.people.iter().map(|person| person_row(language, person)).collect(),
        people_more: more(language, live.people_more),
    };
    drawn(&part)
}

fn person_row(language: Language, person: &LivePerson) -> PersonRow {
    let LivePerson { name, held_s, in_session, connected, ready, .. } = person;
    let (look, id) = match (held_s, *connected, *in_session, *ready) {
        (None, _, _, _) => ("caution", "overview-waits"),
        (Some(_), false, _, _) => ("", "overview-away"),
        (Some(_), true, true, _) => ("good", "overview-in-session"),
        (Some(_), true, false, true) => ("good", "overview-ready"),
        (Some(_), true, false, false) => ("", "overview-absent"),
    };
    PersonRow { name: name.clone(), look, state: t(language, id, &[]), held: held_s.map(length).unwrap_or_default() }
}

fn question_row(language: Language, question: &LiveQuestion) -> QuestionRow {
    let LiveQuestion { name, text, portal_name, waited_s, offered_to, handed_by, .. } = question;
    let handed = handed_by.as_ref().map(|rep| t(language, "question-handed", &[("rep", Argument::Word(rep))]));
    let (look, state) = match offered_to {
        Some(rep) => ("good", t(language, "question-offered", &[("rep", Argument::Word(rep))])),
        None => ("caution", t(language, "question-waits", &[])),
    };
    QuestionRow {
        customer: name.clone(),
        text: handed.unwrap_or_else(|| text.clone()),
        portal: portal_name.clone(),
        waits: length(*waited_s),
        look,
        state,
    }
}

async fn sessions_part(shared: &Shared, page: &Page, member: &Member, of: &Of) -> Result<String, Problem> {
    let watches = watching::may(shared, member, of).await?;
    let live = look(shared, of.0.id).await?;
    let since = shared.store.running_since(of.0.id).await;
    let since: HashMap<String, i64> = since.map_err(|error| Problem::of_store(shared, &error))?.into_iter().collect();
    let zone = zone_of(of);
    let language = page.language;
    let row = |session: &LiveSession| {
        let began = since.get(&session.id).map(|at_s| zone.show(*at_s));
        let watch_href = if watches && session.running { watching::path(of.0.id, &session.id) } else { String::new() };
        SessionRow { watch_href, ..session_row(language, session, began.unwrap_or_default()) }
    };
    let sessions = live.sessions.iter().map(row).collect();
    drawn(&SessionsPart {
        page: page.clone(),
        zone: zone.name.clone(),
        sessions,
        more: more(language, live.sessions_more),
    })
}

fn session_row(language: Language, session: &LiveSession, since: String) -> SessionRow {
    let LiveSession { rep, customer, system, running, rep_there, customer_there, .. } = session;
    let (look, id) = match (running, rep_there, customer_there) {
        (false, _, _) => ("caution", "sessions-begins"),
        (true, true, true) => ("good", "sessions-runs"),
        (true, false, _) => ("caution", "sessions-rep-away"),
        (true, true, false) => ("caution", "sessions-customer-away"),
    };
    let state = t(language, id, &[]);
    let customer = names::customer(language, customer.clone());
    SessionRow { rep: rep.clone(), customer, system: system.clone(), since, look, state, watch_href: String::new() }
}

fn more(language: Language, count: u64) -> String {
    if count == 0 { String::new() } else { t(language, "center-more", &[("count", Argument::Count(count))]) }
}

/// A part as it is sent.
pub fn drawn(part: &impl Template) -> Result<String, Problem> {
    // Only a writer can fail, and this one is a String.
    part.render().map_err(|_| Problem::Trouble)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rep_is_called_ready_who_takes_questions_and_away_who_takes_none() {
        let person = LivePerson {
            name: "Anna".into(),
            held_s: Some(1),
            in_session: false,
            connected: true,
            ready: true,
            portals: vec![],
        };
        let state = |person: &LivePerson| person_row(Language::English, person).state;
        assert_eq!(state(&person), "ready");
        let away = LivePerson { ready: false, ..person.clone() };
        assert_eq!((state(&away), person_row(Language::German, &away).state), ("away".into(), "abwesend".into()));
        assert_eq!(state(&LivePerson { in_session: true, ..away.clone() }), "in a session");
        assert_eq!(state(&LivePerson { connected: false, ..away }), "not connected");
    }
}
