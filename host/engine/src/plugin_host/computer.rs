//! This computer: what it is, and restarting it.

use super::PluginHost;
use crate::computer;
use crate::shared::Inner;
use crate::view::Access;
use lotse_protocol::peer::ConsentState;
use lotse_runtime::{ErrorCode, Role};
use std::time::Instant;

impl PluginHost {
    /// Reads what this computer is; the answer comes as an event.
    pub(super) fn look(&self) -> Result<(), ErrorCode> {
        if !computer::can_look() {
            return Err(ErrorCode::Unsupported);
        }
        self.shared.wishes.look(self.plugin, Instant::now())?;
        if self.shared.report(Inner::Look) {
            return Ok(());
        }
        self.shared.wishes.looked(self.plugin);
        Err(ErrorCode::Busy)
    }

    /// Uses the person's word for one restart up.
    pub(super) fn begin_restart(&self) -> Result<(), ErrorCode> {
        // Used up, whatever comes of it.
        self.shared.consents.lock().set(Access::Restart, ConsentState::NotAsked, Instant::now());
        match self.shared.me.role {
            // A rep's own computer is not restarted from outside, whatever a plugin was granted.
            Role::Rep => return Err(ErrorCode::Denied),
            Role::Customer if !cfg!(target_os = "linux") => return Err(ErrorCode::Unsupported),
            Role::Customer => {}
        }
        if !self.shared.wishes.begin_restart() {
            return Err(ErrorCode::Busy);
        }
        if self.shared.report(Inner::RestartWanted { plugin: self.plugin }) {
            return Ok(());
        }
        self.shared.wishes.end_restart();
        Err(ErrorCode::Busy)
    }
}
