//! Finds and loads native drivers and puts a safe, checked face on their C ABI.
//!
//! [`DriverSet`] takes every driver library from a verified folder; a driver that cannot be used becomes a [`DriverError`]
//! that says what to do and never stops the others. [`Capture`], [`Input`] and [`Clipboard`] believe nothing a driver says
//! without looking: damage is cut to the picture, counts and sizes have limits. Knows nothing of plugins, network or UI.
//! `ffi` is the only module with `unsafe`.

mod capture;
mod clipboard;
mod elf;
mod error;
mod ffi;
mod input;
mod set;
mod verify;

pub use capture::{Capture, CaptureDriver, Cursor, Display, Frame, Rect, Window};
pub use clipboard::{Clipboard, Formats, Image};
pub use error::{DriverError, DriverErrorKind};
pub use ffi::Waker;
pub use input::Input;
pub use set::{DriverInfo, DriverSet};
