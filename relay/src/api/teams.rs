//! Teams of an account.

use super::accounts::nothing_to_change;
use super::page::Page;
use super::problem::{Kind, Problem};
use super::reps::ATTEMPTS;
use super::route::{Answer, Call, outdated};
use super::shape::{Nothing, shape};
use super::shown::Team;
use crate::manage;
use crate::signin::normal_user;
use crate::store::web::Edited;
use crate::store::{self, TeamChange};

/// Reps that one request brings into a team or out of it.
const REPS_MAX: usize = 1_000;

shape! {
    /// A team to be added.
    pub struct NewTeamBody {
        name: String = "Its name, which no other team of the account has.", "Printers", { "minLength": 1, "maxLength": 80 };
        reps: Option<Vec<String>> = "User IDs of its reps.", ["anna@acme.example"];
    }
}

shape! {
    /// What changes in a team; what is not named stays. Reps come and leave by name, so two who change it do not undo each other.
    pub struct TeamPatch {
        name: Option<String> = "Another name for it.", "Printers and scanners", { "minLength": 1, "maxLength": 80 };
        add: Option<Vec<String>> = "User IDs of reps who come into it.", ["ben@acme.example"];
        remove: Option<Vec<String>> = "User IDs of reps who leave it.", ["anna@acme.example"];
    }
}

pub(super) async fn list(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Page<Team>>, Problem> {
    let account = call.account()?.id;
    let teams = call.store().teams_of(account).await.map_err(|error| call.problem(&error))?;
    let items = teams.into_iter().map(Team::of).collect();
    Ok(Answer::of(Page { items, next: None }))
}

pub(super) async fn add(call: Call, _: Nothing, body: NewTeamBody) -> Result<Answer<Team>, Problem> {
    let name = named(&body.name)?;
    let users = users("reps", body.reps)?;
    let account = call.account()?;
    let added = manage::add_team(call.store(), &account.name, &name, &users, &call.by()).await;
    let id = added.map_err(|error| call.problem(&error))?;
    let at = format!("/api/v1/accounts/{}/teams/{id}", account.id);
    Ok(shown(by_id(&call, id).await?).at(at))
}

pub(super) async fn show(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Team>, Problem> {
    let id = call.number("team", "team")?;
    by_id(&call, id).await.map(shown)
}

pub(super) async fn change(call: Call, _: Nothing, body: TeamPatch) -> Result<Answer<Team>, Problem> {
    let TeamPatch { name, add, remove } = body;
    let name = name.map(|name| named(&name)).transpose()?;
    let change = TeamChange { name, add: users("add", add)?, remove: users("remove", remove)? };
    if manage::team_changes(&change).is_empty() {
        return Err(nothing_to_change());
    }
    let team = by_id(&call, call.number("team", "team")?).await?;
    match call.seen_if_said() {
        None => {
            let account = &call.account()?.name;
            let changed = manage::change_team(call.store(), account, &team.name, change, &call.by()).await;
            changed.map_err(|error| call.problem(&error))?;
        }
        Some(seen) => {
            let edited = manage::edit_team(call.store(), &team, seen, change, &call.by()).await;
            if edited.map_err(|error| call.problem(&error))? == Edited::Outdated {
                return Err(outdated());
            }
        }
    }
    by_id(&call, team.id).await.map(shown)
}

pub(super) async fn remove(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Nothing>, Problem> {
    let seen = call.seen_if_said();
    for _ in 0..ATTEMPTS {
        let team = by_id(&call, call.number("team", "team")?).await?;
        let stands = team.revision();
        let removed = manage::remove_team_seen(call.store(), &team, seen.unwrap_or(&stands), &call.by()).await;
        match (removed.map_err(|error| call.problem(&error))?, seen) {
            (Edited::Done, _) => return Ok(Answer::of(Nothing)),
            (Edited::Outdated, Some(_)) => return Err(outdated()),
            (Edited::Outdated, None) => {}
        }
    }
    Err(Problem::own(Kind::Busy).before_anything())
}

fn shown(team: store::Team) -> Answer<Team> {
    let revision = team.revision();
    Answer::of(Team::of(team)).revision(revision)
}

async fn by_id(call: &Call, id: i64) -> Result<store::Team, Problem> {
    let teams = call.store().teams_of(call.account()?.id).await.map_err(|error| call.problem(&error))?;
    teams.into_iter().find(|team| team.id == id).ok_or_else(|| Problem::missing("team"))
}

fn named(text: &str) -> Result<String, Problem> {
    manage::name(text).ok_or_else(|| Problem::field("name", "must have 1 to 80 characters"))
}

/// User IDs as they are stored.
fn users(field: &str, given: Option<Vec<String>>) -> Result<Vec<String>, Problem> {
    let given = given.unwrap_or_default();
    if given.len() > REPS_MAX {
        return Err(Problem::field(field, format!("must be at most {REPS_MAX}")));
    }
    let user = |(at, user): (usize, String)| {
        let wrong = || Problem::field(&format!("{field}.{at}"), "must have the form of an e-mail address");
        normal_user(&user).ok_or_else(wrong)
    };
    given.into_iter().enumerate().map(user).collect()
}
