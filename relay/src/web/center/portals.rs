//! The account's portals: the list, and adding one.

use super::frame::{Frame, account_path};
use super::teams::name_of;
use crate::manage;
use crate::portals::is_slug;
use crate::shared::Shared;
use crate::store::center::PortalSettings;
use crate::store::{NewPortal, StoreError, Team};
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

struct Row {
    href: String,
    name: String,
    /// Such as `/p/acme`.
    address: String,
    team: String,
    waiting: String,
    ready: String,
}

#[derive(Template)]
#[template(path = "center/portals.html")]
struct PortalsPage {
    page: Page,
    frame: Frame,
    new_href: String,
    rows: Vec<Row>,
}

/// A team that a portal may lead to.
pub struct Choice {
    pub name: String,
    pub chosen: bool,
}

/// What is typed of a portal, whether it is new or not.
pub struct Typed {
    pub name: Field,
    pub greeting: String,
    /// `en` or `de`; empty: the account's.
    pub language: &'static str,
    /// Empty: every rep.
    pub team: String,
    pub teams: Vec<Choice>,
}

impl Typed {
    /// As a portal stands.
    pub fn of(portal: &PortalSettings, teams: &[Team]) -> Self {
        let team = portal.team.clone().unwrap_or_default();
        let language = portal.language.as_deref().and_then(Language::from_tag).map_or("", Language::tag);
        let (name, greeting) = (Field::of(portal.name.clone()), portal.greeting.clone());
        Self { name, greeting, language, teams: choices(teams, &team), team }
    }

    /// As a form has it. A team that is gone meanwhile is none.
    pub fn read(visit: &Visit, fields: &Fields, teams: &[Team]) -> Self {
        let team = teams.iter().find(|team| team.name == fields.get("team"));
        let team = team.map(|team| team.name.clone()).unwrap_or_default();
        Self {
            name: name_of(visit, fields),
            greeting: manage::greeting(fields.get("greeting")),
            language: Language::from_tag(fields.get("language")).map_or("", Language::tag),
            teams: choices(teams, &team),
            team,
        }
    }

    /// `None`: the account's.
    pub fn own_language(&self) -> Option<&'static str> {
        (!self.language.is_empty()).then_some(self.language)
    }

    /// `None`: every rep.
    pub fn own_team(&self) -> Option<String> {
        (!self.team.is_empty()).then(|| self.team.clone())
    }
}

fn choices(teams: &[Team], chosen: &str) -> Vec<Choice> {
    teams.iter().map(|team| Choice { name: team.name.clone(), chosen: team.name == chosen }).collect()
}

#[derive(Template)]
#[template(path = "center/portal_new.html")]
struct NewPage {
    page: Page,
    frame: Frame,
    action: String,
    back: String,
    slug: Field,
    typed: Typed,
}

/// `GET`: the list.
pub async fn list(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of) -> Response {
    let portals = match shared.store.portals_of(of.0.id).await {
        Ok(portals) => portals,
        Err(error) => return problem::page(&visit, Problem::of_store(&shared, &error)),
    };
    let rows = portals.into_iter().map(|portal| {
        let PortalSettings { id, slug, name, team, .. } = portal;
        let standing = *shared.switchboard.status(id).borrow();
        Row {
            href: account_path(of.0.id, &format!("/portals/{id}")),
            name,
            address: format!("/p/{slug}"),
            team: team.unwrap_or_else(|| t(visit.language, "portals-everybody", &[])),
            waiting: standing.waiting.to_string(),
            ready: standing.reps.to_string(),
        }
    });
    let rows = rows.collect();
    let (page, frame) = (Page::new(&visit, "center-portals"), Frame::of(&visit, &member, &of));
    html(StatusCode::OK, &PortalsPage { page, frame, new_href: account_path(of.0.id, "/portals/new"), rows })
}

/// `GET`: the form.
pub async fn new(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of) -> Response {
    match shared.store.teams_of(of.0.id).await {
        Ok(teams) => {
            let typed = Typed {
                name: Field::of(of.0.name.clone()),
                greeting: String::new(),
                language: "",
                team: String::new(),
                teams: choices(&teams, ""),
            };
            html(StatusCode::OK, &form(&visit, &member, &of, Field::default(), typed))
        }
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}

fn form(visit: &Visit, member: &Member, of: &Of, slug: Field, typed: Typed) -> NewPage {
    let path = account_path(of.0.id, "/portals");
    let (page, frame) = (Page::new(visit, "portal-new-title"), Frame::of(visit, member, of));
    NewPage { page, frame, action: path.clone(), back: path, slug, typed }
}

/// `POST`: there is another portal.
pub async fn add(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of, fields: Fields) -> Response {
    let teams = match shared.store.teams_of(of.0.id).await {
        Ok(teams) => teams,
        Err(error) => return problem::page(&visit, Problem::of_store(&shared, &error)),
    };
    let typed = Typed::read(&visit, &fields, &teams);
    let slug = fields.get("slug").trim().to_ascii_lowercase();
    let field = match is_slug(&slug) {
        true => Field::of(slug.clone()),
        false => Field::wrong(slug.clone(), t(visit.language, "portal-no-slug", &[])),
    };
    let mut form = form(&visit, &member, &of, field, typed);
    if !form.slug.is_right() || !form.typed.name.is_right() {
        return html(StatusCode::UNPROCESSABLE_ENTITY, &form);
    }
    let portal = NewPortal {
        account: of.0.name.clone(),
        slug: slug.clone(),
        name: form.typed.name.value.clone(),
        greeting: form.typed.greeting.clone(),
        language: form.typed.own_language(),
        team: form.typed.own_team(),
    };
    let wrong = match manage::add_portal(&*shared.store, portal, &member.who(&shared)).await {
        Ok(id) => return see_other(&account_path(of.0.id, &format!("/portals/{id}?done=added"))),
        Err(StoreError::PortalTaken(_)) => "portals-taken",
        Err(StoreError::TooManyPortals) => "portal-too-many",
        Err(error) => return problem::page(&visit, Problem::of_store(&shared, &error)),
    };
    form.slug = Field::wrong(slug, t(visit.language, wrong, &[]));
    html(StatusCode::CONFLICT, &form)
}
