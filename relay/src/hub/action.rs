//! What the hub wants done. The switchboard does it, in order, records before messages.

use super::input::{ConnectionId, RepIdentity};
use super::queue::{Origin, PortalStatus, QuestionNews, QuestionRecord};
use crate::token::{LegId, TokenHash};
use lotse_protocol::control::{FromRelay, PluginRef, Secret, SessionId, Side};
use lotse_protocol::handover::{OfferedHandOver, Purpose};
use lotse_protocol::licence::SignedLicence;
use lotse_protocol::question::QuestionId;
use std::collections::BTreeSet;
use std::sync::Arc;

/// One thing to do.
#[derive(Debug)]
pub enum Action {
    Send {
        to: ConnectionId,
        message: FromRelay,
    },
    /// To be completed with a fresh leg ticket and sent.
    Offer {
        to: ConnectionId,
        offer: Offer,
    },
    /// The session is over, or whoever came with its code left: their tickets are served no more.
    CloseLegs {
        leg: LegId,
    },
    /// Answer a fetch, which this connection is allowed.
    SendPlugin {
        to: ConnectionId,
        digest: [u8; 32],
    },
    /// Say why, and close.
    Close {
        connection: ConnectionId,
        reason: String,
    },
    Record(Change),
    Audit(AuditLine),
    /// Say what the account's licence is, with the time of day.
    Licence {
        to: ConnectionId,
        licence: Arc<SignedLicence>,
    },
    /// Write them down, and answer with what is kept then. Behind every [`Action::Record`] of before.
    KeepNotes {
        to: ConnectionId,
        notes: NotesRecord,
    },
    /// Tell which notes of this session are kept, if there are any.
    TellNotes {
        to: ConnectionId,
        session: SessionId,
    },
    /// Ask a rep to take a session over or to come into it, with the session's notes.
    AskHandOver {
        to: ConnectionId,
        session: SessionId,
        offer: OfferedHandOver,
        for_s: u16,
    },
    /// For a question's page, if anybody sees it.
    News {
        question: QuestionId,
        news: QuestionNews,
    },
    /// How a portal stands now.
    Portal {
        portal: i64,
        status: PortalStatus,
    },
}

/// A rep's notes as they are said. The hub keeps nothing of them.
#[derive(Clone, PartialEq, Eq)]
pub struct NotesRecord {
    pub session: SessionId,
    /// Who says so; whether the session is theirs the store knows.
    pub rep: i64,
    pub revision: u64,
    /// Cleaned and within [`lotse_protocol::control::NOTES_CHARS_MAX`].
    pub text: String,
    /// The session runs, as far as the hub knows.
    pub running: bool,
}

impl std::fmt::Debug for NotesRecord {
    /// Without the text: it is about people.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { session, rep, revision, text, running } = self;
        let mut shown = f.debug_struct("NotesRecord");
        shown.field("session", session).field("rep", rep).field("revision", revision);
        shown.field("text", &text.len()).field("running", running).finish()
    }
}

/// All of a `SessionOffer` but its leg, which only the forwarder's key can make.
#[derive(Debug, Clone)]
pub struct Offer {
    pub session: SessionId,
    pub leg: LegId,
    pub side: Side,
    pub token: Secret,
    pub rep: String,
    pub account: String,
    pub customer: String,
    pub system: String,
    pub plugins: Arc<[PluginRef]>,
    pub resumed: bool,
    /// What this side is given of the account's, if it is known.
    pub licence: Option<Arc<SignedLicence>>,
    pub origin: Origin,
}

/// What must survive the relay's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Started(SessionRecord),
    Ended {
        session: SessionId,
        reason: String,
    },
    /// A code was given out, or has an attempt less than it had.
    Code(CodeRecord),
    /// It is used up, expired or taken back.
    CodeGone {
        session: SessionId,
    },
    /// A sign-in was given a seat, or has none any more.
    Seat {
        sign_in: i64,
        held: bool,
    },
    /// It was ended by somebody else: its token is worth nothing any more.
    SignInGone {
        sign_in: i64,
    },
    /// A question was asked, taken, given back, or its session runs.
    Question(QuestionRecord),
    /// It is over.
    QuestionGone {
        question: QuestionId,
    },
    /// A session was begun beside another: the first of them all. It takes the notes of `from` along. Said once more of the same
    /// session: it does so again, and what its rep came for stays what it was.
    Beside {
        session: SessionId,
        first: SessionId,
        from: SessionId,
        joined: Joined,
    },
    /// A session takes the notes of another with the same customer along, unless its own rep has written in them.
    NotesCarried {
        session: SessionId,
        from: SessionId,
    },
    /// A rep who was there already has taken the place of another, whose session is over.
    TookOver {
        session: SessionId,
        place_of: SessionId,
    },
}

/// What an earlier relay left in the store.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    pub sessions: Vec<SessionRecord>,
    pub codes: Vec<CodeRecord>,
    pub seats: Vec<SeatRecord>,
    /// In the order of asking.
    pub questions: Vec<QuestionRecord>,
    /// Sessions that were begun beside another.
    pub besides: Vec<BesideRecord>,
}

/// What a rep came into a session for, beside its first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    pub purpose: Purpose,
    /// As a manager, whom the account lets look on: when it does so no more, they leave.
    pub watches: bool,
}

/// A running session that was begun beside another, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BesideRecord {
    pub session: SessionId,
    /// The first of one customer's.
    pub first: SessionId,
    /// `None`: an earlier relay did not keep it.
    pub joined: Option<Joined>,
}

/// A sign-in that has a seat, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatRecord {
    pub rep: RepIdentity,
    /// For how long already.
    pub held_ms: u64,
}

/// An unused code, as it is stored. The secret half is not in it: it never reaches a relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRecord {
    pub session: SessionId,
    pub nameplate: u32,
    pub owner: RepIdentity,
    /// The account's licensed features: of the moment when the code was made, or when the relay was started again.
    pub features: BTreeSet<String>,
    pub attempts_left: u8,
    /// From now; the store keeps the time of day.
    pub expires_in_ms: u64,
}

/// A running session, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    pub session: SessionId,
    pub rep: i64,
    pub account: i64,
    pub rep_name: String,
    pub account_name: String,
    pub customer: String,
    pub system: String,
    pub rep_token: TokenHash,
    pub customer_token: TokenHash,
    pub plugins: Arc<[PluginRef]>,
    pub origin: Origin,
}

impl SessionRecord {
    /// What its tickets are for.
    pub fn leg(&self) -> LegId {
        LegId::of(&self.customer_token)
    }
}

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    pub kind: AuditKind,
    pub account: Option<i64>,
    pub rep: Option<i64>,
    pub session: Option<SessionId>,
    /// Details in few words; no secret and no chat ever.
    pub detail: String,
}

impl AuditLine {
    /// A line about nobody in particular; the fields are filled in where something is known.
    pub fn new(kind: AuditKind) -> Self {
        Self { kind, account: None, rep: None, session: None, detail: String::new() }
    }
}

/// What an audit line tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditKind {
    AccountAdded,
    AccountChanged,
    RepAdded,
    RepChanged,
    PasswordReset,
    /// By the rep.
    PasswordChanged,
    SignedIn,
    SignInFailed,
    SignInSlowed,
    SignedOut,
    /// By somebody else, whom the detail names.
    SignInEnded,
    SeatTaken,
    /// All seats are taken, and the sign-in waits for one.
    SeatWaited,
    /// A sign-in that waited has a seat.
    SeatGained,
    SeatTakenOver,
    CodeGiven,
    Joined,
    JoinSlowed,
    PairingFailed,
    SessionStarted,
    SessionResumed,
    ResumeRefused,
    SessionEnded,
    /// Told by one of a session's programs, which the detail names.
    PluginGranted,
    PluginDenied,
    PluginRevoked,
    PluginCrashed,
    CustomerAllowed,
    CustomerRefused,
    /// Too many wrong attempts with a user ID or from an address.
    SignInLocked,
    /// The password was right and the code of the second factor was not.
    SecondFactorFailed,
    SecondFactorEnrolled,
    SecondFactorRemoved,
    RecoveryCodeUsed,
    RepUnlocked,
    /// By somebody else, while a relay runs or not; what it ends is told by itself.
    RepSignedOut,
    TeamChanged,
    PortalChanged,
    /// A customer asked by a portal.
    QuestionAsked,
    QuestionOffered,
    /// A rep let it pass, by saying so or by waiting.
    QuestionPassed,
    QuestionTaken,
    /// Its customer left, or its page is gone.
    QuestionLeft,
    /// It was taken, and waits again.
    QuestionReturned,
    /// By a customer, while nobody was there.
    MessageLeft,
    /// Too many questions or messages from an address or by a portal.
    AskSlowed,
    /// So many lines before this one found no room.
    LinesLost,
    PluginAdded,
    PluginRemoved,
    /// What an account gets of a plugin.
    PluginRuleChanged,
    /// By the vendor.
    LicenceChanged,
    /// A feature's last day is over.
    LicenceExpired,
    OperatorAdded,
    OperatorRemoved,
    OperatorPassword,
    /// A browser, by a manager or an operator.
    PagesSignedIn,
    PagesSignedOut,
    /// A token of the HTTP API.
    ApiTokenAdded,
    ApiTokenRevoked,
    /// It is good, but was used from where it may not be.
    ApiTokenRefused,
    WebhookAdded,
    WebhookRemoved,
    /// Nothing got through for a day.
    WebhookOff,
    /// By a rep: it was abuse or made no sense.
    QuestionClosed,
    /// Told by one of a session's programs, with counts and bytes.
    FilesOffered,
    FilesAccepted,
    FilesDeclined,
    FilesWhole,
    /// They did not all arrive; the detail says why.
    FilesBroken,
    /// A rep wishes for another in a running session; the detail names whom.
    HandOverAsked,
    /// Whoever was asked did not take it.
    HandOverDeclined,
    HandOverTaken,
    /// It came to nothing, or was taken back.
    HandOverEnded,
    /// A session was begun beside the one that the detail names.
    JoinedBeside,
    /// By a rep: what all reps of the account have in common.
    SharedChanged,
}

impl AuditKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 75] = [
        Self::AccountAdded,
        Self::AccountChanged,
        Self::RepAdded,
        Self::RepChanged,
        Self::PasswordReset,
        Self::PasswordChanged,
        Self::SignedIn,
        Self::SignInFailed,
        Self::SignInSlowed,
        Self::SignedOut,
        Self::SignInEnded,
        Self::SeatTaken,
        Self::SeatWaited,
        Self::SeatGained,
        Self::SeatTakenOver,
        Self::CodeGiven,
        Self::Joined,
        Self::JoinSlowed,
        Self::PairingFailed,
        Self::SessionStarted,
        Self::SessionResumed,
        Self::ResumeRefused,
        Self::SessionEnded,
        Self::PluginGranted,
        Self::PluginDenied,
        Self::PluginRevoked,
        Self::PluginCrashed,
        Self::CustomerAllowed,
        Self::CustomerRefused,
        Self::SignInLocked,
        Self::SecondFactorFailed,
        Self::SecondFactorEnrolled,
        Self::SecondFactorRemoved,
        Self::RecoveryCodeUsed,
        Self::RepUnlocked,
        Self::RepSignedOut,
        Self::TeamChanged,
        Self::PortalChanged,
        Self::QuestionAsked,
        Self::QuestionOffered,
        Self::QuestionPassed,
        Self::QuestionTaken,
        Self::QuestionLeft,
        Self::QuestionReturned,
        Self::MessageLeft,
        Self::AskSlowed,
        Self::LinesLost,
        Self::PluginAdded,
        Self::PluginRemoved,
        Self::PluginRuleChanged,
        Self::LicenceChanged,
        Self::LicenceExpired,
        Self::OperatorAdded,
        Self::OperatorRemoved,
        Self::OperatorPassword,
        Self::PagesSignedIn,
        Self::PagesSignedOut,
        Self::ApiTokenAdded,
        Self::ApiTokenRevoked,
        Self::ApiTokenRefused,
        Self::WebhookAdded,
        Self::WebhookRemoved,
        Self::WebhookOff,
        Self::QuestionClosed,
        Self::FilesOffered,
        Self::FilesAccepted,
        Self::FilesDeclined,
        Self::FilesWhole,
        Self::FilesBroken,
        Self::HandOverAsked,
        Self::HandOverDeclined,
        Self::HandOverTaken,
        Self::HandOverEnded,
        Self::JoinedBeside,
        Self::SharedChanged,
    ];

    /// Its name in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccountAdded => "account-added",
            Self::AccountChanged => "account-changed",
            Self::RepAdded => "rep-added",
            Self::RepChanged => "rep-changed",
            Self::PasswordReset => "password-reset",
            Self::PasswordChanged => "password-changed",
            Self::SignedIn => "signed-in",
            Self::SignInFailed => "sign-in-failed",
            Self::SignInSlowed => "sign-in-slowed",
            Self::SignedOut => "signed-out",
            Self::SignInEnded => "sign-in-ended",
            Self::SeatTaken => "seat-taken",
            Self::SeatWaited => "seat-waited",
            Self::SeatGained => "seat-gained",
            Self::SeatTakenOver => "seat-taken-over",
            Self::CodeGiven => "code-given",
            Self::Joined => "joined",
            Self::JoinSlowed => "join-slowed",
            Self::PairingFailed => "pairing-failed",
            Self::SessionStarted => "session-started",
            Self::SessionResumed => "session-resumed",
            Self::ResumeRefused => "resume-refused",
            Self::SessionEnded => "session-ended",
            Self::PluginGranted => "plugin-granted",
            Self::PluginDenied => "plugin-denied",
            Self::PluginRevoked => "plugin-revoked",
            Self::PluginCrashed => "plugin-crashed",
            Self::CustomerAllowed => "customer-allowed",
            Self::CustomerRefused => "customer-refused",
            Self::SignInLocked => "sign-in-locked",
            Self::SecondFactorFailed => "second-factor-failed",
            Self::SecondFactorEnrolled => "second-factor-enrolled",
            Self::SecondFactorRemoved => "second-factor-removed",
            Self::RecoveryCodeUsed => "recovery-code-used",
            Self::RepUnlocked => "rep-unlocked",
            Self::RepSignedOut => "rep-signed-out",
            Self::TeamChanged => "team-changed",
            Self::PortalChanged => "portal-changed",
            Self::QuestionAsked => "question-asked",
            Self::QuestionOffered => "question-offered",
            Self::QuestionPassed => "question-passed",
            Self::QuestionTaken => "question-taken",
            Self::QuestionLeft => "question-left",
            Self::QuestionReturned => "question-returned",
            Self::MessageLeft => "message-left",
            Self::AskSlowed => "ask-slowed",
            Self::LinesLost => "lines-lost",
            Self::PluginAdded => "plugin-added",
            Self::PluginRemoved => "plugin-removed",
            Self::PluginRuleChanged => "plugin-rule-changed",
            Self::LicenceChanged => "licence-changed",
            Self::LicenceExpired => "licence-expired",
            Self::OperatorAdded => "operator-added",
            Self::OperatorRemoved => "operator-removed",
            Self::OperatorPassword => "operator-password",
            Self::PagesSignedIn => "pages-signed-in",
            Self::PagesSignedOut => "pages-signed-out",
            Self::ApiTokenAdded => "api-token-added",
            Self::ApiTokenRevoked => "api-token-revoked",
            Self::ApiTokenRefused => "api-token-refused",
            Self::WebhookAdded => "webhook-added",
            Self::WebhookRemoved => "webhook-removed",
            Self::WebhookOff => "webhook-off",
            Self::QuestionClosed => "question-closed",
            Self::FilesOffered => "files-offered",
            Self::FilesAccepted => "files-accepted",
            Self::FilesDeclined => "files-declined",
            Self::FilesWhole => "files-whole",
            Self::FilesBroken => "files-broken",
            Self::HandOverAsked => "hand-over-asked",
            Self::HandOverDeclined => "hand-over-declined",
            Self::HandOverTaken => "hand-over-taken",
            Self::HandOverEnded => "hand-over-ended",
            Self::JoinedBeside => "joined-beside",
            Self::SharedChanged => "shared-changed",
        }
    }
}
