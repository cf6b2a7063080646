//! Changes of what all reps of an account have in common.

use super::PluginHost;
use crate::shared::Inner;
use lotse_protocol::shared::SharedValue;
use lotse_runtime::ErrorCode;
use std::time::Instant;

impl PluginHost {
    /// Sends a change off; what became of it comes as an event.
    pub(super) fn change_shared(&self, key: String, data: Option<Vec<u8>>, seen: u64) -> Result<(), ErrorCode> {
        // The customer is of no account.
        let account = self.shared.storage.account().ok_or(ErrorCode::Denied)?;
        account.begin_change(&self.id, &key, data.as_deref(), Instant::now())?;
        let value = SharedValue { key, revision: seen, data };
        if self.shared.report(Inner::SetShared { plugin: self.plugin, value }) {
            return Ok(());
        }
        account.forget_change(&self.id);
        Err(ErrorCode::Busy)
    }
}
