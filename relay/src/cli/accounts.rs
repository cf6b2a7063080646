//! `account add`, `account set`, `account list`: on the database itself, also while a relay runs on it.

use super::people::{named, open_existing, print};
use super::{CliError, ListOptions};
use crate::api::{Shape, shown};
use crate::data::DataFolder;
use crate::manage::{self, By};
use crate::store::{Account, AccountChange, AccountStatus, NewAccount, SqliteStore, Store};
use clap::ValueEnum;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::str::FromStr;

pub(crate) use crate::manage::SEATS_MAX;

#[derive(Debug, clap::Args)]
pub(super) struct AccountAddOptions {
    /// The relay's data folder; made if it is missing.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Name of the account.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// How many may be signed in and work at once; any number if not given.
    #[arg(long, value_name = "N")]
    seats: Option<SeatsOption>,
    /// Whom the account's reps ask about features that are not licensed.
    #[arg(long, value_name = "TEXT", default_value = "")]
    contact: String,
    /// Language of what is sent to the account.
    #[arg(long, value_enum, default_value_t = LanguageOption::En)]
    language: LanguageOption,
    /// Time zone of the account, such as Europe/Berlin.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    time_zone: String,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct AccountSetOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Name of the account.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// How many may be signed in and work at once, or `any`. With fewer than are signed in nobody is signed out: new
    /// sign-ins wait.
    #[arg(long, value_name = "N")]
    seats: Option<SeatsOption>,
    /// Whether its reps may sign in. The sign-ins of an account that is not active end.
    #[arg(long, value_enum)]
    status: Option<StatusOption>,
    /// Whom the account's reps ask about features that are not licensed.
    #[arg(long, value_name = "TEXT")]
    contact: Option<String>,
    /// Language of what is sent to the account.
    #[arg(long, value_enum)]
    language: Option<LanguageOption>,
    /// Time zone of the account, such as Europe/Berlin.
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// Whether each rep signs in with a second factor. Who has none sets one up at the next sign-in.
    #[arg(long, value_enum)]
    second_factor: Option<SecondFactorOption>,
    /// Whether its managers may ask to look on at its sessions. The customer is asked each time.
    #[arg(long, value_enum)]
    managers_watch: Option<WatchingOption>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// A number of seats, or `any`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct SeatsOption(Option<u32>);

impl FromStr for SeatsOption {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "any" {
            return Ok(Self(None));
        }
        let seats = text.parse().ok().filter(|seats| *seats <= SEATS_MAX);
        seats.map(|seats| Self(Some(seats))).ok_or("a number from 0 to 1000000, or any")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StatusOption {
    Active,
    Suspended,
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SecondFactorOption {
    Required,
    Optional,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WatchingOption {
    Allowed,
    NotAllowed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LanguageOption {
    En,
    De,
}

impl LanguageOption {
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }
}

pub(super) async fn add(options: AccountAddOptions) -> Result<(), CliError> {
    let AccountAddOptions { data, name, seats, contact, language, time_zone, json } = options;
    let account = NewAccount {
        name: named(&name, "--name")?,
        seats: seats.and_then(|seats| seats.0),
        contact: manage::contact(&contact),
        language: language.tag(),
        time_zone: zone(time_zone)?,
    };
    let name = account.name.clone();
    let folder = DataFolder::open(&data)?;
    folder.is_whole()?;
    let store = SqliteStore::open(folder.path()).await?;
    let id = manage::add_account(&store, account, &By::CommandLine).await?;
    store.close().await;
    if json {
        print(&json!({ "id": id, "name": name }));
    } else {
        println!("There is an account {name} now; add its people with `lotse-relay rep add`.");
    }
    Ok(())
}

pub(super) async fn set(options: AccountSetOptions) -> Result<(), CliError> {
    let AccountSetOptions {
        data,
        name,
        seats,
        status,
        contact,
        language,
        time_zone,
        second_factor,
        managers_watch,
        json,
    } = options;
    let name = named(&name, "--name")?;
    let change = AccountChange {
        status: status.map(|status| match status {
            StatusOption::Active => AccountStatus::Active,
            StatusOption::Suspended => AccountStatus::Suspended,
            StatusOption::Closed => AccountStatus::Closed,
        }),
        seats: seats.map(|seats| seats.0),
        contact: contact.map(|contact| manage::contact(&contact)),
        language: language.map(LanguageOption::tag),
        time_zone: time_zone.map(zone).transpose()?,
        second_factor_required: second_factor.map(|option| match option {
            SecondFactorOption::Required => true,
            SecondFactorOption::Optional => false,
        }),
        managers_watch: managers_watch.map(|option| match option {
            WatchingOption::Allowed => true,
            WatchingOption::NotAllowed => false,
        }),
    };
    let words = manage::changes(&change);
    if words.is_empty() {
        return Err(CliError::NothingToChange("account set"));
    }
    let store = open_existing(&data).await?;
    let id = manage::change_account(&store, &name, change, &By::CommandLine).await?;
    store.close().await;
    if json {
        print(&json!({ "id": id, "name": name, "changed": words }));
    } else {
        println!("{name}: {}.", words.join(", "));
    }
    Ok(())
}

fn zone(text: String) -> Result<String, CliError> {
    manage::zone(&text).map(str::to_owned).ok_or(CliError::TimeZone(text))
}

pub(super) async fn list(options: ListOptions) -> Result<(), CliError> {
    let store = open_existing(&options.data).await?;
    let accounts = store.accounts().await?;
    store.close().await;
    if options.json {
        let account = |account: &Account| shown::Account::of(account).write();
        print(&Value::Array(accounts.iter().map(account).collect()));
        return Ok(());
    }
    if accounts.is_empty() {
        println!("There is no account yet; `lotse-relay account add` and `rep add` make one.");
    }
    for Account { name, status, seats, reps, features, .. } in &accounts {
        let features: Vec<&str> = features.iter().map(String::as_str).collect();
        let seats = seats.map_or("any number of".to_owned(), |seats| seats.to_string());
        println!("{name} · {} · {reps} reps · {seats} seats · features: {}", status.name(), features.join(", "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn seats_are_a_number_or_any() {
        assert_eq!("any".parse::<SeatsOption>(), Ok(SeatsOption(None)));
        assert_eq!("0".parse::<SeatsOption>(), Ok(SeatsOption(Some(0))));
        for bad in ["", "-1", "1000001", "many"] {
            assert!(bad.parse::<SeatsOption>().is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn h2_whether_managers_look_on_is_set_alone_and_taken_back() {
        use crate::store::HandOverStore;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().to_owned();
        let account = AccountAddOptions {
            data: data.clone(),
            name: "Acme".to_owned(),
            seats: None,
            contact: String::new(),
            language: LanguageOption::En,
            time_zone: "UTC".to_owned(),
            json: true,
        };
        add(account).await.unwrap();
        let options = |managers_watch| AccountSetOptions {
            data: data.clone(),
            name: "acme".to_owned(),
            seats: None,
            status: None,
            contact: None,
            language: None,
            time_zone: None,
            second_factor: None,
            managers_watch,
            json: true,
        };
        assert!(set(options(None)).await.is_err(), "nothing is to be changed");
        for (option, may) in [(WatchingOption::Allowed, true), (WatchingOption::NotAllowed, false)] {
            set(options(Some(option))).await.unwrap();
            let store = open_existing(&data).await.unwrap();
            let id = store.accounts().await.unwrap()[0].id;
            assert_eq!(store.managers_watch(id).await.unwrap(), may);
            store.close().await;
        }
    }
}
