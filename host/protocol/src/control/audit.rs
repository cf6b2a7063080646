//! The lines of a session that the relay keeps ([`ToRelay::Audit`](super::ToRelay::Audit)).

use serde::{Deserialize, Serialize};

/// Audit lines that a relay takes of one session in a minute. A decided right is one line, and there are few.
pub const AUDIT_LINES_PER_MINUTE: u32 = 64;

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
