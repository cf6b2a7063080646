//! What can go wrong, in words that a caller can act on.

use std::io;

use quinn::{ConnectionError, VarInt};

use crate::bind::{Refusal, TicketError};

/// Why a link could not be made or has ended.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The local UDP socket failed.
    #[error("the network socket failed: {0}")]
    Socket(#[from] io::Error),
    /// The ticket is not one.
    #[error(transparent)]
    Ticket(#[from] TicketError),
    /// The relay does not carry this leg.
    #[error("the relay does not forward for us: {0}")]
    Refused(#[from] Refusal),
    /// The other side's key is not the one that was paired: somebody may be in between.
    #[error("the other side's key is not the one that was agreed on")]
    WrongPeer,
    /// The system gives no random bytes.
    #[error("the system gives no random numbers")]
    Randomness,
    /// A certificate could not be made or restored.
    #[error("the session's key could not be made: {0}")]
    Identity(String),
    /// The TLS or QUIC settings were not taken; a fault in this program.
    #[error("the encryption could not be set up: {0}")]
    Setup(String),
    /// The link has ended.
    #[error("{0}")]
    Closed(#[from] CloseReason),
    /// The peer does not follow the protocol.
    #[error("the other side broke the protocol: {0}")]
    Protocol(&'static str),
    /// A header or a datagram is longer than may be sent.
    #[error("{what} has {bytes} bytes, more than the {bytes_max} that fit")]
    TooLong { what: &'static str, bytes: usize, bytes_max: usize },
}

/// Why a link has ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloseReason {
    /// This side closed it.
    #[error("the connection was closed here")]
    Here,
    /// The other side closed it, with its code and text.
    #[error("the other side closed the connection ({code}): {text}")]
    There { code: u32, text: String },
    /// A newer connection of the same peer took its place.
    #[error("a newer connection of the same peer took over")]
    Replaced,
    /// Nothing came for longer than a lost network is waited for.
    #[error("the other side was gone for too long")]
    Lost,
    /// The other side has restarted and knows nothing of this connection.
    #[error("the other side was restarted")]
    Restarted,
    /// The handshake or the protocol failed.
    #[error("the connection failed: {0}")]
    Failed(String),
}

/// Codes on the wire below this are the transport's own.
const CODE_OFFSET: u32 = 16;
/// The application code with which a replaced link is closed.
pub(crate) const CODE_REPLACED: u32 = 1;
/// The longest text that is taken out of a close message, in characters.
const CLOSE_TEXT_CHARS_MAX: usize = 200;

/// A program's close code on the wire.
pub(crate) fn close_code(code: u32) -> VarInt {
    VarInt::from_u32(code.saturating_add(CODE_OFFSET))
}

impl From<ConnectionError> for CloseReason {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::LocallyClosed => Self::Here,
            ConnectionError::TimedOut => Self::Lost,
            ConnectionError::Reset => Self::Restarted,
            ConnectionError::ApplicationClosed(close) if close.error_code == VarInt::from_u32(CODE_REPLACED) => {
                Self::Replaced
            }
            ConnectionError::ApplicationClosed(close) => {
                Self::There { code: code(close.error_code).saturating_sub(CODE_OFFSET), text: printable(&close.reason) }
            }
            ConnectionError::ConnectionClosed(close) => Self::Failed(printable(close.to_string().as_bytes())),
            ConnectionError::VersionMismatch | ConnectionError::TransportError(_) | ConnectionError::CidsExhausted => {
                Self::Failed(error.to_string())
            }
        }
    }
}

impl From<ConnectionError> for TransportError {
    fn from(error: ConnectionError) -> Self {
        Self::Closed(error.into())
    }
}

/// Peer's text for a log or a window: short and without control characters.
fn printable(text: &[u8]) -> String {
    String::from_utf8_lossy(text).chars().filter(|c| !c.is_control()).take(CLOSE_TEXT_CHARS_MAX).collect()
}

/// Why reading or writing a stream stopped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// The other side does not want the rest, or gave up sending it; with its code.
    #[error("the other side gave the stream up ({0})")]
    GivenUp(u32),
    /// This side has finished, reset or stopped the stream before.
    #[error("the stream is already closed here")]
    Closed,
    /// It ended before the bytes that were asked for.
    #[error("the stream ended early")]
    EndedEarly,
    /// It is longer than the reader takes.
    #[error("the stream is longer than {0} bytes")]
    TooLong(usize),
    /// The link under it has ended.
    #[error(transparent)]
    Link(#[from] CloseReason),
}

pub(crate) fn code(code: VarInt) -> u32 {
    u32::try_from(code.into_inner()).unwrap_or(u32::MAX)
}

impl From<quinn::WriteError> for StreamError {
    fn from(error: quinn::WriteError) -> Self {
        match error {
            quinn::WriteError::Stopped(stopped) => Self::GivenUp(code(stopped)),
            quinn::WriteError::ConnectionLost(lost) => Self::Link(lost.into()),
            quinn::WriteError::ClosedStream | quinn::WriteError::ZeroRttRejected => Self::Closed,
        }
    }
}

impl From<quinn::ReadError> for StreamError {
    fn from(error: quinn::ReadError) -> Self {
        match error {
            quinn::ReadError::Reset(reset) => Self::GivenUp(code(reset)),
            quinn::ReadError::ConnectionLost(lost) => Self::Link(lost.into()),
            quinn::ReadError::ClosedStream
            | quinn::ReadError::IllegalOrderedRead
            | quinn::ReadError::ZeroRttRejected => Self::Closed,
        }
    }
}
