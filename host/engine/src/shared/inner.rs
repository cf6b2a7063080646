//! What the session's task is told from within: by plugins' hosts, pipelines, windows and whatever else runs beside it.

use crate::computer::Groups;
use crate::drawing::PenInput;
use crate::session::EndEvent;
use crate::view::{AuditKind, Tone};
use lotse_package::Capability;
use lotse_protocol::control::SessionId;
use lotse_protocol::handover::Purpose;
use lotse_protocol::shared::SharedValue;
use lotse_runtime::{AuditEvent, Node};
use std::path::PathBuf;

/// Messages from hosts and threads that may wait for the session's task.
pub(crate) const INBOX_MAX: usize = 4096;

/// What the session's task is told from within.
#[derive(Debug)]
pub(crate) enum Inner {
    /// A plugin's tree at one place.
    Rendered {
        plugin: usize,
        place: &'static str,
        nodes: Vec<Node>,
    },
    Notify {
        plugin: usize,
        tone: Tone,
        title: String,
        body: String,
    },
    Audit(AuditEvent),
    /// An instance was stopped.
    Fault {
        plugin: usize,
        why: String,
        restarting: bool,
    },
    ConsentAsked {
        plugin: usize,
        capability: Capability,
    },
    /// Something about surfaces changed; they are in [`crate::pictures::Pictures`].
    Surfaces,
    /// Something about boards changed; they are in [`crate::boards::Boards`].
    Boards,
    /// Somebody draws on this computer's own screen.
    Pen {
        board: u64,
        input: PenInput,
    },
    /// A pipeline began, paused or ended; see [`crate::seen::Seen`].
    Seen,
    /// What is to be chosen to be shown; see [`crate::showing::Showing`].
    Choosing,
    /// What people are asked about files changed; it is in [`crate::transfers::Transfers`].
    Files,
    /// Counts and bytes, never a name.
    FilesAudit {
        plugin: usize,
        kind: AuditKind,
        about: String,
    },
    Clipboard(crate::clipboard::Heard),
    /// What a capture shows is out of sight, or back.
    CaptureHidden {
        plugin: usize,
        capture: u64,
        on: bool,
    },
    /// A capture ended by itself.
    CaptureStalled {
        plugin: usize,
        capture: u64,
        reason: String,
    },
    DisplaysChanged,
    /// Of an end that was begun beside another.
    End {
        session: SessionId,
        event: EndEvent,
    },
    /// A plugin wants another rep in this session.
    Wish {
        plugin: usize,
        wish: Wish,
    },
    /// It wants nothing any more.
    Withdraw {
        plugin: usize,
        request: u64,
    },
    /// Plugins want to know what this computer is; who does is in [`crate::computer::Wishes`].
    Look,
    Facts(Groups),
    RestartWanted {
        plugin: usize,
    },
    /// A plugin changes a value that all reps of the account have in common.
    SetShared {
        plugin: usize,
        value: SharedValue,
    },
    /// A plugin has words for the chat's field; they are in [`super::Shared`].
    Composed,
    /// The way back after a restart was prepared, or could not be.
    WayBack {
        entry: PathBuf,
        prepared: bool,
    },
    /// The system was told to restart, and took it or did not.
    RestartTold {
        taken: bool,
    },
}

/// A wish for another rep.
#[derive(Debug)]
pub(crate) struct Wish {
    /// The plugin's number for it.
    pub request: u64,
    /// Whom, in the relay's words.
    pub to: String,
    pub note: String,
    pub purpose: Purpose,
}
