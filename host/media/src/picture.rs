//! Pictures as callers hold them: rows of BGRX pixels (blue, green, red, one byte without meaning) with a stride.

/// Longest side of a picture in pixels. Eight 4K monitors abreast fit.
pub const SIDE_MAX: u32 = 32_768;
/// Most pixels of a picture: 8K UHD twice over. Keeps every size computed from a packet within 256 MiB.
pub(crate) const AREA_MAX: u64 = 64 << 20;

/// A picture to read from.
#[derive(Clone, Copy, Debug)]
pub struct PictureRef<'a> {
    pub width: u32,
    pub height: u32,
    /// Bytes from one row to the next.
    pub stride: usize,
    /// BGRX rows.
    pub pixels: &'a [u8],
}

/// A picture to write into.
#[derive(Debug)]
pub struct PictureMut<'a> {
    pub width: u32,
    pub height: u32,
    /// Bytes from one row to the next.
    pub stride: usize,
    /// BGRX rows.
    pub pixels: &'a mut [u8],
}

fn holds(width: u32, height: u32, stride: usize, bytes: usize) -> bool {
    let row = width as usize * 4;
    size_allowed(width, height)
        && stride >= row
        && (height as usize - 1)
            .checked_mul(stride)
            .and_then(|rows| rows.checked_add(row))
            .is_some_and(|end| end <= bytes)
}

/// Whether the codec takes pictures of this size at all.
pub(crate) fn size_allowed(width: u32, height: u32) -> bool {
    (1..=SIDE_MAX).contains(&width)
        && (1..=SIDE_MAX).contains(&height)
        && u64::from(width) * u64::from(height) <= AREA_MAX
}

impl<'a> PictureRef<'a> {
    /// Whether the pixels are really there and the size is one the codec takes.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        holds(self.width, self.height, self.stride, self.pixels.len())
    }

    /// Bytes of the pixels `left..right` of row `y`; all must lie inside.
    #[inline]
    pub(crate) fn span(&self, y: usize, left: usize, right: usize) -> &'a [u8] {
        &self.pixels[y * self.stride + left * 4..y * self.stride + right * 4]
    }
}

impl PictureMut<'_> {
    /// Whether the pixels are really there and the size is one the codec takes.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        holds(self.width, self.height, self.stride, self.pixels.len())
    }

    /// The same picture, to read from.
    #[must_use]
    pub fn as_ref(&self) -> PictureRef<'_> {
        PictureRef { width: self.width, height: self.height, stride: self.stride, pixels: self.pixels }
    }

    #[inline]
    pub(crate) fn span_mut(&mut self, y: usize, left: usize, right: usize) -> &mut [u8] {
        &mut self.pixels[y * self.stride + left * 4..y * self.stride + right * 4]
    }
}
