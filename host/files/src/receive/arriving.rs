//! One file as it arrives: written under its hidden name, hashed, and checked when all of it is there.

use crate::end::{End, Halted};
use crate::entry::Entry;
use crate::sparse;
use std::fs::File;

#[derive(Debug)]
pub(super) struct Arriving {
    pub index: u32,
    pub entry: Entry,
    pub file: File,
    pub hasher: blake3::Hasher,
    pub at: u64,
    /// Whether the last bytes were passed over, being zeros, and the file is shorter than what came of it.
    pub short: bool,
}

impl Arriving {
    pub fn has_room_for(&self, bytes: u64) -> Result<(), End> {
        if self.at.checked_add(bytes).is_some_and(|end| end <= self.entry.bytes) {
            Ok(())
        } else {
            Err(End::wrong("more of a file than was announced"))
        }
    }

    /// Can be tried again with the same bytes.
    pub fn put(&mut self, bytes: &[u8]) -> Result<(), Halted> {
        self.short = !sparse::put(&self.file, self.at, bytes)?;
        self.hasher.update(bytes);
        self.at += bytes.len() as u64;
        Ok(())
    }

    pub fn zeros(&mut self, bytes: u64) -> Result<(), Halted> {
        self.has_room_for(bytes)?;
        sparse::hash(&mut self.hasher, bytes);
        self.at += bytes;
        self.short |= bytes > 0;
        Ok(())
    }

    /// All of it is here and is what was sent. Can be tried again.
    pub fn finish(&mut self, digest: &[u8; 32]) -> Result<(), Halted> {
        if self.at != self.entry.bytes {
            return Err(End::wrong("less of a file than was announced").into());
        }
        if self.hasher.finalize().as_bytes() != digest {
            // Nothing of it is worth being gone on with.
            let _ = self.file.set_len(0);
            return Err(End::wrong("a file that is not what was sent").into());
        }
        if self.short {
            self.file.set_len(self.at)?;
        }
        if let Some(time) = self.entry.modified.time() {
            // A disk that knows no such time keeps the file all the same.
            let _ = self.file.set_modified(time);
        }
        Ok(())
    }
}
