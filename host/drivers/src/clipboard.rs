//! The system's clipboard: text and images.

use std::time::Duration;

use lotse_driver::abi::{FORMAT_IMAGE, FORMAT_TEXT};

use crate::DriverError;
use crate::ffi::{ClipboardCalls, ClipboardHandle, Waker};

/// What the clipboard offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Formats {
    pub text: bool,
    pub image: bool,
}

/// An image: tight rows of red, green, blue, alpha.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
}

/// The clipboard. Belongs to one thread at a time; open a second one to wait in one thread and write in another. What it
/// wrote stays available to other programs while any `Clipboard` of this program is open.
#[derive(Debug)]
pub struct Clipboard {
    handle: ClipboardHandle,
}

impl Clipboard {
    pub(crate) fn open(calls: ClipboardCalls) -> Result<Self, DriverError> {
        Ok(Self { handle: calls.open()? })
    }

    /// What ends a wait from another thread.
    pub fn waker(&self) -> Waker {
        self.handle.waker.clone()
    }

    /// Waits until another program put something there; false when time passed or the waker was used. `None` waits for
    /// ever. What any `Clipboard` of this program wrote does not count.
    pub fn wait_changed(&mut self, timeout: Option<Duration>) -> Result<bool, DriverError> {
        self.handle.wait_changed(timeout)
    }

    /// What can be read now.
    pub fn formats(&mut self) -> Result<Formats, DriverError> {
        let formats = self.handle.formats()?;
        Ok(Formats { text: formats & FORMAT_TEXT != 0, image: formats & FORMAT_IMAGE != 0 })
    }

    /// The text there; unsupported when there is none.
    pub fn read_text(&mut self) -> Result<String, DriverError> {
        let (bytes, ..) = self.handle.read_text()?;
        String::from_utf8(bytes).map_err(|_| self.handle.nonsense("its text is not UTF-8"))
    }

    /// The image there; unsupported when there is none.
    pub fn read_image(&mut self) -> Result<Image, DriverError> {
        let (rgba, width, height) = self.handle.read_image()?;
        if u64::from(width) * u64::from(height) * 4 != rgba.len() as u64 {
            return Err(self.handle.nonsense("its image is not as large as it says"));
        }
        Ok(Image { width, height, rgba })
    }

    /// Offers a text to other programs.
    pub fn write_text(&mut self, text: &str) -> Result<(), DriverError> {
        self.handle.write_text(text)
    }

    /// Offers an image to other programs; `rgba` has `width * height * 4` bytes.
    pub fn write_image(&mut self, width: u32, height: u32, rgba: &[u8]) -> Result<(), DriverError> {
        self.handle.write_image(width, height, rgba)
    }
}
