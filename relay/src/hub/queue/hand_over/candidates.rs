//! Which sign-in is asked for a session: one that is there, has a seat and room, and has nothing else to answer or to wait for.

use super::super::routes::Group;
use crate::hub::Hub;
use crate::hub::input::RepIdentity;
use std::collections::BTreeSet;

impl Hub {
    /// A sign-in that is connected, has a seat and room for one more session, is asked nothing else and is not on the way.
    pub(super) fn could_take(&self, sign_in: i64) -> bool {
        let there = self.seats.has_one(sign_in) && self.sign_ins.contains_key(&sign_in);
        there && !self.is_spoken_for(sign_in) && self.has_room_for_question(sign_in)
    }

    /// It is asked for a session, or has taken one whose customer has yet to come.
    pub(super) fn is_spoken_for(&self, sign_in: i64) -> bool {
        self.office.hand_overs.of_asked(sign_in).is_some()
            || self.is_asked_from_queue(sign_in)
            || self.is_on_the_way(sign_in)
    }

    /// It has taken a session whose customer has yet to come.
    pub(in crate::hub::queue) fn is_on_the_way(&self, sign_in: i64) -> bool {
        let known = self.sign_ins.get(&sign_in).and_then(|connection| self.connections.get(connection));
        let mut sessions = known.into_iter().flat_map(|known| &known.sessions);
        sessions.any(|session| self.office.hand_overs.of_accepted(*session).is_some())
    }

    /// Who of a group is asked next: whoever has been idle for longest, of the same account and not the one who asks.
    pub(super) fn candidate_of(&self, group: Group, from: &RepIdentity, asked: &BTreeSet<i64>) -> Option<i64> {
        self.office.desk.free_of(group).find(|sign_in| {
            let known = self.sign_ins.get(sign_in).and_then(|connection| self.connections.get(connection));
            let rep = known.and_then(|known| known.rep.as_ref());
            let fits =
                |rep: &RepIdentity| rep.account == from.account && rep.rep != from.rep && !asked.contains(&rep.rep);
            rep.is_some_and(fits) && self.could_take(*sign_in)
        })
    }

    /// The sign-in of a rep who is chosen by name, ready or not.
    pub(in crate::hub::queue) fn sign_in_of(&self, rep: i64, from: &RepIdentity) -> Option<i64> {
        let mut standing =
            self.seats.standing(from.account).filter(|standing| standing.rep.rep == rep && rep != from.rep);
        standing.find(|standing| self.could_take(standing.rep.sign_in)).map(|standing| standing.rep.sign_in)
    }
}
