//! Who is in the session, told to everybody who is.

use super::Beside;
use crate::session::Task;
use crate::shared::CUSTOMER;
use crate::view::PresentRep;
use lotse_protocol::control::Side;
use lotse_protocol::peer::{self, PeerMessage};
use std::sync::Arc;

impl Task {
    /// Shows the customer who is there, and tells every rep.
    pub(in crate::session) fn tell_present(&mut self) {
        let (Side::Customer, Some(shared)) = (self.config.side, self.shared.clone()) else { return };
        let main = shared.peer_id();
        let leads = PresentRep {
            name: self.view.peer.clone(),
            observing: false,
            you: false,
            safety_code: self.view.safety_code.clone(),
        };
        let beside = |beside: &Beside| {
            let (name, safety_code) = (beside.name.clone(), beside.safety_code.clone());
            (beside.who, PresentRep { name, observing: beside.observing, you: false, safety_code })
        };
        let further = self.besides.iter().filter(|of| of.is_heard()).map(beside);
        let is_heard = shared.is_there(main) && !self.end.is_lost();
        let there = is_heard.then_some((main, leads)).into_iter();
        let present: Vec<(u32, PresentRep)> = there.chain(further).collect();
        let told = |to: u32| PeerMessage::Present {
            reps: present
                .iter()
                .map(|(who, rep)| peer::PresentRep {
                    name: rep.name.clone(),
                    observing: rep.observing,
                    you: *who == to,
                })
                .collect(),
        };
        // A session of two tells nobody what they know.
        if self.participants > CUSTOMER {
            self.end.say(told(main));
            self.besides.iter().filter(|beside| beside.there).for_each(|beside| beside.end.say(told(beside.who)));
        }
        self.view.reps = Arc::new(present.into_iter().map(|(_, rep)| rep).collect());
        self.dirty = true;
    }
}
