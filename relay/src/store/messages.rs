//! Messages that customers leave at a portal while nobody is there.

use super::StoreError;

/// How long a message is kept, in seconds.
pub const MESSAGE_S: i64 = 90 * 24 * 3600;
/// Messages of one page of a list, at most; one more may be asked for, to see whether there is one.
pub const MESSAGES_PAGE_MAX: u32 = 200;

/// A message as a customer leaves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    pub name: String,
    /// E-mail or telephone, in the customer's words.
    pub reply_to: String,
    pub text: String,
    /// `en` or `de`.
    pub language: String,
}

/// A message that was left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Grows with each message.
    pub id: i64,
    pub account: i64,
    pub account_name: String,
    /// Name of the portal at that time.
    pub portal_name: String,
    pub message: NewMessage,
    /// When, in seconds since 1970.
    pub at_s: i64,
    pub read: bool,
}

/// Storage of messages.
#[async_trait::async_trait]
pub trait MessageStore: Send + Sync {
    /// Keeps a message. `None`: there is no such portal any more.
    async fn add_message(&self, portal: i64, message: NewMessage, now_s: i64) -> Result<Option<i64>, StoreError>;
    /// The newest ones first, of one account or all; before the one with this number, if given. At most `limit` and
    /// one more than [`MESSAGES_PAGE_MAX`].
    async fn messages(&self, account: Option<i64>, before: Option<i64>, limit: u32)
    -> Result<Vec<Message>, StoreError>;
    /// Notes that a message of this account was read, or was not. False: there is no such message.
    async fn mark_message(&self, account: i64, message: i64, read: bool, now_s: i64) -> Result<bool, StoreError>;
    /// How many of an account nobody has read.
    async fn unread_messages(&self, account: i64) -> Result<u64, StoreError>;
}
