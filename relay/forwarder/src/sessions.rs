//! Whose legs may be bound: the sessions that the relay has now, and when the two ends of each last talked.
//!
//! A ticket holds for days, so that a session outlives its relay's restart; without this list everybody who was in one
//! session would keep a way through the forwarder for as long. The relay opens a session here with its first ticket and
//! closes it with its end. The list is as long as the relay's own, and what is not on it is not bound.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The list, with when both ends were last seen to talk. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Sessions(Arc<Mutex<HashMap<[u8; 16], Option<Instant>>>>);

impl Sessions {
    /// Those that an earlier relay left running.
    pub fn of(running: impl IntoIterator<Item = [u8; 16]>) -> Self {
        Self(Arc::new(Mutex::new(running.into_iter().map(|session| (session, None)).collect())))
    }

    /// Its tickets bind from now on.
    pub fn open(&self, session: [u8; 16]) {
        self.locked().entry(session).or_default();
    }

    /// Its tickets bind no more, and its legs are forgotten some seconds later.
    pub fn close(&self, session: &[u8; 16]) {
        self.locked().remove(session);
    }

    /// For how long its ends have not both sent packets, some seconds more or less; `None`: they never have.
    pub fn quiet(&self, session: &[u8; 16]) -> Option<Duration> {
        self.locked().get(session).copied().flatten().map(|talked| talked.elapsed())
    }

    pub(crate) fn locked(&self) -> MutexGuard<'_, HashMap<[u8; 16], Option<Instant>>> {
        // A map that somebody panicked over is still a map.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
