//! Teams: reps of one account whom a portal may lead to.

use super::StoreError;

/// Teams of one account. A rep may be in several.
pub const TEAMS_PER_ACCOUNT: i64 = 100;

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    pub id: i64,
    pub account: i64,
    pub account_name: String,
    pub name: String,
    /// User IDs of its reps, in order.
    pub users: Vec<String>,
}

/// What changes in a team.
#[derive(Debug, Clone, Default)]
pub struct TeamChange {
    pub name: Option<String>,
    /// User IDs of reps of the account.
    pub add: Vec<String>,
    pub remove: Vec<String>,
}

/// Storage of teams. Accounts and teams are named without regard to case; each answer is the account's row and the team's.
#[async_trait::async_trait]
pub trait TeamStore: Send + Sync {
    /// Adds a team with its reps.
    async fn add_team(&self, account: &str, name: &str, users: &[String]) -> Result<(i64, i64), StoreError>;
    async fn change_team(&self, account: &str, name: &str, change: TeamChange) -> Result<(i64, i64), StoreError>;
    /// Removes a team that no portal leads to.
    async fn remove_team(&self, account: &str, name: &str) -> Result<(i64, i64), StoreError>;
    /// All, by account and name.
    async fn teams(&self) -> Result<Vec<Team>, StoreError>;
}
