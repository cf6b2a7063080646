//! Runs the hub: one task that feeds it what happens, writes down what must last, and passes messages on.
//!
//! Records are written before the messages that follow from them, many in one transaction. A connection whose queue is
//! full is dropped; no other waits for it. When the disk fails, sessions go on and the log says so. Customers' pages hear of
//! their questions through `pages`.

mod pages;

use crate::audit::AuditTrail;
use crate::clock::{Clock, unix_s};
use crate::close;
use crate::counters::Counters;
use crate::hub::{
    Action, AddressKey, Ask, CODES_PER_SIGN_IN, Change, ConnectionId, Figures, Hub, Input, Live, LivePlace, NotAsked,
    NotWatched, Offer, Origin, PortalStatus, QuestionNews, WaitingPage,
};
use crate::legs::Legs;
use crate::notes::NotesDesk;
use crate::store::Store;
use crate::token::TokenHash;
use lotse_protocol::control::{FromRelay, SessionOffer, Side};
use lotse_protocol::question::QuestionId;
use pages::{Pages, Statuses};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};

/// Inputs waiting for the hub; who finds it full waits, which slows that connection alone.
const INPUTS_MAX: usize = 1024;
/// Inputs handled before what they caused is written and sent.
const BATCH_MAX: usize = 64;
/// Messages waiting for one connection. A program that is that far behind is stuck.
pub const OUTGOING_MAX: usize = 128;
/// A rep who comes back is told of every code at once, between a greeting and a list.
const _: () = assert!(CODES_PER_SIGN_IN + 8 <= OUTGOING_MAX);
/// How long a record may take before the messages go out without it.
const RECORD_TIMEOUT: Duration = Duration::from_secs(8);

/// What a connection has to send.
#[derive(Debug)]
pub enum Outgoing {
    Message(FromRelay),
    /// A plugin, in the form that the connection's program can run.
    Plugin([u8; 32]),
    /// Say why, and close with this WebSocket code.
    Close {
        code: u16,
        reason: String,
    },
}

/// The switchboard's end of a connection. Dropping it ends the connection at once.
pub struct Line {
    pub queue: mpsc::Sender<Outgoing>,
    pub alive: oneshot::Sender<()>,
}

enum Event {
    Connected {
        connection: ConnectionId,
        side: Side,
        address: AddressKey,
        line: Line,
    },
    Input(Input),
    Count(oneshot::Sender<Figures>),
    PluginsInUse(oneshot::Sender<HashSet<[u8; 32]>>),
    Ask(Ask, oneshot::Sender<Result<QuestionId, NotAsked>>),
    Follow {
        question: QuestionId,
        token: TokenHash,
        reply: oneshot::Sender<Option<watch::Receiver<QuestionNews>>>,
    },
    /// At an account.
    Look(i64, oneshot::Sender<Live>),
    /// A manager wishes to look on at a session.
    Watch {
        account: i64,
        manager: i64,
        session: String,
        reply: oneshot::Sender<Result<(), NotWatched>>,
    },
    LookAtLine {
        account: i64,
        after: Option<LivePlace>,
        max: usize,
        reply: oneshot::Sender<WaitingPage>,
    },
}

/// Where connections hand in what happens. Clones share the hub.
#[derive(Clone)]
pub struct Switchboard {
    events: mpsc::Sender<Event>,
    statuses: Arc<Statuses>,
}

/// The relay is ending; nothing is taken in any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the relay is ending")]
pub struct Ending;

impl Switchboard {
    /// The handle, and the task that runs until every handle is gone.
    pub fn new(
        hub: Hub,
        store: Arc<dyn Store>,
        audit: AuditTrail,
        legs: Legs,
        clock: Clock,
        counters: Arc<Counters>,
    ) -> (Self, impl Future<Output = ()> + Send) {
        let (events, receiver) = mpsc::channel(INPUTS_MAX);
        let (notes, writing_notes) = NotesDesk::new(store.clone(), counters.clone());
        let statuses = Arc::new(Statuses::default());
        let operator = Operator {
            hub,
            store,
            audit,
            legs,
            notes,
            clock,
            counters,
            lines: HashMap::new(),
            pages: Pages::default(),
            statuses: statuses.clone(),
            asked: vec![],
        };
        // The desk goes with the operator, and what was handed in there is still done.
        let both = async move {
            tokio::join!(operator.run(receiver), writing_notes);
        };
        (Self { events, statuses }, both)
    }

    /// A program has said hello.
    pub async fn connect(
        &self,
        connection: ConnectionId,
        side: Side,
        address: AddressKey,
        line: Line,
    ) -> Result<(), Ending> {
        self.events.send(Event::Connected { connection, side, address, line }).await.map_err(|_| Ending)
    }

    /// Something happened.
    pub async fn tell(&self, input: Input) -> Result<(), Ending> {
        self.events.send(Event::Input(input)).await.map_err(|_| Ending)
    }

    /// A customer asks. Answered when the question is written down.
    pub async fn ask(&self, ask: Ask) -> Result<Result<QuestionId, NotAsked>, Ending> {
        let (reply, answer) = oneshot::channel();
        self.events.send(Event::Ask(ask, reply)).await.map_err(|_| Ending)?;
        answer.await.map_err(|_| Ending)
    }

    /// The page of a question is there, as long as what is returned is held. `None`: there is no such question, or this is not
    /// its token.
    pub async fn follow(
        &self,
        question: QuestionId,
        token: TokenHash,
    ) -> Result<Option<watch::Receiver<QuestionNews>>, Ending> {
        let (reply, answer) = oneshot::channel();
        self.events.send(Event::Follow { question, token, reply }).await.map_err(|_| Ending)?;
        answer.await.map_err(|_| Ending)
    }

    /// How a portal stands, and every change.
    pub fn status(&self, portal: i64) -> watch::Receiver<PortalStatus> {
        self.statuses.of(portal)
    }

    /// How much there is of what. Answered behind everything that was handed in before.
    pub async fn figures(&self) -> Result<Figures, Ending> {
        let (reply, figures) = oneshot::channel();
        self.events.send(Event::Count(reply)).await.map_err(|_| Ending)?;
        figures.await.map_err(|_| Ending)
    }

    /// Digests of the packages that sessions have. Answered behind everything that was handed in before.
    pub async fn plugins_in_use(&self) -> Result<HashSet<[u8; 32]>, Ending> {
        let (reply, used) = oneshot::channel();
        self.events.send(Event::PluginsInUse(reply)).await.map_err(|_| Ending)?;
        used.await.map_err(|_| Ending)
    }

    /// Who is signed in and which sessions run in an account. Answered as [`Self::figures`] is.
    pub async fn live(&self, account: i64) -> Result<Live, Ending> {
        let (reply, live) = oneshot::channel();
        self.events.send(Event::Look(account, reply)).await.map_err(|_| Ending)?;
        live.await.map_err(|_| Ending)
    }

    /// A manager of the account wishes to look on at a session, named as in [`Self::live`].
    pub async fn watch(&self, account: i64, manager: i64, session: String) -> Result<Result<(), NotWatched>, Ending> {
        let (reply, answer) = oneshot::channel();
        self.events.send(Event::Watch { account, manager, session, reply }).await.map_err(|_| Ending)?;
        answer.await.map_err(|_| Ending)
    }

    /// A page of what waits at an account's portals, behind a place. Answered as [`Self::figures`] is.
    pub async fn waiting(&self, account: i64, after: Option<LivePlace>, max: usize) -> Result<WaitingPage, Ending> {
        let (reply, page) = oneshot::channel();
        self.events.send(Event::LookAtLine { account, after, max, reply }).await.map_err(|_| Ending)?;
        page.await.map_err(|_| Ending)
    }
}

struct Operator {
    hub: Hub,
    store: Arc<dyn Store>,
    audit: AuditTrail,
    legs: Legs,
    notes: NotesDesk,
    clock: Clock,
    counters: Arc<Counters>,
    lines: HashMap<ConnectionId, Line>,
    pages: Pages,
    statuses: Arc<Statuses>,
    /// Whoever asked, to be answered once it is written down.
    asked: Vec<(oneshot::Sender<Result<QuestionId, NotAsked>>, Result<QuestionId, NotAsked>)>,
}

impl Operator {
    async fn run(mut self, mut events: mpsc::Receiver<Event>) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        loop {
            let wake = self.hub.poll_wake().map(|at_ms| self.clock.instant(at_ms));
            let sleep = async {
                match wake {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            let mut gone = None;
            tokio::select! {
                count = events.recv_many(&mut batch, BATCH_MAX) => if count == 0 { break },
                () = sleep => {}
                Some(question) = self.pages.next_gone() => gone = Some(question),
            }
            let now_ms = self.clock.now_ms();
            let legs = &self.legs;
            self.hub.handle_time(now_ms, &|leg| legs.quiet_ms(leg));
            if let Some(question) = gone.filter(|question| self.pages.is_gone(*question)) {
                self.hub.handle_input(now_ms, Input::PageGone { question });
            }
            for event in batch.drain(..) {
                self.take(now_ms, event);
            }
            self.act().await;
        }
    }

    fn take(&mut self, now_ms: u64, event: Event) {
        let input = match event {
            Event::Connected { connection, side, address, line } => {
                self.lines.insert(connection, line);
                Input::Connected { connection, side, address }
            }
            Event::Input(input) => input,
            Event::Count(reply) => {
                // Whoever asked may have given up.
                let _ = reply.send(self.hub.figures());
                return;
            }
            Event::PluginsInUse(reply) => {
                let _ = reply.send(self.hub.plugins_in_use());
                return;
            }
            Event::Ask(ask, reply) => {
                let asked = self.hub.ask(now_ms, ask);
                return self.asked.push((reply, asked));
            }
            Event::Follow { question, token, reply } => {
                let news = self.hub.follow(now_ms, question, &token);
                // A page that is not there any more drops its channel, and that is noticed.
                let _ = reply.send(news.map(|news| self.pages.follow(question, news)));
                return;
            }
            Event::Look(account, reply) => {
                let _ = reply.send(self.hub.live(now_ms, account));
                return;
            }
            Event::Watch { account, manager, session, reply } => {
                let _ = reply.send(self.hub.watch(account, manager, &session));
                return;
            }
            Event::LookAtLine { account, after, max, reply } => {
                let _ = reply.send(self.hub.waiting_page(now_ms, account, after, max));
                return;
            }
        };
        if let Input::Gone { connection } = &input {
            self.lines.remove(connection);
        }
        self.hub.handle_input(now_ms, input);
    }

    async fn act(&mut self) {
        let mut changes = Vec::new();
        let mut actions = Vec::new();
        while let Some(action) = self.hub.poll_action() {
            match action {
                Action::Record(change) => changes.push(change),
                other => actions.push(other),
            }
        }
        if !changes.is_empty() {
            record(&*self.store, &self.counters, &changes).await;
        }
        for (reply, asked) in self.asked.drain(..) {
            // Whoever asked may have given up: then no page comes for the question.
            let _ = reply.send(asked);
        }
        for action in actions {
            match action {
                Action::Send { to, message } => self.send(to, Outgoing::Message(message)),
                Action::Offer { to, offer } => self.offer(to, offer),
                Action::SendPlugin { to, digest } => self.send(to, Outgoing::Plugin(digest)),
                Action::Close { connection, reason } => {
                    self.send(connection, Outgoing::Close { code: close::GOING, reason })
                }
                Action::CloseLegs { leg } => self.legs.close(leg),
                Action::Audit(line) => self.audit.write(line),
                Action::Licence { to, licence } => {
                    let licence = Arc::unwrap_or_clone(licence);
                    self.send(to, Outgoing::Message(FromRelay::Licence { licence, now_s: unix_s() }));
                }
                Action::KeepNotes { to, notes } => {
                    if let Some(line) = self.lines.get(&to) {
                        self.notes.keep(notes, line.queue.clone());
                    }
                }
                Action::TellNotes { to, session } => {
                    if let Some(line) = self.lines.get(&to) {
                        self.notes.tell(session, line.queue.clone());
                    }
                }
                Action::AskHandOver { to, session, offer, for_s } => {
                    if let Some(line) = self.lines.get(&to) {
                        self.notes.ask(session, Box::new(offer), for_s, line.queue.clone());
                    }
                }
                Action::News { question, news } => self.pages.tell(question, news),
                Action::Portal { portal, status } => self.statuses.tell(portal, status),
                Action::Record(_) => {}
            }
        }
    }

    fn offer(&mut self, to: ConnectionId, offer: Offer) {
        let Offer { session, leg, side, token, rep, account, customer, system, plugins, resumed, licence, origin } =
            offer;
        let Origin { question, portal } = origin;
        let leg = self.legs.issue(leg, side);
        let (plugins, licence) = (plugins.to_vec(), licence.map(Arc::unwrap_or_clone));
        let offer = SessionOffer {
            session,
            token,
            leg,
            rep,
            account,
            customer,
            system,
            plugins,
            resumed,
            licence,
            question,
            portal,
        };
        self.send(to, Outgoing::Message(FromRelay::Session(Box::new(offer))));
    }

    fn send(&mut self, to: ConnectionId, outgoing: Outgoing) {
        let Some(line) = self.lines.get(&to) else { return };
        if line.queue.try_send(outgoing).is_err() {
            tracing::info!(connection = to.0, "a connection takes nothing in and is dropped");
            // The connection notices, ends, and says so: then the hub learns of it.
            self.lines.remove(&to);
        }
    }
}

/// All at once, and if that fails each by itself, so that one bad record costs no other.
async fn record(store: &dyn Store, counters: &Counters, changes: &[Change]) {
    let write = async {
        let Err(error) = store.change_sessions(changes, unix_s()).await else { return };
        counters.count_store_error();
        tracing::warn!(%error, changes = changes.len(), "sessions could not be recorded together");
        for change in changes {
            if let Err(error) = store.change_sessions(std::slice::from_ref(change), unix_s()).await {
                counters.count_store_error();
                tracing::error!(%error, "a session could not be recorded; it runs, but would not survive a restart of the relay");
            }
        }
    };
    if tokio::time::timeout(RECORD_TIMEOUT, write).await.is_err() {
        counters.count_store_error();
        tracing::error!(
            changes = changes.len(),
            "sessions could not be recorded in time; they run, but would not survive a restart of the relay"
        );
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::hub::{Limits, Stored, system_random};
    use crate::store::SqliteStore;
    use lotse_forwarder::Sessions;
    use lotse_transport::bind::RelayKey;

    #[tokio::test]
    async fn a_connection_that_takes_nothing_is_dropped_and_another_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path()).await.unwrap());
        let clock = Clock::start();
        let counters = Arc::new(Counters::start());
        let (audit, _unwritten) = AuditTrail::new(store.clone(), counters.clone());
        let hub = Hub::new(Limits::default(), system_random(), 0, Stored::default());
        let legs = Legs::new(RelayKey::new([1; 32]), 1, Sessions::default());
        let (switchboard, task) = Switchboard::new(hub, store, audit, legs, clock, counters);
        let running = tokio::spawn(task);
        let mut lines = vec![];
        for number in 0..2 {
            let (queue, outgoing) = mpsc::channel(3);
            let (alive, dropped) = oneshot::channel();
            let address = AddressKey::from(std::net::IpAddr::from([192, 0, 2, 1]));
            switchboard.connect(ConnectionId(number), Side::Rep, address, Line { queue, alive }).await.unwrap();
            lines.push((outgoing, dropped));
        }
        let (mut reads, mut read_dropped) = lines.pop().unwrap();
        let (_stuck, stuck_dropped) = lines.pop().unwrap();
        for _ in 0..10 {
            for number in 0..2 {
                // Refused for want of a sign-in: one message each.
                let input = Input::NewCode { connection: ConnectionId(number), features: Default::default() };
                switchboard.tell(input).await.unwrap();
            }
            assert!(matches!(reads.recv().await, Some(Outgoing::Message(FromRelay::Refused { .. }))));
        }
        assert!(stuck_dropped.await.is_err(), "the stuck one's line is let go of");
        assert!(read_dropped.try_recv().is_err_and(|error| error == oneshot::error::TryRecvError::Empty));
        drop(switchboard);
        running.await.unwrap();
    }
}
