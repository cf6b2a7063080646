//! What is whole already, written down beside it: records one behind the other, each with a check of its own. What a kill or
//! a full disk cut short is no record, and the next one takes its place.
//!
//! The system keeps what was written when the program dies. Against a loss of power the records are not forced to the disk:
//! what they say of a file is then checked by its length alone.

use std::fs::{File, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;

/// A root's name and what stands round it.
const RECORD_BYTES_MAX: usize = 1024;
const CHECK_BYTES: usize = 8;
/// A record for each entry and a few for each root.
const JOURNAL_BYTES_MAX: u64 = 128 * 1024 * 1024;

const TABLE: u8 = 1;
const WHOLE: u8 = 2;
const NAMING: u8 = 3;
const NAMED: u8 = 4;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Record {
    /// What follows is of the table with this hash.
    Table([u8; 32]),
    /// This file is whole and verified, under its hidden name.
    Whole(u32),
    /// This root is about to get this name. Where it is no longer under its hidden one, it has it.
    Naming { root: u32, name: String },
    /// This root has its name; `key` is the entry's own.
    Named { root: u32, key: [u8; 32] },
}

#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    /// End of the last whole record.
    length: u64,
    /// Records that are still to be written.
    noted: Vec<u8>,
}

impl Journal {
    /// Reads what is there. Another receiver of the same batch would have the file locked: `WouldBlock`.
    pub fn open(mut file: File) -> io::Result<(Self, Vec<Record>)> {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
            // Some network file systems have no locks.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        let mut bytes = Vec::new();
        (&mut file).take(JOURNAL_BYTES_MAX).read_to_end(&mut bytes)?;
        let (records, length) = read(&bytes);
        // Old records behind a damaged one would otherwise count again behind the next.
        file.set_len(length as u64)?;
        Ok((Self { file, length: length as u64, noted: Vec::new() }, records))
    }

    /// When it was last written, by the disk's own time.
    pub fn changed(&self) -> io::Result<std::time::SystemTime> {
        self.file.metadata()?.modified()
    }

    /// Forgets everything but what is given.
    pub fn begin(&mut self, records: &[Record]) -> io::Result<()> {
        self.length = 0;
        self.noted.clear();
        self.file.set_len(0)?;
        records.iter().for_each(|record| self.note(record));
        self.write()
    }

    /// Puts a record behind the others, once [`Self::write`] is called.
    pub fn note(&mut self, record: &Record) {
        self.noted.append(&mut write(record));
    }

    /// Writes what was noted. Can be tried again after an error.
    pub fn write(&mut self) -> io::Result<()> {
        self.file.write_all_at(&self.noted, self.length)?;
        self.length += self.noted.len() as u64;
        self.noted.clear();
        Ok(())
    }
}

fn check(bytes: &[u8]) -> [u8; CHECK_BYTES] {
    let mut check = [0; CHECK_BYTES];
    check.copy_from_slice(&blake3::hash(bytes).as_bytes()[..CHECK_BYTES]);
    check
}

fn write(record: &Record) -> Vec<u8> {
    let mut bytes = vec![0, 0];
    match record {
        Record::Table(hash) => {
            bytes.push(TABLE);
            bytes.extend_from_slice(hash);
        }
        Record::Whole(index) => {
            bytes.push(WHOLE);
            bytes.extend_from_slice(&index.to_le_bytes());
        }
        Record::Naming { root, name } => {
            bytes.push(NAMING);
            bytes.extend_from_slice(&root.to_le_bytes());
            bytes.extend_from_slice(name.as_bytes());
        }
        Record::Named { root, key } => {
            bytes.push(NAMED);
            bytes.extend_from_slice(&root.to_le_bytes());
            bytes.extend_from_slice(key);
        }
    }
    // Names are bounded far below.
    let length = u16::try_from(bytes.len() - 2).unwrap_or(u16::MAX);
    bytes[..2].copy_from_slice(&length.to_le_bytes());
    let check = check(&bytes);
    bytes.extend_from_slice(&check);
    bytes
}

/// The records up to the first that is not whole, and where that begins.
fn read(bytes: &[u8]) -> (Vec<Record>, usize) {
    let (mut records, mut at) = (Vec::new(), 0);
    while let Some((record, length)) = bytes.get(at..).and_then(read_one) {
        records.push(record);
        at += length;
    }
    (records, at)
}

fn read_one(bytes: &[u8]) -> Option<(Record, usize)> {
    let length = usize::from(u16::from_le_bytes(*bytes.first_chunk()?));
    if length > RECORD_BYTES_MAX {
        return None;
    }
    let (said, rest) = bytes.split_at_checked(2 + length)?;
    if rest.first_chunk::<CHECK_BYTES>()? != &check(said) {
        return None;
    }
    let (kind, body) = said.get(2..)?.split_first()?;
    let number = |body: &[u8]| Some(u32::from_le_bytes(*body.first_chunk()?));
    let record = match *kind {
        TABLE => Record::Table(body.try_into().ok()?),
        WHOLE => Record::Whole(number(body)?),
        NAMING => Record::Naming { root: number(body)?, name: std::str::from_utf8(body.get(4..)?).ok()?.to_owned() },
        NAMED => Record::Named { root: number(body)?, key: body.get(4..)?.try_into().ok()? },
        _ => return None,
    };
    Some((record, 2 + length + CHECK_BYTES))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn examples() -> Vec<Record> {
        vec![
            Record::Table([1; 32]),
            Record::Whole(7),
            Record::Naming { root: 3, name: "ü (2).txt".to_owned() },
            Record::Named { root: 3, key: [2; 32] },
        ]
    }

    fn open(place: &std::path::Path) -> (Journal, Vec<Record>) {
        let file = File::options().read(true).write(true).create(true).truncate(false).open(place).unwrap();
        Journal::open(file).unwrap()
    }

    #[test]
    fn a_journal_that_was_cut_anywhere_has_its_whole_records_and_goes_on_behind_them() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("journal");
        let all: Vec<u8> = examples().iter().flat_map(write).collect();
        for cut in 0..=all.len() {
            std::fs::write(&place, &all[..cut]).unwrap();
            let (mut journal, records) = open(&place);
            assert!(examples().starts_with(&records));
            assert_eq!(records.len() == examples().len(), cut == all.len());
            journal.note(&Record::Whole(99));
            journal.write().unwrap();
            drop(journal);
            let again = open(&place).1;
            assert_eq!(again.len(), records.len() + 1, "cut at {cut}");
            assert_eq!(again.last(), Some(&Record::Whole(99)));
        }
    }

    #[test]
    fn a_damaged_record_and_what_is_behind_it_do_not_count() {
        let mut all: Vec<u8> = examples().iter().flat_map(write).collect();
        let first = write(&Record::Table([1; 32])).len();
        all[first + 4] ^= 1;
        assert_eq!(read(&all), (vec![Record::Table([1; 32])], first));
    }

    #[test]
    fn only_one_receives_a_batch_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("journal");
        let (journal, _) = open(&place);
        let file = File::options().read(true).write(true).open(&place).unwrap();
        assert_eq!(Journal::open(file).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        drop(journal);
        open(&place);
    }
}
