//! `token add`, `token list`, `token revoke`: what scripts come to the HTTP API with. On the database itself, also while a relay
//! runs on it.

use super::people::{named, open_existing, print};
use super::reports::account_named;
use super::{CliError, ListOptions};
use crate::api::{Scope, Shape, shown};
use crate::clock::unix_s;
use crate::dates::utc;
use crate::manage::{self, By, LIFETIME_DAYS, LIFETIME_DAYS_MAX};
use crate::networks::Network;
use crate::store::Store;
use crate::store::api::{API_TOKENS_MAX, Api, ApiToken, NewApiToken};
use clap::Subcommand;
use lotse_protocol::control::Secret;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;

const DAY_S: i64 = 24 * 3600;

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Makes a token and shows it once.
    Add(TokenAddOptions),
    /// Lists tokens: what they are for, what they may do, when and from where they were used.
    List(ListOptions),
    /// Revokes a token. It is worth nothing any more at once.
    Revoke(TokenRevokeOptions),
}

#[derive(Debug, clap::Args)]
pub(super) struct TokenAddOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// What it is for, such as "people from HR".
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What it may do, such as people:write; to change does not include to read. Can be given several times.
    #[arg(long, value_name = "SCOPE", required = true)]
    scope: Vec<Scope>,
    /// The only account that it reaches; every account, and the relay itself, if not given.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// The network that it may be used from, such as 192.0.2.0/24; any if not given.
    #[arg(long, value_name = "NETWORK")]
    from: Option<Network>,
    /// How long it holds.
    #[arg(long, value_name = "N", default_value_t = LIFETIME_DAYS)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=i64::from(LIFETIME_DAYS_MAX)))]
    days: u32,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct TokenRevokeOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Its number in `token list`.
    #[arg(long, value_name = "N")]
    token: i64,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Runs a command to its end.
pub(super) async fn run(command: TokenCommand) -> Result<(), CliError> {
    match command {
        TokenCommand::Add(options) => add(options).await,
        TokenCommand::List(options) => list(options).await,
        TokenCommand::Revoke(options) => revoke(options).await,
    }
}

async fn add(options: TokenAddOptions) -> Result<(), CliError> {
    let TokenAddOptions { data, name, scope, account, from, days, json } = options;
    let name = named(&name, "--name")?;
    let scopes: BTreeSet<Scope> = scope.into_iter().collect();
    if let Some(scope) = scopes.iter().find(|scope| account.is_some() && scope.of_relay_alone()) {
        return Err(CliError::ScopeOfRelay(scope.name()));
    }
    let store = open_existing(&data).await?;
    let account = match account {
        None => None,
        Some(name) => Some(account_named(&store, &name).await?),
    };
    let scopes: Vec<&str> = scopes.into_iter().map(Scope::name).collect();
    let scopes = scopes.join(" ");
    let expires_s = unix_s().saturating_add(i64::from(days) * DAY_S);
    let addresses = from.map(|network| network.to_string());
    let new = |hash| NewApiToken { hash, name: name.clone(), account, scopes: scopes.clone(), addresses, expires_s };
    let added = manage::add_token(&store, new, &By::CommandLine).await?;
    store.close().await;
    let (id, Secret(token)) = added.ok_or(CliError::TooManyTokens(API_TOKENS_MAX))?;
    if json {
        print(&json!({ "id": id, "name": name, "token": token, "scopes": scopes.split(' ').collect::<Vec<_>>(),
            "expires_s": expires_s }));
        return Ok(());
    }
    println!("{token}");
    println!("This is shown once. Token {id}, {name}: {scopes}, until {}.", utc(expires_s));
    Ok(())
}

async fn list(options: ListOptions) -> Result<(), CliError> {
    let store = open_existing(&options.data).await?;
    let tokens = store.api_tokens(None).await?;
    store.close().await;
    if options.json {
        print(&Value::Array(tokens.iter().map(|token| shown::Token::of(token).write()).collect()));
        return Ok(());
    }
    if tokens.is_empty() {
        println!("There is no token yet; make one with `lotse-relay token add`.");
    }
    let now_s = unix_s();
    for token in &tokens {
        println!("{}", words(token, now_s));
    }
    Ok(())
}

fn words(token: &ApiToken, now_s: i64) -> String {
    let ApiToken { id, name, account: _, account_name, scopes, addresses, created_s: _, expires_s, used_s, used_from } =
        token;
    let reaches = account_name.as_deref().unwrap_or("every account");
    let holds = if *expires_s > now_s { "until" } else { "expired" };
    let from = addresses.as_ref().map(|network| format!(" · from {network} alone")).unwrap_or_default();
    let used = match (used_s, used_from) {
        (Some(used_s), Some(from)) => format!("used {} from {from}", utc(*used_s)),
        (Some(used_s), None) => format!("used {}", utc(*used_s)),
        (None, _) => "never used".to_owned(),
    };
    format!("{id} · {name} · {reaches} · {scopes} · {holds} {}{from} · {used}", utc(*expires_s))
}

async fn revoke(options: TokenRevokeOptions) -> Result<(), CliError> {
    let TokenRevokeOptions { data, token, json } = options;
    let store = open_existing(&data).await?;
    let revoked = manage::revoke_token(&store, token, None, &By::CommandLine).await?;
    store.close().await;
    let ApiToken { id, name, .. } = revoked.ok_or(CliError::NoToken(token))?;
    if json {
        print(&json!({ "id": id, "name": name, "revoked": true }));
    } else {
        println!("Token {id}, {name}, is revoked.");
    }
    Ok(())
}
