//! The pointer's place and shape.

use lotse_driver::{CursorView, Result};
use x11rb::protocol::xfixes::{ConnectionExt as _, CursorNotifyMask};
use x11rb::protocol::xinput::{ConnectionExt as _, EventMask, XIEventMask};
use x11rb::protocol::xproto::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

use crate::connection::{lost, refused};
use crate::displays::Area;

/// XInput's number for every pointer that moves the one on the screen.
const ALL_MASTER_DEVICES: u16 = 1;

/// The shape as it was last fetched.
#[derive(Debug, Default)]
pub struct Cursor {
    serial: u64,
    width: u16,
    height: u16,
    hot_x: u16,
    hot_y: u16,
    pixels: Vec<u8>,
    /// Where it is on the whole screen, and whether it is on this one at all.
    place: (i32, i32),
    here: bool,
    /// Whether the server's shape is ours.
    fresh: bool,
}

impl Cursor {
    /// Asks for an event whenever the shape changes.
    pub fn watch_shape(conn: &RustConnection, root: u32) -> Result<()> {
        conn.xfixes_select_cursor_input(root, CursorNotifyMask::DISPLAY_CURSOR)
            .map_err(|error| lost(&error))
            .map(|_| ())
    }

    /// Asks, or no longer asks, for an event whenever the pointer moves.
    pub fn watch_moves(conn: &RustConnection, root: u32, on: bool) -> Result<()> {
        conn.xinput_xi_query_version(2, 2).map_err(|error| lost(&error))?.reply().map_err(refused)?;
        let events = if on { XIEventMask::RAW_MOTION } else { XIEventMask::from(0_u32) };
        let mask = EventMask { deviceid: ALL_MASTER_DEVICES, mask: vec![events] };
        conn.xinput_xi_select_events(root, &[mask]).map_err(|error| lost(&error))?.check().map_err(refused)
    }

    /// The shape changed on the server.
    pub fn stale(&mut self) {
        self.fresh = false;
    }

    /// Asks the server for the place.
    pub fn find(&mut self, conn: &RustConnection, root: u32) -> Result<()> {
        let place = conn.query_pointer(root).map_err(|error| lost(&error))?.reply().map_err(refused)?;
        self.place = (place.root_x.into(), place.root_y.into());
        self.here = place.same_screen;
        Ok(())
    }

    /// The place as it was last found, and the shape, asked for if it changed.
    pub fn look(&mut self, conn: &RustConnection, area: Area) -> Result<CursorView<'_>> {
        if !self.fresh {
            self.fetch(conn)?;
        }
        let (x, y) = (self.place.0 - i32::from(area.x), self.place.1 - i32::from(area.y));
        let inside = (0..i32::from(area.width)).contains(&x) && (0..i32::from(area.height)).contains(&y);
        Ok(CursorView {
            x,
            y,
            visible: self.here && inside && self.width > 0,
            serial: self.serial,
            width: self.width.into(),
            height: self.height.into(),
            hot_x: self.hot_x.into(),
            hot_y: self.hot_y.into(),
            pixels: &self.pixels,
        })
    }

    fn fetch(&mut self, conn: &RustConnection) -> Result<()> {
        let image = conn.xfixes_get_cursor_image().map_err(|error| lost(&error))?.reply().map_err(refused)?;
        self.serial = image.cursor_serial.into();
        (self.width, self.height) = (image.width, image.height);
        (self.hot_x, self.hot_y) = (image.xhot, image.yhot);
        self.pixels.clear();
        self.pixels.extend(image.cursor_image.iter().flat_map(|argb| argb.to_le_bytes()));
        self.fresh = true;
        Ok(())
    }
}
