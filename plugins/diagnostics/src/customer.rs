//! The customer's half: asks the person, reads, and sends. Knows no host.

use crate::wire::{Failure, Groups, Message, VERSION};

/// What the host is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Do {
    /// Ask the person.
    Request,
    /// Read the facts, and ring if that takes too long.
    Look,
    Say(Message),
}

/// Why the host did not begin to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotBegun {
    Denied,
    Failed(Failure),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Idle,
    /// The person is asked.
    Asked,
    Reading,
}

#[derive(Debug, Default)]
pub struct Customer {
    state: State,
}

impl Customer {
    /// The rep's half asks.
    pub fn asked(&mut self, version: u8) -> Do {
        if version != VERSION {
            return self.end(Message::Failed(Failure::Unsupported));
        }
        Do::Request
    }

    /// The person's word is there already.
    pub fn granted(&mut self) -> Do {
        self.state = State::Reading;
        Do::Look
    }

    pub fn waits(&mut self) -> Do {
        self.state = State::Asked;
        Do::Say(Message::Waiting)
    }

    pub fn refused(&mut self) -> Do {
        self.end(Message::Refused)
    }

    /// The person's word came later. Nobody waits for it any more if the rep gave up.
    pub fn granted_later(&mut self) -> Option<Do> {
        (self.state == State::Asked).then(|| self.granted())
    }

    pub fn revoked(&mut self) -> Option<Do> {
        (self.state != State::Idle).then(|| self.refused())
    }

    pub fn not_begun(&mut self, why: NotBegun) -> Do {
        match why {
            NotBegun::Denied => self.refused(),
            NotBegun::Failed(failure) => self.end(Message::Failed(failure)),
        }
    }

    pub fn facts(&mut self, groups: Groups) -> Option<Do> {
        (self.state == State::Reading).then(|| self.end(Message::Facts(groups)))
    }

    /// It took too long.
    pub fn rang(&mut self) -> Option<Do> {
        (self.state == State::Reading).then(|| self.end(Message::Failed(Failure::Busy)))
    }

    /// Nobody listens any more.
    pub fn disconnected(&mut self) {
        self.state = State::Idle;
    }

    fn end(&mut self, message: Message) -> Do {
        self.state = State::Idle;
        Do::Say(message)
    }
}
