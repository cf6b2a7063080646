//! Tokens of scripts that use the HTTP API, and answers that are kept for requests that come twice.

use super::web::Edited;
use super::{Account, AccountChange, StoreError};
use crate::token::TokenHash;

/// Tokens at once, in all accounts.
pub const API_TOKENS_MAX: i64 = 1_000;
/// How long an expired token stays in the list, in seconds, so that somebody can see why a script does nothing any more.
pub const API_TOKEN_KEPT_S: i64 = 30 * 24 * 3600;
/// A use is noted at most so often, in seconds: not every request is a write.
pub const API_TOKEN_NOTED_S: i64 = 60;
/// How long an answer is kept for its request's second coming, in seconds.
pub const API_ANSWER_S: i64 = 24 * 3600;
/// Answers kept for one token; the oldest goes first.
pub const API_ANSWERS_MAX: i64 = 1_000;
/// A request that has had no answer for so long was lost with its relay, in seconds. Longer than an answer may take.
pub const API_REQUEST_LOST_S: i64 = 120;

/// A token to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiToken {
    pub hash: TokenHash,
    /// What it is for, in somebody's words.
    pub name: String,
    /// `None`: every account, and the relay itself.
    pub account: Option<i64>,
    /// Names with a space between.
    pub scopes: String,
    /// As a network is written; `None`: from anywhere.
    pub addresses: Option<String>,
    pub expires_s: i64,
}

/// A token as it is listed. Times are Unix times in seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    pub id: i64,
    pub name: String,
    pub account: Option<i64>,
    pub account_name: Option<String>,
    pub scopes: String,
    pub addresses: Option<String>,
    pub created_s: i64,
    pub expires_s: i64,
    pub used_s: Option<i64>,
    pub used_from: Option<String>,
}

/// What was answered to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    pub status: u16,
    pub body: String,
}

/// What is known of a request with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nothing: it is to be carried out, and is known from now on.
    New,
    /// It was carried out, and this is what was answered.
    Again(KeptAnswer),
    /// The key is another request's.
    OtherRequest,
    /// It is being carried out.
    UnderWay,
}

impl Account {
    /// Of everything that can be changed in it.
    pub fn api_revision(&self) -> String {
        let second_factor = if self.second_factor_required { "required" } else { "optional" };
        let watching = if self.managers_watch { "watched" } else { "unwatched" };
        format!("{}-{second_factor}-{watching}", self.revision())
    }
}

/// Storage of the HTTP API. Every method is one transaction.
#[async_trait::async_trait]
pub trait Api: Send + Sync {
    /// Keeps a token; its number. `None`: there are [`API_TOKENS_MAX`].
    async fn add_api_token(&self, token: NewApiToken, now_s: i64) -> Result<Option<i64>, StoreError>;
    /// Those of one account, or all, oldest first.
    async fn api_tokens(&self, account: Option<i64>) -> Result<Vec<ApiToken>, StoreError>;
    /// The token that is known by this hash, if it has not expired and its account is active.
    async fn api_token(&self, hash: TokenHash, now_s: i64) -> Result<Option<ApiToken>, StoreError>;
    /// Notes that a token was used.
    async fn note_api_token(&self, token: i64, from: &str, now_s: i64) -> Result<(), StoreError>;
    /// Forgets a token, if it is of `account` or that is `None`, with the answers that are kept for it.
    async fn revoke_api_token(&self, token: i64, account: Option<i64>) -> Result<Option<ApiToken>, StoreError>;

    /// Begins a request with a key. `request` is a digest of all that it asks for.
    async fn begin_api_request(
        &self,
        token: i64,
        key: &str,
        request: [u8; 32],
        now_s: i64,
    ) -> Result<Begun, StoreError>;
    /// Keeps what was answered to a request that was begun.
    async fn keep_api_answer(&self, token: i64, key: &str, answer: &KeptAnswer) -> Result<(), StoreError>;
    /// Forgets a request that was begun: it was not carried out.
    async fn forget_api_request(&self, token: i64, key: &str) -> Result<(), StoreError>;

    /// Changes an account if it stands as it was seen ([`Account::api_revision`]).
    async fn change_account_seen(&self, account: i64, seen: &str, change: AccountChange) -> Result<Edited, StoreError>;
}

#[cfg(test)]
#[path = "api_tests.rs"]
mod tests;
