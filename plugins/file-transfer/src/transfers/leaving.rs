//! What was under way with somebody who has left: whoever is there instead hears of it, since it does not become theirs.

use super::{Desk, Transfers};
use crate::peers::PEERS_MAX;
use crate::protocol::Message;
use crate::words;

impl Transfers {
    /// The first of what is not over, by name, and how many there are besides.
    pub(super) fn under_way(&self) -> Option<(String, u32)> {
        let mut open = self.items.iter().filter(|item| !item.is_over());
        let name = open.next()?.facts.name.clone();
        Some((name, u32::try_from(open.count()).unwrap_or(u32::MAX)))
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
    pub(super) fn heard_of_another(who: &str, name: &str, more: u32, desk: &mut impl Desk) {
        desk.notify(&words::stopped_with(who, name, more));
    }
}
