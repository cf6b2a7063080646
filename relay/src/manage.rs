//! What is done to accounts, people, teams, portals, licences and plugins, with its line in the audit log. The command line and the HTTP API
//! and the Management Center all call this, so that none does anything that the others do not, and each line is written before the
//! answer.
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

#[cfg(test)]
mod tests;

pub use accounts::{add_account, change_account, change_account_seen, changes, edit_account, let_managers_watch};
pub use browsers::end_browser;
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

use crate::audit::AuditTrail;
use crate::clock::unix_s;
use crate::hub::AuditLine;
use crate::store::{Store, StoreError};

/// Who does it, for the audit log. Whoever gets an answer of a relay has a trail, where a line waits that cannot be written at
/// once.
#[derive(Clone)]
pub enum By {
    /// Whoever may write to the data folder.
    CommandLine,
    /// A token of the API, by its name.
    Token { name: String, trail: AuditTrail },
    /// Somebody in the Management Center, by user ID.
    Person { user: String, trail: AuditTrail },
}

impl By {
    /// What happened, and who did it where that is worth a word.
    fn noted(&self, detail: String) -> String {
        let who = match self {
            Self::CommandLine => return detail,
            Self::Token { name, .. } => format!("by token {name}"),
            Self::Person { user, .. } => format!("by {user}"),
        };
        if detail.is_empty() { who } else { format!("{detail}, {who}") }
    }
}

/// Writes a line down at once: what was done is told even if the program ends with the next step. Done is done: what a relay
/// cannot write now waits in the trail, and is counted if it is lost there; nobody is told that the act itself failed.
async fn note(store: &dyn Store, by: &By, line: AuditLine) -> Result<(), StoreError> {
    let line = AuditLine { detail: by.noted(line.detail), ..line };
    let written = store.write_audit(std::slice::from_ref(&line), unix_s()).await;
    match (written, by) {
        (Ok(()), _) => Ok(()),
        (Err(error), By::CommandLine) => Err(error),
        (Err(error), By::Token { trail, .. } | By::Person { trail, .. }) => {
            tracing::warn!(%error, "the line of what was done waits to be written");
            trail.write(line);
            Ok(())
        }
    }
}
