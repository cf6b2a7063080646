//! Values that an account's reps share: which connections hear of a change. The values themselves are the store's.

use super::Hub;
use super::action::AuditKind;
use super::input::ConnectionId;
use lotse_protocol::control::FromRelay;
use lotse_protocol::shared::{PLUGINS_MAX, SharedValue};
use lotse_protocol::tidy;

/// Longest key in the audit log, in characters.
const KEY_CHARS_MAX: usize = 64;

impl Hub {
    /// A rep's program wants to hear of changes to this plugin's values. It asks before it reads, so it misses none.
    pub(super) fn shared_wanted(&mut self, connection: ConnectionId, plugin: String) {
        let Some(known) = self.connections.get_mut(&connection) else { return };
        if known.shared.len() < PLUGINS_MAX {
            known.shared.insert(plugin);
        }
    }

    /// A rep has changed a value, and it is written down: every console of the account that wants to know is told.
    pub(super) fn shared_changed(&mut self, connection: ConnectionId, plugin: &str, value: &SharedValue) {
        let Some(rep) = self.connections.get(&connection).and_then(|known| known.rep.clone()) else { return };
        let detail = format!("{} {}", tidy(plugin, KEY_CHARS_MAX), tidy(&value.key, KEY_CHARS_MAX));
        self.audit(AuditKind::SharedChanged, None, Some(&rep), detail);
        let hears = |of: &super::Connection| {
            of.rep.as_ref().is_some_and(|other| other.account == rep.account) && of.shared.contains(plugin)
        };
        let mut told: Vec<ConnectionId> =
            self.connections.iter().filter(|(_, of)| hears(of)).map(|(connection, _)| *connection).collect();
        told.sort_unstable();
        for to in told {
            let (plugin, values) = (plugin.to_owned(), vec![value.clone()]);
            self.send(to, FromRelay::Shared { plugin, revision: value.revision, whole: false, values });
        }
    }
}

#[cfg(test)]
#[path = "shared_values_tests.rs"]
mod tests;
