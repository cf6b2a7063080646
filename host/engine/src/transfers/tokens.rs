//! What stands for sources and targets within one session, also after this program was started again: a file that is its
//! owner's alone. On the customer's side it lies beside the resume note and goes with it, on the rep's see `left_behind`.

use crate::private_file;
use lotse_files::{Agreed, BATCH_BYTES, Terms, Walked};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Larger files are none of ours.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

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
    /// What they were shown.
    pub agreed: Option<Agreed>,
    /// By the customer's standing word alone: nobody was shown anything.
    pub unasked: bool,
    /// A person wished that nothing comes there for now.
    pub paused: AtomicBool,
    pub state: Mutex<TargetState>,
    /// Held by the one that receives into it: two would be in each other's way.
    pub turn: tokio::sync::Mutex<()>,
}

/// What came of a place: a yes is one to one thing, once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TargetState {
    /// What was begun there, to be removed if it is never gone on with.
    pub batch: Option<[u8; BATCH_BYTES]>,
    /// The table of which everything is there.
    pub whole: Option<[u8; 32]>,
    /// Nothing is received into it any more: both sides know that it is whole, or it was cancelled.
    pub spent: bool,
}

impl Target {
    pub fn new(token: String, plugin: String, place: PathBuf, agreed: Option<Agreed>) -> Self {
        let (state, turn) = (Mutex::default(), tokio::sync::Mutex::default());
        Self { token, plugin, place, agreed, unasked: false, paused: AtomicBool::default(), state, turn }
    }

    pub fn is(&self, plugin: &str, token: &str) -> bool {
        self.token == token && self.plugin == plugin
    }

    pub fn terms(&self) -> Terms {
        let TargetState { batch, whole, spent: _ } = *self.state.lock();
        Terms { agreed: self.agreed.clone(), batch, whole }
    }

    pub fn is_spent(&self) -> bool {
        self.state.lock().spent
    }

    /// False: that was known already.
    pub fn note(&self, what: impl FnOnce(&mut TargetState)) -> bool {
        let mut state = self.state.lock();
        let before = *state;
        what(&mut state);
        *state != before
    }

    /// Nothing of it will be gone on with.
    pub fn sweep(&self) {
        let batch = self.state.lock().batch;
        // Where the place is gone, so is what was in it.
        let _ = batch.map(|batch| lotse_files::sweep(&self.place, batch));
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
    agreed: Option<NotedAgreed>,
    #[serde(default)]
    unasked: bool,
    state: TargetState,
}

#[derive(Serialize, Deserialize)]
struct NotedAgreed {
    name: String,
    files: u64,
    folders: u64,
    bytes: u64,
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
        agreed: target.agreed.clone().map(|Agreed { name, files, folders, bytes }| NotedAgreed {
            name,
            files,
            folders,
            bytes,
        }),
        unasked: target.unasked,
        state: *target.state.lock(),
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
    discard_noted(&place_beside(note));
}

/// The same by the file itself.
pub(crate) fn discard_noted(place: &Path) {
    for target in noted(place).unwrap_or_default().targets {
        target_of(target).sweep();
    }
    match std::fs::remove_file(place) {
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

fn target_of(NotedTarget { token, plugin, place, agreed, unasked, state }: NotedTarget) -> Target {
    let agreed = agreed.map(|NotedAgreed { name, files, folders, bytes }| Agreed { name, files, folders, bytes });
    let target = Target { unasked, ..Target::new(token, plugin, path_of(place), agreed) };
    *target.state.lock() = state;
    target
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
        let agreed = Agreed { name: "a".into(), files: 1, folders: 0, bytes: 9 };
        let target = Target::new("t".into(), "a.b".into(), folder.path().to_path_buf(), Some(agreed));
        let begun = |state: &mut TargetState| state.batch = Some([2; BATCH_BYTES]);
        assert!(target.note(begun) && !target.note(begun));
        let terms = target.terms();
        let unasked = Target { unasked: true, ..Target::new("u".into(), "a.b".into(), odd.clone(), None) };
        write(&place, [7; 16], &[Arc::new(source)], &[Arc::new(target), Arc::new(unasked)]).unwrap();
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&place).unwrap()) & 0o777, 0o600);
        let (sources, targets) = read(&place, [7; 16]);
        assert_eq!((sources[0].token.as_str(), &sources[0].paths), ("s", &vec![odd]));
        assert_eq!((targets[0].terms(), targets[0].is_spent()), (terms, false));
        assert_eq!(targets[0].terms().batch, Some([2; BATCH_BYTES]));
        assert!(!targets[0].unasked && targets[1].unasked, "a word that is taken back ends it after a restart, too");
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
