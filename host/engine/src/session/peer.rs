//! The other side: what its host says, and when plugins can talk to it.

use super::Task;
use crate::conversation::LinkEvent;
use lotse_protocol::control::Side;
use lotse_protocol::peer::{self, PeerMessage};
use lotse_protocol::tidy;
use lotse_runtime::{Event as PluginEvent, Participant, Role};
use lotse_session::Event;

/// Of what the other side calls itself and its system.
const NAME_CHARS_MAX: usize = 200;

impl Task {
    /// To whoever leads.
    pub(super) fn say(&self, message: PeerMessage) {
        self.end.say(message);
    }

    /// To everybody at the other end.
    pub(super) fn say_to_all(&self, message: &PeerMessage) {
        self.end.say(message.clone());
        self.besides.iter().for_each(|beside| beside.end.say(message.clone()));
    }

    pub(super) fn hello(&self) -> PeerMessage {
        PeerMessage::Hello {
            version: peer::VERSION,
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            name: self.view.me.clone(),
            system: self.offer.as_ref().map(|offer| offer.system.clone()).unwrap_or_default(),
            developer: self.config.developer,
        }
    }

    pub(super) fn on_link_event(&mut self, (number, event): (u64, LinkEvent)) {
        if number != self.end.conversations {
            return;
        }
        match event {
            LinkEvent::Message(message) => self.on_peer(message),
            LinkEvent::Down { why } => {
                tracing::info!(session = %self.config.id, why, "link down");
                self.end.conversation = None;
                self.feed(Event::LinkDown);
            }
        }
    }

    pub(super) fn name_peer(&mut self, name: &str, system: &str) {
        let (name, system) = (tidy(name, NAME_CHARS_MAX), tidy(system, NAME_CHARS_MAX));
        if !name.is_empty() {
            self.view.peer = name;
        }
        if !system.is_empty() {
            self.view.peer_system = system;
        }
    }

    fn on_peer(&mut self, message: PeerMessage) {
        match message {
            PeerMessage::Hello { version, name, system, developer, .. } => {
                // One counts on a link; a peer that repeats it gets nothing for it.
                let Some(conversation) = self.end.conversation.as_mut().filter(|of| !of.greeted) else { return };
                conversation.greeted = true;
                // The relay vouches for the rep's name; a customer's is what they call themselves.
                if self.config.side == Side::Rep {
                    self.name_peer(&name, &system);
                }
                self.view.developer = self.config.developer || developer;
                self.feed(Event::Greeted { compatible: version == peer::VERSION });
                self.say(PeerMessage::Paused { on: self.paused_here });
            }
            PeerMessage::Accepted => self.feed(Event::PeerAccepted),
            PeerMessage::Consent { what, state } => self.on_peer_consent(&what, state),
            PeerMessage::Paused { on } => {
                self.end.paused_there = on;
                self.apply_pause();
            }
            PeerMessage::End { reason } => {
                let reason = match self.config.side {
                    Side::Customer => reason.said_by_rep(),
                    Side::Rep => reason,
                };
                self.feed(Event::PeerEnded(reason));
            }
            PeerMessage::Running { plugins } => self.on_running_there(&plugins),
            PeerMessage::Beside { code, name, purpose } => {
                let from = self.shared.as_ref().map(|shared| shared.peer_id());
                if let Some(from) = from {
                    self.on_wish_for_another(from, &code, &name, purpose);
                }
            }
            PeerMessage::Lead { session, name } => {
                let from = self.shared.as_ref().map(|shared| shared.peer_id());
                if let Some(from) = from {
                    self.on_wish_to_lead(from, session, &name);
                }
            }
            PeerMessage::BesideEnded { name, came, refused } => self.on_beside_ended(&name, came, refused),
            PeerMessage::Present { reps } => self.on_present(reps),
        }
    }

    pub(super) async fn peer_joined(&mut self) {
        let Some(shared) = self.shared.clone() else { return };
        let (id, name) = (shared.peer_id(), self.view.peer.clone());
        let role = match self.config.side {
            Side::Rep => Role::Customer,
            Side::Customer => Role::Rep,
        };
        let peer = Participant { id, role, name };
        shared.set_peer(id, Some(peer.clone()));
        self.say_running();
        for plugin in self.who_meets(&shared) {
            shared.tell_soon(plugin, PluginEvent::Joined(peer.clone())).await;
        }
        shared.set_joined(id, true);
        self.tell_present();
    }

    pub(super) async fn peer_left(&mut self) {
        let Some(shared) = self.shared.clone() else { return };
        let id = shared.peer_id();
        shared.set_joined(id, false);
        // With a conversation the link is already the next one.
        if self.end.conversation.is_none() || self.is_over() {
            shared.set_link(id, None);
        }
        shared.set_peer(id, None);
        shared.streams.reset_of(id);
        shared.transfers.link_gone(id);
        shared.boards.end_of(&shared, id);
        shared.desk.release_input();
        // What the customer shares with others goes on.
        if self.is_over_for_all() {
            shared.screens.close_all();
            shared.boards.end_all(&shared);
        } else if self.besides.is_empty() {
            shared.boards.end_all(&shared);
        } else {
            shared.end_pictures_to(id);
        }
        for plugin in self.who_meets(&shared) {
            shared.tell_soon(plugin, PluginEvent::Left(id)).await;
        }
        self.forget_running_there();
        self.tell_present();
    }
}
