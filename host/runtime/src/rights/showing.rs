//! `showing`: the person at this computer is asked what to show. What was chosen comes as an event.

use lotse_package::Capability;

use super::Answer;
use crate::bindings::contract::showing::Host;
use crate::state::Guest;

impl Host for Guest {
    fn choose(&mut self) -> Answer<u64> {
        self.with_right(Capability::Showing, |guest| guest.shared.host.showing_choose())
    }
}
