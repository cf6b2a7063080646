//! A running session goes to another rep, or another rep comes into it: what programs and relay say of that.
//!
//! The second rep has a session of their own with the same customer, with keys of its own. Its join code is made by the
//! second rep's program and sealed to the first's, in the form of [`crate::question`]'s sealed codes; the first rep's program
//! tells it to the customer's over their link. What was said so far goes the other way, sealed to the second rep's program while
//! that is being asked: its own point, and behind it the text encrypted under a key derived as for codes, with [`SUMMARY_INFO`].
//! The relay reads who asks whom, the note and the notes. One that only looks on learns no code and nothing that was said; one
//! that swaps keys can bring in somebody of its own, which the safety codes tell, as they do with a portal's page.
//!
//! What is handed to a portal stands in the portal's queue ([`crate::question::RunningSession`]) under [`HandOverId::row`], until
//! somebody has it: whoever serves the portal reads it from the list, and takes it or lets it be. If whoever took it does not come, it
//! stands there again ([`crate::control::FromRelay::HandOverWaits`]).

use crate::control::SessionId;
use crate::question::{PAGE_KEY_BYTES, QuestionId, SEALED_CODE_BYTES};
use serde::{Deserialize, Serialize};

/// Longest note to whoever is asked, in characters.
pub const NOTE_CHARS_MAX: usize = 500;
/// Longest account of what was said, in bytes: some screenfuls.
pub const SUMMARY_BYTES_MAX: usize = 24 * 1024;
/// The same when it is sealed: a point and a tag more.
pub const SEALED_SUMMARY_BYTES_MAX: usize = SUMMARY_BYTES_MAX + PAGE_KEY_BYTES + 16;
const _: () = assert!(SEALED_SUMMARY_BYTES_MAX + 1024 < crate::wire::TO_RELAY_BYTES_MAX);
/// Begins the info of the derivation of a summary's key.
pub const SUMMARY_INFO: &[u8] = b"lotse hand-over summary 1";
/// A key and a sealed code, as a portal's page has them.
pub const KEY_BYTES: usize = PAGE_KEY_BYTES;
pub const CODE_BYTES: usize = SEALED_CODE_BYTES;
/// Reps, teams and portals that a rep is told of.
pub const TARGETS_MAX: usize = 200;
/// Longest name of one, in bytes, such as `team:12`.
pub const TARGET_ID_BYTES_MAX: usize = 40;
/// How long one rep is asked, in seconds. Longer than for a question: there is more to read, and nobody waits alone meanwhile.
pub const OFFER_S: u16 = 60;
/// Ends in one session beside the first: a colleague, an expert, a manager.
pub const BESIDE_MAX: usize = 3;

/// Names one wish to hand over or to invite. Random; it is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HandOverId(#[serde(with = "serde_bytes")] pub [u8; 16]);

impl HandOverId {
    /// What it is called in a portal's queue, if it stands in one.
    pub const fn row(self) -> QuestionId {
        QuestionId(self.0)
    }
}

impl std::fmt::Display for HandOverId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().take(6).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Somebody who could be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The relay's own name for it.
    pub id: String,
    pub kind: TargetKind,
    pub name: String,
    /// Somebody there could take it now.
    pub available: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TargetKind {
    Rep,
    Team,
    Portal,
}

impl TargetKind {
    /// As plugins are told it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rep => "rep",
            Self::Team => "team",
            Self::Portal => "portal",
        }
    }
}

/// What the new rep is to be in the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// In the place of the one who asks.
    TakeOver,
    /// Beside them.
    Join,
    /// The same, but sees and does nothing else.
    Observe,
}

impl Purpose {
    /// In the audit log and to plugins.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TakeOver => "take-over",
            Self::Join => "join",
            Self::Observe => "observe",
        }
    }
}

/// A rep's wish for a running session of theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    pub session: SessionId,
    /// [`Target::id`].
    pub to: String,
    /// For reps alone; at most [`NOTE_CHARS_MAX`] characters.
    pub note: String,
    pub purpose: Purpose,
    /// What the code is to be sealed to; [`KEY_BYTES`] long.
    #[serde(with = "serde_bytes")]
    pub key: Vec<u8>,
    /// For how many seconds it has waited in a portal's queue already, if the relay has forgotten it since.
    #[serde(default)]
    pub waiting_s: u64,
}

/// What a rep is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedHandOver {
    pub offer: HandOverId,
    /// Name of the rep who asks.
    pub from: String,
    pub purpose: Purpose,
    /// What the customer is called; may be empty.
    pub customer: String,
    pub system: String,
    /// What the customer asked, and by which portal; may be empty.
    pub question: String,
    pub portal: String,
    pub note: String,
    /// The session's notes, as the relay has them; may be empty.
    pub notes: String,
}

/// It is this rep's: a session whose code nobody reads aloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedHandOver {
    pub offer: HandOverId,
    pub session: SessionId,
    pub nameplate: u32,
    /// Seconds until the customer's program must have come with the code.
    pub expires_in_s: u64,
    /// What the code is to be sealed to; [`KEY_BYTES`] long.
    #[serde(with = "serde_bytes")]
    pub key: Vec<u8>,
}

/// What became of a wish, for whoever had it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HandOverOutcome {
    /// Somebody is on the way.
    Accepted,
    /// Whoever was asked said no.
    Declined,
    /// Nobody was there, or nobody answered.
    Nobody,
    /// Whoever came is gone again, or the customer did not want them.
    Gone,
}

impl HandOverOutcome {
    /// As plugins are told it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Nobody => "nobody",
            Self::Gone => "gone",
        }
    }
}

/// Why a rep is not asked any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AskedEnd {
    /// They said no, or its time was over.
    Passed,
    /// It was taken back, or its session is over.
    Withdrawn,
    /// A colleague has taken it from the portal's queue.
    Taken,
    /// It is theirs: they are in it already, by this session of theirs.
    Yours { session: SessionId },
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::control::{FromRelay, NOTES_CHARS_MAX, ToRelay};
    use crate::wire;

    #[test]
    fn h1_what_is_asked_of_a_second_rep_is_heard_as_it_is_said() {
        let asked = OfferedHandOver {
            offer: HandOverId([7; 16]),
            from: "Anna Berg".into(),
            purpose: Purpose::TakeOver,
            customer: "K. Weber".into(),
            system: "Debian 12".into(),
            question: "It does not print".into(),
            portal: "Billing".into(),
            note: "Knows the driver already".into(),
            notes: "\u{1f5a8}".repeat(NOTES_CHARS_MAX),
        };
        let said = FromRelay::HandOverOffered { offer: Box::new(asked.clone()), for_s: OFFER_S };
        let bytes = wire::encode(&said, wire::FROM_RELAY_BYTES_MAX).unwrap();
        let heard = wire::decode(&bytes, wire::FROM_RELAY_BYTES_MAX).unwrap();
        assert!(matches!(heard, FromRelay::HandOverOffered { offer, for_s: OFFER_S } if *offer == asked));
    }

    #[test]
    fn the_longest_summary_fits_into_a_message() {
        let body = vec![0xff; SEALED_SUMMARY_BYTES_MAX];
        let said = ToRelay::HandOverSummary { session: SessionId([7; 16]), body: body.clone(), reader: i64::MAX };
        let bytes = wire::encode(&said, wire::TO_RELAY_BYTES_MAX).unwrap();
        let heard = wire::decode(&bytes, wire::TO_RELAY_BYTES_MAX).unwrap();
        assert!(matches!(heard, ToRelay::HandOverSummary { body: heard, .. } if heard == body));
    }
}
