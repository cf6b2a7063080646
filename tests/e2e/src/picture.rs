//! Pictures of a screen, read from the server's memory and compared pixel by pixel.

use crate::Result;
use std::path::Path;

/// Pixels as 0x00RRGGBB.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<u32>,
}

impl Picture {
    /// Reads the XWD file that Xvfb keeps (format: XWDFile.h; header words are big-endian).
    pub fn of_xwd(bytes: &[u8]) -> Result<Self> {
        let word = |at: usize| {
            bytes
                .get(at * 4..at * 4 + 4)
                .and_then(|word| word.try_into().ok())
                .map(u32::from_be_bytes)
                .map(|word| word as usize)
        };
        let need = |at| word(at).ok_or("the frame buffer file is too short");
        let (header, width, height, stride, colours) = (need(0)?, need(4)?, need(5)?, need(12)?, need(19)?);
        let start = header + colours * 12;
        let rows = (0..height).map(|row| bytes.get(start + row * stride..start + row * stride + width * 4));
        let mut pixels = Vec::with_capacity(width * height);
        for row in rows {
            let row = row.ok_or("the frame buffer file is cut short")?;
            pixels.extend(row.chunks_exact(4).map(|pixel| u32::from_le_bytes([pixel[0], pixel[1], pixel[2], 0])));
        }
        Ok(Self { width, height, pixels })
    }

    pub fn at(&self, x: usize, y: usize) -> Option<u32> {
        if x < self.width { self.pixels.get(y * self.width + x).copied() } else { None }
    }

    /// Share of pixels that are the same in `other`, which starts at `x`, `y` of this one. 1 is all.
    pub fn share_equal(&self, other: &Self, x: usize, y: usize) -> f64 {
        let mut same = 0_usize;
        for row in 0..other.height {
            for column in 0..other.width {
                same += usize::from(self.at(x + column, y + row) == other.at(column, row));
            }
        }
        same as f64 / (other.width * other.height).max(1) as f64
    }

    /// How many pixels have this colour.
    pub fn count(&self, colour: u32) -> usize {
        self.pixels.iter().filter(|pixel| **pixel == colour).count()
    }

    pub fn save_png(&self, place: &Path) -> Result<()> {
        let mut encoder = png::Encoder::new(
            std::io::BufWriter::new(std::fs::File::create(place)?),
            self.width as u32,
            self.height as u32,
        );
        encoder.set_color(png::ColorType::Rgb);
        let bytes: Vec<u8> =
            self.pixels.iter().flat_map(|pixel| [(pixel >> 16) as u8, (pixel >> 8) as u8, *pixel as u8]).collect();
        encoder.write_header()?.write_image_data(&bytes)?;
        Ok(())
    }
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({}×{})", self.width, self.height)
    }
}
