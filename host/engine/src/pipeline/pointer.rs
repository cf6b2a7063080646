//! What the viewer knows of the pointer on this screen: it is told of its shape and its place when they change.

use super::outlet::Outlet;
use lotse_drivers::Capture;
use lotse_media::framing::Kind;
use lotse_media::{Cursor, CursorPosition};

/// What was told last.
#[derive(Default)]
pub(super) struct Pointer {
    /// The shape's number at the driver.
    serial: Option<u64>,
    /// Its place, and whether it is on the display.
    at: Option<(i32, i32, bool)>,
}

impl Pointer {
    /// Shape and place of the pointer, where the system tells.
    pub(super) fn tell(&mut self, capture: &mut Capture, outlet: &mut Outlet) {
        let Ok(cursor) = capture.cursor() else { return };
        let mut body = Vec::new();
        if self.serial != Some(cursor.serial) {
            self.serial = Some(cursor.serial);
            let shape = Cursor {
                width: cursor.width,
                height: cursor.height,
                hot_x: cursor.hot_x,
                hot_y: cursor.hot_y,
                pixels: cursor.pixels.to_vec(),
            };
            if shape.encode(&mut body).is_ok() {
                outlet.send(Kind::CursorShape, &body);
            }
        }
        let at = (cursor.x, cursor.y, cursor.visible);
        if self.at != Some(at) {
            self.at = Some(at);
            body.clear();
            CursorPosition { x: cursor.x, y: cursor.y, visible: cursor.visible }.encode(&mut body);
            outlet.send(Kind::CursorPosition, &body);
        }
    }

    /// What was told last may not have left.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}
