//! User IDs that are locked after too many wrong attempts. IDs that nobody has are locked alike, so only hashes are kept.

use super::StoreError;
use crate::token::TokenHash;
use lotse_protocol::control::Secret;

/// Locks that are kept; beyond that the one that ends first goes.
pub const SIGN_IN_LOCKS_MAX: i64 = 10_000;

/// What a lower-case user ID is known by here.
pub fn user_hash(user: &str) -> TokenHash {
    TokenHash::of(&Secret(user.to_owned()))
}

/// Locks. Every method is one transaction.
#[async_trait::async_trait]
pub trait SignInLocks: Send + Sync {
    /// Locks an ID until then, in Unix seconds.
    async fn lock_user(&self, user: TokenHash, until_s: i64, now_s: i64) -> Result<(), StoreError>;
    /// Until when an ID is locked; `None`: it is not.
    async fn locked_until(&self, user: TokenHash, now_s: i64) -> Result<Option<i64>, StoreError>;
    /// Opens an ID. False: it was not locked.
    async fn unlock_user(&self, user: TokenHash, now_s: i64) -> Result<bool, StoreError>;
}
