//! `operator add`, `operator list`, `operator password`, `operator remove`: on the database itself, also while a relay runs on
//! it.

use super::people::{named, open_existing, password_in, print};
use super::{CliError, ListOptions};
use crate::clock::unix_s;
use crate::data::DataFolder;
use crate::hub::{AuditKind, AuditLine};
use crate::signin::normal_user;
use crate::store::web::{NewOperator, Operator, Web};
use crate::store::{SqliteStore, Store};
use clap::Subcommand;
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(super) enum OperatorCommand {
    /// Adds an operator, who sees and changes every account in the Management Center.
    Add(OperatorAddOptions),
    /// Sets an operator's password and ends their browsers' sign-ins.
    Password(OperatorPasswordOptions),
    /// Removes an operator; their browsers' sign-ins end at once.
    Remove(OperatorRemoveOptions),
    /// Lists operators.
    List(ListOptions),
}

#[derive(Debug, clap::Args)]
pub(super) struct OperatorAddOptions {
    /// The relay's data folder; made if it is missing.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The operator's user ID, in the form of an e-mail address.
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// File with the password on its first line.
    #[arg(long, value_name = "FILE")]
    password_file: PathBuf,
    /// The part of the user ID before the @ if not given.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct OperatorPasswordOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The operator's user ID.
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// File with the password on its first line.
    #[arg(long, value_name = "FILE")]
    password_file: PathBuf,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct OperatorRemoveOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The operator's user ID.
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Runs a command to its end.
pub(super) async fn run(command: OperatorCommand) -> Result<(), CliError> {
    match command {
        OperatorCommand::Add(options) => add(options).await,
        OperatorCommand::Password(options) => set_password(options).await,
        OperatorCommand::Remove(options) => remove(options).await,
        OperatorCommand::List(options) => list(options).await,
    }
}

async fn add(options: OperatorAddOptions) -> Result<(), CliError> {
    let OperatorAddOptions { data, user, password_file, name, json } = options;
    let user = normal_user(&user).ok_or(CliError::NotAnEmail(user))?;
    let name = named(&name.unwrap_or_else(|| user.split('@').next().unwrap_or_default().to_owned()), "--name")?;
    let password_hash = password_in(password_file)?;
    let folder = DataFolder::open(&data)?;
    folder.is_whole()?;
    let store = SqliteStore::open(folder.path()).await?;
    let operator = NewOperator { user: user.clone(), name: name.clone(), password_hash };
    if !store.add_operator(operator, false, unix_s()).await? {
        return Err(CliError::OperatorTaken(user));
    }
    done(&store, AuditKind::OperatorAdded, &user).await?;
    let words = format!("{name} ({user}) is an operator and can sign in to the Management Center.");
    tell(json, &json!({ "user": user, "name": name }), &words);
    Ok(())
}

async fn set_password(options: OperatorPasswordOptions) -> Result<(), CliError> {
    let OperatorPasswordOptions { data, user, password_file, json } = options;
    let user = normal_user(&user).ok_or(CliError::NotAnEmail(user))?;
    let password_hash = password_in(password_file)?;
    let store = open_existing(&data).await?;
    if !store.set_operator_password(&user, password_hash).await? {
        return Err(CliError::NoOperator(user));
    }
    done(&store, AuditKind::OperatorPassword, &user).await?;
    tell(json, &json!({ "user": user }), &format!("{user} has another password now and signs in anew."));
    Ok(())
}

async fn remove(options: OperatorRemoveOptions) -> Result<(), CliError> {
    let OperatorRemoveOptions { data, user, json } = options;
    let user = normal_user(&user).ok_or(CliError::NotAnEmail(user))?;
    let store = open_existing(&data).await?;
    if !store.remove_operator(&user).await? {
        return Err(CliError::NoOperator(user));
    }
    let left = store.operators().await?.len();
    done(&store, AuditKind::OperatorRemoved, &user).await?;
    let more = if left == 0 { " There is none any more: the relay shows a set-up code at its next start." } else { "" };
    tell(json, &json!({ "user": user, "operators": left }), &format!("{user} is no operator any more.{more}"));
    Ok(())
}

async fn list(options: ListOptions) -> Result<(), CliError> {
    let store = open_existing(&options.data).await?;
    let operators = store.operators().await?;
    store.close().await;
    if options.json {
        let operator = |Operator { id, user, name, .. }: &Operator| json!({ "id": id, "user": user, "name": name });
        print(&Value::Array(operators.iter().map(operator).collect()));
        return Ok(());
    }
    if operators.is_empty() {
        println!("There is no operator yet; add one with `lotse-relay operator add`, or by the relay's set-up code.");
    }
    for Operator { user, name, .. } in &operators {
        println!("{name} · {user}");
    }
    Ok(())
}

/// Notes what was done to whom, and lets go of the database.
async fn done(store: &SqliteStore, kind: AuditKind, user: &str) -> Result<(), CliError> {
    let line = AuditLine { detail: format!("{user}, by the command line"), ..AuditLine::new(kind) };
    store.write_audit(&[line], unix_s()).await?;
    store.close().await;
    Ok(())
}

fn tell(json: bool, value: &Value, words: &str) {
    if json {
        print(value);
    } else {
        println!("{words}");
    }
}
