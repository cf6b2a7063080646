//! Webhooks, and how far each is with what it is to be told.
//!
//! Nothing is queued twice: what is to be told are lines of the audit log, and a webhook remembers the last one. So a restart
//! loses nothing, and nothing is told in another order than it happened.

use super::{AuditEntry, StoreError};

/// Webhooks of one account.
pub const WEBHOOKS_MAX: i64 = 20;
/// Events that wait for one webhook; beyond that the oldest are passed over and counted.
pub const WEBHOOK_WAITING_MAX: i64 = 10_000;
/// Deliveries that are remembered of one webhook.
pub const WEBHOOK_DELIVERIES_MAX: i64 = 100;

/// A webhook to be added.
#[derive(Clone)]
pub struct NewWebhook {
    pub account: i64,
    pub url: String,
    pub secret: String,
    /// Names with a space between.
    pub events: String,
}

/// A webhook. Times are Unix times in seconds.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    pub id: i64,
    pub account: i64,
    pub account_name: String,
    pub url: String,
    pub secret: String,
    pub events: String,
    pub created_s: i64,
    /// The last line of the audit log that was told or passed over.
    pub seen: i64,
    pub attempts: i64,
    pub next_s: i64,
    /// Since when nothing got through.
    pub failing_s: Option<i64>,
    pub off: bool,
    pub dropped: i64,
}

impl std::fmt::Debug for Webhook {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("id", &self.id).field("url", &self.url).field("seen", &self.seen).finish()
    }
}

/// How an attempt came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempted {
    pub webhook: i64,
    /// Number of the line in the audit log.
    pub line: i64,
    pub event: String,
    pub done: bool,
    /// In words, such as `200`.
    pub outcome: String,
    /// When there is another attempt, if it is not done.
    pub next_s: i64,
    /// Nobody is told any more.
    pub off: bool,
}

/// A delivery that is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub line: i64,
    pub event: String,
    pub at_s: i64,
    pub attempts: i64,
    pub done: bool,
    pub outcome: String,
}

/// Storage of webhooks. Every method is one transaction.
#[async_trait::async_trait]
pub trait Webhooks: Send + Sync {
    /// Adds a webhook, which is told what happens from now on; its number. `None`: the account has [`WEBHOOKS_MAX`].
    async fn add_webhook(&self, webhook: NewWebhook, now_s: i64) -> Result<Option<i64>, StoreError>;
    /// Those of one account, or all, oldest first.
    async fn webhooks(&self, account: Option<i64>) -> Result<Vec<Webhook>, StoreError>;
    /// Removes one, if it is of `account` or that is `None`; its account.
    async fn remove_webhook(&self, webhook: i64, account: Option<i64>) -> Result<Option<i64>, StoreError>;
    /// Those that are to be told something now; first who was told something, or should have been, longest ago.
    async fn due_webhooks(&self, now_s: i64) -> Result<Vec<Webhook>, StoreError>;
    /// The next line that a webhook is to be told, of these kinds. What waits beyond [`WEBHOOK_WAITING_MAX`] is passed over
    /// and counted first.
    async fn next_for_webhook(&self, webhook: i64, kinds: &[&'static str]) -> Result<Option<AuditEntry>, StoreError>;
    /// Notes an attempt. What is done is not told again.
    async fn webhook_attempted(&self, attempted: Attempted, now_s: i64) -> Result<(), StoreError>;
    /// Newest first, at most [`WEBHOOK_DELIVERIES_MAX`].
    async fn webhook_deliveries(&self, webhook: i64) -> Result<Vec<Delivery>, StoreError>;
}

#[cfg(test)]
#[path = "webhooks_tests.rs"]
mod tests;
