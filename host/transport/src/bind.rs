//! The bind protocol: how an end of a session tells a forwarder at which address it is.
//!
//! It shares the UDP socket with QUIC. Its messages have QUIC's fixed bit (0x40) cleared, and both ends switch off
//! quinn's greasing of that bit, so the first byte says which of the two a packet is. Four steps: BIND with a ticket,
//! CHALLENGE with a cookie for this very address, PROOF that the sender holds the ticket's secret and receives at that
//! address, BOUND. The forwarder keeps nothing between the steps, never answers with more than it was sent, and a
//! restarted one with the same key takes the same ticket.

mod key;
mod message;

pub use key::{
    COOKIE_BYTES, Leg, LegTicket, MAC_BYTES, RelayKey, Side, TOKEN_BYTES, TicketError, bound_mac, constant_time_equal,
    proof_mac,
};
pub use message::{FromRelay, MESSAGE_BYTES_MAX, Refusal, ToRelay, is_bind_message};
