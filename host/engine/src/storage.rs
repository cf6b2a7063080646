//! Plugins' small values: lasting on the rep's side, gone with the session on the customer's (C6).
//!
//! One JSON file a plugin, written whole beside its place and renamed, so that a crash or a full disk leaves the old one.

use lotse_runtime::ErrorCode;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Keys of one plugin, as the contract says.
const KEYS_MAX: usize = 256;
/// A file over this was not written by this program.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

type Values = BTreeMap<String, Vec<u8>>;

/// Values of all plugins of a session.
pub(crate) struct Storage {
    /// `None`: nothing lasts.
    folder: Option<PathBuf>,
    plugins: Mutex<BTreeMap<String, Values>>,
}

impl Storage {
    pub(crate) fn lasting(folder: PathBuf) -> Self {
        Self { folder: Some(folder), plugins: Mutex::default() }
    }

    pub(crate) fn of_session() -> Self {
        Self { folder: None, plugins: Mutex::default() }
    }

    pub(crate) fn get(&self, plugin: &str, key: &str) -> Option<Vec<u8>> {
        self.with(plugin, |values| values.get(key).cloned())
    }

    pub(crate) fn set(&self, plugin: &str, key: &str, data: Option<Vec<u8>>) -> Result<(), ErrorCode> {
        let values = self.with(plugin, |values| {
            match data {
                Some(_) if values.len() >= KEYS_MAX && !values.contains_key(key) => return Err(ErrorCode::Limit),
                Some(data) => values.insert(key.to_owned(), data),
                None => values.remove(key),
            };
            Ok(values.clone())
        })?;
        match &self.folder {
            Some(folder) => write(folder, plugin, &values).map_err(|error| {
                tracing::warn!(%error, plugin, "a plugin's values could not be kept; they last until this program ends");
                ErrorCode::Limit
            }),
            None => Ok(()),
        }
    }

    fn with<T>(&self, plugin: &str, what: impl FnOnce(&mut Values) -> T) -> T {
        let mut plugins = self.plugins.lock();
        let values = plugins
            .entry(plugin.to_owned())
            .or_insert_with(|| self.folder.as_deref().map(|folder| read(folder, plugin)).unwrap_or_default());
        what(values)
    }
}

/// Manifests allow only `[a-z0-9.-]` in ids, so an id is a safe file name.
fn file(folder: &Path, plugin: &str) -> PathBuf {
    folder.join(format!("{plugin}.json"))
}

/// What is there; a missing or damaged file counts as empty.
fn read(folder: &Path, plugin: &str) -> Values {
    let path = file(folder, plugin);
    let small = std::fs::metadata(&path).is_ok_and(|meta| meta.len() <= FILE_BYTES_MAX);
    if !small {
        return Values::new();
    }
    let values = std::fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    values.unwrap_or_else(|| {
        tracing::warn!(plugin, "a plugin's kept values are damaged and were left out");
        Values::new()
    })
}

fn write(folder: &Path, plugin: &str, values: &Values) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let place = file(folder, plugin);
    let beside = place.with_extension("new");
    let bytes = serde_json::to_vec(values)?;
    let written = std::fs::File::create(&beside)
        .and_then(|mut out| out.write_all(&bytes).and_then(|()| out.sync_all()))
        .and_then(|()| std::fs::rename(&beside, place));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_reps_values_last_and_a_customers_do_not() {
        let folder = tempfile::tempdir().unwrap();
        Storage::lasting(folder.path().into()).set("a.b", "k", Some(vec![1])).unwrap();
        assert_eq!(Storage::lasting(folder.path().into()).get("a.b", "k"), Some(vec![1]));
        assert_eq!(Storage::lasting(folder.path().into()).get("a.c", "k"), None);
        let session = Storage::of_session();
        session.set("a.b", "k", Some(vec![1])).unwrap();
        assert_eq!(session.get("a.b", "k"), Some(vec![1]));
        assert_eq!(Storage::of_session().get("a.b", "k"), None);
    }

    #[test]
    fn keys_are_bounded_and_damage_is_survived() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::of_session();
        for key in 0..KEYS_MAX {
            storage.set("p", &key.to_string(), Some(vec![])).unwrap();
        }
        assert_eq!(storage.set("p", "one more", Some(vec![])), Err(ErrorCode::Limit));
        storage.set("p", "0", None).unwrap();
        storage.set("p", "one more", Some(vec![])).unwrap();
        std::fs::write(folder.path().join("p.json"), b"{ not json").unwrap();
        assert_eq!(Storage::lasting(folder.path().into()).get("p", "k"), None);
    }
}
