//! What both programs need of a window with the other side's picture in it: the room for the picture, where its native window
//! stands there, and a bar that hides in full screen. Which bar, and what may be done there, is each program's own.

mod area;
mod edge_bar;
mod finder;
mod panes;

pub use area::picture_area;
pub use edge_bar::{EDGE, EdgeBar};
pub use panes::Panes;

use lotse_engine::Value;
use lotse_engine::view::{Command, SurfaceInput, SurfaceView};

/// The surface's own control asks for something to be on or off.
#[must_use]
pub fn changed(surface: &SurfaceView, what: &str, on: bool) -> Command {
    asks(surface, what, Value::Flag(on))
}

/// The surface's own control asks for a size: the contract's `fit` or `actual`.
#[must_use]
pub fn scaled(surface: &SurfaceView, fit: bool) -> Command {
    asks(surface, "scale", Value::Text(if fit { "fit" } else { "actual" }.to_owned()))
}

fn asks(surface: &SurfaceView, what: &str, value: Value) -> Command {
    Command::Surface { surface: surface.id, input: SurfaceInput::Changed { what: vec![(what.to_owned(), value)] } }
}
