//! A connection with a thread that waits for its events, and a way to end that thread.

use crate::error::DesktopError;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;

/// How often is looked for an event before a deadline: nobody feels a click come so much later.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// The first word of a message that only wakes.
const WAKE: u32 = 1;

/// A thread on a connection of its own. Dropping it ends the thread, and the connection with all it made.
pub(crate) struct Listener {
    connection: Arc<RustConnection>,
    /// Never shown; messages to it reach the thread.
    mailbox: Window,
    thread: Option<JoinHandle<()>>,
}

/// What the thread got.
pub(crate) enum Heard {
    Event(Event),
    /// Somebody has something to do for the thread, see [`wake`].
    Woken,
    Stop,
}

impl Listener {
    /// Runs `body` on a new thread. It must return soon after [`hear`] says [`Heard::Stop`].
    pub(crate) fn start(
        name: &str,
        connection: &Arc<RustConnection>,
        root: Window,
        body: impl FnOnce(Window) + Send + 'static,
    ) -> Result<Self, DesktopError> {
        let mailbox = connection.generate_id()?;
        let looks = CreateWindowAux::new().override_redirect(1);
        connection.create_window(0, mailbox, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &looks)?;
        connection.flush()?;
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || body(mailbox))?;
        Ok(Self { connection: Arc::clone(connection), mailbox, thread: Some(thread) })
    }
}

/// Waits for the next event.
pub(crate) fn hear(connection: &RustConnection, mailbox: Window) -> Result<Heard, DesktopError> {
    Ok(Heard::of(connection.wait_for_event()?, mailbox))
}

/// The next event if there is one already.
pub(crate) fn hear_now(connection: &RustConnection, mailbox: Window) -> Result<Option<Heard>, DesktopError> {
    Ok(connection.poll_for_event()?.map(|event| Heard::of(event, mailbox)))
}

/// Waits for the next event until the deadline. It looks instead of waiting for the socket: another thread that waits for an
/// answer on this connection may have taken the event from there.
pub(crate) fn hear_until(
    connection: &RustConnection,
    mailbox: Window,
    deadline: Instant,
) -> Result<Option<Heard>, DesktopError> {
    loop {
        let heard = hear_now(connection, mailbox)?;
        let rest = deadline.saturating_duration_since(Instant::now());
        if heard.is_some() || rest.is_zero() {
            return Ok(heard);
        }
        std::thread::sleep(rest.min(LOOK_AGAIN));
    }
}

/// Lets the thread behind a mailbox hear [`Heard::Woken`].
pub(crate) fn wake(connection: &RustConnection, mailbox: Window) -> Result<(), DesktopError> {
    let message = ClientMessageEvent::new(32, mailbox, mailbox, [WAKE, 0, 0, 0, 0]);
    connection.send_event(false, mailbox, EventMask::NO_EVENT, message)?;
    connection.flush()?;
    Ok(())
}

impl Heard {
    fn of(event: Event, mailbox: Window) -> Self {
        match event {
            Event::ClientMessage(message) if message.window == mailbox => {
                if message.data.as_data32().first() == Some(&WAKE) { Self::Woken } else { Self::Stop }
            }
            event => Self::Event(event),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let message = ClientMessageEvent::new(32, self.mailbox, self.mailbox, [0; 5]);
        // If the connection is broken, the thread has ended by that.
        let _ = self.connection.send_event(false, self.mailbox, EventMask::NO_EVENT, message);
        let _ = self.connection.flush();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
            && thread.join().is_err()
        {
            tracing::error!("a thread of the desktop had failed");
        }
    }
}
