//! What the rep's program is given, what it shows and what can be asked of it.
//!
//! The handle in [`crate::rep`] and the core behind it both speak in these. Windows import them from there.

use crate::hand_over_view::AskedHandOver;
use crate::question_view::Questions;
use crate::view::{Command, Problem, View};
use lotse_protocol::code::JoinCode;
use lotse_protocol::control::{Secret, SessionId, SignInEnd, SignInFailure};
use lotse_protocol::handover::HandOverId;
use lotse_protocol::licence::LicenceError;
use lotse_protocol::question::{Availability, QuestionId};
use lotse_runtime::Arrangement;
use std::path::PathBuf;
use std::sync::Arc;

/// What the program needs to know before anybody signs in.
#[derive(Debug, Clone)]
pub struct RepConfig {
    /// Plugin cache and plugins' lasting values. Made if missing.
    pub data_dir: PathBuf,
    /// Where the native drivers lie; `None`: beside the program.
    pub driver_dir: Option<PathBuf>,
    /// BCP 47 tag of the language people read here.
    pub locale: String,
}

/// The console's state as a window draws it. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct RepView {
    pub revision: u64,
    pub sign_in: SignIn,
    /// Of a rep who is signed in: whether the sign-in has a seat.
    pub seat: Seat,
    /// What the rep's account has paid for.
    pub licence: Arc<LicenceView>,
    /// Of whoever signs in or is signed in.
    pub second_factor: SecondFactor,
    /// What a signed-in rep asked for and did not get, or why the sign-in is not taken up again. Stays until it is
    /// dismissed, or the next code is asked for.
    pub problem: Option<Problem>,
    /// Sessions and waiting codes, oldest first. Of those that are over, the newest.
    pub sessions: Vec<RepSession>,
    /// Of customers who wait.
    pub questions: Questions,
    /// What plugins asked of the session windows lately, oldest first: each is carried out once.
    pub orders: Vec<DeskOrder>,
    /// A colleague asks this rep to take a session over, or to come into it.
    pub hand_over: Option<Arc<AskedHandOver>>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SignIn {
    #[default]
    Out,
    Trying,
    In {
        rep: String,
        account: String,
        contact: String,
        /// The control connection is gone and being made again; running sessions go on.
        reconnecting: bool,
    },
    Refused(SignInFailure),
    Failed(Problem),
    /// Somebody else ended the sign-in.
    Ended(SignInEnd),
}

/// The account's licence, as the relay signed it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LicenceView {
    /// Whom to ask about features; may be empty.
    pub contact: String,
    /// By name.
    pub features: Vec<FeatureView>,
    /// Why the newest document is not taken; then the features are those of the one before.
    pub refused: Option<LicenceError>,
}

/// A feature of the account, at this moment of the relay's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureView {
    pub name: String,
    /// New sessions have it.
    pub licensed: bool,
    /// First second after it, in Unix time, if it is licensed and ends within two weeks.
    pub ends_s: Option<i64>,
}

/// Whether a sign-in has one of its account's seats.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Seat {
    #[default]
    Held,
    /// All are taken. It goes on by itself when one is free; until then no code can be made.
    Waiting(Arc<SeatsTaken>),
}

/// Who has the account's seats.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeatsTaken {
    pub seats: u32,
    pub holders: Vec<SeatHolder>,
    /// Holders that are not listed.
    pub more: u32,
}

/// A sign-in that has a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatHolder {
    /// Names it in [`RepCommand::TakeSeat`].
    pub seat: u64,
    pub name: String,
    /// Unix time by this computer's clock, to the second.
    pub since_ms: i64,
    pub in_session: bool,
    pub connected: bool,
}

/// How the rep's second factor stands, and what is being done about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecondFactor {
    pub on: bool,
    /// The account wants one of everybody.
    pub required: bool,
    pub recovery_codes_left: u32,
    /// A recovery code was used up with this sign-in.
    pub recovery_code_used: bool,
    /// Is to be set up: an `otpauth://totp/…` URI for an authenticator app.
    pub offer: Option<Secret>,
    /// What was offered stood too long, and nothing was set up.
    pub offer_over: bool,
    /// Given out just now, until [`RepCommand::RecoveryCodesKept`].
    pub recovery_codes: Vec<Secret>,
    /// Of a rep who is signed in: why what was asked for last was not done.
    pub failure: Option<SignInFailure>,
}

/// One session of this rep, from its code to its end.
#[derive(Debug, Clone)]
pub struct RepSession {
    pub id: SessionId,
    /// To be read aloud, while it waits for its customer. Where that customer asked ([`View::portal`]), their page has it.
    pub code: Option<JoinCode>,
    /// Seconds until the code expires.
    pub code_expires_in_s: u64,
    pub view: Arc<View>,
    pub notes: NotesView,
    /// What arrived since its window was last in front.
    pub unread: u32,
}

/// What a plugin wants of the session windows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskOrder {
    /// Grows with each.
    pub serial: u64,
    pub wish: DeskWish,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeskWish {
    /// This session's window comes to the front.
    Show(SessionId),
    Arrange(Arrangement),
}

/// How the session windows stand, as the console tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Windows {
    /// Sessions that have one.
    pub open: Vec<SessionId>,
    /// Whose window has the keyboard, if any has.
    pub front: Option<SessionId>,
    pub arrangement: Arrangement,
}

/// What the rep notes about a session; the customer's side knows nothing of it. Cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotesView {
    pub text: Arc<str>,
    /// Grows when the text was changed by something else than [`RepCommand::Notes`]: a window shows it anew then.
    pub adopted: u64,
    /// Somebody else wrote notes of this session meanwhile: theirs stand above this rep's.
    pub merged: bool,
    pub state: NotesState,
}

/// Whether the relay has all that was noted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NotesState {
    /// There is nothing to be kept.
    #[default]
    Empty,
    Saved,
    /// It is on its way.
    Saving,
    /// The relay is away; it is told when it is back.
    Away,
    /// The relay cannot write it down at present; it is told again.
    NotNow,
    /// So many characters more than are kept; what was there before stays kept.
    TooLong {
        over: u64,
    },
    /// The session ended too long ago, or is another rep's.
    Over,
    /// The relay is one of before notes.
    Unsupported,
}

/// What a rep wants of the program.
#[derive(Debug, Clone)]
pub enum RepCommand {
    /// `relay` as `https://host:port`, with `#sha256=HEX` where its certificate is its own.
    SignIn {
        relay: String,
        user: String,
        password: String,
    },
    SignOut,
    /// The password to be known by from now on, where [`SignInFailure::MustChangePassword`] asks for one.
    ChoosePassword {
        password: String,
    },
    /// A code of the second factor, or a recovery code: where a sign-in asks for one ([`SignInFailure::SecondFactorWanted`]), or
    /// to set up the one that is offered ([`SecondFactor::offer`]).
    SecondFactorCode {
        code: Secret,
    },
    /// A signed-in rep wants a second factor.
    SetUpSecondFactor {
        password: Secret,
    },
    /// What is offered to a signed-in rep is not wanted, and [`SecondFactor::failure`] was read.
    LeaveSecondFactor,
    /// A signed-in rep wants none any more. `code` is of the second factor, or a recovery code.
    RemoveSecondFactor {
        password: Secret,
        code: Secret,
    },
    /// A signed-in rep wants other recovery codes, of which the ones of before are void.
    RenewRecoveryCodes {
        password: Secret,
        code: Secret,
    },
    /// The recovery codes were written down.
    RecoveryCodesKept,
    /// It was read that a recovery code was used up.
    RecoveryCodeNoted,
    /// Ends the sign-in that has this seat ([`SeatHolder::seat`]) and takes it; only while this one waits.
    TakeSeat {
        seat: u64,
    },
    /// Without a connection it is made when there is one again.
    NewCode,
    /// [`RepView::problem`] was read.
    DismissProblem,
    /// To one session.
    Session {
        session: SessionId,
        command: Command,
    },
    /// What is noted about a session now, as a whole.
    Notes {
        session: SessionId,
        text: String,
        /// [`NotesView::adopted`] of the text that it was written in.
        on: u64,
        /// The field was left: do not wait for more.
        at_once: bool,
    },
    /// Takes an unused code back, or an ended session off the list.
    Close {
        session: SessionId,
    },
    /// How the session windows stand now.
    Windows(Windows),
    /// How to take questions from now on, also after each later sign-in.
    Availability(Availability),
    /// The same, but for [`Availability::ready`] as it is.
    Ready {
        on: bool,
    },
    /// Takes a question that waits, offered or not. It becomes a session.
    AnswerQuestion {
        question: QuestionId,
    },
    /// Lets the question that is offered go to the next rep.
    PassQuestion {
        question: QuestionId,
    },
    /// Ends a question that waits, which is abuse or makes no sense. Its customer is told.
    CloseQuestion {
        question: QuestionId,
    },
    /// Yes or no to [`RepView::hand_over`]. With a yes it becomes a session.
    AnswerHandOver {
        offer: HandOverId,
        accept: bool,
    },
}
