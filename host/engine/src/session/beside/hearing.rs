//! What comes of a further end: from the relay, from its line, and from the rep's program.

use crate::conversation::LinkEvent;
use crate::session::end::Signalled;
use crate::session::{EndEvent, Task, ToSession};
use lotse_protocol::control::{SessionId, Side};
use lotse_protocol::peer::{self, EndReason, PeerMessage};
use lotse_session::{Event, Failure};

impl Task {
    /// What the relay says of another end than the one that leads.
    pub(in crate::session) fn on_message_beside(&mut self, id: SessionId, message: ToSession) {
        match message {
            ToSession::Offer { offer, relay, .. } => match self.beside(id) {
                None => self.begin_beside(id, *offer, relay),
                Some(beside) => {
                    let resumed = offer.resumed;
                    beside.end.relay = Some(relay);
                    beside.offer = *offer;
                    beside.end.renew_path(&beside.offer);
                    self.feed_beside(id, Event::Met { resumed });
                }
            },
            ToSession::Signal(body) => self.on_signal_beside(id, &body),
            // Once the keys are known it is not true.
            ToSession::PairingFailed { .. } if self.beside(id).is_none_or(|beside| beside.end.peer_key.is_some()) => {}
            ToSession::PairingFailed { attempts_left } => {
                self.feed_beside(id, Event::PairingFailed(Failure::WrongCode { attempts_left }));
            }
            // Whoever only looks on leaves at the relay's word, and hears it from here: nobody loses anything by that. What ended
            // while the relay was out of reach it does not know any more, and says no reason.
            ToSession::EndedByRelay { why } if self.beside(id).is_some_and(|beside| beside.observing) => {
                self.feed_beside(id, Event::End(why.unwrap_or(EndReason::RepGone)));
            }
            ToSession::EndedByRelay { why } => self.feed_beside(id, Event::RelayEnded(why)),
            // Of the session as a whole, and said of the end that leads.
            ToSession::Licence { .. }
            | ToSession::Plugin { .. }
            | ToSession::PluginMissing { .. }
            | ToSession::SharedChanged { .. }
            | ToSession::SharedAnswered { .. }
            | ToSession::ControlDown
            | ToSession::ControlUp
            | ToSession::CodeVoid
            | ToSession::CustomerLeft
            | ToSession::CustomerBack
            | ToSession::Refused { .. }
            | ToSession::Command(_)
            | ToSession::Of { .. }
            | ToSession::NobodyBeside
            | ToSession::Directory(_)
            | ToSession::HandOver(_) => {}
        }
    }

    fn on_signal_beside(&mut self, id: SessionId, body: &[u8]) {
        let Some(beside) = self.beside(id) else { return };
        match beside.end.on_signal(id, body) {
            Signalled::Passed => {}
            Signalled::Answer(message) => self.relay_says(message),
            Signalled::Paired => self.feed_beside(id, Event::Paired),
            Signalled::TooMany => {
                self.feed_beside(id, Event::PairingFailed(Failure::WrongCode { attempts_left: 0 }));
            }
            // The code was not typed by hand: it is right, or somebody is in between.
            Signalled::Failed(problem) => {
                tracing::warn!(%problem, "pairing with a second rep failed");
                self.feed_beside(id, Event::PairingFailed(Failure::KeysDiffer));
            }
        }
    }

    /// What comes of an end that was begun beside another. It may lead by now.
    pub(in crate::session) fn on_end(&mut self, id: SessionId, event: EndEvent) {
        let leads = id == self.config.id;
        match event {
            EndEvent::Talk(number, event) if leads => self.on_link_event((number, event)),
            EndEvent::Link(link) if leads => self.on_link(link),
            EndEvent::Path(path) if leads => self.end.path = Some(path),
            EndEvent::Talk(number, event) => self.on_talk_beside(id, number, event),
            EndEvent::Link(link) => {
                let Some(shared) = self.shared.clone() else { return };
                let Some(beside) = self.beside(id) else { return };
                beside.safety_code = link.safety_code().to_string();
                beside.end.take_link(Side::Customer, link, shared, beside.who);
                self.feed_beside(id, Event::LinkUp);
            }
            EndEvent::Path(path) => {
                if let Some(beside) = self.beside(id) {
                    beside.end.path = Some(path);
                }
            }
        }
    }

    fn on_talk_beside(&mut self, id: SessionId, number: u64, event: LinkEvent) {
        let Some(beside) = self.beside(id).filter(|beside| beside.end.conversations == number) else { return };
        match event {
            LinkEvent::Message(message) => self.on_peer_beside(id, message),
            LinkEvent::Down { why } => {
                tracing::info!(session = %id, why, "link down");
                beside.end.conversation = None;
                self.feed_beside(id, Event::LinkDown);
            }
        }
    }

    pub(super) fn on_peer_beside(&mut self, id: SessionId, message: PeerMessage) {
        let paused_here = self.paused_here;
        let Some(beside) = self.beside(id) else { return };
        match message {
            PeerMessage::Hello { version, developer, .. } => {
                let Some(conversation) = beside.end.conversation.as_mut().filter(|of| !of.greeted) else { return };
                conversation.greeted = true;
                conversation.say(PeerMessage::Paused { on: paused_here });
                self.view.developer |= developer;
                self.feed_beside(id, Event::Greeted { compatible: version == peer::VERSION });
            }
            PeerMessage::Paused { on } => {
                beside.end.paused_there = on;
                self.apply_pause();
            }
            PeerMessage::End { reason } => self.feed_beside(id, Event::PeerEnded(reason.said_by_rep())),
            PeerMessage::Running { plugins } => self.on_running_beside(id, &plugins),
            PeerMessage::Beside { code, name, purpose } => {
                let from = beside.who;
                self.on_wish_for_another(from, &code, &name, purpose);
            }
            PeerMessage::Lead { session, name } => {
                let from = beside.who;
                self.on_wish_to_lead(from, session, &name);
            }
            // The customer's own to say.
            PeerMessage::Accepted
            | PeerMessage::Consent { .. }
            | PeerMessage::BesideEnded { .. }
            | PeerMessage::Present { .. } => {}
        }
    }
}
