//! Files and folders over one two-way stream of bytes: read, hashed as they flow, kept where they are to be, taken up again.
//!
//! [`Walked`] is what somebody picked, [`Sender`] makes a stream of it, [`Receiver`] makes files of that stream. Both are
//! machines that touch disks and no network: bytes go in and come out, so that a test can cut them anywhere. One stream
//! carries one batch; the same batch into the same folder goes on where it stopped.
//!
//! Whatever happens, nothing stands under its final name that is not whole and verified, nothing is written outside the
//! chosen folder, and nothing that is there already is replaced. What a peer sends that makes no sense ends the batch.

mod end;
mod entry;
#[doc(hidden)]
pub mod fuzzing;
mod journal;
mod layout;
mod name;
mod place;
mod prefix;
mod receive;
mod send;
mod sparse;
mod staging;
mod terms;
mod walk;
mod wire;

pub use end::{End, Outcome};
pub use entry::{ENTRIES_MAX, Entry, Modified};
pub use prefix::Halt;
pub use receive::{Fed, Receiver};
pub use send::{Next, Sender};
pub use staging::sweep;
pub use terms::{Agreed, Terms};
pub use walk::{ROOTS_MAX, Walked};

/// Length of a batch's name. Random, so that nobody else's batch is taken for it.
pub const BATCH_BYTES: usize = 16;

/// Bytes read from a disk and handed on at once.
pub const CHUNK_BYTES: usize = 512 * 1024;

/// How far a batch is. Folders count for nothing in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// What was there already counts as well.
    pub bytes: u64,
    pub bytes_total: u64,
    /// What came over this stream; of what was there already nothing.
    pub bytes_moved: u64,
    pub files: u64,
    pub files_total: u64,
    /// The path of the file under way, as it was sent.
    pub now: String,
    /// Names that had to be made safe, or were taken.
    pub renamed: u64,
}

/// Bytes that transfers may take at a folder: what is free there for this user, less what is left free on every disk. `None` if
/// that cannot be told. Blocks for as long as the disk does.
#[must_use]
pub fn room_bytes(folder: &std::path::Path) -> Option<u64> {
    place::Folder::open(folder).ok()?.room_bytes()
}
