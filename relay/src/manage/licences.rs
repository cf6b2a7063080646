//! What accounts have paid for, and the days that it is said with.

use super::{By, note};
use crate::hub::{AuditKind, AuditLine};
use crate::store::web::Edited;
use crate::store::{AccountTerms, Store, StoreError, TermChange};
use lotse_protocol::date::Day;
use lotse_protocol::licence::Term;

/// Changes one feature of the account of this name; how its licence stands then, and what stands there of the feature, in
/// words.
pub async fn change_licence(
    store: &dyn Store,
    account: &str,
    feature: &str,
    change: TermChange,
    by: &By,
) -> Result<(AccountTerms, String), StoreError> {
    let after = store.change_licence(account, feature, change).await?;
    let term = after.terms.get(feature);
    let detail = format!("{feature}: {}", term.map_or_else(|| "off".to_owned(), term_words));
    let (kind, account) = (AuditKind::LicenceChanged, Some(after.account));
    note(store, by, AuditLine { account, detail: detail.clone(), ..AuditLine::new(kind) }).await?;
    Ok((after, detail))
}

/// Changes one feature of an account, by its number and name, if it stands as it was seen.
pub async fn edit_term(
    store: &dyn Store,
    (account, name): (i64, &str),
    feature: &str,
    seen: &str,
    change: TermChange,
    by: &By,
) -> Result<Edited, StoreError> {
    let words = change_words(&change);
    let edited = store.edit_term(name, feature, seen, change).await?;
    if edited == Edited::Done {
        let (kind, detail) = (AuditKind::LicenceChanged, format!("{feature}: {words}"));
        note(store, by, AuditLine { account: Some(account), detail, ..AuditLine::new(kind) }).await?;
    }
    Ok(edited)
}

/// What a whole change makes of a feature, as [`term_words`] says it.
pub fn change_words(change: &TermChange) -> String {
    let TermChange { on, from_s, until_s, limits } = change;
    if *on == Some(false) {
        return "off".to_owned();
    }
    let limits = limits.iter().filter_map(|(name, limit)| limit.map(|limit| (name.clone(), limit)));
    let limits = limits.collect();
    term_words(&Term { from_s: from_s.flatten(), until_s: until_s.flatten(), limits })
}

/// Unix seconds of a day such as `2027-01-31`, as `of_day` means it, of a number of seconds, or of `ever`, which is `None`.
/// The outer `None`: it is none of these.
pub fn day_or_seconds(text: &str, of_day: impl Fn(Day) -> i64) -> Option<Option<i64>> {
    if text == "ever" {
        return Some(None);
    }
    let parsed = Day::parse(text).map(of_day).or_else(|| text.parse().ok());
    // What nobody could print as a day is a slip of the keyboard.
    parsed.filter(|at_s| Day::of(*at_s).is_some()).map(Some)
}

/// Such as `from 2027-01-01, until 2027-12-31, sessions 3`.
pub fn term_words(term: &Term) -> String {
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
pub fn moment(unix_s: i64) -> String {
    match (Day::of(unix_s), unix_s.rem_euclid(24 * 3600)) {
        (Some(day), 0 | 86_399) => day.to_string(),
        (Some(day), _) => format!("{day} ({unix_s})"),
        (None, _) => unix_s.to_string(),
    }
}
