//! One session's task: the state machine in the middle, everything around it told what to do.
//!
//! Nothing is decided here. What happened goes into [`Machine`], what it wants is carried out, and what people may see
//! goes into the [`View`]. Long work runs elsewhere and reports back (`queues`).

mod audit;
mod beside;
mod carry_out;
mod coming;
mod dialing;
mod drawing;
mod end;
mod facts;
mod guard;
mod licence;
mod line;
mod note;
mod notices;
mod pairing;
mod peer;
mod plugin;
mod plugins;
mod prompts;
mod queues;
mod reach;
mod report;
mod requires;
mod restart;
mod rights;
mod running;
mod session_config;
mod shared_values;
pub(crate) mod showing;
mod to_lead;
mod to_session;
mod wishes;
mod words;

pub(crate) use guard::SessionGuard;
pub(crate) use queues::EndEvent;
pub(crate) use restart::Restarted;
pub(crate) use session_config::{Asked, Restored, SessionConfig};
pub(crate) use to_session::{HandOverNews, ToSession};

use crate::loading::{Loader, Wanted};
use crate::shared::{CUSTOMER, INBOX_MAX, Shared};
use crate::view::View;
use beside::Beside;
use coming::Coming;
use end::End;
use licence::Licensed;
use lotse_protocol::control::{SessionOffer, Side, ToRelay};
use lotse_protocol::peer::EndReason;
use lotse_session::{Event, Machine};
use lotse_transport::Identity;
use plugin::Plugin;
use prompts::Prompts;
use queues::{Next, Queues};
use report::Reports;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use to_lead::ToLead;
use tokio::sync::{Notify, mpsc, watch};
use wishes::OpenWish;

/// Longest time between two looks at the clock, the link and the plugins' figures.
const TICK: Duration = Duration::from_millis(500);

/// The program's end of a session's task.
pub(crate) struct SessionHandle {
    pub inbox: mpsc::Sender<ToSession>,
    pub view: watch::Receiver<Arc<View>>,
    /// Plugins that it waits for.
    pub wanted: Wanted,
}

impl SessionHandle {
    /// Wakes whoever waits there for each newer view.
    pub(crate) fn follow(&self, changed: Arc<Notify>) {
        let mut view = self.view.clone();
        tokio::spawn(async move {
            while view.changed().await.is_ok() {
                changed.notify_one();
            }
        });
    }
}

/// Starts a session's task. It ends by itself some time after the session has, when its handle is dropped.
pub(crate) fn start(config: SessionConfig) -> std::io::Result<SessionHandle> {
    let (inbox, incoming) = mpsc::channel(INBOX_MAX);
    let (view_out, view) = watch::channel(Arc::new(View::default()));
    let mut task = Task::new(config, view_out).map_err(std::io::Error::other)?;
    // Whoever looks before the task has its turn sees what it begins with.
    task.publish();
    let wanted = task.wanted.clone();
    tokio::spawn(task.run(incoming));
    Ok(SessionHandle { inbox, view, wanted })
}

struct Task {
    config: SessionConfig,
    started: Instant,
    offer: Option<SessionOffer>,
    /// To whoever leads.
    end: End,
    /// Customer's side: further reps.
    besides: Vec<Beside>,
    /// Customer's side: a rep who is to come.
    coming: Option<Coming>,
    /// The newest participant's number.
    participants: u32,
    /// Rep's side: another rep is wished for.
    wish: Option<OpenWish>,
    /// Rep's side: when a manager was last asked in.
    watch_asked: Option<Instant>,
    /// Rep's side: a colleague's place in this session that this rep has agreed to take.
    to_lead: Option<ToLead>,
    loader: Option<Loader>,
    wanted: Wanted,
    /// By number; empty until the offer names the plugins.
    plugins: Vec<Plugin>,
    /// Whatever becomes ready from here on is started at once.
    plugins_started: bool,
    licensed: Licensed,
    shared: Option<Arc<Shared>>,
    rendering: Vec<tokio::task::JoinHandle<()>>,
    prompts: Prompts,
    /// The board that was drawn on last, and the buttons that were down there.
    pen_buttons: (u64, u32),
    paused_here: bool,
    /// The round trip that plugins and windows were told of.
    told_round_trip_us: u64,
    restart: Option<restart::Restarting>,
    /// Which plugin asked for a restart; the customer has not answered yet.
    restart_asker: Option<usize>,
    /// Which plugin has the customer's word for a restart that it did not use yet, and since when.
    restart_word: Option<(usize, Instant)>,
    /// Changes to what the account's reps share that the relay has not answered: the plugin's number, and the key.
    shared_asked: BTreeMap<usize, String>,
    /// Until the plugin that asked for it was told.
    restarted: Option<Restarted>,
    /// The screen was seen so shortly before the session ended that it is still to be said.
    seen_until: Option<Instant>,
    notices: u64,
    /// Until when notices stay that go by themselves, by their ids, in milliseconds of the session.
    notices_until: BTreeMap<u64, u64>,
    /// Audit lines for the relay.
    reports: Reports,
    view: View,
    dirty: bool,
    published: watch::Sender<Arc<View>>,
    queues: Queues,
}

impl Task {
    fn new(
        config: SessionConfig,
        published: watch::Sender<Arc<View>>,
    ) -> Result<Self, lotse_transport::TransportError> {
        let (keys, machine) = match &config.restored {
            Some(restored) => {
                let identity = Identity::from_bytes(&restored.identity.to_bytes())?;
                (Some((identity, restored.peer)), Machine::restored(config.side, restored.accepted))
            }
            None => (None, Machine::new(config.side)),
        };
        let queues = Queues::new();
        let end = End::new(machine, keys, config.secret.clone(), queues.reports())?;
        let restarted = config.restored.as_ref().and_then(|restored| restored.restarted.clone());
        let licensed = config.restored.as_ref().map(|restored| Licensed::with(&restored.features)).unwrap_or_default();
        // A pause holds from the first moment: nothing is seen or steered until this side says otherwise.
        let paused = config.restored.as_ref().is_some_and(|restored| restored.paused);
        config.guard.paused.store(paused, Ordering::Release);
        let mut view = View {
            session: Some(config.id),
            developer: config.developer,
            paused,
            paused_here: paused,
            ..View::default()
        };
        if let Some(Asked { question: _, name, text, portal, system, from, looks_on: _ }) = config.asked.clone() {
            (view.peer, view.peer_system, view.question, view.portal) = (name, system, text, portal);
            view.from_rep = from;
        }
        Ok(Self {
            config,
            started: Instant::now(),
            offer: None,
            end,
            besides: Vec::new(),
            coming: None,
            participants: CUSTOMER,
            wish: None,
            watch_asked: None,
            to_lead: None,
            loader: None,
            wanted: Wanted::default(),
            plugins: Vec::new(),
            plugins_started: false,
            licensed,
            shared: None,
            rendering: Vec::new(),
            prompts: Prompts::default(),
            pen_buttons: (0, 0),
            paused_here: paused,
            told_round_trip_us: 0,
            restart: None,
            shared_asked: BTreeMap::new(),
            restart_asker: None,
            restart_word: None,
            restarted,
            seen_until: None,
            notices: 0,
            notices_until: BTreeMap::new(),
            reports: Reports::new(),
            view,
            dirty: true,
            published,
            queues,
        })
    }

    async fn run(mut self, mut incoming: mpsc::Receiver<ToSession>) {
        self.publish();
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                message = incoming.recv() => match message {
                    Some(message) => self.on_message(message).await,
                    None => break,
                },
                next = self.queues.next(&mut tick) => match next {
                    Next::Talk(event) => self.on_link_event(event),
                    Next::Link(link) if self.first_leads() => self.on_link(link),
                    Next::Path(path) if self.first_leads() => self.end.path = Some(path),
                    // Of an end that has left.
                    Next::Link(_) | Next::Path(_) => {}
                    Next::Loaded(loaded) => self.on_loaded(loaded),
                    Next::Inner(inner) => self.on_inner_soon(inner).await,
                    Next::Tick => self.on_tick(),
                },
            }
            self.carry_out().await;
            self.carry_out_besides().await;
            if std::mem::take(&mut self.dirty) {
                self.publish();
            }
        }
        if !self.is_over() && !self.goes_down() {
            let reason = match self.config.side {
                Side::Rep => EndReason::RepEnded,
                Side::Customer => EndReason::CustomerEnded,
            };
            self.feed(Event::End(reason));
            self.carry_out().await;
        }
    }

    /// The end that the session began with still leads; what comes of others comes another way.
    fn first_leads(&self) -> bool {
        self.end.reports.links.same_channel(&self.queues.links.0)
    }

    fn now_ms(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }

    fn feed(&mut self, event: Event) {
        tracing::debug!(session = %self.config.id, ?event, "session");
        let now_ms = self.now_ms();
        self.end.machine.handle(now_ms, event);
        self.dirty = true;
    }

    fn relay_says(&self, message: ToRelay) {
        if self.config.to_relay.try_send(message).is_err() {
            tracing::warn!("a message to the relay was dropped");
        }
    }

    fn publish(&mut self) {
        self.refresh_view();
        self.view.revision += 1;
        self.published.send_replace(Arc::new(self.view.clone()));
    }
}

#[cfg(test)]
mod files_tests;
#[cfg(test)]
mod late_tests;
#[cfg(test)]
mod licence_tests;
#[cfg(test)]
mod restart_tests;
#[cfg(test)]
mod tests;
