//! Messages to one other half, over a stream that is there for a while.
//!
//! What plugins do alike with the stream they talk on: take in what comes on it, pass over what is no message, and let go of it
//! once it is of no more use. When and with whom there is one is each plugin's own.

use crate::Messages;
use crate::session::{self, Level};

/// The stream is of no more use, and was let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

/// Hand it what [`crate::Channels`] hears of streams; what is of another one it passes over.
#[derive(Debug, Default)]
pub struct Line(Option<Messages>);

impl Line {
    /// Talks on this stream from now on; none: on none. The one before is reset.
    pub fn set(&mut self, messages: Option<Messages>) {
        self.0 = messages;
    }

    /// Lets go of the stream, which resets it.
    pub fn close(&mut self) {
        self.0 = None;
    }

    pub fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Whether it talks on this stream.
    pub fn carries(&self, stream: u64) -> bool {
        self.0.as_ref().is_some_and(|messages| messages.id() == stream)
    }

    /// There is a stream, and nothing waits to be written to it.
    pub fn is_flushed(&self) -> bool {
        self.0.as_ref().is_some_and(Messages::is_flushed)
    }

    /// False: there is no stream, or it does not take this message.
    pub fn send(&mut self, message: &[u8]) -> bool {
        self.0.as_mut().is_some_and(|messages| messages.send(message).is_ok())
    }

    /// The same, where the next message means nothing without this one: a stream that does not take it is let go.
    pub fn send_or_close(&mut self, message: &[u8]) -> bool {
        let sent = self.send(message);
        if !sent && self.is_open() {
            session::log(Level::Warn, "a stream takes nothing more and is given up");
            self.close();
        }
        sent
    }

    /// The same, where nothing is done about a message that is not taken: it is logged.
    pub fn tell(&mut self, message: &[u8]) {
        if !self.send(message) && self.is_open() {
            session::log(Level::Warn, "the other side could not be told");
        }
    }

    /// The messages that `bytes` completes, in order. What `parse` makes none of is logged and passed over.
    ///
    /// # Errors
    /// A message was announced that is too long.
    pub fn received<T>(
        &mut self,
        stream: u64,
        bytes: &[u8],
        parse: impl Fn(Vec<u8>) -> Option<T>,
    ) -> Result<Vec<T>, Broken> {
        let Some(messages) = self.of(stream) else {
            return Ok(Vec::new());
        };
        let Ok(received) = messages.received(bytes) else {
            session::log(Level::Warn, "a message over the limit; the stream is closed");
            self.close();
            return Err(Broken);
        };
        let parsed = received.into_iter().filter_map(|bytes| {
            let message = parse(bytes);
            if message.is_none() {
                session::log(Level::Warn, "a message that is none was passed over");
            }
            message
        });
        Ok(parsed.collect())
    }

    /// The stream takes more.
    ///
    /// # Errors
    /// It takes nothing ever again.
    pub fn writable(&mut self, stream: u64) -> Result<(), Broken> {
        let good = self.of(stream).is_none_or(|messages| messages.writable().is_ok());
        if good {
            return Ok(());
        }
        self.close();
        Err(Broken)
    }

    /// A stream has closed. Whether it was this one.
    pub fn closed(&mut self, stream: u64) -> bool {
        let ours = self.carries(stream);
        if ours {
            self.close();
        }
        ours
    }

    fn of(&mut self, stream: u64) -> Option<&mut Messages> {
        self.0.as_mut().filter(|messages| messages.id() == stream)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_stream_nothing_is_sent_and_what_comes_is_somebody_elses() {
        let mut line = Line::default();
        assert!(!line.is_open() && !line.is_flushed() && !line.carries(0));
        assert!(!line.send(b"lost") && !line.send_or_close(b"lost"));
        line.tell(b"lost");
        assert_eq!(line.received(0, &[0, 0, 0, 1, 7], Some), Ok(Vec::<Vec<u8>>::new()));
        assert_eq!((line.writable(0), line.closed(0)), (Ok(()), false));
    }
}
