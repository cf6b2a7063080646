//! The table that a batch had when it broke off: what of it is the same in another one need not come again.
//!
//! It lies beside the journal, named by its hash: the one that the journal speaks of stays until the journal speaks of the
//! next one. Where it is missing or damaged, what is there begins anew.

use super::{Staging, table_hash};
use crate::end::Halted;
use crate::entry::{ENTRIES_MAX, Entry, TABLE_BYTES_MAX};
use crate::journal::Record;
use crate::layout::Layout;
use crate::place::Folder;
use crate::wire::{self, Message};
use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;

/// Of a table with fewer nothing could stay when it changes.
const ENTRIES_MIN: usize = 2;
/// Paths, and what stands round them: under 32 bytes an entry.
const FILE_BYTES_MAX: u64 = TABLE_BYTES_MAX as u64 + 32 * ENTRIES_MAX as u64;
/// Of the hash in a name; the whole of it is compared with what is read.
const NAME_BYTES: usize = 8;

pub(super) struct Before {
    entries: Vec<Entry>,
    layout: Layout,
}

fn name(table: &[u8; 32]) -> OsString {
    let hex: String = table.iter().take(NAME_BYTES).map(|byte| format!("{byte:02x}")).collect();
    format!("table-{hex}").into()
}

/// Writes a table down. Can be tried again.
pub(super) fn keep(folder: &Folder, table: &[u8; 32], entries: &[Entry]) -> io::Result<()> {
    if entries.len() < ENTRIES_MIN {
        return Ok(());
    }
    let (mut bytes, mut rest) = (Vec::new(), entries);
    while !rest.is_empty() {
        let said = wire::write_table(rest, &mut bytes);
        rest = rest.get(said..).unwrap_or_default();
    }
    let (file, _) = folder.write(&name(table))?;
    file.set_len(0)?;
    file.write_all_at(&bytes, 0)
}

/// Nobody speaks of it any more.
pub(super) fn forget(folder: &Folder, table: &[u8; 32]) {
    // What stays goes with the whole hidden folder.
    let _ = folder.remove(&name(table));
}

fn parse(mut bytes: &[u8]) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (Message::Table(more), used) = wire::read(bytes).ok()?? else { return None };
        entries.extend(more);
        bytes = bytes.get(used..)?;
    }
    (entries.len() <= ENTRIES_MAX).then_some(entries)
}

impl Before {
    pub fn read(folder: &Folder, table: &[u8; 32]) -> Option<Self> {
        let mut bytes = Vec::new();
        folder.read(&name(table)).ok()?.take(FILE_BYTES_MAX).read_to_end(&mut bytes).ok()?;
        let entries = parse(&bytes).filter(|entries| table_hash(entries) == *table)?;
        let layout = Layout::new(&entries).ok()?;
        Some(Self { entries, layout })
    }

    /// For each entry the one of another table that it still is, at the same place.
    fn stays(&self, entries: &[Entry], layout: &Layout) -> Vec<Option<u32>> {
        let now: HashMap<&str, u32> = entries.iter().map(|entry| entry.path.as_str()).zip(0_u32..).collect();
        let mut stays: Vec<Option<u32>> = Vec::with_capacity(self.entries.len());
        for (index, entry) in (0_u32..).zip(&self.entries) {
            let above = self.layout.parent(index).is_none_or(|parent| is_some(&stays, parent));
            let same = now.get(entry.path.as_str()).copied().filter(|now| {
                above && entries.get(*now as usize) == Some(entry) && layout.name(*now) == self.layout.name(index)
            });
            stays.push(same);
        }
        stays
    }

    /// Roots that have their names and are the same with all that is in them, as another table has them.
    fn same_roots(&self, named: &HashSet<u32>, stays: &[Option<u32>], count: usize, layout: &Layout) -> HashSet<u32> {
        let mut now: HashMap<u32, usize> = HashMap::new();
        for index in 0..u32::try_from(count).unwrap_or(u32::MAX) {
            *now.entry(layout.root(index)).or_default() += 1;
        }
        let mut before: HashMap<u32, (usize, usize)> = HashMap::new();
        for (index, stays) in (0_u32..).zip(stays) {
            let (all, same) = before.entry(self.layout.root(index)).or_default();
            *all += 1;
            *same += usize::from(stays.is_some());
        }
        let same = |root: &u32| {
            let root_now = stays.get(*root as usize).copied().flatten()?;
            let (all, same) = before.get(root)?;
            (all == same && now.get(&root_now) == Some(all)).then_some(root_now)
        };
        named.iter().filter_map(same).collect()
    }
}

fn is_some(stays: &[Option<u32>], index: u32) -> bool {
    stays.get(index as usize).is_some_and(Option::is_some)
}

impl Staging {
    /// What the journal says of another table becomes what it would say of this one, and what this one has not is removed.
    /// What is begun of a file that is the same stays as well. Can be tried again.
    pub(super) fn carry_over(
        &mut self,
        before: &Before,
        records: &[Record],
        entries: &[Entry],
        layout: &Layout,
    ) -> Result<(), Halted> {
        self.take_up(records, &before.entries, &before.layout)?;
        let (whole, named) = (std::mem::take(&mut self.whole), std::mem::take(&mut self.named));
        let stays = before.stays(entries, layout);
        for index in 0..u32::try_from(stays.len()).unwrap_or(u32::MAX) {
            // With a folder goes all that is in it, and what has its final name is not here any more.
            let within = before.layout.parent(index).is_none_or(|parent| is_some(&stays, parent));
            if within && !is_some(&stays, index) && !named.contains(&before.layout.root(index)) {
                self.remove_entry(index, &before.layout)?;
            }
        }
        self.near = None;
        let here = whole.into_iter().filter(|index| !named.contains(&before.layout.root(*index)));
        self.whole = here.filter_map(|index| stays.get(index as usize).copied().flatten()).collect();
        self.named = before.same_roots(&named, &stays, entries.len(), layout);
        Ok(())
    }

    fn remove_entry(&mut self, index: u32, layout: &Layout) -> io::Result<()> {
        match self.folder_of(index, layout) {
            Ok(folder) => folder.remove(layout.name(index)),
            // It was not made before the batch broke off.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}
