//! The customer's core: a typed code, one session, and coming back into it after a crash.

use crate::control::{Caller, Control, ControlEvent, ControlProblem, next_event};
use crate::customer_view::{CustomerCommand, CustomerConfig, CustomerView};
use crate::desk;
use crate::drawing::DrawingHost;
use crate::join_link::JoinLink;
use crate::known_relays::KnownRelays;
use crate::licence::LicenceCheck;
use crate::loading::engine_name;
use crate::occupied::Occupied;
use crate::own_windows::OwnWindows;
use crate::plugin_store::{Fetched, PluginStore};
use crate::program::Context;
use crate::refusal;
use crate::resume::ResumeNote;
use crate::session::{self, Restarted, Restored, SessionConfig, SessionGuard, SessionHandle, ToSession};
use crate::storage::Storage;
use crate::surface::SurfaceHost;
use crate::view::{Access, Command, Problem, SessionState, Step, View};
use lotse_drivers::DriverSet;
use lotse_protocol::code::JoinCode;
use lotse_protocol::control::{FromRelay, JoinFailure, Secret, SessionId, SessionOffer, Side, ToRelay};
use lotse_protocol::handover::BESIDE_MAX;
use lotse_protocol::peer::EndReason;
use lotse_runtime::{Runtime, RuntimeOptions};
use lotse_transport::{Fingerprint, Identity};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc};

/// Ends beside the first whose tokens are kept: those that there can be, and as many that are just leaving.
const ENDS_MAX: usize = 2 * BESIDE_MAX;
/// Without a relay for this long a join is given up, and said so.
const JOIN_PATIENCE: Duration = Duration::from_secs(12);

pub(crate) async fn run(
    config: CustomerConfig,
    (windows, surfaces, drawing): (Arc<dyn OwnWindows>, Option<Arc<dyn SurfaceHost>>, Option<Arc<dyn DrawingHost>>),
    mut context: Context<CustomerView, CustomerCommand>,
) {
    let runtime = match Runtime::new(RuntimeOptions { cache: None }) {
        Ok(runtime) => runtime,
        Err(problem) => {
            let view = failed(Problem::Other { detail: problem.to_string() });
            context.publish(CustomerView { revision: 1, session: Some(Arc::new(view)), ..CustomerView::default() });
            while context.commands.recv().await.is_some() {}
            return;
        }
    };
    let drivers = desk::load_drivers(config.driver_dir.as_deref());
    let store = PluginStore::new(config.data_dir.join("plugins"), &engine_name());
    let (to_relay, from_session) = mpsc::channel(256);
    let mut core = Core {
        note: config.data_dir.join("session.json"),
        known: KnownRelays::within(&config.data_dir),
        home: config.relay.clone(),
        by_link: false,
        config,
        windows,
        surfaces,
        drawing,
        runtime,
        network: context.network.clone(),
        drivers,
        store,
        to_relay,
        control: None,
        greeting: None,
        licences: None,
        joining: Joining::Idle,
        besides: BTreeMap::new(),
        restarted: None,
        session: None,
        passed_over: false,
        occupied: None,
        changed: Arc::new(Notify::new()),
        revision: 0,
    };
    core.take_up();
    core.run(&mut context, from_session).await;
}

/// What one session is begun with: developer mode, and what was allowed ahead in it.
struct Trust {
    developer: bool,
    ahead: Vec<Access>,
}

/// What is said to the relay when the connection stands.
enum Joining {
    Idle,
    /// A code was typed and the relay has not brought the rep yet.
    Code {
        code: JoinCode,
        name: String,
        since: Instant,
    },
    /// In a session: it is taken up again on each new connection.
    In {
        session: SessionId,
        token: Secret,
    },
    /// From the note of a program that was stopped within a session.
    Back {
        note: Box<ResumeNote>,
        since: Instant,
    },
    Failed(Problem),
}

struct Core {
    config: CustomerConfig,
    windows: Arc<dyn OwnWindows>,
    surfaces: Option<Arc<dyn SurfaceHost>>,
    /// Draws over this computer's own screen.
    drawing: Option<Arc<dyn DrawingHost>>,
    note: PathBuf,
    /// Relays that sessions were reached through.
    known: KnownRelays,
    /// The relay of typed codes; empty: that of the last link.
    home: String,
    /// The session was begun by a link, and its relay is not remembered yet.
    by_link: bool,
    runtime: Runtime,
    network: tokio::runtime::Handle,
    drivers: Option<Arc<DriverSet>>,
    store: PluginStore,
    to_relay: mpsc::Sender<ToRelay>,
    control: Option<(Control, mpsc::Receiver<ControlEvent>)>,
    greeting: Option<(IpAddr, [u8; 32], bool)>,
    /// What licences of the relay are checked by, once it has greeted.
    licences: Option<LicenceCheck>,
    joining: Joining,
    /// What takes further ends of the session up again: to reps beside the first, or to whoever took over.
    besides: BTreeMap<SessionId, Secret>,
    /// This program came back by a restart of the computer.
    restarted: Option<Restarted>,
    session: Option<SessionHandle>,
    /// A link was not followed, since there was a session or one on its way.
    passed_over: bool,
    /// Said to other programs on this data folder while that is so.
    occupied: Option<Occupied>,
    changed: Arc<Notify>,
    revision: u64,
}

impl Core {
    async fn run(
        mut self,
        context: &mut Context<CustomerView, CustomerCommand>,
        mut from_session: mpsc::Receiver<ToRelay>,
    ) {
        self.publish(context);
        loop {
            let changed = self.changed.clone();
            tokio::select! {
                biased;
                command = context.commands.recv() => match command {
                    Some(command) => self.on_command(command).await,
                    None => break,
                },
                event = next_event(&mut self.control) => self.on_control(event).await,
                Some(message) = from_session.recv() => self.say(message),
                () = changed.notified() => {}
            }
            self.publish(context);
        }
        self.session = None;
        while let Ok(Some(message)) = tokio::time::timeout(Duration::from_millis(300), from_session.recv()).await {
            self.say(message);
        }
    }

    fn say(&self, message: ToRelay) {
        if let Some((control, _)) = &self.control {
            control.send(message);
        }
    }

    /// Goes back into the session that this program was in when it was stopped.
    fn take_up(&mut self) {
        if let Some(note) = ResumeNote::read(&self.note) {
            self.restarted = note.restart.as_ref().and_then(|restart| {
                let seconds = restart.used(crate::system::unix_s())?;
                Some(Restarted { plugin: restart.plugin.clone(), seconds })
            });
            self.config.relay.clone_from(&note.relay);
            self.joining = Joining::Back { note: Box::new(note), since: Instant::now() };
            self.connect();
        } else {
            self.discard_transfers();
        }
    }

    fn connect(&mut self) {
        match self.config.relay.parse::<crate::relay_url::RelayUrl>() {
            Ok(url) => {
                let caller = Caller { side: Side::Customer, engine: engine_name() };
                self.control = Some(Control::open(url, caller));
            }
            Err(problem) => self.fail(Problem::RelayUnreachable { detail: problem.to_string() }),
        }
    }

    fn fail(&mut self, problem: Problem) {
        // A session that runs ends with it: nothing goes on behind a page that says it failed.
        self.session = None;
        self.besides.clear();
        self.joining = Joining::Failed(problem);
        self.control = None;
        self.greeting = None;
    }

    async fn on_command(&mut self, command: CustomerCommand) {
        match command {
            CustomerCommand::Join { code, name } => {
                if self.in_session() {
                    return;
                }
                if !self.home.is_empty() {
                    self.config.relay.clone_from(&self.home);
                }
                self.by_link = false;
                self.join(code, name);
            }
            CustomerCommand::Follow(link) => {
                // Nothing that a browser handed on takes a session's place, nor that of one on its way.
                if self.is_busy() {
                    self.passed_over = true;
                    return;
                }
                let JoinLink { relay, code, name } = *link;
                self.config.relay = relay.to_string();
                self.by_link = true;
                self.join(code, name);
            }
            CustomerCommand::Session(Command::End | Command::StopEverything) if self.session.is_none() => self.leave(),
            CustomerCommand::Session(command) => self.to_session(ToSession::Command(command)).await,
            CustomerCommand::Leave if self.in_session() => self.to_session(ToSession::Command(Command::End)).await,
            CustomerCommand::Leave => self.leave(),
        }
    }

    fn join(&mut self, code: JoinCode, name: String) {
        self.session = None;
        self.besides.clear();
        self.joining = Joining::Code { code, name, since: Instant::now() };
        self.connect();
    }

    /// Remembers a link's relay once a session stands: then the customer has said yes to somebody there. The relay that the
    /// program was started for is known without that.
    fn remember_relay(&mut self) {
        let active = |session: &SessionHandle| session.view.borrow().state == SessionState::Active;
        if self.by_link && self.session.as_ref().is_some_and(active) {
            self.by_link = false;
            self.known.add(&self.config.relay);
        }
    }

    fn leave(&mut self) {
        ResumeNote::remove(&self.note);
        self.discard_transfers();
        self.session = None;
        self.besides.clear();
        self.joining = Joining::Idle;
        self.control = None;
        self.greeting = None;
    }

    /// What was begun in a session that nobody comes back into is not gone on with. Disks are not waited for.
    fn discard_transfers(&self) {
        let note = self.note.clone();
        tokio::task::spawn_blocking(move || crate::transfers::discard(&note));
    }

    fn in_session(&self) -> bool {
        let over = |view: &View| matches!(view.state, SessionState::Ended { .. } | SessionState::Failed { .. });
        self.session.as_ref().is_some_and(|session| !over(&session.view.borrow()))
    }

    /// In a session, on the way into one, or back into one.
    fn is_busy(&self) -> bool {
        match self.joining {
            Joining::Code { .. } | Joining::Back { .. } => true,
            Joining::In { .. } | Joining::Idle | Joining::Failed(_) => self.in_session(),
        }
    }

    async fn on_control(&mut self, event: ControlEvent) {
        match event {
            ControlEvent::Up { address, developer, code_key, licences, notes: _ } => {
                self.greeting = Some((address.ip(), code_key, developer));
                self.licences = Some(licences);
                if self.config.developer && !developer {
                    let detail =
                        "this relay is not in developer mode, so this program must be started without --developer"
                            .to_owned();
                    return self.fail(Problem::Other { detail });
                }
                self.introduce();
                self.to_session(ToSession::ControlUp).await;
            }
            ControlEvent::Down { problem } => {
                self.on_down(problem);
                self.to_session(ToSession::ControlDown).await;
            }
            ControlEvent::Message(message) => self.on_message(message).await,
        }
    }

    fn introduce(&self) {
        match &self.joining {
            Joining::Code { code, name, .. } => {
                self.say(ToRelay::Join {
                    nameplate: code.nameplate(),
                    name: name.clone(),
                    system: crate::system::name(),
                });
            }
            Joining::In { session, token } => {
                self.say(ToRelay::Resume { session: *session, token: token.clone() });
                for (session, token) in &self.besides {
                    self.say(ToRelay::Resume { session: *session, token: token.clone() });
                }
            }
            Joining::Back { note, .. } => {
                self.say(ToRelay::Resume { session: SessionId(note.session), token: Secret(note.token.clone()) });
                // Their keys went with the program that had them: taken up, they end.
                for (session, token) in note.beside.iter().take(BESIDE_MAX) {
                    self.say(ToRelay::Resume { session: SessionId(*session), token: Secret(token.clone()) });
                }
            }
            Joining::Idle | Joining::Failed(_) => {}
        }
    }

    /// The session is the one that is being taken up from the note.
    fn is_back_from(&self, session: SessionId) -> bool {
        matches!(&self.joining, Joining::Back { note, .. } if note.session == session.0)
    }

    /// A first join is tried for a short while; a running session for as long as it lasts.
    fn on_down(&mut self, problem: ControlProblem) {
        let final_problem = matches!(problem, ControlProblem::NotTrusted | ControlProblem::Incompatible(_));
        match &self.joining {
            Joining::Code { since, .. } if final_problem || since.elapsed() > JOIN_PATIENCE => {
                self.fail(problem.into())
            }
            Joining::Back { since, .. }
                if since.elapsed() > Duration::from_secs(lotse_protocol::control::CUSTOMER_WAIT_S) =>
            {
                ResumeNote::remove(&self.note);
                self.discard_transfers();
                self.fail(problem.into());
            }
            Joining::Code { .. } | Joining::Back { .. } | Joining::In { .. } | Joining::Idle | Joining::Failed(_) => {}
        }
    }

    async fn on_message(&mut self, message: FromRelay) {
        match message {
            FromRelay::Session(offer) => self.on_offer(offer).await,
            FromRelay::JoinFailed(failure) if matches!(self.joining, Joining::Code { .. }) => {
                self.fail(join_problem(failure));
            }
            // In a session only a further rep is ever come to.
            FromRelay::JoinFailed(_) => self.to_session(ToSession::NobodyBeside).await,
            FromRelay::ResumeFailed { session } if self.is_back_from(session) => self.leave(),
            FromRelay::ResumeFailed { session } => {
                self.to_end(session, ToSession::EndedByRelay { why: None }).await;
                self.forget_end(session);
            }
            FromRelay::SessionEnded { session, reason } => {
                let why = EndReason::from_name(&reason);
                self.to_end(session, ToSession::EndedByRelay { why }).await;
                self.forget_end(session);
            }
            FromRelay::Signal { session, body } => self.to_end(session, ToSession::Signal(body)).await,
            FromRelay::PairingFailed { session, attempts_left } => {
                self.to_end(session, ToSession::PairingFailed { attempts_left }).await
            }
            FromRelay::Plugin { digest, package, code } => {
                self.to_session(ToSession::Plugin { digest, fetched: Arc::new(Fetched { package, code }) }).await;
            }
            FromRelay::PluginMissing { digest, reason } => {
                self.to_session(ToSession::PluginMissing { digest, reason }).await
            }
            FromRelay::Refused { reason } => self.on_refused(&reason).await,
            FromRelay::Licence { licence, now_s } => {
                let Some(licences) = self.licences.map(|licences| licences.told(now_s)) else { return };
                self.licences = Some(licences);
                self.to_session(ToSession::Licence { licence: Arc::new(licence), licences }).await;
            }
            FromRelay::Hello { .. }
            | FromRelay::SignedIn { .. }
            | FromRelay::SignInFailed(_)
            | FromRelay::Code { .. }
            | FromRelay::CodeExpired { .. }
            | FromRelay::CodesAlive { .. }
            | FromRelay::Presence { .. }
            | FromRelay::Seat { .. }
            | FromRelay::SignInEnded(_)
            // Not for a customer's eyes; a relay sends none.
            | FromRelay::Notes { .. }
            | FromRelay::NotesRefused { .. }
            | FromRelay::SecondFactorOffered { .. }
            | FromRelay::RecoveryCodes { .. }
            | FromRelay::SecondFactor(_)
            | FromRelay::SecondFactorFailed(_)
            | FromRelay::Questions(_)
            | FromRelay::QuestionOffered { .. }
            | FromRelay::QuestionOver { .. }
            | FromRelay::QuestionAnswered(_)
            | FromRelay::Directory { .. }
            | FromRelay::HandOverOffered { .. }
            | FromRelay::HandOverOver { .. }
            | FromRelay::HandOverAccepted(_)
            | FromRelay::HandOverLooked { .. }
            | FromRelay::HandOverSummary { .. }
            | FromRelay::HandOverAnswered { .. }
            | FromRelay::HandOverCode { .. }
            | FromRelay::HandOverHere { .. }
            | FromRelay::HandOverWaits { .. }
            | FromRelay::WatchAsked { .. }
            | FromRelay::Shared { .. }
            | FromRelay::SharedSet { .. }
            | FromRelay::Incompatible { .. } => {}
        }
    }

    /// Before a session it was the way into it that was refused; later it is told within the session.
    async fn on_refused(&mut self, reason: &str) {
        let detail = refusal::tidy(reason);
        tracing::warn!(detail, "the relay refused a request");
        match &self.joining {
            Joining::Code { .. } | Joining::Back { .. } => self.fail(Problem::Refused { detail }),
            Joining::In { .. } => {
                self.to_session(ToSession::Refused { detail }).await;
                // It may have been the way to a second rep.
                self.to_session(ToSession::NobodyBeside).await;
            }
            Joining::Idle | Joining::Failed(_) => {}
        }
    }

    async fn on_offer(&mut self, offer: Box<SessionOffer>) {
        let (Some((relay, code_key, _)), Some(licences)) = (self.greeting, self.licences) else { return };
        let id = offer.session;
        if let Joining::In { session, .. } = &self.joining
            && *session != id
        {
            if self.besides.len() >= ENDS_MAX && !self.besides.contains_key(&id) {
                return self.say(ToRelay::EndSession { session: id, reason: "over".to_owned() });
            }
            self.besides.insert(id, offer.token.clone());
            return self.to_end(id, ToSession::Offer { offer, relay, code_key, licences }).await;
        }
        let next = Joining::In { session: offer.session, token: offer.token.clone() };
        let begun = match std::mem::replace(&mut self.joining, next) {
            Joining::Code { code, .. } => {
                let developer = self.config.developer;
                let ahead = if developer { self.config.allow.clone() } else { Vec::new() };
                self.begin(offer.session, Some(code.secret()), None, Trust { developer, ahead })
            }
            Joining::Back { note, .. } => self.begin_again(offer.session, &note),
            Joining::In { .. } => Ok(()),
            Joining::Idle => {
                self.joining = Joining::Idle;
                return;
            }
            Joining::Failed(problem) => {
                self.joining = Joining::Failed(problem);
                return;
            }
        };
        match begun {
            // The session knows whether this end leads still: the relay may have missed that it left.
            Ok(()) => self.to_end(id, ToSession::Offer { offer, relay, code_key, licences }).await,
            Err(detail) => self.fail(Problem::Other { detail }),
        }
    }

    fn begin(
        &mut self,
        id: SessionId,
        secret: Option<String>,
        restored: Option<Restored>,
        trust: Trust,
    ) -> Result<(), String> {
        let config = SessionConfig {
            side: Side::Customer,
            id,
            locale: self.config.locale.clone(),
            developer: trust.developer,
            ahead: trust.ahead,
            secret,
            restored,
            runtime: self.runtime.clone(),
            network: self.network.clone(),
            store: self.store.clone(),
            drivers: self.drivers.clone(),
            guard: SessionGuard::new(Some(self.windows.clone())),
            surfaces: self.surfaces.clone(),
            drawing: self.drawing.clone(),
            storage: Arc::new(Storage::of_session()),
            note: Some(self.note.clone()),
            files: crate::transfers::place_beside(&self.note),
            restart: self.config.restart.clone(),
            relay: self.config.relay.clone(),
            asked: None,
            neighbour: None,
            to_relay: self.to_relay.clone(),
        };
        let handle = session::start(config).map_err(|problem| problem.to_string())?;
        handle.follow(self.changed.clone());
        self.session = Some(handle);
        Ok(())
    }

    fn begin_again(&mut self, id: SessionId, note: &ResumeNote) -> Result<(), String> {
        let identity = Identity::from_bytes(&note.identity).map_err(|problem| problem.to_string())?;
        if note.developer && !self.greeting.is_some_and(|(_, _, developer)| developer) {
            return Err("the relay is no longer in developer mode".to_owned());
        }
        let ahead = note.ahead.iter().filter_map(|name| Access::from_name(name)).collect();
        let restored = Restored {
            identity,
            peer: Fingerprint(note.peer),
            accepted: note.accepted,
            paused: note.paused,
            features: note.features.clone(),
            restarted: self.restarted.take(),
        };
        self.begin(id, None, Some(restored), Trust { developer: note.developer, ahead })
    }

    /// What the relay says of one end of the session.
    async fn to_end(&self, session: SessionId, message: ToSession) {
        self.to_session(ToSession::Of { session, message: Box::new(message) }).await;
    }

    /// An end is over. If it was the one that led, another leads now, or all is over.
    fn forget_end(&mut self, id: SessionId) {
        self.besides.remove(&id);
        if let Joining::In { session, token } = &mut self.joining
            && *session == id
            && let Some((next, its_token)) = self.besides.pop_first()
        {
            (*session, *token) = (next, its_token);
        }
    }

    async fn to_session(&self, message: ToSession) {
        if let Some(session) = &self.session {
            let _ = session.inbox.send(message).await;
        }
    }

    fn publish(&mut self, context: &Context<CustomerView, CustomerCommand>) {
        self.remember_relay();
        let busy = self.is_busy();
        self.passed_over &= busy;
        self.occupied = self.occupied.take().filter(|_| busy);
        if busy && self.occupied.is_none() {
            self.occupied = Occupied::take(&self.config.data_dir);
        }
        self.revision += 1;
        let waiting = |step| View {
            state: SessionState::Connecting { step },
            developer: self.config.developer,
            ..View::default()
        };
        let session = match (&self.session, &self.joining) {
            (_, Joining::Failed(problem)) => Some(Arc::new(failed(problem.clone()))),
            (Some(session), _) => Some(session.view.borrow().clone()),
            (None, Joining::Code { .. } | Joining::Back { .. } | Joining::In { .. }) => {
                Some(Arc::new(waiting(Step::Relay)))
            }
            (None, Joining::Idle) => None,
        };
        context.publish(CustomerView { revision: self.revision, session, passed_over: self.passed_over });
    }
}

fn failed(problem: Problem) -> View {
    View { state: SessionState::Failed { problem }, ..View::default() }
}

fn join_problem(failure: JoinFailure) -> Problem {
    match failure {
        JoinFailure::Unknown => Problem::CodeUnknown,
        JoinFailure::Expired => Problem::CodeExpired,
        JoinFailure::Used => Problem::CodeUsed,
        JoinFailure::RepGone => Problem::RepGone,
        JoinFailure::TooMany { wait_s } => Problem::TooManyAttempts { wait_s },
        JoinFailure::RepBusy => Problem::RepBusy,
    }
}

#[cfg(test)]
#[path = "customer_core_tests.rs"]
mod tests;
