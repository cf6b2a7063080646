//! The account itself: its managers set language and time zone, operators also status, seats and contact.

use super::frame::{Changed, Frame, account_path, text_of};
use crate::manage::{self, SEATS_MAX};
use crate::shared::Shared;
use crate::store::web::{AccountEdit, Edited};
use crate::store::{Account, AccountChange, AccountStatus};
use crate::web::access::{Member, Of};
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

#[derive(Template)]
#[template(path = "center/account.html")]
struct AccountPage {
    page: Page,
    frame: Frame,
    /// An operator looks: everything may be changed.
    operator: bool,
    action: String,
    revision: String,
    status: &'static str,
    status_text: String,
    seats: Field,
    seats_text: String,
    contact: Field,
    german: bool,
    time_zone: Field,
    /// Everybody signs in with a second factor.
    factor_required: bool,
    factor_action: String,
    licences_href: String,
    watching_href: String,
    changed: Vec<Changed>,
}

impl AccountPage {
    fn new(visit: &Visit, member: &Member, of: &Of, now: &Account) -> Self {
        let operator = member.is_operator();
        let seats = now.seats.map(|seats| seats.to_string()).unwrap_or_default();
        let any = || t(visit.language, "account-seats-any", &[]);
        Self {
            page: Page::titled(visit, now.name.clone()),
            frame: Frame::of(visit, member, of),
            operator,
            action: account_path(now.id, if operator { "/terms" } else { "/settings" }),
            revision: now.revision(),
            status: now.status.name(),
            status_text: text_of(visit.language, "account-status-", now.status.name()),
            seats_text: if seats.is_empty() { any() } else { seats.clone() },
            seats: Field::of(seats),
            contact: Field::of(now.contact.clone()),
            german: now.language == Language::German.tag(),
            time_zone: Field::of(now.time_zone.clone()),
            factor_required: now.second_factor_required,
            factor_action: account_path(now.id, "/second-factor"),
            licences_href: account_path(now.id, "/licences"),
            watching_href: account_path(now.id, "/watching"),
            changed: vec![],
        }
    }

    fn is_right(&self) -> bool {
        [&self.seats, &self.contact, &self.time_zone].into_iter().all(Field::is_right)
    }
}

/// `GET`: the form.
pub async fn show(visit: Visit, member: Member, of: Of) -> Response {
    html(StatusCode::OK, &AccountPage::new(&visit, &member, &of, &of.0))
}

/// `POST`: what a manager may change; the rest stays as it is.
pub async fn edit(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of, fields: Fields) -> Response {
    let mut form = AccountPage::new(&visit, &member, &of, &of.0);
    let edit = typed(&visit, &mut form, &of, &fields);
    save(&shared, &visit, &member, &of, form, edit, &fields).await
}

/// `POST`: what an operator may change, which is everything.
pub async fn edit_terms(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    fields: Fields,
) -> Response {
    let mut form = AccountPage::new(&visit, &member, &of, &of.0);
    let edit = typed(&visit, &mut form, &of, &fields);
    let status = status_of(fields.get("status")).unwrap_or(of.0.status);
    form.status = status.name();
    let contact = manage::contact(fields.get("contact"));
    form.contact = Field::of(contact.clone());
    let (seats, field) = seats_of(&visit, fields.get("seats"));
    form.seats = field;
    let edit = AccountEdit { status, seats, contact, ..edit };
    save(&shared, &visit, &member, &of, form, edit, &fields).await
}

/// Language and time zone as they were typed; the rest of the account as it is.
fn typed(visit: &Visit, form: &mut AccountPage, of: &Of, fields: &Fields) -> AccountEdit {
    let language = Language::from_tag(fields.get("language")).unwrap_or_default();
    form.german = language == Language::German;
    form.time_zone = zone_of(visit, fields.get("time-zone"));
    let Account { status, seats, contact, .. } = &*of.0;
    AccountEdit {
        status: *status,
        seats: *seats,
        contact: contact.clone(),
        language: language.tag(),
        time_zone: form.time_zone.value.clone(),
    }
}

/// A time zone as it was typed.
pub fn zone_of(visit: &Visit, text: &str) -> Field {
    let zone = text.trim();
    match manage::zone(zone) {
        Some(zone) => Field::of(zone),
        None => Field::wrong(zone, t(visit.language, "account-no-zone", &[])),
    }
}

/// Seats as they were typed; empty: any number.
pub fn seats_of(visit: &Visit, text: &str) -> (Option<u32>, Field) {
    let text = text.trim();
    if text.is_empty() {
        return (None, Field::default());
    }
    match text.parse::<u32>().ok().filter(|seats| *seats <= SEATS_MAX) {
        Some(seats) => (Some(seats), Field::of(text)),
        None => (None, Field::wrong(text, t(visit.language, "account-no-seats", &[]))),
    }
}

fn status_of(text: &str) -> Option<AccountStatus> {
    let all = [AccountStatus::Active, AccountStatus::Suspended, AccountStatus::Closed];
    all.into_iter().find(|status| status.name() == text)
}

/// Changes the account, if it stands as it was seen.
async fn save(
    shared: &Shared,
    visit: &Visit,
    member: &Member,
    of: &Of,
    mut form: AccountPage,
    edit: AccountEdit,
    fields: &Fields,
) -> Response {
    if !form.is_right() {
        return html(StatusCode::UNPROCESSABLE_ENTITY, &form);
    }
    let account = of.0.id;
    let (seen, by) = (fields.get("revision"), member.who(shared));
    match manage::edit_account(&*shared.store, &of.0, seen, edit.clone(), &by).await {
        Ok(Edited::Done) => see_other(&format!("{}?done=saved", account_path(account, "/settings"))),
        Ok(Edited::Outdated) => match shared.store.account_by_id(account).await {
            Ok(Some(now)) => {
                form.changed = differences(visit, &edit, &now);
                form.revision = now.revision();
                html(StatusCode::CONFLICT, &form)
            }
            Ok(None) => problem::page(visit, Problem::Missing),
            Err(error) => problem::page(visit, Problem::of_store(shared, &error)),
        },
        Err(error) => problem::page(visit, Problem::of_store(shared, &error)),
    }
}

/// `POST`: whether everybody of the account signs in with a second factor. The buttons say which, so that of two who press
/// one, both get what they read.
pub async fn require_factor(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    fields: Fields,
) -> Response {
    let back = account_path(of.0.id, "/settings");
    let required = match fields.get("second-factor") {
        "required" => true,
        "optional" => false,
        _ => return see_other(&back),
    };
    let change = AccountChange { second_factor_required: Some(required), ..AccountChange::default() };
    match manage::change_account(&*shared.store, &of.0.name, change, &member.who(&shared)).await {
        Ok(_) => see_other(&format!("{back}?done=saved")),
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}

/// What stands there now, where it is not what was typed.
fn differences(visit: &Visit, edit: &AccountEdit, now: &Account) -> Vec<Changed> {
    let say = |id: &str| t(visit.language, id, &[]);
    let seats = now.seats.map_or_else(|| say("account-seats-any"), |seats| seats.to_string());
    let language = Language::from_tag(&now.language).map_or_else(|| now.language.clone(), |of| of.name().to_owned());
    let rows = [
        (edit.status != now.status, "field-status", text_of(visit.language, "account-status-", now.status.name())),
        (edit.seats != now.seats, "field-seats", seats),
        (edit.contact != now.contact, "field-contact", now.contact.clone()),
        (edit.language != now.language, "field-language", language),
        (edit.time_zone != now.time_zone, "field-time-zone", now.time_zone.clone()),
    ];
    let changed = rows.into_iter().filter(|(differs, _, _)| *differs);
    changed.map(|(_, label, theirs)| Changed { label: say(label), theirs }).collect()
}
