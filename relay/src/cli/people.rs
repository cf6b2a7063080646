//! `rep add`, `rep list`, `account list`: on the database itself, also while a relay runs on it.

use super::{CliError, ListOptions, RepAddOptions};
use crate::clock::unix_s;
use crate::data::DataFolder;
use crate::hub::{AuditKind, AuditLine};
use crate::password;
use crate::signin::normal_user;
use crate::store::{Account, NewRep, Rep, SqliteStore, Store};
use lotse_protocol::control::Secret;
use lotse_protocol::tidy;
use serde_json::{Value, json};
use std::path::Path;

/// Longest name of an account or a rep, in characters.
const NAME_CHARS_MAX: usize = 80;
/// Longest contact, in characters.
const CONTACT_CHARS_MAX: usize = 200;

pub(super) async fn add(options: RepAddOptions) -> Result<(), CliError> {
    let RepAddOptions { data, account, user, password_file, name, contact, json } = options;
    let user = normal_user(&user).ok_or(CliError::NotAnEmail(user))?;
    let account = named(&account, "--account")?;
    let name = named(&name.unwrap_or_else(|| user.split('@').next().unwrap_or_default().to_owned()), "--name")?;
    let contact = contact.map(|contact| tidy(&contact, CONTACT_CHARS_MAX));
    let text = std::fs::read_to_string(&password_file);
    let text = text.map_err(|error| CliError::Read { path: password_file, option: "--password-file", error })?;
    let password = Secret(text.lines().next().unwrap_or_default().to_owned());
    let password_hash = password::hash_new(&password)?;
    let folder = DataFolder::open(&data)?;
    let store = SqliteStore::open(folder.path()).await?;
    let now_s = unix_s();
    let added = store
        .add_rep(
            NewRep { account: account.clone(), user: user.clone(), name: name.clone(), password_hash, contact },
            now_s,
        )
        .await?;
    let (account_id, rep_id) = added;
    let line = AuditLine { account: Some(account_id), rep: Some(rep_id), ..AuditLine::new(AuditKind::RepAdded) };
    store.write_audit(&[line], now_s).await?;
    store.close().await;
    if json {
        print(&json!({ "id": rep_id, "account": account, "user": user, "name": name }));
    } else {
        println!("{name} ({user}) can sign in, in account {account}.");
    }
    Ok(())
}

pub(super) async fn list_reps(options: ListOptions) -> Result<(), CliError> {
    let store = open_existing(&options.data).await?;
    let reps = store.reps().await?;
    store.close().await;
    if options.json {
        let rep = |rep: &Rep| json!({ "id": rep.id, "account": rep.account_name, "user": rep.user, "name": rep.name, "active": rep.active });
        print(&Value::Array(reps.iter().map(rep).collect()));
        return Ok(());
    }
    if reps.is_empty() {
        println!("There is no rep yet; add one with `lotse-relay rep add`.");
    }
    for Rep { user, name, account_name, active, .. } in &reps {
        let note = if *active { "" } else { " · not active" };
        println!("{account_name} · {name} · {user}{note}");
    }
    Ok(())
}

pub(super) async fn list_accounts(options: ListOptions) -> Result<(), CliError> {
    let store = open_existing(&options.data).await?;
    let accounts = store.accounts().await?;
    store.close().await;
    if options.json {
        let account = |account: &Account| {
            let Account { id, name, status, contact, reps, features } = account;
            json!({ "id": id, "name": name, "status": status.name(), "contact": contact, "reps": reps, "features": features })
        };
        print(&Value::Array(accounts.iter().map(account).collect()));
        return Ok(());
    }
    if accounts.is_empty() {
        println!("There is no account yet; `lotse-relay rep add` makes one.");
    }
    for Account { name, status, reps, features, .. } in &accounts {
        let features: Vec<&str> = features.iter().map(String::as_str).collect();
        println!("{name} · {} · {reps} reps · features: {}", status.name(), features.join(", "));
    }
    Ok(())
}

/// What only looks or takes away makes no data folder: a misspelt path would look like an empty relay.
pub(super) async fn open_existing(data: &Path) -> Result<SqliteStore, CliError> {
    if !data.is_dir() {
        return Err(CliError::NoData(data.to_owned()));
    }
    Ok(SqliteStore::open(data).await?)
}

fn named(text: &str, option: &'static str) -> Result<String, CliError> {
    let clean = tidy(text, NAME_CHARS_MAX + 1);
    if (1..=NAME_CHARS_MAX).contains(&clean.chars().count()) { Ok(clean) } else { Err(CliError::Name(option)) }
}

pub(super) fn print(value: &Value) {
    println!("{value}");
}
