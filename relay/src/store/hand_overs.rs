//! Sessions that were begun beside another, and who may look on. What is new of such sessions is written with the sessions
//! ([`super::Store::change_sessions`]).

use super::StoreError;
use crate::hub::BesideRecord;

/// Storage of which session was begun beside which, and of what a rep who looks for help is told of teams.
#[async_trait::async_trait]
pub trait HandOverStore: Send + Sync {
    /// Sessions that run and were begun beside another.
    async fn besides(&self) -> Result<Vec<BesideRecord>, StoreError>;
    /// An account's teams that have a rep, by row and name.
    async fn team_names(&self, account: i64) -> Result<Vec<(i64, String)>, StoreError>;
    /// Whether an account's managers may look on at its sessions; of one that is not there they may not.
    async fn managers_watch(&self, account: i64) -> Result<bool, StoreError>;
    /// False: there is no such account.
    async fn set_managers_watch(&self, account: i64, on: bool) -> Result<bool, StoreError>;
}
