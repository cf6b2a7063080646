//! The C ABI between Lotse and its native drivers: capture, input, clipboard.
//!
//! A driver is a shared library named `liblotse_driver_<name>.so` (`lotse_driver_<name>.dll`, `.dylib`) that exports one
//! symbol, [`ENTRY_SYMBOL`]: a function without arguments that returns a [`abi::DriverTable`]. Drivers are the operator's
//! own and never come with a plugin. [`abi`] states layout, ownership, threads and units, enough to write a driver in C.
//! A driver in Rust implements the safe traits of [`driver`] and calls [`export_driver!`]; `shim` turns those into the
//! C functions, keeps panics from crossing, and is the only module here with `unsafe` in it.

pub mod abi;
pub mod driver;
pub mod shim;
mod status;

pub use driver::{
    Absent, Capture, Clipboard, ClipboardFormats, CursorView, DisplayDescription, Driver, Error, FrameView, Image,
    Input, Result, Wake, WindowDescription,
};
pub use status::Status;

/// Changed when an older host could not use a newer driver or the other way round. Both must be equal.
pub const ABI_MAJOR: u16 = 1;
/// Raised when a table has grown at its end.
pub const ABI_MINOR: u16 = 1;
/// The one symbol of a driver, with C's terminating zero.
pub const ENTRY_SYMBOL: &[u8] = b"lotse_driver_entry\0";
/// What stands for "no time limit" in a `timeout_ms`.
pub const TIMEOUT_NONE: u32 = u32::MAX;
