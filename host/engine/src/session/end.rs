//! One end of a session, as this side has it: its machine, its keys and its line.
//!
//! A rep's side has one. On the customer's there is one to each rep who is there, and one of them leads: it is
//! [`Task::end`](super::Task), the others are [`Beside`](super::beside::Beside). Nothing is decided here.

use super::reach::Standing;
use crate::conversation::{Conversation, LinkEvent};
use crate::shared::Shared;
use lotse_protocol::code::ATTEMPTS_MAX;
use lotse_protocol::control::{SessionId, Side, ToRelay};
use lotse_protocol::peer::PeerMessage;
use lotse_session::{Machine, State};
use lotse_transport::bind;
use lotse_transport::pairing::{Confirming, Pairing, PairingError};
use lotse_transport::{Fingerprint, Identity, Link, PathConfig, PathHandle, TransportError};
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// Application code with which a link is closed when its session is over.
const OVER_CODE: u32 = 16;
/// The same when the next one is to follow it at once.
const ANEW_CODE: u32 = 17;

pub(super) struct End {
    pub machine: Machine,
    pub identity: Identity,
    pub peer_key: Option<Fingerprint>,
    /// The join code's second half. `None`: the keys are known already.
    secret: Option<String>,
    pub relay: Option<IpAddr>,
    pub pairing: Option<Pairing>,
    pub confirming: Option<Confirming>,
    /// PAKE runs that were answered: each is a guess for a relay that lies.
    guesses: u8,
    pub conversation: Option<Conversation>,
    /// Number of the newest conversation.
    pub conversations: u64,
    pub path: Option<PathHandle>,
    /// The newest leg through the relay, for whoever dials next.
    pub leg: watch::Sender<Option<PathConfig>>,
    /// Listens (rep) or connects again and again (customer).
    pub dialing: Option<tokio::task::JoinHandle<()>>,
    /// How that stands with the forwarder.
    pub standing: Option<watch::Receiver<Standing>>,
    pub paused_there: bool,
    pub reports: EndReports,
}

/// Where what comes of an end is reported.
pub(super) struct EndReports {
    pub links: mpsc::Sender<Link>,
    pub paths: mpsc::Sender<PathHandle>,
    pub talk: mpsc::Sender<(u64, LinkEvent)>,
}

/// What a signal of the other side's led to.
pub(super) enum Signalled {
    /// Nobody waits for one.
    Passed,
    Answer(ToRelay),
    /// The keys are agreed.
    Paired,
    /// Whoever is there has guessed often enough.
    TooMany,
    Failed(PairingError),
}

impl End {
    /// With keys that are known already, or keys of its own that are to be agreed on.
    pub(super) fn new(
        machine: Machine,
        keys: Option<(Identity, Fingerprint)>,
        secret: Option<String>,
        reports: EndReports,
    ) -> Result<Self, TransportError> {
        let (identity, peer_key) = match keys {
            Some((identity, peer)) => (identity, Some(peer)),
            None => (Identity::generate()?, None),
        };
        Ok(Self {
            machine,
            identity,
            peer_key,
            secret,
            relay: None,
            pairing: None,
            confirming: None,
            guesses: 0,
            conversation: None,
            conversations: 0,
            path: None,
            leg: watch::Sender::new(None),
            dialing: None,
            standing: None,
            paused_there: false,
            reports,
        })
    }

    pub(super) fn say(&self, message: PeerMessage) {
        if let Some(conversation) = &self.conversation {
            conversation.say(message);
        }
    }

    /// Nothing is heard of the other side, and it is waited for.
    pub(super) fn is_lost(&self) -> bool {
        matches!(self.machine.state(), State::Lost { .. })
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self.machine.state(), State::Ended(_) | State::Failed(_))
    }

    /// What to tell the other side first; `None`: there is nothing to agree on.
    pub(super) fn start_pairing(&mut self, side: Side, session: SessionId) -> Option<ToRelay> {
        let side = match side {
            Side::Rep => bind::Side::Rep,
            Side::Customer => bind::Side::Customer,
        };
        let (pairing, body) = Pairing::start(side, self.secret.as_ref()?, &session.0, self.identity.fingerprint());
        self.pairing = Some(pairing);
        self.confirming = None;
        Some(ToRelay::Signal { session, body })
    }

    /// Two messages come from the other side: the PAKE's first, then its confirmation.
    pub(super) fn on_signal(&mut self, session: SessionId, body: &[u8]) -> Signalled {
        if let Some(pairing) = self.pairing.take() {
            // The relay counts, too; but the relay is whom this protects from.
            self.guesses = self.guesses.saturating_add(1);
            if self.guesses > ATTEMPTS_MAX {
                return Signalled::TooMany;
            }
            match pairing.handle(body) {
                Ok((confirming, body)) => {
                    self.confirming = Some(confirming);
                    Signalled::Answer(ToRelay::Signal { session, body })
                }
                Err(problem) => Signalled::Failed(problem),
            }
        } else if let Some(confirming) = self.confirming.take() {
            match confirming.finish(body, None) {
                Ok(peer) => {
                    self.peer_key = Some(peer);
                    Signalled::Paired
                }
                Err(problem) => Signalled::Failed(problem),
            }
        } else {
            Signalled::Passed
        }
    }

    /// Takes a link into use: the conversation over it begins.
    pub(super) fn take_link(&mut self, side: Side, link: Link, shared: Arc<Shared>, peer: u32) {
        self.conversations += 1;
        self.path = Some(link.path().clone());
        shared.set_link(peer, Some(link.clone()));
        let talk = self.reports.talk.clone();
        self.conversation = Some(Conversation::start(side, link, (shared, peer), self.conversations, talk));
    }

    /// The line ends, and the dialer makes the next one with the same keys. What is still to be said is said.
    pub(super) fn open_anew(&mut self) {
        if let Some(conversation) = self.conversation.take() {
            tokio::spawn(conversation.end(ANEW_CODE, "the line is opened anew"));
        }
    }

    /// Nothing goes on here. What is still to be said is said.
    pub(super) fn close(&mut self) {
        if let Some(task) = self.dialing.take() {
            task.abort();
        }
        if let Some(conversation) = self.conversation.take() {
            tokio::spawn(conversation.end(OVER_CODE, "the session is over"));
        }
        self.path = None;
    }
}
