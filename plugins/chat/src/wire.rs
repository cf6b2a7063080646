//! What the two halves say to each other, and what is kept for a restart.
//!
//! The first message of each side is `Hello` with the protocol's version and what is known there. Reading is total: a
//! message that is anything else than one of these is none.

use lotse_sdk::session::Role;
use lotse_sdk::wire::{Reader, Writer};

use crate::log::{Author, ENTRIES_MAX, Entry, Id, Log, NAME_CHARS_MAX, TEXT_CHARS_MAX};

pub const VERSION: u8 = 1;
/// The longest message: a full `Hello`, or a text of the longest characters with its name.
pub const MESSAGE_BYTES_MAX: u32 = 40_000;
const _: () = assert!(ENTRIES_MAX * 16 + 16 < MESSAGE_BYTES_MAX as usize);
const _: () = assert!((TEXT_CHARS_MAX + NAME_CHARS_MAX) * 4 + 64 < MESSAGE_BYTES_MAX as usize);

const HELLO: u8 = 0;
const ENTRY: u8 = 1;
const RECEIVED: u8 = 2;
const TYPING: u8 = 3;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// `now_ms`: the sender's clock, so that times can be told in the reader's.
    Hello {
        version: u8,
        now_ms: u64,
        known: Vec<Id>,
    },
    Entry(Entry),
    Received(Id),
    Typing(bool),
}

impl Message {
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Hello { version, now_ms, known } => {
                let start = Writer::new(HELLO).u8(*version).u64(*now_ms);
                known.iter().fold(start, |writer, id| writer.u128(*id)).finish()
            }
            Self::Entry(entry) => write_entry(Writer::new(ENTRY), entry).finish(),
            Self::Received(id) => Writer::new(RECEIVED).u128(*id).finish(),
            Self::Typing(on) => Writer::new(TYPING).flag(*on).finish(),
        }
    }

    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        match reader.u8()? {
            HELLO => {
                let (version, now_ms) = (reader.u8()?, reader.u64()?);
                let ids = reader.rest();
                if !ids.len().is_multiple_of(16) || ids.len() / 16 > ENTRIES_MAX {
                    return None;
                }
                let known =
                    ids.chunks_exact(16).filter_map(|id| Some(Id::from_be_bytes(id.try_into().ok()?))).collect();
                Some(Self::Hello { version, now_ms, known })
            }
            ENTRY => {
                let entry = read_entry(&mut reader)?;
                reader.end(Self::Entry(entry))
            }
            RECEIVED => {
                let id = reader.u128()?;
                reader.end(Self::Received(id))
            }
            TYPING => {
                let on = reader.flag()?;
                reader.end(Self::Typing(on))
            }
            _ => None,
        }
    }
}

fn write_entry(writer: Writer, entry: &Entry) -> Writer {
    let Entry { id, author: Author { role, name }, at_ms, text, sent: _, delivered: _ } = entry;
    writer.u128(*id).flag(*role == Role::Rep).u64(*at_ms).text(name).text(text)
}

/// States of sending are each side's own, so what is read has none yet.
fn read_entry(reader: &mut Reader<'_>) -> Option<Entry> {
    let id = reader.u128()?;
    let role = if reader.flag()? { Role::Rep } else { Role::Customer };
    let at_ms = reader.u64()?;
    let author = Author { role, name: reader.text(NAME_CHARS_MAX)? };
    let text = reader.text(TEXT_CHARS_MAX)?;
    (!text.is_empty()).then_some(Entry { id, author, at_ms, text, sent: false, delivered: false })
}

/// The conversation, for this plugin's next instance.
pub fn save(log: &Log) -> Vec<u8> {
    let start = Writer::new(VERSION);
    log.entries().fold(start, |writer, entry| write_entry(writer.flag(entry.delivered), entry)).finish()
}

/// What `save` wrote. Damaged state gives what could be read of it: an old message is better than none.
pub fn restore(bytes: &[u8]) -> Log {
    let mut log = Log::default();
    let mut reader = Reader::new(bytes);
    if reader.u8() != Some(VERSION) {
        return log;
    }
    while let Some(delivered) = reader.flag() {
        let Some(entry) = read_entry(&mut reader) else {
            break;
        };
        log.add(Entry { sent: delivered, delivered, ..entry });
    }
    log
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::log::tests::{Random, entry};

    fn examples() -> Vec<Message> {
        vec![
            Message::Hello { version: 1, now_ms: 5, known: vec![1, u128::MAX] },
            Message::Entry(entry(7, Role::Customer, "Größe & 大きさ")),
            Message::Received(9),
            Message::Typing(true),
        ]
    }

    #[test]
    fn messages_come_back_and_no_cut_is_another_message_of_the_same_content() {
        for message in examples() {
            let bytes = message.encode();
            assert_eq!(Message::parse(&bytes), Some(message.clone()));
            for length in 0..bytes.len() {
                assert_ne!(Message::parse(&bytes[..length]), Some(message.clone()));
            }
        }
    }

    #[test]
    fn the_longest_messages_fit() {
        let known = (0..ENTRIES_MAX as u128).collect();
        assert!(Message::Hello { version: 1, now_ms: 0, known }.encode().len() <= MESSAGE_BYTES_MAX as usize);
        let longest = entry(1, Role::Rep, &"\u{1f600}".repeat(TEXT_CHARS_MAX));
        let bytes = Message::Entry(longest.clone()).encode();
        assert!(bytes.len() <= MESSAGE_BYTES_MAX as usize);
        assert_eq!(Message::parse(&bytes), Some(Message::Entry(longest)));
    }

    #[test]
    fn fuzz_parse_never_panics_and_keeps_its_bounds() {
        let mut random = Random(42);
        for _ in 0..20_000 {
            let mut bytes = examples()[random.below(4)].encode();
            for _ in 0..1 + random.below(6) {
                match random.below(3) {
                    0 => bytes.truncate(random.below(bytes.len() + 1)),
                    1 => bytes.push(random.below(256) as u8),
                    _ if bytes.is_empty() => {}
                    _ => {
                        let at = random.below(bytes.len());
                        bytes[at] = random.below(256) as u8;
                    }
                }
            }
            if let Some(Message::Entry(entry)) = Message::parse(&bytes) {
                assert!(Log::default().add(entry));
            }
            restore(&bytes);
        }
    }

    #[test]
    fn state_comes_back() {
        let mut log = Log::default();
        log.add(entry(1, Role::Rep, "one"));
        log.add(entry(2, Role::Customer, "two"));
        log.delivered(1);
        let saved = save(&log);
        assert_eq!(restore(&saved), log);
        assert_eq!(restore(&saved[..saved.len() - 1]).entries().count(), 1);
        assert!(restore(b"").is_empty());
    }
}
