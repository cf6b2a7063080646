//! The customer's core: a typed code or a link (`joining`), one session (`sessions`), and coming back into it after a crash
//! (`resuming`).

mod joining;
mod messages;
mod resuming;
mod sessions;

use crate::control::{Control, ControlEvent, next_event};
use crate::customer_view::{CustomerCommand, CustomerConfig, CustomerView};
use crate::desk;
use crate::drawing::DrawingHost;
use crate::join_link::JoinLink;
use crate::known_relays::KnownRelays;
use crate::licence::LicenceCheck;
use crate::loading::engine_name;
use crate::occupied::Occupied;
use crate::own_windows::OwnWindows;
use crate::plugin_store::PluginStore;
use crate::program::Context;
use crate::session::{Restarted, SessionHandle, ToSession};
use crate::surface::SurfaceHost;
use crate::view::{Command, Problem, SessionState, Step, View};
use joining::Joining;
use lotse_drivers::DriverSet;
use lotse_protocol::control::{Secret, SessionId, ToRelay};
use lotse_runtime::{Runtime, RuntimeOptions};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};

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

    /// Remembers a link's relay once a session stands: then the customer has said yes to somebody there. The relay that the
    /// program was started for is known without that.
    fn remember_relay(&mut self) {
        let active = |session: &SessionHandle| session.view.borrow().state == SessionState::Active;
        if self.by_link && self.session.as_ref().is_some_and(active) {
            self.by_link = false;
            self.known.add(&self.config.relay);
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

#[cfg(test)]
#[path = "customer_core_tests.rs"]
mod tests;
