//! Acting as a pointer and keyboard on this computer.

use crate::DriverError;
use crate::ffi::{InputCalls, InputHandle};

/// Longest text of one call in bytes: longer ones go by clipboard or in pieces, so that one call cannot block for minutes.
const TEXT_BYTES_MAX: usize = 16 << 10;

/// An open pointer and keyboard. Dropping it lets go of every key and button it holds down.
#[derive(Debug)]
pub struct Input {
    handle: InputHandle,
}

impl Input {
    pub(crate) fn open(calls: InputCalls) -> Result<Self, DriverError> {
        Ok(Self { handle: calls.open()? })
    }

    /// Puts the pointer at a place within a display, in pixels; places outside become its edge.
    pub fn pointer(&mut self, display: u32, x: i32, y: i32) -> Result<(), DriverError> {
        self.handle.pointer(display, x, y)
    }

    /// `index`: 0 left, 1 middle, 2 right, 3 back, 4 forward.
    pub fn button(&mut self, index: u32, down: bool) -> Result<(), DriverError> {
        self.handle.button(index, down)
    }

    /// In clicks; to the right and down is positive.
    pub fn wheel(&mut self, dx: i32, dy: i32) -> Result<(), DriverError> {
        self.handle.wheel(dx, dy)
    }

    /// `code` is a Linux input event code (`KEY_A` is 30), whatever the layout.
    pub fn key(&mut self, code: u32, down: bool) -> Result<(), DriverError> {
        self.handle.key(code, down)
    }

    /// Enters text whatever the layout. What is beyond 16 KiB is left out.
    pub fn text(&mut self, text: &str) -> Result<(), DriverError> {
        let end = (0..=text.len().min(TEXT_BYTES_MAX)).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        self.handle.text(&text[..end])
    }

    /// Lets go of every key and button that this input holds down.
    pub fn release_all(&mut self) -> Result<(), DriverError> {
        self.handle.release_all()
    }
}
