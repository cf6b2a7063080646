//! What a top-level window tells the window manager, and what is asked of it. Without one, nothing here has effect.

use crate::config::{Geometry, ViewerError};
use crate::painter::Screen;
use x11rb::connection::Connection;
use x11rb::properties::{WmHints, WmSizeHints, WmSizeHintsSpecification};
use x11rb::protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, PropMode, Window};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

x11rb::atom_manager! {
    /// Names from ICCCM and EWMH.
    pub(crate) Atoms: AtomsCookie {
        WM_PROTOCOLS,
        WM_DELETE_WINDOW,
        UTF8_STRING,
        _MOTIF_WM_HINTS,
        _NET_ACTIVE_WINDOW,
        _NET_SUPPORTING_WM_CHECK,
        _NET_WM_NAME,
        _NET_WM_PID,
        _NET_WM_STATE,
        _NET_WM_STATE_FULLSCREEN,
    }
}

/// Describes a window without decorations that wants the keyboard and stands where it says.
pub(crate) fn describe(
    connection: &RustConnection,
    atoms: &Atoms,
    window: Window,
    geometry: &Geometry,
    title: &str,
) -> Result<(), ViewerError> {
    let title = if title.is_empty() { "Lotse" } else { title };
    connection.change_property8(PropMode::REPLACE, window, AtomEnum::WM_NAME, AtomEnum::STRING, title.as_bytes())?;
    connection.change_property8(PropMode::REPLACE, window, atoms._NET_WM_NAME, atoms.UTF8_STRING, title.as_bytes())?;
    connection.change_property8(
        PropMode::REPLACE,
        window,
        AtomEnum::WM_CLASS,
        AtomEnum::STRING,
        b"lotse-viewer\0Lotse\0",
    )?;
    connection.change_property32(
        PropMode::REPLACE,
        window,
        atoms.WM_PROTOCOLS,
        AtomEnum::ATOM,
        &[atoms.WM_DELETE_WINDOW],
    )?;
    connection.change_property32(
        PropMode::REPLACE,
        window,
        atoms._NET_WM_PID,
        AtomEnum::CARDINAL,
        &[std::process::id()],
    )?;
    // Flags: only the decorations field counts; and there are none.
    connection.change_property32(
        PropMode::REPLACE,
        window,
        atoms._MOTIF_WM_HINTS,
        atoms._MOTIF_WM_HINTS,
        &[2, 0, 0, 0, 0],
    )?;
    let mut hints = WmHints::new();
    hints.input = Some(true);
    hints.set(connection, window)?;
    let by_user = WmSizeHintsSpecification::UserSpecified;
    let mut sizes = WmSizeHints::new();
    sizes.position = Some((by_user, geometry.x, geometry.y));
    sizes.size = Some((by_user, geometry.width as i32, geometry.height as i32));
    sizes.set_normal_hints(connection, window)?;
    Ok(())
}

/// Whether a window manager that speaks EWMH runs. Waits for the server once.
pub(crate) fn is_managed(connection: &RustConnection, atoms: &Atoms, root: Window) -> Result<bool, ViewerError> {
    let property =
        connection.get_property(false, root, atoms._NET_SUPPORTING_WM_CHECK, AtomEnum::WINDOW, 0, 1)?.reply()?;
    Ok(property.value32().and_then(|mut ids| ids.next()).is_some())
}

/// Asks for the whole screen, or for the former place.
pub(crate) fn set_full_screen(
    connection: &RustConnection,
    atoms: &Atoms,
    screen: &Screen,
    window: Window,
    on: bool,
) -> Result<(), ViewerError> {
    ask(connection, screen, window, atoms._NET_WM_STATE, [u32::from(on), atoms._NET_WM_STATE_FULLSCREEN, 0, 1, 0])
}

/// Asks for the keyboard.
pub(crate) fn activate(
    connection: &RustConnection,
    atoms: &Atoms,
    screen: &Screen,
    window: Window,
) -> Result<(), ViewerError> {
    ask(connection, screen, window, atoms._NET_ACTIVE_WINDOW, [1, x11rb::CURRENT_TIME, 0, 0, 0])
}

fn ask(
    connection: &RustConnection,
    screen: &Screen,
    window: Window,
    what: u32,
    data: [u32; 5],
) -> Result<(), ViewerError> {
    let message = ClientMessageEvent::new(32, window, what, data);
    let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
    connection.send_event(false, screen.root, mask, message)?;
    connection.flush()?;
    Ok(())
}
