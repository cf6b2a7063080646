//! Messages on a stream of bytes: a length of four bytes, big-endian, and that many bytes.
//!
//! Streams take what fits and hand out what came, in any cut. `Outbox` keeps what did not fit until the stream is
//! writable; `MessageReader` puts messages together again and refuses one that is longer than its limit before any of it
//! is kept. Both are pure; `Messages` joins them to a stream.

use std::collections::VecDeque;

use crate::channel::{self, Class, Stream};
use crate::{Error, ParticipantId};

/// Offered to the stream at once; a call copies it.
const CHUNK_BYTES: usize = 64 * 1024;
const LENGTH_BYTES: usize = 4;

/// The other side announced a message over the limit. The stream is of no more use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    pub announced_bytes: u32,
}

/// Why a message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// Too much waits already; this message was dropped whole. The stream is still good.
    Full,
    /// The stream is closed.
    Stream(Error),
}

/// Puts messages together from whatever arrives.
#[derive(Debug)]
pub struct MessageReader {
    message_bytes_max: u32,
    length: Vec<u8>,
    /// How long the message under way will be, once that is known.
    announced_bytes: Option<usize>,
    message: Vec<u8>,
}

impl MessageReader {
    pub fn new(message_bytes_max: u32) -> Self {
        Self { message_bytes_max, length: Vec::new(), announced_bytes: None, message: Vec::new() }
    }

    /// The messages that `bytes` completes, in order.
    pub fn read(&mut self, mut bytes: &[u8]) -> Result<Vec<Vec<u8>>, TooLong> {
        let mut messages = Vec::new();
        loop {
            let Some(announced) = self.announced_bytes else {
                take(&mut bytes, &mut self.length, LENGTH_BYTES);
                let Ok(length) = <[u8; LENGTH_BYTES]>::try_from(self.length.as_slice()) else {
                    break;
                };
                let announced_bytes = u32::from_be_bytes(length);
                if announced_bytes > self.message_bytes_max {
                    return Err(TooLong { announced_bytes });
                }
                self.length.clear();
                self.announced_bytes = Some(announced_bytes as usize);
                continue;
            };
            // Grown by what really came, and at the end to the byte: a large picture must not take twice its size.
            let wanted = announced - self.message.len();
            self.message.reserve_exact(wanted.min(bytes.len().max(announced / 2)));
            take(&mut bytes, &mut self.message, announced);
            if self.message.len() < announced {
                break;
            }
            messages.push(std::mem::take(&mut self.message));
            self.announced_bytes = None;
        }
        Ok(messages)
    }
}

/// Moves bytes from the front of `from` until `to` has `wanted`.
fn take(from: &mut &[u8], to: &mut Vec<u8>, wanted: usize) {
    let (taken, rest) = from.split_at(from.len().min(wanted.saturating_sub(to.len())));
    to.extend_from_slice(taken);
    *from = rest;
}

/// Keeps messages until the stream takes them.
#[derive(Debug)]
pub struct Outbox {
    bytes_max: usize,
    waiting: VecDeque<Vec<u8>>,
    waiting_bytes: usize,
    /// How much of the first waiting message is written.
    written: usize,
}

impl Outbox {
    pub fn new(bytes_max: usize) -> Self {
        Self { bytes_max, waiting: VecDeque::new(), waiting_bytes: 0, written: 0 }
    }

    pub fn push(&mut self, message: &[u8]) -> Result<(), SendError> {
        let framed_bytes = LENGTH_BYTES + message.len();
        let length = u32::try_from(message.len()).map_err(|_| SendError::Full)?;
        if self.waiting_bytes + framed_bytes > self.bytes_max {
            return Err(SendError::Full);
        }
        let mut framed = Vec::with_capacity(framed_bytes);
        framed.extend_from_slice(&length.to_be_bytes());
        framed.extend_from_slice(message);
        self.waiting.push_back(framed);
        self.waiting_bytes += framed_bytes;
        Ok(())
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Offers what waits to `write` until it takes less than it was offered.
    pub fn flush(&mut self, mut write: impl FnMut(&[u8]) -> Result<u32, Error>) -> Result<(), Error> {
        while let Some(first) = self.waiting.front() {
            let rest = first.get(self.written..).unwrap_or_default();
            let offered = rest.get(..CHUNK_BYTES).unwrap_or(rest);
            let taken = match write(offered) {
                Ok(taken) => (taken as usize).min(offered.len()),
                Err(Error::Busy | Error::Limit) => 0,
                Err(error @ (Error::Denied | Error::Gone | Error::Unsupported | Error::Invalid)) => return Err(error),
            };
            let filled = taken < offered.len();
            self.written += taken;
            if self.written == first.len() {
                self.waiting_bytes -= first.len();
                self.written = 0;
                self.waiting.pop_front();
            }
            if filled {
                break;
            }
        }
        Ok(())
    }
}

/// A stream that carries messages. Hand it what `Channels::data` and `Channels::writable` bring for its id.
#[derive(Debug)]
pub struct Messages {
    stream: Stream,
    id: u64,
    reader: MessageReader,
    outbox: Outbox,
}

impl Messages {
    pub fn open(to: ParticipantId, label: &str, class: Class, message_bytes_max: u32) -> Result<Self, Error> {
        Ok(Self::on(channel::open(to, label, class)?, message_bytes_max))
    }

    /// Messages on a stream that either side opened. Eight of the longest messages may wait to be written.
    pub fn on(stream: Stream, message_bytes_max: u32) -> Self {
        let id = stream.id();
        let waiting_bytes_max = (message_bytes_max as usize).saturating_add(LENGTH_BYTES).saturating_mul(8);
        Self { stream, id, reader: MessageReader::new(message_bytes_max), outbox: Outbox::new(waiting_bytes_max) }
    }

    /// Lets more, or less, than eight of the longest messages wait.
    pub fn waiting_bytes_max(mut self, bytes: usize) -> Self {
        self.outbox.bytes_max = bytes;
        self
    }

    pub fn id(&self) -> u64 {
        self.id
    }

    /// Nothing waits to be written.
    pub fn is_flushed(&self) -> bool {
        self.outbox.is_empty()
    }

    pub fn send(&mut self, message: &[u8]) -> Result<(), SendError> {
        let busy = !self.outbox.is_empty();
        self.outbox.push(message)?;
        if busy { Ok(()) } else { self.writable().map_err(SendError::Stream) }
    }

    pub fn writable(&mut self) -> Result<(), Error> {
        self.outbox.flush(|bytes| self.stream.write(bytes))
    }

    /// The messages that `bytes` completes. One that is too long resets the stream.
    pub fn received(&mut self, bytes: &[u8]) -> Result<Vec<Vec<u8>>, TooLong> {
        self.reader.read(bytes).inspect_err(|_| self.stream.reset())
    }

    pub fn reset(self) {
        self.stream.reset();
    }
}

/// Answers on a stream that the other half opened: one message, and the end of it. What is still said there is passed over.
pub fn answer(stream: Stream, message: &[u8]) {
    let mut outbox = Outbox::new(LENGTH_BYTES + message.len());
    let written = outbox.push(message).is_ok() && outbox.flush(|bytes| stream.write(bytes)).is_ok();
    if written && outbox.is_empty() {
        stream.finish();
    }
    // One that is not finished is reset by this.
    drop(stream);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn messages_arrive_whole_however_they_are_cut() {
        let sent: Vec<Vec<u8>> = (0..40_usize).map(|index| vec![index as u8; index * 7 % 23]).collect();
        for cut in 1..50 {
            let mut outbox = Outbox::new(10_000);
            sent.iter().for_each(|message| outbox.push(message).unwrap());
            let mut wire = Vec::new();
            while !outbox.is_empty() {
                outbox
                    .flush(|bytes| {
                        let taken = bytes.len().min(cut);
                        wire.extend_from_slice(&bytes[..taken]);
                        Ok(taken as u32)
                    })
                    .unwrap();
            }
            let mut reader = MessageReader::new(64);
            let got: Vec<Vec<u8>> = wire.chunks(cut).flat_map(|chunk| reader.read(chunk).unwrap()).collect();
            assert_eq!(got, sent, "cut into {cut}");
        }
    }

    #[test]
    fn a_long_message_is_refused_at_its_announcement() {
        let mut reader = MessageReader::new(100);
        assert_eq!(reader.read(&[0, 0, 0, 101]), Err(TooLong { announced_bytes: 101 }));
        assert_eq!(reader.message.capacity(), 0);
    }

    #[test]
    fn a_full_outbox_drops_whole_messages_and_says_so() {
        let mut outbox = Outbox::new(20);
        outbox.push(&[1; 10]).unwrap();
        assert_eq!(outbox.push(&[2; 10]), Err(SendError::Full));
        outbox.flush(|bytes| Ok(bytes.len() as u32)).unwrap();
        assert!(outbox.is_empty());
        outbox.push(&[2; 10]).unwrap();
        assert_eq!(outbox.flush(|_| Err(Error::Busy)), Ok(()));
        assert_eq!(outbox.flush(|_| Err(Error::Gone)), Err(Error::Gone));
        // A host that claims to have taken more than it was offered does not confuse the count.
        outbox.flush(|_| Ok(u32::MAX)).unwrap();
        assert!(outbox.is_empty() && outbox.waiting_bytes == 0);
    }

    #[test]
    fn fuzz_reader_never_panics_and_stays_small() {
        let mut state: u64 = 0x5eed;
        for _ in 0..2_000 {
            let mut reader = MessageReader::new(300);
            for _ in 0..20 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let length = (state >> 40) as usize % 200;
                let chunk: Vec<u8> =
                    (0..length).map(|index| if index % 4 < 2 { 0 } else { (state >> (index % 56)) as u8 }).collect();
                if reader.read(&chunk).is_err() {
                    break;
                }
                assert!(reader.message.len() + reader.length.len() <= 304);
            }
        }
    }
}
