//! `report list` and `report show`: what was done in sessions, with the reps' notes, out of the database itself.

use super::CliError;
use super::moments::{LIMIT_MAX, Moment, span};
use super::people::{open_existing, print};
use crate::api::{Shape, shown};
use crate::dates::utc;
use crate::store::{
    AuditEntry, PAGE_MAX, Part, Participant, Report, ReportFilter, ReportRow, Reports, SqliteStore, Store, StoreError,
};
use crate::token::hex;
use clap::Subcommand;
use serde_json::Value;
use std::path::PathBuf;
use std::str::FromStr;

#[derive(Debug, Subcommand)]
pub(super) enum ReportCommand {
    /// Lists an account's sessions, newest first.
    List(ReportListOptions),
    /// Shows one session: who, when, with what, the rep's notes, and its lines of the audit log.
    Show(ReportShowOptions),
}

#[derive(Debug, clap::Args)]
pub(super) struct ReportListOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Name of the account.
    #[arg(long, value_name = "NAME")]
    account: String,
    /// Sessions begun at this time or later: 2026-07-01 or 2026-07-01T10:02, in UTC.
    #[arg(long, value_name = "TIME")]
    from: Option<Moment>,
    /// Sessions begun before this time.
    #[arg(long, value_name = "TIME")]
    to: Option<Moment>,
    /// Sessions of the rep with this user ID.
    #[arg(long, value_name = "EMAIL")]
    rep: Option<String>,
    /// Sessions with these words in the customer's name, the system or the notes.
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=LIMIT_MAX))]
    limit: u32,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct ReportShowOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Id of the session, or its first 12 digits, as programs show them.
    #[arg(long, value_name = "ID")]
    session: SessionDigits,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// The first bytes of a session's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SessionDigits(pub Vec<u8>);

impl FromStr for SessionDigits {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WANTED: &str = "12 to 32 hexadecimal digits, an even number";
        let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
        let digits = digits.filter(|digits| (12..=32).contains(&digits.len()) && digits.len() % 2 == 0);
        let byte = |pair: &[u32]| pair.iter().fold(0_u32, |byte, digit| byte * 16 + digit);
        let bytes = digits.ok_or(WANTED)?.chunks(2).map(byte).map(u8::try_from).collect::<Result<_, _>>();
        bytes.map(Self).map_err(|_| WANTED)
    }
}

pub(super) async fn run(command: ReportCommand) -> Result<(), CliError> {
    match command {
        ReportCommand::List(options) => list(options).await,
        ReportCommand::Show(options) => show(options).await,
    }
}

async fn list(options: ReportListOptions) -> Result<(), CliError> {
    let ReportListOptions { data, account, from, to, rep, text, limit, json } = options;
    let store = open_existing(&data).await?;
    let account = account_named(&store, &account).await?;
    let rep = match rep {
        None => None,
        Some(user) => {
            let known = store.rep_by_user(&user.to_lowercase()).await?;
            Some(known.ok_or(StoreError::NoRep(user))?.id)
        }
    };
    let filter = ReportFilter { from_s: from.map(|from| from.0), to_s: to.map(|to| to.0), rep, text };
    let rows = rows(&store, account, &filter, limit).await?;
    store.close().await;
    if json {
        print(&Value::Array(rows.iter().map(|row| shown::SessionRow::of(row).write()).collect()));
        return Ok(());
    }
    if rows.is_empty() {
        println!("There is no such session; ended ones are kept for 90 days.");
    }
    for row in &rows {
        println!("{}", row_words(row));
    }
    Ok(())
}

async fn rows(
    store: &SqliteStore,
    account: i64,
    filter: &ReportFilter,
    limit: u32,
) -> Result<Vec<ReportRow>, StoreError> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let left = limit.saturating_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        if left == 0 {
            return Ok(rows);
        }
        let page = store.reports(account, filter, after, left.min(PAGE_MAX)).await?;
        rows.extend(page.rows);
        after = page.next;
        if after.is_none() {
            return Ok(rows);
        }
    }
}

async fn show(options: ReportShowOptions) -> Result<(), CliError> {
    let ReportShowOptions { data, session, json } = options;
    let store = open_existing(&data).await?;
    let session = store.session_beginning(&session.0).await?;
    let report = store.report(session).await?;
    store.close().await;
    let report = report.ok_or_else(|| StoreError::NoSession(hex(&session.0)))?;
    if json {
        print(&shown::Report::of(&report).write());
    } else {
        print_report(&report);
    }
    Ok(())
}

/// The account's row.
pub(super) async fn account_named(store: &SqliteStore, name: &str) -> Result<i64, StoreError> {
    let accounts = store.accounts().await?;
    let found = accounts.iter().find(|account| account.name.eq_ignore_ascii_case(name));
    found.map(|account| account.id).ok_or_else(|| StoreError::NoAccount(name.to_owned()))
}

fn row_words(row: &ReportRow) -> String {
    let ReportRow { session, rep_name, customer, system, started_s, ended_s, end_reason, .. } = row;
    let state = match ended_s {
        None => "runs".to_owned(),
        Some(ended_s) => format!("{} · {}", span(*started_s, *ended_s), end_reason.as_deref().unwrap_or_default()),
    };
    let first = row.notes_begin.lines().next().unwrap_or_default();
    let notes = if first.is_empty() { String::new() } else { format!(" · {first}") };
    format!("{} · {} · {rep_name} · {customer} · {system} · {state}{notes}", utc(*started_s), hex(&session.0))
}

fn print_report(report: &Report) {
    let Report { row, plugins, notes, participants, timeline } = report;
    println!("{}", row_words(&ReportRow { notes_begin: String::new(), ..row.clone() }));
    let plugins: Vec<String> = plugins.iter().map(|plugin| format!("{} {}", plugin.id, plugin.version)).collect();
    println!("Plugins: {}", if plugins.is_empty() { "none".to_owned() } else { plugins.join(", ") });
    println!("Reps:");
    for of in participants {
        println!("  {}", participant_words(of));
    }
    match notes {
        None => println!("Notes: none"),
        Some(notes) => {
            println!("Notes, last changed {}:", utc(notes.changed_s));
            for line in notes.text.lines() {
                println!("  {line}");
            }
        }
    }
    println!("Timeline:");
    for AuditEntry { at_s, kind, detail, .. } in timeline {
        println!("  {} {kind} {detail}", utc(*at_s));
    }
}

fn participant_words(of: &Participant) -> String {
    let Participant { session: _, rep_name, rep_user, part, from_s, until_s } = of;
    let part = match part {
        Part::Led => "led",
        Part::Beside => "beside",
        Part::LookedOn => "looked on",
    };
    let until = until_s.map_or("still".to_owned(), |until_s| format!("until {}", utc(until_s)));
    format!("{rep_name} · {rep_user} · {part} · from {} · {until}", utc(*from_s))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h2_who_took_part_is_told_with_times_and_as_what() {
        let mut of = Participant {
            session: lotse_protocol::control::SessionId([1; 16]),
            rep_name: "Bo Lind".to_owned(),
            rep_user: "bo@acme.example".to_owned(),
            part: Part::LookedOn,
            from_s: 0,
            until_s: None,
        };
        let from = utc(0);
        assert_eq!(participant_words(&of), format!("Bo Lind · bo@acme.example · looked on · from {from} · still"));
        (of.part, of.until_s) = (Part::Led, Some(60));
        assert!(participant_words(&of).ends_with(&format!("led · from {from} · until {}", utc(60))));
    }

    #[test]
    fn a_session_is_named_by_its_digits() {
        let read = |text: &str| text.parse::<SessionDigits>().ok();
        assert_eq!(read("00ff10203040"), Some(SessionDigits(vec![0, 255, 16, 32, 48, 64])));
        assert_eq!(read(&"AB".repeat(16)), Some(SessionDigits(vec![0xab; 16])));
        for bad in ["", "00ff1020304", "00ff1020304x", &"ab".repeat(17), "ü0ff10203040"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
