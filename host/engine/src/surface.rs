//! Where pictures go on this side. The engine decodes into memory that the window owns, so that a damaged rectangle is
//! on the screen with one copy and without a repaint of anything else.

pub use lotse_media::{Cursor, PictureMut, Rect};

use crate::drawing::{PenCursor, Strokes};

/// A window's side of a surface. Called from the surface's own decoding thread.
pub trait SurfaceSink: Send {
    /// The picture has this size from now on; its content is undefined until drawn.
    fn resize(&mut self, width: u32, height: u32) -> Result<(), SinkError>;
    /// The picture's memory, to draw into. It keeps its content between calls.
    fn picture(&mut self) -> PictureMut<'_>;
    /// These rectangles were drawn: show them.
    fn present(&mut self, damage: &[Rect]) -> Result<(), SinkError>;
    /// The pointer of the other side has this shape now. `None`: hidden.
    fn cursor(&mut self, shape: Option<&Cursor>);
    /// The other side's pointer is here, in pixels of the picture.
    fn cursor_at(&mut self, x: i32, y: i32);
    /// The picture as presented so far contains the strokes with these looks: they are not to be drawn over it again.
    fn drawn(&mut self, _looks: &[u64]) {}
}

/// The window is gone or cannot show this.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the window cannot show the picture: {0}")]
pub struct SinkError(pub String);

/// Makes windows for surfaces; given to the engine by the program.
pub trait SurfaceHost: Send + Sync + 'static {
    /// A plugin opened a surface. `None`: this program shows no pictures.
    fn open(&self, surface: u64) -> Option<Box<dyn SurfaceSink>>;
    /// These strokes lie over the surface's picture from now on.
    fn draw(&self, _surface: u64, _strokes: Strokes) {}
    /// The person draws on the surface, with this pointer; `None`: no longer.
    fn grab(&self, _surface: u64, _cursor: Option<PenCursor>) {}
}
