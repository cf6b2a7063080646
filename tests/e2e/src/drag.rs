//! A drag with the pointer, as a hand does it: pressed, moved in steps, let go.

use crate::{Display, Result};
use std::time::Duration;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConnectionExt as _, MOTION_NOTIFY_EVENT, Window,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// A drag is this many moves: one jump is no drag to a program that waits for a few pixels first.
const STEPS: i16 = 12;
const STEP: Duration = Duration::from_millis(25);

/// Drags on `display` with the left button, and rests before letting go, so that nothing is flung.
///
/// # Errors
/// If the display is gone.
pub fn drag(display: &Display, from: (i16, i16), to: (i16, i16)) -> Result<()> {
    let (connection, screen) = RustConnection::connect(Some(display.name()))?;
    let root = connection.setup().roots.get(screen).ok_or("no screen")?.root;
    act(&connection, root, MOTION_NOTIFY_EVENT, 0, from)?;
    std::thread::sleep(STEP * 4);
    act(&connection, root, BUTTON_PRESS_EVENT, 1, from)?;
    for step in 1..=STEPS {
        let at = |from: i16, to: i16| from + (to - from) / STEPS * step;
        act(&connection, root, MOTION_NOTIFY_EVENT, 0, (at(from.0, to.0), at(from.1, to.1)))?;
        std::thread::sleep(STEP);
    }
    std::thread::sleep(STEP * 8);
    act(&connection, root, BUTTON_RELEASE_EVENT, 1, to)
}

fn act(connection: &RustConnection, root: Window, kind: u8, button: u8, at: (i16, i16)) -> Result<()> {
    connection.xtest_fake_input(kind, button, 0, root, at.0, at.1, 0)?;
    connection.get_input_focus()?.reply()?;
    Ok(())
}
