//! The customer's half: asks the person, starts the restart, and after it says so. Knows no host.

use crate::wire::{Failure, Message, VERSION};

/// What the host is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Do {
    /// Ask the person.
    Request,
    Restart,
    Say(Message),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Idle,
    /// The person is asked.
    Asked,
    /// Allowed; the host counts down.
    Begun,
}

#[derive(Debug, Default)]
pub struct Customer {
    state: State,
    /// Back from a restart that the rep was not told of yet.
    back: Option<u32>,
}

impl Customer {
    /// The rep's half asks.
    pub fn asked(&mut self, version: u8) -> Do {
        match self.state {
            _ if version != VERSION => Do::Say(Message::Failed(Failure::Unsupported)),
            State::Begun => Do::Say(Message::Begun),
            State::Idle | State::Asked => Do::Request,
        }
    }

    pub fn waits(&mut self) -> Do {
        self.state = State::Asked;
        Do::Say(Message::Waiting)
    }

    pub fn refused(&mut self) -> Do {
        self.state = State::Idle;
        Do::Say(Message::Refused)
    }

    /// The person said yes, at once or later.
    pub fn granted(&mut self) -> Option<Do> {
        (self.state == State::Asked).then_some(Do::Restart)
    }

    /// The host took it on; the person's word is used up with it.
    pub fn begun(&mut self) -> Do {
        self.state = State::Begun;
        Do::Say(Message::Begun)
    }

    /// The word was taken back. Once it is used that says nothing.
    pub fn revoked(&mut self) -> Option<Do> {
        (self.state == State::Asked).then(|| self.refused())
    }

    pub fn failed(&mut self, failure: Failure) -> Do {
        self.state = State::Idle;
        Do::Say(Message::Failed(failure))
    }

    pub fn back(&mut self, seconds: u32) {
        self.back = Some(seconds);
    }

    /// The rep is there: what they are to be told first.
    pub fn takes_back(&mut self) -> Option<Message> {
        self.back.take().map(|seconds| Message::Back { seconds })
    }

    /// The rep gave up or is gone. What is begun goes on.
    pub fn disconnected(&mut self) {
        if self.state == State::Asked {
            self.state = State::Idle;
        }
    }
}
