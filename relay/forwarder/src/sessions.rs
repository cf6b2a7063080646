//! Whose legs may be bound: the sessions that the relay has now.
//!
//! A ticket holds for days, so that a session outlives its relay's restart; without this list everybody who was in one
//! session would keep a way through the forwarder for as long. The relay opens a session here with its first ticket and
//! closes it with its end. The list is as long as the relay's own, and what is not on it is not bound.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The list. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Sessions(Arc<Mutex<HashSet<[u8; 16]>>>);

impl Sessions {
    /// Those that an earlier relay left running.
    pub fn of(running: impl IntoIterator<Item = [u8; 16]>) -> Self {
        Self(Arc::new(Mutex::new(running.into_iter().collect())))
    }

    /// Its tickets bind from now on.
    pub fn open(&self, session: [u8; 16]) {
        self.locked().insert(session);
    }

    /// Its tickets bind no more, and its legs are forgotten some seconds later.
    pub fn close(&self, session: &[u8; 16]) {
        self.locked().remove(session);
    }

    pub(crate) fn locked(&self) -> MutexGuard<'_, HashSet<[u8; 16]>> {
        // A set that somebody panicked over is still a set.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
