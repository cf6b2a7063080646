//! What a window may show and what it may ask for: [`View`] is a picture of one session, [`Command`] a person's wish.
//!
//! Windows own no truth. They draw the newest view and send commands; the engine answers with a newer view.

mod audit;
mod files;
mod showing;

pub use audit::{AuditKind, AuditLine};
pub use files::{FilePick, FileQuestion};
pub use showing::{Choosing, ShowOffer, ShowSource, Shown, Thumbnail};

use crate::drawing::PenInput;
use lotse_protocol::control::SessionId;
use lotse_protocol::handover::Purpose;
use lotse_protocol::licence::LicenceError;
use lotse_protocol::peer::{ConsentState, EndReason};
use lotse_runtime::{Capability, CapabilitySet, Node, Settings};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// One session as it stands. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// Grows with every change.
    pub revision: u64,
    pub session: Option<SessionId>,
    pub state: SessionState,
    /// Name of this side in the session.
    pub me: String,
    /// Name of the other side, and of the rep's account.
    pub peer: String,
    pub account: String,
    /// Whom to ask about features that are not licensed.
    pub contact: String,
    /// Operating system of the other side in words.
    pub peer_system: String,
    /// What the customer asked on a portal's page, on one line, and the portal's name. Empty if the session began with a code
    /// that was read aloud.
    pub question: String,
    pub portal: String,
    /// Three parts that both sides can read aloud, such as `tulip · 47 · 12`. Empty until there is a link.
    pub safety_code: String,
    /// Consent was given ahead or unsigned plugins run: shown to both.
    pub developer: bool,
    pub link: LinkView,
    /// While the line is waited for: what keeps this side from it.
    pub obstacle: Option<Obstacle>,
    /// What the customer was asked, one entry a kind, in a fixed order.
    pub consents: Vec<ConsentView>,
    /// Customer's side: what to ask now. One thing at a time.
    pub prompt: Option<Prompt>,
    /// Rep's side, while the code waits: somebody came with it and was gone before the session began.
    pub customer_left: bool,
    /// Nothing is shown or steered, because one side paused or both did.
    pub paused: bool,
    /// This side paused, and can go on.
    pub paused_here: bool,
    /// The other side paused, and alone can go on.
    pub paused_there: bool,
    /// Customer's side: a capture runs, or did a moment ago, so somebody may be looking. The frame round the screen says so,
    /// unless this side has paused.
    pub seen: bool,
    pub plugins: Vec<PluginView>,
    /// Contributions of plugins by place (`menu`, `chat`, `viewer`, `tools`, `preferences`).
    pub places: BTreeMap<&'static str, Vec<Contribution>>,
    pub notices: Vec<Notice>,
    pub surfaces: Vec<SurfaceView>,
    /// Rep's side: what a plugin wants to show is to be chosen.
    pub choosing: Option<Choosing>,
    /// Rep's side: what of this computer the customer can see.
    pub showing: Vec<Shown>,
    /// Pictures that may be drawn on, and how much is.
    pub boards: Vec<BoardView>,
    /// What a plugin last put into the chat's field, for whoever draws it.
    pub composed: Option<Composed>,
    /// Customer's side: this computer is about to be restarted.
    pub restart: Option<RestartView>,
    /// The newest lines of the session's audit log, oldest first.
    pub audit: Arc<Vec<AuditLine>>,
    /// What a person here is asked about files; the oldest first.
    pub file_questions: Vec<FileQuestion>,
    /// The host's chooser is wished for, the oldest wish first. One dialog at a time.
    pub file_picks: Vec<FilePick>,
    /// Places where files may be dropped now, such as `chat`.
    pub drop_places: Vec<String>,
    /// Every rep who is in the session, whoever leads first. Until somebody comes beside the first, or takes over, it is empty
    /// on the rep's side.
    pub reps: Arc<Vec<PresentRep>>,
    /// Rep's side: the colleague from whom this session came, or into whose it leads. Its code is read aloud to nobody.
    pub from_rep: String,
}

/// A rep who is in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentRep {
    pub name: String,
    /// Sees and does nothing else.
    pub observing: bool,
    /// Rep's side: it is whoever reads this.
    pub you: bool,
    /// Customer's side: the safety code of the line to this rep; may be empty.
    pub safety_code: String,
}

/// Where a session is in its life.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SessionState {
    /// Rep: the code is out and nobody has typed it yet.
    #[default]
    Waiting,
    /// Keys are being agreed, plugins fetched, the link made. The text says which.
    Connecting {
        step: Step,
    },
    /// Customer: is asked whether to begin. Rep: waits for that.
    AwaitingConsent,
    Active,
    /// The other side is gone; it is waited for `seconds_left` more.
    Lost {
        seconds_left: u64,
    },
    Ended {
        reason: EndReason,
    },
    /// It could not be begun; the reason says what to do.
    Failed {
        problem: Problem,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Relay,
    Keys,
    Plugins,
    Link,
}

/// Why a session could not begin. Every window has words for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    RelayUnreachable {
        detail: String,
    },
    RelayNotTrusted,
    CodeUnknown,
    CodeExpired,
    CodeUsed,
    /// Rep: the relay no longer knows the code that was read out.
    CodeVoid,
    /// The code's second half is wrong; it may be typed again so many times.
    CodeWrong {
        attempts_left: u8,
    },
    TooManyAttempts {
        wait_s: u64,
    },
    RepGone,
    /// The rep has as many sessions as they may; the same code leads on later.
    RepBusy,
    /// Keys differ from what the code vouches for: somebody is in between.
    KeysDiffer,
    Incompatible {
        detail: String,
    },
    /// The relay does not do what it was asked for; the text is its own and says why.
    Refused {
        detail: String,
    },
    /// The session's plugins could not be got ready on this side.
    Plugins {
        detail: String,
    },
    Other {
        detail: String,
    },
}

/// State of the line to the other side.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LinkView {
    pub quality: LinkQuality,
    pub cause: LinkCause,
    pub round_trip_us: u64,
    pub bytes_per_s: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LinkQuality {
    #[default]
    Unknown,
    Good,
    Slow,
    Stalled,
}

/// Whose side slows the line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LinkCause {
    #[default]
    None,
    Here,
    Relay,
    There,
}

/// What keeps this side from the line to the other one, for longer than opening it takes. Trying goes on meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// The relay's forwarder does not answer at this UDP address.
    NoAnswer {
        relay: SocketAddr,
    },
    /// It carries as many sessions as it can.
    RelayFull,
    /// It does not take this session's ticket.
    TicketRefused,
    Other {
        detail: String,
    },
}

/// What a customer can allow.
pub use lotse_package::Consent as Access;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentView {
    pub access: Access,
    pub state: ConsentState,
}

/// A question only the customer can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    pub id: u64,
    pub kind: PromptKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromptKind {
    /// May this rep help at all?
    Begin { rep: String, account: String },
    /// May this other rep of the account come, in the place of one who is there or beside them?
    Beside { rep: String, account: String, from: String, purpose: Purpose },
    /// May this plugin have this?
    Access {
        access: Access,
        plugin: String,
        /// `None`: nobody signed it; developer mode.
        signer: Option<Signer>,
        reason: String,
    },
}

/// Who signed a plugin's package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The ed25519 public key that the signature was checked against, 64 hexadecimal digits.
    pub key: String,
    /// What the relay's operator, who trusts that key, calls its owner. Never what the package says of itself.
    pub publisher: Option<String>,
}

/// One plugin as the plugin monitor shows it.
#[derive(Debug, Clone)]
pub struct PluginView {
    pub id: String,
    pub name: String,
    pub version: String,
    /// Who signed the package; `None`: unsigned, developer mode.
    pub signer: Option<Signer>,
    /// What it asks the account's licence for, once its package is here.
    pub feature: Option<String>,
    /// What it asks to be allowed, once its package is here.
    pub asks: CapabilitySet,
    pub state: PluginState,
    pub calls: u64,
    pub cpu_us: u64,
    pub memory_bytes: u64,
    pub sent_bytes: u64,
    pub received_bytes: u64,
    pub restarts: u32,
}

impl PluginView {
    /// It runs here with that right: what the licence does not cover does not run.
    #[must_use]
    pub fn runs_with(&self, capability: Capability) -> bool {
        match &self.state {
            PluginState::Running | PluginState::Restarting { .. } => self.asks.contains(capability),
            PluginState::Loading
            | PluginState::Stopped { .. }
            | PluginState::OtherSide
            | PluginState::NotLicensed { .. } => false,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PluginState {
    /// Being fetched, verified, loaded.
    Loading,
    Running,
    /// Stopped by the runtime and started again.
    Restarting {
        why: String,
    },
    /// Stopped for the rest of the session.
    Stopped {
        why: String,
    },
    /// Its package says that it runs on the other side alone.
    OtherSide,
    /// The account's licence does not cover it: shown greyed out with whom to ask. The contact may be empty.
    NotLicensed {
        contact: String,
    },
}

/// What one plugin shows at one place.
#[derive(Debug, Clone)]
pub struct Contribution {
    pub plugin: String,
    pub nodes: Arc<Vec<Node>>,
}

/// A short message to people. Plain and good ones go by themselves after a while; others stay until they are dismissed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub id: u64,
    pub tone: Tone,
    /// Name of the plugin whose words these are; `None`: the host's own.
    pub from: Option<String>,
    pub title: String,
    pub body: String,
    /// What the host means by it, where windows have words of their own in place of `body`.
    pub host: Option<HostNotice>,
}

/// What the host tells of the plugin, or of the account, that the notice's title names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostNotice {
    /// It is no longer licensed; this session keeps it.
    LicenceOver,
    /// It is licensed for so much longer.
    LicenceEnds { in_s: u64 },
    /// The account's licence is not taken.
    LicenceRefused { why: LicenceError },
    /// The rep is in the session beside the others.
    RepJoined,
    /// The rep leads the session from here on.
    RepTookOver,
    /// The rep is not in the session any more.
    RepLeft,
    /// The rep was to come, and did not.
    RepNotCome,
    /// The rep, a manager, is asked in to look on.
    RepToWatch,
    /// The rep hands the session to whoever reads this, who looks on in it: the customer is asked first.
    RepHandsOver,
    /// The rep has handed the session to whoever reads this, who was in it already.
    RepHandedOver,
    /// The rep was to hand the session to somebody who is in it, and it did not come to that.
    RepKeeps,
}

/// Plain English, for logs and scripts.
impl std::fmt::Display for HostNotice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::LicenceOver => f.write_str("is no longer licensed; this session keeps it to its end"),
            Self::LicenceEnds { in_s } => {
                let minutes = in_s.div_ceil(60);
                write!(f, "is licensed for {minutes} more minutes; a session that runs then keeps it to its end")
            }
            Self::LicenceRefused { why } => write!(f, "{why}"),
            Self::RepJoined => f.write_str("has joined the session"),
            Self::RepTookOver => f.write_str("has taken the session over"),
            Self::RepLeft => f.write_str("has left the session"),
            Self::RepNotCome => f.write_str("could not join; the session goes on as before"),
            Self::RepToWatch => f.write_str("wants to look on; the customer is asked"),
            Self::RepHandsOver => f.write_str("hands this session over; the customer is asked first"),
            Self::RepHandedOver => f.write_str("has handed this session over"),
            Self::RepKeeps => f.write_str("keeps the session; it goes on as before"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Good,
    Caution,
    Danger,
}

/// Words for the chat's field. The person there reads them, and sends them or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// Grows with each.
    pub id: u64,
    pub text: String,
}

/// A restart that the customer allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestartView {
    /// It can still be stopped, by [`Command::CancelRestart`].
    Counting { seconds_left: u64 },
    /// The system was told.
    Going,
}

/// A picture window a plugin opened here.
#[derive(Debug, Clone, PartialEq)]
pub struct SurfaceView {
    pub id: u64,
    pub plugin: String,
    pub title: String,
    /// The name of whose picture it shows; empty until there is one.
    pub from: String,
    /// Nothing is heard of them just now: the picture stands still.
    pub silent: bool,
    /// Pixels of the picture; 0 until the first one came.
    pub width: u32,
    pub height: u32,
    pub options: SurfaceOptions,
}

/// A shared picture that plugins may draw on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardView {
    /// The same on both sides.
    pub id: u64,
    /// It is of this computer's own screen.
    pub here: bool,
    pub width: u32,
    pub height: u32,
    pub strokes: usize,
    /// The person's pointer draws there.
    pub drawing: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SurfaceOptions {
    pub fit: bool,
    pub full_screen: bool,
    pub pass_system_keys: bool,
    pub hotkeys: bool,
    pub interactive: bool,
}

/// A person's wish.
#[derive(Debug, Clone)]
pub enum Command {
    /// Customer: answer to the prompt with this id. Answers to prompts that are gone do nothing.
    Answer {
        prompt: u64,
        allow: bool,
    },
    /// Customer: a switch was moved by hand.
    SetAccess {
        access: Access,
        allow: bool,
    },
    /// Customer: everything off and the session over, at once.
    StopEverything,
    /// Customer: the restart that is counted down to is not done.
    CancelRestart,
    /// Either side.
    Pause {
        on: bool,
    },
    End,
    /// What a person did with a plugin's node.
    Act {
        plugin: String,
        node: String,
        what: Settings,
    },
    /// What a person did on a surface.
    Surface {
        surface: u64,
        input: SurfaceInput,
    },
    DismissNotice {
        id: u64,
    },
    /// Rep: the chooser's answer to this request; none: nothing is to be shown.
    ChooseShowing {
        request: u64,
        source: Option<ShowSource>,
    },
    /// Rep: nothing of this computer is shown from here on.
    StopShowing,
    /// Either side: the answer to the question about files with this id. `place`: the folder to receive into; `None`: declined.
    AnswerFiles {
        request: u64,
        place: Option<PathBuf>,
    },
    /// What was chosen for the wish with this id; empty: nothing.
    Picked {
        request: u64,
        paths: Vec<PathBuf>,
    },
    /// Files dropped at one of the view's places for such.
    Dropped {
        place: String,
        paths: Vec<PathBuf>,
    },
}

/// Input on a surface, in pixels of the picture.
#[derive(Debug, Clone, PartialEq)]
pub enum SurfaceInput {
    Pointer {
        x: i32,
        y: i32,
        buttons: u32,
        wheel_x: i32,
        wheel_y: i32,
    },
    /// Linux input event code.
    Key {
        physical: u32,
        down: bool,
    },
    Text {
        entered: String,
    },
    /// The person used the surface's own control.
    Changed {
        what: Settings,
    },
    /// The person draws; see [`crate::drawing`].
    Pen(PenInput),
    Closed,
}
