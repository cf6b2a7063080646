//! Who may see and do nothing else, and what that keeps from plugins: at the customer, other reps who only look; at a rep's, the
//! rep themselves.
//!
//! A plugin carries out the word of one participant at a time. What it may do here depends on whose that is, and where it is
//! nobody's, on whether somebody who only looks could have said it before.

use super::{NOBODY, Shared};
use lotse_package::Capability;
use lotse_runtime::{CapabilitySet, Participant};
use std::sync::atomic::Ordering;

/// Whether a plugin with this capability is kept from whoever only looks. What shows the screen is not, or they saw nothing.
const fn is_not_for_observers(capability: Capability) -> bool {
    match capability {
        Capability::Clipboard
        | Capability::Files
        | Capability::Drawing
        | Capability::Showing
        | Capability::System
        | Capability::Restart => true,
        Capability::Session
        | Capability::Consent
        | Capability::Storage
        | Capability::Channel
        | Capability::Screen
        | Capability::Surface
        | Capability::Input
        | Capability::Ui
        | Capability::Desk
        | Capability::Directory
        | Capability::Handover
        | Capability::Shared => false,
    }
}

impl Shared {
    /// What a plugin may ever have here: said before it meets anybody.
    pub(crate) fn set_possible(&self, plugin: usize, possible: CapabilitySet) {
        // Without the screen nobody sees anything by it; what is left of it is steering.
        let steers_alone = possible.contains(Capability::Input) && !possible.contains(Capability::Screen);
        if let Some(seat) = self.seats.get(plugin) {
            seat.shut.store(steers_alone || possible.iter().any(is_not_for_observers), Ordering::Release);
        }
    }

    /// The plugin carries out what this one sent or, of this computer's own number, did here; `None`: nobody.
    pub(crate) fn set_acting(&self, plugin: usize, who: Option<u32>) {
        if let Some(seat) = self.seats.get(plugin) {
            seat.acting.store(who.unwrap_or(NOBODY), Ordering::Release);
        }
    }

    /// Whose word the plugin carries out at this moment.
    pub(crate) fn acts_for(&self, plugin: usize) -> Option<Participant> {
        let who = self.seats.get(plugin)?.acting.load(Ordering::Acquire);
        self.who_is(who)
    }

    /// Names of those whom the plugin may be doing something for now: whom it hears, or else everybody whom it knows.
    pub(crate) fn on_behalf_of(&self, plugin: usize) -> String {
        let acting = self.seats.get(plugin).map_or(NOBODY, |seat| seat.acting.load(Ordering::Acquire));
        let peers = self.peers();
        match peers.iter().find(|peer| peer.id == acting) {
            Some(peer) => peer.name.clone(),
            None => {
                let known = peers.into_iter().filter(|peer| self.may_talk(plugin, peer.id));
                known.map(|peer| peer.name).collect::<Vec<_>>().join(" / ")
            }
        }
    }

    /// Whether that plugin and that participant may have to do with each other at all: what only looks is kept from plugins
    /// whose rights go beyond that, so that nothing they say is ever in such a plugin, to be done later. Nobody who is gone may.
    pub(crate) fn may_talk(&self, plugin: usize, who: u32) -> bool {
        match self.observing(who) {
            None => false,
            Some(false) => true,
            Some(true) => self.seats.get(plugin).is_some_and(|seat| !seat.shut.load(Ordering::Acquire)),
        }
    }

    /// Whether what the plugin does at this moment may act on this computer. Once somebody who only looks has been here, a plugin
    /// that could hear them acts on the word of somebody who may more, or of the person here, and by itself no more: what it does
    /// at a timer it may be doing for them.
    pub(crate) fn may_act(&self, plugin: usize) -> bool {
        let Some(seat) = self.seats.get(plugin) else { return false };
        let who = seat.acting.load(Ordering::Acquire);
        match self.observing(who) {
            Some(observing) => !observing,
            None if who == self.me.id => true,
            None => !self.observed.load(Ordering::Acquire) || seat.shut.load(Ordering::Acquire),
        }
    }

    /// They may only look.
    pub(crate) fn is_observing(&self, who: u32) -> bool {
        self.observing(who) == Some(true)
    }

    /// What plugins are told of somebody: by what this side let them in as, or this rep agreed to, and never by what another
    /// program says. Whoever is not there may nothing, so that what was under way of theirs is not done either.
    pub(crate) fn only_looks(&self, who: u32) -> bool {
        if who == self.me.id {
            return self.looks_on();
        }
        self.observing(who) != Some(false)
    }

    /// Rep's side: whether this rep may only look, as the customer's program says.
    pub(crate) fn set_observes(&self, on: bool) {
        self.observes.store(on, Ordering::Release);
    }

    pub(crate) fn observes(&self) -> bool {
        self.looks_on() || self.observes.load(Ordering::Acquire)
    }

    /// Rep's side: who agreed to look on has agreed to lead, too, or it does not come to that.
    pub(crate) fn agree_to_lead(&self, on: bool) {
        self.leads.store(on, Ordering::Release);
    }

    /// This rep agreed to look on. Agreed to lead since, they do until the customer's program has them as somebody who may more.
    fn looks_on(&self) -> bool {
        self.looks_on && (self.observes.load(Ordering::Acquire) || !self.leads.load(Ordering::Acquire))
    }
}
