//! What the rep's program is given, what it shows and what can be asked of it.
//!
//! The handle in [`crate::rep`] and the core behind it both speak in these. Windows import them from there.

use crate::question_view::Questions;
use crate::view::{Command, Problem, View};
use lotse_protocol::code::JoinCode;
use lotse_protocol::control::{SessionId, SignInEnd, SignInFailure};
use lotse_protocol::question::{Availability, QuestionId};
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
    /// What a signed-in rep asked for and did not get, or why the sign-in is not taken up again. Stays until it is
    /// dismissed, or the next code is asked for.
    pub problem: Option<Problem>,
    /// Sessions and waiting codes, oldest first. Of those that are over, the newest.
    pub sessions: Vec<RepSession>,
    /// Of customers who wait.
    pub questions: Questions,
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

/// One session of this rep, from its code to its end.
#[derive(Debug, Clone)]
pub struct RepSession {
    pub id: SessionId,
    /// To be read aloud, while it waits for its customer. Where that customer asked ([`View::portal`]), their page has it.
    pub code: Option<JoinCode>,
    /// Seconds until the code expires.
    pub code_expires_in_s: u64,
    pub view: Arc<View>,
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
    /// Takes an unused code back, or an ended session off the list.
    Close {
        session: SessionId,
    },
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
}
