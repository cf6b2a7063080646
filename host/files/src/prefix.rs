//! The hash of what is there of a file already.

use crate::CHUNK_BYTES;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Raised by whoever wants a machine to come back soon: hashing what is there of a large file takes a while.
#[derive(Debug, Clone, Default)]
pub struct Halt(Arc<AtomicBool>);

impl Halt {
    pub fn raise(&self) {
        self.0.store(true, Ordering::Release);
    }

    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The hash over exactly the first `bytes`, read from where the file stands. `None`: there are fewer, or it was halted.
pub(crate) fn hash(file: &mut File, bytes: u64, halt: &Halt) -> io::Result<Option<blake3::Hasher>> {
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; CHUNK_BYTES];
    let mut left = bytes;
    while left > 0 {
        if halt.is_raised() {
            return Ok(None);
        }
        let most = usize::try_from(left).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
        let read = file.read(&mut buffer[..most])?;
        if read == 0 {
            return Ok(None);
        }
        hasher.update(&buffer[..read]);
        left -= read as u64;
    }
    Ok(Some(hasher))
}
