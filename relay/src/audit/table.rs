//! The audit log as a table: the columns of the Center's file and of `audit list --csv` alike.

use crate::store::AuditEntry;
use crate::token::hex;

/// What the columns are called. `at` is in UTC, or else says in which zone.
pub const HEAD: [&str; 8] = ["id", "at", "kind", "account", "rep", "user", "session", "detail"];

/// A line's cells; `at` is its time as it is shown.
pub fn cells(entry: &AuditEntry, at: String) -> [String; 8] {
    let AuditEntry { id, at_s: _, kind, account: _, account_name, rep: _, rep_name, rep_user, session, detail } = entry;
    let word = |word: &Option<String>| word.clone().unwrap_or_default();
    [
        id.to_string(),
        at,
        kind.clone(),
        word(account_name),
        word(rep_name),
        word(rep_user),
        session.map(|session| hex(&session.0)).unwrap_or_default(),
        detail.clone(),
    ]
}
