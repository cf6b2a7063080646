//! A delay-based congestion controller in the manner of LEDBAT (RFC 6817), for quinn.
//!
//! It aims at 20 ms of its own queueing, measured as the smallest delay of a round above the smallest of the last half
//! minute, and treats loss as a sign of congestion only where there is a queue or much of it. So a picture or a ping
//! beside a file transfer finds a nearly empty line, and a lossy radio link is still filled. It gives way to those who
//! fill queues; the smallest window keeps a session usable beside them.

mod base;
mod core;

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use quinn::congestion::{Controller, ControllerFactory};
use quinn_proto::RttEstimator;

use self::core::DelayCore;

/// Makes controllers that notice when the path under the connection changes.
#[derive(Debug)]
pub(crate) struct DelayFactory {
    /// Counts changes of path.
    pub(crate) epoch: Arc<AtomicU64>,
}

impl ControllerFactory for DelayFactory {
    fn build(self: Arc<Self>, now: Instant, mtu: u16) -> Box<dyn Controller> {
        let seen = self.epoch.load(Relaxed);
        Box::new(DelayController { core: DelayCore::new(mtu), start: now, epoch: Arc::clone(&self.epoch), seen })
    }
}

#[derive(Clone, Debug)]
pub(crate) struct DelayController {
    core: DelayCore,
    start: Instant,
    epoch: Arc<AtomicU64>,
    seen: u64,
}

impl DelayController {
    /// The shortest round trip of the present path.
    pub(crate) fn round_trip_min(&self) -> Option<Duration> {
        self.core.base().map(Duration::from_secs_f64)
    }

    fn seconds(&self, at: Instant) -> f64 {
        at.saturating_duration_since(self.start).as_secs_f64()
    }
}

impl Controller for DelayController {
    fn on_ack(&mut self, now: Instant, sent: Instant, bytes: u64, app_limited: bool, rtt: &RttEstimator) {
        let epoch = self.epoch.load(Relaxed);
        if epoch != self.seen {
            self.seen = epoch;
            self.core.handle_path_change();
        }
        let (now, sent) = (self.seconds(now), self.seconds(sent));
        self.core.handle_ack(now, sent, bytes, app_limited, rtt.get().as_secs_f64());
    }

    fn on_congestion_event(&mut self, _now: Instant, _sent: Instant, persistent: bool, lost_bytes: u64) {
        self.core.handle_loss(persistent, lost_bytes);
    }

    fn on_mtu_update(&mut self, mtu: u16) {
        self.core.handle_mtu(mtu);
    }

    fn window(&self) -> u64 {
        self.core.window()
    }

    fn clone_box(&self) -> Box<dyn Controller> {
        Box::new(self.clone())
    }

    fn initial_window(&self) -> u64 {
        self.core.initial_window()
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
