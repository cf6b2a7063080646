//! Program ↔ relay: one WebSocket over TLS, a CBOR message a frame.
//!
//! A program speaks first ([`ToRelay::Hello`]). The relay sees who meets whom and hands out leg tickets and plugins; what
//! the two ends of a session say to each other it only forwards ([`ToRelay::Signal`], and the data plane's packets).

mod audit;
mod from_relay;
mod notes;
mod plugin;
mod seat;
mod secret;
mod session;
mod sign_in;
#[cfg(test)]
mod tests;
mod to_relay;

pub use audit::{AUDIT_LINES_PER_MINUTE, AuditKind};
pub use from_relay::FromRelay;
pub use notes::{NOTES_CHARS_MAX, NotesRefusal};
pub use plugin::PluginRef;
pub use seat::{SEAT_HOLDERS_MAX, SeatHolder, SeatsTaken};
pub use secret::Secret;
pub use session::{CUSTOMER_WAIT_S, JoinFailure, Leg, SessionId, SessionOffer};
pub use sign_in::{PasswordWeakness, SecondFactor, SignInEnd, SignInFailure};
pub use to_relay::ToRelay;

use serde::{Deserialize, Serialize};

/// Version of this protocol. A relay answers with the highest one both sides have.
pub const VERSION: u32 = 1;
/// Path of the WebSocket on the relay.
pub const PATH: &str = "/control";
/// Largest body of a signal, in bytes: a PAKE message with its confirmation is under 200.
pub const SIGNAL_BYTES_MAX: usize = 4096;

/// Which program is speaking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    Rep,
    Customer,
}
