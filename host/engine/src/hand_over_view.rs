//! What a rep's windows show while a colleague asks them to take a session over or to come into it, or while they read one that
//! waits in a portal's queue. Everything in it was cleaned
//! of what could forge other words, and times are of this computer's clock.

use lotse_protocol::handover::{HandOverId, Purpose};
use std::time::Instant;

/// What this rep is asked at this moment, or reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedHandOver {
    pub id: HandOverId,
    /// Who asks.
    pub from: String,
    pub purpose: Purpose,
    /// What the customer is called; may be empty.
    pub customer: String,
    /// Operating system in words; may be empty.
    pub system: String,
    /// What the customer asked, on one line, and by which portal; may be empty.
    pub question: String,
    pub portal: String,
    /// What the colleague says of it; may be empty.
    pub note: String,
    /// The session's notes; may be empty and have many lines.
    pub notes: String,
    /// What was said in the session so far, as far as its plugins tell; `None` until it came.
    pub summary: Option<String>,
    /// When somebody else is asked; `None`: this rep reads it by choice, for as long as they like, and others may, too.
    pub until: Option<Instant>,
    /// The whole of that time, in seconds; 0 without one.
    pub for_s: u16,
    /// The rep took it, and the relay has yet to answer.
    pub accepting: bool,
}
