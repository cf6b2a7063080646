//! The note that takes a running session up again after a program that was in it (or its computer) was started anew.
//!
//! Lies in the program's data folder, readable by its owner alone, only while the session runs (C6). A customer's program has
//! one; what a console has of them is in `left_behind`.

use crate::private_file;
use crate::session::{Asked, Restarted, Restored};
use crate::way_back::RestartNote;
use lotse_transport::{Fingerprint, Identity};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Larger files are no such note.
const BYTES_MAX: u64 = 64 * 1024;

/// Everything needed to be the same end again. It holds a private key.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ResumeNote {
    /// Address of the relay, as it was given to the program.
    pub relay: String,
    pub session: [u8; 16],
    pub token: String,
    pub identity: Vec<u8>,
    pub peer: [u8; 32],
    pub accepted: bool,
    pub developer: bool,
    pub ahead: Vec<String>,
    /// The session was paused here, and comes back so. Notes of before this field know of no pause.
    #[serde(default)]
    pub paused: bool,
    /// Features that the session had: it keeps them to its end.
    #[serde(default)]
    pub features: Vec<String>,
    /// A restart of the computer that is under way.
    #[serde(default)]
    pub restart: Option<RestartNote>,
    /// Sessions of further reps, with their tokens: they end when this one is taken up, and nobody there waits in vain.
    #[serde(default)]
    pub beside: Vec<([u8; 16], String)>,
    /// Rep's side: who was signed in; nobody else takes it up.
    #[serde(default)]
    pub user: String,
    /// Rep's side: what it began with, and whether this rep only looks now.
    #[serde(default)]
    pub asked: Option<Asked>,
}

impl ResumeNote {
    /// Keys and state as they were.
    pub(crate) fn restored(&self, restarted: Option<Restarted>) -> Result<Restored, String> {
        Ok(Restored {
            identity: Identity::from_bytes(&self.identity).map_err(|problem| problem.to_string())?,
            peer: Fingerprint(self.peer),
            accepted: self.accepted,
            paused: self.paused,
            features: self.features.clone(),
            restarted,
        })
    }

    pub(crate) fn write(&self, place: &Path) -> std::io::Result<()> {
        private_file::write(place, &serde_json::to_vec(self)?)
    }

    /// What is there; `None` if nothing is, or nothing that can be read.
    pub(crate) fn read(place: &Path) -> Option<Self> {
        let small = std::fs::metadata(place).ok()?.len() <= BYTES_MAX;
        if small { serde_json::from_slice(&std::fs::read(place).ok()?).ok() } else { None }
    }

    pub(crate) fn remove(place: &Path) {
        if let Err(error) = private_file::remove(place) {
            tracing::warn!(%error, "the note of the session that is over could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_note_is_its_owners_alone_and_damage_is_no_note() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("new/session.json");
        let note = ResumeNote {
            relay: "https://r".into(),
            session: [1; 16],
            token: "t".into(),
            identity: vec![2],
            peer: [3; 32],
            accepted: true,
            developer: false,
            ahead: vec![],
            paused: true,
            features: vec!["chat".into()],
            restart: None,
            beside: vec![([4; 16], "b".into())],
            ..ResumeNote::default()
        };
        note.write(&place).unwrap();
        assert!(ResumeNote::read(&place).unwrap() == note);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&place).unwrap()) & 0o777, 0o600);
        // As it was written before there was a pause in it.
        let mut older: serde_json::Value = serde_json::from_slice(&std::fs::read(&place).unwrap()).unwrap();
        older.as_object_mut().unwrap().remove("paused").unwrap();
        older.as_object_mut().unwrap().remove("features").unwrap();
        older.as_object_mut().unwrap().remove("beside").unwrap();
        older.as_object_mut().unwrap().remove("user").unwrap();
        older.as_object_mut().unwrap().remove("asked").unwrap();
        std::fs::write(&place, older.to_string()).unwrap();
        assert!(
            ResumeNote::read(&place).unwrap() == ResumeNote { paused: false, features: vec![], beside: vec![], ..note }
        );
        std::fs::write(&place, b"half a no").unwrap();
        assert!(ResumeNote::read(&place).is_none());
        ResumeNote::remove(&place);
        ResumeNote::remove(&place);
        assert!(!place.exists());
    }
}
