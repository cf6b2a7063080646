//! Where a rep's sessions note what came of files in part, one file each: no other program takes such a session up again, so the
//! next one that is started removes what one left behind that was ended in the middle.
//!
//! Several programs may have one folder. Each holds a lock there, shared, as long as it runs; only one that is alone removes.

use super::tokens::discard_noted;
use lotse_protocol::control::SessionId;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

const LOCK: &str = "lock";
/// Sessions of one program that was ended; what is beyond waits for the next start.
const NOTES_MAX: usize = 1_000;

pub(crate) struct Leavings {
    folder: PathBuf,
    /// `None`: nothing is known of other programs, and nothing was removed.
    _held: Option<File>,
}

impl Leavings {
    /// Removes what is there of programs that are no more. Disks are not waited for.
    pub(crate) fn open(folder: PathBuf, network: &tokio::runtime::Handle) -> Self {
        match hold(&folder) {
            Ok((held, left)) => {
                if !left.is_empty() {
                    network.spawn_blocking(move || left.iter().for_each(|place| discard_noted(place)));
                }
                Self { folder, _held: Some(held) }
            }
            Err(error) => {
                tracing::warn!(%error, "what an earlier program received in part cannot be looked for");
                Self { folder, _held: None }
            }
        }
    }

    /// Where a session notes it.
    pub(crate) fn place(&self, session: SessionId) -> PathBuf {
        let hex: String = session.0.iter().map(|byte| format!("{byte:02x}")).collect();
        self.folder.join(format!("{hex}.json"))
    }
}

/// The lock, and the notes that are nobody's.
fn hold(folder: &Path) -> io::Result<(File, Vec<PathBuf>)> {
    std::fs::create_dir_all(folder)?;
    let lock = File::options().write(true).create(true).truncate(false).open(folder.join(LOCK))?;
    let left = match lock.try_lock() {
        Ok(()) => {
            let left = notes(folder)?;
            lock.unlock()?;
            left
        }
        Err(TryLockError::WouldBlock) => Vec::new(),
        Err(TryLockError::Error(error)) => return Err(error),
    };
    // Who has it to itself only looks which notes there are.
    lock.lock_shared()?;
    Ok((lock, left))
}

fn notes(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path());
    Ok(entries.filter(|path| path.extension().is_some_and(|ending| ending == "json")).take(NOTES_MAX).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::transfers::tests::{come_in_part, until_gone};
    use crate::transfers::tokens::{Target, write};
    use std::sync::Arc;

    /// Scar: what a console that was killed had received in part stayed in the rep's folder.
    #[tokio::test(flavor = "multi_thread")]
    async fn f4_the_next_program_removes_what_one_left_that_was_killed_and_nothing_of_one_that_runs() {
        let network = tokio::runtime::Handle::current();
        let data = tempfile::tempdir().unwrap();
        let place = data.path().join("downloads");
        let target = Target::new("t".to_owned(), "a.b".to_owned(), place.clone(), None);
        let part = come_in_part(&target);
        std::fs::write(place.join("mine"), "mine").unwrap();
        let running = Leavings::open(data.path().join("files"), &network);
        let note = running.place(SessionId([7; 16]));
        write(&note, [7; 16], &[], &[Arc::new(target)]).unwrap();
        let second = Leavings::open(data.path().join("files"), &network);
        assert_eq!(hold(&data.path().join("files")).unwrap().1, Vec::<PathBuf>::new());
        assert!(part.exists() && note.exists());
        drop((running, second));
        let _next = Leavings::open(data.path().join("files"), &network);
        until_gone(&[&part, &note]).await;
        assert!(place.join("mine").exists());
    }
}
