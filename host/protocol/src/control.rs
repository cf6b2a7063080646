//! Program ↔ relay: one WebSocket over TLS, a CBOR message a frame.
//!
//! A program speaks first ([`ToRelay::Hello`]). The relay sees who meets whom and hands out leg tickets and plugins; what
//! the two ends of a session say to each other it only forwards ([`ToRelay::Signal`], and the data plane's packets).

use crate::licence::SignedLicence;
use crate::question::{AnsweredQuestion, Availability, OfferEnd, QuestionId, Queue, WaitingQuestion};
use crate::shared::{SharedRefusal, SharedValue};
use serde::{Deserialize, Serialize};

/// Version of this protocol. A relay answers with the highest one both sides have.
pub const VERSION: u32 = 1;
/// Path of the WebSocket on the relay.
pub const PATH: &str = "/control";
/// Largest body of a signal, in bytes: a PAKE message with its confirmation is under 200.
pub const SIGNAL_BYTES_MAX: usize = 4096;
/// Audit lines that a relay takes of one session in a minute. A decided right is one line, and there are few.
pub const AUDIT_LINES_PER_MINUTE: u32 = 64;
/// Who has a seat is told of so many; of the rest the number.
pub const SEAT_HOLDERS_MAX: usize = 100;
/// Longest notes of one session, in characters: more than two printed pages.
pub const NOTES_CHARS_MAX: usize = 8000;
/// Whatever script they are in, notes fit into one message.
const _: () = assert!(NOTES_CHARS_MAX * 4 + 1024 <= crate::wire::TO_RELAY_BYTES_MAX);
/// How long a session whose customer is gone waits for the same customer, in seconds (N4).
pub const CUSTOMER_WAIT_S: u64 = 10 * 60;

/// Names a session everywhere. Random; it is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SessionId(#[serde(with = "serde_bytes")] pub [u8; 16]);

impl std::fmt::Display for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().take(6).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Which program is speaking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    Rep,
    Customer,
}

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
    /// [`FromRelay::Refused`].
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
}

/// What an audit line for the relay tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuditKind {
    Granted,
    Denied,
    Revoked,
    Crashed,
    /// The customer said yes, or no; their own program says so.
    Allowed,
    Refused,
}

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
}

/// Why notes are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotesRefusal {
    /// Not at this moment, such as with a full disk; they may be said again.
    NotNow,
    /// They are over [`NOTES_CHARS_MAX`].
    TooLong,
    /// The session is another rep's, is not known, or ended too long ago.
    Over,
}

/// How a rep's second factor stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    pub on: bool,
    /// The account wants one of everybody: it cannot be switched off.
    pub required: bool,
    pub recovery_codes_left: u32,
    /// This sign-in has just used a recovery code up.
    pub recovery_code_used: bool,
}

/// Who has the seats of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatsTaken {
    /// How many the account has.
    pub seats: u32,
    /// At most [`SEAT_HOLDERS_MAX`], who has had one for longest first.
    pub holders: Vec<SeatHolder>,
    /// Holders that are not listed.
    pub more: u32,
}

/// A sign-in that has a seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatHolder {
    /// Names this seat and this holder of it to the relay ([`ToRelay::TakeSeat`]).
    pub seat: u64,
    pub name: String,
    /// For how many seconds already; a duration, since clocks differ.
    pub held_s: u64,
    /// A session of this sign-in runs, which ends with it.
    pub in_session: bool,
    /// Its console is connected.
    pub connected: bool,
}

/// Why somebody else ended a sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignInEnd {
    /// Who has its seat now.
    TakenOver { by: String },
    /// The password was set anew.
    PasswordReset,
    /// Whoever looks after the account or the relay ended it, or took a lost second factor away.
    ByManager,
}

/// One side's way into a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SessionOffer {
    pub session: SessionId,
    /// What takes this session up again from here ([`ToRelay::Resume`]).
    pub token: Secret,
    pub leg: Leg,
    pub rep: String,
    pub account: String,
    pub customer: String,
    pub system: String,
    /// The plugins of this session, the same on both sides, in the order that numbers them on the wire.
    pub plugins: Vec<PluginRef>,
    /// This offer takes up a session that was running; keys are those of before.
    pub resumed: bool,
    /// The account's licence. Without one nothing that asks for a feature is started.
    #[serde(default)]
    pub licence: Option<SignedLicence>,
    /// What the customer asked on the portal's page; empty if the session began with a code that was read aloud.
    #[serde(default)]
    pub question: String,
    /// Name of the portal; empty likewise.
    #[serde(default)]
    pub portal: String,
}

/// One leg through the relay's packet forwarder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Leg {
    /// UDP port on the relay's own address.
    pub udp_port: u16,
    #[serde(with = "serde_bytes")]
    pub token: Vec<u8>,
    #[serde(with = "serde_bytes")]
    pub secret: [u8; 32],
}

/// A plugin in exactly one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginRef {
    pub id: String,
    pub version: semver::Version,
    /// SHA-256 of the signed package.
    #[serde(with = "serde_bytes")]
    pub digest: [u8; 32],
    /// The account's licence covers the plugin's feature, as the relay has it: worth fetching at once. What decides is the
    /// signed document, with the feature that the package itself names.
    pub licensed: bool,
    /// What the relay's operator calls whoever signed the package. Never what a package says of itself.
    #[serde(default)]
    pub publisher: Option<String>,
}

/// Why a sign-in failed. Never tells an unknown ID from a wrong password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignInFailure {
    NotAnEmail,
    WrongIdOrPassword,
    AccountNotActive,
    /// Too many attempts; try again after so many seconds.
    TooMany {
        wait_s: u64,
    },
    /// The token of an earlier sign-in is no longer good: ask for the password.
    SignInAgain,
    /// Somebody else set the password; with one of the rep's own it goes on ([`ToRelay::ChangePassword`]).
    MustChangePassword,
    /// The password that was chosen is too easily guessed, or none.
    NewPasswordRefused(PasswordWeakness),
    /// The password is right; with a code of the second factor it goes on ([`ToRelay::SignInWithCode`]).
    SecondFactorWanted,
    /// The code of the second factor is not right, too old, or was used before.
    WrongCode,
    /// The account wants a second factor of everybody.
    SecondFactorMustBeSetUp,
    /// Too many wrong attempts with this user ID, whether there is such a rep or not; it is open again after so many seconds.
    Locked {
        wait_s: u64,
    },
    /// Too many wrong attempts from this address; it is open again after so many seconds.
    AddressLocked {
        wait_s: u64,
    },
}

/// What is wrong with a password that somebody chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PasswordWeakness {
    TooShort,
    TooLong,
    /// It is the one of before.
    Same,
    /// It is on the lists that guessers begin with, or nearly.
    Common,
    /// Keys side by side, repeats, sequences, dates.
    Pattern,
    /// Names, words of the user ID or of the account, or one word by itself.
    Word,
    /// Guessed in too few attempts for another reason.
    Guessable,
}

/// Why a code did not lead into a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum JoinFailure {
    /// Never given out, mistyped in its first half, or long gone.
    Unknown,
    Expired,
    Used,
    /// The rep's program is not connected.
    RepGone,
    /// Too many wrong codes from this address; try again after so many seconds.
    TooMany {
        wait_s: u64,
    },
    /// The rep has as many sessions as the licence allows; the code leads on when one of them is over.
    RepBusy,
}

/// A text that is never printed: passwords and tokens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::wire;

    #[test]
    fn what_is_said_is_what_is_heard() {
        let offer = FromRelay::Session(Box::new(SessionOffer {
            session: SessionId([7; 16]),
            token: Secret("t".into()),
            leg: Leg { udp_port: 1, token: vec![1, 2], secret: [3; 32] },
            rep: "Anna".into(),
            account: "Acme".into(),
            customer: "K. Weber".into(),
            system: "Debian 12".into(),
            plugins: vec![PluginRef {
                id: "lotse.chat".into(),
                version: semver::Version::new(1, 2, 3),
                digest: [9; 32],
                licensed: true,
                publisher: Some("Acme".into()),
            }],
            resumed: false,
            licence: Some(SignedLicence { document: vec![1, 2], signature: vec![3; 64] }),
            question: "It does not print".into(),
            portal: "Billing".into(),
        }));
        let bytes = wire::encode(&offer, wire::FROM_RELAY_BYTES_MAX).unwrap();
        let FromRelay::Session(heard) = wire::decode(&bytes, wire::FROM_RELAY_BYTES_MAX).unwrap() else {
            unreachable!()
        };
        assert_eq!(heard.plugins.first().unwrap().version, semver::Version::new(1, 2, 3));
        assert_eq!(heard.leg.secret, [3; 32]);
        assert_eq!(heard.licence.unwrap().signature, [3; 64]);
    }

    #[test]
    fn who_has_the_seats_is_heard_as_it_is_said() {
        let holder = SeatHolder { seat: 7, name: "Bo Lind".into(), held_s: 61, in_session: true, connected: false };
        let taken = SeatsTaken { seats: 1, holders: vec![holder], more: 3 };
        let bytes = wire::encode(&FromRelay::Seat { waits: Some(taken.clone()) }, 4096).unwrap();
        assert!(matches!(wire::decode(&bytes, 4096).unwrap(), FromRelay::Seat { waits } if waits == Some(taken)));
        let bytes = wire::encode(&FromRelay::Seat { waits: None }, 4096).unwrap();
        assert!(matches!(wire::decode(&bytes, 4096).unwrap(), FromRelay::Seat { waits: None }));
        let weak = SignInFailure::NewPasswordRefused(PasswordWeakness::Common);
        let bytes = wire::encode(&FromRelay::SignInFailed(weak), 4096).unwrap();
        assert!(matches!(wire::decode(&bytes, 4096).unwrap(), FromRelay::SignInFailed(failure) if failure == weak));
    }

    #[test]
    fn the_longest_notes_are_heard_as_they_are_said() {
        let session = SessionId([7; 16]);
        let text = "\u{1f5a8}".repeat(NOTES_CHARS_MAX);
        let notes = ToRelay::Notes { session, revision: 3, text: text.clone() };
        let bytes = wire::encode(&notes, wire::TO_RELAY_BYTES_MAX).unwrap();
        let heard = wire::decode(&bytes, wire::TO_RELAY_BYTES_MAX).unwrap();
        assert!(matches!(heard, ToRelay::Notes { revision: 3, text: heard, .. } if heard == text));
        let refused = FromRelay::NotesRefused { session, revision: 3, why: NotesRefusal::NotNow };
        let bytes = wire::encode(&refused, 4096).unwrap();
        let heard = wire::decode(&bytes, 4096).unwrap();
        assert!(matches!(heard, FromRelay::NotesRefused { revision: 3, why: NotesRefusal::NotNow, .. }));
    }

    #[test]
    fn s4_a_second_factor_is_heard_as_it_is_said_and_never_printed() {
        let said = ToRelay::SignInWithCode {
            user: "a@b.de".into(),
            password: Secret("hunter2".into()),
            new_password: None,
            code: Secret("287082".into()),
            first: true,
        };
        assert!(!format!("{said:?}").contains("287082"));
        let bytes = wire::encode(&said, 4096).unwrap();
        let ToRelay::SignInWithCode { code, new_password: None, first: true, .. } = wire::decode(&bytes, 4096).unwrap()
        else {
            unreachable!()
        };
        assert_eq!(code.0, "287082");
        let stands = SecondFactor { on: true, required: true, recovery_codes_left: 9, recovery_code_used: true };
        let bytes = wire::encode(&FromRelay::SecondFactor(stands), 4096).unwrap();
        assert!(matches!(wire::decode(&bytes, 4096).unwrap(), FromRelay::SecondFactor(heard) if heard == stands));
        let offered = FromRelay::SecondFactorOffered { uri: Secret("otpauth://totp/x?secret=JBSWY3DP".into()) };
        assert!(!format!("{offered:?}").contains("JBSWY3DP"));
    }

    #[test]
    fn fields_of_a_newer_program_are_ignored() {
        #[derive(Serialize)]
        enum Newer {
            Join { nameplate: u32, name: String, system: String, mood: String },
        }
        let bytes = wire::encode(
            &Newer::Join { nameplate: 5, name: "K".into(), system: "s".into(), mood: "hurried".into() },
            4096,
        )
        .unwrap();
        assert!(matches!(wire::decode(&bytes, 4096).unwrap(), ToRelay::Join { nameplate: 5, .. }));
    }

    #[test]
    fn a_relay_of_before_says_nothing_of_audit_lines() {
        #[derive(Serialize)]
        enum Older {
            Hello {
                version: u32,
                relay_version: String,
                developer: bool,
                #[serde(with = "serde_bytes")]
                code_key: [u8; 32],
            },
        }
        let older = Older::Hello { version: 1, relay_version: "0".into(), developer: false, code_key: [1; 32] };
        let bytes = wire::encode(&older, 4096).unwrap();
        assert!(matches!(
            wire::decode(&bytes, 4096).unwrap(),
            FromRelay::Hello { audit: false, licence_key: None, notes: false, .. }
        ));
    }

    #[test]
    fn the_key_of_licences_is_heard_as_it_is_said() {
        for key in [None, Some([7; 32])] {
            let hello = FromRelay::Hello {
                version: 1,
                relay_version: "0".into(),
                developer: false,
                code_key: [1; 32],
                audit: true,
                licence_key: key,
                now_s: 1_795_910_400,
                notes: true,
            };
            let bytes = wire::encode(&hello, 4096).unwrap();
            let heard = wire::decode(&bytes, 4096).unwrap();
            assert!(matches!(heard, FromRelay::Hello { licence_key, now_s: 1_795_910_400, .. } if licence_key == key));
        }
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let good =
            wire::encode(&ToRelay::SignIn { user: "a@b.de".into(), password: Secret("p".into()) }, 4096).unwrap();
        let mut seed = 0x9e37_79b9_u64;
        for _ in 0..20_000 {
            let mut bytes = good.clone();
            for _ in 0..3 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = (seed >> 33) as usize % bytes.len();
                bytes[at] = (seed >> 20) as u8;
            }
            let _ = wire::decode::<ToRelay>(&bytes, 4096);
            let _ = wire::decode::<FromRelay>(&bytes, 4096);
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let text = format!("{:?}", ToRelay::SignIn { user: "a@b.de".into(), password: Secret("hunter2".into()) });
        assert!(!text.contains("hunter2"));
    }
}
