//! A further rep is there, has come for good, is lost, or is gone: who hears of it.

use crate::session::coming::Way;
use crate::session::{Plugin, Task};
use crate::shared::Shared;
use crate::view::{HostNotice, Tone};
use lotse_protocol::control::{SessionId, ToRelay};
use lotse_protocol::peer::EndReason;
use lotse_runtime::{Event as PluginEvent, Participant, Role};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Task {
    pub(super) fn on_running_beside(&mut self, id: SessionId, numbers: &[u8]) {
        if let Some(beside) = self.beside(id) {
            beside.ready = true;
        }
        for number in numbers.iter().map(|number| usize::from(*number)) {
            let late = self.plugins.get(number).is_some_and(|plugin| plugin.late);
            let Some(beside) = self.beside(id) else { return };
            if beside.runs.insert(number) && late && beside.there {
                let who = beside.who;
                self.meet_beside(number, who);
            }
        }
    }

    fn meet_beside(&self, number: usize, who: u32) {
        let Some(shared) = self.shared.as_ref().filter(|shared| shared.may_talk(number, who)) else { return };
        if let Some(peer) = shared.peers().into_iter().find(|peer| peer.id == who) {
            shared.try_tell(number, PluginEvent::Joined(peer));
        }
    }

    /// A plugin that was started late meets those whose half of it runs already.
    pub(in crate::session) fn meet_besides(&self, number: usize) {
        let met = self.besides.iter().filter(|beside| beside.there && beside.runs.contains(&number));
        met.for_each(|beside| self.meet_beside(number, beside.who));
    }

    /// Plugins that hear of this one. Those with rights beyond looking hear of nobody who only looks.
    fn who_meets_beside(&self, shared: &Shared, who: u32, runs: &BTreeSet<usize>) -> Vec<usize> {
        let meets = |(number, plugin): (usize, &Plugin)| {
            let meets = (!plugin.late || runs.contains(&number)) && shared.may_talk(number, who);
            meets.then_some(number)
        };
        self.plugins.iter().enumerate().filter_map(meets).collect()
    }

    pub(super) async fn beside_joined(&mut self, id: SessionId) {
        let Some(shared) = self.shared.clone() else { return };
        let Some(beside) = self.beside(id) else { return };
        beside.there = true;
        let (who, name, runs, observing) = (beside.who, beside.name.clone(), beside.runs.clone(), beside.observing);
        let peer = Participant { id: who, role: Role::Rep, name };
        shared.set_observing(who, observing);
        shared.set_peer(who, Some(peer.clone()));
        self.say_running();
        for plugin in self.who_meets_beside(&shared, who, &runs) {
            shared.tell_soon(plugin, PluginEvent::Joined(peer.clone())).await;
        }
        shared.set_joined(who, true);
        self.tell_present();
    }

    /// They are there for the first time, or as those who are to lead, and their plugins run. Before that whoever asked for them
    /// does not leave: a program that cannot get its plugins ready helps nobody.
    pub(super) async fn beside_came(&mut self, id: SessionId) {
        let Some(beside) = self.beside(id) else { return };
        (beside.came, beside.promoted) = (true, false);
        let (name, from, takes_over) = (beside.name.clone(), beside.from.take(), beside.takes_over);
        let Some(from) = from else { return };
        let notice = if takes_over { HostNotice::RepTookOver } else { HostNotice::RepJoined };
        self.notice_of_host(Tone::Plain, name.clone(), notice);
        self.tell_came(from, name);
        if takes_over {
            self.tell_led(id, true);
            self.hand_over(from, id).await;
        }
        self.tell_present();
    }

    pub(super) async fn beside_left(&mut self, id: SessionId) {
        let Some(shared) = self.shared.clone() else { return };
        let Some(beside) = self.beside(id) else { return };
        if !std::mem::take(&mut beside.there) {
            return;
        }
        beside.end.paused_there = false;
        beside.ready = false;
        let (who, runs) = (beside.who, std::mem::take(&mut beside.runs));
        if beside.end.conversation.is_none() {
            shared.set_link(who, None);
        }
        part(&shared, who, &self.who_meets_beside(&shared, who, &runs)).await;
        self.apply_pause();
        self.tell_present();
    }

    pub(super) async fn close_beside(&mut self, id: SessionId, reason: EndReason) {
        self.beside_left(id).await;
        let Some(at) = self.besides.iter().position(|beside| beside.id == id) else { return };
        let mut beside = self.besides.remove(at);
        beside.end.close();
        self.write_note_if_known();
        if let Some(shared) = &self.shared {
            shared.remove_other(beside.who);
        }
        self.relay_says(ToRelay::EndSession { session: id, reason: reason.name().to_owned() });
        // The customer was being asked about them.
        if let Some(coming) = self.coming.take_if(|coming| coming.way == Way::Here(id)) {
            self.prompts.settle_beside();
            self.tell_not_come(coming.from, coming.name, false);
        }
        if beside.came && !self.is_over() {
            self.notice_of_host(Tone::Plain, beside.name.clone(), HostNotice::RepLeft);
        }
        // They were to come, or to lead, and do not.
        if let Some(from) = beside.from {
            self.tell_not_come(from, beside.name, false);
        }
        self.tell_present();
    }
}

/// Plugins cannot talk to this rep any more.
pub(super) async fn part(shared: &Arc<Shared>, who: u32, plugins: &[usize]) {
    shared.set_joined(who, false);
    shared.set_peer(who, None);
    shared.streams.reset_of(who);
    shared.transfers.link_gone(who);
    shared.end_pictures_to(who);
    shared.boards.end_of(shared, who);
    shared.desk.release_input();
    for plugin in plugins {
        shared.tell_soon(*plugin, PluginEvent::Left(who)).await;
    }
}
