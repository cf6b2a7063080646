//! The rep's core: one sign-in, codes, and a task for each session.
//!
//! Sessions are as many as the rep begins; only of those that are over the oldest are forgotten.

mod codes;
mod hand_overs;
mod licences;
mod messages;
mod notes;
mod questions;
mod refused;
mod resumes;
mod seats;
mod second_factor;
mod sessions;
mod shared_values;
mod sign_in;

use crate::control::{Control, ControlEvent, next_event};
use crate::desk;
use crate::drawing::DrawingHost;
use crate::left_behind::LeftBehind;
use crate::licence::LicenceCheck;
use crate::loading::engine_name;
use crate::neighbours::Neighbours;
use crate::plugin_store::PluginStore;
use crate::program::Context;
use crate::rep_view::{RepCommand, RepConfig, RepSession, RepView, Seat, SecondFactor, SignIn};
use crate::session::ToSession;
use crate::storage::Storage;
use crate::surface::SurfaceHost;
use crate::view::Problem;
use hand_overs::HandOvers;
use lotse_drivers::DriverSet;
use lotse_protocol::control::{Secret, ToRelay};
use lotse_protocol::licence::{Licence, LicenceError};
use lotse_runtime::{Runtime, RuntimeOptions};
use notes::NotesBook;
use questions::Asking;
use resumes::Resumes;
use sessions::Entry;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc};

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
    left_behind: LeftBehind,
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
        let left_behind = LeftBehind::open(&config.data_dir, &network);
        let changed = Arc::new(Notify::new());
        Self {
            config,
            storage,
            left_behind,
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
                event = next_event(&mut self.control) => self.on_control(event).await,
                Some(message) = from_sessions.recv() => { publish = false; self.say(message); }
                () = changed.notified() => {}
                () = self.left_behind.found() => { publish = false; self.take_up_left_behind(); }
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
            RepCommand::SignOut => self.sign_out(),
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

#[cfg(test)]
mod tests;

#[cfg(test)]
mod left_behind_tests;

#[cfg(test)]
mod questions_tests;

#[cfg(test)]
mod second_factor_tests;
