//! Paths: how packets get to the other end, hidden from QUIC.
//!
//! QUIC sees one socket with one unchanging peer. Behind it a [`Binder`] (pure: time comes in as an argument) keeps this
//! end's leg bound at the relay's forwarder, and a driver task carries out what it says: it binds again after a relay
//! restart, moves to another relay, or takes a new local socket when the network has changed. Packets lost meanwhile are
//! QUIC's to repeat. A further kind of path is a further [`Kind`].

mod bind_state;
mod binder;
mod driver;
mod handle;
mod local;
mod shared;
mod socket;
mod sorting;
mod traffic;

use std::net::SocketAddr;

use crate::bind::LegTicket;

pub use bind_state::BindState;
pub use binder::{BindEvent, Binder};
pub use handle::{PathHandle, PathReport};
pub(crate) use socket::{PathSocket, VIRTUAL_PEER};

/// Where the forwarder is and with what we may use it.
#[derive(Clone, Debug)]
pub struct PathConfig {
    /// The forwarder's UDP address.
    pub relay: SocketAddr,
    /// The ticket for our leg of the session.
    pub ticket: LegTicket,
}

/// The kinds of path there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// UDP through a relay's forwarder.
    RelayUdp,
}
