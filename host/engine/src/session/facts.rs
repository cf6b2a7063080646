//! What this computer is, for the plugins that asked: read on a thread that may wait for a disk.

use super::Task;
use crate::computer::{self, Groups};
use crate::shared::Inner;
use lotse_runtime::{Capability, Event as PluginEvent};

impl Task {
    pub(super) fn on_look(&mut self) {
        let Some(shared) = self.shared.clone() else { return };
        let inner = self.queues.inner.0.clone();
        tokio::task::spawn_blocking(move || {
            let displays = shared.desk.displays().unwrap_or_default();
            // Nobody is left to hear it when the session is over.
            let _ = inner.blocking_send(Inner::Facts(computer::look(&displays)));
        });
    }

    /// Whose right was taken back meanwhile hears nothing, and in a pause nobody does.
    pub(super) fn on_facts(&self, groups: &Groups) {
        let Some(shared) = &self.shared else { return };
        for plugin in shared.wishes.take_looking() {
            let active = shared.instance(plugin).is_some_and(|of| of.active().contains(Capability::System));
            if active && !self.view.paused {
                shared.try_tell(plugin, PluginEvent::SystemFacts(groups.clone()));
            }
        }
    }
}
