//! What the parts of one session hold in common: who is there (`others`, `observing`), the plugins' instances (`seats`), streams,
//! pictures and more, and the way to the session's task (`inner`).
//!
//! On the customer's side there may be several at the other end: one leads, whom everything that names nobody means. A rep's
//! side has one, always.
//!
//! Every lock here is short and never held across an await or a call into a plugin.

mod inner;
mod observing;
mod others;
mod seats;

pub(crate) use inner::{INBOX_MAX, Inner, Wish};

use crate::boards::Boards;
use crate::computer::Wishes;
use crate::consents::Consents;
use crate::desk::Desk;
use crate::neighbours::Neighbour;
use crate::pictures::Pictures;
use crate::screens::Screens;
use crate::seen::Seen;
use crate::showing::Showing;
use crate::storage::Storage;
use crate::streams::Streams;
use crate::transfers::Transfers;
use lotse_protocol::handover::Target;
use lotse_runtime::Participant;
use others::Other;
use parking_lot::Mutex;
use seats::Seat;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use tokio::sync::mpsc;

/// The first rep's number in a session, and the customer's. Further reps count on from there.
pub(crate) const REP: u32 = 1;
pub(crate) const CUSTOMER: u32 = 2;
/// No participant has this number.
const NOBODY: u32 = 0;

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

    /// The newest words count; the session's task is told once until it looks.
    pub(crate) fn compose(&self, text: String) {
        if self.composed.lock().replace(text).is_none() && !self.report(Inner::Composed) {
            self.composed.lock().take();
        }
    }

    pub(crate) fn take_composed(&self) -> Option<String> {
        self.composed.lock().take()
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
