//! Who is at the other end: their lines, whether plugins can talk to them, and which of them leads.

use super::Shared;
use lotse_runtime::Participant;
use lotse_transport::Link;
use std::sync::atomic::Ordering;
use tokio::sync::watch;

/// Somebody at the other end of a link.
pub(super) struct Other {
    link: Option<Link>,
    /// While plugins can talk to them.
    who: Option<Participant>,
    /// Plugins know that they are there: what they open or send reaches plugins from now on.
    joined: watch::Sender<bool>,
    /// They see and do nothing else.
    observing: bool,
}

impl Other {
    pub(super) fn new(observing: bool) -> Self {
        Self { link: None, who: None, joined: watch::Sender::new(false), observing }
    }
}

impl Shared {
    /// Customer's side: somebody comes beside whoever leads.
    pub(crate) fn add_other(&self, who: u32, observing: bool) {
        if observing {
            self.observed.store(true, Ordering::Release);
        }
        self.others.lock().insert(who, Other::new(observing));
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
        self.who_is(self.peer_id())
    }

    /// Whom plugins can talk to under this number.
    pub(super) fn who_is(&self, who: u32) -> Option<Participant> {
        self.others.lock().get(&who)?.who.clone()
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

    /// Customer's side: whether they see and do nothing else. Said while plugins do not know of them.
    pub(crate) fn set_observing(&self, who: u32, on: bool) {
        if let Some(other) = self.others.lock().get_mut(&who) {
            other.observing = on;
        }
    }

    /// Whether they see and do nothing else; `None`: they are not there.
    pub(super) fn observing(&self, who: u32) -> Option<bool> {
        self.others.lock().get(&who).map(|other| other.observing)
    }
}
