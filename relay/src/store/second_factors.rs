//! What the store keeps of second factors: the secret that codes are made of, as it is, and recovery codes as hashes.

use super::StoreError;
use crate::token::TokenHash;
use crate::totp::TotpSecret;

/// How a rep's second factor stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorStanding {
    /// The rep's user ID.
    pub user: String,
    /// The account wants one of everybody.
    pub required: bool,
    pub factor: Option<Factor>,
}

/// A second factor that was set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    pub secret: TotpSecret,
    /// Of the last code that was taken.
    pub last_step: i64,
    /// Unix seconds.
    pub since_s: i64,
    pub recovery_codes_left: u32,
}

/// Second factors. Every method is one transaction.
#[async_trait::async_trait]
pub trait SecondFactors: Send + Sync {
    /// Of a rep by row; `None`: there is no such rep.
    async fn second_factor(&self, rep: i64) -> Result<Option<FactorStanding>, StoreError>;
    /// Keeps a second factor whose code of `step` was shown. False: there is one already, and nothing is changed.
    async fn add_second_factor(
        &self,
        rep: i64,
        secret: &TotpSecret,
        step: i64,
        recovery_codes: &[TokenHash],
        now_s: i64,
    ) -> Result<bool, StoreError>;
    /// Uses a code of this step up. False: it or a later one was used before, or there is no second factor.
    async fn use_code(&self, rep: i64, step: i64) -> Result<bool, StoreError>;
    /// Uses a recovery code up; how many are left. `None`: it is none of this rep's, or was used before.
    async fn use_recovery_code(&self, rep: i64, code: TokenHash) -> Result<Option<u32>, StoreError>;
    /// Puts these recovery codes in the place of a rep's. False: there is no second factor, and nothing is changed.
    async fn renew_recovery_codes(&self, rep: i64, recovery_codes: &[TokenHash]) -> Result<bool, StoreError>;
    /// Forgets a rep's second factor. False: there is none.
    async fn remove_second_factor(&self, rep: i64) -> Result<bool, StoreError>;
    /// Forgets the second factor of a lower-case user and ends the rep's sign-ins. Returns the account's row and the rep's;
    /// `None`: there is none, and nothing is changed.
    async fn reset_second_factor(&self, user: &str, now_s: i64) -> Result<Option<(i64, i64)>, StoreError>;
}
