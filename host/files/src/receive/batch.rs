//! What is known of a batch once it is named: where everything goes, what is there, and what has its final name.

use super::Arriving;
use crate::BATCH_BYTES;
use crate::end::{End, Halted};
use crate::entry::Entry;
use crate::layout::Layout;
use crate::prefix::{self, Halt};
use crate::staging::{Staging, table_hash};
use crate::wire::Partial;
use std::collections::HashMap;
use std::io;
use std::path::Path;

#[derive(Debug)]
pub(super) struct Batch {
    pub id: [u8; BATCH_BYTES],
    entries: Vec<Entry>,
    layout: Layout,
    staging: Staging,
    /// Files of each root that are still to come; roots that are named are not in it.
    missing: HashMap<u32, u32>,
    /// The file that is begun, with the hash of what is there of it.
    begun: Option<(Partial, blake3::Hasher)>,
}

impl Batch {
    pub fn begin(place: &Path, id: [u8; BATCH_BYTES], entries: &[Entry]) -> Result<Self, Halted> {
        let entries = entries.to_vec();
        let layout = Layout::new(&entries)?;
        let staging = Staging::open(place, id, &entries, &layout)?;
        let mut missing: HashMap<u32, u32> = HashMap::new();
        for index in 0..u32::try_from(entries.len()).unwrap_or(u32::MAX) {
            let done = staging.is_done(index, &entries, &layout);
            *missing.entry(layout.root(index)).or_default() += u32::from(!done);
        }
        let mut batch = Self { id, entries, layout, staging, missing, begun: None };
        for root in batch.layout.roots.clone() {
            batch.name_if_whole(root)?;
        }
        Ok(batch)
    }

    /// A bit for each entry that need not come, and the start of one that is begun.
    pub fn have(&mut self, halt: &Halt) -> Result<(Vec<u8>, Option<Partial>), Halted> {
        let mut whole = vec![0_u8; self.entries.len().div_ceil(8)];
        self.begun = None;
        for index in 0..u32::try_from(self.entries.len()).unwrap_or(u32::MAX) {
            let at = index as usize;
            if self.is_done(index) {
                if let Some(bits) = whole.get_mut(at / 8) {
                    *bits |= 1 << (at % 8);
                }
            } else if self.begun.is_none() {
                self.begun = self.look_at_begun(index, halt)?;
            }
        }
        Ok((whole, self.begun.as_ref().map(|(partial, _)| *partial)))
    }

    fn look_at_begun(&mut self, index: u32, halt: &Halt) -> Result<Option<(Partial, blake3::Hasher)>, Halted> {
        let Some((mut file, there)) = self.staging.begun(index, &self.layout) else { return Ok(None) };
        let bytes = there.min(self.entries.get(index as usize).map_or(0, |entry| entry.bytes));
        let hasher = prefix::hash(&mut file, bytes, halt)?;
        Ok(hasher.map(|hasher| (Partial { index, bytes, digest: *hasher.finalize().as_bytes() }, hasher)))
    }

    fn is_done(&self, index: u32) -> bool {
        self.staging.is_done(index, &self.entries, &self.layout)
    }

    /// Bytes of files that are whole.
    pub fn bytes_done(&self) -> u64 {
        self.done().map(|entry| entry.bytes).sum()
    }

    pub fn files_done(&self) -> u64 {
        self.done().count() as u64
    }

    fn done(&self) -> impl Iterator<Item = &Entry> {
        let files = (0_u32..).zip(&self.entries).filter(|(_, entry)| !entry.folder);
        files.filter(move |(index, _)| self.is_done(*index)).map(|(_, entry)| entry)
    }

    /// What its table is known by.
    pub fn table(&self) -> [u8; 32] {
        table_hash(&self.entries)
    }

    /// Bytes that may still be written there; `None` if that cannot be told.
    pub fn room_bytes(&self) -> Option<u64> {
        self.staging.room_bytes()
    }

    pub fn renamed(&self) -> u64 {
        self.layout.renamed + self.staging.renamed
    }

    /// The file that comes now, from `offset` on: its beginning, or the end of what was said to be there. Can be tried again.
    pub fn file(&mut self, index: u32, offset: u64) -> Result<Arriving, Halted> {
        let entry = self.entries.get(index as usize).filter(|entry| !entry.folder && !self.is_done(index)).cloned();
        let entry = entry.ok_or_else(|| End::wrong("a file that is not to come"))?;
        let hasher = if offset == 0 {
            blake3::Hasher::new()
        } else {
            let begun = self.begun.as_ref().filter(|(partial, _)| partial.index == index && partial.bytes == offset);
            begun.map(|(_, hasher)| hasher.clone()).ok_or_else(|| End::wrong("a place in a file that was not said"))?
        };
        let (file, there) = self.staging.file(index, &self.layout)?;
        // Behind what counts there must be nothing: zeros are passed over.
        if there != offset {
            file.set_len(offset)?;
        }
        Ok(Arriving { index, entry, file, hasher, at: offset, short: false })
    }

    /// A file is whole and verified; with the last one of a root that gets its name. Can be tried again.
    pub fn whole(&mut self, index: u32) -> Result<(), Halted> {
        if !self.is_done(index) {
            self.staging.note_whole(index);
            if let Some(missing) = self.missing.get_mut(&self.layout.root(index)) {
                *missing = missing.saturating_sub(1);
            }
        }
        self.name_if_whole(self.layout.root(index))
    }

    fn name_if_whole(&mut self, root: u32) -> Result<(), Halted> {
        if self.missing.get(&root) == Some(&0) {
            self.staging.name(root, &self.entries, &self.layout)?;
            self.missing.remove(&root);
        }
        Ok(())
    }

    /// Writes down what is whole, for whoever goes on with it. Can be tried again.
    pub fn write(&mut self) -> io::Result<()> {
        self.staging.write()
    }

    /// The sender has nothing more.
    pub fn finish(&self) -> Result<(), End> {
        if self.missing.is_empty() { Ok(()) } else { Err(End::wrong("an end before everything was there")) }
    }

    /// Removes what has no name yet.
    pub fn remove(self) {
        // The folder may be gone by now; then so is what was in it.
        let _ = self.staging.remove();
    }
}
