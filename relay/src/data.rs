//! The data folder: made private, locked by the relay that serves from it, and holding its keys as files of mode 0600.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Locked by whoever serves from the folder or replaces what is in it.
pub const LOCK_FILE: &str = "lock";
/// There while a restore replaces files, and after one that was interrupted.
pub const RESTORING_FILE: &str = "restoring";

/// Why the data folder cannot be used, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    #[error(
        "the data folder {path} cannot be made or written to ({error}): choose another with --data, or give this user the right to write there"
    )]
    NotWritable { path: PathBuf, error: io::Error },
    #[error("the disk is full: free some space under {0}")]
    DiskFull(PathBuf),
    #[error("another lotse-relay serves from {0}: stop it, or give this one a folder of its own with --data")]
    InUse(PathBuf),
    #[error(
        "the file {path} is damaged ({what}): put back a backup of it; without one, remove it, and what was made with it is void"
    )]
    Damaged { path: PathBuf, what: String },
    #[error(
        "{missing} is missing though {there} is there: put back a backup, or remove both and give programs the new certificate"
    )]
    HalfMissing { missing: PathBuf, there: PathBuf },
    #[error("a restore of {0} was interrupted: run `lotse-relay restore` on it again, with --force")]
    Restoring(PathBuf),
    #[error("the system has no randomness to make keys of")]
    NoRandomness,
}

/// An opened data folder.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
}

/// Held while a relay serves from the folder.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

impl DataFolder {
    /// Opens the folder and makes it, private to this user, if it is missing.
    pub fn open(path: &Path) -> Result<Self, DataError> {
        let folder = Self { path: path.to_owned() };
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(|error| folder.problem(error))?;
        // Found out now and not in the middle of a session.
        let probe = path.join(format!(".probe-{}", std::process::id()));
        let written = File::create(&probe).and_then(|mut file| file.write_all(b"lotse"));
        // On a full disk the file is there though nothing is in it.
        let removed = fs::remove_file(&probe);
        written.and(removed).map_err(|error| folder.problem(error))?;
        Ok(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A path inside it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Takes the folder for one serving relay. Freed with the value, even if the program is killed.
    pub fn lock(&self) -> Result<DataLock, DataError> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.join(LOCK_FILE))
            .map_err(|error| self.problem(error))?;
        match file.try_lock() {
            Ok(()) => Ok(DataLock { _file: file }),
            Err(fs::TryLockError::WouldBlock) => Err(DataError::InUse(self.path.clone())),
            Err(fs::TryLockError::Error(error)) => Err(self.problem(error)),
        }
    }

    /// Refuses a folder in which a restore was interrupted: half of it may be there.
    pub fn is_whole(&self) -> Result<(), DataError> {
        Self::is_whole_at(&self.path)
    }

    /// The same of a folder that is not opened.
    ///
    /// # Errors
    /// [`DataError::Restoring`].
    pub fn is_whole_at(path: &Path) -> Result<(), DataError> {
        if path.join(RESTORING_FILE).exists() { Err(DataError::Restoring(path.to_owned())) } else { Ok(()) }
    }

    /// Reads a small secret file, or makes it with `make` and keeps it.
    pub fn secret(&self, name: &str, make: impl FnOnce() -> Result<Vec<u8>, DataError>) -> Result<Vec<u8>, DataError> {
        match self.read(name)? {
            Some(bytes) => Ok(bytes),
            None => {
                let bytes = make()?;
                self.write(name, &bytes)?;
                Ok(bytes)
            }
        }
    }

    /// A file's content; `None` if it is not there.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, DataError> {
        match fs::read(self.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.problem(error)),
        }
    }

    /// Writes a file of mode 0600, whole or not at all.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), DataError> {
        write_whole(&self.join(name), bytes).map_err(|error| self.problem(error))
    }

    fn problem(&self, error: io::Error) -> DataError {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => DataError::DiskFull(self.path.clone()),
            _ => DataError::NotWritable { path: self.path.clone(), error },
        }
    }
}

/// Writes a file of mode 0600 beside its place and moves it there: a reader never sees half of it.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".new-{}", std::process::id()));
    let passing = path.with_file_name(name);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = || {
        let mut file = options.open(&passing)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&passing, path)
    };
    let written = write();
    if written.is_err() {
        // The first error is the one worth telling.
        let _ = fs::remove_file(&passing);
    }
    written
}

/// 32 bytes that nobody can guess.
pub fn random_32() -> Result<Vec<u8>, DataError> {
    let mut bytes = vec![0; 32];
    let filled = ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes);
    filled.map(|()| bytes).map_err(|_| DataError::NoRandomness)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn keys_are_made_once_and_are_private() {
        let parent = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(&parent.path().join("a/b")).unwrap();
        let first = folder.secret("x.key", random_32).unwrap();
        assert_eq!(folder.secret("x.key", random_32).unwrap(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(folder.join("x.key")).unwrap().permissions().mode() & 0o777, 0o600);
            assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
    }

    #[test]
    fn one_relay_serves_from_a_folder() {
        let parent = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(parent.path()).unwrap();
        let lock = folder.lock().unwrap();
        assert!(matches!(folder.lock(), Err(DataError::InUse(_))));
        drop(lock);
        assert!(folder.lock().is_ok());
    }

    #[test]
    fn a_file_in_the_folders_place_is_said_plainly() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("file");
        fs::write(&file, "x").unwrap();
        let error = DataFolder::open(&file).unwrap_err().to_string();
        assert!(error.contains("--data"), "{error}");
    }
}
