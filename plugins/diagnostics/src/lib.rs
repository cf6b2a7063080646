//! What computer the customer has, read with their consent and shown to the rep. Runs on both sides; the rep's half asks.
//!
//! `rep` and `customer` are the halves without a host, `wire` what goes between them, `report` the facts in words; this file
//! joins them to the host. It fails closed: after a crash nothing is shown until the rep asks again.

mod customer;
mod rep;
mod report;
mod view;
mod wire;

use lotse_sdk::prelude::*;
use lotse_sdk::{consent, system};

use crate::customer::{Customer, Do, NotBegun};
use crate::rep::Rep;
use crate::wire::{Failure, MESSAGE_BYTES_MAX, Message, VERSION};

const CAPABILITY: &str = "system";
const LABEL: &str = "diagnostics";
/// Reading takes milliseconds; a disk that does not answer is not waited for longer.
const LOOK_US: u64 = 15_000_000;

struct Diagnostics {
    me: Participant,
    peer: Option<ParticipantId>,
    messages: Option<Messages>,
    rep: Rep,
    customer: Customer,
    /// Rings when reading takes too long.
    timer: Option<u64>,
}

impl Diagnostics {
    /// The rep's half asks, over a new stream.
    fn ask(&mut self) {
        let opened = self.peer.map(|peer| Messages::open(peer, LABEL, Class::Control, MESSAGE_BYTES_MAX));
        self.messages = opened.and_then(Result::ok).map(limited);
        let sent = self.send(&Message::Ask { version: VERSION });
        self.rep.ask(sent);
        ui::invalidate();
    }

    fn send(&mut self, message: &Message) -> bool {
        self.messages.as_mut().is_some_and(|messages| messages.send(&message.encode()).is_ok())
    }

    /// The customer's half: does what its state machine wants, and what follows from that.
    fn carry_out(&mut self, wanted: Do) {
        let mut next = Some(wanted);
        while let Some(wanted) = next.take() {
            match wanted {
                Do::Request => {
                    next = Some(match consent::request(CAPABILITY) {
                        Ok(consent::Answer::Granted) => self.customer.granted(),
                        Ok(consent::Answer::Asked) => self.customer.waits(),
                        Ok(consent::Answer::Refused) | Err(_) => self.customer.refused(),
                    });
                }
                Do::Look => match system::look() {
                    Ok(()) => self.timer = Some(session::wake_after_us(LOOK_US)),
                    Err(error) => next = Some(self.customer.not_begun(not_begun(error))),
                },
                Do::Say(message) => {
                    if !self.send(&message) {
                        session::log(Level::Warn, "the answer could not be sent");
                    }
                }
            }
        }
    }

    fn handle(&mut self, message: Message) {
        match (message, self.me.role) {
            (Message::Ask { version }, Role::Customer) => {
                let wanted = self.customer.asked(version);
                self.carry_out(wanted);
            }
            (message, Role::Rep) => {
                if !self.rep.heard(message) {
                    session::log(Level::Warn, "a message of the wrong half was passed over");
                }
                ui::invalidate();
            }
            (Message::Waiting | Message::Refused | Message::Failed(_) | Message::Facts(_), Role::Customer) => {
                session::log(Level::Warn, "a message of the wrong half was passed over")
            }
        }
    }

    fn carries(&self, stream: u64) -> bool {
        self.messages.as_ref().is_some_and(|messages| messages.id() == stream)
    }

    fn disconnected(&mut self) {
        self.messages = None;
        self.rep.disconnected();
        self.customer.disconnected();
        ui::invalidate();
    }
}

/// One message of facts may wait.
fn limited(messages: Messages) -> Messages {
    messages.waiting_bytes_max(MESSAGE_BYTES_MAX as usize + 64)
}

fn not_begun(error: Error) -> NotBegun {
    match error {
        Error::Denied => NotBegun::Denied,
        Error::Unsupported => NotBegun::Failed(Failure::Unsupported),
        Error::Gone | Error::Limit | Error::Busy | Error::Invalid => NotBegun::Failed(Failure::Busy),
    }
}

impl Plugin for Diagnostics {
    fn init(_restored: Option<Vec<u8>>) -> Self {
        ui::invalidate();
        let (rep, customer) = (Rep::default(), Customer::default());
        Self { me: session::me(), peer: None, messages: None, rep, customer, timer: None }
    }

    fn joined(&mut self, who: Participant) {
        if who.role != self.me.role {
            self.peer = Some(who.id);
            ui::invalidate();
        }
    }

    fn left(&mut self, who: ParticipantId) {
        if self.peer == Some(who) {
            self.peer = None;
            self.disconnected();
        }
    }

    fn woke(&mut self, token: u64) {
        if self.timer == Some(token) {
            self.timer = None;
            if let Some(wanted) = self.customer.rang() {
                self.carry_out(wanted);
            }
        }
    }
}

impl Channels for Diagnostics {
    fn opened(&mut self, _peer: ParticipantId, label: String, incoming: Stream) {
        if label == LABEL && self.me.role == Role::Customer {
            self.customer.disconnected();
            self.messages = Some(limited(Messages::on(incoming, MESSAGE_BYTES_MAX)));
        }
    }

    fn data(&mut self, stream: u64, bytes: Vec<u8>) {
        if !self.carries(stream) {
            return;
        }
        let Some(Ok(received)) = self.messages.as_mut().map(|messages| messages.received(&bytes)) else {
            session::log(Level::Warn, "a message over the limit; the stream is closed");
            return self.disconnected();
        };
        for message in received {
            match Message::parse(&message) {
                Some(message) => self.handle(message),
                None => session::log(Level::Warn, "a message that is none was passed over"),
            }
        }
    }

    fn writable(&mut self, stream: u64) {
        if self.carries(stream) && self.messages.as_mut().is_some_and(|messages| messages.writable().is_err()) {
            self.disconnected();
        }
    }

    fn closed(&mut self, stream: u64, _complete: bool) {
        if self.carries(stream) {
            self.disconnected();
        }
    }
}

impl Consents for Diagnostics {
    fn granted(&mut self, capability: &str) {
        if capability == CAPABILITY
            && let Some(wanted) = self.customer.granted_later()
        {
            self.carry_out(wanted);
        }
    }

    fn revoked(&mut self, capability: &str) {
        if capability == CAPABILITY
            && let Some(wanted) = self.customer.revoked()
        {
            self.carry_out(wanted);
        }
    }
}

impl Systems for Diagnostics {
    fn facts(&mut self, groups: Vec<(String, Settings)>) {
        if let Some(wanted) = self.customer.facts(groups) {
            self.carry_out(wanted);
        }
    }
}

impl Ui for Diagnostics {
    fn render(&mut self, place: Place) -> Option<Node> {
        (place == Place::Tools && self.me.role == Role::Rep).then(|| view::tools(&self.rep, self.peer.is_some()))
    }

    fn action(&mut self, node: &str, what: Settings) {
        match (node, self.me.role) {
            (view::LOOK, Role::Rep) if !self.rep.waits() => self.ask(),
            (view::WINDOW, Role::Rep) if what.flag("open") == Some(false) => {
                self.rep.close();
                if let Some(messages) = self.messages.take() {
                    messages.reset();
                }
                ui::invalidate();
            }
            _ => {}
        }
    }
}

plugin!(Diagnostics: Channels, Consents, Systems, Ui);

#[cfg(test)]
mod halves_tests;
