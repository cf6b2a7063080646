//! Why a part of the desktop cannot be had.

use x11rb::errors::{ConnectError, ConnectionError, ReplyError, ReplyOrIdError};

/// What went wrong, in words for a log.
#[derive(Debug, thiserror::Error)]
pub enum DesktopError {
    #[error("no connection to the X11 display: {0}")]
    Connect(#[from] ConnectError),
    #[error("the connection to the X11 display broke: {0}")]
    Connection(#[from] ConnectionError),
    #[error("the X11 display refused a request: {0}")]
    Reply(#[from] ReplyError),
    #[error("the X11 display gives no identifiers any more: {0}")]
    Ids(#[from] ReplyOrIdError),
    #[error("the X11 display has no such screen")]
    NoScreen,
    #[error("the operating system refused: {0}")]
    System(#[from] std::io::Error),
}
