//! Plugins on this computer's disk: what a relay handed out once is not fetched again.
//!
//! A package is found by its digest, its compiled form by the digest and the engine's name. Both are checked each time
//! they are read (digest here, signatures by the runtime), so a damaged file is only fetched again. A disk that is full
//! or read-only costs the cache and nothing else. Of many only the newest stay.

use lotse_package::Digest;
use ring::digest;
use std::io::Write;
use std::path::PathBuf;
use std::time::SystemTime;

/// Larger files are none of this store's.
const FILE_BYTES_MAX: u64 = 48 * 1024 * 1024;
/// Bundled plugins and as many again, in a few versions of each, two files a version.
const FILES_MAX: usize = 128;

/// A plugin as a relay hands it out.
#[derive(Debug, Clone)]
pub(crate) struct Fetched {
    pub package: Vec<u8>,
    /// The compiled form, in the relay's signed envelope.
    pub code: Vec<u8>,
}

#[derive(Debug, Clone)]
pub(crate) struct PluginStore {
    folder: PathBuf,
    engine: String,
}

impl PluginStore {
    /// `engine` names the code this program can run.
    pub(crate) fn new(folder: PathBuf, engine: &str) -> Self {
        let engine = hex(&digest::digest(&digest::SHA256, engine.as_bytes()).as_ref()[..8]);
        Self { folder, engine }
    }

    pub(crate) fn load(&self, wanted: &[u8; 32]) -> Option<Fetched> {
        let package = read(self.package(wanted))?;
        if Digest::of(&package).as_bytes() != wanted {
            return None;
        }
        Some(Fetched { package, code: read(self.code(wanted))? })
    }

    pub(crate) fn keep(&self, wanted: &[u8; 32], fetched: &Fetched) {
        let kept = std::fs::create_dir_all(&self.folder)
            .and_then(|()| write(self.package(wanted), &fetched.package))
            .and_then(|()| write(self.code(wanted), &fetched.code));
        if let Err(error) = kept {
            tracing::warn!(%error, folder = %self.folder.display(), "a plugin could not be kept; it will be fetched again next time");
        }
        self.prune(wanted);
    }

    /// Deletes the oldest files over the bound, but not what was kept just now: clocks are coarse.
    fn prune(&self, kept: &[u8; 32]) {
        let Ok(listing) = std::fs::read_dir(&self.folder) else { return };
        let ours = |path: &PathBuf| path.extension().is_some_and(|end| end == "wasm" || end == "code");
        let mut files: Vec<(SystemTime, PathBuf)> = listing
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .filter(ours)
            .filter_map(|path| Some((std::fs::metadata(&path).ok()?.modified().ok()?, path)))
            .collect();
        let over = files.len().saturating_sub(FILES_MAX);
        files.retain(|(_, path)| *path != self.package(kept) && *path != self.code(kept));
        files.sort();
        for (_, path) in files.into_iter().take(over) {
            // Another program may have deleted it already, which is as good.
            let _ = std::fs::remove_file(path);
        }
    }

    fn package(&self, digest: &[u8; 32]) -> PathBuf {
        self.folder.join(format!("{}.wasm", hex(digest)))
    }

    fn code(&self, digest: &[u8; 32]) -> PathBuf {
        self.folder.join(format!("{}.{}.code", hex(digest), self.engine))
    }
}

fn read(path: PathBuf) -> Option<Vec<u8>> {
    let small = std::fs::metadata(&path).ok()?.len() <= FILE_BYTES_MAX;
    if small { std::fs::read(path).ok() } else { None }
}

fn write(place: PathBuf, bytes: &[u8]) -> std::io::Result<()> {
    let beside = place.with_extension(format!("new-{}", std::process::id()));
    let written = std::fs::File::create(&beside)
        .and_then(|mut file| file.write_all(bytes))
        .and_then(|()| std::fs::rename(&beside, place));
    if written.is_err() {
        let _ = std::fs::remove_file(beside);
    }
    written
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn gives_back_what_it_kept_and_nothing_that_was_altered() {
        let folder = tempfile::tempdir().unwrap();
        let store = PluginStore::new(folder.path().join("deep/er"), "engine 1");
        let fetched = Fetched { package: b"package".to_vec(), code: b"code".to_vec() };
        let digest = *Digest::of(&fetched.package).as_bytes();
        assert!(store.load(&digest).is_none());
        store.keep(&digest, &fetched);
        assert_eq!(store.load(&digest).unwrap().code, b"code");
        assert!(PluginStore::new(folder.path().join("deep/er"), "engine 2").load(&digest).is_none());
        std::fs::write(store.package(&digest), b"Package").unwrap();
        assert!(store.load(&digest).is_none());
    }

    /// Scar: each version that a relay ever had stayed for ever.
    #[test]
    fn the_oldest_are_deleted_and_the_newest_never() {
        let folder = tempfile::tempdir().unwrap();
        let store = PluginStore::new(folder.path().into(), "engine 1");
        std::fs::write(folder.path().join("notes.txt"), "not ours").unwrap();
        for number in 0..200_u32 {
            let fetched = Fetched { package: number.to_be_bytes().to_vec(), code: b"code".to_vec() };
            let digest = *Digest::of(&fetched.package).as_bytes();
            store.keep(&digest, &fetched);
            assert!(store.load(&digest).is_some(), "{number}");
            assert!(std::fs::read_dir(folder.path()).unwrap().count() <= FILES_MAX + 1);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), FILES_MAX + 1);
        assert!(folder.path().join("notes.txt").exists());
    }

    #[test]
    fn an_unwritable_folder_costs_only_the_cache() {
        let store = PluginStore::new("/proc/nowhere".into(), "engine");
        store.keep(&[0; 32], &Fetched { package: vec![], code: vec![] });
    }
}
