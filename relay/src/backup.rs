//! Backups of a data folder: everything that makes a relay the one that programs know, in a folder of its own.
//!
//! A backup is made while the relay runs. It stands aside until it is whole and then gets its name; `manifest` says what is
//! in it and `restore` puts it back. The database is copied by SQLite itself, keys and packages as files. What the relay can
//! make anew, compiled plugins, is left out.

mod files;
mod manifest;
mod restore;

pub use manifest::Manifest;
pub use restore::restore;

use crate::clock::unix_s;
use crate::data::DataFolder;
use crate::relay::{CODE_KEY_FILE, FORWARDER_KEY_FILE, LICENCE_KEY_FILE};
use crate::store::{DATABASE_FILE, SqliteStore, StoreError};
use crate::tls::{CERTIFICATE_FILE, KEY_FILE};
use manifest::MANIFEST_FILE;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Files that are in a backup where the data folder has them.
const FILES: [&str; 6] =
    [DATABASE_FILE, CERTIFICATE_FILE, KEY_FILE, FORWARDER_KEY_FILE, CODE_KEY_FILE, LICENCE_KEY_FILE];
/// Folders whose files are, too: publishers' keys, plugin packages, and what an authority gave out.
const FOLDERS: [&str; 3] = ["trusted", "plugins", crate::acme::FOLDER];
/// Files in one backup. A relay has a few dozen packages.
const FILES_MAX: usize = 1_000;

/// Why a backup is not made or not put back, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("there is no relay's database in {0}: give the folder that the relay uses to --data")]
    NoRelay(PathBuf),
    #[error("{0} cannot be a backup's name: give a folder that is not there yet to --to")]
    Place(PathBuf),
    #[error("{0} is there already: choose another place with --to, or replace that backup with --force")]
    Exists(PathBuf),
    #[error("{0} is no backup and is not replaced: choose another place with --to, or remove it yourself")]
    NoBackup(PathBuf),
    #[error("{0} holds more than {max} files to be backed up: remove old packages from its plugins folder", max = FILES_MAX)]
    TooMany(PathBuf),
    #[error("the file {0:?} has a name that backups cannot hold: rename it in plain letters")]
    Name(PathBuf),
    #[error("there is no backup in {0}: give the folder that `lotse-relay backup` made to --from")]
    NotThere(PathBuf),
    #[error("the backup {path} is not whole ({what}): use another one; nothing was changed")]
    NotWhole { path: PathBuf, what: String },
    #[error("the backup {0} was made by a newer version of lotse-relay: install that version or a later one")]
    Newer(PathBuf),
    #[error(
        "{0} holds a relay's data already: choose an empty folder with --data, or replace what is there with --force"
    )]
    NotEmpty(PathBuf),
    #[error("the backup {0} lies in the data folder itself: move it elsewhere first")]
    Inside(PathBuf),
    #[error("the disk is full: free some space under {0}")]
    DiskFull(PathBuf),
    #[error("{path} cannot be read or written ({error}): give this user the right to, or choose another folder")]
    File { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Data(#[from] crate::data::DataError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BackupError {
    fn file(path: &Path, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull(path.to_owned()),
            _ => Self::File { path: path.to_owned(), error },
        }
    }
}

/// Backs a data folder up into the folder `to`, also while a relay serves from it. An earlier backup there is replaced only
/// if `force`, and not before the new one is whole.
///
/// # Errors
/// Any but those of restoring; then `to` is as it was.
pub async fn backup(data: &Path, to: &Path, force: bool) -> Result<Manifest, BackupError> {
    if !data.join(DATABASE_FILE).is_file() {
        return Err(BackupError::NoRelay(data.to_owned()));
    }
    // Of a folder that is half restored a backup would lack the keys, and might replace one that has them.
    DataFolder::is_whole_at(data)?;
    may_replace(to, force)?;
    let aside = beside(to, "new")?;
    let made = make(data, &aside).await.and_then(|manifest| {
        DataFolder::is_whole_at(data)?;
        put(&aside, to).map(|()| manifest)
    });
    match &made {
        Ok(_) => remove_leftovers(to),
        // The first error is the one worth telling.
        Err(_) => drop(fs::remove_dir_all(&aside)),
    }
    made
}

/// Removes what backups to the same place that were killed have left beside it. Not before the new one has its name: until
/// then the only whole one may lie there.
fn remove_leftovers(to: &Path) {
    let Some(name) = to.file_name().and_then(|name| name.to_str()) else { return };
    let Ok(entries) = fs::read_dir(files::parent(to)) else { return };
    for entry in entries.flatten() {
        let file = entry.file_name();
        let rest = file.to_str().and_then(|file| file.strip_prefix(name));
        let process = rest.and_then(|rest| rest.strip_prefix(".new-").or_else(|| rest.strip_prefix(".old-")));
        if !process.is_some_and(is_gone) {
            continue;
        }
        let folder = entry.path();
        match fs::remove_dir_all(&folder) {
            Ok(()) => tracing::warn!(folder = %folder.display(), "what a killed backup left is removed"),
            Err(error) => {
                tracing::warn!(%error, folder = %folder.display(), "what a killed backup left could not be removed");
            }
        }
    }
}

/// There is no process of this number. Where that cannot be known there may be one.
fn is_gone(process: &str) -> bool {
    let is_number = !process.is_empty() && process.bytes().all(|byte| byte.is_ascii_digit());
    cfg!(target_os = "linux") && is_number && !Path::new("/proc").join(process).exists()
}

fn may_replace(to: &Path, force: bool) -> Result<(), BackupError> {
    match fs::symlink_metadata(to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(BackupError::file(to, error)),
        Ok(_) if !force => Err(BackupError::Exists(to.to_owned())),
        // `--force` with a misspelt path must not cost somebody a folder.
        Ok(_) if !to.join(MANIFEST_FILE).is_file() => Err(BackupError::NoBackup(to.to_owned())),
        Ok(_) => Ok(()),
    }
}

/// A name in the same folder, and so on the same file system.
fn beside(to: &Path, what: &str) -> Result<PathBuf, BackupError> {
    let mut name = to.file_name().ok_or_else(|| BackupError::Place(to.to_owned()))?.to_owned();
    name.push(format!(".{what}-{}", std::process::id()));
    Ok(to.with_file_name(name))
}

async fn make(data: &Path, aside: &Path) -> Result<Manifest, BackupError> {
    // Of an earlier process with this number that was killed.
    let _ = fs::remove_dir_all(aside);
    files::make_folder(aside).map_err(|error| BackupError::file(aside, error))?;
    let names = names(data)?;
    let mut entries = Vec::with_capacity(names.len());
    for name in names {
        let to = aside.join(&name);
        let entry = if name == DATABASE_FILE {
            SqliteStore::copy(data, &to).await?;
            SqliteStore::examine(&to).await?;
            files::settle(&to).map_err(|error| BackupError::file(&to, error))?
        } else {
            files::copy(&data.join(&name), &to).map_err(|error| BackupError::file(&to, error))?
        };
        entries.push(entry.named(name));
    }
    let manifest = Manifest::new(unix_s(), entries);
    manifest.write(aside)?;
    for folder in FOLDERS.map(|folder| aside.join(folder)).iter().filter(|folder| folder.is_dir()) {
        files::sync_folder(folder).map_err(|error| BackupError::file(folder, error))?;
    }
    files::sync_folder(aside).map_err(|error| BackupError::file(aside, error))?;
    Ok(manifest)
}

/// What of a data folder goes into a backup, the database first.
fn names(data: &Path) -> Result<Vec<String>, BackupError> {
    let mut names: Vec<String> =
        FILES.into_iter().filter(|name| data.join(name).is_file()).map(str::to_owned).collect();
    for folder in FOLDERS {
        let path = data.join(folder);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(BackupError::file(&path, error)),
        };
        for entry in entries {
            let path = entry.map_err(|error| BackupError::file(&path, error))?.path();
            if !path.is_file() || (folder == crate::acme::FOLDER && is_passing(&path)) {
                continue;
            }
            let name = path.file_name().and_then(|name| name.to_str()).map(|name| format!("{folder}/{name}"));
            let name = name.filter(|name| manifest::is_known(name));
            names.push(name.ok_or_else(|| BackupError::Name(path.clone()))?);
        }
    }
    if names.len() > FILES_MAX {
        return Err(BackupError::TooMany(data.to_owned()));
    }
    Ok(names)
}

/// A file that a running relay is just writing, and moves away when it is whole.
fn is_passing(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with(".probe-") || name.contains(".new-")
}

/// Gives the whole backup its name. An earlier one goes only then.
fn put(aside: &Path, to: &Path) -> Result<(), BackupError> {
    let failed = |error| BackupError::file(to, error);
    let old = beside(to, "old")?;
    let replaces = to.exists();
    if replaces {
        fs::rename(to, &old).map_err(failed)?;
    }
    if let Err(error) = fs::rename(aside, to) {
        if replaces {
            let _ = fs::rename(&old, to);
        }
        return Err(failed(error));
    }
    files::sync_folder(files::parent(to)).map_err(failed)?;
    if replaces && let Err(error) = fs::remove_dir_all(&old) {
        tracing::warn!(%error, folder = %old.display(), "the replaced backup could not be removed");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
