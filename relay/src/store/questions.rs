//! Questions that stand. What changes of them is written with the sessions ([`super::Store::change_sessions`]).

use super::StoreError;
use crate::hub::QuestionRecord;

/// Storage of questions.
#[async_trait::async_trait]
pub trait QuestionStore: Send + Sync {
    /// All, in the order of asking.
    async fn questions(&self, now_s: i64) -> Result<Vec<QuestionRecord>, StoreError>;
}
