//! The rep's core: one sign-in, codes, and a task for each session.
//!
//! Sessions are as many as the rep begins; only of those that are over the oldest are forgotten.

mod hand_overs;
mod licences;
mod notes;
mod questions;
mod refused;
mod resumes;
mod seats;
mod second_factor;
mod shared_values;

use crate::control::{Caller, Control, ControlEvent, ControlProblem};
use crate::desk;
use crate::drawing::DrawingHost;
use crate::licence::LicenceCheck;
use crate::loading::engine_name;
use crate::neighbours::{Neighbour, Neighbours};
use crate::plugin_store::{Fetched, PluginStore};
use crate::program::Context;
use crate::rep_view::{NotesView, RepCommand, RepConfig, RepSession, RepView, Seat, SecondFactor, SignIn};
use crate::session::{self, Asked, HandOverNews, SessionConfig, SessionGuard, SessionHandle, ToSession};
use crate::storage::Storage;
use crate::surface::SurfaceHost;
use crate::transfers::Leavings;
use crate::view::{Problem, SessionState, View};
use hand_overs::HandOvers;
use lotse_drivers::DriverSet;
use lotse_protocol::code::JoinCode;
use lotse_protocol::control::{FromRelay, Secret, SessionId, Side, SignInFailure, ToRelay};
use lotse_protocol::licence::{Licence, LicenceError};
use lotse_protocol::peer::EndReason;
use lotse_runtime::{Runtime, RuntimeOptions};
use notes::NotesBook;
use questions::Asking;
use resumes::Resumes;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc};

/// Sessions that are over and still on the list, with what was said in them. Those that run are never counted.
const ENDED_MAX: usize = 100;
const TICK: Duration = Duration::from_secs(1);

pub(crate) async fn run(
    config: RepConfig,
    storage: Arc<Storage>,
    (surfaces, drawing): (Arc<dyn SurfaceHost>, Option<Arc<dyn DrawingHost>>),
    mut context: Context<RepView, RepCommand>,
) {
    let runtime = match Runtime::new(RuntimeOptions { cache: Some(config.data_dir.join("code")) }) {
        Ok(runtime) => runtime,
        Err(problem) => {
            let sign_in = SignIn::Failed(Problem::Other { detail: problem.to_string() });
            context.publish(RepView { revision: 1, sign_in, ..RepView::default() });
            while context.commands.recv().await.is_some() {}
            return;
        }
    };
    let (to_relay, from_sessions) = mpsc::channel(256);
    let network = context.network.clone();
    let mut core = Core::new(config, storage, surfaces, (runtime, network), to_relay);
    core.drawing = drawing;
    core.run(&mut context, from_sessions).await;
}

struct Core {
    config: RepConfig,
    /// Plugins' lasting values, for all sessions.
    storage: Arc<Storage>,
    leavings: Leavings,
    surfaces: Arc<dyn SurfaceHost>,
    /// Draws over this computer's own screen.
    drawing: Option<Arc<dyn DrawingHost>>,
    runtime: Runtime,
    network: tokio::runtime::Handle,
    drivers: Option<Arc<DriverSet>>,
    store: PluginStore,
    to_relay: mpsc::Sender<ToRelay>,
    control: Option<(Control, mpsc::Receiver<ControlEvent>)>,
    /// The relay's address, its code key, and whether it is in developer mode, once it has greeted.
    greeting: Option<(IpAddr, [u8; 32], bool)>,
    /// What licences of the relay are checked by, once it has greeted.
    licences: Option<LicenceCheck>,
    /// The account's newest licence that was good, and why the newest one is not.
    licence: (Option<Licence>, Option<LicenceError>),
    sign_in: SignIn,
    seat: Seat,
    /// The relay has spoken of it since this sign-in was shown to it. It does so before it answers, if there is none.
    seat_said: bool,
    second_factor: SecondFactor,
    /// The same of the second factor.
    factor_said: bool,
    /// Kept only until the relay has answered, or until the rep has chosen a password or shown a code where that must be.
    credentials: Option<(String, Secret)>,
    /// What the rep chose as password, until the relay has answered and asks for nothing more.
    new_password: Option<Secret>,
    /// The code that the rep typed, until the relay has answered.
    code: Option<Secret>,
    token: Option<Secret>,
    /// When to sign in by the token once more, after the relay could not.
    again_at: Option<Instant>,
    /// A code was asked for while there was no sign-in to make it with.
    code_wanted: bool,
    /// What a signed-in rep is told, until they have read it.
    problem: Option<Problem>,
    sessions: Vec<Entry>,
    notes: NotesBook,
    questions: Asking,
    hand_overs: HandOvers,
    resumes: Resumes,
    /// Sessions that have ended so far.
    endings: u64,
    neighbours: Arc<Neighbours>,
    /// A session has a newer view.
    changed: Arc<Notify>,
    revision: u64,
}

struct Entry {
    id: SessionId,
    code: Option<JoinCode>,
    code_expires: Instant,
    /// Whose question it is, if it began with one; the code is in their page then.
    asked: Option<Asked>,
    /// What takes it up again; known since the customer joined.
    resume: Option<Secret>,
    /// Its place among those that are over; `None` while it is not.
    ended: Option<u64>,
    handle: SessionHandle,
}

impl Core {
    fn new(
        config: RepConfig,
        storage: Arc<Storage>,
        surfaces: Arc<dyn SurfaceHost>,
        (runtime, network): (Runtime, tokio::runtime::Handle),
        to_relay: mpsc::Sender<ToRelay>,
    ) -> Self {
        let drivers = desk::load_drivers(config.driver_dir.as_deref());
        let store = PluginStore::new(config.data_dir.join("plugins"), &engine_name());
        let leavings = Leavings::open(config.data_dir.join("files"), &network);
        let changed = Arc::new(Notify::new());
        Self {
            config,
            storage,
            leavings,
            surfaces,
            drawing: None,
            runtime,
            network,
            drivers,
            store,
            to_relay,
            control: None,
            greeting: None,
            licences: None,
            licence: (None, None),
            sign_in: SignIn::Out,
            seat: Seat::Held,
            seat_said: false,
            second_factor: SecondFactor::default(),
            factor_said: false,
            credentials: None,
            new_password: None,
            code: None,
            token: None,
            again_at: None,
            code_wanted: false,
            problem: None,
            sessions: Vec::new(),
            notes: NotesBook::default(),
            questions: Asking::default(),
            hand_overs: HandOvers::default(),
            resumes: Resumes::default(),
            endings: 0,
            neighbours: Neighbours::new(changed.clone()),
            changed,
            revision: 0,
        }
    }

    async fn run(mut self, context: &mut Context<RepView, RepCommand>, mut from_sessions: mpsc::Receiver<ToRelay>) {
        let mut tick = tokio::time::interval(TICK);
        loop {
            let changed = self.changed.clone();
            let mut publish = true;
            tokio::select! {
                biased;
                command = context.commands.recv() => match command {
                    Some(RepCommand::Session { session, command }) => {
                        publish = false;
                        self.to_session(session, ToSession::Command(command)).await;
                    }
                    Some(command) => self.on_command(command),
                    None => break,
                },
                event = next(&mut self.control) => self.on_control(event).await,
                Some(message) = from_sessions.recv() => { publish = false; self.say(message); }
                () = changed.notified() => {}
                _ = tick.tick() => {
                    let now = Instant::now();
                    self.sign_in_when_due(now);
                    self.say_notes(now);
                    self.look_for_help(now);
                    let over = self.questions.expire(now) | self.hand_overs.expire(now);
                    publish = over || self.sessions.iter().any(|entry| entry.code.is_some());
                }
            }
            if publish {
                self.forget_ended();
                self.say_notes(Instant::now());
                self.publish(context);
            }
        }
        self.say_all_notes(Instant::now());
        self.sessions.clear();
        // What the sessions say last still goes out.
        while let Ok(Some(message)) = tokio::time::timeout(Duration::from_millis(300), from_sessions.recv()).await {
            self.say(message);
        }
    }

    fn say(&self, message: ToRelay) {
        if let Some((control, _)) = &self.control {
            control.send(message);
        }
    }

    fn on_command(&mut self, command: RepCommand) {
        match command {
            RepCommand::SignIn { relay, user, password } => self.sign_in(&relay, user, password),
            RepCommand::SignOut => {
                self.say_all_notes(Instant::now());
                self.say(ToRelay::SignOut);
                self.leave();
                self.sign_in = SignIn::Out;
            }
            RepCommand::ChoosePassword { password } => self.choose_password(password),
            RepCommand::TakeSeat { seat } => self.take_seat(seat),
            RepCommand::SecondFactorCode { code } => self.second_factor_code(code),
            RepCommand::SetUpSecondFactor { password } => {
                self.change_second_factor(ToRelay::SetUpSecondFactor { password });
            }
            RepCommand::LeaveSecondFactor => self.leave_second_factor(),
            RepCommand::RemoveSecondFactor { password, code } => {
                self.change_second_factor(ToRelay::RemoveSecondFactor { password, code });
            }
            RepCommand::RenewRecoveryCodes { password, code } => {
                self.change_second_factor(ToRelay::RenewRecoveryCodes { password, code });
            }
            RepCommand::RecoveryCodesKept => self.second_factor.recovery_codes.clear(),
            RepCommand::RecoveryCodeNoted => self.second_factor.recovery_code_used = false,
            RepCommand::NewCode => self.new_code(),
            RepCommand::DismissProblem => self.problem = None,
            RepCommand::Session { .. } => {}
            RepCommand::Notes { session, text, on, at_once } => {
                self.write_notes(session, &text, on, at_once, Instant::now());
            }
            RepCommand::Close { session } => {
                self.notes.hurry(session);
                self.say(ToRelay::DropCode { session });
                self.sessions.retain(|entry| entry.id != session);
            }
            RepCommand::Availability(availability) => self.set_availability(availability),
            RepCommand::Ready { on } => self.set_ready(on),
            RepCommand::AnswerQuestion { question } => self.answer_question(question),
            RepCommand::PassQuestion { question } => self.pass_question(question),
            RepCommand::CloseQuestion { question } => self.close_question(question),
            RepCommand::Windows(windows) => self.neighbours.stand(windows),
            RepCommand::AnswerHandOver { offer, accept } => self.answer_hand_over(offer, accept),
        }
    }

    /// Ends the sessions and forgets the sign-in.
    fn leave(&mut self) {
        self.sessions.clear();
        self.notes.sign_in_over();
        self.shared_lost();
        self.token = None;
        self.credentials = None;
        self.new_password = None;
        self.code = None;
        self.control = None;
        self.greeting = None;
        self.licences = None;
        self.licence = (None, None);
        self.seat = Seat::Held;
        self.second_factor = SecondFactor::default();
        self.questions.relay_gone();
        self.hand_overs.relay_gone();
        self.forget_wishes();
    }

    /// Without a sign-in the wish is kept; once, since people press again when nothing happens.
    fn new_code(&mut self) {
        self.problem = None;
        match self.sign_in {
            SignIn::In { reconnecting: false, .. } => self.say(ToRelay::NewCode),
            SignIn::In { reconnecting: true, .. } | SignIn::Trying => self.code_wanted = true,
            SignIn::Out | SignIn::Refused(_) | SignIn::Failed(_) | SignIn::Ended(_) => {}
        }
    }

    fn forget_wishes(&mut self) {
        self.again_at = None;
        self.code_wanted = false;
        self.problem = None;
    }

    fn sign_in(&mut self, relay: &str, user: String, password: String) {
        self.forget_wishes();
        match relay.parse() {
            Ok(url) => {
                self.notes.begin(relay, &user);
                self.credentials = Some((user, Secret(password)));
                self.new_password = None;
                self.code = None;
                self.second_factor = SecondFactor::default();
                self.token = None;
                self.sign_in = SignIn::Trying;
                let caller = Caller { side: Side::Rep, engine: engine_name() };
                self.control = Some(Control::open(url, caller));
            }
            Err(problem) => {
                let problem: crate::relay_url::RelayUrlError = problem;
                self.sign_in = SignIn::Failed(Problem::RelayUnreachable { detail: problem.to_string() });
            }
        }
    }

    async fn on_control(&mut self, event: ControlEvent) {
        match event {
            ControlEvent::Up { address, code_key, developer, licences, notes } => {
                self.greeting = Some((address.ip(), code_key, developer));
                self.licences = Some(licences);
                self.notes.kept_by_relay = notes;
                // Where the rep is being asked for more, the answer goes over this connection.
                if !matches!(self.sign_in, SignIn::Refused(_)) {
                    self.introduce();
                }
            }
            ControlEvent::Down { problem } => {
                self.on_down(problem);
                for entry in &self.sessions {
                    let _ = entry.handle.inbox.send(ToSession::ControlDown).await;
                }
            }
            ControlEvent::Message(message) => self.on_message(message).await,
        }
    }

    /// Says who is there.
    fn introduce(&mut self) {
        self.seat_said = false;
        self.factor_said = false;
        let message = match (&self.token, &self.credentials) {
            (Some(token), _) => ToRelay::SignInAgain { token: token.clone() },
            (None, Some((user, password))) => self.with_password(user.clone(), password.clone()),
            (None, None) => return,
        };
        self.say(message);
    }

    /// With all that the relay has asked for so far.
    fn with_password(&self, user: String, password: Secret) -> ToRelay {
        let new_password = self.new_password.clone();
        match (self.code.clone(), new_password) {
            (Some(code), new_password) => {
                let first = self.second_factor.offer.is_some();
                ToRelay::SignInWithCode { user, password, new_password, code, first }
            }
            (None, Some(new_password)) => ToRelay::ChangePassword { user, password, new_password },
            (None, None) => ToRelay::SignIn { user, password },
        }
    }

    fn on_down(&mut self, problem: ControlProblem) {
        self.again_at = None;
        self.notes.lost();
        self.shared_lost();
        self.questions.relay_gone();
        self.hand_overs.relay_gone();
        match &mut self.sign_in {
            SignIn::In { reconnecting, .. } => {
                *reconnecting = true;
                // Trying on does not help until somebody updates something.
                if let ControlProblem::Incompatible(_) = problem {
                    self.problem = Some(problem_of(problem));
                }
            }
            SignIn::Trying => {
                self.sign_in = SignIn::Failed(problem_of(problem));
                self.control = None;
                self.credentials = None;
                self.new_password = None;
                self.code = None;
            }
            SignIn::Out | SignIn::Refused(_) | SignIn::Failed(_) | SignIn::Ended(_) => {}
        }
    }

    async fn on_message(&mut self, message: FromRelay) {
        match message {
            FromRelay::SignedIn { token, rep, account, contact } => {
                self.on_signed_in(token, rep, account, contact).await
            }
            FromRelay::SignInFailed(failure) => self.on_refused(failure),
            FromRelay::Code { session, nameplate, expires_in_s } => self.on_code(session, nameplate, expires_in_s),
            FromRelay::CodeExpired { session } => self.on_code_expired(session),
            FromRelay::CodesAlive { sessions } => self.on_codes_alive(&sessions).await,
            FromRelay::Session(offer) => {
                let (Some((relay, code_key, _)), Some(licences)) = (self.greeting, self.licences) else { return };
                let id = offer.session;
                if let Some(entry) = self.sessions.iter_mut().find(|entry| entry.id == id) {
                    entry.resume = Some(offer.token.clone());
                }
                self.resume_answered(id);
                self.to_session(id, ToSession::Offer { offer, relay, code_key, licences }).await;
            }
            FromRelay::Signal { session, body } => self.to_session(session, ToSession::Signal(body)).await,
            FromRelay::PairingFailed { session, attempts_left } => {
                self.to_session(session, ToSession::PairingFailed { attempts_left }).await
            }
            FromRelay::SessionEnded { session, reason } => {
                self.resume_answered(session);
                self.to_session(session, ToSession::EndedByRelay { why: EndReason::from_name(&reason) }).await
            }
            FromRelay::ResumeFailed { session } => self.on_resume_failed(session).await,
            FromRelay::Plugin { digest, package, code } => {
                let fetched = Arc::new(Fetched { package, code });
                for entry in self.who_wants(&digest) {
                    let fetched = fetched.clone();
                    let _ = entry.handle.inbox.send(ToSession::Plugin { digest, fetched }).await;
                }
            }
            FromRelay::PluginMissing { digest, reason } => {
                for entry in self.who_wants(&digest) {
                    let _ = entry.handle.inbox.send(ToSession::PluginMissing { digest, reason: reason.clone() }).await;
                }
            }
            FromRelay::Refused { reason } => self.on_refused_request(&reason),
            FromRelay::Presence { session, present } => {
                let what = if present { ToSession::CustomerBack } else { ToSession::CustomerLeft };
                self.to_session(session, what).await
            }
            FromRelay::Seat { waits } => self.on_seat(waits),
            FromRelay::SignInEnded(end) => self.on_ended(end),
            FromRelay::Licence { licence, now_s } => self.on_licence(licence, now_s).await,
            FromRelay::Notes { session, revision, text } => self.on_notes(session, revision, &text),
            FromRelay::NotesRefused { session, why, .. } => self.notes.refuse(session, why, Instant::now()),
            FromRelay::SecondFactorOffered { uri } => self.on_offered(uri),
            FromRelay::RecoveryCodes { codes } => self.on_recovery_codes(codes),
            FromRelay::SecondFactor(stands) => self.on_second_factor(stands),
            FromRelay::SecondFactorFailed(failure) => self.on_second_factor_failed(failure),
            FromRelay::Questions(queue) => self.on_questions(queue),
            FromRelay::QuestionOffered { question, for_s } => self.on_question_offered(*question, for_s),
            FromRelay::QuestionOver { question, end } => self.on_question_over(question, end),
            FromRelay::QuestionAnswered(answered) => self.on_question_answered(*answered),
            FromRelay::Directory { targets } => self.on_directory(targets).await,
            FromRelay::HandOverOffered { offer, for_s } => self.on_hand_over_offered(*offer, for_s),
            FromRelay::HandOverOver { offer, end } => {
                if let Some(session) = self.on_hand_over_over(offer, end) {
                    self.on_hand_over_news(session, HandOverNews::Yours).await;
                }
            }
            FromRelay::HandOverAccepted(accepted) => self.on_hand_over_accepted(*accepted),
            FromRelay::HandOverSummary { offer, body } => self.on_hand_over_summary(offer, &body),
            FromRelay::HandOverLooked { session, key, reader } => {
                self.on_hand_over_news(session, HandOverNews::Looked { key, reader }).await
            }
            FromRelay::HandOverWaits { session } => self.on_hand_over_news(session, HandOverNews::Waits).await,
            FromRelay::HandOverAnswered { session, outcome, by } => {
                self.on_hand_over_news(session, HandOverNews::Answered { outcome, by }).await
            }
            FromRelay::HandOverCode { session, by, body } => {
                self.on_hand_over_news(session, HandOverNews::Code { by, body }).await
            }
            FromRelay::HandOverHere { session, beside, by } => {
                self.on_hand_over_news(session, HandOverNews::Here { beside, by }).await
            }
            FromRelay::WatchAsked { session, to, by } => {
                self.on_hand_over_news(session, HandOverNews::WatchAsked { to, by }).await
            }
            FromRelay::Shared { plugin, revision, whole, values } => {
                self.on_shared(plugin, revision, whole, values).await;
            }
            FromRelay::SharedSet { plugin, key, outcome } => self.on_shared_set(plugin, key, outcome).await,
            FromRelay::Hello { .. } | FromRelay::JoinFailed(_) | FromRelay::Incompatible { .. } => {}
        }
    }

    async fn on_signed_in(&mut self, token: Secret, rep: String, account: String, contact: String) {
        self.credentials = None;
        self.new_password = None;
        self.token = Some(token);
        self.sign_in = SignIn::In { rep, account, contact, reconnecting: false };
        self.again_at = None;
        self.problem = None;
        self.second_factor_settled();
        if !self.seat_said {
            self.seat = Seat::Held;
        }
        if self.seat == Seat::Held {
            self.take_up_sessions();
        }
        for entry in &self.sessions {
            let _ = entry.handle.inbox.send(ToSession::ControlUp).await;
        }
        self.fetch_shared();
        self.say_availability();
        if std::mem::take(&mut self.code_wanted) {
            self.say(ToRelay::NewCode);
        }
        self.notes.again();
    }

    /// What still shows its code may be one that waits: the list of those that lead on comes next.
    fn take_up_sessions(&mut self) {
        let running = self.sessions.iter().filter(|entry| entry.code.is_none() && entry.resume.is_some());
        self.resumes = running.map(|entry| entry.id).collect();
        self.resume_more();
    }

    /// The relay has answered for a session that was to be taken up again.
    fn resume_answered(&mut self, id: SessionId) {
        self.resumes.answered(id);
        self.resume_more();
    }

    fn resume_more(&mut self) {
        while let Some(id) = self.resumes.next() {
            let token = self.sessions.iter().find(|entry| entry.id == id).and_then(|entry| entry.resume.clone());
            match token {
                Some(token) => self.say(ToRelay::Resume { session: id, token }),
                // It was closed meanwhile.
                None => self.resumes.answered(id),
            }
        }
    }

    /// Codes that the relay does not name lead nowhere any more. One whose customer has come may be a session by now. With
    /// those that it names nobody is there: whoever was is gone with the connection of before.
    async fn on_codes_alive(&mut self, alive: &[SessionId]) {
        let now = Instant::now();
        let mut void = Vec::new();
        for entry in self.sessions.iter().filter(|entry| entry.code.is_some()) {
            if alive.contains(&entry.id) {
                let _ = entry.handle.inbox.send(ToSession::CustomerLeft).await;
            } else if entry.resume.is_some() {
                self.resumes.add(entry.id);
            } else {
                void.push(entry.id);
            }
        }
        self.resume_more();
        for id in void {
            self.lose_code(id, now).await;
        }
    }

    async fn on_resume_failed(&mut self, id: SessionId) {
        self.resume_answered(id);
        if self.sessions.iter().any(|entry| entry.id == id && entry.code.is_some()) {
            self.lose_code(id, Instant::now()).await;
        } else {
            self.to_session(id, ToSession::EndedByRelay { why: None }).await;
        }
    }

    /// An expired code goes, as it does when the relay says so in time, and so does one that a page has: its question waits
    /// again. Any other stays to be seen as one that is void.
    async fn lose_code(&mut self, id: SessionId, now: Instant) {
        let Some(entry) = self.sessions.iter_mut().find(|entry| entry.id == id) else { return };
        if let Some(asked) = entry.asked.take() {
            self.sessions.retain(|entry| entry.id != id);
            self.questions.not_come(asked, now);
        } else if entry.code_expires <= now {
            self.sessions.retain(|entry| entry.id != id);
        } else {
            entry.code = None;
            let _ = entry.handle.inbox.send(ToSession::CodeVoid).await;
        }
    }

    /// What the sign-in was refused for. Where the rep must choose a password or show a code it goes on with that, over this
    /// connection.
    fn on_refused(&mut self, failure: SignInFailure) {
        self.sign_in = SignIn::Refused(failure);
        self.code = None;
        if second_factor::wants_code(failure) {
            if failure == SignInFailure::SecondFactorWanted {
                self.second_factor.offer = None;
            }
            return;
        }
        self.new_password = None;
        self.second_factor = SecondFactor::default();
        if seats::chooses(failure) {
            return;
        }
        self.questions.relay_gone();
        if failure == SignInFailure::AccountNotActive {
            // Whoever may not work here any more says so to their customers.
            self.sessions.clear();
            self.notes.sign_in_over();
        }
        self.credentials = None;
        self.token = None;
        self.control = None;
    }

    /// A new code, or one that is told again after a sign-in: that one is in its session already.
    fn on_code(&mut self, id: SessionId, nameplate: u32, expires_in_s: u64) {
        self.begin(id, nameplate, expires_in_s, None);
    }

    /// A session that waits for its customer. The code that stands for it, unless it cannot be begun or is past that.
    fn begin(&mut self, id: SessionId, nameplate: u32, expires_in_s: u64, asked: Option<Asked>) -> Option<JoinCode> {
        let code_expires = Instant::now() + Duration::from_secs(expires_in_s.min(86_400));
        if let Some(entry) = self.sessions.iter_mut().find(|entry| entry.id == id) {
            entry.code_expires = code_expires;
            return entry.code.clone();
        }
        let mut random = [0; 8];
        if ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut random).is_err() {
            self.no_code(id, "this computer gives no random numbers to make a code of".to_owned());
            return None;
        }
        let code = JoinCode::new(nameplate, u64::from_le_bytes(random));
        let config = SessionConfig {
            side: Side::Rep,
            id,
            locale: self.config.locale.clone(),
            developer: self.greeting.is_some_and(|(_, _, developer)| developer),
            ahead: Vec::new(),
            secret: Some(code.secret()),
            restored: None,
            runtime: self.runtime.clone(),
            network: self.network.clone(),
            store: self.store.clone(),
            drivers: self.drivers.clone(),
            guard: SessionGuard::new(None),
            surfaces: Some(self.surfaces.clone()),
            drawing: self.drawing.clone(),
            storage: self.storage.clone(),
            note: None,
            files: self.leavings.place(id),
            restart: None,
            relay: String::new(),
            asked: asked.clone(),
            neighbour: Some(Neighbour { own: id, all: self.neighbours.clone() }),
            to_relay: self.to_relay.clone(),
        };
        match session::start(config) {
            Ok(handle) => {
                follow(&handle, self.changed.clone());
                let entry =
                    Entry { id, code: Some(code.clone()), code_expires, asked, resume: None, ended: None, handle };
                self.sessions.push(entry);
                Some(code)
            }
            Err(problem) => {
                self.no_code(id, problem.to_string());
                None
            }
        }
    }

    /// A code that the relay gave and this side can do nothing with.
    fn no_code(&mut self, id: SessionId, detail: String) {
        tracing::error!(detail, "a session could not be begun");
        self.say(ToRelay::DropCode { session: id });
        self.problem = Some(Problem::Other { detail });
    }

    /// Of the sessions that are over the newest stay on the list.
    fn forget_ended(&mut self) {
        for entry in self.sessions.iter_mut().filter(|entry| entry.ended.is_none()) {
            if entry.is_over() {
                self.endings += 1;
                entry.ended = Some(self.endings);
                self.notes.hurry(entry.id);
            }
        }
        let mut ended: Vec<u64> = self.sessions.iter().filter_map(|entry| entry.ended).collect();
        ended.sort_unstable();
        let Some(last) = ended.len().checked_sub(ENDED_MAX + 1).and_then(|at| ended.get(at)) else { return };
        self.sessions.retain(|entry| entry.ended.is_none_or(|number| number > *last));
    }

    /// Sessions that have asked for a plugin and wait for it.
    fn who_wants<'a>(&'a self, digest: &[u8; 32]) -> impl Iterator<Item = &'a Entry> + use<'a> {
        let digest = *digest;
        self.sessions.iter().filter(move |entry| entry.handle.wanted.has(&digest))
    }

    async fn to_session(&self, id: SessionId, message: ToSession) {
        if let Some(entry) = self.sessions.iter().find(|entry| entry.id == id) {
            let _ = entry.handle.inbox.send(message).await;
        }
    }

    fn publish(&mut self, context: &Context<RepView, RepCommand>) {
        self.revision += 1;
        let reach = self.reach_of_notes();
        let mut sessions: Vec<RepSession> =
            self.sessions.iter_mut().map(|entry| entry.show(self.notes.view(entry.id, reach))).collect();
        self.neighbours.settle(&mut sessions);
        let (sign_in, problem) = (self.sign_in.clone(), self.problem.clone());
        context.publish(RepView {
            revision: self.revision,
            sign_in,
            seat: self.seat.clone(),
            licence: self.licence_view(),
            second_factor: self.second_factor.clone(),
            problem,
            sessions,
            questions: self.questions.shown.clone(),
            orders: self.neighbours.orders(),
            hand_over: self.hand_overs.shown().cloned().map(Arc::new),
        });
    }
}

impl Entry {
    fn is_over(&self) -> bool {
        matches!(self.handle.view.borrow().state, SessionState::Ended { .. } | SessionState::Failed { .. })
    }

    fn show(&mut self, notes: NotesView) -> RepSession {
        let view: Arc<View> = self.handle.view.borrow().clone();
        if !matches!(view.state, SessionState::Waiting | SessionState::Connecting { .. }) {
            self.code = None;
        }
        let code_expires_in_s = self.code_expires.saturating_duration_since(Instant::now()).as_secs();
        RepSession { id: self.id, code: self.code.clone(), code_expires_in_s, view, notes, unread: 0 }
    }
}

/// Wakes the core for each newer view of a session.
pub(crate) fn follow(handle: &SessionHandle, changed: Arc<Notify>) {
    let mut view = handle.view.clone();
    tokio::spawn(async move {
        while view.changed().await.is_ok() {
            changed.notify_one();
        }
    });
}

/// Next event of the control connection; never, while there is none.
pub(crate) async fn next(control: &mut Option<(Control, mpsc::Receiver<ControlEvent>)>) -> ControlEvent {
    if let Some((_, events)) = control
        && let Some(event) = events.recv().await
    {
        return event;
    }
    std::future::pending().await
}

pub(crate) fn problem_of(problem: ControlProblem) -> Problem {
    match problem {
        ControlProblem::Unreachable(detail) => Problem::RelayUnreachable { detail },
        ControlProblem::NotTrusted => Problem::RelayNotTrusted,
        ControlProblem::Incompatible(detail) => Problem::Incompatible { detail },
    }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod questions_tests;
