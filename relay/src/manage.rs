//! What is done to accounts, people, teams, portals, licences and plugins, with its line in the audit log. The command line and the HTTP API
//! and the Management Center all call this, so that none does anything that the others do not, and each line is written before the
//! answer.
//!
//! What comes in is valid: texts have been through [`name`], [`contact`], [`greeting`], [`zone`] and `signin::normal_user`. A running relay
//! notices each change by the store's counters.

mod accounts;
mod licences;
mod people;
mod plugins;
mod portals;
mod teams;
mod texts;
mod tokens;
mod webhooks;

#[cfg(test)]
mod tests;

pub use accounts::{add_account, change_account, change_account_seen, changes, edit_account};
#[cfg(test)]
pub use licences::change_words;
pub use licences::{change_licence, day_or_seconds, edit_term, moment, term_words};
pub use people::{
    add_person, add_rep, change_rep, edit_person, end_sign_ins, person_changes, remove_second_factor, reset_password,
    sign_out, unlock,
};
pub use plugins::{edit_plugin_rule, range, set_plugin_rule};
pub use portals::{
    add_portal, change_portal, edit_portal, greeting, portal_changes, remove_portal, remove_portal_seen,
};
pub use teams::{add_team, change_team, edit_team, remove_team, remove_team_seen, team_changes};
pub use texts::{SEATS_MAX, contact, name, zone};
pub use tokens::{LIFETIME_DAYS, LIFETIME_DAYS_MAX, add_token, revoke_token, secret_in};
pub use webhooks::{add_webhook, remove_webhook};

use crate::clock::unix_s;
use crate::hub::AuditLine;
use crate::store::{Store, StoreError};

/// Who does it, for the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// Whoever may write to the data folder.
    CommandLine,
    /// A token of the API, by its name.
    Token(String),
    /// Somebody in the Management Center, by user ID.
    Person { user: String },
}

impl By {
    /// What happened, and who did it where that is worth a word.
    fn noted(&self, detail: String) -> String {
        let who = match self {
            Self::CommandLine => return detail,
            Self::Token(name) => format!("by token {name}"),
            Self::Person { user } => format!("by {user}"),
        };
        if detail.is_empty() { who } else { format!("{detail}, {who}") }
    }
}

/// Writes a line down at once: what was done is told even if the program ends with the next step.
async fn note(store: &dyn Store, by: &By, line: AuditLine) -> Result<(), StoreError> {
    let detail = by.noted(line.detail);
    store.write_audit(&[AuditLine { detail, ..line }], unix_s()).await
}
