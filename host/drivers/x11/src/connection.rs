//! A connection to the X server that can be waited on and woken, and its errors in the driver's words.

use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lotse_driver::{Error, Result, Wake};
use x11rb::connection::Connection;
use x11rb::errors::{ConnectError, ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::xproto::Screen;
use x11rb::rust_connection::RustConnection;

use crate::sys;

/// A connection with the doorbell that ends its waits.
#[derive(Debug)]
pub struct Link {
    pub conn: RustConnection,
    pub screen: Screen,
    bell: UnixStream,
    button: Arc<UnixStream>,
}

/// What ended [`Link::sleep`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woken {
    /// The server may have sent something.
    Server,
    /// Somebody rang.
    Bell,
    /// The deadline is over.
    Deadline,
}

impl Link {
    pub fn connect() -> Result<Self> {
        let (conn, at) = x11rb::connect(None).map_err(|error| no_server(&error))?;
        let screen = conn.setup().roots.get(at).cloned();
        let screen = screen.ok_or_else(|| Error::unsupported("the X server has no such screen"))?;
        let (bell, button) = UnixStream::pair().map_err(|error| Error::failed(error.to_string()))?;
        for end in [&bell, &button] {
            end.set_nonblocking(true).map_err(|error| Error::failed(error.to_string()))?;
        }
        Ok(Self { conn, screen, bell, button: Arc::new(button) })
    }

    /// Rings the bell from any thread. A full pipe is a bell that rings already.
    pub fn waker(&self) -> Wake {
        let button = Arc::clone(&self.button);
        Box::new(move || {
            let _full = (&*button).write(&[1]);
        })
    }

    /// Blocks until something happens. The caller has taken every event that is already here.
    pub fn sleep(&self, until: Option<Instant>) -> Result<Woken> {
        self.conn.flush().map_err(|error| lost(&error))?;
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if left == Some(Duration::ZERO) {
            return Ok(Woken::Deadline);
        }
        let files = [self.conn.stream().as_fd(), self.bell.as_fd()];
        let [_, rang] = sys::wait_readable(files, left).map_err(|error| Error::failed(error.to_string()))?;
        if rang {
            let mut taken = [0; 64];
            while matches!((&self.bell).read(&mut taken), Ok(count) if count > 0) {}
            return Ok(Woken::Bell);
        }
        Ok(Woken::Server)
    }
}

fn no_server(error: &ConnectError) -> Error {
    Error::unsupported(format!(
        "the X server cannot be reached ({error}): check DISPLAY and that this user may use the server"
    ))
}

/// The server does not answer any more.
pub fn lost(error: &ConnectionError) -> Error {
    match error {
        ConnectionError::UnsupportedExtension => Error::unsupported("the X server lacks an extension"),
        error => Error::gone(format!("the connection to the X server was lost ({error})")),
    }
}

/// The server refused, or does not answer any more.
pub fn refused(error: ReplyError) -> Error {
    match error {
        ReplyError::ConnectionError(error) => lost(&error),
        ReplyError::X11Error(error) => {
            let request = error.request_name.unwrap_or("a request");
            Error::failed(format!("the X server refused {request}: {:?}", error.error_kind))
        }
    }
}

/// As [`refused`], where a new identifier is part of it.
pub fn refused_id(error: ReplyOrIdError) -> Error {
    match error {
        ReplyOrIdError::IdsExhausted => Error::failed("the X server has no identifiers left"),
        ReplyOrIdError::ConnectionError(error) => lost(&error),
        ReplyOrIdError::X11Error(error) => refused(ReplyError::X11Error(error)),
    }
}
