//! The plugins of a session, each in a seat of its own: its instance while it runs, what it is told, and what is counted of it.

use super::{NOBODY, Shared};
use crate::pace::Pace;
use lotse_runtime::{Event, InstanceHandle};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Notices of one plugin within a second: more than anybody reads.
const NOTICES_MAX: u32 = 5;
const NOTICES_WINDOW: Duration = Duration::from_secs(1);

/// How long after a person used one of a plugin's nodes the plugin may move windows for it.
const ACT_LASTS: Duration = Duration::from_secs(5);

/// How long a session's task waits for one plugin.
const PATIENCE: Duration = Duration::from_millis(250);

/// What is kept of one plugin, running or not.
pub(super) struct Seat {
    instance: Mutex<Option<InstanceHandle>>,
    sent_bytes: AtomicU64,
    received_bytes: AtomicU64,
    notices: Mutex<Pace>,
    /// When a person last used one of its nodes, until that was answered.
    acted: Mutex<Option<Instant>>,
    render: Arc<tokio::sync::Notify>,
    /// Whose word the plugin is carrying out, while it does.
    pub(super) acting: AtomicU32,
    /// It has what nobody who only looks may have: they and this plugin do not hear of one another.
    pub(super) shut: AtomicBool,
    /// What a colleague is shown of it.
    summary: Mutex<String>,
}

impl Seat {
    pub(super) fn empty() -> Self {
        Self {
            instance: Mutex::new(None),
            sent_bytes: AtomicU64::new(0),
            received_bytes: AtomicU64::new(0),
            notices: Mutex::new(Pace::new(NOTICES_MAX, NOTICES_WINDOW)),
            acted: Mutex::new(None),
            render: Arc::default(),
            acting: AtomicU32::new(NOBODY),
            shut: AtomicBool::new(true),
            summary: Mutex::default(),
        }
    }
}

impl Shared {
    pub(crate) fn plugins(&self) -> impl Iterator<Item = usize> + use<> {
        0..self.seats.len()
    }

    pub(crate) fn seat(&self, plugin: usize, instance: Option<InstanceHandle>) {
        if let Some(seat) = self.seats.get(plugin) {
            *seat.instance.lock() = instance;
            seat.render.notify_one();
        }
    }

    pub(crate) fn instance(&self, plugin: usize) -> Option<InstanceHandle> {
        self.seats.get(plugin)?.instance.lock().clone()
    }

    /// Hands an event to a plugin, waiting for room. `false`: it is not running.
    pub(crate) async fn tell(&self, plugin: usize, event: Event) -> bool {
        match self.instance(plugin) {
            Some(instance) => instance.send(event).await.is_ok(),
            None => false,
        }
    }

    /// As [`Self::tell`], but a plugin that does not come along holds nobody up: it misses the event.
    pub(crate) async fn tell_soon(&self, plugin: usize, event: Event) {
        if tokio::time::timeout(PATIENCE, self.tell(plugin, event)).await.is_err() {
            tracing::warn!(plugin, "a plugin does not keep up and missed an event");
        }
    }

    /// Hands an event to a plugin if there is room; it is lost otherwise, and counted.
    pub(crate) fn try_tell(&self, plugin: usize, event: Event) {
        if let Some(instance) = self.instance(plugin) {
            let _ = instance.try_send(event);
        }
    }

    /// Whether a plugin may show one more notice in this second.
    pub(crate) fn may_notify(&self, plugin: usize) -> bool {
        self.seats.get(plugin).is_some_and(|seat| seat.notices.lock().takes(Instant::now()))
    }

    /// Notices of a plugin that were too many since this was last asked.
    pub(crate) fn take_notices_left_out(&self, plugin: usize) -> u64 {
        self.seats.get(plugin).map_or(0, |seat| seat.notices.lock().take_left_out())
    }

    /// A person used one of the plugin's nodes.
    pub(crate) fn acted(&self, plugin: usize) {
        if let Some(seat) = self.seats.get(plugin) {
            *seat.acted.lock() = Some(Instant::now());
        }
    }

    /// Whether a person did something just now that the plugin has yet to answer. It has then.
    pub(crate) fn answers_act(&self, plugin: usize) -> bool {
        let acted = self.seats.get(plugin).and_then(|seat| seat.acted.lock().take());
        acted.is_some_and(|at| at.elapsed() < ACT_LASTS)
    }

    pub(crate) fn invalidate(&self, plugin: usize) {
        if let Some(seat) = self.seats.get(plugin) {
            seat.render.notify_one();
        }
    }

    /// What wakes the plugin's rendering.
    pub(crate) fn render_wish(&self, plugin: usize) -> Option<Arc<tokio::sync::Notify>> {
        Some(self.seats.get(plugin)?.render.clone())
    }

    pub(crate) fn set_summary(&self, plugin: usize, summary: String) {
        if let Some(seat) = self.seats.get(plugin) {
            *seat.summary.lock() = summary;
        }
    }

    /// What plugins told of themselves for a colleague, in their order.
    pub(crate) fn summaries(&self) -> Vec<String> {
        let told = self.seats.iter().map(|seat| seat.summary.lock().clone());
        told.filter(|summary| !summary.is_empty()).collect()
    }

    pub(crate) fn count_sent(&self, plugin: usize, bytes: usize) {
        if let Some(seat) = self.seats.get(plugin) {
            seat.sent_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        }
    }

    pub(crate) fn count_received(&self, plugin: usize, bytes: usize) {
        if let Some(seat) = self.seats.get(plugin) {
            seat.received_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        }
    }

    /// Bytes sent and received by a plugin.
    pub(crate) fn traffic(&self, plugin: usize) -> (u64, u64) {
        self.seats.get(plugin).map_or((0, 0), |seat| {
            (seat.sent_bytes.load(Ordering::Relaxed), seat.received_bytes.load(Ordering::Relaxed))
        })
    }
}
