//! Relays that a session was reached through by a link before: another link to one of them connects without asking.
//!
//! A short list in the customer's data folder, its owner's alone. It holds addresses with their pinned certificates, no codes
//! and no names; so a relay that shows another certificate is another relay. Its loss is harmless: a link asks once more.

use crate::private_file;
use crate::relay_url::RelayUrl;
use std::path::{Path, PathBuf};

const FILE: &str = "relays.json";
/// Relays that are remembered; the one that was used longest ago is forgotten first.
const RELAYS_MAX: usize = 32;
/// Larger files are no such list: an address with its certificate has under 400 bytes.
const BYTES_MAX: u64 = 64 * 1024;

/// The list of one data folder. It is read anew each time.
#[derive(Debug, Clone)]
pub struct KnownRelays {
    file: PathBuf,
}

impl KnownRelays {
    /// Of this data folder.
    #[must_use]
    pub fn within(data_dir: &Path) -> Self {
        Self { file: data_dir.join(FILE) }
    }

    /// Whether a session was reached through this relay, with this certificate.
    #[must_use]
    pub fn has(&self, relay: &RelayUrl) -> bool {
        self.read().contains(&relay.to_string())
    }

    /// A session was reached through it. What cannot be written is asked for again.
    pub(crate) fn add(&self, relay: &str) {
        let Ok(relay) = relay.parse::<RelayUrl>().map(|relay| relay.to_string()) else { return };
        let mut all = self.read();
        if all.first() == Some(&relay) {
            return;
        }
        all.retain(|other| *other != relay);
        all.insert(0, relay);
        all.truncate(RELAYS_MAX);
        let written = serde_json::to_vec(&all).map_err(std::io::Error::from);
        if let Err(error) = written.and_then(|bytes| private_file::write(&self.file, &bytes)) {
            tracing::warn!(%error, "the relay could not be remembered; a link to it will ask again");
        }
    }

    /// The one used last comes first. What is no such list is an empty one.
    fn read(&self) -> Vec<String> {
        let small = std::fs::metadata(&self.file).is_ok_and(|file| file.len() <= BYTES_MAX);
        let bytes = if small { std::fs::read(&self.file).unwrap_or_default() } else { Vec::new() };
        let mut all: Vec<String> = serde_json::from_slice(&bytes).unwrap_or_default();
        all.truncate(RELAYS_MAX);
        all
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn relay(text: &str) -> RelayUrl {
        text.parse().unwrap()
    }

    #[test]
    fn c6_a_relay_is_known_by_address_and_certificate_and_the_list_is_bounded_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let known = KnownRelays::within(folder.path());
        let pinned = format!("https://a.example:8443#sha256={}", "ab".repeat(32));
        assert!(!known.has(&relay(&pinned)));
        known.add(&pinned);
        known.add("no address at all");
        assert!(known.has(&relay(&pinned)) && known.has(&relay(&pinned.replace("https://", ""))));
        for other in ["https://a.example:8443", "https://a.example", &pinned.replace("ab", "cd")] {
            assert!(!known.has(&relay(other)), "{other}");
        }
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&known.file).unwrap()) & 0o777, 0o600);
        for number in 0..RELAYS_MAX {
            known.add(&format!("https://r{number}.example"));
        }
        assert_eq!(known.read().len(), RELAYS_MAX);
        assert!(!known.has(&relay(&pinned)), "the oldest is forgotten");
        for damage in [&b"half a li"[..], b"{}", &vec![b' '; BYTES_MAX as usize + 1]] {
            std::fs::write(&known.file, damage).unwrap();
            assert!(known.read().is_empty());
        }
    }
}
