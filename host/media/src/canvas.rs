//! A picture of the codec's own, without padding between its rows.

use crate::{
    picture::{PictureMut, PictureRef},
    rect::Rect,
};

/// Owned BGRX pixels.
#[derive(Default)]
pub(crate) struct Canvas {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Canvas {
    pub(crate) fn new(width: u32, height: u32) -> Self {
        Self { width, height, pixels: vec![0; width as usize * height as usize * 4] }
    }

    pub(crate) fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    pub(crate) fn view(&self) -> PictureRef<'_> {
        PictureRef { width: self.width, height: self.height, stride: self.width as usize * 4, pixels: &self.pixels }
    }

    pub(crate) fn view_mut(&mut self) -> PictureMut<'_> {
        PictureMut { width: self.width, height: self.height, stride: self.width as usize * 4, pixels: &mut self.pixels }
    }

    /// Takes over the pixels of `rect` (inside both) from a picture of the same size.
    pub(crate) fn take_rect(&mut self, from: &PictureRef, rect: &Rect) {
        let (left, top, right, bottom) = rect.spans();
        let mut own = self.view_mut();
        for y in top..bottom {
            own.span_mut(y, left, right).copy_from_slice(from.span(y, left, right));
        }
    }
}
