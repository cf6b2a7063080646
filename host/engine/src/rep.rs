//! The rep's program without its windows: one sign-in at one relay, and any number of sessions.

use crate::storage::Storage;
use crate::surface::SurfaceHost;
use crate::view::{Command, Problem, View};
use lotse_protocol::code::JoinCode;
use lotse_protocol::control::{SessionId, SignInFailure};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What the program needs to know before anybody signs in.
#[derive(Debug, Clone)]
pub struct RepConfig {
    /// Plugin cache and plugins' lasting values. Made if missing.
    pub data_dir: PathBuf,
    /// Where the native drivers lie; `None`: beside the program.
    pub driver_dir: Option<PathBuf>,
    /// BCP 47 tag of the language people read here.
    pub locale: String,
}

/// The console's state as a window draws it. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct RepView {
    pub revision: u64,
    pub sign_in: SignIn,
    /// What a signed-in rep asked for and did not get, or why the sign-in is not taken up again. Stays until it is
    /// dismissed, or the next code is asked for.
    pub problem: Option<Problem>,
    /// Sessions and waiting codes, oldest first. Of those that are over, the newest.
    pub sessions: Vec<RepSession>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SignIn {
    #[default]
    Out,
    Trying,
    In {
        rep: String,
        account: String,
        contact: String,
        /// The control connection is gone and being made again; running sessions go on.
        reconnecting: bool,
    },
    Refused(SignInFailure),
    Failed(Problem),
}

/// One session of this rep, from its code to its end.
#[derive(Debug, Clone)]
pub struct RepSession {
    pub id: SessionId,
    /// To be read aloud, while it waits for its customer.
    pub code: Option<JoinCode>,
    /// Seconds until the code expires.
    pub code_expires_in_s: u64,
    pub view: Arc<View>,
}

/// What a rep wants of the program.
#[derive(Debug, Clone)]
pub enum RepCommand {
    /// `relay` as `https://host:port`, with `#sha256=HEX` where its certificate is its own.
    SignIn {
        relay: String,
        user: String,
        password: String,
    },
    SignOut,
    /// Without a connection it is made when there is one again.
    NewCode,
    /// [`RepView::problem`] was read.
    DismissProblem,
    /// To one session.
    Session {
        session: SessionId,
        command: Command,
    },
    /// Takes an unused code back, or an ended session off the list.
    Close {
        session: SessionId,
    },
}

/// How long a program that ends waits for its disk.
const SETTLE_PATIENCE: Duration = Duration::from_secs(3);

/// Handle on the running program core. Dropping the last one ends it.
#[derive(Clone)]
pub struct Rep {
    core: crate::program::Handle<RepView, RepCommand>,
    storage: Arc<Storage>,
}

impl Rep {
    /// Starts the core on threads of its own. `changed` is called, from any thread, when there is a newer view.
    pub fn start(
        config: RepConfig,
        surfaces: Arc<dyn SurfaceHost>,
        changed: Arc<dyn Fn() + Send + Sync>,
    ) -> std::io::Result<Self> {
        let storage = Arc::new(Storage::lasting(config.data_dir.join("values")));
        let kept = storage.clone();
        let core =
            crate::program::start(changed, move |context| crate::rep_core::run(config, kept, surfaces, context))?;
        Ok(Self { core, storage })
    }

    pub fn view(&self) -> Arc<RepView> {
        self.core.view()
    }

    pub fn send(&self, command: RepCommand) {
        self.core.send(command);
    }

    /// The program ends: waits until what plugins keep is on the disk, a few seconds at most.
    pub fn settle(&self) {
        self.storage.settle(SETTLE_PATIENCE);
    }
}
