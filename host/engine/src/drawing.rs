//! Where strokes go on this side: over pictures of the other side ([`SurfaceHost`](crate::surface::SurfaceHost)), and over
//! this computer's own screen while it is shared ([`DrawingHost`]). The engine says what lies there; windows draw it.

pub use lotse_ink::Stroke;

use std::sync::Arc;

/// One stroke as it lies, with the layer that it is on: both together are what it is called.
#[derive(Debug, Clone)]
pub struct Laid {
    pub layer: u64,
    pub stroke: Arc<Stroke>,
}

/// All strokes over a picture, the lowest first. What did not change is the same `Arc` as before.
pub type Strokes = Arc<[Laid]>;

/// What the pointer looks like while the person draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PenCursor {
    Pen,
    Text,
    Cross,
    Arrow,
}

impl PenCursor {
    /// Its glyph in the font `cursor` of X11, which each display has. The mask is the one behind it.
    #[must_use]
    pub fn x11_glyph(self) -> u16 {
        match self {
            Self::Pen => 86,
            Self::Text => 152,
            Self::Cross => 34,
            Self::Arrow => 68,
        }
    }
}

/// What a person does who draws, in pixels of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PenInput {
    /// Buttons as in [`SurfaceInput::Pointer`](crate::view::SurfaceInput).
    Pointer { x: i32, y: i32, buttons: u32 },
    /// Also line feeds, backspaces (U+0008) and [undo](Self::UNDO).
    Text { entered: String },
    /// Escape: the pointer is given back.
    Left,
}

impl PenInput {
    /// Ctrl+Z.
    pub const UNDO: &str = "\u{1a}";
}

/// What an overlay tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OverlayEvent {
    /// Strokes with these looks lie on the screen now, and no others: whatever is captured from here on contains them.
    Shown(Vec<u64>),
    Pen(PenInput),
}

/// Called on the overlays' own thread: must not block.
pub type OnOverlay = Arc<dyn Fn(OverlayEvent) + Send + Sync>;

/// Makes overlays over this computer's own screen; given to the engine by the program.
pub trait DrawingHost: Send + Sync + 'static {
    /// Over the display that lies there, in pixels of the whole desktop. `None`: nothing can be drawn here.
    fn open(&self, x: i32, y: i32, width: u32, height: u32, told: OnOverlay) -> Option<Box<dyn Overlay>>;
    /// Over one window, by the capture driver's number for it, wherever it moves. `None`: as above.
    fn open_window(&self, window: u64, told: OnOverlay) -> Option<Box<dyn Overlay>>;
}

/// Strokes over one display or window. Returns at once; dropping it takes them away.
pub trait Overlay: Send + Sync {
    /// These lie there from now on.
    fn show(&self, strokes: Strokes);
    /// The person draws, with this pointer; `None`: no longer.
    fn grab(&self, cursor: Option<PenCursor>);
}
