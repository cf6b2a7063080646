//! What all reps of an account have in common, by plugin and key.

use super::StoreError;
use lotse_protocol::shared::{SharedRefusal, SharedValue};

/// Storage of values that an account's reps share.
#[async_trait::async_trait]
pub trait SharedValues: Send + Sync {
    /// A plugin's values in an account, and the number of its newest change there; 0: there was none.
    async fn shared_values(&self, account: i64, plugin: &str) -> Result<(u64, Vec<SharedValue>), StoreError>;
    /// Sets a key, or takes it away, if its newest change is the one that the value names; 0: there is no such key. Returns the
    /// number of this change; 0: there was nothing to take away. Sizes of key and value are the caller's to check.
    async fn set_shared(
        &self,
        account: i64,
        plugin: &str,
        value: &SharedValue,
    ) -> Result<Result<u64, SharedRefusal>, StoreError>;
}
