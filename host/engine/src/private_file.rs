//! Small files that are their owner's alone, written whole or not at all.

use std::io::Write;
use std::path::{Path, PathBuf};

/// Writes `bytes` at `place`, with mode 0600; its folder is made if it is missing.
pub(crate) fn write(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = place.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let beside = unfinished(place);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Never into a file that is there already: its owner and mode would be somebody else's choice.
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let written =
        options.open(&beside).and_then(|mut file| file.write_all(bytes)).and_then(|()| std::fs::rename(&beside, place));
    if written.is_err() {
        // Part of a file is of no use, and may hold part of a secret.
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// Removes it, and what a write that was killed left of it.
pub(crate) fn remove(place: &Path) -> std::io::Result<()> {
    let gone = |removed: std::io::Result<()>| match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    };
    let unfinished = gone(std::fs::remove_file(unfinished(place)));
    gone(std::fs::remove_file(place)).and(unfinished)
}

/// Where it is written before it has its name.
fn unfinished(place: &Path) -> PathBuf {
    place.with_extension("new")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Scar: a program that was killed while it wrote a key left that for ever, under a name that nobody looked for.
    #[test]
    fn what_is_removed_leaves_nothing_of_a_write_that_was_killed() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("session.json");
        for there in [true, false] {
            if there {
                write(&place, b"whole").unwrap();
            }
            std::fs::write(unfinished(&place), "half a ke").unwrap();
            remove(&place).unwrap();
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
    }
}
