//! Other reps: who there is, and asking for one.

use super::PluginHost;
use crate::shared::{Inner, Wish};
use lotse_protocol::handover::{NOTE_CHARS_MAX, Purpose};
use lotse_protocol::tidy;
use lotse_runtime::{ErrorCode, Role, Target};

impl PluginHost {
    /// Whom a session can go to.
    pub(super) fn targets(&self) -> Vec<Target> {
        let directory = self.shared.directory.lock().clone();
        let target = |of: &lotse_protocol::handover::Target| {
            let (id, name, kind) = (of.id.clone(), of.name.clone(), of.kind.name().to_owned());
            Target { id, kind, name, available: of.available }
        };
        directory.iter().map(target).collect()
    }

    /// Asks for another rep; one wish of a session at a time.
    pub(super) fn wish(&self, to: String, note: &str, purpose: Purpose) -> Result<u64, ErrorCode> {
        if self.shared.me.role != Role::Rep {
            return Err(ErrorCode::Denied);
        }
        let request = self.shared.new_id();
        let mut open = self.shared.wish.lock();
        if open.is_some() {
            return Err(ErrorCode::Busy);
        }
        let wish = Wish { request, to, note: tidy(note, NOTE_CHARS_MAX), purpose };
        if !self.shared.report(Inner::Wish { plugin: self.plugin, wish }) {
            return Err(ErrorCode::Busy);
        }
        *open = Some(request);
        Ok(request)
    }
}
