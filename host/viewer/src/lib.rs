//! The rep's picture on X11, without a GPU on the way: a decoded rectangle is on the screen with one shared-memory put.
//! Knows the engine's traits and X11, nothing of egui. If its connection breaks, sinks answer with an error.
//!
//! ```text
//! let host = ViewerHost::new(ViewerConfig { bare: None, ..Default::default() }, Arc::new(|surface, input| ..))?; // Arc<ViewerHost>
//! Rep::start(.., host.clone() as Arc<dyn SurfaceHost>, ..)      // bare: Some("1920x1080+0+0".parse()?) = a window of its own
//! host.place(surface, Place { parent: x11_id, x, y, width, height, visible: true }); // embedded; pixels of the parent window;
//! host.set_options(surface, options);                           // ... before or after the engine opens it, each frame if you like
//! host.set_offset(surface, x, y);                               // 1:1: picture pixel at the area's corner (for scroll bars)
//! host.size_of(surface) -> Option<(u32, u32)>; host.offset_of(surface) -> (i32, i32); host.focus(surface); host.close(surface);
//! on_input(surface, SurfaceInput)                               // from the viewer's own thread; must not block
//! ```
//! Strokes (`SurfaceHost::draw`) lie over the picture until the picture contains them itself; while the rep draws (`grab`),
//! pointer and keys come as `SurfaceInput::Pen`. Until `set_options` says `interactive`, no pointer, key or text is sent; of an
//! embedded picture the keys are the parent's until then, so that nobody is trapped in it. `set_holes` lets open menus of the
//! parent be seen through the picture, `set_edges` gives the parent the pointer at its edge. Ctrl+Alt+Shift+F12 always frees
//! the keyboard: an embedded picture hands it to its parent until it is clicked or given the focus again. Every call is cheap,
//! from any thread, and does nothing when it changes nothing. `Closed` comes when a bare window is closed, or the display is
//! lost. A held key that writes nothing comes as `down: true` again and again; wheel clicks are positive downwards and to the
//! right.

mod canvas;
mod config;
mod hints;
mod host;
mod input;
mod keyboard;
mod layout;
mod painter;
mod pointer;
mod scale;
mod shared;
mod sink;
mod sys;
mod thread;
mod window;

pub use config::{Geometry, GeometryError, Place, ViewerConfig, ViewerError};
pub use host::{OnInput, ViewerHost};
