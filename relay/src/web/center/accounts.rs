//! All accounts, for operators: the list, and adding one.

use super::account::{seats_of, zone_of};
use super::frame::{Frame, account_path, text_of};
use super::teams::name_of;
use crate::manage;
use crate::shared::Shared;
use crate::store::{Account, AccountStatus, NewAccount, StoreError};
use crate::web::access::Member;
use crate::web::language::Language;
use crate::web::page::{Field, Page, html, see_other};
use crate::web::problem::{self, Problem};
use crate::web::text::t;
use crate::web::visit::{Fields, Visit};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

struct Row {
    href: String,
    name: String,
    look: &'static str,
    status: String,
    reps: String,
    seats: String,
}

#[derive(Template)]
#[template(path = "center/accounts.html")]
struct AccountsPage {
    page: Page,
    frame: Frame,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "center/account_new.html")]
struct NewPage {
    page: Page,
    frame: Frame,
    name: Field,
    seats: Field,
    contact: Field,
    german: bool,
    time_zone: Field,
}

/// `GET`: the list.
pub async fn list(State(shared): State<Arc<Shared>>, visit: Visit, member: Member) -> Response {
    let accounts = match shared.store.accounts().await {
        Ok(accounts) => accounts,
        Err(error) => return problem::page(&visit, Problem::of_store(&shared, &error)),
    };
    let rows = accounts.into_iter().map(|account| {
        let Account { id, name, status, seats, reps, .. } = account;
        let look = match status {
            AccountStatus::Active => "good",
            AccountStatus::Suspended => "caution",
            AccountStatus::Closed => "danger",
        };
        Row {
            href: account_path(id, ""),
            name,
            look,
            status: text_of(visit.language, "account-status-", status.name()),
            reps: reps.to_string(),
            seats: seats.map_or_else(|| t(visit.language, "account-seats-any", &[]), |seats| seats.to_string()),
        }
    });
    let rows = rows.collect();
    let (page, frame) = (Page::new(&visit, "center-accounts"), Frame::new(&visit, &member));
    html(StatusCode::OK, &AccountsPage { page, frame, rows })
}

/// `GET`: the form.
pub async fn new(visit: Visit, member: Member) -> Response {
    html(StatusCode::OK, &empty(&visit, &member))
}

fn empty(visit: &Visit, member: &Member) -> NewPage {
    NewPage {
        page: Page::new(visit, "account-new-title"),
        frame: Frame::new(visit, member),
        name: Field::default(),
        seats: Field::default(),
        contact: Field::default(),
        german: visit.language == Language::German,
        time_zone: Field::of("UTC"),
    }
}

/// `POST`: there is another account.
pub async fn add(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, fields: Fields) -> Response {
    let mut form = empty(&visit, &member);
    form.name = name_of(&visit, &fields);
    let (seats, field) = seats_of(&visit, fields.get("seats"));
    form.seats = field;
    let contact = manage::contact(fields.get("contact"));
    form.contact = Field::of(contact.clone());
    form.time_zone = zone_of(&visit, fields.get("time-zone"));
    let language = Language::from_tag(fields.get("language")).unwrap_or_default();
    form.german = language == Language::German;
    if ![&form.name, &form.seats, &form.time_zone].into_iter().all(Field::is_right) {
        return html(StatusCode::UNPROCESSABLE_ENTITY, &form);
    }
    let (name, time_zone) = (form.name.value.clone(), form.time_zone.value.clone());
    let account = NewAccount { name, seats, contact, language: language.tag(), time_zone };
    match manage::add_account(&*shared.store, account, &member.who(&shared)).await {
        Ok(id) => see_other(&account_path(id, "/people/new?done=added")),
        Err(StoreError::AccountTaken(name)) => {
            form.name = Field::wrong(name, t(visit.language, "account-taken", &[]));
            html(StatusCode::CONFLICT, &form)
        }
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}
