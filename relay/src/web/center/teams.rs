//! The account's teams: the list, and adding one.

use super::frame::{Frame, account_path};
use crate::manage;
use crate::shared::Shared;
use crate::store::center::PortalSettings;
use crate::store::web::Person;
use crate::store::{StoreError, Team};
use crate::web::access::{Member, Of};
use crate::web::page::{Field, Page, html, see_other};
use crate::web::problem::{self, Problem};
use crate::web::text::{Argument, t};
use crate::web::visit::{Fields, Visit};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

/// People that a form shows: half of the fields that it may have. Those beyond stay as they are.
const PEOPLE_MAX: usize = 500;

struct Row {
    href: String,
    name: String,
    people: String,
    portals: String,
}

#[derive(Template)]
#[template(path = "center/teams.html")]
struct TeamsPage {
    page: Page,
    frame: Frame,
    new_href: String,
    rows: Vec<Row>,
}

/// Somebody who may be in a team.
pub struct Choice {
    /// Name of the field.
    pub field: String,
    pub user: String,
    pub text: String,
    pub chosen: bool,
}

/// The people of a form.
pub struct Choices {
    pub people: Vec<Choice>,
    /// Of more people than are shown, in words; empty: none.
    pub more: String,
}

impl Choices {
    /// All who can be chosen; `chosen` are.
    pub fn of(visit: &Visit, people: Vec<Person>, chosen: impl Fn(&Choice) -> bool) -> Self {
        let more = u64::try_from(people.len().saturating_sub(PEOPLE_MAX)).unwrap_or(u64::MAX);
        let choice = |person: Person| {
            let Person { id, user, name, .. } = person;
            let mut choice =
                Choice { field: format!("member-{id}"), text: format!("{name} · {user}"), user, chosen: false };
            choice.chosen = chosen(&choice);
            choice
        };
        let people = people.into_iter().take(PEOPLE_MAX).map(choice).collect();
        let more =
            if more == 0 { String::new() } else { t(visit.language, "team-more", &[("count", Argument::Count(more))]) };
        Self { people, more }
    }

    /// User IDs of those who are chosen.
    pub fn users(&self) -> Vec<String> {
        self.people.iter().filter(|choice| choice.chosen).map(|choice| choice.user.clone()).collect()
    }
}

/// Whether a form's box was checked.
pub fn checked(fields: &Fields) -> impl Fn(&Choice) -> bool + '_ {
    move |choice: &Choice| fields.get(&choice.field) == "on"
}

#[derive(Template)]
#[template(path = "center/team_new.html")]
struct NewPage {
    page: Page,
    frame: Frame,
    action: String,
    back: String,
    name: Field,
    members: Choices,
}

/// `GET`: the list.
pub async fn list(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of) -> Response {
    let account = of.0.id;
    let found =
        async { Ok::<_, StoreError>((shared.store.teams_of(account).await?, shared.store.portals_of(account).await?)) };
    let (teams, portals) = match found.await {
        Ok(found) => found,
        Err(error) => return problem::page(&visit, Problem::of_store(&shared, &error)),
    };
    let rows = teams.into_iter().map(|team| row(account, team, &portals)).collect();
    let (page, frame) = (Page::new(&visit, "center-teams"), Frame::of(&visit, &member, &of));
    html(StatusCode::OK, &TeamsPage { page, frame, new_href: account_path(account, "/teams/new"), rows })
}

fn row(account: i64, team: Team, portals: &[PortalSettings]) -> Row {
    let Team { id, name, users, .. } = team;
    let led_here = portals.iter().filter(|portal| portal.team.as_ref() == Some(&name));
    let portals: Vec<&str> = led_here.map(|portal| portal.name.as_str()).collect();
    let (people, portals) = (users.len().to_string(), portals.join(", "));
    Row { href: account_path(account, &format!("/teams/{id}")), name, people, portals }
}

/// `GET`: the form.
pub async fn new(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of) -> Response {
    match shared.store.people_of(of.0.id).await {
        Ok(people) => html(StatusCode::OK, &empty(&visit, &member, &of, Choices::of(&visit, people, |_| false))),
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}

fn empty(visit: &Visit, member: &Member, of: &Of, members: Choices) -> NewPage {
    let path = account_path(of.0.id, "/teams");
    NewPage {
        page: Page::new(visit, "team-new-title"),
        frame: Frame::of(visit, member, of),
        action: path.clone(),
        back: path,
        name: Field::default(),
        members,
    }
}

/// A name as it was typed, of whatever has one.
pub fn name_of(visit: &Visit, fields: &Fields) -> Field {
    let text = fields.get("name");
    match manage::name(text) {
        Some(name) => Field::of(name),
        None if text.trim().is_empty() => Field::wrong("", t(visit.language, "field-name-missing", &[])),
        None => Field::wrong(text, t(visit.language, "field-name-long", &[])),
    }
}

/// `POST`: there is another team.
pub async fn add(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of, fields: Fields) -> Response {
    let people = match shared.store.people_of(of.0.id).await {
        Ok(people) => people,
        Err(error) => return problem::page(&visit, Problem::of_store(&shared, &error)),
    };
    let mut form = empty(&visit, &member, &of, Choices::of(&visit, people, checked(&fields)));
    form.name = name_of(&visit, &fields);
    if !form.name.is_right() {
        return html(StatusCode::UNPROCESSABLE_ENTITY, &form);
    }
    let name = form.name.value.clone();
    match manage::add_team(&*shared.store, &of.0.name, &name, &form.members.users(), &member.who(&shared)).await {
        Ok(_) => see_other(&account_path(of.0.id, "/teams?done=added")),
        Err(StoreError::TeamTaken(_)) => {
            form.name = Field::wrong(name, t(visit.language, "team-taken", &[]));
            html(StatusCode::CONFLICT, &form)
        }
        Err(StoreError::TooManyTeams) => {
            form.name = Field::wrong(name, t(visit.language, "team-too-many", &[]));
            html(StatusCode::CONFLICT, &form)
        }
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}
