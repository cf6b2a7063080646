//! Coloured rectangles on a display that no window manager moves: landmarks for a picture of it.

use crate::{Display, Result};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, Window, WindowClass};
use x11rb::rust_connection::RustConnection;

/// They go away with the value.
pub struct Patches {
    connection: RustConnection,
    root: Window,
}

impl Patches {
    /// None yet.
    ///
    /// # Errors
    /// If the display takes no connection.
    pub fn on(display: &Display) -> Result<Self> {
        let (connection, screen) = RustConnection::connect(Some(display.name()))?;
        let root = connection.setup().roots.get(screen).ok_or("no screen")?.root;
        Ok(Self { connection, root })
    }

    /// Adds one, above everything there is now. `colour` as 0x00RRGGBB.
    ///
    /// # Errors
    /// If the display refuses.
    pub fn add(&self, colour: u32, x: i16, y: i16, width: u16, height: u16) -> Result<()> {
        let id = self.connection.generate_id()?;
        let looks = CreateWindowAux::new().background_pixel(colour).border_pixel(0).override_redirect(1);
        let class = WindowClass::INPUT_OUTPUT;
        self.connection.create_window(0, id, self.root, x, y, width, height, 0, class, 0, &looks)?.check()?;
        self.connection.map_window(id)?.check()?;
        Ok(())
    }
}
