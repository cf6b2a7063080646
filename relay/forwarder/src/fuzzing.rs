//! A door to the private engine, for the fuzz targets in `tests/fuzz` and nobody else.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use lotse_transport::bind::RelayKey;

use crate::engine::{Engine, Now, Verdict};

/// More than one address ever binds.
const LEGS_MAX: usize = 8;
const UPTIME: Duration = Duration::from_secs(5);

/// What became of a batch.
#[derive(Debug, PartialEq, Eq)]
pub enum Fate {
    Forwarded,
    Answered(Vec<u8>),
    Dropped,
    /// To be given again, packet by packet.
    Split,
}

/// A forwarder without sockets that knows nobody yet, and for which time stands still.
#[derive(Debug)]
pub struct Newborn {
    engine: Engine,
    now: Now,
}

impl Newborn {
    /// `now_unix` is the relay's clock in seconds.
    pub fn new(key: RelayKey, now_unix: u64) -> Self {
        Self { engine: Engine::new(key, LEGS_MAX, None, Arc::default()), now: Now { uptime: UPTIME, unix: now_unix } }
    }

    /// Decides about packets of `stride` bytes that came at once from one address.
    pub fn handle(&mut self, from: SocketAddr, batch: &[u8], stride: usize) -> Fate {
        match self.engine.handle_batch(self.now, from, batch, stride) {
            Verdict::Forward(_) => Fate::Forwarded,
            Verdict::Answer(answer) => Fate::Answered(answer),
            Verdict::Drop => Fate::Dropped,
            Verdict::Split => Fate::Split,
        }
    }
}
