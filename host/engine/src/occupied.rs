//! Whether a program is on its way into a session or in one, for another that is started on the same data folder.
//!
//! A folder is locked for it, so that nothing lies about when the program is gone, however it went.

use std::fs::{File, TryLockError};
use std::path::Path;

/// Held from when a session is being joined until it is over.
#[derive(Debug)]
pub(crate) struct Occupied {
    _lock: File,
}

impl Occupied {
    /// `None`: it cannot be locked now; another program looks at it in this very moment, or the file system has no locks.
    pub(crate) fn take(data_dir: &Path) -> Option<Self> {
        let folder = data_dir.join(FOLDER);
        std::fs::create_dir_all(&folder).ok()?;
        let lock = File::open(folder).ok()?;
        lock.try_lock().ok()?;
        Some(Self { _lock: lock })
    }
}

/// The packages' folder. The data folder itself is locked for as long as a program runs.
const FOLDER: &str = "plugins";

/// A program is in a session on this data folder, or on its way into one.
pub fn is_occupied(data_dir: &Path) -> bool {
    // A lock that is shared does not keep the other from taking it for longer than this moment.
    let lock = File::open(data_dir.join(FOLDER)).map(|folder| folder.try_lock_shared());
    matches!(lock, Ok(Err(TryLockError::WouldBlock)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn c6_it_is_occupied_while_it_is_held() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_occupied(folder.path()));
        let held = Occupied::take(folder.path()).unwrap();
        assert!(is_occupied(folder.path()) && Occupied::take(folder.path()).is_none());
        drop(held);
        assert!(!is_occupied(folder.path()));
    }
}
