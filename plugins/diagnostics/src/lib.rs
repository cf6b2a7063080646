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
use lotse_sdk::{Broken, Line, answer, consent, system};

use crate::customer::{Customer, Do, NotBegun};
use crate::rep::Rep;
use crate::wire::{Failure, MESSAGE_BYTES_MAX, Message, VERSION};

const CAPABILITY: &str = "system";
const LABEL: &str = "diagnostics";
/// Reading takes milliseconds; a disk that does not answer is not waited for longer.
const LOOK_US: u64 = 15_000_000;

struct Diagnostics {
    me: Participant,
    /// At the rep's, the customer while they are there; at the customer's, the rep whose half asked last.
    peer: Option<ParticipantId>,
    line: Line,
    rep: Rep,
    customer: Customer,
    /// Rings when reading takes too long.
    timer: Option<u64>,
}

impl Diagnostics {
    /// The rep's half asks, over a new stream.
    fn ask(&mut self) {
        let opened = self.peer.map(|peer| Messages::open(peer, LABEL, Class::Control, MESSAGE_BYTES_MAX));
        self.line.set(opened.and_then(Result::ok).map(limited));
        let sent = self.line.send(&Message::Ask { version: VERSION }.encode());
        self.rep.ask(sent);
        ui::invalidate();
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
                Do::Say(message) => self.line.tell(&message.encode()),
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

    fn disconnected(&mut self) {
        self.line.close();
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
        let (rep, customer) = (Rep::new(session::looks_on()), Customer::default());
        Self { me: session::me(), peer: None, line: Line::default(), rep, customer, timer: None }
    }

    fn joined(&mut self, who: Participant) {
        if self.me.role == Role::Rep && who.role == Role::Customer {
            self.peer = Some(who.id);
            self.rep.look_on(session::looks_on());
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
    fn opened(&mut self, peer: ParticipantId, label: String, incoming: Stream) {
        if label != LABEL || self.me.role != Role::Customer {
            return;
        }
        if session::observing(peer) {
            return answer(incoming, &Message::Failed(Failure::OnlyLooks).encode());
        }
        self.peer = Some(peer);
        self.customer.disconnected();
        self.line.set(Some(limited(Messages::on(incoming, MESSAGE_BYTES_MAX))));
    }

    fn data(&mut self, stream: u64, bytes: Vec<u8>) {
        match self.line.received(stream, &bytes, |message| Message::parse(&message)) {
            Ok(messages) => messages.into_iter().for_each(|message| self.handle(message)),
            Err(Broken) => self.disconnected(),
        }
    }

    fn writable(&mut self, stream: u64) {
        if self.line.writable(stream).is_err() {
            self.disconnected();
        }
    }

    fn closed(&mut self, stream: u64, _complete: bool) {
        if self.line.closed(stream) {
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
                self.line.close();
                ui::invalidate();
            }
            _ => {}
        }
    }
}

plugin!(Diagnostics: Channels, Consents, Systems, Ui);

#[cfg(test)]
mod halves_tests;
