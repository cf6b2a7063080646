//! The one door between plugins and the program around them: what the engine implements for each instance.
//!
//! Plain Rust types on both sides, so that nothing above this crate names wasmtime. One `Host` belongs to one plugin in
//! one session. Every method is called from within the instance's task and must return without blocking; what takes time
//! is answered later by an [`Event`](crate::Event). Bounds on sizes, rates and handles hold before a method is reached.
//! A method is never called for a capability outside the grant, nor while its consent is missing.

use lotse_package::Capability;

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

/// One node of a plugin's user interface; `children` are indexes into the list it stands in.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub id: String,
    pub kind: String,
    pub properties: Settings,
    pub children: Vec<u32>,
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
/// that was handed to [`capture_publish`](Host::capture_publish) or [`surface_present`](Host::surface_present) and taken
/// there belongs to the host from then on; if the call failed, `stream_drop` follows.
pub trait Host: Send + Sync + 'static {
    fn me(&self) -> Participant;
    /// Everybody in the session, this side included.
    fn participants(&self) -> Vec<Participant>;
    /// BCP 47 tag.
    fn locale(&self) -> String;
    /// Limits the licence sets for this plugin's feature.
    fn limits(&self) -> Settings;

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

    /// On an error the plugin gets a handle whose every method answers `gone`.
    fn surface_new(&self, title: String, options: Settings) -> Result<u64, ErrorCode>;
    fn surface_present(&self, surface: u64, stream: u64) -> Result<(), ErrorCode>;
    fn surface_set(&self, surface: u64, options: Settings);
    fn surface_snapshot(&self, surface: u64, to: &str) -> Result<(), ErrorCode>;
    fn surface_drop(&self, surface: u64);

    fn input_pointer(&self, display: u32, at: Point, buttons: u32, wheel: Point) -> Result<(), ErrorCode>;
    fn input_key(&self, physical: u32, down: bool) -> Result<(), ErrorCode>;
    fn input_text(&self, entered: &str) -> Result<(), ErrorCode>;
    /// Also called when the consent to control is revoked and when the instance ends.
    fn input_release_all(&self);

    fn clipboard_fetch(&self, format: &str) -> Result<(), ErrorCode>;
    fn clipboard_write(&self, format: &str, data: Vec<u8>) -> Result<(), ErrorCode>;

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
    /// At most 16 KiB when this is called.
    fn ui_compose(&self, text: String);
}
