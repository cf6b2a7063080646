//! How a batch ends, and what errors of a disk mean for it.

use std::io;

/// Why it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything is under its final name.
    Whole,
    /// Ended here.
    Cancelled,
    /// Ended by the other side.
    CancelledThere,
    /// The stream ended before the batch did; it goes on with the next one.
    Broken,
    /// No room at the receiver's.
    DiskFull,
    /// What was picked, or the chosen folder, is no longer there.
    Gone,
    /// A file changed while it was read.
    Changed,
    /// The system does not let this user read or write there.
    Denied,
    /// What the other side sent makes no sense.
    Wrong,
}

impl Outcome {
    /// The contract's word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Cancelled => "cancelled",
            Self::CancelledThere => "cancelled-there",
            Self::Broken => "broken",
            Self::DiskFull => "disk-full",
            Self::Gone => "gone",
            Self::Changed => "changed",
            Self::Denied => "denied",
            Self::Wrong => "wrong",
        }
    }
}

/// How it ended, with what people may want to know beside it: a path, or a system's word. May be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    pub outcome: Outcome,
    pub detail: String,
}

impl End {
    pub(crate) fn new(outcome: Outcome, detail: impl Into<String>) -> Self {
        Self { outcome, detail: detail.into() }
    }

    pub(crate) fn wrong(detail: &str) -> Self {
        Self::new(Outcome::Wrong, detail)
    }

    /// What an error at the picked files means.
    pub(crate) fn reading(error: &io::Error, path: &str) -> Self {
        let outcome = match error.kind() {
            io::ErrorKind::PermissionDenied => Outcome::Denied,
            _ => Outcome::Gone,
        };
        Self::new(outcome, format!("{path}: {error}"))
    }
}

/// Why a step at the receiver's was not done.
#[derive(Debug)]
pub(crate) enum Halted {
    /// No room now; the same step can be tried again.
    NoRoom,
    End(End),
}

impl From<End> for Halted {
    fn from(end: End) -> Self {
        Self::End(end)
    }
}

impl From<io::Error> for Halted {
    fn from(error: io::Error) -> Self {
        let outcome = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => return Self::NoRoom,
            // Such as 4 GiB on a stick of an old kind.
            io::ErrorKind::FileTooLarge => Outcome::DiskFull,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Outcome::Denied,
            _ => Outcome::Gone,
        };
        Self::End(End::new(outcome, error.to_string()))
    }
}
