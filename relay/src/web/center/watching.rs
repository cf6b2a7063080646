//! Managers look on: whether the account lets them, and asking to come into a session.
//!
//! Nothing is seen here. The manager's own console is asked as any rep's is, the session's rep sees it, and the customer decides.

use super::frame::{Frame, account_path};
use super::names;
use super::overview::look;
use crate::hub::NotWatched;
use crate::manage;
use crate::shared::Shared;
use crate::store::web::Holder;
use crate::switchboard::Ending;
use crate::web::access::{Member, Of};
use crate::web::page::{Page, html, see_other};
use crate::web::problem::{self, Problem};
use crate::web::text::{Argument, t};
use crate::web::visit::{Fields, Visit};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;
use std::time::Duration;

/// What the store says of who may reaches the hub within two seconds: it is asked so often, and so long after the time before.
const LOOKS: u32 = 12;
const LOOK_EVERY: Duration = Duration::from_millis(200);

#[derive(Template)]
#[template(path = "center/watching.html")]
struct WatchingPage {
    page: Page,
    frame: Frame,
    allowed: bool,
    action: String,
    back: String,
}

#[derive(Template)]
#[template(path = "center/watch.html")]
struct WatchPage {
    page: Page,
    frame: Frame,
    /// Why it was not done; empty: nothing was tried.
    wrong: String,
    lead: String,
    action: String,
    back: String,
}

/// Where one looks on at a session.
pub fn path(account: i64, session: &str) -> String {
    account_path(account, &format!("/sessions/{session}/watch"))
}

/// Whether somebody may look on at an account's sessions: its managers, where it lets them.
pub async fn may(shared: &Shared, member: &Member, of: &Of) -> Result<bool, Problem> {
    if manager(member, of).is_none() {
        return Ok(false);
    }
    shared.store.managers_watch(of.0.id).await.map_err(|error| Problem::of_store(shared, &error))
}

/// The account's manager who asks, as a rep.
fn manager(member: &Member, of: &Of) -> Option<i64> {
    match member.person.holder {
        Holder::Rep(rep) => (member.person.account == Some(of.0.id)).then_some(rep),
        Holder::Operator(_) => None,
    }
}

/// `GET`: whether managers may.
pub async fn show(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of) -> Response {
    match shared.store.managers_watch(of.0.id).await {
        Ok(allowed) => {
            let page = WatchingPage {
                page: Page::new(&visit, "center-watching"),
                frame: Frame::of(&visit, &member, &of),
                allowed,
                action: account_path(of.0.id, "/watching"),
                back: account_path(of.0.id, "/settings"),
            };
            html(StatusCode::OK, &page)
        }
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}

/// `POST`: the buttons say which, so that of two who press one, both get what they read.
pub async fn set(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of, fields: Fields) -> Response {
    let back = account_path(of.0.id, "/watching");
    let on = match fields.get("watching") {
        "allowed" => true,
        "not-allowed" => false,
        _ => return see_other(&back),
    };
    match manage::let_managers_watch(&*shared.store, of.0.id, on, &member.who(&shared)).await {
        Ok(true) => see_other(&format!("{back}?done=saved")),
        Ok(false) => problem::page(&visit, Problem::Missing),
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}

/// `GET`: whether one wishes to look on at this session.
pub async fn ask(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, session)): Path<(i64, String)>,
) -> Response {
    page(&shared, (&visit, &member, &of), &session, StatusCode::OK, "").await
}

/// `POST`: the session's rep is told, and this manager's console asked.
pub async fn watch(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, session)): Path<(i64, String)>,
    _: Fields,
) -> Response {
    let who = (&visit, &member, &of);
    let Some(manager) = manager(&member, &of) else {
        return page(&shared, who, &session, StatusCode::CONFLICT, "watch-manager").await;
    };
    match may(&shared, &member, &of).await {
        Ok(true) => {}
        Ok(false) => return page(&shared, who, &session, StatusCode::CONFLICT, "watch-not-allowed").await,
        Err(problem) => return problem::page(&visit, problem),
    }
    match ask_hub(&shared, of.0.id, manager, &session).await {
        Ok(Ok(())) => see_other(&format!("{}?done=watching", account_path(of.0.id, "/sessions"))),
        Ok(Err(why)) => page(&shared, who, &session, StatusCode::CONFLICT, words(why)).await,
        Err(_) => problem::page(&visit, Problem::Busy),
    }
}

/// Asks until the hub knows what the store has just said. If it does not learn of it, somebody has taken it back since.
async fn ask_hub(shared: &Shared, account: i64, manager: i64, session: &str) -> Result<Result<(), NotWatched>, Ending> {
    for _ in 0..LOOKS {
        let answer = shared.switchboard.watch(account, manager, session.to_owned()).await;
        if answer != Ok(Err(NotWatched::NotAllowed)) {
            return answer;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(Err(NotWatched::NotAllowed))
}

/// Id of the text that says why not.
fn words(why: NotWatched) -> &'static str {
    match why {
        NotWatched::Over => "watch-over",
        NotWatched::Own => "watch-own",
        NotWatched::NotLicensed => "watch-not-licensed",
        NotWatched::RepAway => "watch-rep-away",
        NotWatched::Busy => "watch-busy",
        NotWatched::NoConsole => "watch-no-console",
        NotWatched::NotAllowed => "watch-not-allowed",
    }
}

/// `wrong`: the id of why it was not done; empty: nothing was tried.
async fn page(
    shared: &Shared,
    (visit, member, of): (&Visit, &Member, &Of),
    session: &str,
    status: StatusCode,
    wrong: &str,
) -> Response {
    let live = match look(shared, of.0.id).await {
        Ok(live) => live,
        Err(problem) => return problem::page(visit, problem),
    };
    let language = visit.language;
    let found = live.sessions.iter().find(|known| known.id == session);
    let lead = match found {
        Some(known) => {
            let customer = names::customer(language, known.customer.clone());
            let names = [("customer", Argument::Word(&customer)), ("rep", Argument::Word(&known.rep))];
            t(language, "watch-lead", &names)
        }
        None => t(language, "watch-over", &[]),
    };
    let page = WatchPage {
        page: Page::new(visit, "watch-title"),
        frame: Frame::of(visit, member, of),
        wrong: if wrong.is_empty() { String::new() } else { t(language, wrong, &[]) },
        lead,
        action: path(of.0.id, session),
        back: account_path(of.0.id, "/sessions"),
    };
    html(status, &page)
}
