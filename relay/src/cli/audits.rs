//! `audit list`: the audit log out of the database itself, for people, as JSON, or as CSV for a spreadsheet.

use super::CliError;
use super::moments::{LIMIT_MAX, Moment, line};
use super::people::open_existing;
use super::reports::{SessionDigits, account_named};
use crate::audit::table;
use crate::csv;
use crate::dates::utc;
use crate::hub::AuditKind;
use crate::store::{AuditEntry, AuditFilter, PAGE_MAX, Reports, SqliteStore, Store};
use clap::Subcommand;
use std::path::PathBuf;
use std::str::FromStr;

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Lists lines of the audit log, newest first.
    List(AuditListOptions),
}

#[derive(Debug, clap::Args)]
pub(super) struct AuditListOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Lines about this account; all if not given.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Lines of this kind, such as sign-in-failed.
    #[arg(long, value_name = "KIND")]
    kind: Option<KindOption>,
    /// Lines about the session with this id, or with these first 12 digits of one.
    #[arg(long, value_name = "ID")]
    session: Option<SessionDigits>,
    /// Lines written at this time or later: 2026-07-01 or 2026-07-01T10:02, in UTC.
    #[arg(long, value_name = "TIME")]
    from: Option<Moment>,
    /// Lines written before this time.
    #[arg(long, value_name = "TIME")]
    to: Option<Moment>,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=LIMIT_MAX))]
    limit: u32,
    /// Prints JSON.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Prints comma-separated values. No cell is one that a spreadsheet calculates.
    #[arg(long)]
    csv: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct KindOption(AuditKind);

impl FromStr for KindOption {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = AuditKind::ALL.into_iter().find(|kind| kind.name() == text);
        let names = || AuditKind::ALL.map(AuditKind::name).join(", ");
        found.map(Self).ok_or_else(|| format!("there are {}", names()))
    }
}

#[derive(Debug, Clone, Copy)]
enum Form {
    Words,
    Json,
    Csv,
}

pub(super) async fn run(command: AuditCommand) -> Result<(), CliError> {
    match command {
        AuditCommand::List(options) => list(options).await,
    }
}

async fn list(options: AuditListOptions) -> Result<(), CliError> {
    let AuditListOptions { data, account, kind, session, from, to, limit, json, csv } = options;
    let store = open_existing(&data).await?;
    let account = match account {
        None => None,
        Some(name) => Some(account_named(&store, &name).await?),
    };
    let session = match session {
        None => None,
        Some(digits) => Some(store.session_beginning(&digits.0).await?),
    };
    let (from_s, to_s) = (from.map(|from| from.0), to.map(|to| to.0));
    let filter = AuditFilter { account, kind: kind.map(|kind| kind.0), rep: None, session, from_s, to_s };
    let form = match (json, csv) {
        (true, _) => Form::Json,
        (false, true) => Form::Csv,
        (false, false) => Form::Words,
    };
    print_all(&store, &filter, limit, form).await?;
    store.close().await;
    Ok(())
}

/// Page by page: the whole log is more than a small machine should hold at once.
async fn print_all(store: &SqliteStore, filter: &AuditFilter, limit: u32, form: Form) -> Result<(), CliError> {
    let (mut left, mut after, mut first) = (limit, None, true);
    match form {
        Form::Words => {}
        Form::Json => print!("["),
        Form::Csv => print!("{}", csv::line(&table::HEAD)),
    }
    while left > 0 {
        let page = store.audit(filter, after, left.min(PAGE_MAX)).await?;
        for entry in &page.lines {
            match form {
                Form::Words => println!("{}", words(entry)),
                Form::Json => print!("{}{}", if first { "" } else { "," }, line(entry)),
                Form::Csv => print!("{}", csv::line(&cells(entry))),
            }
            first = false;
        }
        left = left.saturating_sub(u32::try_from(page.lines.len()).unwrap_or(u32::MAX));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    match form {
        Form::Words if first => println!("There is no such line."),
        Form::Words | Form::Csv => {}
        Form::Json => println!("]"),
    }
    Ok(())
}

/// In UTC.
fn cells(entry: &AuditEntry) -> [String; 8] {
    table::cells(entry, utc(entry.at_s))
}

fn words(entry: &AuditEntry) -> String {
    let [_, at, kind, about @ ..] = cells(entry);
    let about: Vec<String> = about.into_iter().filter(|word| !word.is_empty()).collect();
    format!("{at} {kind} {}", about.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_named_as_the_log_has_them() {
        for kind in AuditKind::ALL {
            assert_eq!(kind.name().parse::<KindOption>().ok(), Some(KindOption(kind)));
        }
        assert!("sign-in".parse::<KindOption>().is_err_and(|why| why.contains("sign-in-failed, ")));
    }

    #[test]
    fn a_line_has_a_cell_for_each_heading_and_none_that_is_a_formula() {
        let entry = AuditEntry {
            id: 7,
            at_s: 0,
            kind: "joined".into(),
            account: Some(1),
            account_name: Some("=Acme".into()),
            rep: None,
            rep_name: None,
            rep_user: None,
            session: None,
            detail: "a, b".into(),
        };
        let line = csv::line(&cells(&entry));
        assert_eq!(line, "7,1970-01-01T00:00:00Z,joined,\"'=Acme\",,,,\"a, b\"\r\n");
        assert_eq!(words(&entry), "1970-01-01T00:00:00Z joined =Acme · a, b");
    }
}
