//! One session's task: the state machine in the middle, everything around it told what to do.
//!
//! Nothing is decided here. What happened goes into [`Machine`], what it wants is carried out, and what people may see
//! goes into the [`View`]. Long work runs elsewhere and reports back.

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
mod notices;
mod pairing;
mod peer;
mod plugins;
mod prompts;
mod reach;
mod report;
mod requires;
mod restart;
mod rights;
mod running;
mod shared_values;
pub(crate) mod showing;
mod to_lead;
mod wishes;
mod words;

pub(crate) use guard::SessionGuard;
pub(crate) use restart::Restarted;

use crate::conversation::LinkEvent;
use crate::drawing::DrawingHost;
use crate::licence::LicenceCheck;
use crate::loading::{Loaded, Loader, Ready, Wanted};
use crate::neighbours::Neighbour;
use crate::plugin_store::{Fetched, PluginStore};
use crate::resume::ResumeNote;
use crate::shared::{CUSTOMER, INBOX_MAX, Inner, Shared};
use crate::storage::Storage;
use crate::surface::SurfaceHost;
use crate::view::{Access, Command, PluginView, View};
use crate::way_back::RestartConfig;
use beside::Beside;
use coming::Coming;
use end::{End, EndReports};
use licence::Licensed;
use lotse_drivers::DriverSet;
use lotse_protocol::control::{SessionId, SessionOffer, Side, ToRelay};
use lotse_protocol::handover::{HandOverOutcome, Target};
use lotse_protocol::licence::SignedLicence;
use lotse_protocol::peer::EndReason;
use lotse_protocol::question::QuestionId;
use lotse_protocol::shared::SharedRefusal;
use lotse_runtime::Runtime;
use lotse_session::{Event, Machine};
use lotse_transport::{Fingerprint, Identity, Link, PathHandle};
use prompts::Prompts;
use report::Reports;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use to_lead::ToLead;
use tokio::sync::{Notify, mpsc, watch};
use wishes::OpenWish;

/// Longest time between two looks at the clock, the link and the plugins' figures.
const TICK: Duration = Duration::from_millis(500);

/// What a session needs of its program.
pub(crate) struct SessionConfig {
    pub side: Side,
    pub id: SessionId,
    pub locale: String,
    /// This side's own flag; the other side hears of it.
    pub developer: bool,
    /// Consent given ahead.
    pub ahead: Vec<Access>,
    /// The join code's second half. `None`: the keys are known already.
    pub secret: Option<String>,
    pub restored: Option<Restored>,
    pub runtime: Runtime,
    /// Where links run.
    pub network: tokio::runtime::Handle,
    pub store: PluginStore,
    pub drivers: Option<Arc<DriverSet>>,
    pub guard: Arc<SessionGuard>,
    pub surfaces: Option<Arc<dyn SurfaceHost>>,
    /// Draws over this computer's own screen; `None`: nobody does.
    pub drawing: Option<Arc<dyn DrawingHost>>,
    /// Plugins' values: the program's own on the rep's side, those of this session on the customer's.
    pub storage: Arc<Storage>,
    /// Where the note lies that takes the session up after a crash; `None` on the rep's side.
    pub note: Option<PathBuf>,
    /// Where it is noted what came of files in part, for a program that is started again.
    pub files: PathBuf,
    /// Customer's side: how this computer is restarted; `None`: it is not.
    pub restart: Option<RestartConfig>,
    /// The relay's address, for that note.
    pub relay: String,
    /// Rep's side: the question that it began with.
    pub asked: Option<Asked>,
    /// Rep's side: its place among the other sessions.
    pub neighbour: Option<Neighbour>,
    pub to_relay: mpsc::Sender<ToRelay>,
}

/// The question that a session began with, or what it was when a colleague handed it over.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// `None`: it came from a colleague.
    pub question: Option<QuestionId>,
    /// What the customer is called; may be empty.
    pub name: String,
    pub text: String,
    pub portal: String,
    /// Operating system in words; may be empty.
    pub system: String,
    /// Name of the colleague; empty if it came from none.
    pub from: String,
    /// The rep agreed to see and do nothing else.
    pub looks_on: bool,
}

/// Keys and state of a session that this program was in before it was started again.
pub(crate) struct Restored {
    pub identity: Identity,
    pub peer: Fingerprint,
    pub accepted: bool,
    /// It was paused here.
    pub paused: bool,
    /// Features that it had.
    pub features: Vec<String>,
    /// The computer was restarted in between, at a plugin's wish.
    pub restarted: Option<Restarted>,
}

/// What a session is told from outside.
pub(crate) enum ToSession {
    Offer {
        offer: Box<SessionOffer>,
        relay: IpAddr,
        code_key: [u8; 32],
        licences: LicenceCheck,
    },
    /// The account's licence is another, or was renewed.
    Licence {
        licence: Arc<SignedLicence>,
        licences: LicenceCheck,
    },
    Signal(Vec<u8>),
    PairingFailed {
        attempts_left: u8,
    },
    Plugin {
        digest: [u8; 32],
        /// Shared with the other sessions that asked for it.
        fetched: Arc<Fetched>,
    },
    PluginMissing {
        digest: [u8; 32],
        reason: String,
    },
    /// Values that all reps of the account have in common came or changed.
    SharedChanged {
        plugin: String,
        whole: bool,
        keys: Vec<String>,
    },
    /// What became of a change to them, whoever in this program made it.
    SharedAnswered {
        plugin: String,
        key: String,
        outcome: Result<u64, SharedRefusal>,
    },
    /// The control connection is gone.
    ControlDown,
    /// The control connection stands again.
    ControlUp,
    /// The relay does not know the code that this session waits with.
    CodeVoid,
    /// The relay says that nobody is there who came with the code.
    CustomerLeft,
    /// The relay says that the customer's program is connected to it again.
    CustomerBack,
    /// The relay did not do what was asked of it; its reason, tidied.
    Refused {
        detail: String,
    },
    EndedByRelay {
        /// In the relay's words; `None` if it gives none that this version knows.
        why: Option<EndReason>,
    },
    Command(Command),
    /// Customer's side: of the end with this session, which may be one beside the one that leads.
    Of {
        session: SessionId,
        message: Box<ToSession>,
    },
    /// Customer's side: nobody waits behind the code of a second rep, or the relay does not let this program come.
    NobodyBeside,
    /// Rep's side: who else could help.
    Directory(Arc<Vec<Target>>),
    /// Rep's side: what became of the wish for another rep.
    HandOver(HandOverNews),
}

/// What the relay tells of a wish for another rep.
#[derive(Debug)]
pub(crate) enum HandOverNews {
    /// Somebody who may take it reads what is sealed to this key.
    Looked {
        key: Vec<u8>,
        /// The relay's number for them.
        reader: i64,
    },
    /// Whoever had taken it from a portal's queue did not come, and it stands there again.
    Waits,
    Answered {
        outcome: HandOverOutcome,
        by: String,
    },
    Code {
        by: String,
        body: Vec<u8>,
    },
    /// Whoever takes it is in the session already: by the line that the customer's program has to them as this session.
    Here {
        beside: SessionId,
        by: String,
    },
    /// This rep has said yes to taking the place of the colleague of that name, who may be in this session; or does not get it.
    Agreed {
        from: String,
        on: bool,
    },
    /// To whoever took it: it is theirs when the customer's program says so, by the line of this session.
    Yours,
    /// A manager wishes to look on.
    WatchAsked {
        to: String,
        by: String,
    },
}

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

/// Where the session's own parts report.
struct Queues {
    inner: (mpsc::Sender<Inner>, mpsc::Receiver<Inner>),
    links: (mpsc::Sender<Link>, mpsc::Receiver<Link>),
    talk: (mpsc::Sender<(u64, LinkEvent)>, mpsc::Receiver<(u64, LinkEvent)>),
    loaded: (mpsc::Sender<Loaded>, mpsc::Receiver<Loaded>),
    paths: (mpsc::Sender<PathHandle>, mpsc::Receiver<PathHandle>),
    /// Of ends that were begun beside another.
    ends: (mpsc::Sender<(SessionId, EndEvent)>, mpsc::Receiver<(SessionId, EndEvent)>),
}

/// What comes of an end that was begun beside another, whether or not it leads by now.
#[derive(Debug)]
pub(crate) enum EndEvent {
    Talk(u64, LinkEvent),
    Link(Link),
    Path(PathHandle),
}

impl Queues {
    fn new() -> Self {
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
    fn reports(&self) -> EndReports {
        let (links, paths, talk) = (self.links.0.clone(), self.paths.0.clone(), self.talk.0.clone());
        EndReports { links, paths, talk }
    }
}

/// One thing out of [`Queues`], or the clock.
enum Next {
    Talk((u64, LinkEvent)),
    Link(Link),
    Path(PathHandle),
    Loaded(Loaded),
    Inner(Inner),
    Tick,
}

/// Waits for the next thing of a session's own. Among several that are there chance decides, so that nobody who keeps one
/// queue full (the other side's host can) holds up questions, faults or the clock.
async fn next(queues: &mut Queues, tick: &mut tokio::time::Interval) -> Next {
    tokio::select! {
        Some(event) = queues.talk.1.recv() => Next::Talk(event),
        Some(link) = queues.links.1.recv() => Next::Link(link),
        Some(path) = queues.paths.1.recv() => Next::Path(path),
        Some(loaded) = queues.loaded.1.recv() => Next::Loaded(loaded),
        Some(inner) = queues.inner.1.recv() => Next::Inner(inner),
        Some((session, event)) = queues.ends.1.recv() => Next::Inner(Inner::End { session, event }),
        _ = tick.tick() => Next::Tick,
    }
}

/// A plugin of the session before and while it runs.
struct Plugin {
    view: PluginView,
    ready: Option<Ready>,
    /// Nothing more is waited for.
    settled: bool,
    /// It was started in this session, on this side.
    ran: bool,
    /// It was fetched, or is being fetched.
    asked: bool,
    /// It was loaded, or cannot be.
    answered: bool,
    /// Loaded, and not licensed.
    barred: Option<Ready>,
    /// Loaded, and never started for want of a plugin that it needs: that one may yet come.
    aside: Option<Ready>,
    /// It was started later than the session.
    late: bool,
    /// The other side has said that its half runs there.
    runs_there: bool,
}

impl Plugin {
    /// One that nothing is known of but its name.
    fn new(view: PluginView) -> Self {
        let (ready, barred, aside) = (None, None, None);
        let (settled, ran, asked, answered) = (false, false, false, false);
        Self { view, ready, settled, ran, asked, answered, barred, aside, late: false, runs_there: false }
    }
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
                next = next(&mut self.queues, &mut tick) => match next {
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

    /// Writes (or renews) what takes this session up after a crash of the customer's program.
    fn write_note(&self) {
        let (Some(place), Some(offer), Some(peer)) = (&self.config.note, &self.offer, self.end.peer_key) else {
            return;
        };
        if self.is_over() {
            return;
        }
        let note = ResumeNote {
            relay: self.config.relay.clone(),
            session: self.config.id.0,
            token: offer.token.0.clone(),
            identity: self.end.identity.to_bytes(),
            peer: peer.0,
            accepted: self.end.machine.accepted(),
            paused: self.paused_here,
            developer: self.config.developer,
            ahead: self.config.ahead.iter().map(|access| access.name().to_owned()).collect(),
            features: self.licensed.kept().iter().cloned().collect(),
            restart: self.restart_note(),
            beside: self.besides.iter().map(Beside::token).collect(),
        };
        if let Err(error) = note.write(place) {
            tracing::warn!(%error, "this session could not be noted: after a crash a new code will be needed");
            if self.paused_here {
                // One from before the pause would bring the session back without it.
                ResumeNote::remove(place);
            }
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
