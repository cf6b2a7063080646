//! What stands for sources and targets within one session, also after this program was started again: on the customer's side a
//! file beside the resume note, its owner's alone, that goes with it.

use crate::private_file;
use lotse_files::{BATCH_BYTES, Walked};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Larger files are none of ours.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Batches received into one target.
const BATCHES_MAX: usize = 64;

/// What a person picked, for one plugin.
#[derive(Debug)]
pub(super) struct Source {
    pub token: String,
    /// The plugin's id.
    pub plugin: String,
    pub paths: Vec<PathBuf>,
    pub batch: [u8; BATCH_BYTES],
    /// `None`: it is still being gone through.
    pub walked: Mutex<Option<Arc<Walked>>>,
    /// It was sent, or is being sent.
    pub sent: AtomicBool,
}

/// A place that a person agreed to, for one plugin.
#[derive(Debug)]
pub(super) struct Target {
    pub token: String,
    pub plugin: String,
    pub place: PathBuf,
    /// What was begun there, to be removed if it is never gone on with.
    pub batches: Mutex<Vec<[u8; BATCH_BYTES]>>,
    /// Held by the one that receives into it: two would be in each other's way.
    pub turn: tokio::sync::Mutex<()>,
}

impl Target {
    /// False: it is known already.
    pub fn note(&self, batch: [u8; BATCH_BYTES]) -> bool {
        let mut batches = self.batches.lock();
        let new = !batches.contains(&batch);
        if new {
            batches.truncate(BATCHES_MAX - 1);
            batches.insert(0, batch);
        }
        new
    }

    /// Nothing of it will be gone on with.
    pub fn sweep(&self) {
        for batch in self.batches.lock().drain(..) {
            // Where the place is gone, so is what was in it.
            let _ = lotse_files::sweep(&self.place, batch);
        }
    }
}

/// The file.
#[derive(Default, Serialize, Deserialize)]
struct Noted {
    session: [u8; 16],
    sources: Vec<NotedSource>,
    targets: Vec<NotedTarget>,
}

/// Paths are bytes: not all of them are text.
#[derive(Serialize, Deserialize)]
struct NotedSource {
    token: String,
    plugin: String,
    paths: Vec<Vec<u8>>,
    batch: [u8; BATCH_BYTES],
}

#[derive(Serialize, Deserialize)]
struct NotedTarget {
    token: String,
    plugin: String,
    place: Vec<u8>,
    batches: Vec<[u8; BATCH_BYTES]>,
}

/// Where it lies, beside the session's note.
pub(crate) fn place_beside(note: &Path) -> PathBuf {
    note.with_file_name("files.json")
}

pub(super) fn write(
    place: &Path,
    session: [u8; 16],
    sources: &[Arc<Source>],
    targets: &[Arc<Target>],
) -> std::io::Result<()> {
    let sources = sources.iter().map(|source| NotedSource {
        token: source.token.clone(),
        plugin: source.plugin.clone(),
        paths: source.paths.iter().map(|path| bytes_of(path)).collect(),
        batch: source.batch,
    });
    let targets = targets.iter().map(|target| NotedTarget {
        token: target.token.clone(),
        plugin: target.plugin.clone(),
        place: bytes_of(&target.place),
        batches: target.batches.lock().clone(),
    });
    let noted = Noted { session, sources: sources.collect(), targets: targets.collect() };
    private_file::write(place, &serde_json::to_vec(&noted)?)
}

/// What is there of this session; nothing, if it is another's or cannot be read.
pub(super) fn read(place: &Path, session: [u8; 16]) -> (Vec<Arc<Source>>, Vec<Arc<Target>>) {
    let Some(noted) = noted(place).filter(|noted| noted.session == session) else { return (Vec::new(), Vec::new()) };
    let Noted { session: _, sources, targets } = noted;
    let sources = sources.into_iter().map(|NotedSource { token, plugin, paths, batch }| {
        let paths = paths.into_iter().map(path_of).collect();
        Arc::new(Source { token, plugin, paths, batch, walked: Mutex::default(), sent: AtomicBool::default() })
    });
    (sources.collect(), targets.into_iter().map(target_of).map(Arc::new).collect())
}

/// The session is over, or nobody comes back into it: removes the file, and what is not whole at the places named in it.
pub(crate) fn discard(note: &Path) {
    let place = place_beside(note);
    for target in noted(&place).unwrap_or_default().targets {
        target_of(target).sweep();
    }
    match std::fs::remove_file(&place) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(%error, "the note of transfers could not be removed");
        }
        Ok(()) | Err(_) => {}
    }
}

fn noted(place: &Path) -> Option<Noted> {
    let small = std::fs::metadata(place).ok()?.len() <= FILE_BYTES_MAX;
    if small { serde_json::from_slice(&std::fs::read(place).ok()?).ok() } else { None }
}

fn target_of(NotedTarget { token, plugin, place, batches }: NotedTarget) -> Target {
    Target { token, plugin, place: path_of(place), batches: Mutex::new(batches), turn: tokio::sync::Mutex::default() }
}

fn bytes_of(path: &Path) -> Vec<u8> {
    path.as_os_str().as_bytes().to_vec()
}

fn path_of(bytes: Vec<u8>) -> PathBuf {
    OsString::from_vec(bytes).into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_was_noted_is_of_its_session_alone_and_goes_with_what_was_begun() {
        let folder = tempfile::tempdir().unwrap();
        let note = folder.path().join("session.json");
        let place = place_beside(&note);
        let odd = PathBuf::from(OsString::from_vec(vec![b'/', 0xff]));
        let source = Source {
            token: "s".into(),
            plugin: "a.b".into(),
            paths: vec![odd.clone()],
            batch: [1; BATCH_BYTES],
            walked: Mutex::default(),
            sent: AtomicBool::default(),
        };
        let target = Target {
            token: "t".into(),
            plugin: "a.b".into(),
            place: folder.path().to_path_buf(),
            batches: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        };
        assert!(target.note([2; BATCH_BYTES]) && !target.note([2; BATCH_BYTES]));
        write(&place, [7; 16], &[Arc::new(source)], &[Arc::new(target)]).unwrap();
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&place).unwrap()) & 0o777, 0o600);
        let (sources, targets) = read(&place, [7; 16]);
        assert_eq!((sources[0].token.as_str(), &sources[0].paths), ("s", &vec![odd]));
        assert_eq!(*targets[0].batches.lock(), [[2; BATCH_BYTES]]);
        assert!(read(&place, [8; 16]).0.is_empty());
        let begun = folder.path().join(format!(".lotse-{}", "02".repeat(BATCH_BYTES)));
        std::fs::create_dir(&begun).unwrap();
        discard(&note);
        discard(&note);
        assert!(!begun.exists() && !place.exists());
        std::fs::write(&place, "half a no").unwrap();
        assert!(read(&place, [7; 16]).0.is_empty());
    }
}
