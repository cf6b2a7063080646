//! What the parts of one session hold in common: who is there, the link, the plugins' instances and streams.
//!
//! Every lock here is short and never held across an await or a call into a plugin.

use crate::computer::{Groups, Wishes};
use crate::consents::Consents;
use crate::desk::Desk;
use crate::pace::Pace;
use crate::pictures::Pictures;
use crate::screens::Screens;
use crate::seen::Seen;
use crate::storage::Storage;
use crate::streams::Streams;
use crate::view::Tone;
use lotse_package::Capability;
use lotse_protocol::shared::SharedValue;
use lotse_runtime::{AuditEvent, Event, InstanceHandle, Node, Participant};
use lotse_transport::Link;
use parking_lot::Mutex;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};

/// The rep's number in a session, and the customer's.
pub(crate) const REP: u32 = 1;
pub(crate) const CUSTOMER: u32 = 2;

/// Messages from hosts and threads that may wait for the session's task.
pub(crate) const INBOX_MAX: usize = 4096;

/// Notices of one plugin within a second: more than anybody reads.
const NOTICES_MAX: u32 = 5;
const NOTICES_WINDOW: Duration = Duration::from_secs(1);

/// How long a session's task waits for one plugin.
const PATIENCE: Duration = Duration::from_millis(250);

/// What the session's task is told from within.
#[derive(Debug)]
pub(crate) enum Inner {
    /// A plugin's tree at one place.
    Rendered {
        plugin: usize,
        place: &'static str,
        nodes: Vec<Node>,
    },
    Notify {
        plugin: usize,
        tone: Tone,
        title: String,
        body: String,
    },
    Audit(AuditEvent),
    /// An instance was stopped.
    Fault {
        plugin: usize,
        why: String,
        restarting: bool,
    },
    ConsentAsked {
        plugin: usize,
        capability: Capability,
    },
    /// Something about surfaces changed; they are in [`Pictures`].
    Surfaces,
    /// A pipeline began, paused or ended; see [`Seen`].
    Seen,
    Clipboard(crate::clipboard::Heard),
    /// A capture ended by itself.
    CaptureStalled {
        plugin: usize,
        capture: u64,
        reason: String,
    },
    DisplaysChanged,
    /// Plugins want to know what this computer is; who does is in [`Wishes`].
    Look,
    Facts(Groups),
    RestartWanted {
        plugin: usize,
    },
    /// A plugin changes a value that all reps of the account have in common.
    SetShared {
        plugin: usize,
        value: SharedValue,
    },
    /// A plugin has words for the chat's field; they are in [`Shared`].
    Composed,
    /// The way back after a restart was prepared, or could not be.
    WayBack {
        entry: PathBuf,
        prepared: bool,
    },
    /// The system was told to restart, and took it or did not.
    RestartTold {
        taken: bool,
    },
}

pub(crate) struct Shared {
    pub me: Participant,
    pub locale: String,
    pub storage: Arc<Storage>,
    /// Where links run.
    pub network: tokio::runtime::Handle,
    pub consents: Mutex<Consents>,
    pub streams: Streams,
    pub pictures: Pictures,
    pub screens: Screens,
    pub seen: Seen,
    pub desk: Desk,
    pub wishes: Wishes,
    /// What a plugin wants to put into the chat's field, until the session's task has seen it.
    composed: Mutex<Option<String>>,
    inner: mpsc::Sender<Inner>,
    /// Messages that found the session's queue full since that was last told.
    lost: AtomicU64,
    link: Mutex<Option<Link>>,
    peer: Mutex<Option<Participant>>,
    /// Plugins know that the other side is there: what it opens or sends reaches them from now on.
    joined: watch::Sender<bool>,
    seats: Vec<Seat>,
}

/// What is kept of one plugin, running or not.
struct Seat {
    instance: Mutex<Option<InstanceHandle>>,
    sent_bytes: AtomicU64,
    received_bytes: AtomicU64,
    notices: Mutex<Pace>,
    render: Arc<tokio::sync::Notify>,
}

impl Seat {
    fn empty() -> Self {
        Self {
            instance: Mutex::new(None),
            sent_bytes: AtomicU64::new(0),
            received_bytes: AtomicU64::new(0),
            notices: Mutex::new(Pace::new(NOTICES_MAX, NOTICES_WINDOW)),
            render: Arc::default(),
        }
    }
}

/// What a session is made of, apart from what it comes to hold.
pub(crate) struct Parts {
    pub me: Participant,
    pub locale: String,
    pub storage: Arc<Storage>,
    pub network: tokio::runtime::Handle,
    pub consents: Consents,
    pub pictures: Pictures,
    pub screens: Screens,
    pub desk: Desk,
    pub plugins: usize,
}

impl Shared {
    pub(crate) fn new(parts: Parts, inner: mpsc::Sender<Inner>) -> Arc<Self> {
        let Parts { me, locale, storage, network, consents, pictures, screens, desk, plugins } = parts;
        Arc::new(Self {
            me,
            locale,
            storage,
            network,
            consents: Mutex::new(consents),
            streams: Streams::default(),
            pictures,
            screens,
            seen: Seen::default(),
            desk,
            wishes: Wishes::default(),
            composed: Mutex::default(),
            inner,
            lost: AtomicU64::new(0),
            link: Mutex::new(None),
            peer: Mutex::new(None),
            joined: watch::Sender::new(false),
            seats: (0..plugins).map(|_| Seat::empty()).collect(),
        })
    }

    /// A number for a capture, pipeline or surface; never used again by this program, whatever the session.
    pub(crate) fn new_id(&self) -> u64 {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        NEXT.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn link(&self) -> Option<Link> {
        self.link.lock().clone()
    }

    pub(crate) fn set_link(&self, link: Option<Link>) {
        *self.link.lock() = link;
    }

    /// The other side, while plugins can talk to it.
    pub(crate) fn peer(&self) -> Option<Participant> {
        self.peer.lock().clone()
    }

    pub(crate) fn set_peer(&self, peer: Option<Participant>) {
        *self.peer.lock() = peer;
    }

    /// Opens or shuts the door for what the other side sends to plugins.
    pub(crate) fn set_joined(&self, on: bool) {
        self.joined.send_replace(on);
    }

    /// Waits until plugins know of the other side.
    pub(crate) async fn until_joined(&self) {
        let _ = self.joined.subscribe().wait_for(|on| *on).await;
    }

    pub(crate) fn peer_id(&self) -> u32 {
        if self.me.id == REP { CUSTOMER } else { REP }
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

    pub(crate) fn plugins(&self) -> impl Iterator<Item = usize> + use<> {
        0..self.seats.len()
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

    /// Tells the session's task. False: its queue is full, and it will not hear of this, but of how many it missed.
    pub(crate) fn report(&self, what: Inner) -> bool {
        let heard = self.inner.try_send(what).is_ok();
        if !heard {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        heard
    }

    /// How many messages were lost since this was last asked.
    pub(crate) fn take_lost(&self) -> u64 {
        self.lost.swap(0, Ordering::Relaxed)
    }

    /// Whether a plugin may show one more notice in this second.
    pub(crate) fn may_notify(&self, plugin: usize) -> bool {
        self.seats.get(plugin).is_some_and(|seat| seat.notices.lock().takes(Instant::now()))
    }

    /// Notices of a plugin that were too many since this was last asked.
    pub(crate) fn take_notices_left_out(&self, plugin: usize) -> u64 {
        self.seats.get(plugin).map_or(0, |seat| seat.notices.lock().take_left_out())
    }

    /// The newest words count; the session's task is told once until it looks.
    pub(crate) fn compose(&self, text: String) {
        if self.composed.lock().replace(text).is_none() && !self.report(Inner::Composed) {
            self.composed.lock().take();
        }
    }

    pub(crate) fn take_composed(&self) -> Option<String> {
        self.composed.lock().take()
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

#[cfg(test)]
impl Shared {
    /// A customer's session with plugins that do not run, without drivers or windows.
    pub(crate) fn bare(plugins: usize) -> (Arc<Self>, mpsc::Receiver<Inner>) {
        let (inner, reports) = mpsc::channel(INBOX_MAX);
        let me = Participant { id: CUSTOMER, role: lotse_runtime::Role::Customer, name: "K. Weber".to_owned() };
        let parts = Parts {
            me,
            locale: "en".to_owned(),
            storage: Arc::new(Storage::of_session()),
            network: tokio::runtime::Handle::current(),
            consents: Consents::of_customer(&[]),
            pictures: Pictures::new(None),
            screens: Screens::default(),
            desk: Desk::new(None, crate::session::SessionGuard::new(None), Arc::new(|_: crate::clipboard::Heard| {})),
            plugins,
        };
        (Self::new(parts, inner), reports)
    }
}
