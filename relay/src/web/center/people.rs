//! The account's people: the list, and adding somebody.

use super::frame::{Frame, account_path, zone_of};
use super::own_password;
use super::person;
use super::teams::name_of;
use crate::manage;
use crate::shared::Shared;
use crate::signin::normal_user;
use crate::store::web::{NewPerson, Person};
use crate::store::{RepStatus, Role};
use crate::web::access::{Member, Of};
use crate::web::page::{Field, Page, html};
use crate::web::problem::{self, Problem};
use crate::web::text::{Argument, t};
use crate::web::visit::{Fields, Visit};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lotse_protocol::control::Secret;
use std::sync::Arc;

struct Row {
    href: String,
    name: String,
    user: String,
    role: String,
    look: &'static str,
    state: String,
    used: String,
}

#[derive(Template)]
#[template(path = "center/people.html")]
struct PeoplePage {
    page: Page,
    frame: Frame,
    new_href: String,
    zone: String,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "center/person_new.html")]
struct NewPage {
    page: Page,
    frame: Frame,
    action: String,
    back: String,
    name: Field,
    user: Field,
    manager: bool,
    own_password: Field,
}

/// `GET`: the list.
pub async fn list(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of) -> Response {
    let people = match shared.store.people_of(of.0.id).await {
        Ok(people) => people,
        Err(error) => return problem::page(&visit, Problem::of_store(&shared, &error)),
    };
    let zone = zone_of(&of);
    let say = |id: &str| t(visit.language, id, &[]);
    let rows = people.into_iter().map(|person| {
        let Person { id, account, user, name, role, status, must_change, used_s, .. } = person;
        let (look, state) = match (status, must_change) {
            (RepStatus::Suspended, _) => ("danger", "people-suspended"),
            (RepStatus::Active, true) => ("caution", "people-must-change"),
            (RepStatus::Active, false) => ("good", "people-active"),
        };
        let role = match role {
            Role::Rep => "role-rep",
            Role::Manager => "role-manager",
        };
        Row {
            href: account_path(account, &format!("/people/{id}")),
            name,
            user,
            role: say(role),
            look,
            state: say(state),
            used: used_s.map_or_else(|| say("people-not-signed-in"), |at_s| zone.show(at_s)),
        }
    });
    let rows = rows.collect();
    let (page, frame) = (Page::new(&visit, "center-people"), Frame::of(&visit, &member, &of));
    let new_href = account_path(of.0.id, "/people/new");
    html(StatusCode::OK, &PeoplePage { page, frame, new_href, zone: zone.name, rows })
}

/// `GET`: the form for somebody new.
pub async fn new(visit: Visit, member: Member, of: Of) -> Response {
    html(StatusCode::OK, &empty(&visit, &member, &of))
}

fn empty(visit: &Visit, member: &Member, of: &Of) -> NewPage {
    NewPage {
        page: Page::new(visit, "person-new-title"),
        frame: Frame::of(visit, member, of),
        action: account_path(of.0.id, "/people"),
        back: account_path(of.0.id, "/people"),
        name: Field::default(),
        user: Field::default(),
        manager: false,
        own_password: Field::default(),
    }
}

/// `POST`: there is somebody more, with a password for one sign-in, which is shown once.
pub async fn add(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of, fields: Fields) -> Response {
    let say = |id: &str| t(visit.language, id, &[]);
    let mut form = empty(&visit, &member, &of);
    form.manager = fields.get("role") == Role::Manager.name();
    form.name = name_of(&visit, &fields);
    let user = normal_user(fields.get("user"));
    form.user = match &user {
        Some(_) => Field::of(fields.get("user")),
        None => Field::wrong(fields.get("user"), say("sign-in-not-an-email")),
    };
    let (true, Some(user)) = (form.name.is_right(), user) else {
        return html(StatusCode::UNPROCESSABLE_ENTITY, &form);
    };
    if form.manager {
        match own_password::wrong(&shared, &visit, &member, &fields).await {
            Ok(wrong) if wrong.is_empty() => {}
            Ok(wrong) => {
                form.own_password = Field::wrong("", wrong);
                return html(StatusCode::UNPROCESSABLE_ENTITY, &form);
            }
            Err(problem) => return problem::page(&visit, problem),
        }
    }
    let role = if form.manager { Role::Manager } else { Role::Rep };
    let name = form.name.value.clone();
    match with_password(&shared, (&member, &of), &user, name, role).await {
        Ok(Some(password)) => person::password_once(&visit, &member, &of, &user, password.0),
        // Whose other account that is, is nobody's business here.
        Ok(None) => {
            let taken = t(visit.language, "person-user-taken", &[("user", Argument::Word(&user))]);
            form.user = Field::wrong(fields.get("user"), taken);
            html(StatusCode::CONFLICT, &form)
        }
        Err(problem) => problem::page(&visit, problem),
    }
}

/// Somebody new, who must choose another password at the first sign-in. `None`: the user is taken.
async fn with_password(
    shared: &Shared,
    (member, of): (&Member, &Of),
    user: &str,
    name: String,
    role: Role,
) -> Result<Option<Secret>, Problem> {
    let (password, password_hash) = person::drawn(shared).await?;
    let new = NewPerson { user: user.to_owned(), name, role, password_hash };
    let added = manage::add_person(&*shared.store, of.0.id, new, &member.who(shared)).await;
    let added = added.map_err(|error| Problem::of_store(shared, &error))?;
    Ok(added.map(|_| password))
}
