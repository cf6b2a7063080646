//! Pixel memory that the X server reads, too.
//!
//! One writer, handed out once, and readers that copy rows out. The server reads at any time; a pixel caught half
//! written is drawn again by the put that follows the writing, so nobody waits for anybody.

use std::io;
use std::ptr::NonNull;
use std::sync::Arc;

#[derive(Debug)]
struct Mapping {
    base: NonNull<u8>,
    bytes: usize,
    /// System V segment; `None`: private memory, when there are no segments to be had.
    segment: Option<i32>,
}

// SAFETY: the mapping is plain bytes that stay valid and in place until drop, whichever thread that happens on.
unsafe impl Send for Mapping {}
// SAFETY: through a shared reference only `Reader::read` touches the bytes, by copying out of them.
unsafe impl Sync for Mapping {}

impl Mapping {
    fn shared(bytes: usize) -> io::Result<Self> {
        // SAFETY: shmget takes no pointers.
        let segment = unsafe { libc::shmget(libc::IPC_PRIVATE, bytes, libc::IPC_CREAT | 0o600) };
        if segment < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: a null address lets the kernel choose a free range; the result is checked below.
        let base = unsafe { libc::shmat(segment, std::ptr::null(), 0) };
        let error = io::Error::last_os_error();
        let base = if base as isize == -1 { None } else { NonNull::new(base.cast()) };
        match base {
            Some(base) => Ok(Self { base, bytes, segment: Some(segment) }),
            None => {
                forget(segment);
                Err(error)
            }
        }
    }

    fn private(bytes: usize) -> io::Result<Self> {
        let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        // SAFETY: a null address lets the kernel choose a free range; the result is checked below.
        let base = unsafe { libc::mmap(std::ptr::null_mut(), bytes, protection, flags, -1, 0) };
        if base == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let base = NonNull::new(base.cast()).ok_or_else(|| io::Error::other("no memory"))?;
        Ok(Self { base, bytes, segment: None })
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        if let Some(segment) = self.segment {
            // SAFETY: `base` came from shmat and nobody else detaches it; readers and the writer keep the mapping alive.
            unsafe { libc::shmdt(self.base.as_ptr().cast()) };
            forget(segment);
        } else {
            // SAFETY: `base` and `bytes` came from one mmap, which nobody else unmaps.
            unsafe { libc::munmap(self.base.as_ptr().cast(), self.bytes) };
        }
    }
}

/// The segment goes when the last one lets go of it; without this it would outlive a crash.
fn forget(segment: i32) {
    // SAFETY: IPC_RMID takes no buffer. On a segment that is gone already it fails without effect.
    unsafe { libc::shmctl(segment, libc::IPC_RMID, std::ptr::null_mut()) };
}

/// The one that may write.
#[derive(Debug)]
pub(crate) struct Writer(Arc<Mapping>);

/// Copies out of the memory.
#[derive(Debug, Clone)]
pub(crate) struct Reader(Arc<Mapping>);

impl Writer {
    /// Zeroed memory of at least one byte, shared where the system has System V segments.
    pub(crate) fn new(bytes: usize) -> io::Result<Self> {
        let bytes = bytes.max(1);
        let mapping = Mapping::shared(bytes).or_else(|_| Mapping::private(bytes))?;
        Ok(Self(Arc::new(mapping)))
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: the range is mapped for as long as `self`, which is the only one of its kind for this mapping
        // (`new` makes one and it cannot be cloned); readers make no references, they copy by address.
        unsafe { std::slice::from_raw_parts_mut(self.0.base.as_ptr(), self.0.bytes) }
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader(Arc::clone(&self.0))
    }
}

impl Reader {
    /// Fills `row` from byte `from` on. Beyond the end nothing is written.
    pub(crate) fn read(&self, from: usize, row: &mut [u8]) {
        if from.checked_add(row.len()).is_none_or(|end| end > self.0.bytes) {
            return;
        }
        // SAFETY: source and length were checked against the mapping; `row` is ours alone, so they do not overlap.
        // The writer or another process may change the bytes meanwhile: they are plain bytes with no meaning to Rust,
        // any mix of old and new is a picture, and the next put repairs it.
        unsafe { std::ptr::copy_nonoverlapping(self.0.base.as_ptr().add(from), row.as_mut_ptr(), row.len()) };
    }

    pub(crate) fn segment(&self) -> Option<i32> {
        self.0.segment
    }

    /// After the server attached: the segment goes with the last of us, even after a crash.
    pub(crate) fn forget(&self) {
        if let Some(segment) = self.0.segment {
            forget(segment);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_beyond() {
        let mut writer = Writer::new(16).unwrap();
        let reader = writer.reader();
        writer.bytes_mut().copy_from_slice(&[7; 16]);
        let mut row = [1; 8];
        reader.read(9, &mut row);
        reader.read(usize::MAX, &mut row);
        assert_eq!(row, [1; 8]);
        reader.read(8, &mut row);
        assert_eq!(row, [7; 8]);
        drop(writer);
        reader.read(0, &mut row);
        assert_eq!(row, [7; 8]);
    }
}
