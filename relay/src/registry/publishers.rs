//! Whose packages a relay takes, and what its operator calls them.
//!
//! The name is that of the key's file: whoever put the file there chose it. What a package says of itself is no name.

use super::error::RegistryError;
use lotse_package::{PublicKey, TrustedKeys};
use lotse_protocol::tidy;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Size of a key file, at most: 64 digits and some space.
const KEY_FILE_BYTES_MAX: u64 = 4096;
/// Fits a line under a prompt.
const NAME_CHARS_MAX: usize = 60;

/// Trusted keys with their names.
#[derive(Debug, Clone, Default)]
pub struct Publishers {
    names: BTreeMap<PublicKey, String>,
}

impl Publishers {
    /// Reads the public keys in `files` and in every `*.pub` of `folder`, if that is there. Of two files with one key the
    /// first names it.
    pub fn read(files: &[PathBuf], folder: &Path) -> Result<Self, RegistryError> {
        let mut paths = files.to_vec();
        if let Ok(listing) = fs::read_dir(folder) {
            let mut found: Vec<PathBuf> = listing
                .filter_map(Result::ok)
                .map(|entry| entry.path())
                .filter(|path| path.extension().is_some_and(|end| end == "pub"))
                .collect();
            found.sort();
            paths.append(&mut found);
        }
        let mut names = BTreeMap::new();
        for path in paths {
            names.entry(read_key(&path)?).or_insert_with(|| name_of(&path));
        }
        Ok(Self { names })
    }

    /// The keys alone.
    pub fn keys(&self) -> TrustedKeys {
        TrustedKeys::new(self.names.keys().copied())
    }

    /// What the operator calls the owner of a key; `None` for keys that are not trusted here.
    pub fn name(&self, key: &PublicKey) -> Option<&str> {
        self.names.get(key).map(String::as_str).filter(|name| !name.is_empty())
    }
}

/// `trusted/Acme Software.pub` is Acme Software's.
fn name_of(path: &Path) -> String {
    path.file_stem().map(|stem| tidy(&stem.to_string_lossy(), NAME_CHARS_MAX)).unwrap_or_default()
}

fn read_key(path: &Path) -> Result<PublicKey, RegistryError> {
    let problem = |text: String| RegistryError::KeyFile(path.to_owned(), text);
    let length = fs::metadata(path).map_err(|error| problem(error.to_string()))?.len();
    if length > KEY_FILE_BYTES_MAX {
        return Err(problem("it is too long for a key".into()));
    }
    let text = fs::read_to_string(path).map_err(|error| problem(error.to_string()))?;
    text.parse().map_err(|error: lotse_package::KeyError| problem(error.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_key_file_that_is_none_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("x.pub"), "nonsense").unwrap();
        let error = Publishers::read(&[], folder.path()).unwrap_err().to_string();
        assert!(error.contains("x.pub"), "{error}");
    }

    #[test]
    fn a_publisher_is_called_what_the_operator_called_the_file() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Acme\u{202e} Software.pub"), "ab".repeat(32)).unwrap();
        fs::write(folder.path().join("readme.txt"), "no key").unwrap();
        let publishers = Publishers::read(&[], folder.path()).unwrap();
        let key = PublicKey::from_bytes([0xab; 32]);
        assert!(publishers.keys().contains(&key));
        assert_eq!(publishers.name(&key), Some("Acme Software"), "without what turns the reading direction");
        assert_eq!(publishers.name(&PublicKey::from_bytes([0xcd; 32])), None, "a stranger has no name");
        let first = folder.path().join("first.key");
        fs::write(&first, "ab".repeat(32)).unwrap();
        assert_eq!(Publishers::read(&[first], folder.path()).unwrap().name(&key), Some("first"));
    }
}
