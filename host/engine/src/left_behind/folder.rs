//! The folder of one session of a console: what takes the session up again, and what came of files in part.
//!
//! Whoever has locked it has the session, and nobody else writes or removes anything there. The lock goes with the program, however
//! that ends; so a folder that nobody has locked was left behind.

use crate::resume::ResumeNote;
use crate::transfers::{discard_noted, place_beside};
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The file that is locked.
const LOCK: &str = "lock";

/// A folder that this program has. Let go, it stays if there is a note in it, for whoever comes back.
#[derive(Debug)]
pub(crate) struct SessionFolder {
    place: PathBuf,
    _lock: File,
}

impl SessionFolder {
    /// For a session that begins.
    pub(super) fn make(place: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&place)?;
        Self::take(place)?.ok_or_else(|| io::ErrorKind::WouldBlock.into())
    }

    /// One that is there; `None`: somebody else has it.
    pub(super) fn take(place: PathBuf) -> io::Result<Option<Self>> {
        let lock = File::options().write(true).create(true).truncate(false).open(place.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { place, _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Where the session notes what takes it up again.
    pub(crate) fn note(&self) -> PathBuf {
        note_in(&self.place)
    }

    /// Where it notes what came of files.
    pub(crate) fn files(&self) -> PathBuf {
        place_beside(&self.note())
    }

    /// The session is over: removes what came in it in part, and all that is known of it. Blocks.
    pub(crate) fn discard(self) {
        ResumeNote::remove(&self.note());
        discard_noted(&self.files());
    }
}

impl Drop for SessionFolder {
    fn drop(&mut self) {
        if self.note().exists() || self.files().exists() {
            return;
        }
        // With whatever a write that was killed left in it: that may hold a key.
        if let Err(error) = std::fs::remove_dir_all(&self.place)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "the folder of a session that is over could not be removed");
        }
    }
}

pub(super) fn note_in(folder: &Path) -> PathBuf {
    folder.join("session.json")
}
