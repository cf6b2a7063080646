//! The rep's half: what was asked for, and how far it is. Knows no host.

use crate::wire::{Failure, Message};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    Off,
    /// On its way to the customer.
    Asking,
    /// The customer is asked.
    Waiting,
    Refused,
    Failed(Failure),
    /// Allowed; the customer sees a countdown.
    Begun,
    /// The customer's side is gone, as it must be.
    Down,
    Back {
        seconds: u32,
    },
    /// The connection went before there was an answer.
    Lost,
}

#[derive(Debug, Default)]
pub struct Rep {
    state: State,
    looks_on: bool,
}

impl Rep {
    /// `looks_on`: they see, and ask for nothing else.
    pub fn new(looks_on: bool) -> Self {
        Self { state: State::Off, looks_on }
    }

    /// They have agreed to more since, or not.
    pub fn look_on(&mut self, on: bool) {
        self.looks_on = on;
    }

    pub fn looks_on(&self) -> bool {
        self.looks_on
    }

    pub fn state(&self) -> State {
        self.state
    }

    /// Whether a restart can be asked for.
    pub fn may_ask(&self) -> bool {
        match self.state {
            State::Off | State::Refused | State::Failed(_) | State::Back { .. } | State::Lost => true,
            State::Asking | State::Waiting | State::Begun | State::Down => false,
        }
    }

    /// `sent`: the question is on its way.
    pub fn ask(&mut self, sent: bool) {
        self.state = if sent { State::Asking } else { State::Lost };
    }

    /// False: that is no message for this half.
    pub fn heard(&mut self, message: Message) -> bool {
        self.state = match message {
            Message::Ask { .. } => return false,
            Message::Waiting => State::Waiting,
            Message::Refused => State::Refused,
            Message::Begun => State::Begun,
            Message::Failed(failure) => State::Failed(failure),
            Message::Back { seconds } => State::Back { seconds },
        };
        true
    }

    /// The customer's side is gone.
    pub fn left(&mut self) {
        self.state = match self.state {
            State::Begun | State::Down => State::Down,
            State::Asking | State::Waiting => State::Lost,
            other @ (State::Off | State::Refused | State::Failed(_) | State::Back { .. } | State::Lost) => other,
        };
    }

    /// It is there again; after a restart it says so itself, at once.
    pub fn joined(&mut self) {
        if self.state == State::Down {
            self.state = State::Off;
        }
    }

    /// The customer's half let go of the stream while their side is still there.
    pub fn closed(&mut self) {
        if matches!(self.state, State::Asking | State::Waiting) {
            self.state = State::Lost;
        }
    }
}
