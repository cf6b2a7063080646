//! What a console that was ended in the middle left of its sessions: how to take each up again, and what came of files in part.
//!
//! Each session has a folder, which its program holds locked ([`SessionFolder`]). When a rep signs in, those of theirs that nobody
//! holds are looked for and locked, and wait here until the relay has answered for them: it gives the session, or says that it is
//! over. What waits when the program or the sign-in ends is let go as it was found. What no session can be taken up for is
//! removed, as is what nobody came back for.

mod folder;

pub(crate) use folder::SessionFolder;

use crate::resume::ResumeNote;
use lotse_protocol::control::{Secret, SessionId};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::task::JoinHandle;

/// Sessions that are looked at; what is beyond waits for the next time.
const SESSIONS_MAX: usize = 1_000;
/// No customer waits as long.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);
/// A folder without a note is left alone for so long.
const JUST_MADE: Duration = Duration::from_secs(60);

/// A session that a program which is no more was in.
pub(crate) struct Left {
    pub note: ResumeNote,
    pub folder: SessionFolder,
}

pub(crate) struct LeftBehind {
    /// A folder for each session.
    sessions: PathBuf,
    network: tokio::runtime::Handle,
    /// Disks are not waited for.
    looking: Option<JoinHandle<Vec<Left>>>,
    /// The relay has not answered for them.
    waiting: Vec<Left>,
}

impl LeftBehind {
    /// Nobody is signed in yet: what is nobody's is removed.
    pub(crate) fn open(data_dir: &Path, network: &tokio::runtime::Handle) -> Self {
        let sessions = data_dir.join("sessions");
        let mut opened = Self { sessions, network: network.clone(), looking: None, waiting: Vec::new() };
        opened.look_for("", "");
        opened
    }

    /// A folder for a session that begins; `None`: there can be none, and a crash loses the session.
    pub(crate) fn make(&self, session: SessionId) -> Option<SessionFolder> {
        let made = SessionFolder::make(self.place_of(session));
        made.inspect_err(|error| tracing::warn!(%error, "what a session needs after a crash cannot be kept")).ok()
    }

    fn place_of(&self, session: SessionId) -> PathBuf {
        let hex: String = session.0.iter().map(|byte| format!("{byte:02x}")).collect();
        self.sessions.join(hex)
    }

    /// Begins to look for the sessions of one rep at one relay.
    pub(crate) fn look_for(&mut self, relay: &str, user: &str) {
        let (sessions, relay, user) = (self.sessions.clone(), relay.to_owned(), user.to_owned());
        self.looking = Some(self.network.spawn_blocking(move || look(&sessions, &relay, &user)));
    }

    /// Ends when what was looked for waits here; never, while nothing is looked for.
    pub(crate) async fn found(&mut self) {
        match &mut self.looking {
            Some(looking) => {
                let found = looking.await.unwrap_or_default();
                self.looking = None;
                self.waiting.extend(found);
            }
            None => std::future::pending().await,
        }
    }

    /// Those for which the relay is to be asked.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = SessionId> {
        self.waiting.iter().map(|left| SessionId(left.note.session))
    }

    /// What the relay is shown for it.
    pub(crate) fn token(&self, session: SessionId) -> Option<Secret> {
        let left = self.waiting.iter().find(|left| left.note.session == session.0)?;
        Some(Secret(left.note.token.clone()))
    }

    /// The relay has given it.
    pub(crate) fn take(&mut self, session: SessionId) -> Option<Left> {
        let at = self.waiting.iter().position(|left| left.note.session == session.0)?;
        Some(self.waiting.swap_remove(at))
    }

    /// It is not gone on with: removes what came in it in part.
    pub(crate) fn discard(&self, left: Left) {
        self.network.spawn_blocking(move || left.folder.discard());
    }

    /// The sign-in is over. What waits may be taken up with the next, by this program or another.
    pub(crate) fn let_go(&mut self) {
        self.looking = None;
        self.waiting.clear();
    }
}

fn look(sessions: &Path, relay: &str, user: &str) -> Vec<Left> {
    let entries = match std::fs::read_dir(sessions) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            tracing::warn!(%error, "what an earlier program left of its sessions cannot be looked for");
            return Vec::new();
        }
    };
    entries.take(SESSIONS_MAX).filter_map(|place| look_at(place, relay, user)).collect()
}

fn look_at(place: PathBuf, relay: &str, user: &str) -> Option<Left> {
    let note = folder::note_in(&place);
    // One that is missing, damaged or too old is nobody's.
    let is_old = || age(&note).is_some_and(|age| age > OLD);
    let read = || ResumeNote::read(&note).filter(|of| !of.user.is_empty() && !is_old());
    let is_theirs = |of: &ResumeNote| of.relay == relay && of.user == user;
    match read() {
        // Not even locked for a moment: another program may look for it in this one.
        Some(of) if !is_theirs(&of) => return None,
        // Whoever made it may be about to lock it.
        None if age(&place).is_none_or(|age| age < JUST_MADE) => return None,
        Some(_) | None => {}
    }
    let taken = SessionFolder::take(place).inspect_err(|error| tracing::warn!(%error, "a session cannot be looked at"));
    let folder = taken.ok()??;
    // As it is now that no other program has it.
    match read() {
        Some(note) => is_theirs(&note).then(|| Left { note, folder }),
        None => {
            folder.discard();
            None
        }
    }
}

/// Since it was changed; `None`: not known.
fn age(place: &Path) -> Option<Duration> {
    std::fs::metadata(place).ok()?.modified().ok()?.elapsed().ok()
}

#[cfg(test)]
mod tests;
