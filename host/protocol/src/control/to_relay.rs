//! What programs say. New messages go to the end.

use super::*;
use crate::handover::{HandOver, HandOverId};
use crate::question::{Availability, QuestionId};
use crate::shared::SharedValue;
use serde::{Deserialize, Serialize};

/// What a relay takes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum ToRelay {
    /// First message of a connection.
    Hello {
        versions: Vec<u32>,
        side: Side,
        program_version: String,
        /// Which compiled form of a plugin this program can run: wasmtime version, settings and target in one text.
        engine: String,
    },
    SignIn {
        user: String,
        password: Secret,
    },
    /// Takes up an earlier sign-in after a lost connection.
    SignInAgain {
        token: Secret,
    },
    SignOut,
    /// A rep wants a code for a new session. Answered by [`FromRelay::Code`], which is told again after each sign-in.
    NewCode,
    /// A rep takes an unused code back.
    DropCode {
        session: SessionId,
    },
    /// A customer has typed a code whose first half is this. Answered by [`FromRelay::Session`].
    Join {
        nameplate: u32,
        /// What the customer is called in the session; may be empty.
        name: String,
        /// Operating system in words, for the rep.
        system: String,
    },
    /// Either side takes up a running session after its control connection or its program was gone.
    Resume {
        session: SessionId,
        token: Secret,
    },
    /// To the other side of the session, unread.
    Signal {
        session: SessionId,
        #[serde(with = "serde_bytes")]
        body: Vec<u8>,
    },
    /// The rep's program found the customer's secret to be wrong (or the relay to be lying).
    PairingFailed {
        session: SessionId,
    },
    /// Both ends hold each other's keys: the code is used up.
    Paired {
        session: SessionId,
    },
    EndSession {
        session: SessionId,
        reason: String,
    },
    /// A line of the audit log that this program keeps of a session, without any word of a plugin's own. Said only to a relay
    /// that keeps them ([`FromRelay::Hello`]).
    Audit {
        session: SessionId,
        kind: AuditKind,
        /// Id of the plugin, as the session's list has it; empty: the customer's own word.
        plugin: String,
        /// The capability or access, by its name; may be empty.
        about: String,
    },
    /// Answered by [`FromRelay::Plugin`] or [`FromRelay::PluginMissing`].
    FetchPlugin {
        #[serde(with = "serde_bytes")]
        digest: [u8; 32],
    },
    /// In place of [`ToRelay::SignIn`], for whoever must choose a password ([`SignInFailure::MustChangePassword`]). Answered
    /// as that is.
    ChangePassword {
        user: String,
        password: Secret,
        new_password: Secret,
    },
    /// A sign-in that waits for a seat ends the one that has this one ([`SeatHolder::seat`]) and takes it. Answered by
    /// [`FromRelay::Seat`].
    TakeSeat {
        seat: u64,
    },
    /// A rep's notes of a session, as a whole. Said only to a relay that keeps them ([`FromRelay::Hello`]), and never by a
    /// customer's program. Answered by [`FromRelay::Notes`] or [`FromRelay::NotesRefused`].
    Notes {
        session: SessionId,
        /// One more than what the relay was last known to have.
        revision: u64,
        /// At most [`NOTES_CHARS_MAX`] characters.
        text: String,
    },
    /// In place of [`ToRelay::SignIn`] or, with a new password, of [`ToRelay::ChangePassword`], for whoever must show a second
    /// factor, too. Answered as those are.
    SignInWithCode {
        user: String,
        password: Secret,
        #[serde(default)]
        new_password: Option<Secret>,
        /// Of the authenticator app, or a recovery code.
        code: Secret,
        /// It is the first code of the second factor that was offered just now ([`FromRelay::SecondFactorOffered`]), and sets
        /// it up.
        #[serde(default)]
        first: bool,
    },
    /// A rep who is signed in wants a second factor. Answered by [`FromRelay::SecondFactorOffered`] or
    /// [`FromRelay::SecondFactorFailed`].
    SetUpSecondFactor {
        password: Secret,
    },
    /// The first code of the second factor that was offered. Answered by [`FromRelay::RecoveryCodes`] and
    /// [`FromRelay::SecondFactor`], or by [`FromRelay::SecondFactorFailed`]. If the offer is over, by
    /// [`FromRelay::SecondFactor`] alone: that there is none.
    ProveSecondFactor {
        code: Secret,
    },
    /// A rep who is signed in wants none any more. Answered by [`FromRelay::SecondFactor`] or
    /// [`FromRelay::SecondFactorFailed`].
    RemoveSecondFactor {
        password: Secret,
        /// Of the authenticator app, or a recovery code.
        code: Secret,
    },
    /// How this rep takes questions from now on.
    Availability(Availability),
    /// A rep takes a waiting question, offered or from the list. Answered by [`FromRelay::QuestionAnswered`] or
    /// [`FromRelay::Refused`]. Of a running session that is handed over it opens what is to be read before it is taken:
    /// answered by [`FromRelay::HandOverOffered`].
    AnswerQuestion {
        question: QuestionId,
    },
    /// A rep does not take the question that is offered: it goes to the next.
    PassQuestion {
        question: QuestionId,
    },
    /// The code of a session that began with a question, sealed to the customer's page, which alone can read it.
    SealedCode {
        session: SessionId,
        #[serde(with = "serde_bytes")]
        body: Vec<u8>,
    },
    /// A rep who is signed in wants other recovery codes; those of before are void then. Answered by
    /// [`FromRelay::RecoveryCodes`] and [`FromRelay::SecondFactor`], or by [`FromRelay::SecondFactorFailed`].
    RenewRecoveryCodes {
        password: Secret,
        /// Of the authenticator app, or a recovery code.
        code: Secret,
    },
    /// A rep ends a question that waits, offered or from the list: it is abuse or makes no sense. Its page is told. Answered
    /// by [`FromRelay::Refused`] if it does not wait any more.
    CloseQuestion {
        question: QuestionId,
    },
    /// A rep in a session wants to know who else could help. Answered by [`FromRelay::Directory`].
    Directory,
    /// A rep wants somebody to take a running session of theirs over, or to come into it. Answered by
    /// [`FromRelay::HandOverAnswered`], when it is over, or by [`FromRelay::Refused`]. One at a time for each session.
    HandOver(Box<HandOver>),
    /// Takes that back.
    WithdrawHandOver {
        session: SessionId,
    },
    /// Whoever is asked wants to see what was said so far, sealed to this key. Answered by [`FromRelay::HandOverSummary`], if the
    /// other program has something to tell.
    LookAtHandOver {
        offer: HandOverId,
        #[serde(with = "serde_bytes")]
        key: Vec<u8>,
    },
    /// In answer to [`FromRelay::HandOverLooked`]: what was said, sealed to that key. At most
    /// [`SEALED_SUMMARY_BYTES_MAX`](crate::handover::SEALED_SUMMARY_BYTES_MAX) bytes.
    HandOverSummary {
        session: SessionId,
        #[serde(with = "serde_bytes")]
        body: Vec<u8>,
        /// As it was said in [`FromRelay::HandOverLooked`].
        #[serde(default)]
        reader: i64,
    },
    /// Whoever is asked says yes or no. A yes is answered by [`FromRelay::HandOverAccepted`] or [`FromRelay::Refused`].
    AnswerHandOver {
        offer: HandOverId,
        accept: bool,
    },
    /// The code of the session that came of it, sealed to the program of the rep who asked.
    HandOverCode {
        /// The new one.
        session: SessionId,
        #[serde(with = "serde_bytes")]
        body: Vec<u8>,
    },
    /// A customer's program in a session comes with a code to a second rep, beside the first. Answered as [`ToRelay::Join`] is.
    JoinBeside {
        /// The running session that this program is in.
        session: SessionId,
        nameplate: u32,
        name: String,
        system: String,
    },
    /// A rep's program wants to know a plugin's shared values, and every change to them from now on. Answered by
    /// [`FromRelay::Shared`] with all of them.
    FetchShared {
        plugin: String,
    },
    /// A rep changes a shared value. Answered by [`FromRelay::SharedSet`].
    SetShared {
        plugin: String,
        /// `revision` is that of the newest change that they have seen.
        value: SharedValue,
    },
    /// Of a session that a rep hands over to a portal's queue: another key to seal the code to. If somebody has taken it whose
    /// code is here already, they did not come, and it stands in the queue again.
    HandOverKey {
        session: SessionId,
        #[serde(with = "serde_bytes")]
        key: Vec<u8>,
    },
}
