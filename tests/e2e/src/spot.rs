//! One pixel of a display, looked at as often as one likes.

use crate::{Display, Result};
use std::fs::File;
use std::os::unix::fs::FileExt;

/// Where a pixel lies in the file behind a screen.
#[derive(Debug)]
pub struct Spot {
    file: File,
    at: u64,
}

impl Spot {
    /// # Errors
    /// If the display's file cannot be read, or the pixel lies beside the screen.
    pub fn on(display: &Display, x: u32, y: u32) -> Result<Self> {
        let file = File::open(display.frame_buffer())?;
        // Format: XWDFile.h; header words are big-endian.
        let word = |at: u64| -> Result<u32> {
            let mut bytes = [0; 4];
            file.read_exact_at(&mut bytes, at * 4)?;
            Ok(u32::from_be_bytes(bytes))
        };
        let (header, width, height, stride, colours) = (word(0)?, word(4)?, word(5)?, word(12)?, word(19)?);
        if x >= width || y >= height {
            return Err(format!("{x}, {y} is not on a screen of {width} × {height}").into());
        }
        let at = u64::from(header) + u64::from(colours) * 12 + u64::from(y) * u64::from(stride) + u64::from(x) * 4;
        Ok(Self { file, at })
    }

    /// As 0x00RRGGBB.
    ///
    /// # Errors
    /// If the display is gone.
    pub fn colour(&self) -> Result<u32> {
        let mut bytes = [0; 4];
        self.file.read_exact_at(&mut bytes, self.at)?;
        Ok(u32::from_le_bytes(bytes) & 0x00ff_ffff)
    }
}
