//! What is stored of questions.

use crate::token::TokenHash;
use lotse_protocol::control::SessionId;
use lotse_protocol::question::QuestionId;

/// What a session began with; empty if with a code that was read aloud.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    pub question: String,
    /// Name of the portal.
    pub portal: String,
}

/// A question that stands, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionRecord {
    pub question: QuestionId,
    pub portal: i64,
    pub account: i64,
    pub portal_name: String,
    pub token: TokenHash,
    pub name: String,
    pub text: String,
    pub language: String,
    pub system: String,
    pub page_key: Vec<u8>,
    /// It was given back, and stands before those that were not.
    pub front: bool,
    pub stage: QuestionStage,
    /// Since it was asked; the store keeps the time of day.
    pub waited_ms: u64,
}

/// How far a stored question is. An offer is not stored: it does not outlive a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuestionStage {
    Waiting,
    /// A rep has it, and the customer has not come with the code.
    Taken(SessionId),
    Running(SessionId),
}

impl QuestionStage {
    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Taken(_) => "taken",
            Self::Running(_) => "running",
        }
    }

    /// The session that it became.
    pub fn session(self) -> Option<SessionId> {
        match self {
            Self::Waiting => None,
            Self::Taken(session) | Self::Running(session) => Some(session),
        }
    }
}
