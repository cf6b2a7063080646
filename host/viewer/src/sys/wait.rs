//! Waiting for the X connection or for somebody who wants something of the viewer's thread.

use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};

/// Why waiting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Woken {
    Called,
    Timeout,
}

/// Wakes the thread that waits; many calls before it wakes are one.
#[derive(Debug)]
pub(crate) struct Waker {
    sender: UnixStream,
    receiver: UnixStream,
    rung: AtomicBool,
}

impl Waker {
    pub(crate) fn new() -> io::Result<Self> {
        let (sender, receiver) = UnixStream::pair()?;
        sender.set_nonblocking(true)?;
        receiver.set_nonblocking(true)?;
        Ok(Self { sender, receiver, rung: AtomicBool::new(false) })
    }

    pub(crate) fn wake(&self) {
        if !self.rung.swap(true, Ordering::AcqRel) {
            // A full pipe wakes as well as one byte does.
            let _ = (&self.sender).write(&[1]);
        }
    }

    /// Waits until `connection` can be read, somebody called [`Waker::wake`], or the time is over.
    pub(crate) fn wait(&self, connection: RawFd, timeout_ms: Option<i32>) -> io::Result<Woken> {
        let watch = |fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        let mut both = [watch(connection), watch(self.receiver.as_raw_fd())];
        // SAFETY: the pointer and the count are those of the array above, which outlives the call.
        let ready = unsafe { libc::poll(both.as_mut_ptr(), 2, timeout_ms.unwrap_or(-1)) };
        if ready < 0 {
            let error = io::Error::last_os_error();
            return if error.kind() == io::ErrorKind::Interrupted { Ok(Woken::Called) } else { Err(error) };
        }
        if both[1].revents != 0 {
            let mut sink = [0; 16];
            let _ = (&self.receiver).read(&mut sink);
            self.rung.store(false, Ordering::Release);
        }
        Ok(if ready == 0 { Woken::Timeout } else { Woken::Called })
    }
}
