//! `system` and `restart`: what this computer is, and starting it anew.

use lotse_package::Capability;

use super::Answer;
use crate::bindings::contract::{restart, system};
use crate::state::Guest;

impl system::Host for Guest {
    fn look(&mut self) -> Answer<()> {
        self.with_right(Capability::System, |guest| guest.shared.host.system_look())
    }
}

impl restart::Host for Guest {
    /// The right is gone before the host hears of it: one word of the customer's is one restart, also for a plugin that asks
    /// twice in one breath.
    fn restart(&mut self) -> Answer<()> {
        self.with_right(Capability::Restart, |guest| {
            guest.shared.revoke(Capability::Restart);
            guest.shared.host.restart()
        })
    }
}
