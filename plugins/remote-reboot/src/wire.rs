//! What the two halves say to each other. Reading is total.

use lotse_sdk::wire::{Reader, Writer};

pub const VERSION: u8 = 1;
pub const MESSAGE_BYTES_MAX: u32 = 16;

const ASK: u8 = 0;
const WAITING: u8 = 1;
const REFUSED: u8 = 2;
const BEGUN: u8 = 3;
const FAILED: u8 = 4;
const BACK: u8 = 5;

/// Why the computer was not restarted although nobody said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The customer stopped the countdown.
    Cancelled,
    NoWayBack,
    /// The system did not do it.
    System,
    /// The system took the order, and the computer still runs.
    Stayed,
    /// That computer cannot be restarted from here.
    Unsupported,
    /// One is under way already.
    Busy,
    /// Whoever asks only looks on.
    OnlyLooks,
}

impl Failure {
    const ALL: [Self; 7] =
        [Self::Cancelled, Self::NoWayBack, Self::System, Self::Stayed, Self::Unsupported, Self::Busy, Self::OnlyLooks];

    const fn code(self) -> u8 {
        match self {
            Self::Cancelled => 0,
            Self::NoWayBack => 1,
            Self::System => 2,
            Self::Stayed => 3,
            Self::Unsupported => 4,
            Self::Busy => 5,
            Self::OnlyLooks => 6,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.code() == code)
    }

    /// The contract's word; a newer one says that the system did not do it.
    pub fn from_word(word: &str) -> Self {
        match word {
            "cancelled" => Self::Cancelled,
            "no-way-back" => Self::NoWayBack,
            "stayed" => Self::Stayed,
            _ => Self::System,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// The rep's half asks.
    Ask {
        version: u8,
    },
    /// The customer is asked.
    Waiting,
    Refused,
    /// The customer said yes; they see a countdown.
    Begun,
    Failed(Failure),
    /// After the restart, so many seconds after it was begun.
    Back {
        seconds: u32,
    },
}

impl Message {
    pub fn encode(self) -> Vec<u8> {
        match self {
            Self::Ask { version } => Writer::new(ASK).u8(version).finish(),
            Self::Waiting => Writer::new(WAITING).finish(),
            Self::Refused => Writer::new(REFUSED).finish(),
            Self::Begun => Writer::new(BEGUN).finish(),
            Self::Failed(failure) => Writer::new(FAILED).u8(failure.code()).finish(),
            Self::Back { seconds } => Writer::new(BACK).u32(seconds).finish(),
        }
    }

    /// `None` for what is no message.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let message = match reader.u8()? {
            ASK => Self::Ask { version: reader.u8()? },
            WAITING => Self::Waiting,
            REFUSED => Self::Refused,
            BEGUN => Self::Begun,
            FAILED => Self::Failed(Failure::from_code(reader.u8()?)?),
            BACK => Self::Back { seconds: reader.u32()? },
            _ => return None,
        };
        reader.end(message)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn messages_come_back_as_they_were_and_no_cut_is_one() {
        let failures = Failure::ALL.into_iter().map(Message::Failed);
        let others = [
            Message::Ask { version: VERSION },
            Message::Waiting,
            Message::Refused,
            Message::Begun,
            Message::Back { seconds: u32::MAX },
        ];
        for message in failures.chain(others) {
            let bytes = message.encode();
            assert_eq!(Message::parse(&bytes), Some(message));
            assert!(bytes.len() <= MESSAGE_BYTES_MAX as usize);
            assert!((0..bytes.len()).all(|length| Message::parse(&bytes[..length]).is_none()));
            assert_eq!(Message::parse(&[bytes, vec![0]].concat()), None, "something behind it");
        }
        assert_eq!((Message::parse(&[FAILED, 99]), Message::parse(&[99])), (None, None));
    }

    #[test]
    fn words_of_the_contract_are_known() {
        let known = ["cancelled", "no-way-back", "refused", "stayed", "newer"].map(Failure::from_word);
        assert_eq!(known, [Failure::Cancelled, Failure::NoWayBack, Failure::System, Failure::Stayed, Failure::System]);
    }
}
