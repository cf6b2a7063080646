//! Restarts the customer's computer with their word, and is back in the session afterwards. Runs on both sides; the rep's half
//! asks.
//!
//! `rep` and `customer` are the halves without a host, `wire` what goes between them; this file joins them to the host. It fails
//! closed: after a crash nothing is restarted until the rep asks again.

mod customer;
mod rep;
mod view;
mod wire;

use lotse_sdk::prelude::*;
use lotse_sdk::{Broken, Line, answer, consent, restart};

use crate::customer::{Customer, Do};
use crate::rep::{Rep, State};
use crate::wire::{Failure, MESSAGE_BYTES_MAX, Message, VERSION};

const CAPABILITY: &str = "restart";
const LABEL: &str = "remote-reboot";

struct RemoteReboot {
    me: Participant,
    /// At the rep's, the customer while they are there; at the customer's, the rep whose half talks with this one.
    peer: Option<ParticipantId>,
    line: Line,
    rep: Rep,
    customer: Customer,
}

impl RemoteReboot {
    fn open(&mut self) {
        let opened = self.peer.map(|peer| Messages::open(peer, LABEL, Class::Control, MESSAGE_BYTES_MAX));
        self.line.set(opened.and_then(Result::ok));
    }

    /// The rep's half asks, over a new stream.
    fn ask(&mut self) {
        self.open();
        let sent = self.line.send(&Message::Ask { version: VERSION }.encode());
        self.rep.ask(sent);
        ui::invalidate();
    }

    /// The customer's half: does what its state machine wants, and what follows from that.
    fn carry_out(&mut self, wanted: Do) {
        let mut next = Some(wanted);
        while let Some(wanted) = next.take() {
            match wanted {
                Do::Request => match consent::request(CAPABILITY) {
                    Ok(consent::Answer::Granted) => {
                        self.customer.waits();
                        next = self.customer.granted();
                    }
                    Ok(consent::Answer::Asked) => next = Some(self.customer.waits()),
                    Ok(consent::Answer::Refused) | Err(_) => next = Some(self.customer.refused()),
                },
                Do::Restart => {
                    next = Some(match restart::restart() {
                        Ok(()) => self.customer.begun(),
                        Err(Error::Unsupported) => self.failed(Failure::Unsupported),
                        Err(Error::Denied) => self.customer.refused(),
                        Err(Error::Gone | Error::Limit | Error::Busy | Error::Invalid) => self.failed(Failure::Busy),
                    });
                }
                Do::Say(message) => self.line.tell(&message.encode()),
            }
        }
    }

    fn failed(&mut self, failure: Failure) -> Do {
        if let Some(words) = view::failed_here(failure) {
            ui::notify(text("Restart", "Neustart"), words, &settings([("tone", "caution".into())]));
        }
        self.customer.failed(failure)
    }

    fn handle(&mut self, message: Message) {
        match (message, self.me.role) {
            (Message::Ask { version }, Role::Customer) => {
                let wanted = self.customer.asked(version);
                self.carry_out(wanted);
            }
            (message, Role::Rep) => {
                if self.rep.heard(message) {
                    self.tell();
                } else {
                    session::log(Level::Warn, "a message of the wrong half was passed over");
                }
            }
            (
                Message::Waiting | Message::Refused | Message::Begun | Message::Failed(_) | Message::Back { .. },
                Role::Customer,
            ) => session::log(Level::Warn, "a message of the wrong half was passed over"),
        }
    }

    /// The rep is told of each step, also while no menu is open.
    fn tell(&mut self) {
        ui::invalidate();
        let state = self.rep.state();
        let news = match state {
            State::Refused | State::Failed(_) | State::Begun | State::Back { .. } => view::said(state),
            State::Off | State::Asking | State::Waiting | State::Down | State::Lost => None,
        };
        if let Some((words, tone)) = news {
            ui::notify(text("Restart", "Neustart"), &words, &settings([("tone", tone.name().into())]));
        }
    }

    fn closed_by_other(&mut self) {
        self.rep.closed();
        self.customer.disconnected();
        ui::invalidate();
    }
}

impl Plugin for RemoteReboot {
    fn init(_restored: Option<Vec<u8>>) -> Self {
        ui::invalidate();
        let (rep, customer) = (Rep::new(session::looks_on()), Customer::default());
        Self { me: session::me(), peer: None, line: Line::default(), rep, customer }
    }

    fn joined(&mut self, who: Participant) {
        if who.role == self.me.role || session::observing(who.id) {
            return;
        }
        if self.me.role == Role::Rep {
            self.peer = Some(who.id);
            self.rep.look_on(session::looks_on());
            self.rep.joined();
        } else if let Some(message) = self.customer.takes_back() {
            self.peer = Some(who.id);
            self.open();
            self.carry_out(Do::Say(message));
        }
        ui::invalidate();
    }

    fn left(&mut self, who: ParticipantId) {
        if self.peer == Some(who) {
            self.peer = None;
            self.line.close();
            self.rep.left();
            self.customer.disconnected();
            ui::invalidate();
        }
    }
}

impl Channels for RemoteReboot {
    fn opened(&mut self, peer: ParticipantId, label: String, incoming: Stream) {
        if label != LABEL {
            return;
        }
        if session::observing(peer) {
            return answer(incoming, &Message::Failed(Failure::OnlyLooks).encode());
        }
        self.peer = Some(peer);
        self.customer.disconnected();
        self.line.set(Some(Messages::on(incoming, MESSAGE_BYTES_MAX)));
    }

    fn data(&mut self, stream: u64, bytes: Vec<u8>) {
        match self.line.received(stream, &bytes, |message| Message::parse(&message)) {
            Ok(messages) => messages.into_iter().for_each(|message| self.handle(message)),
            Err(Broken) => self.closed_by_other(),
        }
    }

    fn writable(&mut self, stream: u64) {
        if self.line.writable(stream).is_err() {
            self.closed_by_other();
        }
    }

    fn closed(&mut self, stream: u64, _complete: bool) {
        if self.line.closed(stream) {
            self.closed_by_other();
        }
    }
}

impl Consents for RemoteReboot {
    fn granted(&mut self, capability: &str) {
        if capability == CAPABILITY
            && let Some(wanted) = self.customer.granted()
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

impl Restarts for RemoteReboot {
    /// Heard before anybody can be talked to.
    fn back(&mut self, seconds: u32) {
        self.customer.back(seconds);
    }

    fn failed(&mut self, why: &str) {
        let wanted = RemoteReboot::failed(self, Failure::from_word(why));
        self.carry_out(wanted);
    }
}

impl Ui for RemoteReboot {
    fn render(&mut self, place: Place) -> Option<Node> {
        (place == Place::Tools && self.me.role == Role::Rep).then(|| view::tools(&self.rep, self.peer.is_some()))
    }

    fn action(&mut self, node: &str, _what: Settings) {
        if node == view::RESTART && self.me.role == Role::Rep && self.rep.may_ask() {
            self.ask();
        }
    }
}

plugin!(RemoteReboot: Channels, Consents, Restarts, Ui);

#[cfg(test)]
mod halves_tests;
