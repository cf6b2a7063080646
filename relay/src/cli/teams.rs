//! `team add`, `team set`, `team remove`, `team list`: on the database itself, also while a relay runs on it.

use super::people::{named, open_existing, print};
use super::{CliError, ListOptions};
use crate::api::{Shape, shown};
use crate::manage::{self, By};
use crate::signin::normal_user;
use crate::store::{Store, Team, TeamChange, TeamStore};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub(super) enum TeamCommand {
    /// Adds a team. Works while the relay runs.
    Add(TeamAddOptions),
    /// Changes a team. Acts on a running relay within two seconds.
    Set(TeamSetOptions),
    /// Removes a team that no portal leads to. Its reps stay.
    Remove(TeamRemoveOptions),
    /// Lists teams.
    List(ListOptions),
}

#[derive(Debug, clap::Args)]
pub(super) struct TeamAddOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Name of the account.
    #[arg(long, value_name = "NAME")]
    account: String,
    /// Name of the team.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// User ID of a rep of the team; may be given several times.
    #[arg(long, value_name = "EMAIL")]
    rep: Vec<String>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct TeamSetOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Name of the account.
    #[arg(long, value_name = "NAME")]
    account: String,
    /// Name of the team.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Another name for it.
    #[arg(long, value_name = "NAME")]
    rename: Option<String>,
    /// User ID of a rep who comes into the team; may be given several times.
    #[arg(long, value_name = "EMAIL")]
    rep: Vec<String>,
    /// User ID of a rep who leaves the team; may be given several times.
    #[arg(long, value_name = "EMAIL")]
    no_rep: Vec<String>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct TeamRemoveOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Name of the account.
    #[arg(long, value_name = "NAME")]
    account: String,
    /// Name of the team.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(command: TeamCommand) -> Result<(), CliError> {
    match command {
        TeamCommand::Add(options) => add(options).await,
        TeamCommand::Set(options) => set(options).await,
        TeamCommand::Remove(options) => remove(options).await,
        TeamCommand::List(options) => list(options).await,
    }
}

async fn add(options: TeamAddOptions) -> Result<(), CliError> {
    let TeamAddOptions { data, account, name, rep, json } = options;
    let name = named(&name, "--name")?;
    let users = users(rep)?;
    let store = open_existing(&data).await?;
    let id = manage::add_team(&store, &account, &name, &users, &By::CommandLine).await?;
    store.close().await;
    if json {
        print(&json!({ "id": id, "account": account, "name": name, "reps": users }));
    } else {
        println!("There is a team {name} now. Lead a portal to it with `lotse-relay portal set --team`.");
    }
    Ok(())
}

async fn set(options: TeamSetOptions) -> Result<(), CliError> {
    let TeamSetOptions { data, account, name, rename, rep, no_rep, json } = options;
    if rename.is_none() && rep.is_empty() && no_rep.is_empty() {
        return Err(CliError::NothingToChange("team set"));
    }
    let rename = rename.map(|rename| named(&rename, "--rename")).transpose()?;
    let change = TeamChange { name: rename.clone(), add: users(rep)?, remove: users(no_rep)? };
    let words = manage::team_changes(&change);
    let store = open_existing(&data).await?;
    let id = manage::change_team(&store, &account, &name, change, &By::CommandLine).await?;
    store.close().await;
    if json {
        print(&json!({ "id": id, "account": account, "name": rename.unwrap_or(name), "changed": words }));
    } else {
        println!("{name}: {}.", words.join(", "));
    }
    Ok(())
}

async fn remove(options: TeamRemoveOptions) -> Result<(), CliError> {
    let TeamRemoveOptions { data, account, name, json } = options;
    let store = open_existing(&data).await?;
    let id = manage::remove_team(&store, &account, &name, &By::CommandLine).await?;
    store.close().await;
    if json {
        print(&json!({ "id": id, "account": account, "name": name, "removed": true }));
    } else {
        println!("The team {name} is removed; its reps stay.");
    }
    Ok(())
}

async fn list(options: ListOptions) -> Result<(), CliError> {
    let store = open_existing(&options.data).await?;
    let teams = store.teams().await?;
    store.close().await;
    if options.json {
        print(&Value::Array(teams.into_iter().map(|team| shown::Team::of(team).write()).collect()));
        return Ok(());
    }
    if teams.is_empty() {
        println!("There is no team yet; add one with `lotse-relay team add`.");
    }
    for Team { account_name, name, users, .. } in &teams {
        let users = if users.is_empty() { "nobody".to_owned() } else { users.join(", ") };
        println!("{account_name} · {name} · {users}");
    }
    Ok(())
}

/// User IDs as they are stored.
fn users(given: Vec<String>) -> Result<Vec<String>, CliError> {
    given.into_iter().map(|user| normal_user(&user).ok_or(CliError::NotAnEmail(user))).collect()
}
