//! What a session begins with.

use super::{Restarted, SessionGuard};
use crate::drawing::DrawingHost;
use crate::left_behind::SessionFolder;
use crate::neighbours::Neighbour;
use crate::plugin_store::PluginStore;
use crate::storage::Storage;
use crate::surface::SurfaceHost;
use crate::view::Access;
use crate::way_back::RestartConfig;
use lotse_drivers::DriverSet;
use lotse_protocol::control::{SessionId, Side, ToRelay};
use lotse_protocol::question::QuestionId;
use lotse_runtime::Runtime;
use lotse_transport::{Fingerprint, Identity};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc;

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
    /// Where the note lies that takes the session up after a crash.
    pub note: Option<PathBuf>,
    /// Where it is noted what came of files in part, for a program that is started again.
    pub files: Option<PathBuf>,
    /// Rep's side: the folder in which both lie. It is this program's until the session is over.
    pub folder: Option<SessionFolder>,
    /// Customer's side: how this computer is restarted; `None`: it is not.
    pub restart: Option<RestartConfig>,
    /// The relay's address, for that note.
    pub relay: String,
    /// Rep's side: who is signed in, for that note.
    pub user: String,
    /// Rep's side: the question that it began with.
    pub asked: Option<Asked>,
    /// Rep's side: its place among the other sessions.
    pub neighbour: Option<Neighbour>,
    pub to_relay: mpsc::Sender<ToRelay>,
}

/// The question that a session began with, or what it was when a colleague handed it over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
