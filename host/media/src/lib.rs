//! Lotse's screen codec: what changed on a screen, in as few bytes and as little CPU time as possible.
//!
//! Pure computation: no network, no plugins, no display, no clock (time is an argument in microseconds). An
//! [`Encoder`] keeps the picture that the far side has and says in packets how to bring it up to date: copies of what
//! is there already, solid fills, exact pixels in one zstd stream that lives as long as the encoder, and photo-like
//! cells as lossy blocks that are sent again exactly once they rest. A [`Decoder`] is total and bounded: hostile
//! packets give a [`DecodeError`], after which it waits for a key packet.
//!
//! Beside the codec stand what carries it: [`framing`] of messages on a byte stream, [`pacing`] of frames by what the
//! link takes, and the [`Cursor`].

mod blocks;
mod canvas;
mod cells;
mod choose;
mod classify;
mod compare;
mod copies;
mod cursor;
mod damage;
mod dct;
mod decoder;
mod encoder;
mod error;
pub mod framing;
mod lossy;
mod median;
mod motion;
mod options;
pub mod pacing;
mod parts;
mod photo;
mod photo_cell;
mod picture;
mod pixel_stream;
mod planes;
mod predict;
mod quantizers;
mod range_coder;
mod rect;
mod report;
mod search;
mod sections;
mod sender;
mod wire;

pub use cursor::{CURSOR_SIDE_MAX, Cursor, CursorError, CursorPosition};
pub use damage::Damage;
pub use decoder::Decoder;
pub use encoder::Encoder;
pub use error::DecodeError;
pub use options::EncoderOptions;
pub use picture::{PictureMut, PictureRef, SIDE_MAX};
pub use rect::Rect;
pub use report::EncodeReport;
