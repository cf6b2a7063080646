//! `rep sign-ins`, `rep sign-out`: on the database itself, also while a relay runs on it.

use super::CliError;
use super::people::{open_existing, print};
use crate::clock::unix_s;
use crate::dates::minute;
use crate::manage::{self, By};
use crate::signin::normal_user;
use crate::store::web::{Holder, Web, WebSession};
use crate::store::{SignInList, SignInRecord, SqliteStore, Store, StoreError};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct SignInsOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The rep's user ID.
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct SignOutOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The rep's user ID.
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// Ends this sign-in alone, by its number in `rep sign-ins`; all of them if not given.
    #[arg(long, value_name = "N")]
    sign_in: Option<i64>,
    /// Signs this browser out alone, by its number in `rep sign-ins`.
    #[arg(long, value_name = "N", conflicts_with = "sign_in")]
    browser: Option<i64>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn list(options: SignInsOptions) -> Result<(), CliError> {
    let SignInsOptions { data, user, json } = options;
    let user = normal_user(&user).ok_or(CliError::NotAnEmail(user))?;
    let store = open_existing(&data).await?;
    let sign_ins = store.sign_ins_of(&user, unix_s()).await?;
    let (_, rep) = rows_of(&store, &user).await?;
    let browsers = store.web_sessions(Holder::Rep(rep), unix_s()).await?;
    store.close().await;
    if json {
        let sign_in = |sign_in: &SignInRecord| {
            let SignInRecord { number, since_s, used_s, has_seat } = sign_in;
            json!({ "sign_in": number, "since_s": since_s, "used_s": used_s, "has_seat": has_seat })
        };
        let browser = |browser: &WebSession| {
            let WebSession { id, created_s, used_s, address, agent } = browser;
            json!({ "browser": id, "since_s": created_s, "used_s": used_s, "address": address, "agent": agent })
        };
        print(&Value::Array(sign_ins.iter().map(sign_in).chain(browsers.iter().map(browser)).collect()));
        return Ok(());
    }
    if sign_ins.is_empty() && browsers.is_empty() {
        println!("{user} is not signed in.");
    }
    for SignInRecord { number, since_s, used_s, has_seat } in &sign_ins {
        let seat = if *has_seat { "has a seat" } else { "no seat" };
        println!("{number} · since {} · last used {} · {seat}", minute(*since_s), minute(*used_s));
    }
    for WebSession { id, created_s, used_s, address, agent } in &browsers {
        let (since, used) = (minute(*created_s), minute(*used_s));
        println!("browser {id} · since {since} · last used {used} · {address} · {agent}");
    }
    Ok(())
}

/// The rows of a lower-case user's account and of the rep.
async fn rows_of(store: &SqliteStore, user: &str) -> Result<(i64, i64), CliError> {
    let rep = store.rep_by_user(user).await?.ok_or_else(|| StoreError::NoRep(user.to_owned()))?;
    Ok((rep.account, rep.id))
}

pub(super) async fn sign_out(options: SignOutOptions) -> Result<(), CliError> {
    let SignOutOptions { data, user, sign_in, browser, json } = options;
    let user = normal_user(&user).ok_or(CliError::NotAnEmail(user))?;
    let store = open_existing(&data).await?;
    if let Some(browser) = browser {
        return sign_browser_out(&store, user, browser, json).await;
    }
    let ended = manage::end_sign_ins(&store, &user, sign_in, &By::CommandLine).await?;
    if let (Some(number), []) = (sign_in, ended.numbers.as_slice()) {
        return Err(CliError::NoSignIn(number, user));
    }
    store.close().await;
    let browsers = match ended.browsers {
        0 => String::new(),
        1 => " One browser is signed out.".to_owned(),
        count => format!(" {count} browsers are signed out."),
    };
    match (json, ended.numbers.len()) {
        (true, _) => print(&json!({ "user": user, "ended": ended.numbers, "browsers": ended.browsers })),
        (false, 0) if browsers.is_empty() => println!("{user} was not signed in."),
        (false, 0) => println!("{user} was signed in by no console.{browsers}"),
        (false, 1) => println!("{user}: one sign-in ended.{browsers}"),
        (false, count) => println!("{user}: {count} sign-ins ended.{browsers}"),
    }
    Ok(())
}

async fn sign_browser_out(store: &SqliteStore, user: String, browser: i64, json: bool) -> Result<(), CliError> {
    let of = rows_of(store, &user).await?;
    if !manage::end_browser(store, of, browser, &By::CommandLine).await? {
        return Err(CliError::NoBrowser(browser, user));
    }
    store.close().await;
    if json {
        print(&json!({ "user": user, "ended": [], "browsers": 1 }));
    } else {
        println!("{user}: browser {browser} is signed out.");
    }
    Ok(())
}
