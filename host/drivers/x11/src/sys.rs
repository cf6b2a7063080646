//! Shared memory and `poll`: the system calls that std has no safe face for. The only module with `unsafe`.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::time::Duration;

/// Memory that the X server writes to and we read.
#[derive(Debug)]
pub struct Mapping {
    start: *mut u8,
    bytes: usize,
}

// SAFETY: a mapping is plain memory, tied to no thread.
unsafe impl Send for Mapping {}

impl Mapping {
    /// New memory of that many bytes (at least one), and the file to hand to the server.
    pub fn new(bytes: usize) -> io::Result<(Self, OwnedFd)> {
        // SAFETY: the name is terminated; the result is checked.
        let fd = unsafe { libc::memfd_create(c"lotse-capture".as_ptr(), libc::MFD_CLOEXEC) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: just made, and nobody else's.
        let file = unsafe { File::from_raw_fd(fd) };
        let bytes = bytes.max(1);
        file.set_len(bytes as u64)?;
        // SAFETY: a new mapping at a place of the system's choice, over a file of that length; the result is checked.
        let start = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                bytes,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                file.as_raw_fd(),
                0,
            )
        };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok((Self { start: start.cast(), bytes }, file.into()))
    }

    /// All of it. The server writes only between a request and its reply, when nobody holds this.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: mapped and that long until `drop`; the server is the only other writer, and it rests as said above.
        unsafe { std::slice::from_raw_parts(self.start, self.bytes) }
    }

    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `bytes`; `&mut self` keeps other borrows away.
        unsafe { std::slice::from_raw_parts_mut(self.start, self.bytes) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: mapped by `new` with these numbers, and borrowed by nobody.
        unsafe { libc::munmap(self.start.cast(), self.bytes) };
    }
}

/// Waits until one of two files can be read, hung up, or the time passed. `None` waits for ever. A signal counts as the time
/// having passed: callers look at their deadline again.
pub fn wait_readable(files: [BorrowedFd<'_>; 2], timeout: Option<Duration>) -> io::Result<[bool; 2]> {
    let mut polled = files.map(|file| libc::pollfd { fd: file.as_raw_fd(), events: libc::POLLIN, revents: 0 });
    // Rounded up, so that the last millisecond of a wait is not a spin.
    let timeout_ms = timeout.map_or(-1, |time| i32::try_from(time.as_micros().div_ceil(1000)).unwrap_or(i32::MAX));
    // SAFETY: two structs, as said; the files stay open while borrowed.
    let count = unsafe { libc::poll(polled.as_mut_ptr(), 2, timeout_ms) };
    if count < 0 {
        let error = io::Error::last_os_error();
        return if error.kind() == io::ErrorKind::Interrupted { Ok([false; 2]) } else { Err(error) };
    }
    Ok(polled.map(|file| file.revents != 0))
}
