//! What socket, driver and handles of one path have in common.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::task::Waker;
use std::time::Duration;

use parking_lot::{Mutex, RwLock};
use tokio::sync::{Notify, watch};

use super::PathConfig;
use super::bind_state::BindState;
use super::local::LocalSocket;
use super::traffic::Traffic;
use crate::bind::FromRelay;

/// Forwarder messages that wait for the driver; it asks at most ten times a second, so more are somebody's flood.
const INBOX_MAX: usize = 32;
/// Session packets kept for a nudge: QUIC sends its probes in pairs.
const HELD_MAX: usize = 2;
/// Longer than any packet QUIC makes here.
const HELD_BYTES_MAX: usize = 1500;
/// Silence after which sent packets are kept; below the binder's own patience, so that something is there when it acts.
const HOLD_AFTER: Duration = Duration::from_millis(200);

/// Where packets go and through which socket.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) relay: SocketAddr,
    pub(super) local: Arc<LocalSocket>,
}

/// What a handle wishes; a newer wish replaces an older one.
#[derive(Debug, Default)]
pub(super) struct Wishes {
    pub(super) relay: Option<PathConfig>,
    pub(super) new_local: bool,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) target: RwLock<Target>,
    pub(super) traffic: Traffic,
    pub(super) inbox: Mutex<VecDeque<FromRelay>>,
    pub(super) wishes: Mutex<Wishes>,
    pub(super) held: Mutex<VecDeque<Vec<u8>>>,
    /// Wakes the driver.
    pub(super) wake: Notify,
    /// The driver sleeps past its next tick: whoever sends the first packet after a rest wakes it.
    dozing: AtomicBool,
    /// Wakes whoever waits to receive, when the socket under it has been replaced.
    pub(super) receiver: Mutex<Option<Waker>>,
    pub(super) network_gone: AtomicBool,
    pub(super) closed: AtomicBool,
    /// Counts changes of path, for those who measured the old one.
    pub(super) epoch: Arc<AtomicU64>,
    pub(super) state: watch::Sender<BindState>,
}

impl Shared {
    pub(super) fn new(relay: SocketAddr, local: LocalSocket) -> Self {
        Self {
            target: RwLock::new(Target { relay, local: Arc::new(local) }),
            traffic: Traffic::new(),
            inbox: Mutex::default(),
            wishes: Mutex::default(),
            held: Mutex::default(),
            wake: Notify::new(),
            dozing: AtomicBool::new(false),
            receiver: Mutex::new(None),
            network_gone: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            epoch: Arc::new(AtomicU64::new(0)),
            state: watch::Sender::new(BindState::Binding),
        }
    }

    /// Notes that session packets go out, and keeps the first one while the path is silent.
    pub(super) fn sending(&self, contents: &[u8], segment_bytes: Option<usize>) {
        let owed = self.traffic.sent();
        if owed.is_zero() && self.dozing.swap(false, SeqCst) {
            self.wake.notify_one();
        }
        if owed < HOLD_AFTER {
            return;
        }
        let first = &contents[..segment_bytes.unwrap_or(contents.len()).min(contents.len())];
        if first.len() > HELD_BYTES_MAX {
            return;
        }
        let mut held = self.held.lock();
        if held.len() == HELD_MAX {
            held.pop_front();
        }
        held.push_back(first.to_vec());
    }

    /// Whether the driver may sleep until something is due: nothing was sent that is not answered, and the other end has
    /// been silent for `rest`. From then on the next packet wakes it.
    pub(super) fn doze(&self, rest: Duration) -> bool {
        // Told before it is looked, while senders look after they told: one of both sees the other.
        self.dozing.store(true, SeqCst);
        let may = self.traffic.unanswered_since().is_none() && self.traffic.since_peer() >= rest;
        if !may {
            self.dozing.store(false, SeqCst);
        }
        may
    }

    pub(super) fn heard_peer(&self) {
        // Packets are held only while the peer owes an answer; what it has answered must not be sent again.
        if self.traffic.unanswered_since().is_some() {
            self.held.lock().clear();
        }
        self.traffic.received_from_peer();
    }

    pub(super) fn heard_relay(&self, packet: &[u8]) {
        let Some(message) = FromRelay::decode(packet) else {
            return;
        };
        self.traffic.received_from_relay();
        let mut inbox = self.inbox.lock();
        if inbox.len() < INBOX_MAX {
            inbox.push_back(message);
            self.wake.notify_one();
        }
    }

    pub(super) fn network_gone(&self) {
        if !self.network_gone.swap(true, Relaxed) {
            self.wake.notify_one();
        }
    }
}
