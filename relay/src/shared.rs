//! What the relay gives each of its connections: the parts that they speak to, and the times that they keep.
//!
//! Made once, when the relay starts, and held by the listener and every connection until the last is over.

use crate::api;
use crate::audit::AuditTrail;
use crate::clock::Clock;
use crate::counters::Counters;
use crate::health::Health;
use crate::hub::ConnectionId;
use crate::networks::Networks;
use crate::places::Places;
use crate::portals::Portals;
use crate::registry::Registry;
use crate::set_up::SetUp;
use crate::signin::SignIns;
use crate::store::Store;
use crate::switchboard::Switchboard;
use crate::web::PortalPages;
use crate::webhooks::Teller;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// Times of a connection.
#[derive(Debug, Clone)]
pub struct Timing {
    /// How long a program may take to say hello.
    pub hello: Duration,
    /// How often it is pinged. Under the half minute after which some routers forget a connection.
    pub ping: Duration,
    /// After so much silence it is taken for dead: three pings.
    pub dead: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self { hello: Duration::from_secs(10), ping: Duration::from_secs(15), dead: Duration::from_secs(45) }
    }
}

/// What every connection needs.
pub struct Shared {
    pub switchboard: Switchboard,
    pub sign_ins: SignIns,
    pub portals: Portals,
    pub store: Arc<dyn Store>,
    pub registry: Registry,
    pub developer: bool,
    pub code_key: [u8; 32],
    /// What licences are checked with.
    pub licence_key: [u8; 32],
    pub clock: Clock,
    pub timing: Timing,
    pub health: Health,
    pub counters: Arc<Counters>,
    pub audit: AuditTrail,
    /// Where the first operator is made.
    pub set_up: SetUp,
    /// Where operators may come from.
    pub operators_from: Networks,
    /// Somebody vouches for the certificate: browsers may be told to insist on it.
    pub vouched: bool,
    /// What customers' pages need besides the queue.
    pub portal_pages: PortalPages,
    /// What the HTTP API remembers between requests.
    pub api: api::Desk,
    /// What tells other programs.
    pub teller: Teller,
    /// Places for pages that keep themselves up to date.
    pub streams: Places,
    /// True once the relay ends.
    pub ending: watch::Receiver<bool>,
    /// The number of the next connection.
    pub(crate) connections: AtomicU64,
}

impl Shared {
    /// A number that no connection had before.
    pub fn next_connection(&self) -> ConnectionId {
        ConnectionId(self.connections.fetch_add(1, Ordering::Relaxed))
    }
}
