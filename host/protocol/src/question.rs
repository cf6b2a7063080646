//! Questions of customers who came by a portal: what the relay tells a rep of them, and what a rep says of them.
//!
//! The relay reads a question, since it queues it. What answers it does not pass through the relay in the clear: the code
//! that the rep's program makes is sealed to the customer's page ([`crate::control::ToRelay::SealedCode`]).
//!
//! **A sealed code.** The page makes a P-256 key pair and gives the relay the public point (65 bytes, uncompressed). The rep's
//! program makes one of its own for this code, agrees with the page's by ECDH, and derives 32 bytes by HKDF-SHA256 without salt
//! over the shared x coordinate, with [`SEAL_INFO`], the page's point and its own point, one after another, as info. They are an
//! AES-256-GCM key that is used once, with a nonce of zeros. The body is its own point and then the ten ASCII digits of the
//! code, encrypted, with the 16-byte tag. A relay that only looks on learns nothing of the code's secret half; one that serves
//! a page that lies can, as it could send the customer anywhere: the safety code is what tells.

use crate::control::SessionId;
use crate::handover::Purpose;
use serde::{Deserialize, Serialize};

/// Longest question, in characters.
pub const QUESTION_CHARS_MAX: usize = 500;
/// Waiting questions that a rep is told of; of the rest the number.
pub const QUESTIONS_TOLD_MAX: usize = 100;
/// How long a question is offered to one rep before it goes to the next, in seconds, if the rep prefers nothing else.
pub const OFFER_S: u16 = 30;
/// The longest that a rep may prefer.
pub const OFFER_S_MAX: u16 = 120;
/// The shortest.
pub const OFFER_S_MIN: u16 = 5;
/// Bytes of a page's public key: an uncompressed point on P-256.
pub const PAGE_KEY_BYTES: usize = 65;
/// Bytes of a sealed code: the rep's point, ten digits, a tag.
pub const SEALED_CODE_BYTES: usize = PAGE_KEY_BYTES + 10 + 16;
/// Begins the info of the key's derivation.
pub const SEAL_INFO: &[u8] = b"lotse sealed code 1";

/// Names a question everywhere. Random; it is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct QuestionId(#[serde(with = "serde_bytes")] pub [u8; 16]);

impl std::fmt::Display for QuestionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().take(6).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// How a rep takes questions. Said after each sign-in and at each change; until then the rep gets none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availability {
    /// Questions may be offered to this rep.
    pub ready: bool,
    /// How long each is offered, in seconds, from [`OFFER_S_MIN`] to [`OFFER_S_MAX`]; the relay keeps it within.
    pub offer_s: u16,
    /// Also while a session of this rep runs.
    pub in_session: bool,
}

impl Default for Availability {
    fn default() -> Self {
        Self { ready: true, offer_s: OFFER_S, in_session: false }
    }
}

/// A question that waits for a rep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingQuestion {
    pub question: QuestionId,
    /// What the customer is called; may be empty.
    pub name: String,
    pub text: String,
    /// Name of the portal it came by.
    pub portal: String,
    /// Language of the customer's page: `en` or `de`.
    pub language: String,
    /// Operating system in words, as far as the page knows it; may be empty.
    pub system: String,
    /// For how many seconds already; a duration, since clocks differ.
    pub waiting_s: u64,
    pub offered: Offered,
    /// It is no question but a session that runs and is handed over. It is read, and then taken, as
    /// [`crate::handover`] tells.
    #[serde(default)]
    pub running: Option<RunningSession>,
}

/// A running session in a portal's queue. Its customer is with the rep who hands it over until another has taken it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningSession {
    /// Name of the rep who hands it over.
    pub from: String,
    pub purpose: Purpose,
    /// For reps alone; may be empty.
    pub note: String,
    /// It is this rep's own.
    pub yours: bool,
    /// Why this rep cannot take it where they read this; `None`: they can, or it is their own.
    #[serde(default)]
    pub no_place: Option<NoPlace>,
}

/// Why a rep who is in a running session already cannot take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoPlace {
    /// They are in it at another console, where they can take it over.
    OtherConsole,
    /// Nobody comes in beside themselves.
    Already,
}

impl NoPlace {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OtherConsole => "other-console",
            Self::Already => "already",
        }
    }
}

/// Who a question is offered to at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Offered {
    Nobody,
    /// To this sign-in.
    You,
    /// To a colleague of this name.
    Other(String),
}

/// What of the queue concerns a rep: the questions of the rep's portals.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// At most [`QUESTIONS_TOLD_MAX`], in the queue's order: what a rep gave back and running sessions first, then who has
    /// waited longest.
    pub waiting: Vec<WaitingQuestion>,
    /// Those that are not listed.
    pub more: u32,
    /// The rep's account has a portal that leads to this rep; without one nothing is shown of questions.
    pub has_portal: bool,
}

/// A question that this rep has taken. It has become a session, whose code nobody reads aloud: it is sealed to the
/// customer's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnsweredQuestion {
    pub question: WaitingQuestion,
    pub session: SessionId,
    pub nameplate: u32,
    /// Seconds until the customer must have come with the code.
    pub expires_in_s: u64,
    /// The page's public key, [`PAGE_KEY_BYTES`] long.
    #[serde(with = "serde_bytes")]
    pub page_key: Vec<u8>,
}

/// Why a question is not offered to this rep any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OfferEnd {
    /// Its time was over, or the rep passed it: it went to the next rep or back into the queue.
    Passed,
    /// A colleague of this name took it from the list.
    Taken(String),
    /// The customer left.
    Left,
    /// A rep of this name closed it.
    Closed(String),
}
