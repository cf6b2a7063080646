//! The rep's half: what was asked for, and what came of it. Knows no host.

use crate::wire::{Failure, Groups, Message};

#[derive(Clone, Debug, Default, PartialEq)]
pub enum State {
    /// Nothing was asked for.
    #[default]
    Off,
    /// On its way, or being read.
    Asking,
    /// The customer is asked.
    Waiting,
    Refused,
    Failed(Failure),
    /// The connection went, or the customer's half did.
    Lost,
    Shown(Groups),
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

    pub fn state(&self) -> &State {
        &self.state
    }

    /// Whether an answer is waited for.
    pub fn waits(&self) -> bool {
        matches!(self.state, State::Asking | State::Waiting)
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
            Message::Failed(failure) => State::Failed(failure),
            Message::Facts(groups) => State::Shown(groups),
        };
        true
    }

    /// What was read stays to be read.
    pub fn disconnected(&mut self) {
        if self.waits() {
            self.state = State::Lost;
        }
    }

    /// The window was closed.
    pub fn close(&mut self) {
        self.state = State::Off;
    }
}
