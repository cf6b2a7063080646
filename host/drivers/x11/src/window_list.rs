//! The windows that people would name: those that a window manager lists, with title and program.

use lotse_driver::{Result, WindowDescription};
use x11rb::cookie::Cookie;
use x11rb::errors::{ConnectionError, ReplyError};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, GetPropertyReply, MapState, Window as Id, WindowClass};
use x11rb::rust_connection::RustConnection;

use crate::connection::{lost, refused};

/// More than anybody chooses among; the host takes no more either.
const WINDOWS_MAX: usize = 64;
/// Longest property that is read, in words of four bytes.
const WORDS_MAX: u32 = 256;

x11rb::atom_manager! {
    /// Names from EWMH.
    Atoms: AtomsCookie {
        _NET_CLIENT_LIST,
        _NET_WM_NAME,
        _NET_WM_PID,
        _NET_WM_WINDOW_TYPE,
        _NET_WM_WINDOW_TYPE_DESKTOP,
        _NET_WM_WINDOW_TYPE_DOCK,
    }
}

/// Those that can be seen, or would be if nothing covered them.
pub fn list(conn: &RustConnection, root: Id) -> Result<Vec<WindowDescription>> {
    let atoms = Atoms::new(conn).map_err(|error| lost(&error))?.reply().map_err(refused)?;
    let managed = property(conn, root, atoms._NET_CLIENT_LIST)?;
    let managed: Option<Vec<Id>> = managed.and_then(|list| list.value32().map(Iterator::collect));
    let all = match managed.filter(|list| !list.is_empty()) {
        Some(list) => list,
        None => conn.query_tree(root).map_err(|error| lost(&error))?.reply().map_err(refused)?.children,
    };
    let mut found = Vec::new();
    for window in all {
        if found.len() == WINDOWS_MAX {
            break;
        }
        found.extend(describe(conn, &atoms, root, window)?);
    }
    Ok(found)
}

/// What is there, or nothing if the window is gone meanwhile.
fn there<R>(asked: std::result::Result<Cookie<'_, RustConnection, R>, ConnectionError>) -> Result<Option<R>>
where
    R: x11rb::x11_utils::TryParse,
{
    match asked.map_err(|error| lost(&error))?.reply() {
        Ok(reply) => Ok(Some(reply)),
        Err(ReplyError::X11Error(_)) => Ok(None),
        Err(ReplyError::ConnectionError(error)) => Err(lost(&error)),
    }
}

fn property(conn: &RustConnection, window: Id, name: u32) -> Result<Option<GetPropertyReply>> {
    there(conn.get_property(false, window, name, AtomEnum::ANY, 0, WORDS_MAX))
}

fn describe(conn: &RustConnection, atoms: &Atoms, root: Id, window: Id) -> Result<Option<WindowDescription>> {
    let Some(attributes) = there(conn.get_window_attributes(window))? else { return Ok(None) };
    let named_by_people = !attributes.override_redirect && attributes.class == WindowClass::INPUT_OUTPUT;
    if !named_by_people || attributes.map_state != MapState::VIEWABLE {
        return Ok(None);
    }
    let kinds: Vec<u32> = property(conn, window, atoms._NET_WM_WINDOW_TYPE)?
        .and_then(|kinds| kinds.value32().map(Iterator::collect))
        .unwrap_or_default();
    if kinds.iter().any(|kind| [atoms._NET_WM_WINDOW_TYPE_DESKTOP, atoms._NET_WM_WINDOW_TYPE_DOCK].contains(kind)) {
        return Ok(None);
    }
    let (Some(size), Some(at)) =
        (there(conn.get_geometry(window))?, there(conn.translate_coordinates(window, root, 0, 0))?)
    else {
        return Ok(None);
    };
    let title = match text(conn, window, atoms._NET_WM_NAME)? {
        title if title.is_empty() => text(conn, window, AtomEnum::WM_NAME.into())?,
        title => title,
    };
    let class = text(conn, window, AtomEnum::WM_CLASS.into())?;
    // Two names, each with a zero behind it; the second is the program's.
    let program = class.split('\0').nth(1).unwrap_or_default().to_owned();
    let process = property(conn, window, atoms._NET_WM_PID)?.and_then(|it| it.value32()?.next()).unwrap_or(0);
    if title.is_empty() && program.is_empty() {
        return Ok(None);
    }
    Ok(Some(WindowDescription {
        id: window.into(),
        process,
        x: at.dst_x.into(),
        y: at.dst_y.into(),
        width: size.width.into(),
        height: size.height.into(),
        title,
        program,
    }))
}

fn text(conn: &RustConnection, window: Id, name: u32) -> Result<String> {
    let value = property(conn, window, name)?.map(|it| it.value).unwrap_or_default();
    Ok(String::from_utf8_lossy(&value).into_owned())
}
