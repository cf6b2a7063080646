//! Sign-ins that stand, to be looked at and ended by somebody else.

use super::StoreError;

/// Ended sign-ins that a relay is told of at once. It looks each second and keeps what it was told.
pub const ENDED_SIGN_INS_MAX: i64 = 10_000;
/// How long it is remembered that a sign-in was ended, in seconds; a running relay looks each second.
pub const ENDED_SIGN_IN_S: i64 = 24 * 3600;

/// A sign-in that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRecord {
    /// Never given to another sign-in.
    pub number: i64,
    /// Unix seconds.
    pub since_s: i64,
    /// When a program last came with its token, in Unix seconds.
    pub used_s: i64,
    pub has_seat: bool,
}

/// What was ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInsEnded {
    pub account: i64,
    pub rep: i64,
    pub numbers: Vec<i64>,
    /// How many browsers were signed in to the Management Center.
    pub browsers: u64,
}

/// Sign-ins of one rep. Every method is one transaction.
#[async_trait::async_trait]
pub trait SignInList: Send + Sync {
    /// Of a lower-case user, oldest first.
    async fn sign_ins_of(&self, user: &str, now_s: i64) -> Result<Vec<SignInRecord>, StoreError>;
    /// Ends one sign-in of a lower-case user, or all and with them those of browsers; their tokens are worth nothing any more,
    /// and a running relay sees it.
    async fn end_sign_ins(&self, user: &str, only: Option<i64>, now_s: i64) -> Result<SignInsEnded, StoreError>;
}
