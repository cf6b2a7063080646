//! How the two ends of a session reach each other: one QUIC connection, end to end, through whatever path works.
//!
//! The rep's side is the QUIC server ([`listen`]), the customer's the client ([`connect`]). Both pin the other's
//! certificate by a fingerprint that [`pairing`] has tied to the join code, so a relay in between can neither read nor
//! pretend. A [`path`] hides from QUIC how packets travel: relays restart and addresses change under a running link.
//! Streams have a [`Class`], and what is more urgent never waits behind what is less.
//!
//! This crate knows nothing of plugins, windows or the control connection.

pub mod bind;
mod class;
mod config;
mod congestion;
mod credit;
mod error;
mod flow;
mod identity;
mod link;
mod listener;
mod meter;
pub mod pairing;
pub mod path;
mod random;
mod safety;
mod stream;
mod tls;

pub use class::Class;
pub use error::{CloseReason, StreamError, TransportError};
pub use identity::{Fingerprint, Identity};
pub use link::{Incoming, Link, connect};
pub use listener::{Listener, listen};
pub use meter::{LinkState, LinkStats};
pub use path::{PathConfig, PathHandle};
pub use safety::SafetyCode;
pub use stream::{RecvStream, SendStream};
