//! What a console that was ended in the middle left of its sessions: how to take each up again, and what came of files in part.
//!
//! Its rep takes them up by signing in again. What no session can be taken up for is removed, as is what nobody came back for.
//! Several programs may have one folder: each holds a lock there, shared, as long as it runs, and only one that is alone looks.

use crate::resume::ResumeNote;
use crate::transfers::discard_noted;
use lotse_protocol::control::SessionId;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

const LOCK: &str = "lock";
/// Sessions of one program that was ended; what is beyond waits for the next start.
const NOTES_MAX: usize = 1_000;
/// No customer waits as long.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) struct LeftBehind {
    /// What came of files in part, a note for each session.
    files: PathBuf,
    /// What takes each session up again.
    sessions: PathBuf,
    /// `None`: nothing is known of other programs, and nothing was looked at.
    _held: Option<File>,
    /// Sessions of programs that are no more, until their rep signs in.
    waiting: Vec<ResumeNote>,
}

impl LeftBehind {
    /// Looks what is there of programs that are no more. Disks are not waited for.
    pub(crate) fn open(data_dir: &Path, network: &tokio::runtime::Handle) -> Self {
        let (files, sessions) = (data_dir.join("files"), data_dir.join("sessions"));
        match hold(&files, &sessions) {
            Ok((held, left)) => {
                let (waiting, over) = sort(&files, left);
                if !over.is_empty() {
                    network.spawn_blocking(move || over.iter().for_each(|place| discard_noted(place)));
                }
                Self { files, sessions, _held: Some(held), waiting }
            }
            Err(error) => {
                tracing::warn!(%error, "what an earlier program left of its sessions cannot be looked for");
                Self { files, sessions, _held: None, waiting: Vec::new() }
            }
        }
    }

    /// Where a session notes what came of files.
    pub(crate) fn files_of(&self, session: SessionId) -> PathBuf {
        self.files.join(named(session))
    }

    /// Where a session notes what takes it up again.
    pub(crate) fn note_of(&self, session: SessionId) -> PathBuf {
        self.sessions.join(named(session))
    }

    /// The sessions of one rep at one relay that a program which is no more was in. Each is given once.
    pub(crate) fn take(&mut self, relay: &str, user: &str) -> Vec<ResumeNote> {
        let theirs = |note: &mut ResumeNote| note.relay == relay && note.user == user;
        self.waiting.extract_if(.., theirs).collect()
    }

    /// A session is not taken up again: removes what came in it in part.
    pub(crate) fn discard(&self, session: SessionId, network: &tokio::runtime::Handle) {
        ResumeNote::remove(&self.note_of(session));
        let files = self.files_of(session);
        network.spawn_blocking(move || discard_noted(&files));
    }
}

fn named(session: SessionId) -> String {
    let hex: String = session.0.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{hex}.json")
}

/// Notes that are nobody's.
#[derive(Debug, Default)]
struct Left {
    files: Vec<PathBuf>,
    sessions: Vec<PathBuf>,
}

/// What may still be taken up, and notes of files that belong to none of it.
fn sort(files: &Path, left: Left) -> (Vec<ResumeNote>, Vec<PathBuf>) {
    let mut waiting = Vec::new();
    for place in left.sessions {
        match ResumeNote::read(&place).filter(|note| !note.user.is_empty() && !is_old(&place)) {
            Some(note) => waiting.push(note),
            // It may hold a key.
            None => ResumeNote::remove(&place),
        }
    }
    let kept = |place: &PathBuf| waiting.iter().any(|note| files.join(named(SessionId(note.session))) == *place);
    let over = left.files.into_iter().filter(|place| !kept(place)).collect();
    (waiting, over)
}

fn is_old(place: &Path) -> bool {
    let changed = std::fs::metadata(place).and_then(|meta| meta.modified());
    changed.is_ok_and(|changed| changed.elapsed().is_ok_and(|age| age > OLD))
}

/// The lock, and the notes that are nobody's.
fn hold(files: &Path, sessions: &Path) -> io::Result<(File, Left)> {
    std::fs::create_dir_all(files)?;
    std::fs::create_dir_all(sessions)?;
    let lock = File::options().write(true).create(true).truncate(false).open(files.join(LOCK))?;
    let left = match lock.try_lock() {
        Ok(()) => {
            let left = Left { files: notes(files)?, sessions: notes(sessions)? };
            lock.unlock()?;
            left
        }
        Err(TryLockError::WouldBlock) => Left::default(),
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
    use crate::transfers::tests::{come_in_part_and_noted, until_gone};

    const ID: SessionId = SessionId([7; 16]);

    fn note(user: &str) -> ResumeNote {
        ResumeNote { session: ID.0, relay: "relay.example".into(), user: user.into(), ..ResumeNote::default() }
    }

    /// Scar: what a console that was killed had received in part stayed in the rep's folder.
    #[tokio::test(flavor = "multi_thread")]
    async fn f4_what_no_session_can_go_on_with_is_removed_and_nothing_of_a_program_that_runs() {
        let network = tokio::runtime::Handle::current();
        let data = tempfile::tempdir().unwrap();
        let place = data.path().join("downloads");
        let running = LeftBehind::open(data.path(), &network);
        let files = running.files_of(ID);
        let part = come_in_part_and_noted(&files, ID.0, &place);
        std::fs::write(place.join("mine"), "mine").unwrap();
        let second = LeftBehind::open(data.path(), &network);
        assert!(second.waiting.is_empty() && part.exists() && files.exists());
        drop((running, second));
        let _next = LeftBehind::open(data.path(), &network);
        until_gone(&[&part, &files]).await;
        assert!(place.join("mine").exists());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn n4_a_session_waits_for_its_own_rep_at_its_own_relay_and_its_files_wait_with_it() {
        let network = tokio::runtime::Handle::current();
        let data = tempfile::tempdir().unwrap();
        let running = LeftBehind::open(data.path(), &network);
        let files = running.files_of(ID);
        let part = come_in_part_and_noted(&files, ID.0, &data.path().join("downloads"));
        note("anna@acme.example").write(&running.note_of(ID)).unwrap();
        drop(running);
        let mut next = LeftBehind::open(data.path(), &network);
        assert!(next.take("relay.example", "bo@acme.example").is_empty());
        assert!(next.take("other.example", "anna@acme.example").is_empty());
        assert_eq!(next.take("relay.example", "anna@acme.example").len(), 1);
        assert!(next.take("relay.example", "anna@acme.example").is_empty(), "once");
        assert!(part.exists() && files.exists());
        next.discard(ID, &network);
        until_gone(&[&part, &files, &next.note_of(ID)]).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_note_that_is_old_damaged_or_no_reps_is_removed_with_what_came() {
        let network = tokio::runtime::Handle::current();
        let data = tempfile::tempdir().unwrap();
        let place = LeftBehind::open(data.path(), &network).note_of(ID);
        let days_ago = std::time::SystemTime::now() - 2 * OLD;
        for old in [false, true] {
            note(if old { "anna@acme.example" } else { "" }).write(&place).unwrap();
            if old {
                File::options().write(true).open(&place).unwrap().set_modified(days_ago).unwrap();
            }
            let next = LeftBehind::open(data.path(), &network);
            assert!(next.waiting.is_empty() && !place.exists(), "{old}");
        }
        std::fs::write(&place, "half a no").unwrap();
        let next = LeftBehind::open(data.path(), &network);
        assert!(next.waiting.is_empty() && !place.exists());
    }
}
