//! One transfer as one half knows it.

use crate::protocol::{Facts, Refusal};
use crate::transfers::Place;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From here to the other side.
    Out,
    In,
}

/// What native code says of a transfer that runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub bytes: u64,
    pub rate_bytes_s: u64,
    /// Why nothing moves, as the contract has it; empty while something does.
    pub waits: String,
}

/// How it ended, in the contract's words and ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Whole,
    Cancelled,
    CancelledThere,
    /// It broke off again and again, without anything getting through in between.
    Broken,
    DiskFull,
    Gone,
    Changed,
    Denied,
    /// What the other side sent makes no sense.
    Wrong,
    Refused(Refusal),
    /// Whom it was agreed with is gone, and somebody else is there.
    Left,
    /// It came unasked, and the customer no longer lets that be.
    TakenBack,
}

impl End {
    /// Of what native code calls an outcome; none is a break, after which it goes on.
    pub fn from_outcome(outcome: &str) -> Option<Self> {
        Some(match outcome {
            "whole" => Self::Whole,
            "cancelled" => Self::Cancelled,
            "cancelled-there" => Self::CancelledThere,
            "broken" => return None,
            "disk-full" => Self::DiskFull,
            "gone" => Self::Gone,
            "changed" => Self::Changed,
            "denied" => Self::Denied,
            // Also what newer hosts may say: it is over, and not well.
            _ => Self::Wrong,
        })
    }

    /// Whether nobody goes on with it: what has arrived of it and has no name goes at once. Of what is whole the sender may not
    /// know yet, and offers it again.
    pub fn is_for_good(self) -> bool {
        self != Self::Whole && !self.may_try_again()
    }

    /// Whether another try could do what this one could not.
    pub fn may_try_again(self) -> bool {
        match self {
            Self::Broken | Self::DiskFull | Self::Changed => true,
            Self::Whole
            | Self::Cancelled
            | Self::CancelledThere
            | Self::Gone
            | Self::Denied
            | Self::Wrong
            | Self::Refused(_)
            | Self::Left
            | Self::TakenBack => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Incoming: nobody could be asked yet.
    Waiting,
    /// Somebody is asked: the person here, by this request of the host's, or the other side.
    Asked(u64),
    /// Accepted; its turn comes, or the link.
    Queued,
    /// By this transfer of the host's.
    Running(u64),
    /// It broke off and goes on by itself.
    Broken,
    Ended(End),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub way: Way,
    /// The sender's number for it.
    pub id: u64,
    /// This half's: what its nodes are named by.
    pub number: u32,
    pub facts: Facts,
    /// Symlinks, devices and what could not be read; of what is sent from here.
    pub left_out: u32,
    /// Stands for source or place here; empty before somebody here chose one.
    pub token: String,
    /// The same at the other end.
    pub token_there: String,
    /// Where it goes, for people.
    pub place: String,
    /// By the customer's standing word alone.
    pub unasked: bool,
    pub state: State,
    pub paused_here: bool,
    pub paused_there: bool,
    pub progress: Progress,
    /// Names that had to be made safe, or were taken.
    pub renamed: u32,
    /// Room that lacks at the receiving end.
    pub missing: u64,
    /// Breaks since something last got through.
    pub breaks: u32,
    /// How far it was when it last broke off.
    pub broke_at: u64,
}

impl Item {
    pub fn new(way: Way, id: u64, number: u32, facts: Facts) -> Self {
        Self {
            way,
            id,
            number,
            facts,
            left_out: 0,
            token: String::new(),
            token_there: String::new(),
            place: String::new(),
            unasked: false,
            state: State::Waiting,
            paused_here: false,
            paused_there: false,
            progress: Progress::default(),
            renamed: 0,
            missing: 0,
            breaks: 0,
            broke_at: 0,
        }
    }

    /// A person here, or their standing word, has it come into this place.
    pub fn accept(&mut self, place: Place) {
        let Place { token, name, unasked } = place;
        (self.token, self.place, self.unasked, self.state) = (token, name, unasked, State::Queued);
    }

    pub fn is(&self, way: Way, id: u64) -> bool {
        self.way == way && self.id == id
    }

    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Ended(_))
    }

    pub fn is_paused(&self) -> bool {
        self.paused_here || self.paused_there
    }

    /// The host's transfer that runs for it.
    pub fn running(&self) -> Option<u64> {
        match self.state {
            State::Running(transfer) => Some(transfer),
            State::Waiting | State::Asked(_) | State::Queued | State::Broken | State::Ended(_) => None,
        }
    }

    /// The person here agreed, or the other side did, and it is not over.
    pub fn is_accepted(&self) -> bool {
        match self.state {
            State::Queued | State::Running(_) | State::Broken => true,
            State::Waiting | State::Asked(_) | State::Ended(_) => false,
        }
    }

    /// Seconds until the rest has come, by the rate of now.
    pub fn seconds_left(&self) -> Option<u64> {
        let rest = self.facts.bytes.saturating_sub(self.progress.bytes);
        rest.checked_div(self.progress.rate_bytes_s).map(|seconds| seconds.saturating_add(1))
    }
}
