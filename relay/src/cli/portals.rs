//! `portal add`, `portal set`, `portal remove`, `portal list`: on the database itself, also while a relay runs on it.

use super::accounts::LanguageOption;
use super::people::{named, open_existing, print};
use super::{CliError, ListOptions};
use crate::clock::unix_s;
use crate::hub::{AuditKind, AuditLine};
use crate::portals::is_slug;
use crate::store::{ListedPortal, NewPortal, Portal, PortalChange, PortalStore, SqliteStore, Store};
use lotse_protocol::tidy;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Longest greeting, in characters.
pub(crate) const GREETING_CHARS_MAX: usize = 500;

#[derive(Debug, clap::Subcommand)]
pub(super) enum PortalCommand {
    /// Adds a portal. Acts on a running relay within two seconds.
    Add(PortalAddOptions),
    /// Changes a portal. Acts on a running relay within two seconds.
    Set(PortalSetOptions),
    /// Removes a portal. Questions that wait there end; messages that were left there stay.
    Remove(PortalRemoveOptions),
    /// Lists portals.
    List(ListOptions),
}

#[derive(Debug, clap::Args)]
pub(super) struct PortalAddOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Name of the account.
    #[arg(long, value_name = "NAME")]
    account: String,
    /// Part of its address: lower-case letters, digits and dashes. No other portal of the relay has it.
    #[arg(long, value_name = "WORD")]
    slug: String,
    /// Name of the portal, as customers and reps see it; the account's if not given.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Team that it leads to; every rep of the account if not given.
    #[arg(long, value_name = "NAME")]
    team: Option<String>,
    /// A few words to customers.
    #[arg(long, value_name = "TEXT", default_value = "")]
    greeting: String,
    /// Language for customers whose browser asks for neither; the account's if not given.
    #[arg(long, value_enum)]
    language: Option<LanguageOption>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct PortalSetOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The portal's part of its address.
    #[arg(long, value_name = "WORD")]
    slug: String,
    /// Name of the portal, as customers and reps see it.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Team that it leads to.
    #[arg(long, value_name = "NAME")]
    team: Option<String>,
    /// It leads to every rep of the account.
    #[arg(long, conflicts_with = "team")]
    no_team: bool,
    /// A few words to customers; an empty text takes them away.
    #[arg(long, value_name = "TEXT")]
    greeting: Option<String>,
    /// Language for customers whose browser asks for neither.
    #[arg(long, value_enum)]
    language: Option<LanguageOption>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct PortalRemoveOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The portal's part of its address.
    #[arg(long, value_name = "WORD")]
    slug: String,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(command: PortalCommand) -> Result<(), CliError> {
    match command {
        PortalCommand::Add(options) => add(options).await,
        PortalCommand::Set(options) => set(options).await,
        PortalCommand::Remove(options) => remove(options).await,
        PortalCommand::List(options) => list(options).await,
    }
}

async fn add(options: PortalAddOptions) -> Result<(), CliError> {
    let PortalAddOptions { data, account, slug, name, team, greeting, language, json } = options;
    if !is_slug(&slug) {
        return Err(CliError::Slug(slug));
    }
    let name = named(name.as_ref().unwrap_or(&account), "--name")?;
    let greeting = tidy(&greeting, GREETING_CHARS_MAX);
    let language = language.map(LanguageOption::tag);
    let portal =
        NewPortal { account: account.clone(), slug: slug.clone(), name: name.clone(), greeting, language, team };
    let store = open_existing(&data).await?;
    let (account_id, id) = store.add_portal(portal, unix_s()).await?;
    note(&store, account_id, format!("portal {slug}: added")).await?;
    store.close().await;
    if json {
        print(&json!({ "id": id, "account": account, "slug": slug, "name": name }));
    } else {
        println!("Customers of {account} can come by the portal {slug} now.");
    }
    Ok(())
}

async fn set(options: PortalSetOptions) -> Result<(), CliError> {
    let PortalSetOptions { data, slug, name, team, no_team, greeting, language, json } = options;
    let change = PortalChange {
        name: name.map(|name| named(&name, "--name")).transpose()?,
        greeting: greeting.map(|greeting| tidy(&greeting, GREETING_CHARS_MAX)),
        language: language.map(|language| Some(language.tag())),
        team: if no_team { Some(None) } else { team.map(Some) },
    };
    let words = changes(&change);
    if words.is_empty() {
        return Err(CliError::NothingToChange("portal set"));
    }
    let store = open_existing(&data).await?;
    let (account, id) = store.change_portal(&slug, change).await?;
    note(&store, account, format!("portal {slug}: {}", words.join(", "))).await?;
    store.close().await;
    if json {
        print(&json!({ "id": id, "slug": slug, "changed": words }));
    } else {
        println!("{slug}: {}.", words.join(", "));
    }
    Ok(())
}

/// What is changed, in words.
pub(crate) fn changes(change: &PortalChange) -> Vec<String> {
    let PortalChange { name, greeting, language, team } = change;
    let name = name.as_ref().map(|name| format!("name {name}"));
    let greeting = greeting.as_ref().map(|_| "greeting changed".to_owned());
    let language = language.map(|language| format!("language {}", language.unwrap_or("the account's")));
    let team = team.as_ref().map(|team| format!("team {}", team.as_deref().unwrap_or("everybody")));
    [name, greeting, language, team].into_iter().flatten().collect()
}

async fn remove(options: PortalRemoveOptions) -> Result<(), CliError> {
    let PortalRemoveOptions { data, slug, json } = options;
    let store = open_existing(&data).await?;
    let (account, id) = store.remove_portal(&slug).await?;
    note(&store, account, format!("portal {slug}: removed")).await?;
    store.close().await;
    if json {
        print(&json!({ "id": id, "slug": slug, "removed": true }));
    } else {
        println!("The portal {slug} is removed.");
    }
    Ok(())
}

async fn list(options: ListOptions) -> Result<(), CliError> {
    let store = open_existing(&options.data).await?;
    let portals = store.portals().await?;
    store.close().await;
    if options.json {
        let portal = |listed: &ListedPortal| {
            let ListedPortal { portal, team, active } = listed;
            let Portal { id, account: _, account_name, slug, name, language, greeting, contact: _ } = portal;
            json!({
                "id": id, "account": account_name, "slug": slug, "name": name, "language": language,
                "greeting": greeting, "team": team, "active": active,
            })
        };
        print(&Value::Array(portals.iter().map(portal).collect()));
        return Ok(());
    }
    if portals.is_empty() {
        println!("There is no portal yet; add one with `lotse-relay portal add`.");
    }
    for ListedPortal { portal, team, active } in &portals {
        let team = team.as_deref().unwrap_or("every rep");
        let note = if *active { "" } else { " · account not active" };
        println!("{} · {} · {} · {team}{note}", portal.account_name, portal.slug, portal.name);
    }
    Ok(())
}

async fn note(store: &SqliteStore, account: i64, detail: String) -> Result<(), CliError> {
    let line = AuditLine { account: Some(account), detail, ..AuditLine::new(AuditKind::PortalChanged) };
    Ok(store.write_audit(&[line], unix_s()).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_plain_letters() {
        assert!(is_slug("help-2") && is_slug(&"x".repeat(40)));
        for bad in ["", "Help", "hilfe für alle", "a/b", "ä", &"x".repeat(41)] {
            assert!(!is_slug(bad), "{bad}");
        }
    }

    #[test]
    fn what_changes_is_said_in_words() {
        assert!(changes(&PortalChange::default()).is_empty());
        let change = PortalChange { team: Some(None), language: Some(Some("de")), ..PortalChange::default() };
        assert_eq!(changes(&change), ["language de", "team everybody"]);
    }
}
