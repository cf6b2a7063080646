//! Who leads: another end takes the place of the one before, with all that is the session's.
//!
//! Who is beside already comes to lead over the line and with the keys that they have. Who only looked on may do more from
//! then on: their line is opened anew, so that the plugins of both programs meet as those who may. If it does not come about in
//! time they only look on again. They are told which it was.

use super::Beside;
use super::meeting::part;
use crate::session::Task;
use crate::view::{HostNotice, Tone};
use lotse_protocol::control::{SessionId, Side, ToRelay};
use lotse_protocol::peer::{EndReason, PeerMessage};
use lotse_session::{Event, State};
use std::time::Instant;

impl Task {
    /// The new rep is there: the one who asked leaves, and if that was who leads, the new one leads.
    pub(super) async fn hand_over(&mut self, from: u32, to: SessionId) {
        let leads = self.shared.as_ref().is_some_and(|shared| shared.peer_id() == from);
        if leads {
            self.end.say(PeerMessage::End { reason: EndReason::HandedOver });
            self.lead(to, EndReason::HandedOver).await;
        } else {
            self.leaves_to_another(from);
        }
    }

    /// Whoever is beside and would have it so leaves, since somebody else has what was theirs.
    pub(in crate::session) fn leaves_to_another(&mut self, from: u32) {
        if let Some(before) = self.besides.iter().find(|beside| beside.who == from).map(|beside| beside.id) {
            self.feed_beside(before, Event::End(EndReason::HandedOver));
        }
    }

    /// Who is beside takes the place of that participant, as soon as plugins know them as who may do that.
    pub(in crate::session) fn takes_place_of(&mut self, id: SessionId, from: u32) {
        let Some(beside) = self.beside(id) else { return };
        (beside.from, beside.takes_over, beside.since) = (Some(from), true, Instant::now());
        beside.promoted = beside.observing;
        if beside.promoted {
            self.let_only_look(id, false);
        }
        self.dirty = true;
    }

    /// It takes them too long, and whoever asked is there still: that one keeps their place, and they are here as they were before.
    pub(super) fn stays_as_before(&mut self, id: SessionId) {
        let Some(beside) = self.beside(id) else { return };
        let Some(from) = beside.from.take() else { return };
        let (name, promoted) = (beside.name.clone(), std::mem::take(&mut beside.promoted));
        beside.takes_over = false;
        self.notice_of_host(Tone::Caution, self.name_of(from), HostNotice::RepKeeps);
        self.tell_led(id, false);
        self.tell_not_come(from, name, false);
        if promoted {
            self.let_only_look(id, true);
        }
    }

    /// Whether they may only look is otherwise from here on.
    fn let_only_look(&mut self, id: SessionId, on: bool) {
        if let Some(beside) = self.beside(id) {
            beside.observing = on;
        }
        // Their program knows it before its plugins meet the customer's again.
        self.tell_present();
        if let Some(beside) = self.beside(id) {
            beside.end.open_anew();
        }
        self.feed_beside(id, Event::LinkDown);
    }

    /// Tells a rep who is here already, and was to have another's place, whether they have it.
    pub(in crate::session) fn tell_led(&self, id: SessionId, came: bool) {
        let beside = self.besides.iter().find(|beside| beside.id == id);
        if let Some(beside) = beside {
            beside.end.say(PeerMessage::BesideEnded { name: beside.name.clone(), came, refused: false });
        }
    }

    /// Whoever leads is gone, for that reason: another end takes their place with all that is the session's.
    async fn lead(&mut self, to: SessionId, reason: EndReason) {
        let Some(shared) = self.shared.clone() else { return };
        let Some(at) = self.besides.iter().position(|beside| beside.id == to) else { return };
        let before = shared.peer_id();
        if shared.is_there(before) {
            let plugins = self.who_meets(&shared);
            part(&shared, before, &plugins).await;
        }
        self.report_waiting(usize::MAX);
        self.relay_says(ToRelay::EndSession { session: self.config.id, reason: reason.name().to_owned() });
        let beside = self.besides.remove(at);
        let mut old = std::mem::replace(&mut self.end, beside.end);
        old.close();
        self.config.id = beside.id;
        self.offer = Some(beside.offer);
        for (number, plugin) in self.plugins.iter_mut().enumerate() {
            plugin.runs_there = beside.runs.contains(&number);
        }
        // Who is to lead may not have met plugins as who they are now.
        shared.set_observing(beside.who, beside.observing);
        shared.set_main(beside.who);
        shared.remove_other(before);
        shared.transfers.go_on_as(beside.id.0);
        self.view.session = Some(beside.id);
        self.view.peer = beside.name;
        self.view.safety_code = beside.safety_code;
        self.view.link = beside.link;
        self.told_round_trip_us = beside.told_round_trip_us;
        self.apply_pause();
        self.write_note();
        self.tell_present();
    }

    /// True: whoever led is gone for good, and somebody else leads now.
    pub(in crate::session) async fn goes_on_without(&mut self, reason: EndReason) -> bool {
        match self.successor(reason) {
            Some(id) => {
                self.lead(id, reason).await;
                true
            }
            None => false,
        }
    }

    /// Who leads next, if whoever leads has left for that reason and somebody is there who may.
    fn successor(&self, reason: EndReason) -> Option<SessionId> {
        let gone = self.config.side == Side::Customer && reason == EndReason::RepGone;
        let helps = self.besides.iter().find(|beside| beside.helps());
        let next = helps.or_else(|| self.besides.iter().find(|beside| beside.is_to_lead()));
        next.map(|beside| beside.id).filter(|_| gone)
    }

    /// Somebody helps beside whoever leads.
    pub(in crate::session) fn is_helped_beside(&self) -> bool {
        self.besides.iter().any(Beside::helps)
    }

    /// The session is over, and not for whoever led alone.
    pub(in crate::session) fn is_over_for_all(&self) -> bool {
        match self.end.machine.state() {
            State::Ended(reason) => self.successor(*reason).is_none(),
            State::Failed(_) => true,
            State::Waiting | State::Connecting(_) | State::AwaitingConsent | State::Active | State::Lost { .. } => {
                false
            }
        }
    }

    /// The session is over for everybody.
    pub(in crate::session) fn end_besides(&mut self, reason: EndReason) {
        self.coming = None;
        for mut beside in std::mem::take(&mut self.besides) {
            beside.end.say(PeerMessage::End { reason });
            beside.end.close();
            self.relay_says(ToRelay::EndSession { session: beside.id, reason: reason.name().to_owned() });
        }
    }
}
