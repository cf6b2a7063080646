//! A picture that has ended since its rep left: the customer's half tells the other reps whose it was, on a stream for that alone.
//!
//! Whoever takes a session over reads so what ran and what starts it again. What they read is each plugin's own.

use lotse_sdk::channel::{self, Class, Stream};
use lotse_sdk::session::{self, Level, Role};
use lotse_sdk::wire::{Reader, Writer};
use lotse_sdk::{Line, Messages, ParticipantId, answer};

/// Label of the stream on which it is said.
pub const ENDED: &str = "ended";
const NAME_CHARS_MAX: usize = 100;
const MESSAGE_BYTES_MAX: u32 = 512;
const _: () = assert!(NAME_CHARS_MAX * 4 + 8 < MESSAGE_BYTES_MAX as usize);

/// The customer's half: every rep who is there is told whose picture has ended. False: nobody else is there.
pub fn tell_others(gone: ParticipantId, name: &str) -> bool {
    let mut others = session::others();
    others.retain(|other| other.role == Role::Rep && other.id != gone);
    for other in &others {
        match channel::open(other.id, ENDED, Class::Interactive) {
            Ok(stream) => answer(stream, &encode(name)),
            Err(error) => session::log(Level::Warn, &format!("a rep could not be told what has ended: {error:?}")),
        }
    }
    !others.is_empty()
}

/// A rep's half: what is said there.
#[derive(Debug, Default)]
pub struct Ended(Line);

impl Ended {
    pub fn opened(&mut self, stream: Stream) {
        self.0.set(Some(Messages::on(stream, MESSAGE_BYTES_MAX)));
    }

    /// Whose picture has ended, if that is what came.
    pub fn received(&mut self, stream: u64, bytes: &[u8]) -> Option<String> {
        self.0.received(stream, bytes, |message| parse(&message)).ok()?.pop()
    }

    pub fn closed(&mut self, stream: u64) {
        self.0.closed(stream);
    }
}

fn encode(name: &str) -> Vec<u8> {
    let cut: String = name.chars().take(NAME_CHARS_MAX).collect();
    Writer::new(0).text(&cut).finish()
}

fn parse(bytes: &[u8]) -> Option<String> {
    let mut reader = Reader::new(bytes);
    if reader.u8()? != 0 {
        return None;
    }
    let name = reader.text(NAME_CHARS_MAX)?;
    reader.end(name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn a_name_comes_back_whole_or_cut_and_no_part_of_it_is_one() {
        let bytes = encode("Jürgen Groß");
        assert_eq!(parse(&bytes).as_deref(), Some("Jürgen Groß"));
        assert!((0..bytes.len()).all(|length| parse(&bytes[..length]).is_none()));
        assert_eq!(parse(&[bytes.as_slice(), &[0]].concat()), None, "something behind it");
        let long = encode(&"\u{1f600}".repeat(5_000));
        assert!(long.len() <= MESSAGE_BYTES_MAX as usize);
        assert_eq!(parse(&long).map(|name| name.chars().count()), Some(NAME_CHARS_MAX));
    }

    #[test]
    fn what_comes_on_another_stream_is_nobodys_name() {
        let mut ended = Ended::default();
        assert_eq!(ended.received(7, &[0, 0, 0, 1, 0]), None);
        ended.closed(7);
    }
}
