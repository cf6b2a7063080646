//! Accounts: listed, shown, added, changed; and who is signed in to one.

use super::page::{Asked, Page};
use super::problem::{Kind, Problem};
use super::route::{Answer, Call, outdated};
use super::shape::{Edit, Nothing, choice, shape};
use super::shown::{Account, Seats};
use crate::manage;
use crate::store::web::Edited;
use crate::store::{self, AccountChange, AccountStatus, NewAccount};

/// A language that texts are sent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    En,
    De,
}

impl Tongue {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }
}

choice!(Tongue: En De);

shape! {
    /// An account to be added. It has every feature that the relay knows.
    pub struct NewAccountBody {
        name: String = "Its name, which no other has.", "Acme", { "minLength": 1, "maxLength": 80 };
        seats: Option<u32> = "How many may be signed in and work at once; any number if not given.", 5,
            { "minimum": 0, "maximum": 1000000 };
        contact: Option<String> = "Whom its reps ask about features that are not licensed.", "it@acme.example",
            { "maxLength": 200 };
        language: Option<Tongue> = "Language of what is sent to it; en if not given.", "de";
        time_zone: Option<String> = "By its name in the IANA list; UTC if not given.", "Europe/Berlin",
            { "maxLength": 40 };
    }
}

shape! {
    /// What changes in an account; what is not named stays.
    pub struct AccountPatch {
        status: Option<AccountStatus> =
            "Whether its reps may sign in. The sign-ins of one that is not active end. For tokens of the whole relay.", "active";
        seats: Edit<u32> =
            "How many may be signed in and work at once; null: any number. For tokens of the whole relay.", 10,
            { "minimum": 0, "maximum": 1000000 };
        contact: Option<String> =
            "Whom its reps ask about features that are not licensed. For tokens of the whole relay.", "sales@vendor.example",
            { "maxLength": 200 };
        language: Option<Tongue> = "Language of what is sent to it.", "en";
        time_zone: Option<String> = "By its name in the IANA list.", "Europe/Vienna", { "maxLength": 40 };
        second_factor_required: Option<bool> = "Whether each rep signs in with a second factor.", true;
        managers_watch: Option<bool> =
            "Whether its managers may ask to look on at its sessions. Where it is taken back, those who look on leave.", true;
    }
}

fn shown(account: &store::Account) -> Answer<Account> {
    Answer::of(Account::of(account)).revision(account.api_revision())
}

pub(super) async fn list(call: Call, asked: Asked, _: Nothing) -> Result<Answer<Page<Account>>, Problem> {
    let behind = asked.behind()?.unwrap_or(0);
    let mut accounts = call.store().accounts().await.map_err(|error| call.problem(&error))?;
    // A token of one account sees that one.
    accounts.retain(|account| account.id > behind && call.token.account.is_none_or(|own| own == account.id));
    accounts.sort_unstable_by_key(|account| account.id);
    let rows = asked.rows();
    let items = accounts.iter().take(rows as usize + 1).map(Account::of).collect();
    Ok(Answer::of(Page::of(items, rows, |account: &Account| account.id)))
}

pub(super) async fn add(call: Call, _: Nothing, body: NewAccountBody) -> Result<Answer<Account>, Problem> {
    let NewAccountBody { name, seats, contact, language, time_zone } = body;
    let account = NewAccount {
        name: manage::name(&name).ok_or_else(|| Problem::field("name", "must have 1 to 80 characters"))?,
        seats,
        contact: manage::contact(&contact.unwrap_or_default()),
        language: language.unwrap_or(Tongue::En).name(),
        time_zone: zone(time_zone)?.unwrap_or_else(|| "UTC".to_owned()),
    };
    let added = manage::add_account(call.store(), account, &call.by()).await;
    let id = added.map_err(|error| call.problem(&error))?;
    let account = by_id(&call, id).await?;
    Ok(shown(&account).at(format!("/api/v1/accounts/{id}")))
}

pub(super) async fn show(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Account>, Problem> {
    call.account().map(shown)
}

pub(super) async fn change(call: Call, _: Nothing, body: AccountPatch) -> Result<Answer<Account>, Problem> {
    let id = call.account()?.id;
    let AccountPatch { status, seats, contact, language, time_zone, second_factor_required, managers_watch } = body;
    let change = AccountChange {
        status,
        seats: seats.change(),
        contact: contact.map(|contact| manage::contact(&contact)),
        language: language.map(Tongue::name),
        time_zone: zone(time_zone)?,
        second_factor_required,
        managers_watch,
    };
    if manage::changes(&change).is_empty() {
        return Err(nothing_to_change());
    }
    let of_the_vendor = change.status.is_some() || change.seats.is_some() || change.contact.is_some();
    if call.token.account.is_some() && of_the_vendor {
        let detail = "`status`, `seats` and `contact` need a token of the whole relay, not of one account.";
        return Err(Problem::new(Kind::ScopeMissing, detail));
    }
    match call.seen()? {
        None => {
            let name = call.account()?.name.clone();
            let changed = manage::change_account(call.store(), &name, change, &call.by()).await;
            changed.map_err(|error| call.problem(&error))?;
        }
        Some(seen) => {
            let edited = manage::change_account_seen(call.store(), id, seen, change, &call.by()).await;
            if edited.map_err(|error| call.problem(&error))? == Edited::Outdated {
                return Err(outdated());
            }
        }
    }
    let account = by_id(&call, id).await?;
    Ok(shown(&account))
}

pub(super) async fn seats(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Seats>, Problem> {
    let account = call.account()?;
    let live = call.shared.switchboard.live(account.id).await.map_err(|_| Problem::own(Kind::Busy))?;
    Ok(Answer::of(Seats::of(account.seats, live)))
}

async fn by_id(call: &Call, id: i64) -> Result<store::Account, Problem> {
    let account = call.store().account_by_id(id).await.map_err(|error| call.problem(&error))?;
    account.ok_or_else(|| Problem::missing("account"))
}

fn zone(text: Option<String>) -> Result<Option<String>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let known = manage::zone(&text).map(str::to_owned);
    known.map(Some).ok_or_else(|| Problem::field("time_zone", "must be a name of the IANA list, such as Europe/Berlin"))
}

/// A change that names nothing.
pub(super) fn nothing_to_change() -> Problem {
    Problem::new(Kind::Invalid, "Name at least one field that is to be changed.")
}
