//! The one door between plugins and the program around them: what the engine implements for each instance.
//!
//! Plain Rust types on both sides, so that nothing above this crate names wasmtime. One `Host` belongs to one plugin in
//! one session. Every method is called from within the instance's task and must return without blocking; what takes time
//! is answered later by an [`Event`](crate::Event). Bounds on sizes, rates and handles hold before a method is reached.
//! A method is never called for a capability outside the grant, nor while its consent is missing.

use std::time::{SystemTime, UNIX_EPOCH};

use lotse_package::Capability;
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::fault::{AuditEvent, Fault};

/// Why a call did nothing; the contract's closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ErrorCode {
    #[error("not declared, licensed or allowed")]
    Denied,
    #[error("no longer there")]
    Gone,
    #[error("a bound was reached")]
    Limit,
    #[error("not now")]
    Busy,
    #[error("this computer cannot do it")]
    Unsupported,
    #[error("the arguments make no sense")]
    Invalid,
}

/// An extensible value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Flag(bool),
    Number(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

/// Named values, in the order given; a name that nobody knows is ignored.
pub type Settings = Vec<(String, Value)>;

/// The value of `key` in `settings`, if it is there.
#[must_use]
pub fn setting<'a>(settings: &'a Settings, key: &str) -> Option<&'a Value> {
    settings.iter().find(|(name, _)| name == key).map(|(_, value)| value)
}

/// Pixels of the thing named beside it; y grows downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Point {
    pub x: i32,
    pub y: i32,
}

/// Pixels of the thing named beside it; y grows downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rect {
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Rep,
    Customer,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    pub id: u32,
    pub role: Role,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Display {
    pub id: u32,
    pub name: String,
    pub area: Rect,
    pub scale_percent: u32,
    pub primary: bool,
}

/// A picture that is shared just now and may be drawn on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// The same on both sides.
    pub id: u64,
    /// It is of this computer's own screen.
    pub here: bool,
    pub title: String,
    pub width: u32,
    pub height: u32,
}

/// What a stroke looks like; places in pixels of its board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    Path(Vec<Point>),
    Line(Point, Point),
    Arrow(Point, Point),
    Rectangle(Rect),
    Ellipse(Rect),
    /// Upper left corner of the first line.
    Words(Point, String),
    /// All but this ellipse is darkened.
    Spotlight(Rect),
    /// A pointer's tip with the name of who points.
    Pointer(Point, String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stroke {
    pub id: u64,
    pub shape: Shape,
    /// 0xRRGGBB.
    pub color: u32,
    /// 1 to 512.
    pub width: u32,
    /// 1 to 100.
    pub opacity_percent: u32,
}

/// Who could be asked to take a session over or to come into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub id: String,
    /// `rep`, `team` or `portal`.
    pub kind: String,
    pub name: String,
    pub available: bool,
}

/// One node of a plugin's user interface; `children` are indexes into the list it stands in.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub id: String,
    pub kind: String,
    pub properties: Settings,
    pub children: Vec<u32>,
}

/// A file or folder of a source; `path` is relative, and of a folder `bytes` is 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    pub path: String,
    pub bytes: u64,
    pub folder: bool,
}

/// Urgency of a stream, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    Control,
    Interactive,
    Screen,
    Bulk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

/// One of the rep's sessions, as the console's windows know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// The console's own, for as long as it runs.
    pub number: u64,
    /// May be empty.
    pub customer: String,
    pub unread: u32,
    /// A word of the contract's.
    pub state: &'static str,
    /// The plugin runs in this one.
    pub this: bool,
}

/// How the console's session windows stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Arrangement {
    /// One behind the other, each title to be seen.
    Cascade,
    /// Beside one another.
    Tile,
    /// One window with tabs.
    Stack,
    /// Windows of their own, wherever people put them.
    #[default]
    Apart,
}

impl Arrangement {
    pub const ALL: [Self; 4] = [Self::Cascade, Self::Tile, Self::Stack, Self::Apart];

    /// The contract's word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cascade => "cascade",
            Self::Tile => "tile",
            Self::Stack => "stack",
            Self::Apart => "apart",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|arrangement| arrangement.name() == name)
    }
}

/// What the host answers to a plugin that asks for the customer's consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentAnswer {
    /// It is there already.
    Granted,
    /// The prompt is shown; [`Event::Granted`](crate::Event::Granted) or `Revoked` follows.
    Asked,
    Refused,
}

/// What the engine does for one plugin. Ids are the host's own and never reused within a session.
///
/// A `*_drop` says that the plugin holds the thing no longer (it let go, was revoked, crashed or was stopped). A stream
/// that was handed to [`capture_publish`](Host::capture_publish), [`surface_present`](Host::surface_present),
/// [`source_send`](Host::source_send) or [`target_receive`](Host::target_receive) and taken there belongs to the host from
/// then on; if the call failed, `stream_drop` follows.
pub trait Host: Send + Sync + 'static {
    fn me(&self) -> Participant;
    /// Everybody in the session, this side included.
    fn participants(&self) -> Vec<Participant>;
    /// Whether somebody only looks on, as this side knows by itself; also true of whoever it has no line to.
    fn observing(&self, who: u32) -> bool;
    /// BCP 47 tag.
    fn locale(&self) -> String;
    /// Limits the licence sets for this plugin's feature.
    fn limits(&self) -> Settings;

    /// This computer's clock, in milliseconds since 1970-01-01 UTC. A simulated session has its own.
    fn unix_ms(&self) -> u64 {
        // A clock before 1970 is off by more than a plugin can use.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    /// Fills `bytes` with random ones; false if there are none. A simulated session has them from its seed.
    fn random(&self, bytes: &mut [u8]) -> bool {
        SystemRandom::new().fill(bytes).is_ok()
    }

    /// A line of the plugin's own; already cut and rate-limited.
    fn log(&self, level: Level, message: String);
    /// A line for the audit log.
    fn audit(&self, line: AuditEvent);
    /// The instance was stopped. `restarting`: a new one follows with the saved state; otherwise it is evicted.
    fn fault(&self, fault: &Fault, restarting: bool);

    fn consent_request(&self, capability: Capability) -> Result<ConsentAnswer, ErrorCode>;

    fn storage_get(&self, key: &str) -> Option<Vec<u8>>;
    /// `None` removes the key. Keys are at most 256 bytes, values at most 64 KiB when this is called.
    fn storage_set(&self, key: &str, data: Option<Vec<u8>>) -> Result<(), ErrorCode>;

    fn stream_open(&self, to: u32, label: String, class: Class) -> Result<u64, ErrorCode>;
    /// Bytes taken; fewer than given means [`Event::StreamWritable`](crate::Event::StreamWritable) follows.
    fn stream_write(&self, id: u64, data: &[u8]) -> Result<u32, ErrorCode>;
    fn stream_finish(&self, id: u64);
    fn stream_reset(&self, id: u64);
    fn stream_drop(&self, id: u64);
    /// At most 1,000 bytes when this is called.
    fn datagram(&self, to: u32, data: &[u8]) -> Result<(), ErrorCode>;

    fn displays(&self) -> Result<Vec<Display>, ErrorCode>;
    fn capture_open(&self, display: u32) -> Result<u64, ErrorCode>;
    fn capture_drop(&self, capture: u64);
    /// Gives the pipeline's id.
    fn capture_publish(&self, capture: u64, stream: u64, options: Settings) -> Result<u64, ErrorCode>;
    fn pipeline_set(&self, pipeline: u64, options: Settings);
    fn pipeline_pause(&self, pipeline: u64, on: bool);
    fn pipeline_stats(&self, pipeline: u64) -> Settings;
    fn pipeline_drop(&self, pipeline: u64);

    /// Asks the person what to show; [`Event::Chosen`](crate::Event::Chosen) answers the request given here.
    fn showing_choose(&self) -> Result<u64, ErrorCode>;

    /// On an error the plugin gets a handle whose every method answers `gone`.
    fn surface_new(&self, title: String, options: Settings) -> Result<u64, ErrorCode>;
    fn surface_present(&self, surface: u64, stream: u64) -> Result<(), ErrorCode>;
    fn surface_set(&self, surface: u64, options: Settings);
    fn surface_snapshot(&self, surface: u64, to: &str) -> Result<(), ErrorCode>;
    fn surface_drop(&self, surface: u64);

    /// Pictures that are shared just now.
    fn boards(&self) -> Vec<Board>;
    fn layer_open(&self, board: u64) -> Result<u64, ErrorCode>;
    /// At most 256 strokes within the bounds of [`argument`](crate::argument), their words cleaned, when this is called.
    fn layer_put(&self, layer: u64, strokes: Vec<Stroke>) -> Result<(), ErrorCode>;
    fn layer_remove(&self, layer: u64, ids: &[u64]);
    fn layer_clear(&self, layer: u64);
    fn layer_grab(&self, layer: u64, on: bool, options: Settings) -> Result<(), ErrorCode>;
    fn layer_drop(&self, layer: u64);

    fn input_pointer(&self, display: u32, at: Point, buttons: u32, wheel: Point) -> Result<(), ErrorCode>;
    fn input_key(&self, physical: u32, down: bool) -> Result<(), ErrorCode>;
    fn input_text(&self, entered: &str) -> Result<(), ErrorCode>;
    /// Also called when the consent to control is revoked and when the instance ends.
    fn input_release_all(&self);

    fn clipboard_fetch(&self, format: &str) -> Result<(), ErrorCode>;
    fn clipboard_write(&self, format: &str, data: Vec<u8>) -> Result<(), ErrorCode>;

    /// Gives the request's id, which [`Event::FilesPicked`](crate::Event::FilesPicked) answers.
    fn files_pick(&self, folders: bool) -> Result<u64, ErrorCode>;
    fn files_take_drops(&self, place: &str, on: bool) -> Result<(), ErrorCode>;
    /// Gives the request's id, which [`Event::FilesAnswered`](crate::Event::FilesAnswered) answers.
    fn files_ask(&self, offer: Settings) -> Result<u64, ErrorCode>;
    fn files_withdraw(&self, request: u64);
    fn source_reopen(&self, token: &str) -> Result<u64, ErrorCode>;
    fn target_reopen(&self, token: &str) -> Result<u64, ErrorCode>;
    /// What runs of it ends, and what arrived of it without a name yet is removed.
    fn files_discard(&self, token: &str);
    fn files_reveal(&self, token: &str) -> Result<(), ErrorCode>;
    /// Empty for one that is gone; so are facts and entries.
    fn source_token(&self, source: u64) -> String;
    fn source_facts(&self, source: u64) -> Settings;
    /// From number `start` on, at most [`FILE_ENTRIES_MAX`](crate::contract::FILE_ENTRIES_MAX).
    fn source_entries(&self, source: u64, start: u32) -> Vec<FileEntry>;
    /// Gives the transfer's id.
    fn source_send(&self, source: u64, stream: u64) -> Result<u64, ErrorCode>;
    fn source_drop(&self, source: u64);
    fn target_token(&self, target: u64) -> String;
    fn target_facts(&self, target: u64) -> Settings;
    /// Gives the transfer's id.
    fn target_receive(&self, target: u64, stream: u64) -> Result<u64, ErrorCode>;
    fn target_drop(&self, target: u64);
    fn transfer_progress(&self, transfer: u64) -> Settings;
    fn transfer_pause(&self, transfer: u64, on: bool);
    fn transfer_cancel(&self, transfer: u64);
    fn transfer_drop(&self, transfer: u64);

    /// Answered by [`Event::SystemFacts`](crate::Event::SystemFacts).
    fn system_look(&self) -> Result<(), ErrorCode>;
    /// The plugin's right to it is gone already. Answered by [`Event::RestartFailed`](crate::Event::RestartFailed), or after the
    /// restart by [`Event::RestartBack`](crate::Event::RestartBack).
    fn restart(&self) -> Result<(), ErrorCode>;

    /// The value, and the number of the change that made it.
    fn shared_get(&self, key: &str) -> Option<(Vec<u8>, u64)>;
    fn shared_keys(&self) -> Vec<String>;
    /// Keys are at most 256 bytes, values at most 60 KiB when this is called. Answered by
    /// [`Event::SharedAnswered`](crate::Event::SharedAnswered).
    fn shared_set(&self, key: String, data: Option<Vec<u8>>, seen: u64) -> Result<(), ErrorCode>;

    /// The plugin wants to be rendered again: answer with [`Event::Render`](crate::Event::Render) for the places shown.
    fn ui_invalidate(&self);
    fn ui_notify(&self, title: String, body: String, options: Settings);
    /// So many things for the person arrived; at most 1,000 when this is called.
    fn ui_arrived(&self, count: u32);

    /// The rep's sessions that have a window, this one among them; none on the customer's side.
    fn desk_sessions(&self) -> Vec<Beside>;
    fn desk_arrangement(&self) -> Arrangement;
    fn desk_show(&self, number: u64) -> Result<(), ErrorCode>;
    fn desk_arrange(&self, how: Arrangement) -> Result<(), ErrorCode>;

    fn directory_targets(&self) -> Vec<Target>;
    /// Gives the number of the wish, which [`Event::DirectoryAnswered`](crate::Event::DirectoryAnswered) names.
    fn directory_hand_over(&self, to: String, note: String) -> Result<u64, ErrorCode>;
    fn directory_invite(&self, to: String, note: String, observing: bool) -> Result<u64, ErrorCode>;
    fn directory_withdraw(&self, request: u64);
    /// At most 12,000 bytes when this is called.
    fn handover_tell(&self, summary: String) -> Result<(), ErrorCode>;

    /// The plugin is about to handle this; `None`: it has. What it calls in between it may do on behalf of whoever sent it.
    fn handles(&self, event: Option<&crate::Event>);
    /// At most 16 KiB when this is called.
    fn ui_compose(&self, text: String);
}
