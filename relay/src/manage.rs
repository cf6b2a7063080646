//! What is done to accounts, people, teams, portals, licences and plugins, with its line in the audit log. The command line and the HTTP API
//! both call this, so that neither does anything that the other does not.
//!
//! What comes in is valid: texts have been through [`name`], [`contact`], [`greeting`], [`zone`] and `signin::normal_user`. A running relay
//! notices each change by the store's counters.

mod accounts;
mod browsers;
mod licences;
mod people;
mod plugins;
mod portals;
mod teams;
mod texts;
mod tokens;
mod webhooks;

pub use accounts::{add_account, change_account, change_account_seen, changes};
pub use browsers::end_browser;
pub use licences::{change_licence, day_or_seconds, moment, term_words};
pub use people::{add_rep, change_rep, edit_person, end_sign_ins, remove_second_factor, reset_password, unlock};
pub use plugins::{range, set_plugin_rule};
pub use portals::{GREETING_CHARS_MAX, add_portal, change_portal, greeting, portal_changes, remove_portal};
pub use teams::{add_team, change_team, remove_team, team_changes};
pub use texts::{CONTACT_CHARS_MAX, NAME_CHARS_MAX, SEATS_MAX, contact, name, zone};
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
}

impl By {
    /// What happened, and who did it where that is worth a word.
    fn noted(&self, detail: String) -> String {
        match self {
            Self::CommandLine => detail,
            Self::Token(name) if detail.is_empty() => format!("by token {name}"),
            Self::Token(name) => format!("{detail}, by token {name}"),
        }
    }
}

/// Writes a line down at once: what was done is told even if the program ends with the next step.
async fn note(store: &dyn Store, by: &By, line: AuditLine) -> Result<(), StoreError> {
    let detail = by.noted(line.detail);
    store.write_audit(&[AuditLine { detail, ..line }], unix_s()).await
}
