//! One window's own picture, wherever it lies and whatever lies over it.
//!
//! The Composite extension keeps a picture of the window with its frame, of which the window's own part is read; the screen
//! itself is never read for it, so what covers it is not shown. A window that is minimised has no picture: the last one
//! stands until it is back. Where the extension is missing no window can be captured.

use lotse_driver::{Error, Result};
use x11rb::connection::{Connection, RequestConnection};
use x11rb::errors::ReplyError;
use x11rb::protocol::Event;
use x11rb::protocol::composite::{self, ConnectionExt as _, Redirect};
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConnectionExt as _, EventMask, GetGeometryReply, MapState, Window as Id,
};
use x11rb::rust_connection::RustConnection;

use crate::connection::{lost, refused, refused_id};
use crate::displays::Area;
use crate::picture::Picture;

/// The extension's first version that names pictures.
const COMPOSITE: (u32, u32) = (0, 2);
/// Windows nest less deep than this.
const DEPTH_MAX: usize = 32;

/// A window that is captured.
#[derive(Debug)]
pub struct Window {
    id: Id,
    /// The child of the root that it is or lies in, and that has the picture.
    top: Id,
    pixmap: u32,
    /// Width and height of `top`: with another size it has another picture.
    outer: (u16, u16),
    /// What of the picture is the window's own.
    part: Area,
    place: Area,
    hidden: bool,
    /// The server has made another picture since.
    stale: bool,
}

/// Where a window is now.
struct Found {
    top: Id,
    outer: (u16, u16),
    part: Area,
    place: Area,
}

/// Whether the server keeps pictures of windows. Announces the version.
pub fn check(conn: &RustConnection) -> Result<()> {
    let lacks = || Error::unsupported("the X server cannot show single windows: it lacks the extension Composite");
    if conn.extension_information(composite::X11_EXTENSION_NAME).map_err(|error| lost(&error))?.is_none() {
        return Err(lacks());
    }
    let asked = conn.composite_query_version(COMPOSITE.0, COMPOSITE.1).map_err(|error| lost(&error))?;
    let version = asked.reply().map_err(refused)?;
    if (version.major_version, version.minor_version) < COMPOSITE { Err(lacks()) } else { Ok(()) }
}

/// There is no such window any more.
pub fn closed() -> Error {
    Error::gone("the window was closed")
}

/// A refusal about a window mostly means that it is gone.
fn gone(error: ReplyError) -> Error {
    match error {
        ReplyError::X11Error(_) => closed(),
        ReplyError::ConnectionError(error) => lost(&error),
    }
}

impl Window {
    /// Fails as gone if there is no such window, or if it cannot be seen now.
    pub fn open(conn: &RustConnection, root: Id, id: Id) -> Result<(Self, Picture)> {
        let none = Area { x: 0, y: 0, width: 0, height: 0 };
        let (top, pixmap, outer) = (x11rb::NONE, x11rb::NONE, (0, 0));
        let mut window = Self { id, top, pixmap, outer, part: none, place: none, hidden: true, stale: true };
        watch(conn, id)?;
        match window.follow(conn, root)? {
            Some(picture) => Ok((window, picture)),
            None => Err(Error::gone("the window is minimised: open it, and show it then")),
        }
    }

    pub fn is_hidden(&self) -> bool {
        self.hidden
    }

    /// On the root window.
    pub fn place(&self) -> Area {
        self.place
    }

    pub fn heard(&mut self, event: &Event) -> bool {
        let (window, anew) = match event {
            Event::MapNotify(event) => (event.window, true),
            Event::UnmapNotify(event) => (event.window, true),
            Event::ReparentNotify(event) => (event.window, true),
            Event::DestroyNotify(event) => (event.window, false),
            _ => return false,
        };
        let ours = window == self.id || window == self.top;
        self.stale |= ours && anew;
        ours
    }

    /// Looks where it is; a picture if there is another one to be read from now on.
    pub fn follow(&mut self, conn: &RustConnection, root: Id) -> Result<Option<Picture>> {
        let Some(found) = self.find(conn, root)? else {
            self.hidden = true;
            return Ok(None);
        };
        let Found { top, outer, part, place } = found;
        self.place = place;
        if !self.hidden && !self.stale && (top, outer, part) == (self.top, self.outer, self.part) {
            return Ok(None);
        }
        if top != self.top {
            if top != self.id {
                watch(conn, top)?;
            }
            conn.composite_redirect_window(top, Redirect::AUTOMATIC)
                .map_err(|error| lost(&error))?
                .check()
                .map_err(refused)?;
            self.top = top;
        }
        let pixmap = conn.generate_id().map_err(refused_id)?;
        let named = conn.composite_name_window_pixmap(top, pixmap).map_err(|error| lost(&error))?.check();
        if let Err(ReplyError::X11Error(_)) = named {
            // It went out of sight meanwhile, of which a notice is on its way.
            self.hidden = true;
            return Ok(None);
        }
        named.map_err(refused)?;
        let before = std::mem::replace(&mut self.pixmap, pixmap);
        if before != x11rb::NONE {
            conn.free_pixmap(before).map_err(|error| lost(&error))?;
        }
        (self.outer, self.part, self.hidden, self.stale) = (outer, part, false, false);
        Picture::of_pixmap(conn, pixmap, part).map(Some)
    }

    /// `None`: it is there and cannot be seen.
    fn find(&self, conn: &RustConnection, root: Id) -> Result<Option<Found>> {
        let attributes = conn.get_window_attributes(self.id).map_err(|error| lost(&error))?.reply().map_err(gone)?;
        if attributes.map_state != MapState::VIEWABLE {
            return Ok(None);
        }
        let own = geometry(conn, self.id)?;
        let top = top_of(conn, root, self.id)?;
        let frame = geometry(conn, top)?;
        check_pixels(conn, frame.depth)?;
        let inner = conn.translate_coordinates(self.id, top, 0, 0).map_err(|error| lost(&error))?;
        let outer = conn.translate_coordinates(self.id, root, 0, 0).map_err(|error| lost(&error))?;
        let (inner, outer) = (inner.reply().map_err(gone)?, outer.reply().map_err(gone)?);
        // A picture begins at the outer corner of the border.
        let border = frame.border_width;
        let at = |inner: i16| inner.saturating_add_unsigned(border).max(0);
        let (x, y) = (at(inner.dst_x), at(inner.dst_y));
        let rest = |size: u16, from: i16, own: u16| {
            let all = u32::from(size) + 2 * u32::from(border);
            let left = all.saturating_sub(u32::from(from.unsigned_abs())).min(own.into());
            u16::try_from(left).unwrap_or(u16::MAX)
        };
        let (width, height) = (rest(frame.width, x, own.width), rest(frame.height, y, own.height));
        let outer_size = (frame.width, frame.height);
        let part = Area { x, y, width, height };
        let place = Area { x: outer.dst_x, y: outer.dst_y, width, height };
        Ok((width > 0 && height > 0).then_some(Found { top, outer: outer_size, part, place }))
    }
}

fn watch(conn: &RustConnection, window: Id) -> Result<()> {
    let values = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
    let asked = conn.change_window_attributes(window, &values).map_err(|error| lost(&error))?;
    asked.check().map_err(gone)
}

fn geometry(conn: &RustConnection, window: Id) -> Result<GetGeometryReply> {
    conn.get_geometry(window).map_err(|error| lost(&error))?.reply().map_err(gone)
}

/// The child of the root that a window is or lies in.
fn top_of(conn: &RustConnection, root: Id, window: Id) -> Result<Id> {
    let mut window = window;
    for _ in 0..DEPTH_MAX {
        let parent = conn.query_tree(window).map_err(|error| lost(&error))?.reply().map_err(gone)?.parent;
        if parent == root || parent == x11rb::NONE {
            return Ok(window);
        }
        window = parent;
    }
    Err(Error::unsupported("the window lies too deep in others"))
}

/// Four bytes to the pixel; that blue is first was seen at the root window.
fn check_pixels(conn: &RustConnection, depth: u8) -> Result<()> {
    let format = conn.setup().pixmap_formats.iter().find(|format| format.depth == depth);
    if matches!(depth, 24 | 32) && format.is_some_and(|format| format.bits_per_pixel == 32) {
        return Ok(());
    }
    Err(Error::unsupported(format!("the window's pixels ({depth} bits) are not blue, green, red in four bytes")))
}
