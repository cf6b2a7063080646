//! `storage`: small values of this plugin. How many and where is the host's business; sizes are checked here.

use lotse_package::Capability;

use super::Answer;
use crate::bindings::contract::storage::Host;
use crate::host::ErrorCode;
use crate::limits::contract::{STORAGE_KEY_BYTES_MAX, STORAGE_VALUE_BYTES_MAX};
use crate::state::Guest;

impl Host for Guest {
    fn get(&mut self, key: String) -> wasmtime::Result<Option<Vec<u8>>> {
        self.count()?;
        if self.may(Capability::Storage).is_err() || key.len() > STORAGE_KEY_BYTES_MAX {
            return Ok(None);
        }
        Ok(self.shared.host.storage_get(&key))
    }

    fn set(&mut self, key: String, data: Option<Vec<u8>>) -> Answer<()> {
        self.with_right(Capability::Storage, |guest| {
            if key.len() > STORAGE_KEY_BYTES_MAX {
                return Err(ErrorCode::Invalid);
            }
            if data.as_ref().is_some_and(|data| data.len() > STORAGE_VALUE_BYTES_MAX) {
                return Err(ErrorCode::Limit);
            }
            guest.shared.host.storage_set(&key, data)
        })
    }
}
