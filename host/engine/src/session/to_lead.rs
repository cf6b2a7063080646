//! Rep's side: this rep is in the session already and takes a colleague's place in it.
//!
//! They agree to that before the relay knows, and the customer's program says what comes of it, over the line to this one. Whoever
//! only looks on may do more when both have said so, whichever comes first; if it does not come to that, they look on as before.
//! The session's note says how it stands now, so that who leads by then comes back from a crash as that.

use super::Task;
use crate::view::{HostNotice, Tone};
use lotse_session::Event;

/// A colleague's place that this rep has agreed to take.
pub(super) struct ToLead {
    /// The colleague's name.
    from: String,
    /// The customer's program has them as somebody who may do it.
    led: bool,
}

impl Task {
    /// This rep has agreed to take that colleague's place, wherever they are together, or does not get it.
    pub(super) fn on_agreed(&mut self, from: &str, on: bool) {
        let looked = self.only_looks();
        let Some(shared) = &self.shared else { return };
        if on {
            let asked_in = self.config.asked.as_ref().is_some_and(|asked| asked.from == from);
            if asked_in || self.view.reps.iter().any(|rep| !rep.you && rep.name == from) {
                self.to_lead = Some(ToLead { from: from.to_owned(), led: !shared.observes() });
                shared.agree_to_lead(true);
            }
        } else if self.to_lead.take_if(|of| of.from == from).is_some_and(|of| !of.led) {
            shared.agree_to_lead(false);
        }
        self.note_if_other(looked);
    }

    /// The relay has told the colleague's program. Before somebody who looks on may do more, the customer is asked.
    pub(super) fn on_yours(&mut self) {
        let looks_on = self.shared.as_ref().is_some_and(|shared| shared.observes());
        let Some(from) = self.to_lead.as_ref().filter(|_| looks_on).map(|of| of.from.clone()) else { return };
        self.notice_of_host(Tone::Plain, from, HostNotice::RepHandsOver);
        // It stays until the customer has answered.
        self.notices_until.remove(&self.notices);
    }

    /// The customer's program says whether this rep has the colleague's place.
    pub(super) fn on_led(&mut self, came: bool) {
        self.forget_customer_asked();
        let Some(ToLead { from, led: _ }) = self.to_lead.take() else { return };
        if came {
            return self.notice_of_host(Tone::Good, from, HostNotice::RepHandedOver);
        }
        let looked = self.only_looks();
        if let Some(shared) = &self.shared {
            shared.agree_to_lead(false);
        }
        self.note_if_other(looked);
        self.notice_of_host(Tone::Caution, from, HostNotice::RepKeeps);
    }

    /// The customer's program says whether this rep may only look.
    pub(super) fn on_standing(&mut self, observing: bool) {
        let Some(shared) = self.shared.clone() else { return };
        let (me, looked) = (shared.me.id, shared.only_looks(shared.me.id));
        shared.set_observes(observing);
        self.note_if_other(looked);
        let looks_on = shared.observes();
        if let Some(of) = &mut self.to_lead {
            of.led = !looks_on;
        }
        if !looks_on {
            self.forget_customer_asked();
        }
        // Plugins have met the customer as those of somebody who may more: they do so anew.
        if shared.only_looks(me) && !looked && shared.is_there(shared.peer_id()) {
            self.end.open_anew();
            self.feed(Event::LinkDown);
        }
    }

    /// They looked on until now, or did not, and that may be over.
    fn note_if_other(&self, looked: bool) {
        if self.only_looks() != looked {
            self.write_note_if_known();
        }
    }

    fn forget_customer_asked(&mut self) {
        let asked = self.view.notices.iter().find(|notice| notice.host == Some(HostNotice::RepHandsOver));
        if let Some(id) = asked.map(|notice| notice.id) {
            self.forget_notice(id);
        }
    }
}

#[cfg(test)]
#[path = "to_lead_tests.rs"]
mod tests;
