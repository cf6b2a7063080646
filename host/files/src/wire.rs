//! What the two sides say on a batch's stream. Each frame is a kind in one byte, the length of its body in four (least
//! first), and the body; everything is bounded and read totally.
//!
//! ```text
//! sender    Offer  Table …          File (Data | Zeros …) Sum  File …  Done
//! receiver                  Have                                             Kept
//! ```
//!
//! `Pause` and `Stop` may come from either side at any time between two frames. No file waits for an answer of the other
//! side, so many small ones flow as one large one does.

use crate::end::Outcome;
use crate::entry::{ENTRIES_MAX, Entry, Modified, is_path};
use crate::{BATCH_BYTES, CHUNK_BYTES};

pub(crate) const VERSION: u8 = 1;
/// Kind and length.
pub(crate) const HEAD_BYTES: usize = 5;
/// Of every frame but `Data`, whose body is handed through and not collected.
pub(crate) const BODY_BYTES_MAX: usize = 64 * 1024;
/// Of one `Data` frame.
pub(crate) const DATA_BYTES_MAX: usize = 1024 * 1024;
/// A table's frame is closed over this; one more entry still fits.
const TABLE_FRAME_BYTES: usize = 32 * 1024;
pub(crate) const DIGEST_BYTES: usize = 32;
const _: () = assert!(CHUNK_BYTES <= DATA_BYTES_MAX);
const _: () = assert!(ENTRIES_MAX / 8 + 64 <= BODY_BYTES_MAX);
const _: () = assert!(TABLE_FRAME_BYTES + crate::entry::PATH_BYTES_MAX + 64 <= BODY_BYTES_MAX);

const OFFER: u8 = 1;
const TABLE: u8 = 2;
const FILE: u8 = 3;
const DATA: u8 = 4;
const ZEROS: u8 = 5;
const SUM: u8 = 6;
const DONE: u8 = 7;
const HAVE: u8 = 16;
const KEPT: u8 = 17;
const PAUSE: u8 = 32;
const STOP: u8 = 33;

const FOLDER_FLAG: u8 = 1;

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Message {
    Offer {
        batch: [u8; BATCH_BYTES],
        entries: u32,
        bytes: u64,
        /// What they take on the sender's own disk: less than `bytes` where there are holes.
        room: u64,
    },
    /// The next entries, a folder before what is in it, everything below a root together.
    Table(Vec<Entry>),
    /// What follows is this file's, from so many bytes on.
    File {
        index: u32,
        offset: u64,
    },
    /// So many bytes of the file follow behind this frame's head.
    Data(usize),
    /// So many zeros.
    Zeros(u32),
    /// The whole file's hash.
    Sum([u8; DIGEST_BYTES]),
    Done,
    /// What the receiver has of the table: a bit an entry, least significant first, and the start of one file.
    Have {
        whole: Vec<u8>,
        partial: Option<Partial>,
    },
    /// Everything is under its final name.
    Kept,
    Pause(bool),
    Stop(Why),
}

/// The start of a file that the receiver has, by its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Partial {
    pub index: u32,
    pub bytes: u64,
    pub digest: [u8; DIGEST_BYTES],
}

/// Why one side ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    Cancelled,
    Changed,
    Gone,
    DiskFull,
    Denied,
    Wrong,
}

impl Why {
    const ALL: [Self; 6] = [Self::Cancelled, Self::Changed, Self::Gone, Self::DiskFull, Self::Denied, Self::Wrong];

    const fn byte(self) -> u8 {
        match self {
            Self::Cancelled => 1,
            Self::Changed => 2,
            Self::Gone => 3,
            Self::DiskFull => 4,
            Self::Denied => 5,
            Self::Wrong => 6,
        }
    }

    /// What it means to the side that is told.
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::Cancelled => Outcome::CancelledThere,
            Self::Changed => Outcome::Changed,
            Self::Gone => Outcome::Gone,
            Self::DiskFull => Outcome::DiskFull,
            Self::Denied => Outcome::Denied,
            Self::Wrong => Outcome::Wrong,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WireError {
    #[error("a frame of an unknown kind")]
    Kind,
    #[error("a frame that is too long")]
    Length,
    #[error("a frame that makes no sense")]
    Body,
    #[error("another version of Lotse's file transfer")]
    Version,
}

/// The first frame of `bytes` and how many of them it took (of `Data` the head alone); `None` while it is not all there.
pub(crate) fn read(bytes: &[u8]) -> Result<Option<(Message, usize)>, WireError> {
    let Some((kind, length)) = head(bytes)? else { return Ok(None) };
    if kind == DATA {
        return Ok(Some((Message::Data(length), HEAD_BYTES)));
    }
    let Some(body) = bytes.get(HEAD_BYTES..HEAD_BYTES + length) else { return Ok(None) };
    let mut cursor = Cursor(body);
    let message = cursor.message(kind)?;
    if cursor.0.is_empty() { Ok(Some((message, HEAD_BYTES + length))) } else { Err(WireError::Body) }
}

/// How many bytes the frame that begins so has to have before it can be read.
fn wanted(bytes: &[u8]) -> Result<usize, WireError> {
    Ok(match head(bytes)? {
        None | Some((DATA, _)) => HEAD_BYTES,
        Some((_, length)) => HEAD_BYTES + length,
    })
}

fn head(bytes: &[u8]) -> Result<Option<(u8, usize)>, WireError> {
    let Some([kind, l0, l1, l2, l3]) = bytes.first_chunk::<HEAD_BYTES>() else { return Ok(None) };
    let length = u32::from_le_bytes([*l0, *l1, *l2, *l3]) as usize;
    let length_max = match *kind {
        DATA => DATA_BYTES_MAX,
        OFFER..=DONE | HAVE | KEPT | PAUSE | STOP => BODY_BYTES_MAX,
        _ => return Err(WireError::Kind),
    };
    if length > length_max { Err(WireError::Length) } else { Ok(Some((*kind, length))) }
}

/// Frames out of bytes that come in pieces.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    /// The start of a frame; never more than one.
    start: Vec<u8>,
}

impl Inbox {
    /// The next frame, taken off the front of `bytes`; `None` once all of them are taken and none is whole.
    pub fn next(&mut self, bytes: &mut &[u8]) -> Result<Option<Message>, WireError> {
        loop {
            let missing = wanted(&self.start)?.saturating_sub(self.start.len());
            let (taken, rest) = bytes.split_at(missing.min(bytes.len()));
            self.start.extend_from_slice(taken);
            *bytes = rest;
            if taken.len() < missing {
                return Ok(None);
            }
            if let Some((message, _)) = read(&self.start)? {
                self.start.clear();
                return Ok(Some(message));
            }
        }
    }
}

/// What is left of a body.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (array, rest) = self.0.split_first_chunk::<N>().ok_or(WireError::Body)?;
        self.0 = rest;
        Ok(*array)
    }

    fn byte(&mut self) -> Result<u8, WireError> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn bytes(&mut self, length: usize) -> Result<&[u8], WireError> {
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(WireError::Body)?;
        self.0 = rest;
        Ok(bytes)
    }

    fn u32(&mut self) -> Result<u32, WireError> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, WireError> {
        self.array().map(u64::from_le_bytes)
    }

    fn flag(&mut self) -> Result<bool, WireError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(WireError::Body),
        }
    }

    fn message(&mut self, kind: u8) -> Result<Message, WireError> {
        Ok(match kind {
            OFFER => {
                if self.byte()? != VERSION {
                    return Err(WireError::Version);
                }
                Message::Offer { batch: self.array()?, entries: self.u32()?, bytes: self.u64()?, room: self.u64()? }
            }
            TABLE => Message::Table(self.entries()?),
            FILE => Message::File { index: self.u32()?, offset: self.u64()? },
            ZEROS => {
                // Hashing them costs this side more than telling them costs the other.
                let bytes = self.u32()?;
                if bytes as usize > DATA_BYTES_MAX {
                    return Err(WireError::Length);
                }
                Message::Zeros(bytes)
            }
            SUM => Message::Sum(self.array()?),
            DONE => Message::Done,
            HAVE => self.have()?,
            KEPT => Message::Kept,
            PAUSE => Message::Pause(self.flag()?),
            STOP => {
                let byte = self.byte()?;
                Message::Stop(Why::ALL.into_iter().find(|why| why.byte() == byte).ok_or(WireError::Body)?)
            }
            _ => return Err(WireError::Kind),
        })
    }

    fn entries(&mut self) -> Result<Vec<Entry>, WireError> {
        let mut entries = Vec::new();
        while !self.0.is_empty() {
            let folder = self.flag()?;
            let bytes = self.u64()?;
            let seconds = self.array().map(i64::from_le_bytes)?;
            let modified = Modified::new(seconds, self.u32()?).ok_or(WireError::Body)?;
            let length = usize::from(self.array().map(u16::from_le_bytes)?);
            let path = std::str::from_utf8(self.bytes(length)?).map_err(|_| WireError::Body)?;
            if !is_path(path) || (folder && bytes > 0) || i64::try_from(bytes).is_err() {
                return Err(WireError::Body);
            }
            entries.push(Entry { path: path.to_owned(), bytes, modified, folder });
        }
        if entries.is_empty() { Err(WireError::Body) } else { Ok(entries) }
    }

    fn have(&mut self) -> Result<Message, WireError> {
        let partial = if self.flag()? {
            Some(Partial { index: self.u32()?, bytes: self.u64()?, digest: self.array()? })
        } else {
            None
        };
        let length = self.0.len();
        let whole = self.bytes(length)?.to_vec();
        Ok(Message::Have { whole, partial })
    }
}

/// Appends a frame. Of `Data` this is the head alone; the bytes are to follow.
pub(crate) fn write(message: &Message, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(&[kind_of(message), 0, 0, 0, 0]);
    match message {
        Message::Offer { batch, entries, bytes, room } => {
            out.push(VERSION);
            out.extend_from_slice(batch);
            out.extend_from_slice(&entries.to_le_bytes());
            out.extend_from_slice(&bytes.to_le_bytes());
            out.extend_from_slice(&room.to_le_bytes());
        }
        Message::Table(entries) => entries.iter().for_each(|entry| write_entry(entry, out)),
        Message::File { index, offset } => {
            out.extend_from_slice(&index.to_le_bytes());
            out.extend_from_slice(&offset.to_le_bytes());
        }
        Message::Data(length) => return set_length(out, start, *length),
        Message::Zeros(bytes) => out.extend_from_slice(&bytes.to_le_bytes()),
        Message::Sum(digest) => out.extend_from_slice(digest),
        Message::Done | Message::Kept => {}
        Message::Have { whole, partial } => {
            out.push(u8::from(partial.is_some()));
            if let Some(Partial { index, bytes, digest }) = partial {
                out.extend_from_slice(&index.to_le_bytes());
                out.extend_from_slice(&bytes.to_le_bytes());
                out.extend_from_slice(digest);
            }
            out.extend_from_slice(whole);
        }
        Message::Pause(on) => out.push(u8::from(*on)),
        Message::Stop(why) => out.push(why.byte()),
    }
    let length = out.len() - start - HEAD_BYTES;
    set_length(out, start, length);
}

/// Sets the length of the frame that begins at `start`.
fn set_length(out: &mut [u8], start: usize, length: usize) {
    // Bodies are bounded far below.
    let length = u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
    if let Some(place) = out.get_mut(start + 1..start + HEAD_BYTES) {
        place.copy_from_slice(&length);
    }
}

const fn kind_of(message: &Message) -> u8 {
    match message {
        Message::Offer { .. } => OFFER,
        Message::Table(_) => TABLE,
        Message::File { .. } => FILE,
        Message::Data(_) => DATA,
        Message::Zeros(_) => ZEROS,
        Message::Sum(_) => SUM,
        Message::Done => DONE,
        Message::Have { .. } => HAVE,
        Message::Kept => KEPT,
        Message::Pause(_) => PAUSE,
        Message::Stop(_) => STOP,
    }
}

fn write_entry(entry: &Entry, out: &mut Vec<u8>) {
    let Entry { path, bytes, modified: Modified { seconds, nanos }, folder } = entry;
    out.push(if *folder { FOLDER_FLAG } else { 0 });
    out.extend_from_slice(&bytes.to_le_bytes());
    out.extend_from_slice(&seconds.to_le_bytes());
    out.extend_from_slice(&nanos.to_le_bytes());
    // Paths are bounded far below.
    out.extend_from_slice(&u16::try_from(path.len()).unwrap_or(u16::MAX).to_le_bytes());
    out.extend_from_slice(path.as_bytes());
}

/// Appends one frame with the first of `entries`, and says how many those are; at least one, if there is one.
pub(crate) fn write_table(entries: &[Entry], out: &mut Vec<u8>) -> usize {
    let start = out.len();
    out.extend_from_slice(&[TABLE, 0, 0, 0, 0]);
    let mut count = 0;
    for entry in entries {
        if out.len() - start > TABLE_FRAME_BYTES {
            break;
        }
        write_entry(entry, out);
        count += 1;
    }
    let length = out.len() - start - HEAD_BYTES;
    set_length(out, start, length);
    count
}

#[cfg(test)]
mod tests;
