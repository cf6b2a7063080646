//! The way of notes to the store and back: a bounded queue, worked off in order by a task of its own, so that a disk that
//! hangs holds up nobody's session.
//!
//! What is acknowledged is written down. What cannot be written is answered so, and the console says it again later.

use crate::clock::unix_s;
use crate::counters::Counters;
use crate::hub::NotesRecord;
use crate::store::{Notes, Store, StoreError};
use crate::switchboard::Outgoing;
use lotse_protocol::control::{FromRelay, NotesRefusal, SessionId};
use lotse_protocol::handover::OfferedHandOver;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Notes that wait for the disk. With the longest ones that is under 9 MB.
const QUEUE_MAX: usize = 256;

/// What is to be done, and the queue of the connection that is told.
enum Job {
    Keep {
        notes: NotesRecord,
        answer: mpsc::Sender<Outgoing>,
    },
    Tell {
        session: SessionId,
        answer: mpsc::Sender<Outgoing>,
    },
    /// Whoever is asked to take a session over reads its notes before.
    Ask {
        session: SessionId,
        offer: Box<OfferedHandOver>,
        for_s: u16,
        answer: mpsc::Sender<Outgoing>,
    },
}

/// Where notes are handed in.
pub struct NotesDesk {
    queue: mpsc::Sender<Job>,
}

impl NotesDesk {
    /// The desk, and the task that works; it ends when the desk is gone and everything is done.
    pub fn new(store: Arc<dyn Store>, counters: Arc<Counters>) -> (Self, impl Future<Output = ()> + Send) {
        let (queue, jobs) = mpsc::channel(QUEUE_MAX);
        (Self { queue }, work(store, counters, jobs))
    }

    /// Writes notes down and answers with what is kept then. Never waits.
    pub fn keep(&self, notes: NotesRecord, answer: mpsc::Sender<Outgoing>) {
        let (session, revision) = (notes.session, notes.revision);
        if let Err(full) = self.queue.try_send(Job::Keep { notes, answer }) {
            match full.into_inner() {
                Job::Keep { answer, .. } | Job::Tell { answer, .. } | Job::Ask { answer, .. } => {
                    say(&answer, FromRelay::NotesRefused { session, revision, why: NotesRefusal::NotNow });
                }
            }
        }
    }

    /// Tells which notes are kept, behind all that was handed in before. Never waits.
    pub fn tell(&self, session: SessionId, answer: mpsc::Sender<Outgoing>) {
        if self.queue.try_send(Job::Tell { session, answer }).is_err() {
            tracing::warn!(%session, "notes were not told: too many wait for the disk");
        }
    }

    /// Asks a rep to take a session over, with its notes, if they can be read. Never waits.
    pub fn ask(&self, session: SessionId, offer: Box<OfferedHandOver>, for_s: u16, answer: mpsc::Sender<Outgoing>) {
        if let Err(full) = self.queue.try_send(Job::Ask { session, offer, for_s, answer }) {
            match full.into_inner() {
                // Without the notes it is asked all the same.
                Job::Ask { offer, for_s, answer, .. } => say(&answer, FromRelay::HandOverOffered { offer, for_s }),
                Job::Keep { .. } | Job::Tell { .. } => {}
            }
        }
    }
}

async fn work(store: Arc<dyn Store>, counters: Arc<Counters>, mut jobs: mpsc::Receiver<Job>) {
    while let Some(job) = jobs.recv().await {
        match job {
            Job::Keep { notes, answer } => {
                let (session, revision, running) = (notes.session, notes.revision, notes.running);
                let kept = store.keep_notes(&notes, unix_s()).await;
                note_trouble(&kept, &counters);
                say(&answer, answer_of(session, revision, running, kept));
            }
            Job::Ask { session, mut offer, for_s, answer } => {
                let kept = store.notes(session).await;
                note_trouble(&kept, &counters);
                if let Ok(Some(Notes { text, .. })) = kept {
                    offer.notes = text;
                }
                say(&answer, FromRelay::HandOverOffered { offer, for_s });
            }
            Job::Tell { session, answer } => {
                let kept = store.notes(session).await;
                note_trouble(&kept, &counters);
                if let Ok(Some(Notes { revision, text, .. })) = kept {
                    say(&answer, FromRelay::Notes { session, revision, text });
                }
            }
        }
    }
}

fn answer_of(session: SessionId, revision: u64, running: bool, kept: Result<Option<Notes>, StoreError>) -> FromRelay {
    match kept {
        Ok(Some(Notes { revision, text, .. })) => FromRelay::Notes { session, revision, text },
        // The store lacks a session that runs: it could not be written down when it began.
        Ok(None) if running => FromRelay::NotesRefused { session, revision, why: NotesRefusal::NotNow },
        Ok(None) => FromRelay::NotesRefused { session, revision, why: NotesRefusal::Over },
        Err(_) => FromRelay::NotesRefused { session, revision, why: NotesRefusal::NotNow },
    }
}

fn note_trouble(kept: &Result<Option<Notes>, StoreError>, counters: &Counters) {
    if let Err(error) = kept {
        counters.count_store_error();
        tracing::warn!(%error, "notes could not be written or read");
    }
}

/// A connection that has no room, or is gone, says its notes again when it is back.
fn say(to: &mpsc::Sender<Outgoing>, message: FromRelay) {
    let _ = to.try_send(Outgoing::Message(message));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::SqliteStore;

    fn record(session: u8, running: bool) -> NotesRecord {
        NotesRecord { session: SessionId([session; 16]), rep: 1, revision: 1, text: "worn".into(), running }
    }

    async fn refusal(answers: &mut mpsc::Receiver<Outgoing>) -> NotesRefusal {
        let answer = answers.recv().await.unwrap();
        let refused = match answer {
            Outgoing::Message(FromRelay::NotesRefused { why, .. }) => Some(why),
            Outgoing::Message(_) | Outgoing::Plugin(_) | Outgoing::Close { .. } => None,
        };
        refused.unwrap()
    }

    #[tokio::test]
    async fn t3_what_cannot_be_written_is_not_acknowledged() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(folder.path()).await.unwrap());
        let counters = Arc::new(Counters::start());
        let (desk, task) = NotesDesk::new(store.clone(), counters.clone());
        let running = tokio::spawn(task);
        let (answer, mut answers) = mpsc::channel(8);
        desk.keep(record(1, true), answer.clone());
        assert_eq!(refusal(&mut answers).await, NotesRefusal::NotNow, "the session itself is not written down");
        desk.keep(record(1, false), answer.clone());
        assert_eq!(refusal(&mut answers).await, NotesRefusal::Over);
        store.close().await;
        desk.keep(record(1, false), answer.clone());
        assert_eq!(refusal(&mut answers).await, NotesRefusal::NotNow, "as with a full disk");
        assert_eq!(counters.store_errors(), 1);
        desk.tell(SessionId([1; 16]), answer.clone());
        drop(desk);
        running.await.unwrap();
        assert!(answers.try_recv().is_err(), "there is nothing to tell");
    }

    #[tokio::test]
    async fn t3_a_queue_that_is_full_says_so_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(folder.path()).await.unwrap());
        // Nobody works.
        let (desk, _task) = NotesDesk::new(store, Arc::new(Counters::start()));
        let (answer, mut answers) = mpsc::channel(8);
        for _ in 0..QUEUE_MAX {
            desk.keep(record(1, true), answer.clone());
        }
        assert!(answers.try_recv().is_err());
        desk.keep(record(1, true), answer.clone());
        assert_eq!(refusal(&mut answers).await, NotesRefusal::NotNow);
    }
}
