//! What the customer's program is given, what it shows and what can be asked of it.
//!
//! The handle in [`crate::customer`] and the core behind it both speak in these. Windows import them from there.

use crate::join_link::JoinLink;
use crate::view::{Access, Command, View};
use crate::way_back::RestartConfig;
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
    /// `None`: this computer is not restarted from here.
    pub restart: Option<RestartConfig>,
}

/// The program's state as its window draws it.
#[derive(Debug, Clone, Default)]
pub struct CustomerView {
    pub revision: u64,
    /// `None`: a code is to be typed. Stays after the end, until another code or [`CustomerCommand::Leave`].
    pub session: Option<Arc<View>>,
    /// A link was not followed, since this session was there or on its way.
    pub passed_over: bool,
}

#[derive(Debug, Clone)]
pub enum CustomerCommand {
    Join {
        code: JoinCode,
        /// What to be called in the session; may be empty.
        name: String,
    },
    /// The same by a link, through the relay that it names, unless there is a session or one on its way. Who sends this has
    /// asked if need be.
    Follow(Box<JoinLink>),
    Session(Command),
    /// Back to the start, from a session that ended or failed.
    Leave,
}
