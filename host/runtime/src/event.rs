//! What happens to a plugin: the events the engine hands to an instance.
//!
//! Each event becomes one call of one handler the component exports; a component without that handler never hears of
//! it. Wake-ups and saved state are the runtime's own and do not appear here.

use lotse_package::Capability;
use tokio::sync::oneshot;

use crate::host::{Node, Participant, Point, Settings};

/// One thing that happened.
#[derive(Debug)]
pub enum Event {
    /// A participant can be talked to (again). Those who are there at the start go into
    /// [`InstanceConfig::present`](crate::InstanceConfig), not here.
    Joined(Participant),
    Left(u32),
    Link {
        who: u32,
        state: Settings,
    },
    /// The session is over; the last event an instance hears.
    Ending(String),
    /// Takes effect when it is handed in, before the plugin hears of it.
    Granted(Capability),
    /// Takes effect when it is handed in: handles that came with the capability are closed at once.
    Revoked(Capability),
    /// The other half opened a stream. `heard` is dropped when the plugin's handler has returned: what arrives before
    /// that must not be handed over yet, since the handler may give the stream to the host.
    StreamOpened {
        peer: u32,
        label: String,
        stream: u64,
        heard: Option<oneshot::Sender<()>>,
    },
    StreamData {
        stream: u64,
        bytes: Vec<u8>,
    },
    StreamWritable(u64),
    StreamClosed {
        stream: u64,
        complete: bool,
    },
    Datagram {
        peer: u32,
        bytes: Vec<u8>,
    },
    DisplaysChanged,
    CaptureStalled {
        capture: u64,
        reason: String,
    },
    SurfacePointer {
        surface: u64,
        at: Point,
        buttons: u32,
        wheel: Point,
    },
    SurfaceKey {
        surface: u64,
        physical: u32,
        down: bool,
    },
    SurfaceText {
        surface: u64,
        entered: String,
    },
    SurfaceChanged {
        surface: u64,
        what: Settings,
    },
    /// `outcome`: where the snapshot went.
    SurfaceSnapshot {
        surface: u64,
        to: String,
        outcome: Result<String, crate::ErrorCode>,
    },
    SurfaceClosed(u64),
    /// The person chose what to show, or nothing. Who takes this owns `capture`: it is let go if nobody does.
    Chosen {
        request: u64,
        capture: Option<u64>,
        title: String,
    },
    /// What a capture shows is out of sight, or back.
    CaptureHidden {
        capture: u64,
        on: bool,
    },
    /// Boards came, went or changed their size.
    BoardsChanged,
    DrawingPointer {
        board: u64,
        at: Point,
        buttons: u32,
    },
    DrawingText {
        board: u64,
        entered: String,
    },
    /// The person gave the pointer back.
    DrawingLeft(u64),
    ClipboardChanged(Vec<String>),
    ClipboardContent {
        format: String,
        data: Vec<u8>,
    },
    /// What was picked, by the source's id; the instance holds it from here on, or it is dropped.
    FilesPicked {
        request: u64,
        source: Option<u64>,
    },
    FilesDropped {
        place: String,
        source: u64,
    },
    /// Where to receive, by the target's id; `None`: declined.
    FilesAnswered {
        request: u64,
        target: Option<u64>,
    },
    TransferMoved(u64),
    TransferEnded {
        transfer: u64,
        outcome: Settings,
    },
    /// The rep's sessions, or how their windows stand.
    DeskChanged,
    /// Who could be asked is not what it was.
    DirectoryChanged,
    /// What became of a wish, in the contract's words.
    DirectoryAnswered {
        request: u64,
        outcome: String,
        by: String,
    },
    /// Groups in the order shown, each with its name and facts.
    SystemFacts(Vec<(String, Settings)>),
    RestartBack {
        seconds: u32,
    },
    SharedReady,
    SharedChanged(String),
    SharedAnswered {
        key: String,
        outcome: Result<u64, crate::ErrorCode>,
    },
    /// Why, in one of the contract's words.
    RestartFailed(&'static str),
    /// The answer is validated: indexes in range, each node at most once, no cycle. The sender is dropped unanswered
    /// when the instance stops before it renders.
    Render {
        place: String,
        reply: oneshot::Sender<Vec<Node>>,
    },
    Action {
        node: String,
        what: Settings,
    },
}

/// Why [`InstanceHandle::try_send`](crate::InstanceHandle::try_send) or `send` did not take an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The queue is at its bound; the event is lost and counted.
    #[error("the plugin does not keep up with its events")]
    Full,
    /// The instance ended or was evicted.
    #[error("the plugin is not running")]
    Stopped,
}
