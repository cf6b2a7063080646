//! Sessions that were begun beside another. What is new of them is written with the sessions
//! ([`super::Store::change_sessions`]).

use super::StoreError;
use lotse_protocol::control::SessionId;

/// Storage of which session was begun beside which, and of what a rep who looks for help is told of teams.
#[async_trait::async_trait]
pub trait HandOverStore: Send + Sync {
    /// Sessions that run and were begun beside another, and that: the first of one customer's.
    async fn besides(&self) -> Result<Vec<(SessionId, SessionId)>, StoreError>;
    /// An account's teams that have a rep, by row and name.
    async fn team_names(&self, account: i64) -> Result<Vec<(i64, String)>, StoreError>;
}
