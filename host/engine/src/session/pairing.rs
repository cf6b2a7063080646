//! Agreeing on keys by the code's secret half, over signals that the relay forwards unread.

use super::Task;
use super::end::Signalled;
use lotse_protocol::control::{Side, ToRelay};
use lotse_session::{Event, Failure, State, Step};
use lotse_transport::pairing::PairingError;

impl Task {
    pub(super) fn start_pairing(&mut self) {
        if let Some(message) = self.end.start_pairing(self.config.side, self.config.id) {
            self.relay_says(message);
        }
    }

    pub(super) fn on_signal(&mut self, body: &[u8]) {
        match self.end.on_signal(self.config.id, body) {
            Signalled::Passed => {}
            Signalled::Answer(message) => self.relay_says(message),
            Signalled::TooMany => self.feed(Event::PairingFailed(Failure::WrongCode { attempts_left: 0 })),
            Signalled::Paired => {
                // The code is used up from here on: only by these keys can a customer come again.
                self.write_note();
                if self.config.side == Side::Rep {
                    self.relay_says(ToRelay::Paired { session: self.config.id });
                }
                self.feed(Event::Paired);
            }
            Signalled::Failed(problem) => {
                tracing::warn!(%problem, "pairing failed");
                self.on_pairing_problem(&problem);
            }
        }
    }

    /// Said before, perhaps, to a relay that was started again since: it then has the code as one that nobody came with,
    /// and answers that there is no such session. Once there was a link, the relay knows.
    pub(super) fn repeat_paired(&self) {
        let began = self.end.peer_key.is_some() && self.end.conversations == 0 && !self.is_over();
        if began && self.config.side == Side::Rep {
            self.relay_says(ToRelay::Paired { session: self.config.id });
        }
    }

    /// Whoever came is gone. Before the keys were agreed the code waits for the next; after that the machine knows whether
    /// anybody else has seen it.
    pub(super) fn on_customer_left(&mut self) {
        if self.end.peer_key.is_some() {
            return self.feed(Event::CustomerLeft);
        }
        if *self.end.machine.state() != State::Connecting(Step::Keys) {
            return;
        }
        self.end.pairing = None;
        self.end.confirming = None;
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
