//! Plugins' small values: lasting on the rep's side, gone with the session on the customer's (C6).
//!
//! One for all sessions of a program, so that what a plugin keeps in one session is there in the others. Plugins read and
//! write memory; a thread of its own brings changes to the disk, at once when there were none for a while and else
//! together. When the last owner lets go, what is not on the disk yet is written first, unless the disk has just
//! been waited for in vain. What a disk does not take is kept in memory and tried again with the plugin's next change, and at
//! the end.

mod base64;
mod file;

use crate::account_values::AccountValues;
use lotse_runtime::ErrorCode;
use parking_lot::{Condvar, Mutex};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Keys of one plugin, as the contract says.
const KEYS_MAX: usize = 256;
/// Between two writes: changes within it are one write, so that a plugin cannot wear a disk out.
const WRITE_PAUSE: Duration = Duration::from_millis(250);
/// After a write that failed: a full disk is not tried, and told of, over and over.
const FAILED_PAUSE: Duration = Duration::from_secs(2);

type Values = BTreeMap<String, Arc<[u8]>>;

/// Values of all plugins.
pub(crate) struct Storage {
    kept: Arc<Kept>,
    /// `None`: nothing lasts, or no thread could be had and each change is written where it is made.
    writer: Option<JoinHandle<()>>,
    /// What is not this program's alone; `None`: nothing is, as on the customer's side.
    account: Option<AccountValues>,
}

struct Kept {
    /// `None`: nothing lasts.
    folder: Option<PathBuf>,
    state: Mutex<State>,
    changed: Condvar,
    /// Everything is on the disk, or was tried.
    settled: Condvar,
}

#[derive(Default)]
struct State {
    plugins: BTreeMap<String, Values>,
    /// Whose file is older than their values.
    unwritten: BTreeSet<String>,
    /// Whose file could not be written.
    failed: BTreeSet<String>,
    writing: bool,
    /// Nobody waits for a pause any more.
    hurried: bool,
    ending: bool,
    /// The disk did not answer in the time there was: nobody waits for it again.
    given_up: bool,
}

impl Storage {
    pub(crate) fn lasting(folder: PathBuf) -> Self {
        let kept = Arc::new(Kept::new(Some(folder)));
        let of_thread = kept.clone();
        let writer = std::thread::Builder::new()
            .name("lotse-values".into())
            .spawn(move || of_thread.keep_written())
            .inspect_err(|error| tracing::warn!(%error, "plugins' values are written where they are changed"))
            .ok();
        Self { kept, writer, account: Some(AccountValues::default()) }
    }

    pub(crate) fn of_session() -> Self {
        Self { kept: Arc::new(Kept::new(None)), writer: None, account: None }
    }

    /// What all reps of the account have in common.
    pub(crate) fn account(&self) -> Option<&AccountValues> {
        self.account.as_ref()
    }

    pub(crate) fn get(&self, plugin: &str, key: &str) -> Option<Vec<u8>> {
        let mut state = self.kept.state.lock();
        self.kept.values(&mut state, plugin).get(key).map(|value| value.to_vec())
    }

    /// Takes effect at once for everybody; the disk follows.
    pub(crate) fn set(&self, plugin: &str, key: &str, data: Option<Vec<u8>>) -> Result<(), ErrorCode> {
        let mut state = self.kept.state.lock();
        let values = self.kept.values(&mut state, plugin);
        match data {
            Some(_) if values.len() >= KEYS_MAX && !values.contains_key(key) => return Err(ErrorCode::Limit),
            Some(data) => values.insert(key.to_owned(), data.into()),
            None => values.remove(key),
        };
        if self.kept.folder.is_some() {
            state.unwritten.insert(plugin.to_owned());
            self.kept.changed.notify_one();
            if self.writer.is_none() {
                drop(state);
                self.kept.write_all();
            }
        }
        Ok(())
    }

    /// Waits until everything is on the disk or was tried, at most so long. For a program that ends.
    pub(crate) fn settle(&self, patience: Duration) {
        let until = Instant::now() + patience;
        let mut state = self.kept.state.lock();
        state.hurried = true;
        self.kept.changed.notify_one();
        while (state.writing || !state.unwritten.is_empty()) && self.writer.is_some() {
            if self.kept.settled.wait_until(&mut state, until).timed_out() {
                break;
            }
        }
        state.hurried = false;
        state.given_up = self.writer.is_some() && (state.writing || !state.unwritten.is_empty());
        if state.given_up {
            tracing::warn!("the disk does not answer: what plugins kept last may be lost");
        }
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        let given_up = {
            let mut state = self.kept.state.lock();
            state.ending = true;
            state.given_up
        };
        self.kept.changed.notify_one();
        // A write that hangs, as on a network disk that is gone, would hang the end of the program, too. The thread goes on
        // by itself, and ends with it.
        if let Some(writer) = self.writer.take().filter(|_| !given_up) {
            // A thread that panicked has nothing more to write.
            let _ = writer.join();
        }
    }
}

/// One of a plugin's values as it lies on the disk.
pub(crate) fn on_disk(folder: &Path, plugin: &str, key: &str) -> Option<Vec<u8>> {
    file::read(folder, plugin).get(key).map(|value| value.to_vec())
}

impl Kept {
    fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, state: Mutex::default(), changed: Condvar::new(), settled: Condvar::new() }
    }

    fn values<'a>(&self, state: &'a mut State, plugin: &str) -> &'a mut Values {
        let read = || self.folder.as_deref().map(|folder| file::read(folder, plugin)).unwrap_or_default();
        state.plugins.entry(plugin.to_owned()).or_insert_with(read)
    }

    /// The thread's work, until the last owner is gone.
    fn keep_written(&self) {
        loop {
            let last = self.wait_for_changes();
            let good = self.write_all();
            if last {
                return;
            }
            let until = Instant::now() + if good { WRITE_PAUSE } else { FAILED_PAUSE };
            let mut state = self.state.lock();
            while !state.ending && !state.hurried {
                if self.changed.wait_until(&mut state, until).timed_out() {
                    break;
                }
            }
        }
    }

    /// True: there will be no more, and what failed before is tried once more.
    fn wait_for_changes(&self) -> bool {
        let mut state = self.state.lock();
        while state.unwritten.is_empty() && !state.ending {
            self.settled.notify_all();
            self.changed.wait(&mut state);
        }
        if state.ending {
            let failed = std::mem::take(&mut state.failed);
            state.unwritten.extend(failed);
        }
        state.ending
    }

    /// Writes what is to be written now, each plugin's once: what changes meanwhile waits for the next time. False: some of it
    /// could not be.
    fn write_all(&self) -> bool {
        let Some(folder) = &self.folder else { return true };
        let due: Vec<String> = self.state.lock().unwritten.iter().cloned().collect();
        let mut good = true;
        for plugin in due {
            let Some(values) = self.take(&plugin) else { continue };
            let written = file::write(folder, &plugin, &values);
            let mut state = self.state.lock();
            state.writing = false;
            match written {
                Ok(()) => {
                    state.failed.remove(&plugin);
                }
                Err(error) => {
                    good = false;
                    tracing::warn!(%error, plugin, "a plugin's values could not be kept; they last until this program ends");
                    state.failed.insert(plugin);
                }
            }
        }
        good
    }

    /// What is to be written of a plugin, if somebody else has not written it by now.
    fn take(&self, plugin: &str) -> Option<Values> {
        let mut state = self.state.lock();
        if !state.unwritten.remove(plugin) {
            return None;
        }
        state.writing = true;
        Some(state.plugins.get(plugin).cloned().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn a_reps_values_last_and_a_customers_do_not() {
        let folder = tempfile::tempdir().unwrap();
        // The last owner lets go at once: what it kept is written before.
        Storage::lasting(folder.path().into()).set("a.b", "k", Some(vec![1])).unwrap();
        assert_eq!(Storage::lasting(folder.path().into()).get("a.b", "k"), Some(vec![1]));
        assert_eq!(Storage::lasting(folder.path().into()).get("a.c", "k"), None);
        let session = Storage::of_session();
        session.set("a.b", "k", Some(vec![1])).unwrap();
        session.settle(LONG);
        assert_eq!(session.get("a.b", "k"), Some(vec![1]));
        assert_eq!(Storage::of_session().get("a.b", "k"), None);
    }

    /// Scar: each session had values of its own over one file, and whoever wrote last took the other's away.
    #[test]
    fn what_one_session_keeps_is_there_in_the_other_and_on_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = {
            let storage = Arc::new(Storage::lasting(folder.path().into()));
            (storage.clone(), storage)
        };
        for number in 0..100_u8 {
            one.set("a.b", &format!("one {number}"), Some(vec![number])).unwrap();
            other.set("a.b", &format!("other {number}"), Some(vec![number])).unwrap();
        }
        one.set("a.b", "one 7", None).unwrap();
        assert_eq!(other.get("a.b", "one 7"), None);
        assert_eq!(one.get("a.b", "other 99"), Some(vec![99]));
        one.settle(LONG);
        assert_eq!(on_disk(folder.path(), "a.b", "other 99"), Some(vec![99]), "a program that ends waits for it");
        assert_eq!(on_disk(folder.path(), "a.b", "one 7"), None);
    }

    #[test]
    fn keys_are_bounded() {
        let storage = Storage::of_session();
        for key in 0..KEYS_MAX {
            storage.set("p", &key.to_string(), Some(vec![])).unwrap();
        }
        assert_eq!(storage.set("p", "one more", Some(vec![])), Err(ErrorCode::Limit));
        storage.set("p", "0", None).unwrap();
        storage.set("p", "one more", Some(vec![])).unwrap();
    }

    /// A file stands where the folder should be, as a full disk would; then there is room again.
    #[test]
    fn what_a_disk_did_not_take_is_tried_again_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("values");
        std::fs::write(&place, "in the way").unwrap();
        let storage = Storage::lasting(place.clone());
        storage.set("a.b", "k", Some(vec![1])).unwrap();
        storage.settle(LONG);
        assert_eq!(storage.get("a.b", "k"), Some(vec![1]), "kept for now");
        std::fs::remove_file(&place).unwrap();
        drop(storage);
        assert_eq!(on_disk(&place, "a.b", "k"), Some(vec![1]));
    }

    /// Scar: the program waited three seconds for a disk that hung, and then for ever. Here the file is a pipe that nobody
    /// reads from.
    #[test]
    fn a_disk_that_hangs_is_not_waited_for_twice() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join(format!("a.b.new-{}", std::process::id()));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let storage = Storage::lasting(folder.path().into());
        storage.set("a.b", "k", Some(vec![1])).unwrap();
        storage.settle(Duration::from_millis(200));
        let (dropped, waits) = std::sync::mpsc::sync_channel(1);
        std::thread::spawn(move || {
            drop(storage);
            let _ = dropped.send(());
        });
        assert!(waits.recv_timeout(LONG).is_ok(), "it is waited for again");
        // The writing thread goes on by itself, as soon as it can.
        let _ = std::fs::read(&pipe);
        let until = Instant::now() + LONG;
        while on_disk(folder.path(), "a.b", "k").is_none() {
            assert!(Instant::now() < until, "what was kept never comes to the disk");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn many_changes_are_few_writes() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::lasting(folder.path().into());
        let started = Instant::now();
        let mut seen = std::collections::BTreeSet::new();
        for number in 0..2_000_u32 {
            storage.set("a.b", "k", Some(number.to_be_bytes().to_vec())).unwrap();
            seen.extend(on_disk(folder.path(), "a.b", "k"));
        }
        let pauses = started.elapsed().as_millis() / WRITE_PAUSE.as_millis();
        assert!((seen.len() as u128) <= pauses + 2, "{} writes in {pauses} pauses", seen.len());
        drop(storage);
        assert_eq!(on_disk(folder.path(), "a.b", "k"), Some(1_999_u32.to_be_bytes().to_vec()), "the last one counts");
    }
}
