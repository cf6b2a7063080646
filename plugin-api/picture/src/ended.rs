//! A picture that has ended since its rep left: the customer's half tells the other reps whose it was, on a stream for that alone.
//!
//! Whoever takes a session over reads so what ran and what starts it again. What they read is each plugin's own.

use lotse_sdk::channel::{self, Class, Stream};
use lotse_sdk::session::{self, Level, Role};
use lotse_sdk::wire::{Reader, Writer};
use lotse_sdk::{Line, Messages, ParticipantId, answer};
use std::collections::VecDeque;

/// Label of the stream on which it is said.
pub const ENDED: &str = "ended";
const NAME_CHARS_MAX: usize = 100;
/// Streams that are read at once: each has one name, and nobody has so many reps who leave together.
const LINES_MAX: usize = 8;
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

/// A rep's half: what is said there. Two reps may leave at once, each with a stream of their own.
#[derive(Debug, Default)]
pub struct Ended(VecDeque<Line>);

impl Ended {
    pub fn opened(&mut self, stream: Stream) {
        let mut line = Line::default();
        line.set(Some(Messages::on(stream, MESSAGE_BYTES_MAX)));
        // The oldest has had its time to say something.
        self.0.truncate(LINES_MAX - 1);
        self.0.push_front(line);
    }

    /// Whose picture has ended, if that is what came.
    pub fn received(&mut self, stream: u64, bytes: &[u8]) -> Option<String> {
        let line = self.0.iter_mut().find(|line| line.carries(stream))?;
        line.received(stream, bytes, |message| parse(&message)).ok()?.pop()
    }

    pub fn closed(&mut self, stream: u64) {
        self.0.retain(|line| !line.carries(stream));
    }
}

/// A name without what has no place in a line. Each half makes it so of what it hears, too.
fn tidy(name: &str) -> String {
    let signs = name.chars().map(|sign| if sign.is_control() || hides(sign) { ' ' } else { sign });
    let line: String = signs.take(NAME_CHARS_MAX).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Signs that are not seen, or turn round what is.
fn hides(sign: char) -> bool {
    matches!(sign, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn encode(name: &str) -> Vec<u8> {
    Writer::new(0).text(&tidy(name)).finish()
}

fn parse(bytes: &[u8]) -> Option<String> {
    let mut reader = Reader::new(bytes);
    if reader.u8()? != 0 {
        return None;
    }
    let name = tidy(&reader.text(NAME_CHARS_MAX)?);
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
    fn a_name_is_one_line_whoever_wrote_it() {
        let wild = "Anna\n\u{202e}Berg  \u{7} (left)";
        assert_eq!(parse(&encode(wild)).as_deref(), Some("Anna Berg (left)"));
        let changed = Writer::new(0).text(wild).finish();
        assert_eq!(parse(&changed).as_deref(), Some("Anna Berg (left)"), "of a changed program, too");
    }

    #[test]
    fn what_comes_on_another_stream_is_nobodys_name() {
        let mut ended = Ended::default();
        assert_eq!(ended.received(7, &[0, 0, 0, 1, 0]), None);
        ended.closed(7);
    }
}
