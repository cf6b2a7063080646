//! One of the account's people: name, role, whether they may sign in, their password, their sign-ins.

use super::frame::{Changed, Frame, account_path, zone_of};
use super::own_password;
use super::person_confirm::{self, Deed};
use super::person_sign_in::SignIn;
use super::teams::name_of;
use crate::hub::system_random;
use crate::manage;
use crate::password::PasswordError;
use crate::shared::Shared;
use crate::store::web::{Edited, Person, PersonEdit};
use crate::store::{RepStatus, Role};
use crate::web::access::{Member, Of};
use crate::web::page::{Field, Page, html, see_other};
use crate::web::problem::{self, Problem};
use crate::web::text::t;
use crate::web::visit::{Fields, Visit};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use lotse_protocol::control::Secret;
use std::sync::Arc;

/// Of a password for one sign-in: 70 bits, and letters that are told apart when read aloud.
const PASSWORD_CHARS: usize = 14;
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

#[derive(Template)]
#[template(path = "center/person.html")]
struct PersonPage {
    page: Page,
    frame: Frame,
    base: String,
    back: String,
    user: String,
    revision: String,
    name: Field,
    manager: bool,
    suspended: bool,
    /// Why nothing was done; empty: nothing was tried.
    wrong: String,
    /// They are no manager: to make them one needs one's own password.
    asks_password: bool,
    /// It is who looks.
    own: bool,
    sign_in: SignIn,
    zone: String,
    /// What somebody else changed meanwhile.
    changed: Vec<Changed>,
}

#[derive(Template)]
#[template(path = "center/password_once.html")]
struct PasswordPage {
    page: Page,
    frame: Frame,
    back: String,
    user: String,
    password: String,
}

/// `GET`: the form.
pub async fn show(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, rep)): Path<(i64, i64)>,
) -> Response {
    match with_sign_in(&shared, &visit, &of, rep).await {
        Ok((person, sign_in)) => html(StatusCode::OK, &form(&visit, &member, &of, &person, sign_in)),
        Err(problem) => problem::page(&visit, problem),
    }
}

async fn with_sign_in(shared: &Shared, visit: &Visit, of: &Of, rep: i64) -> Result<(Person, SignIn), Problem> {
    let person = find(shared, of, rep).await?;
    let sign_in = SignIn::of(shared, visit, of, &person).await?;
    Ok((person, sign_in))
}

pub(super) async fn find(shared: &Shared, of: &Of, rep: i64) -> Result<Person, Problem> {
    let found = shared.store.person(of.0.id, rep).await.map_err(|error| Problem::of_store(shared, &error))?;
    found.ok_or(Problem::Missing)
}

fn form(visit: &Visit, member: &Member, of: &Of, person: &Person, sign_in: SignIn) -> PersonPage {
    PersonPage {
        page: Page::titled(visit, person.name.clone()),
        frame: Frame::of(visit, member, of),
        base: account_path(person.account, &format!("/people/{}", person.id)),
        back: account_path(person.account, "/people"),
        user: person.user.clone(),
        revision: person.revision(),
        name: Field::of(person.name.clone()),
        manager: person.role == Role::Manager,
        suspended: person.status == RepStatus::Suspended,
        wrong: String::new(),
        asks_password: person.role == Role::Rep,
        own: member.is_rep(person.id),
        sign_in,
        zone: zone_of(of).name,
        changed: vec![],
    }
}

/// `POST`: name, role and whether they may sign in, if nobody changed them meanwhile.
pub async fn edit(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, rep)): Path<(i64, i64)>,
    fields: Fields,
) -> Response {
    let (person, sign_in) = match with_sign_in(&shared, &visit, &of, rep).await {
        Ok(found) => found,
        Err(problem) => return problem::page(&visit, problem),
    };
    let mut form = form(&visit, &member, &of, &person, sign_in);
    form.manager = fields.get("role") == Role::Manager.name();
    form.suspended = fields.get("status") == RepStatus::Suspended.name();
    form.name = name_of(&visit, &fields);
    if form.own && (form.suspended || !form.manager) {
        form.wrong = t(visit.language, "person-not-oneself", &[]);
    }
    if !form.name.is_right() || !form.wrong.is_empty() {
        return html(StatusCode::UNPROCESSABLE_ENTITY, &form);
    }
    if form.manager && form.asks_password {
        match own_password::wrong(&shared, &visit, &member, &fields).await {
            Ok(wrong) if wrong.is_empty() => {}
            Ok(wrong) => {
                form.wrong = wrong;
                return html(StatusCode::UNPROCESSABLE_ENTITY, &form);
            }
            Err(problem) => return problem::page(&visit, problem),
        }
    }
    let role = if form.manager { Role::Manager } else { Role::Rep };
    let status = if form.suspended { RepStatus::Suspended } else { RepStatus::Active };
    let edit = PersonEdit { name: form.name.value.clone(), role, status };
    let what = manage::person_changes(&person, &edit);
    let (who, seen) = ((person.account, person.id), fields.get("revision"));
    match manage::edit_person(&*shared.store, who, seen, edit, what, &member.who(&shared)).await {
        Ok(Edited::Done) => see_other(&format!("{}?done=saved", form.base)),
        Ok(Edited::Outdated) => match find(&shared, &of, rep).await {
            Ok(now) => {
                form.changed = differences(&visit, &form, &now);
                form.revision = now.revision();
                html(StatusCode::CONFLICT, &form)
            }
            Err(problem) => problem::page(&visit, problem),
        },
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}

/// What stands there now, where it is not what was typed.
fn differences(visit: &Visit, form: &PersonPage, now: &Person) -> Vec<Changed> {
    let say = |id: &str| t(visit.language, id, &[]);
    let mut changed = vec![];
    if form.name.value != now.name {
        changed.push(Changed { label: say("field-name"), theirs: now.name.clone() });
    }
    if form.manager != (now.role == Role::Manager) {
        let role = if now.role == Role::Manager { "role-manager" } else { "role-rep" };
        changed.push(Changed { label: say("field-role"), theirs: say(role) });
    }
    if form.suspended != (now.status == RepStatus::Suspended) {
        let status = if now.status == RepStatus::Suspended { "people-suspended" } else { "people-active" };
        changed.push(Changed { label: say("field-status"), theirs: say(status) });
    }
    changed
}

/// Somebody of the account, if it is not oneself and one's own password is right; else the page that says why not. `own`: said
/// of oneself.
pub async fn somebody_else(
    shared: &Shared,
    (visit, member, of): (&Visit, &Member, &Of),
    rep: i64,
    fields: &Fields,
    own: &str,
) -> Result<Person, Box<Response>> {
    let trouble = |problem| Box::new(problem::page(visit, problem));
    let (person, sign_in) = with_sign_in(shared, visit, of, rep).await.map_err(trouble)?;
    let mut form = form(visit, member, of, &person, sign_in);
    form.wrong = if form.own {
        t(visit.language, own, &[])
    } else {
        own_password::wrong(shared, visit, member, fields).await.map_err(trouble)?
    };
    if form.wrong.is_empty() { Ok(person) } else { Err(Box::new(html(StatusCode::UNPROCESSABLE_ENTITY, &form))) }
}

/// `POST`: a password for one sign-in, shown once; what was signed in is over.
pub async fn reset_password(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, rep)): Path<(i64, i64)>,
    fields: Fields,
) -> Response {
    let person = match find(&shared, &of, rep).await {
        Ok(person) => person,
        Err(problem) => return problem::page(&visit, problem),
    };
    let wrong = if member.is_rep(person.id) {
        Ok(t(visit.language, "person-own-password", &[]))
    } else {
        own_password::wrong(&shared, &visit, &member, &fields).await
    };
    match wrong {
        Ok(wrong) if wrong.is_empty() => {}
        Ok(wrong) => {
            let (who, deed) = ((&visit, &member, &of), Deed::ResetPassword);
            return person_confirm::page(who, &person, deed, StatusCode::UNPROCESSABLE_ENTITY, wrong);
        }
        Err(problem) => return problem::page(&visit, problem),
    }
    let reset = async {
        let (password, hash) = drawn(&shared).await?;
        let reset = manage::reset_password(&*shared.store, &person.user, hash, &member.who(&shared)).await;
        reset.map_err(|error| Problem::of_store(&shared, &error))?;
        Ok::<_, Problem>(password)
    };
    match reset.await {
        Ok(password) => password_once(&visit, &member, &of, &person.user, password.0),
        Err(problem) => problem::page(&visit, problem),
    }
}

/// `POST`: the sign-ins of consoles and browsers are over; the password stays.
pub async fn end_sign_ins(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, rep)): Path<(i64, i64)>,
) -> Response {
    let person = match find(&shared, &of, rep).await {
        Ok(person) => person,
        Err(problem) => return problem::page(&visit, problem),
    };
    match manage::sign_out(&*shared.store, (person.account, person.id), &member.who(&shared)).await {
        Ok(()) => see_other(&format!("{}?done=ended", account_path(person.account, &format!("/people/{rep}")))),
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}

/// The page that shows a password once.
pub fn password_once(visit: &Visit, member: &Member, of: &Of, user: &str, password: String) -> Response {
    let (page, frame) = (Page::new(visit, "password-once-title"), Frame::of(visit, member, of));
    let back = account_path(of.0.id, "/people");
    html(StatusCode::OK, &PasswordPage { page, frame, back, user: user.to_owned(), password })
}

/// A password drawn by chance, and its hash.
pub async fn drawn(shared: &Shared) -> Result<(Secret, String), Problem> {
    let mut bytes = [0; PASSWORD_CHARS];
    if !system_random().fill(&mut bytes) {
        return Err(Problem::Trouble);
    }
    let password = Secret(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect());
    match shared.sign_ins.passwords().hash(password.clone()).await {
        Ok(hash) => Ok((password, hash)),
        Err(PasswordError::Busy) => Err(Problem::Busy),
        Err(PasswordError::Short | PasswordError::Long | PasswordError::Failed) => Err(Problem::Trouble),
    }
}
