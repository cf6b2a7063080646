//! What a relay says. New messages go to the end.

use super::*;
use crate::handover::{AcceptedHandOver, AskedEnd, HandOverId, HandOverOutcome, OfferedHandOver, Target};
use crate::licence::SignedLicence;
use crate::question::{AnsweredQuestion, OfferEnd, QuestionId, Queue, WaitingQuestion};
use crate::shared::{SharedRefusal, SharedValue};
use serde::{Deserialize, Serialize};

/// What a relay says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum FromRelay {
    Hello {
        version: u32,
        relay_version: String,
        /// The relay runs in developer mode: unsigned plugins and consent given ahead are possible, and shown.
        developer: bool,
        /// ed25519 key that signs compiled plugins.
        #[serde(with = "serde_bytes")]
        code_key: [u8; 32],
        /// It keeps the programs' audit lines. A relay of before this field does not know them.
        #[serde(default)]
        audit: bool,
        /// ed25519 key that signs licences. A relay of before this field signs none: nothing that asks for a feature runs.
        #[serde(default, with = "serde_bytes")]
        licence_key: Option<[u8; 32]>,
        /// Unix time by the relay's clock, in seconds: what licences are judged by.
        #[serde(default)]
        now_s: i64,
        /// It keeps notes. A relay of before this field does not know them.
        #[serde(default)]
        notes: bool,
    },
    SignedIn {
        token: Secret,
        rep: String,
        account: String,
        /// Whom to ask about features that are not licensed.
        contact: String,
    },
    SignInFailed(SignInFailure),
    Code {
        session: SessionId,
        nameplate: u32,
        /// Seconds until it expires; a duration, since clocks differ.
        expires_in_s: u64,
    },
    CodeExpired {
        session: SessionId,
    },
    /// Follows each sign-in, after a [`FromRelay::Code`] for every code of it that leads on. A code that is not named here
    /// is dead: nobody can come with it any more.
    CodesAlive {
        sessions: Vec<SessionId>,
    },
    /// The session's two sides have met: everything needed to reach each other.
    Session(Box<SessionOffer>),
    JoinFailed(JoinFailure),
    /// The session cannot be taken up again: it ended, the token is wrong, or its customer left before it began.
    ResumeFailed {
        session: SessionId,
    },
    Signal {
        session: SessionId,
        #[serde(with = "serde_bytes")]
        body: Vec<u8>,
    },
    /// The other side's control connection came or went. A session that runs may well go on; a customer who goes before
    /// [`ToRelay::Paired`] leaves the code to whoever comes next.
    Presence {
        session: SessionId,
        present: bool,
    },
    /// The rep's program said that the codes' second halves differ; the customer may type it again.
    PairingFailed {
        session: SessionId,
        attempts_left: u8,
    },
    SessionEnded {
        session: SessionId,
        reason: String,
    },
    Plugin {
        #[serde(with = "serde_bytes")]
        digest: [u8; 32],
        /// The signed package, byte for byte.
        #[serde(with = "serde_bytes")]
        package: Vec<u8>,
        /// The same, compiled for the engine named in `Hello`, in the relay's signed envelope.
        #[serde(with = "serde_bytes")]
        code: Vec<u8>,
    },
    PluginMissing {
        #[serde(with = "serde_bytes")]
        digest: [u8; 32],
        reason: String,
    },
    /// Something this program asked for cannot be done; the text says what to do.
    Refused {
        reason: String,
    },
    /// No common protocol version: the text names which program to update.
    Incompatible {
        reason: String,
    },
    /// Whether this sign-in has a seat of its account. Said before [`FromRelay::SignedIn`] if it has none, and whenever that
    /// or who has the seats changes. Until it is said, it has one.
    Seat {
        /// All seats are taken, and this sign-in waits: it makes no code and begins and takes up no session.
        waits: Option<SeatsTaken>,
    },
    /// Somebody else ended this sign-in; its token is worth nothing any more, and its codes and sessions are over.
    SignInEnded(SignInEnd),
    /// The account's licence: after each sign-in, and to both sides of each session whenever it changes or is renewed.
    Licence {
        licence: SignedLicence,
        /// Unix time by the relay's clock, in seconds.
        now_s: i64,
    },
    /// To a rep alone: the notes of a session that the relay has written down. Follows a session that is taken up again, if
    /// it has notes, and answers [`ToRelay::Notes`]: somebody else's text means that they were faster, and that what was
    /// said is not kept.
    Notes {
        session: SessionId,
        revision: u64,
        text: String,
    },
    /// Notes that were said are not kept.
    NotesRefused {
        session: SessionId,
        revision: u64,
        why: NotesRefusal,
    },
    /// A second factor to be set up, as a URI for authenticator apps (`otpauth://totp/…`). In answer to a sign-in: the account
    /// wants one, and with its first code the sign-in goes on ([`ToRelay::SignInWithCode`]).
    SecondFactorOffered {
        uri: Secret,
    },
    /// Of the second factor that was set up just now, or in place of those of before. They are told this once.
    RecoveryCodes {
        codes: Vec<Secret>,
    },
    /// How the second factor of this rep stands. Said before [`FromRelay::SignedIn`] if there is one, and whenever this program
    /// changes it. Until it is said, there is none.
    SecondFactor(SecondFactor),
    /// What a signed-in rep wanted of the second factor was not done.
    SecondFactorFailed(SignInFailure),
    /// The queue as it is now. Said after each [`ToRelay::Availability`] and at changes, at most every half second.
    Questions(Queue),
    /// A question is offered to this rep alone, for so many seconds.
    QuestionOffered {
        question: Box<WaitingQuestion>,
        for_s: u16,
    },
    /// It is not any more.
    QuestionOver {
        question: QuestionId,
        end: OfferEnd,
    },
    /// The rep has it: a session whose code the rep's program makes and seals ([`ToRelay::SealedCode`]). If it expires, or the
    /// rep goes before the customer came, the question is back at its queue's front.
    QuestionAnswered(Box<AnsweredQuestion>),
    /// Who else could help, at most [`TARGETS_MAX`](crate::handover::TARGETS_MAX): reps by name, then teams, then portals.
    Directory {
        targets: Vec<Target>,
    },
    /// This rep alone is asked to take a session over or to come into it, for so many seconds. 0: they read it by their own
    /// choice, from a portal's queue, for as long as they like; others may, too.
    HandOverOffered {
        offer: Box<OfferedHandOver>,
        for_s: u16,
    },
    /// They are not asked any more.
    HandOverOver {
        offer: HandOverId,
        end: AskedEnd,
    },
    /// The rep has it: a session whose code the rep's program makes and seals ([`ToRelay::HandOverCode`]).
    HandOverAccepted(Box<AcceptedHandOver>),
    /// To whoever asked: somebody is being asked whose program reads what is sealed to this key.
    HandOverLooked {
        session: SessionId,
        #[serde(with = "serde_bytes")]
        key: Vec<u8>,
        /// Which of those who read it: to be said with the answer.
        #[serde(default)]
        reader: i64,
    },
    /// To whoever is asked: what was said so far, sealed to their program's key.
    HandOverSummary {
        offer: HandOverId,
        #[serde(with = "serde_bytes")]
        body: Vec<u8>,
    },
    /// To whoever asked: how it went, and with whom.
    HandOverAnswered {
        session: SessionId,
        outcome: HandOverOutcome,
        /// Name of the rep; may be empty.
        by: String,
    },
    /// To whoever asked: the code for the customer's program, sealed to the key that was given.
    HandOverCode {
        session: SessionId,
        /// Name of the rep who comes.
        by: String,
        #[serde(with = "serde_bytes")]
        body: Vec<u8>,
    },
    /// A manager of the account wishes to look on at this rep's session. The program asks them in, with
    /// [`ToRelay::HandOver`], or does nothing.
    WatchAsked {
        session: SessionId,
        /// Whom to ask, as in [`ToRelay::HandOver`].
        to: String,
        /// The manager's name.
        by: String,
    },
    /// To a rep alone: shared values of a plugin, all of them or those that were changed.
    Shared {
        plugin: String,
        /// Of the newest change that is in it.
        revision: u64,
        /// There are no others.
        whole: bool,
        values: Vec<SharedValue>,
    },
    /// What became of [`ToRelay::SetShared`]: the number of the change.
    SharedSet {
        plugin: String,
        key: String,
        outcome: Result<u64, SharedRefusal>,
    },
    /// To whoever hands a session over to a portal's queue: whoever had taken it did not come, and it stands there again. The
    /// key is used up: it is taken by nobody until another is said ([`ToRelay::HandOverKey`]).
    HandOverWaits {
        session: SessionId,
    },
    /// To whoever asked, instead of a code: who takes it over is in the session already, by that session of theirs.
    HandOverHere {
        session: SessionId,
        beside: SessionId,
        /// Name of the rep who takes it.
        by: String,
    },
}
