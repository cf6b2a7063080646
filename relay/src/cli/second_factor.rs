//! `rep second-factor`, `rep unlock`: on the database itself, also while a relay runs on it.

use super::CliError;
use super::people::{open_existing, print};
use crate::dates::minute;
use crate::manage::{self, By};
use crate::signin::normal_user;
use crate::store::{Factor, SecondFactors, SqliteStore, Store};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct SecondFactorOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The rep's user ID.
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// Takes a lost second factor away and ends the rep's sign-ins. Where the account requires one, the rep sets up another
    /// at the next sign-in.
    #[arg(long)]
    remove: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct UnlockOptions {
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

pub(super) async fn second_factor(options: SecondFactorOptions) -> Result<(), CliError> {
    let SecondFactorOptions { data, user, remove, json } = options;
    let user = normal_user(&user).ok_or(CliError::NotAnEmail(user))?;
    let store = open_existing(&data).await?;
    if remove {
        if !manage::remove_second_factor(&store, &user, &By::CommandLine).await? {
            return Err(CliError::NoSecondFactor(user));
        }
        store.close().await;
        if json {
            print(&json!({ "user": user, "on": false }));
        } else {
            println!("{user} has no second factor any more, and signs in again.");
        }
        return Ok(());
    }
    let factor = standing(&store, &user).await?;
    store.close().await;
    match factor {
        None if json => print(&json!({ "user": user, "on": false })),
        None => println!("{user} has no second factor."),
        Some(Factor { since_s, recovery_codes_left, .. }) if json => {
            print(&json!({
                "user": user, "on": true, "since_s": since_s, "recovery_codes_left": recovery_codes_left,
            }));
        }
        Some(Factor { since_s, recovery_codes_left, .. }) => {
            println!(
                "{user} has a second factor since {} · {recovery_codes_left} recovery codes left",
                minute(since_s)
            );
        }
    }
    Ok(())
}

async fn standing(store: &SqliteStore, user: &str) -> Result<Option<Factor>, CliError> {
    let rep = store.rep_by_user(user).await?;
    let rep = rep.ok_or_else(|| crate::store::StoreError::NoRep(user.to_owned()))?;
    Ok(store.second_factor(rep.id).await?.and_then(|standing| standing.factor))
}

pub(super) async fn unlock(options: UnlockOptions) -> Result<(), CliError> {
    let UnlockOptions { data, user, json } = options;
    let user = normal_user(&user).ok_or(CliError::NotAnEmail(user))?;
    let store = open_existing(&data).await?;
    let was_locked = manage::unlock(&store, &user, &By::CommandLine).await?;
    store.close().await;
    match (json, was_locked) {
        (true, _) => print(&json!({ "user": user, "was_locked": was_locked })),
        (false, true) => println!("{user} can sign in again."),
        (false, false) => println!("{user} was not locked."),
    }
    Ok(())
}
