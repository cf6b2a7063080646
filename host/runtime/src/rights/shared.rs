//! `shared`: small values that all reps of the account have in common. Where they are is the host's business; sizes are checked
//! here.

use lotse_package::Capability;

use super::Answer;
use crate::bindings::contract::shared::Host;
use crate::host::ErrorCode;
use crate::limits::contract::{SHARED_KEY_BYTES_MAX, SHARED_VALUE_BYTES_MAX};
use crate::state::Guest;

impl Host for Guest {
    fn get(&mut self, key: String) -> wasmtime::Result<Option<(Vec<u8>, u64)>> {
        self.count()?;
        if self.may(Capability::Shared).is_err() || key.len() > SHARED_KEY_BYTES_MAX {
            return Ok(None);
        }
        Ok(self.shared.host.shared_get(&key))
    }

    fn keys(&mut self) -> wasmtime::Result<Vec<String>> {
        self.count()?;
        Ok(if self.may(Capability::Shared).is_ok() { self.shared.host.shared_keys() } else { Vec::new() })
    }

    fn set(&mut self, key: String, data: Option<Vec<u8>>, seen: u64) -> Answer<()> {
        self.with_right(Capability::Shared, |guest| {
            if key.is_empty() || key.len() > SHARED_KEY_BYTES_MAX {
                return Err(ErrorCode::Invalid);
            }
            if data.as_ref().is_some_and(|data| data.len() > SHARED_VALUE_BYTES_MAX) {
                return Err(ErrorCode::Limit);
            }
            guest.shared.host.shared_set(key, data, seen)
        })
    }
}
