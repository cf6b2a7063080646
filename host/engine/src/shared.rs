//! What the parts of one session hold in common: who is there, the links, the plugins' instances and streams.
//!
//! On the customer's side there may be several at the other end: one leads, whom everything that names nobody means. A rep's
//! side has one, always.
//!
//! Every lock here is short and never held across an await or a call into a plugin.

use crate::boards::Boards;
use crate::computer::{Groups, Wishes};
use crate::consents::Consents;
use crate::desk::Desk;
use crate::drawing::PenInput;
use crate::neighbours::Neighbour;
use crate::pace::Pace;
use crate::pictures::Pictures;
use crate::screens::Screens;
use crate::seen::Seen;
use crate::session::EndEvent;
use crate::showing::Showing;
use crate::storage::Storage;
use crate::streams::Streams;
use crate::transfers::Transfers;
use crate::view::{AuditKind, Tone};
use lotse_package::Capability;
use lotse_protocol::control::SessionId;
use lotse_protocol::handover::{Purpose, Target};
use lotse_protocol::shared::SharedValue;
use lotse_runtime::{AuditEvent, CapabilitySet, Event, InstanceHandle, Node, Participant};
use lotse_transport::Link;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};

/// The first rep's number in a session, and the customer's. Further reps count on from there.
pub(crate) const REP: u32 = 1;
pub(crate) const CUSTOMER: u32 = 2;
/// No participant has this number.
const NOBODY: u32 = 0;

/// Messages from hosts and threads that may wait for the session's task.
pub(crate) const INBOX_MAX: usize = 4096;

/// Notices of one plugin within a second: more than anybody reads.
const NOTICES_MAX: u32 = 5;
const NOTICES_WINDOW: Duration = Duration::from_secs(1);

/// How long after a person used one of a plugin's nodes the plugin may move windows for it.
const ACT_LASTS: Duration = Duration::from_secs(5);

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
    /// Something about boards changed; they are in [`Boards`].
    Boards,
    /// Somebody draws on this computer's own screen.
    Pen {
        board: u64,
        input: PenInput,
    },
    /// A pipeline began, paused or ended; see [`Seen`].
    Seen,
    /// What is to be chosen to be shown; see [`Showing`].
    Choosing,
    /// What people are asked about files changed; it is in [`Transfers`].
    Files,
    /// Counts and bytes, never a name.
    FilesAudit {
        plugin: usize,
        kind: AuditKind,
        about: String,
    },
    Clipboard(crate::clipboard::Heard),
    /// What a capture shows is out of sight, or back.
    CaptureHidden {
        plugin: usize,
        capture: u64,
        on: bool,
    },
    /// A capture ended by itself.
    CaptureStalled {
        plugin: usize,
        capture: u64,
        reason: String,
    },
    DisplaysChanged,
    /// Of an end that was begun beside another.
    End {
        session: SessionId,
        event: EndEvent,
    },
    /// A plugin wants another rep in this session.
    Wish {
        plugin: usize,
        wish: Wish,
    },
    /// It wants nothing any more.
    Withdraw {
        plugin: usize,
        request: u64,
    },
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

/// A wish for another rep.
#[derive(Debug)]
pub(crate) struct Wish {
    /// The plugin's number for it.
    pub request: u64,
    /// Whom, in the relay's words.
    pub to: String,
    pub note: String,
    pub purpose: Purpose,
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
    pub boards: Boards,
    pub seen: Seen,
    pub showing: Showing,
    pub transfers: Transfers,
    pub desk: Desk,
    /// Rep's side: its place among the other sessions.
    pub neighbour: Option<Neighbour>,
    pub wishes: Wishes,
    /// What a plugin wants to put into the chat's field, until the session's task has seen it.
    composed: Mutex<Option<String>>,
    inner: mpsc::Sender<Inner>,
    /// Messages that found the session's queue full since that was last told.
    lost: AtomicU64,
    others: Mutex<BTreeMap<u32, Other>>,
    /// Which of them leads.
    main: AtomicU32,
    /// Somebody who only looks was let in at some time.
    observed: AtomicBool,
    /// Rep's side: other reps who are in the session. There is no line to them.
    pub colleagues: Mutex<Vec<Participant>>,
    /// Who else could help, as the relay says.
    pub directory: Mutex<Arc<Vec<Target>>>,
    /// A wish for another rep is open: its number, or none.
    pub wish: Mutex<Option<u64>>,
    /// This rep may only look, as the customer's program says.
    observes: AtomicBool,
    /// They agreed to that themselves.
    looks_on: bool,
    /// And since then to lead.
    leads: AtomicBool,
    seats: Vec<Seat>,
}

/// Somebody at the other end of a link.
struct Other {
    link: Option<Link>,
    /// While plugins can talk to them.
    who: Option<Participant>,
    /// Plugins know that they are there: what they open or send reaches plugins from now on.
    joined: watch::Sender<bool>,
    /// They see and do nothing else.
    observing: bool,
}

impl Other {
    fn new(observing: bool) -> Self {
        Self { link: None, who: None, joined: watch::Sender::new(false), observing }
    }
}

/// What is kept of one plugin, running or not.
struct Seat {
    instance: Mutex<Option<InstanceHandle>>,
    sent_bytes: AtomicU64,
    received_bytes: AtomicU64,
    notices: Mutex<Pace>,
    /// When a person last used one of its nodes, until that was answered.
    acted: Mutex<Option<Instant>>,
    render: Arc<tokio::sync::Notify>,
    /// Whose word the plugin is carrying out, while it does.
    acting: AtomicU32,
    /// It has what nobody who only looks may have: they and this plugin do not hear of one another.
    shut: AtomicBool,
    /// What a colleague is shown of it.
    summary: Mutex<String>,
}

impl Seat {
    fn empty() -> Self {
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

/// Whether a plugin with this capability is kept from whoever only looks. What shows the screen is not, or they saw nothing.
const fn is_not_for_observers(capability: Capability) -> bool {
    match capability {
        Capability::Clipboard
        | Capability::Files
        | Capability::Drawing
        | Capability::Showing
        | Capability::System
        | Capability::Restart => true,
        Capability::Session
        | Capability::Consent
        | Capability::Storage
        | Capability::Channel
        | Capability::Screen
        | Capability::Surface
        | Capability::Input
        | Capability::Ui
        | Capability::Desk
        | Capability::Directory
        | Capability::Handover
        | Capability::Shared => false,
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
    pub transfers: Transfers,
    pub boards: Boards,
    pub desk: Desk,
    pub neighbour: Option<Neighbour>,
    pub plugins: usize,
    /// Rep's side: this rep agreed to see and do nothing else.
    pub looks_on: bool,
}

impl Shared {
    pub(crate) fn new(parts: Parts, inner: mpsc::Sender<Inner>) -> Arc<Self> {
        let Parts {
            me,
            locale,
            storage,
            network,
            consents,
            pictures,
            screens,
            transfers,
            boards,
            desk,
            neighbour,
            plugins,
            looks_on,
        } = parts;
        let main = if me.id == REP { CUSTOMER } else { REP };
        Arc::new(Self {
            me,
            locale,
            storage,
            network,
            consents: Mutex::new(consents),
            streams: Streams::default(),
            pictures,
            screens,
            boards,
            seen: Seen::default(),
            showing: Showing::default(),
            transfers,
            desk,
            neighbour,
            wishes: Wishes::default(),
            composed: Mutex::default(),
            inner,
            lost: AtomicU64::new(0),
            others: Mutex::new(BTreeMap::from([(main, Other::new(false))])),
            main: AtomicU32::new(main),
            observed: AtomicBool::new(false),
            colleagues: Mutex::default(),
            directory: Mutex::default(),
            wish: Mutex::new(None),
            // Until the customer's program has said something.
            observes: AtomicBool::new(looks_on),
            looks_on,
            leads: AtomicBool::new(false),
            seats: (0..plugins).map(|_| Seat::empty()).collect(),
        })
    }

    /// A number for a capture, pipeline or surface; never used again by this program, whatever the session.
    pub(crate) fn new_id(&self) -> u64 {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        NEXT.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn link_of(&self, who: u32) -> Option<Link> {
        self.others.lock().get(&who)?.link.clone()
    }

    pub(crate) fn set_link(&self, who: u32, link: Option<Link>) {
        if let Some(other) = self.others.lock().get_mut(&who) {
            other.link = link;
        }
    }

    /// Whoever leads, while plugins can talk to them.
    pub(crate) fn peer(&self) -> Option<Participant> {
        self.others.lock().get(&self.peer_id())?.who.clone()
    }

    /// Everybody at the other end whom plugins can talk to.
    pub(crate) fn peers(&self) -> Vec<Participant> {
        self.others.lock().values().filter_map(|other| other.who.clone()).collect()
    }

    /// Plugins can talk to them, and streams to them can be opened.
    pub(crate) fn is_there(&self, who: u32) -> bool {
        self.others.lock().get(&who).is_some_and(|other| other.who.is_some())
    }

    pub(crate) fn set_peer(&self, who: u32, peer: Option<Participant>) {
        if let Some(other) = self.others.lock().get_mut(&who) {
            other.who = peer;
        }
    }

    /// Opens or shuts the door for what they send to plugins.
    pub(crate) fn set_joined(&self, who: u32, on: bool) {
        if let Some(other) = self.others.lock().get(&who) {
            other.joined.send_replace(on);
        }
    }

    /// Waits until plugins know of them; for ever, if they are gone before.
    pub(crate) async fn until_joined(&self, who: u32) {
        let joined = self.others.lock().get(&who).map(|other| other.joined.subscribe());
        let known = match joined {
            Some(mut joined) => joined.wait_for(|on| *on).await.is_ok(),
            None => false,
        };
        if !known {
            std::future::pending::<()>().await;
        }
    }

    /// Customer's side: somebody comes beside whoever leads.
    pub(crate) fn add_other(&self, who: u32, observing: bool) {
        if observing {
            self.observed.store(true, Ordering::Release);
        }
        self.others.lock().insert(who, Other::new(observing));
    }

    /// Customer's side: whether they see and do nothing else. Said while plugins do not know of them.
    pub(crate) fn set_observing(&self, who: u32, on: bool) {
        if let Some(other) = self.others.lock().get_mut(&who) {
            other.observing = on;
        }
    }

    pub(crate) fn remove_other(&self, who: u32) {
        self.others.lock().remove(&who);
    }

    /// Customer's side: this one leads from now on.
    pub(crate) fn set_main(&self, who: u32) {
        self.main.store(who, Ordering::Release);
    }

    /// Who leads.
    pub(crate) fn peer_id(&self) -> u32 {
        self.main.load(Ordering::Acquire)
    }

    /// The plugin carries out what this one sent or, of this computer's own number, did here; `None`: nobody.
    pub(crate) fn set_acting(&self, plugin: usize, who: Option<u32>) {
        if let Some(seat) = self.seats.get(plugin) {
            seat.acting.store(who.unwrap_or(NOBODY), Ordering::Release);
        }
    }

    /// What a plugin may ever have here: said before it meets anybody.
    pub(crate) fn set_possible(&self, plugin: usize, possible: CapabilitySet) {
        // Without the screen nobody sees anything by it; what is left of it is steering.
        let steers_alone = possible.contains(Capability::Input) && !possible.contains(Capability::Screen);
        if let Some(seat) = self.seats.get(plugin) {
            seat.shut.store(steers_alone || possible.iter().any(is_not_for_observers), Ordering::Release);
        }
    }

    /// Whether that plugin and that participant may have to do with each other at all: what only looks is kept from plugins
    /// whose rights go beyond that, so that nothing they say is ever in such a plugin, to be done later. Nobody who is gone may.
    pub(crate) fn may_talk(&self, plugin: usize, who: u32) -> bool {
        let observing = self.others.lock().get(&who).map(|other| other.observing);
        match observing {
            None => false,
            Some(false) => true,
            Some(true) => self.seats.get(plugin).is_some_and(|seat| !seat.shut.load(Ordering::Acquire)),
        }
    }

    /// Whether what the plugin does at this moment may act on this computer. Once somebody who only looks has been here, a plugin
    /// that could hear them acts on the word of somebody who may more, or of the person here, and by itself no more: what it does
    /// at a timer it may be doing for them.
    pub(crate) fn may_act(&self, plugin: usize) -> bool {
        let Some(seat) = self.seats.get(plugin) else { return false };
        let who = seat.acting.load(Ordering::Acquire);
        let observing = self.others.lock().get(&who).map(|other| other.observing);
        match observing {
            Some(observing) => !observing,
            None if who == self.me.id => true,
            None => !self.observed.load(Ordering::Acquire) || seat.shut.load(Ordering::Acquire),
        }
    }

    /// Names of those whom the plugin may be doing something for now: whom it hears, or else everybody whom it knows.
    pub(crate) fn on_behalf_of(&self, plugin: usize) -> String {
        let acting = self.seats.get(plugin).map_or(NOBODY, |seat| seat.acting.load(Ordering::Acquire));
        let peers = self.peers();
        match peers.iter().find(|peer| peer.id == acting) {
            Some(peer) => peer.name.clone(),
            None => {
                let known = peers.into_iter().filter(|peer| self.may_talk(plugin, peer.id));
                known.map(|peer| peer.name).collect::<Vec<_>>().join(" / ")
            }
        }
    }

    /// Pictures of this screen on their way to that one end here, and what is drawn on them.
    pub(crate) fn end_pictures_to(&self, who: u32) {
        for pipeline in self.screens.stop_to(who) {
            self.boards.end_pipeline(self, pipeline);
            self.seen.end(pipeline);
        }
        if self.seen.is_news() && !self.report(Inner::Seen) {
            self.seen.looked();
        }
    }

    /// They may only look.
    pub(crate) fn is_observing(&self, who: u32) -> bool {
        self.others.lock().get(&who).is_some_and(|other| other.observing)
    }

    /// Whose word the plugin carries out at this moment.
    pub(crate) fn acts_for(&self, plugin: usize) -> Option<Participant> {
        let who = self.seats.get(plugin)?.acting.load(Ordering::Acquire);
        self.others.lock().get(&who)?.who.clone()
    }

    /// Rep's side: whether this rep may only look, as the customer's program says.
    pub(crate) fn set_observes(&self, on: bool) {
        self.observes.store(on, Ordering::Release);
    }

    pub(crate) fn observes(&self) -> bool {
        self.looks_on() || self.observes.load(Ordering::Acquire)
    }

    /// Rep's side: who agreed to look on has agreed to lead, too, or it does not come to that.
    pub(crate) fn agree_to_lead(&self, on: bool) {
        self.leads.store(on, Ordering::Release);
    }

    /// This rep agreed to look on. Agreed to lead since, they do until the customer's program has them as somebody who may more.
    fn looks_on(&self) -> bool {
        self.looks_on && (self.observes.load(Ordering::Acquire) || !self.leads.load(Ordering::Acquire))
    }

    /// What plugins are told of somebody: by what this side let them in as, or this rep agreed to, and never by what another
    /// program says. Whoever is not there may nothing, so that what was under way of theirs is not done either.
    pub(crate) fn only_looks(&self, who: u32) -> bool {
        if who == self.me.id {
            return self.looks_on();
        }
        self.others.lock().get(&who).is_none_or(|other| other.observing)
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
        Self::beside(plugins, None)
    }

    /// The same with a place among a rep's sessions.
    pub(crate) fn beside(plugins: usize, neighbour: Option<Neighbour>) -> (Arc<Self>, mpsc::Receiver<Inner>) {
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
            transfers: Transfers::default(),
            boards: Boards::new(None, None, false),
            desk: Desk::new(None, crate::session::SessionGuard::new(None), Arc::new(|_: crate::clipboard::Heard| {})),
            neighbour,
            plugins,
            looks_on: false,
        };
        (Self::new(parts, inner), reports)
    }
}
