//! One of the account's teams: its name, who is in it, and its end.

use super::confirm::ConfirmPage;
use super::frame::{Changed, Frame, account_path};
use super::teams::{Choices, checked, name_of};
use crate::manage;
use crate::shared::Shared;
use crate::store::web::{Edited, Person};
use crate::store::{StoreError, Team, TeamChange};
use crate::web::access::{Member, Of};
use crate::web::page::{Field, Page, html, see_other};
use crate::web::problem::{self, Problem};
use crate::web::text::{Argument, t};
use crate::web::visit::{Fields, Visit};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::BTreeSet;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "center/team.html")]
struct TeamPage {
    page: Page,
    frame: Frame,
    base: String,
    back: String,
    revision: String,
    name: Field,
    members: Choices,
    changed: Vec<Changed>,
}

/// A team with the people of its account.
async fn find(shared: &Shared, of: &Of, team: i64) -> Result<(Team, Vec<Person>), Problem> {
    let found = async {
        let teams = shared.store.teams_of(of.0.id).await?;
        Ok::<_, StoreError>((teams, shared.store.people_of(of.0.id).await?))
    };
    let (teams, people) = found.await.map_err(|error| Problem::of_store(shared, &error))?;
    let team = teams.into_iter().find(|of| of.id == team).ok_or(Problem::Missing)?;
    Ok((team, people))
}

fn form(visit: &Visit, member: &Member, of: &Of, team: &Team, members: Choices) -> TeamPage {
    TeamPage {
        page: Page::titled(visit, team.name.clone()),
        frame: Frame::of(visit, member, of),
        base: base(of, team.id),
        back: account_path(of.0.id, "/teams"),
        revision: team.revision(),
        name: Field::of(team.name.clone()),
        members,
        changed: vec![],
    }
}

fn base(of: &Of, team: i64) -> String {
    account_path(of.0.id, &format!("/teams/{team}"))
}

/// `GET`: the form.
pub async fn show(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, team)): Path<(i64, i64)>,
) -> Response {
    match find(&shared, &of, team).await {
        Ok((team, people)) => {
            let members = Choices::of(&visit, people, |choice| team.users.contains(&choice.user));
            html(StatusCode::OK, &form(&visit, &member, &of, &team, members))
        }
        Err(problem) => problem::page(&visit, problem),
    }
}

/// `POST`: name and people, if nobody changed them meanwhile.
pub async fn edit(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, team)): Path<(i64, i64)>,
    fields: Fields,
) -> Response {
    let (team, people) = match find(&shared, &of, team).await {
        Ok(found) => found,
        Err(problem) => return problem::page(&visit, problem),
    };
    let members = Choices::of(&visit, people, checked(&fields));
    let mut form = form(&visit, &member, &of, &team, members);
    form.name = name_of(&visit, &fields);
    if !form.name.is_right() {
        return html(StatusCode::UNPROCESSABLE_ENTITY, &form);
    }
    let change = change(&team, &form);
    match manage::edit_team(&*shared.store, &team, fields.get("revision"), change, &member.who(&shared)).await {
        Ok(Edited::Done) => see_other(&format!("{}?done=saved", form.base)),
        Ok(Edited::Outdated) => match find(&shared, &of, team.id).await {
            Ok((now, _)) => {
                form.changed = differences(&visit, &form, &now);
                form.revision = now.revision();
                html(StatusCode::CONFLICT, &form)
            }
            Err(problem) => problem::page(&visit, problem),
        },
        Err(StoreError::TeamTaken(name)) => {
            form.name = Field::wrong(name, t(visit.language, "team-taken", &[]));
            html(StatusCode::CONFLICT, &form)
        }
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}

/// What was changed of a team. Who is not in the form stays as they are.
fn change(team: &Team, form: &TeamPage) -> TeamChange {
    let before: BTreeSet<&String> = team.users.iter().collect();
    let name = (team.name != form.name.value).then(|| form.name.value.clone());
    let (mut add, mut remove) = (vec![], vec![]);
    for choice in &form.members.people {
        match (before.contains(&choice.user), choice.chosen) {
            (false, true) => add.push(choice.user.clone()),
            (true, false) => remove.push(choice.user.clone()),
            (true, true) | (false, false) => {}
        }
    }
    TeamChange { name, add, remove }
}

/// What stands there now, where it is not what was typed.
fn differences(visit: &Visit, form: &TeamPage, now: &Team) -> Vec<Changed> {
    let say = |id: &str| t(visit.language, id, &[]);
    let mut changed = vec![];
    if form.name.value != now.name {
        changed.push(Changed { label: say("field-name"), theirs: now.name.clone() });
    }
    let there: BTreeSet<&String> = now.users.iter().collect();
    if form.members.people.iter().any(|choice| choice.chosen != there.contains(&choice.user)) {
        let theirs = if now.users.is_empty() { say("team-nobody") } else { now.users.join(", ") };
        changed.push(Changed { label: say("team-people"), theirs });
    }
    changed
}

/// `GET`: whether it is meant.
pub async fn ask_removal(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, team)): Path<(i64, i64)>,
) -> Response {
    match find(&shared, &of, team).await {
        Ok((team, _)) => confirm(&visit, &member, &of, &team, StatusCode::OK, String::new()),
        Err(problem) => problem::page(&visit, problem),
    }
}

fn confirm(visit: &Visit, member: &Member, of: &Of, team: &Team, status: StatusCode, wrong: String) -> Response {
    let word = |id: &str| t(visit.language, id, &[("team", Argument::Word(&team.name))]);
    let base = base(of, team.id);
    let page = ConfirmPage {
        page: Page::titled(visit, word("team-remove-title")),
        frame: Frame::of(visit, member, of),
        wrong,
        lead: word("team-remove-lead"),
        asks_password: false,
        action: format!("{base}/remove"),
        revision: team.revision(),
        button: word("team-remove"),
        back: base,
    };
    html(status, &page)
}

/// `POST`: the team is gone; its people stay. What somebody else changed meanwhile is shown first.
pub async fn remove(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, team)): Path<(i64, i64)>,
    fields: Fields,
) -> Response {
    let team = match find(&shared, &of, team).await {
        Ok((team, _)) => team,
        Err(problem) => return problem::page(&visit, problem),
    };
    match manage::remove_team_seen(&*shared.store, &team, fields.get("revision"), &member.who(&shared)).await {
        Ok(Edited::Done) => see_other(&account_path(of.0.id, "/teams?done=removed")),
        Ok(Edited::Outdated) => match find(&shared, &of, team.id).await {
            Ok((now, _)) => {
                let wrong = t(visit.language, "remove-changed", &[]);
                confirm(&visit, &member, &of, &now, StatusCode::CONFLICT, wrong)
            }
            Err(problem) => problem::page(&visit, problem),
        },
        Err(StoreError::TeamInUse(_, slug)) => {
            let wrong = t(visit.language, "team-in-use", &[("portal", Argument::Word(&slug))]);
            confirm(&visit, &member, &of, &team, StatusCode::CONFLICT, wrong)
        }
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}
