//! What the two halves say to each other on the control stream, which the rep's half opens.
//!
//! Each side begins with `Hello`. Reading is total: what is none of these messages, or goes beyond a bound, is none.

use lotse_picture::Failure;
use lotse_sdk::wire::{Reader, Writer};

pub const VERSION: u8 = 1;
const TITLE_CHARS_MAX: usize = 120;
/// The longest message: a title of the widest characters.
pub const MESSAGE_BYTES_MAX: u32 = 1024;
const _: () = assert!(TITLE_CHARS_MAX * 4 + 8 < MESSAGE_BYTES_MAX as usize);

/// Why a picture stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Still {
    /// It does not.
    No,
    /// The rep holds it.
    Held,
    /// The window is minimised.
    Hidden,
}

/// A whole display, for which each side has words of its own language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Display {
    /// In the chooser's order, from 1.
    pub number: u32,
    /// In pixels.
    pub width: u32,
    pub height: u32,
}

/// From the rep's half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    Hello {
        version: u8,
    },
    /// A picture comes on a stream of its own once the other half is `Ready`. The title is what is shown, for people.
    Showing {
        title: String,
    },
    Still(Still),
    /// No picture comes any more.
    Over,
    /// What was announced is this display, or is it now that displays have changed. A half that does not know the word shows the title.
    Display(Display),
}

/// From the customer's half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Hello {
        version: u8,
    },
    /// The picture that was announced may come: everything said before is done.
    Ready,
    /// The picture has a window.
    Watching,
    /// The customer closed it.
    Closed,
    /// It cannot be shown there.
    Failed(Failure),
    /// The rep only looks on: nothing of theirs is shown, and nothing else is said.
    OnlyLooks,
}

impl Word {
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Hello { version } => Writer::new(0).u8(*version),
            Self::Showing { title } => {
                let cut: String = title.chars().take(TITLE_CHARS_MAX).collect();
                Writer::new(1).text(&cut)
            }
            Self::Still(still) => Writer::new(2).u8(match still {
                Still::No => 0,
                Still::Held => 1,
                Still::Hidden => 2,
            }),
            Self::Over => Writer::new(3),
            Self::Display(Display { number, width, height }) => Writer::new(4).u32(*number).u32(*width).u32(*height),
        }
        .finish()
    }

    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let word = match reader.u8()? {
            0 => Self::Hello { version: reader.u8()? },
            1 => Self::Showing { title: reader.text(TITLE_CHARS_MAX)? },
            2 => Self::Still(match reader.u8()? {
                0 => Still::No,
                1 => Still::Held,
                2 => Still::Hidden,
                _ => return None,
            }),
            3 => Self::Over,
            4 => Self::Display(Display { number: reader.u32()?, width: reader.u32()?, height: reader.u32()? }),
            _ => return None,
        };
        reader.end(word)
    }
}

impl Answer {
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Hello { version } => Writer::new(0).u8(*version),
            Self::Ready => Writer::new(1),
            Self::Watching => Writer::new(2),
            Self::Closed => Writer::new(3),
            Self::Failed(failure) => Writer::new(4).u8(failure.code()),
            Self::OnlyLooks => Writer::new(5),
        }
        .finish()
    }

    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let answer = match reader.u8()? {
            0 => Self::Hello { version: reader.u8()? },
            1 => Self::Ready,
            2 => Self::Watching,
            3 => Self::Closed,
            4 => Self::Failed(Failure::from_code(reader.u8()?)?),
            5 => Self::OnlyLooks,
            _ => return None,
        };
        reader.end(answer)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn words() -> Vec<Word> {
        vec![
            Word::Hello { version: VERSION },
            Word::Showing { title: "Rechnung · größer 大".to_owned() },
            Word::Still(Still::No),
            Word::Still(Still::Held),
            Word::Still(Still::Hidden),
            Word::Over,
            Word::Display(Display { number: 2, width: 1920, height: 1080 }),
        ]
    }

    fn answers() -> Vec<Answer> {
        vec![
            Answer::Hello { version: 9 },
            Answer::Ready,
            Answer::Watching,
            Answer::Closed,
            Answer::Failed(Failure::Unsupported),
            Answer::OnlyLooks,
        ]
    }

    #[test]
    fn messages_come_back_and_every_cut_is_refused() {
        for word in words() {
            let bytes = word.encode();
            assert_eq!(Word::parse(&bytes), Some(word));
            assert!((0..bytes.len()).all(|length| Word::parse(&bytes[..length]).is_none()));
            assert_eq!(Word::parse(&[bytes.as_slice(), &[0]].concat()), None, "and what has something behind it");
        }
        for answer in answers() {
            let bytes = answer.encode();
            assert_eq!(Answer::parse(&bytes), Some(answer));
            assert!((0..bytes.len()).all(|length| Answer::parse(&bytes[..length]).is_none()));
        }
    }

    #[test]
    fn the_longest_title_fits_and_a_longer_one_is_cut() {
        let bytes = Word::Showing { title: "\u{1f600}".repeat(5_000) }.encode();
        assert!(bytes.len() <= MESSAGE_BYTES_MAX as usize);
        assert!(
            matches!(Word::parse(&bytes), Some(Word::Showing { title }) if title.chars().count() == TITLE_CHARS_MAX)
        );
    }

    #[test]
    fn fuzz_parse_never_panics() {
        let mut state: u64 = 11;
        let mut random = |bound: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % bound.max(1)
        };
        for _ in 0..30_000 {
            let mut bytes = if random(2) == 0 { words()[random(7)].encode() } else { answers()[random(5)].encode() };
            for _ in 0..1 + random(4) {
                let at = random(bytes.len());
                match random(3) {
                    0 => bytes.truncate(at),
                    1 => bytes.insert(at, random(256) as u8),
                    _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = random(256) as u8),
                }
            }
            let _ = (Word::parse(&bytes), Answer::parse(&bytes));
        }
    }
}
