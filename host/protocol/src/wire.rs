//! CBOR with a bound. A message that is too long, malformed or of an unknown kind is an error, never a panic.

use serde::{Deserialize, Serialize};

/// Largest control message a relay takes from a program, in bytes: signals and sign-ins are small.
pub const TO_RELAY_BYTES_MAX: usize = 64 * 1024;
/// Largest control message a program takes from its relay, in bytes: a compiled plugin with its envelope.
pub const FROM_RELAY_BYTES_MAX: usize = 48 * 1024 * 1024;
/// Largest message on a session's own control stream, in bytes.
pub const PEER_BYTES_MAX: usize = 64 * 1024;

/// Why bytes are no message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    #[error("a message of {bytes} bytes is over the limit of {max}")]
    TooLong { bytes: usize, max: usize },
    #[error("not a message this version understands: {0}")]
    Malformed(String),
}

/// Encodes a message. Fails only for a message over `max` bytes.
pub fn encode<T: Serialize>(message: &T, max: usize) -> Result<Vec<u8>, WireError> {
    let bytes = minicbor_serde::to_vec(message).map_err(|error| WireError::Malformed(error.to_string()))?;
    within(bytes.len(), max)?;
    Ok(bytes)
}

/// Decodes a message of at most `max` bytes.
pub fn decode<'de, T: Deserialize<'de>>(bytes: &'de [u8], max: usize) -> Result<T, WireError> {
    within(bytes.len(), max)?;
    minicbor_serde::from_slice(bytes).map_err(|error| WireError::Malformed(error.to_string()))
}

fn within(bytes: usize, max: usize) -> Result<(), WireError> {
    if bytes > max { Err(WireError::TooLong { bytes, max }) } else { Ok(()) }
}
