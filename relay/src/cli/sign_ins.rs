//! `rep sign-ins`, `rep sign-out`: on the database itself, also while a relay runs on it.

use super::CliError;
use super::people::{open_existing, print};
use crate::clock::unix_s;
use crate::manage::{self, By};
use crate::signin::normal_user;
use crate::store::{SignInList, SignInRecord, Store};
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
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn list(options: SignInsOptions) -> Result<(), CliError> {
    let SignInsOptions { data, user, json } = options;
    let user = normal_user(&user).ok_or(CliError::NotAnEmail(user))?;
    let store = open_existing(&data).await?;
    let sign_ins = store.sign_ins_of(&user, unix_s()).await?;
    store.close().await;
    if json {
        let sign_in = |sign_in: &SignInRecord| {
            let SignInRecord { number, since_s, used_s, has_seat } = sign_in;
            json!({ "sign_in": number, "since_s": since_s, "used_s": used_s, "has_seat": has_seat })
        };
        print(&Value::Array(sign_ins.iter().map(sign_in).collect()));
        return Ok(());
    }
    if sign_ins.is_empty() {
        println!("{user} is not signed in.");
    }
    for SignInRecord { number, since_s, used_s, has_seat } in &sign_ins {
        let seat = if *has_seat { "has a seat" } else { "no seat" };
        println!("{number} · since {} · last used {} · {seat}", utc(*since_s), utc(*used_s));
    }
    Ok(())
}

pub(super) async fn sign_out(options: SignOutOptions) -> Result<(), CliError> {
    let SignOutOptions { data, user, sign_in, json } = options;
    let user = normal_user(&user).ok_or(CliError::NotAnEmail(user))?;
    let store = open_existing(&data).await?;
    let ended = manage::end_sign_ins(&store, &user, sign_in, &By::CommandLine).await?;
    if let (Some(number), []) = (sign_in, ended.numbers.as_slice()) {
        return Err(CliError::NoSignIn(number, user));
    }
    store.close().await;
    match (json, ended.numbers.len()) {
        (true, _) => print(&json!({ "user": user, "ended": ended.numbers })),
        (false, 0) => println!("{user} was not signed in."),
        (false, 1) => println!("{user}: one sign-in ended."),
        (false, count) => println!("{user}: {count} sign-ins ended."),
    }
    Ok(())
}

/// Unix seconds as `2026-11-29 11:24 UTC` (the calendar's arithmetic is Howard Hinnant's `civil_from_days`).
pub(super) fn utc(unix_s: i64) -> String {
    let (days, second) = (unix_s.div_euclid(86_400), unix_s.rem_euclid(86_400));
    let since_march = days.saturating_add(719_468);
    let (era, of_era) = (since_march.div_euclid(146_097), since_march.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year}-{month:02}-{day:02} {:02}:{:02} UTC", second / 3600, second % 3600 / 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_of_the_calendar() {
        for (unix_s, text) in [
            (0, "1970-01-01 00:00 UTC"),
            (951_782_399, "2000-02-28 23:59 UTC"),
            (951_782_400, "2000-02-29 00:00 UTC"),
            (1_700_000_000, "2023-11-14 22:13 UTC"),
            (-1, "1969-12-31 23:59 UTC"),
        ] {
            assert_eq!(utc(unix_s), text);
        }
        utc(i64::MAX);
        utc(i64::MIN);
    }
}
