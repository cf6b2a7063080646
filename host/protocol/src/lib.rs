//! Wire types: what programs say to the relay (`control`), what the two ends of a session say to each other (`peer`), the
//! account's licence (`licence`), how a session gets a second rep (`handover`), and the join code that people say aloud (`code`). Words from outside are cleaned by one rule, [`tidy()`].
//!
//! Everything is CBOR with named fields. Unknown fields are ignored and an unknown message is skipped by its reader, so
//! old and new programs can talk; what really breaks raises [`control::VERSION`] or [`peer::VERSION`]. This crate knows
//! nothing of sockets: bytes in, values out, each decode bounded by [`wire`].

pub mod code;
pub mod control;
pub mod date;
pub mod handover;
pub mod licence;
pub mod peer;
pub mod question;
pub mod shared;
mod tidy;
pub mod wire;

pub use tidy::{tidy, tidy_lines};
