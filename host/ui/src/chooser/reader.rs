//! Reads folders beside the windows: one on a disk or network that does not answer holds up no window.

use super::listing::Entry;
use std::fs::{Metadata, metadata, read_dir};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};

/// More are read and shown by nobody; a filter finds what is among these.
pub(super) const ENTRIES_MAX: usize = 20_000;
/// Folders that are waited for at once, when somebody leaves one that does not answer for the next.
const THREADS_MAX: usize = 4;

#[derive(Debug)]
pub(super) enum Answer {
    /// `more`: it has more than were read. `room`: free bytes there, where that can be told.
    Folder {
        folder: PathBuf,
        entries: Vec<Entry>,
        more: bool,
        room: Option<u64>,
    },
    /// It is no folder, but a file.
    File(PathBuf),
    Failed {
        path: PathBuf,
        why: Failure,
    },
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    NotThere,
    NotAllowed,
    /// Too many are waited for.
    Busy,
    Other(String),
}

#[derive(Debug, Default)]
pub(super) struct Reader {
    answer: Option<Receiver<Answer>>,
    threads: Arc<AtomicUsize>,
    /// An answer that needed no thread.
    at_once: Option<Answer>,
}

/// Counts a thread as long as it lives.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Reader {
    /// Begins to read; `wake` is called when there is an answer. What was being read is no longer of interest.
    pub fn read(&mut self, path: PathBuf, wake: impl FnOnce() + Send + 'static) {
        (self.answer, self.at_once) = (None, None);
        let counted = Counted(self.threads.clone());
        let threads = self.threads.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = sync_channel(1);
        let failed = Answer::Failed { path: path.clone(), why: Failure::Busy };
        if threads >= THREADS_MAX {
            self.at_once = Some(failed);
            return;
        }
        let thread = std::thread::Builder::new().name("lotse-folder".into()).spawn(move || {
            let _counted = counted;
            // Nobody waits any more: another folder is wanted.
            let _ = sender.try_send(look_into(&path));
            wake();
        });
        match thread {
            Ok(_) => self.answer = Some(receiver),
            Err(_) => self.at_once = Some(failed),
        }
    }

    pub fn is_reading(&self) -> bool {
        self.answer.is_some()
    }

    /// The answer, once.
    pub fn poll(&mut self) -> Option<Answer> {
        if let Some(answer) = self.at_once.take() {
            return Some(answer);
        }
        let answer = self.answer.as_ref()?.try_recv().ok()?;
        self.answer = None;
        Some(answer)
    }
}

fn look_into(path: &Path) -> Answer {
    let failed = |error: std::io::Error| {
        let why = match error.kind() {
            ErrorKind::NotFound => Failure::NotThere,
            ErrorKind::PermissionDenied => Failure::NotAllowed,
            _ => Failure::Other(error.to_string()),
        };
        Answer::Failed { path: path.to_owned(), why }
    };
    match metadata(path) {
        Err(error) => failed(error),
        Ok(found) if found.is_file() => Answer::File(path.to_owned()),
        Ok(_) => match read_dir(path) {
            Err(error) => failed(error),
            Ok(read) => {
                let mut found = read.flatten().filter_map(|found| entry(&found));
                let entries = found.by_ref().take(ENTRIES_MAX).collect();
                let (more, room) = (found.next().is_some(), lotse_engine::room_bytes(path));
                Answer::Folder { folder: path.to_owned(), entries, more, room }
            }
        },
    }
}

/// Files and folders, also behind links; devices and the like cannot be sent.
fn entry(found: &std::fs::DirEntry) -> Option<Entry> {
    let about: Metadata = metadata(found.path()).ok()?;
    let sendable = about.is_file() || about.is_dir();
    let file_name = found.file_name();
    let name = shown_name(&file_name.to_string_lossy());
    sendable.then(|| Entry { file_name, name, folder: about.is_dir(), bytes: about.len() })
}

/// On one line, and nothing turned round: a name must look like what it is.
fn shown_name(name: &str) -> String {
    let hides = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    name.chars().map(|c| if hides(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn read(path: &Path) -> Answer {
        let (sender, woken) = sync_channel(1);
        let mut reader = Reader::default();
        reader.read(path.to_owned(), move || {
            let _ = sender.send(());
        });
        woken.recv().unwrap();
        assert!(reader.is_reading());
        reader.poll().unwrap()
    }

    #[test]
    fn a_folder_is_read_with_what_can_be_sent() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a\u{202e}b"), b"12345").unwrap();
        std::fs::create_dir(folder.path().join("inner")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("broken")).unwrap();
        let Answer::Folder { entries, more: false, .. } = read(folder.path()) else { panic!() };
        let mut told: Vec<_> = entries.iter().map(|entry| (entry.name.as_str(), entry.folder)).collect();
        told.sort_unstable();
        assert_eq!(told, [("a\u{fffd}b", false), ("inner", true)]);
        assert!(entries.iter().any(|entry| entry.bytes == 5));
    }

    #[test]
    fn what_is_no_folder_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, b"").unwrap();
        assert!(matches!(read(&file), Answer::File(path) if path == file));
        let gone = folder.path().join("gone");
        assert!(matches!(read(&gone), Answer::Failed { why: Failure::NotThere, .. }));
        assert!(matches!(read(&file.join("x")), Answer::Failed { .. }));
    }

    #[test]
    fn folders_that_do_not_answer_are_waited_for_by_few_threads() {
        let mut reader = Reader::default();
        reader.threads.store(THREADS_MAX, Ordering::Relaxed);
        reader.read(PathBuf::from("/"), || ());
        assert!(matches!(reader.poll(), Some(Answer::Failed { why: Failure::Busy, .. })));
        assert_eq!(reader.threads.load(Ordering::Relaxed), THREADS_MAX, "not counted");
    }
}
