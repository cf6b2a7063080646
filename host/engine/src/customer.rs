//! The customer's program without its window: one relay, one session at a time.

use crate::view::{Access, Command, View};
use lotse_protocol::code::JoinCode;
use std::path::PathBuf;
use std::sync::Arc;

/// What the program needs to know at its start.
#[derive(Debug, Clone)]
pub struct CustomerConfig {
    /// `https://host:port`, with `#sha256=HEX` where the relay's certificate is its own.
    pub relay: String,
    /// Plugin cache, and during a session what takes it up again after a crash. Made if missing.
    pub data_dir: PathBuf,
    /// Where the native drivers lie; `None`: beside the program.
    pub driver_dir: Option<PathBuf>,
    pub locale: String,
    /// Developer mode: shown to both sides; the relay must be in it, too.
    pub developer: bool,
    /// Consent given ahead, in developer mode alone.
    pub allow: Vec<Access>,
}

/// The program's state as its window draws it.
#[derive(Debug, Clone, Default)]
pub struct CustomerView {
    pub revision: u64,
    /// `None`: a code is to be typed. Stays after the end, until another code or [`CustomerCommand::Leave`].
    pub session: Option<Arc<View>>,
}

#[derive(Debug, Clone)]
pub enum CustomerCommand {
    Join {
        code: JoinCode,
        /// What to be called in the session; may be empty.
        name: String,
    },
    Session(Command),
    /// Back to the start, from a session that ended or failed.
    Leave,
}

/// Keeps injected input away from this program's own windows: consent can be neither clicked nor typed by the rep.
/// Asked before each injected event, so answers come from a cache.
pub trait OwnWindows: Send + Sync + 'static {
    /// A press at this point of the root window would reach a window of this program.
    fn is_own_at(&self, x: i32, y: i32) -> bool;
    /// Keys would reach a window of this program.
    fn has_focus(&self) -> bool;
}

/// Handle on the running program core. Dropping the last one ends it.
#[derive(Clone)]
pub struct Customer {
    core: crate::program::Handle<CustomerView, CustomerCommand>,
}

impl Customer {
    /// Starts the core on threads of its own. `changed` is called, from any thread, when there is a newer view.
    pub fn start(
        config: CustomerConfig,
        windows: Arc<dyn OwnWindows>,
        changed: Arc<dyn Fn() + Send + Sync>,
    ) -> std::io::Result<Self> {
        let core = crate::program::start(changed, move |context| crate::customer_core::run(config, windows, context))?;
        Ok(Self { core })
    }

    pub fn view(&self) -> Arc<CustomerView> {
        self.core.view()
    }

    pub fn send(&self, command: CustomerCommand) {
        self.core.send(command);
    }
}
