//! How many files and connections the system lets this process have open: by default often 1,024, far too few for a relay.

/// Raises the soft limit to the hard one. When the system refuses, the relay runs with fewer connections.
pub fn allow_many() {
    #[cfg(unix)]
    if let Err(error) = system::raise() {
        tracing::warn!(%error, "the limit of open files cannot be raised; the relay may run out of connections");
    }
}

#[cfg(unix)]
mod system {
    use std::io;

    /// The crate's one `unsafe` place.
    #[allow(unsafe_code)]
    pub fn raise() -> io::Result<()> {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: getrlimit writes one rlimit through the pointer, which is valid and ours.
        if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) } != 0 {
            return Err(io::Error::last_os_error());
        }
        limit.rlim_cur = limit.rlim_max;
        // SAFETY: setrlimit reads one rlimit through the pointer, which is valid and ours.
        if unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) } != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(())
    }
}
