//! Agreeing on keys by the code's secret half, over signals that the relay forwards unread.

use super::Task;
use lotse_protocol::code::ATTEMPTS_MAX;
use lotse_protocol::control::{Side, ToRelay};
use lotse_session::{Event, Failure, State, Step};
use lotse_transport::bind;
use lotse_transport::pairing::{Pairing, PairingError};

impl Task {
    pub(super) fn start_pairing(&mut self) {
        let Some(secret) = &self.config.secret else { return };
        let side = match self.config.side {
            Side::Rep => bind::Side::Rep,
            Side::Customer => bind::Side::Customer,
        };
        let (pairing, message) = Pairing::start(side, secret, &self.config.id.0, self.identity.fingerprint());
        self.pairing = Some(pairing);
        self.confirming = None;
        self.relay_says(ToRelay::Signal { session: self.config.id, body: message });
    }

    /// Two messages come from the other side: the PAKE's first, then its confirmation.
    pub(super) fn on_signal(&mut self, body: &[u8]) {
        let outcome = if let Some(pairing) = self.pairing.take() {
            // The relay counts, too; but the relay is whom this protects from.
            self.guesses = self.guesses.saturating_add(1);
            if self.guesses > ATTEMPTS_MAX {
                return self.feed(Event::PairingFailed(Failure::WrongCode { attempts_left: 0 }));
            }
            pairing.handle(body).map(|(confirming, answer)| {
                self.confirming = Some(confirming);
                self.relay_says(ToRelay::Signal { session: self.config.id, body: answer });
            })
        } else if let Some(confirming) = self.confirming.take() {
            confirming.finish(body, None).map(|peer| {
                self.peer_key = Some(peer);
                // The code is used up from here on: only by these keys can a customer come again.
                self.write_note();
                if self.config.side == Side::Rep {
                    self.relay_says(ToRelay::Paired { session: self.config.id });
                }
                self.feed(Event::Paired);
            })
        } else {
            return;
        };
        if let Err(problem) = outcome {
            tracing::warn!(%problem, "pairing failed");
            self.on_pairing_problem(&problem);
        }
    }

    /// Said before, perhaps, to a relay that was started again since: it then has the code as one that nobody came with,
    /// and answers that there is no such session. Once there was a link, the relay knows.
    pub(super) fn repeat_paired(&self) {
        let began = self.peer_key.is_some() && self.conversations == 0 && !self.is_over();
        if began && self.config.side == Side::Rep {
            self.relay_says(ToRelay::Paired { session: self.config.id });
        }
    }

    /// Whoever came is gone. Before the keys were agreed the code waits for the next; after that the machine knows whether
    /// anybody else has seen it.
    pub(super) fn on_customer_left(&mut self) {
        if self.peer_key.is_some() {
            return self.feed(Event::CustomerLeft);
        }
        if *self.machine.state() != State::Connecting(Step::Keys) {
            return;
        }
        self.pairing = None;
        self.confirming = None;
        let asked = self.config.asked.as_ref();
        self.view.peer = asked.map(|asked| asked.name.clone()).unwrap_or_default();
        self.view.peer_system = asked.map(|asked| asked.system.clone()).unwrap_or_default();
        self.view.customer_left = true;
        self.feed(Event::CustomerLeft);
    }

    /// The relay counts attempts and tells both sides how many are left; keys that differ end it at once.
    fn on_pairing_problem(&mut self, problem: &PairingError) {
        match problem {
            PairingError::WrongCode if self.config.side == Side::Rep => {
                self.relay_says(ToRelay::PairingFailed { session: self.config.id })
            }
            PairingError::WrongCode => {}
            PairingError::KeysDiffer | PairingError::Malformed => self.feed(Event::PairingFailed(Failure::KeysDiffer)),
        }
    }
}
