//! The packet forwarder as a part of the relay.

use lotse_forwarder::{Forwarder, ForwarderError, Running};
use lotse_transport::bind::RelayKey;
use std::net::SocketAddr;

/// A forwarder at work, on a thread of its own. It stops when this is dropped.
pub struct Packets {
    address: SocketAddr,
    _running: Running,
}

impl Packets {
    /// Binds `address` and starts.
    pub fn start(address: SocketAddr, key: RelayKey) -> Result<Self, ForwarderError> {
        let forwarder = Forwarder::bind(address, key)?;
        let address = forwarder.local_addr();
        Ok(Self { address, _running: forwarder.start()? })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}
