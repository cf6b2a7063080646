//! The traits a plugin implements: one for its life, one more for each kind of event it wants.
//!
//! Events come one at a time and in order. Every method has a default, so a plugin names only what it cares about.

use crate::channel::Stream;
use crate::files::{Source, Target};
use crate::screen::Capture;
use crate::session::Participant;
use crate::ui::{Node, Place};
use crate::{Error, ParticipantId, Point, Settings};

/// A plugin's life in a session. One instance runs on each side.
pub trait Plugin: Sized + 'static {
    /// First call. `restored` is what [`Plugin::save`] last returned, after a restart within the session.
    fn init(restored: Option<Vec<u8>>) -> Self;

    /// Somebody can be talked to, again or for the first time. Also called for those who are there already.
    fn joined(&mut self, _who: Participant) {}

    /// The connection to somebody is gone, and every stream to them with it. They may join again.
    fn left(&mut self, _who: ParticipantId) {}

    /// The link to somebody changed: `rtt-us`, `rate-bytes-s`, `state` (good, slow, stalled), `cause`.
    fn link(&mut self, _who: ParticipantId, _state: Settings) {}

    /// Answers [`crate::session::wake_after_us`].
    fn woke(&mut self, _token: u64) {}

    /// State to hand to a restarted instance. Called after events, at most once a second: keep it small.
    fn save(&mut self) -> Vec<u8> {
        Vec::new()
    }

    /// The session is over; nothing sent now arrives.
    fn ending(&mut self, _reason: &str) {}
}

/// Streams and datagrams from the same plugin on the other side.
pub trait Channels: Plugin {
    /// The other half opened a stream. Dropping it refuses it.
    fn opened(&mut self, _peer: ParticipantId, _label: String, _incoming: Stream) {}
    fn data(&mut self, _stream: u64, _bytes: Vec<u8>) {}
    /// A stream that took less than it was given takes more now.
    fn writable(&mut self, _stream: u64) {}
    /// `complete`: the other side finished it and everything arrived.
    fn closed(&mut self, _stream: u64, _complete: bool) {}
    fn datagram(&mut self, _peer: ParticipantId, _bytes: Vec<u8>) {}
}

/// Menus, panels and what people do with them.
pub trait Ui: Plugin {
    /// What to show at a place; none: nothing there. Asked after [`crate::ui::invalidate`].
    fn render(&mut self, place: Place) -> Option<Node>;
    /// A person used the node with this id: `text` for a field, `on` for a toggle, `choice` for a choice.
    fn action(&mut self, _node: &str, _what: Settings) {}
}

/// Answers of the customer that took a while.
pub trait Consents: Plugin {
    fn granted(&mut self, _capability: &str) {}
    /// Refused, or taken back. Handles that came with it are closed already.
    fn revoked(&mut self, _capability: &str) {}
}

/// News of this computer's displays and of running captures.
pub trait Screens: Plugin {
    fn displays_changed(&mut self) {}
    /// A capture ended by itself; the reason is for people.
    fn stalled(&mut self, _capture: u64, _reason: String) {}
}

/// What the person at this computer chose to show.
pub trait Showings: Plugin {
    /// Answers [`crate::showing::choose`]; none: nothing was chosen. Dropping the capture ends it. `title` is for people.
    fn chosen(&mut self, _request: u64, _what: Option<Capture>, _title: String) {}
    /// What a capture shows is out of sight, such as a window that was minimised, and its last picture stands; or it is back.
    fn hidden(&mut self, _capture: u64, _on: bool) {}
}

/// What people do with a picture's window.
pub trait Surfaces: Plugin {
    /// `at` in pixels of the picture; `buttons` bit 0 left, 1 middle, 2 right, 3 back, 4 forward; `wheel` in clicks.
    fn pointer(&mut self, _surface: u64, _at: Point, _buttons: u32, _wheel: Point) {}
    /// `physical` is a Linux input event code.
    fn key(&mut self, _surface: u64, _physical: u32, _down: bool) {}
    fn text(&mut self, _surface: u64, _entered: String) {}
    /// One of the window's own controls was used: `scale`, `full-screen` or `hotkey`.
    fn changed(&mut self, _surface: u64, _what: Settings) {}
    fn snapshot(&mut self, _surface: u64, _to: String, _outcome: Result<String, Error>) {}
    fn closed(&mut self, _surface: u64) {}
}

/// What people picked, dropped and agreed to, and how transfers are.
pub trait Files: Plugin {
    /// Answers [`crate::files::pick`]; `None`: nothing was picked.
    fn picked(&mut self, _request: u64, _what: Option<Source>) {}
    /// Somebody dropped files at a place that takes them.
    fn dropped(&mut self, _place: String, _what: Source) {}
    /// Answers [`crate::files::ask`]; `None`: declined.
    fn answered(&mut self, _request: u64, _place: Option<Target>) {}
    /// Something that people see of a transfer changed.
    fn moved(&mut self, _transfer: u64) {}
    /// A transfer ended: `outcome`, `files`, `bytes`, `renamed`, `detail`.
    fn ended(&mut self, _transfer: u64, _outcome: Settings) {}
}

/// News of shared pictures that may be drawn on, and what people do there while a layer has `grab` on.
pub trait Drawings: Plugin {
    /// Boards came, went or changed their size. Layers over one that went are gone.
    fn boards_changed(&mut self) {}
    /// `at` in pixels of the board; `buttons` as in [`Surfaces::pointer`].
    fn pointer(&mut self, _board: u64, _at: Point, _buttons: u32) {}
    /// What the person typed, also line feeds and backspaces (U+0008).
    fn text(&mut self, _board: u64, _entered: String) {}
    /// The person gave the pointer back.
    fn left(&mut self, _board: u64) {}
}

/// News of this computer's clipboard.
pub trait Clipboards: Plugin {
    /// Somebody copied something, in these formats.
    fn changed(&mut self, _formats: Vec<String>) {}
    /// Answers [`crate::clipboard::fetch`].
    fn content(&mut self, _format: String, _data: Vec<u8>) {}
}

/// News of the rep's other sessions. On the rep's side alone.
pub trait Desks: Plugin {
    /// Something that [`crate::desk::sessions`] or [`crate::desk::arrangement`] says is different.
    fn changed(&mut self) {}
}

/// News of who else could help, and of what was asked of them.
pub trait Directories: Plugin {
    /// [`crate::directory::targets`] says something else now.
    fn changed(&mut self) {}
    /// `outcome`: accepted, declined, nobody, gone. `by`: who, for people; may be empty.
    fn answered(&mut self, _request: u64, _outcome: String, _by: String) {}
}

/// What this computer is.
pub trait Systems: Plugin {
    /// Answers [`crate::system::look`]: groups in the order shown, each with its name and facts.
    fn facts(&mut self, _groups: Vec<(String, Settings)>) {}
}

/// What became of a restart of this computer.
pub trait Restarts: Plugin {
    /// Back in the session, so long after it was begun.
    fn back(&mut self, _seconds: u32) {}
    /// It was not done: `cancelled`, `no-way-back`, `refused` or `stayed`.
    fn failed(&mut self, _why: &str) {}
}

/// News of the values that all reps of the account have in common.
pub trait SharedValues: Plugin {
    /// All values are there, for the first time or after a connection was lost.
    fn ready(&mut self) {}
    /// Somebody, this side included, changed or removed a value.
    fn changed(&mut self, _key: &str) {}
    /// Answers [`crate::shared::set`]: the number of the change, `gone` if somebody else was faster, `limit`, or `busy`.
    fn answered(&mut self, _key: &str, _outcome: Result<u64, Error>) {}
}
