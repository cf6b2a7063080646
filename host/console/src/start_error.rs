//! Why the program could not run, with or without windows.
//!
//! Each of these ends the program with exit code 1, and its text goes to standard error: what happened, and what to do.

use lotse_viewer::ViewerError;
use std::path::PathBuf;

/// Why the program could not run.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("there is no home folder to keep settings in; name one with --data DIR")]
    NoDataFolder,
    #[error("the password file {path} cannot be read: {error}")]
    PasswordFile { path: PathBuf, error: std::io::Error },
    #[error("the password file {0} has no password in its first line")]
    PasswordEmpty(PathBuf),
    #[error("the folder {path} cannot be written to: {error}. Name another with --data DIR")]
    DataFolder { path: PathBuf, error: std::io::Error },
    #[error("no picture can be shown: {0}. Is DISPLAY set to an X11 display that you may use?")]
    Viewer(#[from] ViewerError),
    #[error("no window can be opened: {0}. Is DISPLAY set to an X11 display that you may use?")]
    Window(String),
    #[error("the operating system refused: {0}")]
    System(#[from] std::io::Error),
    #[error("{0}")]
    Session(String),
}
