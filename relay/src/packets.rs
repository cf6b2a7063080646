//! The packet forwarder as a part of the relay.

use lotse_forwarder::{Forwarder, ForwarderError, Metrics, Running, Sessions};
use lotse_transport::bind::RelayKey;
use std::net::SocketAddr;
use std::sync::Arc;

/// A forwarder at work, on a thread of its own. It stops when this is dropped.
pub struct Packets {
    address: SocketAddr,
    metrics: Arc<Metrics>,
    _running: Running,
}

impl Packets {
    /// Binds `address` and starts; only legs of `sessions` are served.
    pub fn start(address: SocketAddr, key: RelayKey, sessions: Sessions) -> Result<Self, ForwarderError> {
        let forwarder = Forwarder::bind_for(address, key, sessions)?;
        let address = forwarder.local_addr();
        let metrics = forwarder.metrics();
        Ok(Self { address, metrics, _running: forwarder.start()? })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it counts.
    pub fn metrics(&self) -> Arc<Metrics> {
        self.metrics.clone()
    }
}
