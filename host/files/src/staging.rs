//! What has arrived and has no name yet: a hidden folder within the chosen one, with a journal and the files as they grow.
//!
//! It is on the same disk as the final place, so giving the final name is a rename that copies nothing. A root (a file, or a
//! folder with all that is in it) gets its name when all of it is whole.

mod before;

use crate::BATCH_BYTES;
use crate::end::{End, Halted, Outcome};
use crate::entry::Entry;
use crate::journal::{Journal, Record};
use crate::layout::Layout;
use crate::name;
use crate::place::{Folder, Kind};
use before::Before;
use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Names tried for a root before it is given up.
const NUMBERS_MAX: u32 = 10_000;
/// Nothing is gone on with after that.
const OLD: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// In a fuller folder what is left behind may stay there.
const SWEPT_AMONG_MAX: usize = 20_000;
const TREE: &str = "tree";
const JOURNAL: &str = "journal";

#[derive(Debug)]
pub(crate) struct Staging {
    target: Folder,
    hidden: OsString,
    tree: Folder,
    journal: Journal,
    /// The folder that was used last, by its entry: files come folder by folder.
    near: Option<(u32, Folder)>,
    /// Files that are whole, by their entries.
    whole: HashSet<u32>,
    /// Roots that have their names.
    named: HashSet<u32>,
    /// Roots whose names were taken.
    pub renamed: u64,
}

fn hidden_name(batch: [u8; BATCH_BYTES]) -> OsString {
    let hex: String = batch.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}{hex}", name::OURS).into()
}

/// Removes what is left of a batch in a folder: it will not be gone on with.
///
/// # Errors
/// The system's, also where the folder is no longer there.
pub fn sweep(folder: &Path, batch: [u8; BATCH_BYTES]) -> io::Result<()> {
    Folder::open(folder)?.remove(&hidden_name(batch))
}

/// What an entry is known by when the table round it has changed.
fn key(entry: &Entry) -> [u8; 32] {
    let mut bytes = Vec::new();
    crate::wire::write_table(std::slice::from_ref(entry), &mut bytes);
    *blake3::hash(&bytes).as_bytes()
}

/// What a table is known by.
pub(crate) fn table_hash(entries: &[Entry]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    entries.iter().for_each(|entry| {
        hasher.update(&key(entry));
    });
    *hasher.finalize().as_bytes()
}

/// Hidden folders of other batches that a program left behind which was ended in the middle and never came back for them: no
/// session lasts as long. `now` is the disk's own time, and what cannot be removed stays.
fn sweep_old(target: &Folder, own: &OsStr, now: SystemTime) {
    let names = target.list(SWEPT_AMONG_MAX).unwrap_or_default();
    for (name, _) in names.iter().filter(|(name, kind)| *kind == Kind::Folder && name != own) {
        let batch = name.to_str().and_then(|name| name.strip_prefix(name::OURS));
        if batch.is_none_or(|hex| hex.len() != 2 * BATCH_BYTES || !hex.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            continue;
        }
        let Ok(journal) = target.enter(name).and_then(|folder| folder.read(OsStr::new(JOURNAL))) else { continue };
        let changed = journal.metadata().and_then(|meta| meta.modified());
        let old = changed.is_ok_and(|changed| now.duration_since(changed).is_ok_and(|age| age > OLD));
        if old && journal.try_lock().is_ok() {
            let _ = target.remove(name);
        }
    }
}

impl Staging {
    /// Takes up what is there of a batch, or begins it. Can be tried again after `NoRoom`.
    pub fn open(path: &Path, batch: [u8; BATCH_BYTES], entries: &[Entry], layout: &Layout) -> Result<Self, Halted> {
        let target = Folder::open(path)?;
        let hidden = hidden_name(batch);
        target.make(&hidden, 0o700)?;
        let folder = target.enter(&hidden)?;
        let (journal, records) = Journal::open(folder.write(OsStr::new(JOURNAL))?.0).map_err(|error| {
            if error.kind() == io::ErrorKind::WouldBlock {
                Halted::End(End::new(Outcome::Denied, "it is being received there already"))
            } else {
                error.into()
            }
        })?;
        folder.make(OsStr::new(TREE), 0o700)?;
        let tree = folder.enter(OsStr::new(TREE))?;
        let (whole, named) = (HashSet::new(), HashSet::new());
        let mut staging = Self { target, hidden, tree, journal, near: None, whole, named, renamed: 0 };
        let table = table_hash(entries);
        if records.is_empty()
            && let Ok(now) = staging.journal.changed()
        {
            sweep_old(&staging.target, &staging.hidden, now);
        }
        if records.first() == Some(&Record::Table(table)) {
            staging.take_up(&records, entries, layout)?;
        } else {
            staging.begin(&folder, &records, table, (entries, layout))?;
        }
        staging.make_folders(entries, layout)?;
        Ok(staging)
    }

    /// Another table, or none so far. What is the same in both need not come again.
    fn begin(
        &mut self,
        folder: &Folder,
        records: &[Record],
        table: [u8; 32],
        (entries, layout): (&[Entry], &Layout),
    ) -> Result<(), Halted> {
        let last = match records.first() {
            Some(Record::Table(last)) => Some(last),
            Some(Record::Whole(_) | Record::Naming { .. } | Record::Named { .. }) | None => None,
        };
        before::keep(folder, &table, entries)?;
        match last.and_then(|last| Before::read(folder, last)) {
            Some(before) => self.carry_over(&before, records, entries, layout)?,
            None => {
                for (name, _) in self.tree.list(usize::MAX)? {
                    self.tree.remove(&name)?;
                }
            }
        }
        let known: HashSet<[u8; 32]> = records
            .iter()
            .filter_map(|record| match record {
                Record::Named { key, .. } => Some(*key),
                Record::Table(_) | Record::Whole(_) | Record::Naming { .. } => None,
            })
            .collect();
        let mut kept = vec![Record::Table(table)];
        for root in &layout.roots {
            let Some(entry) = entries.get(*root as usize) else { continue };
            let key = key(entry);
            // Of a folder only the name is in its key: what is in it may be another.
            if self.named.contains(root) || (!entry.folder && known.contains(&key)) {
                kept.push(Record::Named { root: *root, key });
                self.named.insert(*root);
            }
        }
        kept.extend(self.whole.iter().map(|index| Record::Whole(*index)));
        self.journal.begin(&kept)?;
        if let Some(last) = last {
            before::forget(folder, last);
        }
        Ok(())
    }

    fn take_up(&mut self, records: &[Record], entries: &[Entry], layout: &Layout) -> Result<(), Halted> {
        for record in records {
            match record {
                Record::Whole(index) => {
                    self.whole.insert(*index);
                }
                Record::Named { root, .. } => {
                    self.named.insert(*root);
                }
                Record::Table(_) | Record::Naming { .. } => {}
            }
        }
        if let Some(Record::Naming { root, .. }) = records.last()
            && layout.roots.contains(root)
            && !self.tree.has(layout.name(*root))?
        {
            // It was renamed, and the word of it was not written any more.
            self.note_named(*root, entries);
        }
        let mut whole = std::mem::take(&mut self.whole);
        let named = self.named.clone();
        whole.retain(|index| named.contains(&layout.root(*index)) || self.is_there(*index, entries, layout));
        self.whole = whole;
        Ok(())
    }

    /// Whether a file that is said to be whole has at least its length.
    fn is_there(&mut self, index: u32, entries: &[Entry], layout: &Layout) -> bool {
        let Some(entry) = entries.get(index as usize).filter(|entry| !entry.folder) else { return false };
        let found = self.folder_of(index, layout).and_then(|folder| folder.read(layout.name(index))?.metadata());
        found.is_ok_and(|meta| meta.len() == entry.bytes)
    }

    fn make_folders(&mut self, entries: &[Entry], layout: &Layout) -> Result<(), Halted> {
        for (index, entry) in (0_u32..).zip(entries) {
            if entry.folder && !self.named.contains(&layout.root(index)) {
                self.folder_of(index, layout)?.make(layout.name(index), 0o777)?;
            }
        }
        Ok(())
    }

    /// The hidden folder that an entry is in.
    fn folder_of(&mut self, index: u32, layout: &Layout) -> io::Result<&Folder> {
        let Some(parent) = layout.parent(index) else { return Ok(&self.tree) };
        if self.near.as_ref().is_none_or(|(near, _)| *near != parent) {
            let mut way = vec![parent];
            while let Some(above) = way.last().and_then(|last| layout.parent(*last)) {
                way.push(above);
            }
            let mut folder: Option<Folder> = None;
            for step in way.into_iter().rev() {
                folder = Some(folder.as_ref().unwrap_or(&self.tree).enter(layout.name(step))?);
            }
            self.near = folder.map(|folder| (parent, folder));
        }
        Ok(self.near.as_ref().map_or(&self.tree, |(_, folder)| folder))
    }

    /// Nothing of this entry need come.
    pub fn is_done(&self, index: u32, entries: &[Entry], layout: &Layout) -> bool {
        let folder = entries.get(index as usize).is_some_and(|entry| entry.folder);
        folder || self.whole.contains(&index) || self.named.contains(&layout.root(index))
    }

    /// The file as far as it is there, with its length in bytes; made if it is missing.
    pub fn file(&mut self, index: u32, layout: &Layout) -> io::Result<(File, u64)> {
        self.folder_of(index, layout)?.write(layout.name(index))
    }

    /// The file, if there is something of it.
    pub fn begun(&mut self, index: u32, layout: &Layout) -> Option<(File, u64)> {
        let file = self.folder_of(index, layout).and_then(|folder| folder.read(layout.name(index))).ok()?;
        let bytes = file.metadata().ok()?.len();
        (bytes > 0).then_some((file, bytes))
    }

    pub fn room_bytes(&self) -> Option<u64> {
        self.target.room_bytes()
    }

    /// This file is whole and verified. [`Self::write`] has that written down.
    pub fn note_whole(&mut self, index: u32) {
        if self.whole.insert(index) {
            self.journal.note(&Record::Whole(index));
        }
    }

    fn note_named(&mut self, root: u32, entries: &[Entry]) {
        let key = entries.get(root as usize).map(key).unwrap_or_default();
        self.journal.note(&Record::Named { root, key });
        self.named.insert(root);
    }

    /// Writes down what was noted. Can be tried again.
    pub fn write(&mut self) -> io::Result<()> {
        self.journal.write()
    }

    /// Gives a root its final name, all of which is whole. Can be tried again after `NoRoom`.
    pub fn name(&mut self, root: u32, entries: &[Entry], layout: &Layout) -> Result<(), Halted> {
        if self.named.contains(&root) {
            return Ok(());
        }
        let wanted = layout.name(root).to_string_lossy().into_owned();
        let folder = entries.get(root as usize).is_some_and(|entry| entry.folder);
        for number in 1..=NUMBERS_MAX {
            let name = if number == 1 { wanted.clone() } else { name::numbered(&wanted, number, folder) };
            let new = OsStr::new(&name);
            if self.target.has(new)? {
                continue;
            }
            // On the disk before it is done, so that it is known whichever of the two comes last.
            self.journal.note(&Record::Naming { root, name: name.clone() });
            self.journal.write()?;
            match self.tree.hand_over(layout.name(root), &self.target, new, folder) {
                Ok(()) => {
                    self.near = None;
                    self.renamed += u64::from(number > 1);
                    self.note_named(root, entries);
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(End::new(Outcome::Denied, format!("{wanted}: every name like it is taken there")).into())
    }

    /// Nothing of it is needed any more.
    pub fn remove(self) -> io::Result<()> {
        self.target.remove(&self.hidden)
    }
}
