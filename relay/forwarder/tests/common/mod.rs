//! A forwarder, two ends and patience.
#![allow(clippy::unwrap_used, clippy::expect_used, dead_code)]

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use lotse_forwarder::{Forwarder, Running};
use lotse_transport::bind::{RelayKey, Side};
use lotse_transport::{Fingerprint, Identity, Link, Listener, PathConfig, connect, listen};

pub const RELAY_KEY: [u8; 32] = [42; 32];
pub const SESSION: [u8; 16] = [9; 16];
/// For a loaded machine; nothing here takes a tenth of it.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("took too long")
}

pub fn forwarder(port: u16) -> Running {
    Forwarder::bind(([127, 0, 0, 1], port).into(), RelayKey::new(RELAY_KEY)).unwrap().start().unwrap()
}

pub fn path(relay: SocketAddr, side: Side) -> PathConfig {
    PathConfig { relay, ticket: RelayKey::new(RELAY_KEY).issue(SESSION, side, u64::MAX) }
}

pub fn identities() -> (Identity, Identity) {
    (Identity::generate().unwrap(), Identity::generate().unwrap())
}

/// Both ends of a session, linked.
pub struct Ends {
    pub listener: Listener,
    pub rep: Link,
    pub rep_fingerprint: Fingerprint,
    pub customer: Link,
    pub customer_identity: Identity,
}

impl Ends {
    pub async fn meet(relay: SocketAddr) -> Self {
        let (rep_identity, customer_identity) = identities();
        let rep_fingerprint = rep_identity.fingerprint();
        let listener =
            within(listen(&rep_identity, customer_identity.fingerprint(), path(relay, Side::Rep))).await.unwrap();
        let (rep, customer) = tokio::join!(
            within(listener.accept()),
            within(connect(&customer_identity, rep_fingerprint, path(relay, Side::Customer)))
        );
        Self { listener, rep: rep.unwrap(), rep_fingerprint, customer: customer.unwrap(), customer_identity }
    }
}
