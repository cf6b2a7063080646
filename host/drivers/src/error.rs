//! Everything that can be wrong with a driver, each with what to do about it.

use std::path::PathBuf;

use lotse_driver::Status;

/// Why a driver cannot be used, or what it answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DriverError {
    #[error("There is no driver folder at {folder}. Install Lotse's drivers there, beside the program.")]
    FolderMissing { folder: PathBuf },
    #[error("The driver folder {folder} cannot be read: {reason}. Give this user the right to read it.")]
    FolderUnreadable { folder: PathBuf, reason: String },
    #[error(
        "There is no driver (a file such as {pattern}) in {folder}. Install Lotse's drivers there, beside the program."
    )]
    NoDrivers { folder: PathBuf, pattern: &'static str },
    #[error(
        "{path} is not trusted: {reason}. Drivers run with all rights of this program, so the file and its folders must \
         belong to root or to this user, and not be writable for everybody."
    )]
    Untrusted { path: PathBuf, reason: String },
    #[error(
        "The driver {file} cannot be loaded: {reason}. Install it again, or the system library that it names as missing."
    )]
    Unloadable { file: PathBuf, reason: String },
    #[error("{file} is not a Lotse driver: {reason}. Remove it from the folder, or install the right file.")]
    NotADriver { file: PathBuf, reason: String },
    #[error(
        "The driver {file} speaks version {found} of the driver interface, this program version {wanted}. Install the driver \
         that came with this program."
    )]
    WrongAbi { file: PathBuf, found: u16, wanted: u16 },
    #[error("The driver in {file} calls itself \"{name}\". Give the file back its own name or install the right one.")]
    WrongName { file: PathBuf, name: String },
    #[error("No driver can {what} here.{details}")]
    NoneUsable { what: &'static str, details: String },
    #[error(
        "The driver {driver} is damaged or of another make: {what}. Install the driver that came with this program."
    )]
    Nonsense { driver: String, what: &'static str },
    #[error("{text}")]
    Answered { driver: String, status: Status, text: String },
}

/// How a caller may react to an error, whatever its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriverErrorKind {
    /// The display or the display server is gone: close what is open, look at the displays again.
    Gone,
    /// The system does not allow it.
    Denied,
    /// Not possible here, and no sign of a fault.
    Unsupported,
    /// The caller's own fault.
    Invalid,
    /// The installation of drivers needs care.
    Installation,
    /// Something else failed; trying again may help.
    Failed,
}

impl DriverError {
    pub fn kind(&self) -> DriverErrorKind {
        match self {
            Self::FolderMissing { .. }
            | Self::FolderUnreadable { .. }
            | Self::NoDrivers { .. }
            | Self::Untrusted { .. }
            | Self::Unloadable { .. }
            | Self::NotADriver { .. }
            | Self::WrongAbi { .. }
            | Self::WrongName { .. }
            | Self::Nonsense { .. } => DriverErrorKind::Installation,
            Self::NoneUsable { .. } => DriverErrorKind::Unsupported,
            Self::Answered { status, .. } => match status {
                Status::Gone => DriverErrorKind::Gone,
                Status::Denied => DriverErrorKind::Denied,
                Status::Unsupported => DriverErrorKind::Unsupported,
                Status::Invalid => DriverErrorKind::Invalid,
                Status::Ok | Status::Timeout | Status::Failed => DriverErrorKind::Failed,
            },
        }
    }
}
