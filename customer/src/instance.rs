//! Whether this program runs already on the same data folder: two would take one session from each other.

use lotse_engine::customer::is_occupied;
use std::fs::{File, TryLockError};
use std::path::Path;

/// There while a session runs: the engine's note that takes it up again.
const SESSION_FILE: &str = "session.json";

/// Held while the program runs: the folder itself is locked, so that no file is left for it, and it is free again when the
/// program ends, however it ends.
pub(crate) struct Instance {
    _lock: Option<File>,
    another: bool,
}

impl Instance {
    /// Takes the folder, if nobody has it. Where it cannot be locked at all, this one counts as the only one.
    pub(crate) fn of(data_dir: &Path) -> Self {
        match File::open(data_dir).ok().map(|folder| (folder.try_lock(), folder)) {
            Some((Ok(()), folder)) => Self { _lock: Some(folder), another: false },
            Some((Err(TryLockError::WouldBlock), _)) => Self { _lock: None, another: true },
            Some((Err(TryLockError::Error(_)), _)) | None => Self { _lock: None, another: false },
        }
    }

    /// There is a session to be taken up, and nobody else who does it.
    pub(crate) fn has_session(&self, data_dir: &Path) -> bool {
        !self.another && data_dir.join(SESSION_FILE).exists()
    }

    /// Another program runs here, and is in a session or on its way into one.
    pub(crate) fn session_runs_elsewhere(&self, data_dir: &Path) -> bool {
        self.another && (data_dir.join(SESSION_FILE).exists() || is_occupied(data_dir))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn c6_a_session_elsewhere_is_known_by_its_program_and_its_note() {
        let folder = tempfile::tempdir().unwrap();
        let first = Instance::of(folder.path());
        let second = Instance::of(folder.path());
        assert!(!second.session_runs_elsewhere(folder.path()), "no session");
        // As the engine does from when a code was typed.
        let packages = folder.path().join("plugins");
        std::fs::create_dir(&packages).unwrap();
        let joining = File::open(&packages).unwrap();
        joining.lock().unwrap();
        assert!(second.session_runs_elsewhere(folder.path()), "it is connecting");
        assert!(!first.session_runs_elsewhere(folder.path()), "it does so itself");
        drop(joining);
        assert!(!second.session_runs_elsewhere(folder.path()));
        std::fs::write(folder.path().join(SESSION_FILE), "{}").unwrap();
        assert!(second.session_runs_elsewhere(folder.path()));
        assert!(!first.session_runs_elsewhere(folder.path()), "it is its own");
        assert!(first.has_session(folder.path()) && !second.has_session(folder.path()), "one takes it up");
        drop(first);
        assert!(!Instance::of(folder.path()).session_runs_elsewhere(folder.path()), "left by one that was killed");
        assert!(!Instance::of(&folder.path().join("nothing")).another);
    }
}
