//! What was under way with somebody who has left: whoever is there instead hears how much that was, since it does not become
//! theirs. What it is called stays between those two: it may have been meant for nobody else.

use super::{Desk, Transfers};
use crate::peers::PEERS_MAX;
use crate::protocol::Message;
use crate::words;

impl Transfers {
    /// How many are not over, if there are any.
    pub(super) fn under_way(&self) -> Option<u32> {
        let open = self.items.iter().filter(|item| !item.is_over()).count();
        Some(u32::try_from(open).unwrap_or(u32::MAX)).filter(|open| *open > 0)
    }

    /// The customer's half, towards somebody who is there: that stopped with another. Who has not greeted hears it then.
    pub fn tell_of_another(&mut self, stopped: &Message, desk: &mut impl Desk) {
        if self.greeted {
            self.tell(stopped, desk);
        } else if self.untold.len() < PEERS_MAX {
            // As many as there are others who may have left.
            self.untold.push(stopped.clone());
        }
    }

    pub(super) fn tell_untold(&mut self, desk: &mut impl Desk) {
        for stopped in std::mem::take(&mut self.untold) {
            self.tell(&stopped, desk);
        }
    }

    /// The rep's half.
    pub(super) fn heard_of_another(who: &str, count: u32, desk: &mut impl Desk) {
        desk.notify(&words::stopped_with(who, count));
    }
}
