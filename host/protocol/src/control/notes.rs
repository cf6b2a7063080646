//! A session's notes ([`ToRelay::Notes`](super::ToRelay::Notes)).

use serde::{Deserialize, Serialize};

/// Longest notes of one session, in characters: more than two printed pages.
pub const NOTES_CHARS_MAX: usize = 8000;
/// Whatever script they are in, notes fit into one message.
const _: () = assert!(NOTES_CHARS_MAX * 4 + 1024 <= crate::wire::TO_RELAY_BYTES_MAX);

/// Why notes are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotesRefusal {
    /// Not at this moment, such as with a full disk; they may be said again.
    NotNow,
    /// They are over [`NOTES_CHARS_MAX`].
    TooLong,
    /// The session is another rep's, is not known, or ended too long ago.
    Over,
}
