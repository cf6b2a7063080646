//! Values that all reps of an account have in common, by plugin and key. The relay keeps them; no customer's program sees them.
//!
//! Each change has a number that grows with each change of the plugin's, so that whoever hears two changes of a key in the wrong
//! order knows which is the newer, and whoever changes a key says which change they have seen.

use serde::{Deserialize, Serialize};

/// Longest value: it fits into one message to the relay.
pub const VALUE_BYTES_MAX: usize = 60 * 1024;
pub const KEY_BYTES_MAX: usize = 256;
/// Keys of one plugin in one account.
pub const KEYS_MAX: usize = 256;
/// All keys and values of one plugin in one account.
pub const TOTAL_BYTES_MAX: usize = 1024 * 1024;
/// Plugins of one account that keep something.
pub const PLUGINS_MAX: usize = 32;
/// Longest id of a plugin.
pub const PLUGIN_BYTES_MAX: usize = 64;

const _: () = assert!(VALUE_BYTES_MAX + KEY_BYTES_MAX + PLUGIN_BYTES_MAX + 1024 <= crate::wire::TO_RELAY_BYTES_MAX);
const _: () = assert!(TOTAL_BYTES_MAX + KEYS_MAX * 64 < crate::wire::FROM_RELAY_BYTES_MAX);

/// What is kept under a key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedValue {
    pub key: String,
    /// Of its newest change. In what a rep wants to change: of the change that they have seen; 0: none.
    pub revision: u64,
    /// `None`: the key is gone, or is to go.
    #[serde(with = "serde_bytes")]
    pub data: Option<Vec<u8>>,
}

/// Without the data: it is people's words.
impl std::fmt::Debug for SharedValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = self.data.as_ref().map(Vec::len);
        let mut shown = f.debug_struct("SharedValue");
        shown.field("key", &self.key).field("revision", &self.revision).field("bytes", &bytes).finish()
    }
}

/// Why a value was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SharedRefusal {
    /// Somebody was faster: the key has another revision by now.
    Changed,
    /// It would be more than the account may keep.
    Limit,
    /// Not at this moment, such as with a full disk.
    NotNow,
    /// The account has no licence for the plugin.
    Unlicensed,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::control::{FromRelay, ToRelay};
    use crate::wire;

    #[test]
    fn the_largest_value_is_heard_as_it_is_said_and_never_printed() {
        let data = Some(vec![b'x'; VALUE_BYTES_MAX]);
        let value = SharedValue { key: "k".repeat(KEY_BYTES_MAX), revision: u64::MAX, data };
        assert!(!format!("{value:?}").contains("xx"));
        let said = ToRelay::SetShared { plugin: "p".repeat(PLUGIN_BYTES_MAX), value: value.clone() };
        let bytes = wire::encode(&said, wire::TO_RELAY_BYTES_MAX).unwrap();
        let heard = wire::decode(&bytes, wire::TO_RELAY_BYTES_MAX).unwrap();
        assert!(matches!(heard, ToRelay::SetShared { value: heard, .. } if heard == value));
        let gone = SharedValue { key: "k".into(), revision: 2, data: None };
        let told = FromRelay::Shared { plugin: "p".into(), revision: 3, whole: true, values: vec![gone.clone()] };
        let bytes = wire::encode(&told, 4096).unwrap();
        let heard = wire::decode(&bytes, 4096).unwrap();
        assert!(matches!(heard, FromRelay::Shared { values, .. } if values == [gone]));
        for outcome in [Ok(7), Err(SharedRefusal::Changed), Err(SharedRefusal::Unlicensed)] {
            let told = FromRelay::SharedSet { plugin: "p".into(), key: "k".into(), outcome };
            let bytes = wire::encode(&told, 4096).unwrap();
            let heard = wire::decode(&bytes, 4096).unwrap();
            assert!(matches!(heard, FromRelay::SharedSet { outcome: heard, .. } if heard == outcome));
        }
    }
}
