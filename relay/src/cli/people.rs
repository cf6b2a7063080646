//! `rep add`, `rep set`, `rep password`, `rep list`: on the database itself, also while a relay runs on it.

use super::{CliError, ListOptions, RepAddOptions};
use crate::data::DataFolder;
use crate::manage::{self, By};
use crate::password;
use crate::signin::normal_user;
use crate::store::{NewRep, Rep, RepChange, RepStatus, Role, SqliteStore, Store};
use clap::ValueEnum;
use lotse_protocol::control::Secret;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct RepSetOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The rep's user ID.
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// Whether the rep may sign in. The sign-ins of one who is suspended end.
    #[arg(long, value_enum)]
    status: Option<StatusOption>,
    /// What the rep is in the account.
    #[arg(long, value_enum)]
    role: Option<RoleOption>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StatusOption {
    Active,
    Suspended,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RoleOption {
    Rep,
    Manager,
}

#[derive(Debug, clap::Args)]
pub(super) struct RepPasswordOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The rep's user ID.
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// File with the password on its first line, for one sign-in.
    #[arg(long, value_name = "FILE")]
    password_file: PathBuf,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn add(options: RepAddOptions) -> Result<(), CliError> {
    let RepAddOptions { data, account, user, password_file, name, contact, json } = options;
    let user = normal_user(&user).ok_or(CliError::NotAnEmail(user))?;
    let account = named(&account, "--account")?;
    let name = named(&name.unwrap_or_else(|| user.split('@').next().unwrap_or_default().to_owned()), "--name")?;
    let contact = contact.map(|contact| manage::contact(&contact));
    let password_hash = password_in(password_file)?;
    let folder = DataFolder::open(&data)?;
    folder.is_whole()?;
    let store = SqliteStore::open(folder.path()).await?;
    let role = Role::Rep;
    let rep = NewRep { account: account.clone(), user: user.clone(), name: name.clone(), password_hash, contact, role };
    let (_, rep_id) = manage::add_rep(&store, rep, &By::CommandLine).await?;
    store.close().await;
    if json {
        print(&json!({ "id": rep_id, "account": account, "user": user, "name": name }));
    } else {
        println!("{name} ({user}) can sign in, in account {account}.");
    }
    Ok(())
}

pub(super) async fn set(options: RepSetOptions) -> Result<(), CliError> {
    let RepSetOptions { data, user, status, role, json } = options;
    if status.is_none() && role.is_none() {
        return Err(CliError::NothingToChange("rep set"));
    }
    let user = normal_user(&user).ok_or(CliError::NotAnEmail(user))?;
    let status = status.map(|status| match status {
        StatusOption::Active => RepStatus::Active,
        StatusOption::Suspended => RepStatus::Suspended,
    });
    let role = role.map(|role| match role {
        RoleOption::Rep => Role::Rep,
        RoleOption::Manager => Role::Manager,
    });
    let store = open_existing(&data).await?;
    let words = manage::change_rep(&store, &user, RepChange { status, role }, &By::CommandLine).await?;
    store.close().await;
    if json {
        print(&json!({ "user": user, "status": status.map(RepStatus::name), "role": role.map(Role::name) }));
    } else {
        println!("{user}: {words}.");
    }
    Ok(())
}

pub(super) async fn set_password(options: RepPasswordOptions) -> Result<(), CliError> {
    let RepPasswordOptions { data, user, password_file, json } = options;
    let user = normal_user(&user).ok_or(CliError::NotAnEmail(user))?;
    let password_hash = password_in(password_file)?;
    let store = open_existing(&data).await?;
    manage::reset_password(&store, &user, password_hash, &By::CommandLine).await?;
    store.close().await;
    if json {
        print(&json!({ "user": user, "must_change_password": true }));
    } else {
        println!("{user} can sign in once with this password and must choose another then.");
    }
    Ok(())
}

/// The hash of the password in a file's first line.
pub(super) fn password_in(file: PathBuf) -> Result<String, CliError> {
    let text = std::fs::read_to_string(&file);
    let text = text.map_err(|error| CliError::Read { path: file, option: "--password-file", error })?;
    let password = Secret(text.lines().next().unwrap_or_default().to_owned());
    Ok(password::hash_new(&password)?)
}

pub(super) async fn list_reps(options: ListOptions) -> Result<(), CliError> {
    let store = open_existing(&options.data).await?;
    let reps = store.reps().await?;
    store.close().await;
    if options.json {
        let rep = |rep: &Rep| {
            json!({
                "id": rep.id, "account": rep.account_name, "user": rep.user, "name": rep.name, "active": rep.active,
                "role": rep.role, "must_change_password": rep.must_change,
            })
        };
        print(&Value::Array(reps.iter().map(rep).collect()));
        return Ok(());
    }
    if reps.is_empty() {
        println!("There is no rep yet; add one with `lotse-relay rep add`.");
    }
    for Rep { user, name, account_name, active, role, .. } in &reps {
        let note = if *active { "" } else { " · not active" };
        println!("{account_name} · {name} · {user} · {role}{note}");
    }
    Ok(())
}

/// What only looks or takes away makes no data folder: a misspelt path would look like an empty relay.
pub(super) async fn open_existing(data: &Path) -> Result<SqliteStore, CliError> {
    if !data.is_dir() {
        return Err(CliError::NoData(data.to_owned()));
    }
    DataFolder::is_whole_at(data)?;
    Ok(SqliteStore::open(data).await?)
}

pub(super) fn named(text: &str, option: &'static str) -> Result<String, CliError> {
    manage::name(text).ok_or(CliError::Name(option))
}

pub(super) fn print(value: &Value) {
    println!("{value}");
}
