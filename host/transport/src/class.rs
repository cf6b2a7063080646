//! The four classes of streams, most urgent first.

use crate::credit::Bounds;

/// How urgent a stream is. What is more urgent never waits behind what is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Session control: consent, revoking, ending. Little and first.
    Control,
    /// Input, chat, the pointer: what a person waits for.
    Interactive,
    /// Pictures. Bounded, so that what is written is soon seen.
    Screen,
    /// Files and everything else that may take its time. Bounded, so that it fills no buffer others need.
    Bulk,
}

/// Written before data of every class: the reports that give credit back.
pub(crate) const PRIORITY_FLOW: i32 = 400;

/// Bytes written on one stream of an unbounded class and not yet read by the other end. All of them together leave room
/// in QUIC's window, so a reader that stands still holds up its own stream and nobody else's.
pub(crate) const UNREAD_MAX: u64 = 64 << 10;

impl Class {
    /// All of them, most urgent first.
    pub const ALL: [Self; 4] = [Self::Control, Self::Interactive, Self::Screen, Self::Bulk];

    pub(crate) fn priority(self) -> i32 {
        match self {
            Self::Control => 300,
            Self::Interactive => 200,
            Self::Screen => 100,
            Self::Bulk => 0,
        }
    }

    /// How much of this class may be written and not yet read by the other end; `None` where [`UNREAD_MAX`] does.
    pub(crate) const fn bounds(self) -> Option<Bounds> {
        match self {
            Self::Control | Self::Interactive => None,
            // The floor is what a slow line holds for a second or two at worst: an older picture is worth nothing.
            Self::Screen => Some(Bounds { floor: 64 << 10, ceiling: 4 << 20 }),
            // The floor keeps a fast, near peer busy in spite of slow reading; the ceiling is 1 Gbit/s over 40 ms.
            Self::Bulk => Some(Bounds { floor: 256 << 10, ceiling: 6 << 20 }),
        }
    }

    pub(crate) fn to_byte(self) -> u8 {
        match self {
            Self::Control => 1,
            Self::Interactive => 2,
            Self::Screen => 3,
            Self::Bulk => 4,
        }
    }

    pub(crate) fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Control),
            2 => Some(Self::Interactive),
            3 => Some(Self::Screen),
            4 => Some(Self::Bulk),
            _ => None,
        }
    }
}
