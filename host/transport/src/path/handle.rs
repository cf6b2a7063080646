//! What the rest of the program may ask of a running path.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::bind_state::BindState;
use super::shared::Shared;
use super::{Kind, PathConfig};
use crate::bind::Refusal;

/// What is known of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathReport {
    /// The kind of path in use.
    pub kind: Kind,
    /// The forwarder in use.
    pub relay: SocketAddr,
    /// How we stand with it.
    pub state: BindState,
    /// Time since a packet of the other end came; since the start when none has.
    pub since_peer: Duration,
    /// Time since the forwarder itself answered; it is asked every 12 s, and at once while the other end is silent.
    pub since_relay: Duration,
}

/// Steers a path while QUIC runs on it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct PathHandle(Arc<Shared>);

impl PathHandle {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    /// Moves to another relay, or takes a newer ticket for the same one; QUIC does not notice.
    pub fn set_relay(&self, config: PathConfig) {
        self.0.wishes.lock().relay = Some(config);
        self.0.wake.notify_one();
    }

    /// Takes a new local socket, as after a change of network.
    pub fn rebind_local(&self) {
        self.0.wishes.lock().new_local = true;
        self.0.wake.notify_one();
    }

    /// What is known now.
    pub fn report(&self) -> PathReport {
        PathReport {
            kind: Kind::RelayUdp,
            relay: self.0.target.read().relay,
            state: *self.0.state.borrow(),
            since_peer: self.0.traffic.since_peer(),
            since_relay: self.0.traffic.since_relay(),
        }
    }

    /// Waits until the forwarder forwards for us.
    ///
    /// # Errors
    /// The refusal, when the ticket is not taken.
    pub async fn bound(&self) -> Result<(), Refusal> {
        let mut states = self.0.state.subscribe();
        loop {
            match *states.borrow_and_update() {
                BindState::Bound => return Ok(()),
                BindState::Refused(refusal) => return Err(refusal),
                BindState::Binding => {}
            }
            // The sender lives in `self`, so it cannot be gone.
            let _ = states.changed().await;
        }
    }
}
