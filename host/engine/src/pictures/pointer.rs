//! The other side's pointer over its picture: its shape, whether it is there, and where.

use crate::surface::SurfaceSink;
use lotse_media::{Cursor, CursorPosition};

/// As it was told last. What makes no sense is passed over.
pub(super) struct Pointer {
    shape: Option<Cursor>,
    visible: bool,
    /// Where it was when the picture began, and whether it has moved since.
    first_at: Option<(i32, i32)>,
    moved: bool,
}

impl Pointer {
    pub(super) fn new() -> Self {
        Self { shape: None, visible: true, first_at: None, moved: false }
    }

    pub(super) fn on_shape(&mut self, body: &[u8], sink: &mut dyn SurfaceSink) {
        self.shape = Cursor::decode(body).ok();
        self.show(sink);
    }

    pub(super) fn on_position(&mut self, body: &[u8], sink: &mut dyn SurfaceSink) {
        let Ok(CursorPosition { x, y, visible }) = CursorPosition::decode(body) else { return };
        if std::mem::replace(&mut self.visible, visible) != visible {
            self.show(sink);
        }
        self.at(x, y, sink);
    }

    fn show(&self, sink: &mut dyn SurfaceSink) {
        sink.cursor(self.shape.as_ref().filter(|_| self.visible));
    }

    /// A pointer that nobody has moved yet tells nothing, and would only lie on the picture.
    fn at(&mut self, x: i32, y: i32, sink: &mut dyn SurfaceSink) {
        let first = *self.first_at.get_or_insert((x, y));
        self.moved |= first != (x, y);
        if self.moved {
            sink.cursor_at(x, y);
        }
    }
}
