//! Puts a backup back. Everything is checked and copied before anything is replaced, and what was there stays aside until all
//! is in its place.
//!
//! A restore that is killed in between leaves a marker, which a relay refuses to start over; what was there is then in a
//! folder `replaced-…` of the data folder, and another restore makes it whole.

use super::manifest::{Entry, Manifest};
use super::{BackupError, DATABASE_FILE, files};
use crate::clock::unix_s;
use crate::data::{DataFolder, RESTORING_FILE};
use crate::store::SqliteStore;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders of a restore in the data folder begin so.
const FRESH: &str = ".restore-";
const REPLACED: &str = "replaced-";

/// Puts the backup `from` into the data folder, which no relay may serve from. What is there is replaced only if `force`.
///
/// # Errors
/// Any but those of making a backup; the data folder is then as it was, unless the error says that files could not be put
/// back.
pub async fn restore(data: &Path, from: &Path, force: bool) -> Result<Manifest, BackupError> {
    let manifest = Manifest::read(from)?;
    manifest.verify(from)?;
    SqliteStore::examine(&from.join(DATABASE_FILE)).await?;
    let folder = DataFolder::open(data)?;
    let _lock = folder.lock()?;
    if lies_in(from, data) {
        return Err(BackupError::Inside(from.to_owned()));
    }
    let before = before(data)?;
    if !before.is_empty() && !force {
        return Err(BackupError::NotEmpty(data.to_owned()));
    }
    let fresh = data.join(format!("{FRESH}{}", std::process::id()));
    let done = copy_in(&manifest.files, from, &fresh).and_then(|()| swap(&folder, &before, &fresh));
    // Empty by now, or no use any more.
    let _ = fs::remove_dir_all(&fresh);
    done.map(|()| manifest)
}

fn lies_in(from: &Path, data: &Path) -> bool {
    match (from.canonicalize(), data.canonicalize()) {
        (Ok(from), Ok(data)) => from.starts_with(data),
        // Either was read or made just now; whatever is wrong shows with the next step.
        (Err(_), _) | (_, Err(_)) => false,
    }
}

/// What a relay makes in its folder and a restore replaces. Everything else is somebody else's and stays.
fn is_a_relays(name: &str) -> bool {
    let made_anew = ["cache", "lotse.db-wal", "lotse.db-shm", "lotse.db-journal"];
    super::FILES.contains(&name) || super::FOLDERS.contains(&name) || made_anew.contains(&name)
}

/// What a data folder holds of a relay, but for the lock and what restores left there.
fn before(data: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let mut before = Vec::new();
    for entry in fs::read_dir(data).map_err(|error| BackupError::file(data, error))? {
        let path = entry.map_err(|error| BackupError::file(data, error))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with(FRESH) {
            // Of a restore that was killed before it replaced anything.
            fs::remove_dir_all(&path).map_err(|error| BackupError::file(&path, error))?;
        } else if is_a_relays(&name) {
            before.push(path);
        }
    }
    Ok(before)
}

fn copy_in(entries: &[Entry], from: &Path, fresh: &Path) -> Result<(), BackupError> {
    files::make_folder(fresh).map_err(|error| BackupError::file(fresh, error))?;
    for entry in entries {
        let to = fresh.join(&entry.name);
        let content = files::copy(&from.join(&entry.name), &to).map_err(|error| BackupError::file(&to, error))?;
        entry.check(from, &content)?;
        files::sync_folder(files::parent(&to)).map_err(|error| BackupError::file(&to, error))?;
    }
    files::sync_folder(fresh).map_err(|error| BackupError::file(fresh, error))
}

/// What was there goes aside and what is fresh in its place, or nothing changes.
fn swap(folder: &DataFolder, before: &[PathBuf], fresh: &Path) -> Result<(), BackupError> {
    let data = folder.path();
    let failed = |error| BackupError::file(data, error);
    let aside = data.join(format!("{REPLACED}{}-{}", unix_s(), std::process::id()));
    let mut moves = Vec::new();
    for path in before {
        moves.push((path.clone(), aside.join(path.file_name().unwrap_or_default())));
    }
    for entry in fs::read_dir(fresh).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let to = data.join(path.file_name().unwrap_or_default());
        moves.push((path, to));
    }
    folder.write(RESTORING_FILE, b"A restore was interrupted: run `lotse-relay restore` again, with --force.\n")?;
    // Before anything moves: the marker must be there whenever half of it has.
    files::sync_folder(data).map_err(failed)?;
    let swapped = files::make_folder(&aside).and_then(|()| files::rename_all(&moves));
    if swapped.is_ok() {
        files::sync_folder(data).map_err(failed)?;
    } else {
        // Empty again, or what is in it must not be lost.
        let _ = fs::remove_dir(&aside);
    }
    if swapped.is_ok() || !aside.exists() {
        fs::remove_file(data.join(RESTORING_FILE)).map_err(failed)?;
    }
    swapped.map_err(failed)?;
    if let Err(error) = fs::remove_dir_all(&aside) {
        tracing::warn!(%error, folder = %aside.display(), "what was replaced could not be removed");
    }
    files::sync_folder(data).map_err(failed)
}
