//! Why nothing can be shown: a number in messages, so that each side has its own words for it.

use lotse_sdk::Error;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    NotAllowed,
    NoDisplay,
    Busy,
    /// This computer has nothing that captures, or nothing that shows.
    Unsupported,
    DisplayGone,
    /// The capture ended by itself.
    Stalled,
    /// The two halves speak different versions.
    OtherVersion,
}

impl Failure {
    pub const ALL: [Self; 7] = [
        Self::NotAllowed,
        Self::NoDisplay,
        Self::Busy,
        Self::Unsupported,
        Self::DisplayGone,
        Self::Stalled,
        Self::OtherVersion,
    ];

    pub fn code(self) -> u8 {
        match self {
            Self::NotAllowed => 0,
            Self::NoDisplay => 1,
            Self::Busy => 2,
            Self::Unsupported => 3,
            Self::DisplayGone => 4,
            Self::Stalled => 5,
            Self::OtherVersion => 6,
        }
    }

    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.code() == code)
    }
}

/// What the host's answer means to people.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Denied => Self::NotAllowed,
            Error::Gone => Self::NoDisplay,
            Error::Limit | Error::Busy => Self::Busy,
            Error::Unsupported => Self::Unsupported,
            Error::Invalid => Self::DisplayGone,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_comes_back_by_its_number() {
        for failure in Failure::ALL {
            assert_eq!(Failure::from_code(failure.code()), Some(failure));
        }
        assert_eq!(Failure::from_code(7), None);
    }
}
