//! `licence list`, `licence set`, `licence show`: on the database itself, also while a relay runs on it.

use super::people::{named, open_existing, print};
use super::{CliError, ListOptions};
use crate::clock::unix_s;
use crate::data::DataFolder;
use crate::hub::{AuditKind, AuditLine};
use crate::licensing::LicenceKey;
use crate::store::{AccountTerms, Licences, Store, TermChange};
use crate::token::hex;
use clap::Subcommand;
use lotse_protocol::date::Day;
use lotse_protocol::licence::{LIMITS_MAX, Licence, Term, is_name};
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::str::FromStr;

#[derive(Debug, Subcommand)]
pub(super) enum LicenceCommand {
    /// Lists what every account has paid for.
    List(ListOptions),
    /// Changes one feature of an account. Acts on a running relay within two seconds: what is switched on appears in
    /// running sessions, what is switched off stays in them to their end.
    Set(LicenceSetOptions),
    /// Shows an account's licence.
    Show(LicenceShowOptions),
}

#[derive(Debug, clap::Args)]
pub(super) struct LicenceSetOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Name of the account.
    #[arg(long, value_name = "NAME")]
    account: String,
    /// The feature, as `licence list` has it.
    #[arg(long, value_name = "NAME")]
    feature: String,
    /// The account has it, on the terms that it had or without an end.
    #[arg(long, conflicts_with = "off")]
    on: bool,
    /// The account has it no more; its dates and limits are forgotten.
    #[arg(long, conflicts_with_all = ["from", "until", "limit"])]
    off: bool,
    /// First day, such as 2027-01-31 in UTC, or first second in Unix time; `ever` for no beginning.
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    from: Option<FromDate>,
    /// Last day, such as 2027-12-31 in UTC, or first second after it in Unix time; `ever` for no end.
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    until: Option<UntilDate>,
    /// A limit, such as sessions=3; with `any` in place of the number there is none.
    #[arg(long, value_name = "NAME=NUMBER")]
    limit: Vec<Limit>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct LicenceShowOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Name of the account.
    #[arg(long, value_name = "NAME")]
    account: String,
    /// The signed document that programs would get now, with its signature and the key to check it by.
    #[arg(long)]
    document: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Unix seconds of a beginning; `None`: from ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FromDate(Option<i64>);

/// Unix seconds of the first moment after an end; `None`: for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct UntilDate(Option<i64>);

const DATE: &str = "a day such as 2027-01-31, Unix seconds, or ever";

/// A day is meant whole: it begins with its first second, and the last day's end is the next one's beginning.
fn seconds(text: &str, of_day: impl Fn(Day) -> i64) -> Result<Option<i64>, &'static str> {
    if text == "ever" {
        return Ok(None);
    }
    let parsed = Day::parse(text).map(of_day).or_else(|| text.parse().ok());
    // What nobody could print as a day is a slip of the keyboard.
    parsed.filter(|at_s| Day::of(*at_s).is_some()).map(Some).ok_or(DATE)
}

impl FromStr for FromDate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        seconds(text, Day::start_s).map(Self)
    }
}

impl FromStr for UntilDate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        seconds(text, |day| day.start_s() + 24 * 3600).map(Self)
    }
}

/// A limit by its name; `None`: any number.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Limit(String, Option<u32>);

impl FromStr for Limit {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "a name and a number such as sessions=3, or sessions=any";
        let (name, value) = text.split_once('=').filter(|(name, _)| is_name(name)).ok_or(wrong)?;
        let value = if value == "any" { None } else { Some(value.parse().map_err(|_| wrong)?) };
        Ok(Self(name.to_owned(), value))
    }
}

pub(super) async fn run(command: LicenceCommand) -> Result<(), CliError> {
    match command {
        LicenceCommand::List(options) => list(options).await,
        LicenceCommand::Set(options) => set(options).await,
        LicenceCommand::Show(options) => show(options).await,
    }
}

async fn set(options: LicenceSetOptions) -> Result<(), CliError> {
    let LicenceSetOptions { data, account, feature, on, off, from, until, limit, json } = options;
    let account = named(&account, "--account")?;
    if limit.len() > LIMITS_MAX {
        return Err(CliError::Limits(LIMITS_MAX));
    }
    let change = TermChange {
        on: if off { Some(false) } else { on.then_some(true) },
        from_s: from.map(|from| from.0),
        until_s: until.map(|until| until.0),
        limits: limit.into_iter().map(|Limit(name, value)| (name, value)).collect(),
    };
    if change == TermChange::default() {
        return Err(CliError::NothingToChange("licence set"));
    }
    let store = open_existing(&data).await?;
    let after = store.change_licence(&account, &feature, change).await?;
    let term = after.terms.get(&feature);
    let detail = format!("{feature}: {}", term.map_or_else(|| "off".to_owned(), words));
    let (kind, account) = (AuditKind::LicenceChanged, Some(after.account));
    store.write_audit(&[AuditLine { account, detail: detail.clone(), ..AuditLine::new(kind) }], unix_s()).await?;
    store.close().await;
    if json {
        print(&as_json(&after));
    } else {
        println!("{} · {detail}.", after.name);
    }
    Ok(())
}

async fn list(options: ListOptions) -> Result<(), CliError> {
    let store = open_existing(&options.data).await?;
    let (known, (_, accounts)) = (store.known_features().await?, store.licences().await?);
    store.close().await;
    if options.json {
        let accounts: Vec<Value> = accounts.iter().map(as_json).collect();
        print(&json!({ "features": known, "accounts": accounts }));
        return Ok(());
    }
    println!("Features of this relay: {}.", if known.is_empty() { "none yet".to_owned() } else { known.join(", ") });
    for terms in &accounts {
        println!("{}", terms.name);
        lines(terms);
    }
    Ok(())
}

async fn show(options: LicenceShowOptions) -> Result<(), CliError> {
    let LicenceShowOptions { data, account, document, json } = options;
    let account = named(&account, "--account")?;
    let store = open_existing(&data).await?;
    let terms = store.licence_of(&account).await?;
    store.close().await;
    if document {
        return show_document(&data, &terms, json);
    }
    if json {
        print(&as_json(&terms));
        return Ok(());
    }
    println!("{}", terms.name);
    println!("  to be asked: {}", if terms.contact.is_empty() { "nobody yet" } else { &terms.contact });
    lines(&terms);
    Ok(())
}

fn show_document(data: &std::path::Path, terms: &AccountTerms, json: bool) -> Result<(), CliError> {
    let key = LicenceKey::of(&DataFolder::open(data)?)?;
    let signed = key.issue(terms, unix_s()).map_err(CliError::Licence)?;
    let licence = Licence::read(&signed.document).map_err(CliError::Licence)?;
    let (public, signature) = (hex(&key.public()), hex(&signed.signature));
    if json {
        let Licence { account, account_name, contact, issued_s, expires_s, features } = &licence;
        print(&json!({
            "id": account, "account": account_name, "contact": contact, "issued_s": issued_s, "expires_s": expires_s,
            "features": features_json(features.iter()), "document": hex(&signed.document), "signature": signature,
            "key": public,
        }));
        return Ok(());
    }
    println!("account    {} ({})", licence.account_name, licence.account);
    println!("contact    {}", licence.contact);
    println!("issued     {}", moment(licence.issued_s));
    println!("good until {}", moment(licence.expires_s));
    for (feature, term) in &licence.features {
        println!("feature    {feature}: {}", words(term));
    }
    println!("signature  {signature}");
    println!("key        {public}");
    Ok(())
}

fn lines(terms: &AccountTerms) {
    if terms.terms.is_empty() {
        println!("  no feature");
    }
    for (feature, term) in &terms.terms {
        println!("  {feature}: {}", words(term));
    }
}

/// Such as `from 2027-01-01, until 2027-12-31, sessions 3`.
pub(crate) fn words(term: &Term) -> String {
    let Term { from_s, until_s, limits } = term;
    let from = from_s.map(|from_s| format!("from {}", moment(from_s)));
    let until = until_s.map(|until_s| match until_s.rem_euclid(24 * 3600) {
        // The last whole day, as it was typed.
        0 => format!("until the end of {}", moment(until_s - 1)),
        _ => format!("until {}", moment(until_s)),
    });
    let limits = limits.iter().map(|(name, limit)| format!("{name} {limit}"));
    let all: Vec<String> = from.into_iter().chain(until).chain(limits).collect();
    if all.is_empty() { "on".to_owned() } else { all.join(", ") }
}

/// A day, with its seconds where it is not a whole one.
fn moment(unix_s: i64) -> String {
    match (Day::of(unix_s), unix_s.rem_euclid(24 * 3600)) {
        (Some(day), 0 | 86_399) => day.to_string(),
        (Some(day), _) => format!("{day} ({unix_s})"),
        (None, _) => unix_s.to_string(),
    }
}

fn as_json(terms: &AccountTerms) -> Value {
    let AccountTerms { account, name, contact, terms } = terms;
    json!({ "id": account, "account": name, "contact": contact, "features": features_json(terms.iter()) })
}

fn features_json<'a>(terms: impl Iterator<Item = (&'a String, &'a Term)>) -> Value {
    let now_s = unix_s();
    let feature = |(name, term): (&'a String, &'a Term)| {
        let Term { from_s, until_s, limits } = term;
        let value =
            json!({ "from_s": from_s, "until_s": until_s, "limits": limits, "licensed_now": term.holds(now_s) });
        (name.clone(), value)
    };
    Value::Object(terms.map(feature).collect::<Map<String, Value>>())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_day_is_meant_whole() {
        assert_eq!("2026-11-29".parse::<FromDate>().unwrap().0, Some(1_795_910_400));
        assert_eq!("2026-11-29".parse::<UntilDate>().unwrap().0, Some(1_795_910_400 + 86_400));
        assert_eq!("1795910401".parse::<UntilDate>().unwrap().0, Some(1_795_910_401));
        assert_eq!("ever".parse::<FromDate>().unwrap().0, None);
        for bad in ["", "tomorrow", "2026-02-30", "29.11.2026", "9999999999999"] {
            assert!(bad.parse::<FromDate>().is_err() && bad.parse::<UntilDate>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_limit_has_a_name_and_a_number() {
        assert_eq!("sessions=3".parse::<Limit>().unwrap(), Limit("sessions".into(), Some(3)));
        assert_eq!("sessions=any".parse::<Limit>().unwrap(), Limit("sessions".into(), None));
        for bad in ["", "sessions", "=3", "sessions=", "sessions=-1", "Sessions=3", "sessions=4294967296"] {
            assert!(bad.parse::<Limit>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_term_is_told_as_it_was_typed() {
        let until_s = "2026-11-29".parse::<UntilDate>().unwrap().0;
        let term = Term { from_s: Some(0), until_s, limits: [("sessions".to_owned(), 3)].into() };
        assert_eq!(words(&term), "from 1970-01-01, until the end of 2026-11-29, sessions 3");
        assert_eq!(words(&Term::default()), "on");
        let odd = Term { until_s: Some(61), ..Term::default() };
        assert_eq!(words(&odd), "until 1970-01-01 (61)");
    }
}
