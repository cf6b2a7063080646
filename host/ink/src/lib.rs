//! Strokes over a shared picture, turned into pixels: pure arithmetic, without a display, a clock or memory of its own.
//!
//! A [`Stroke`] is drawn at a scale into [`Spans`], runs of equally covered pixels. These are blended into pixels where there
//! is transparency ([`Spans::blend`]) and cut into rectangles where there is none ([`Spans::cut`]). A [`Sheet`] keeps all
//! strokes over one picture and knows what changed. Everything is total and bounded: what a stroke costs is known before it is drawn ([`Stroke::cost`]), and what lies outside is not drawn.
//!
//! There is no library for curves behind this: windows without a compositor are cut out of runs, which those do not give, and
//! every kilobyte of the customer's program is waited for.

mod outline;
mod raster;
mod region;
mod shape;
mod sheet;
mod spans;
mod words;

pub use raster::draw;
pub use region::{Rect, without};
pub use shape::{Point, Shape, Stroke};
pub use sheet::Sheet;
pub use spans::{Span, Spans};
pub use words::Font;
