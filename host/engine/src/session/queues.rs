//! Where a session's own parts report, and the order in which it hears them.

use super::end::EndReports;
use crate::conversation::LinkEvent;
use crate::loading::Loaded;
use crate::shared::{INBOX_MAX, Inner};
use lotse_protocol::control::SessionId;
use lotse_transport::{Link, PathHandle};
use tokio::sync::mpsc;

/// Where the session's own parts report.
pub(super) struct Queues {
    pub inner: (mpsc::Sender<Inner>, mpsc::Receiver<Inner>),
    pub links: (mpsc::Sender<Link>, mpsc::Receiver<Link>),
    pub talk: (mpsc::Sender<(u64, LinkEvent)>, mpsc::Receiver<(u64, LinkEvent)>),
    pub loaded: (mpsc::Sender<Loaded>, mpsc::Receiver<Loaded>),
    pub paths: (mpsc::Sender<PathHandle>, mpsc::Receiver<PathHandle>),
    /// Of ends that were begun beside another.
    pub ends: (mpsc::Sender<(SessionId, EndEvent)>, mpsc::Receiver<(SessionId, EndEvent)>),
}

/// What comes of an end that was begun beside another, whether or not it leads by now.
#[derive(Debug)]
pub(crate) enum EndEvent {
    Talk(u64, LinkEvent),
    Link(Link),
    Path(PathHandle),
}

impl Queues {
    pub(super) fn new() -> Self {
        Self {
            inner: mpsc::channel(INBOX_MAX),
            links: mpsc::channel(4),
            talk: mpsc::channel(64),
            loaded: mpsc::channel(64),
            paths: mpsc::channel(4),
            ends: mpsc::channel(64),
        }
    }

    /// For the first end.
    pub(super) fn reports(&self) -> EndReports {
        let (links, paths, talk) = (self.links.0.clone(), self.paths.0.clone(), self.talk.0.clone());
        EndReports { links, paths, talk }
    }

    /// Waits for the next thing of a session's own. Among several that are there chance decides, so that nobody who keeps one
    /// queue full (the other side's host can) holds up questions, faults or the clock.
    pub(super) async fn next(&mut self, tick: &mut tokio::time::Interval) -> Next {
        tokio::select! {
            Some(event) = self.talk.1.recv() => Next::Talk(event),
            Some(link) = self.links.1.recv() => Next::Link(link),
            Some(path) = self.paths.1.recv() => Next::Path(path),
            Some(loaded) = self.loaded.1.recv() => Next::Loaded(loaded),
            Some(inner) = self.inner.1.recv() => Next::Inner(inner),
            Some((session, event)) = self.ends.1.recv() => Next::Inner(Inner::End { session, event }),
            _ = tick.tick() => Next::Tick,
        }
    }
}

/// One thing out of [`Queues`], or the clock.
pub(super) enum Next {
    Talk((u64, LinkEvent)),
    Link(Link),
    Path(PathHandle),
    Loaded(Loaded),
    Inner(Inner),
    Tick,
}
