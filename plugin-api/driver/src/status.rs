//! The closed list of outcomes a driver function can have.

/// Outcome of a driver call; crosses the ABI as its number, since a foreign number need not be one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum Status {
    /// Done.
    Ok = 0,
    /// The time passed, or somebody called `wake`, and there was nothing.
    Timeout = 1,
    /// The display, or the connection to it, no longer exists. Close the handle.
    Gone = 2,
    /// The system does not allow it.
    Denied = 3,
    /// This driver cannot do that here; another one may.
    Unsupported = 4,
    /// The caller asked for something that makes no sense.
    Invalid = 5,
    /// Anything else that went wrong.
    Failed = 6,
}

impl Status {
    /// `None` for a number that no version of this ABI has.
    pub fn from_raw(raw: i32) -> Option<Self> {
        [Self::Ok, Self::Timeout, Self::Gone, Self::Denied, Self::Unsupported, Self::Invalid, Self::Failed]
            .into_iter()
            .find(|status| status.raw() == raw)
    }

    /// The number that crosses the ABI.
    pub const fn raw(self) -> i32 {
        self as i32
    }
}
