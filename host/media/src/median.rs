//! Exact pixels of photos, predicted from their neighbours: for the refresh of what was lossy.
//!
//! Three planes (green, blue − green, red − green) of differences to the median edge detector of JPEG-LS (Weinberger,
//! Seroussi, Sapiro: "The LOCO-I lossless image compression algorithm", 2000), to be entropy-coded by whoever calls.

use crate::{
    picture::{PictureMut, PictureRef},
    rect::Rect,
};

/// The median edge detector on bytes.
#[inline]
fn predicted(left: u8, up: u8, corner: u8) -> u8 {
    let (low, high) = if left < up { (left, up) } else { (up, left) };
    if corner >= high {
        low
    } else if corner <= low {
        high
    } else {
        left.wrapping_add(up).wrapping_sub(corner)
    }
}

/// A row as three planes of `width` bytes one after another.
fn split(row: &[u8], planes: &mut [u8]) {
    let width = planes.len() / 3;
    let (green, chroma) = planes.split_at_mut(width);
    let (blue, red) = chroma.split_at_mut(width);
    for (((pixel, green), blue), red) in row.chunks_exact(4).zip(green).zip(blue).zip(red) {
        *green = pixel[1];
        *blue = pixel[0].wrapping_sub(pixel[1]);
        *red = pixel[2].wrapping_sub(pixel[1]);
    }
}

/// Appends the residuals of `rect` (clipped): 3 bytes a pixel, the planes of the whole rectangle one after another.
pub(crate) fn residuals(picture: &PictureRef, rect: &Rect, out: &mut Vec<u8>) {
    let (left, top, right, bottom) = rect.spans();
    let width = right - left;
    let area = width * (bottom - top);
    let start = out.len();
    out.resize(start + area * 3, 0);
    let (mut above, mut here) = (vec![0; width * 3], vec![0; width * 3]);
    for y in top..bottom {
        split(picture.span(y, left, right), &mut here);
        for (plane, (now, up)) in here.chunks_exact(width).zip(above.chunks_exact(width)).enumerate() {
            let at = start + plane * area + (y - top) * width;
            let target = &mut out[at..at + width];
            let (mut west, mut corner) = (up[0], up[0]);
            for ((target, &now), &up) in target.iter_mut().zip(now).zip(up) {
                *target = now.wrapping_sub(predicted(west, up, corner));
                (west, corner) = (now, up);
            }
        }
        std::mem::swap(&mut above, &mut here);
    }
}

/// Writes `rect` (clipped) from its residuals, of which there must be 3 bytes a pixel.
pub(crate) fn restore(residuals: &[u8], picture: &mut PictureMut, rect: &Rect) {
    let (left, top, right, bottom) = rect.spans();
    let width = right - left;
    let area = width * (bottom - top);
    let (mut above, mut here) = (vec![0; width * 3], vec![0; width * 3]);
    for y in top..bottom {
        for (plane, (now, up)) in here.chunks_exact_mut(width).zip(above.chunks_exact(width)).enumerate() {
            let at = plane * area + (y - top) * width;
            let (mut west, mut corner) = (up[0], up[0]);
            for ((now, &residual), &up) in now.iter_mut().zip(&residuals[at..at + width]).zip(up) {
                *now = residual.wrapping_add(predicted(west, up, corner));
                (west, corner) = (*now, up);
            }
        }
        let (green, chroma) = here.split_at(width);
        let (blue, red) = chroma.split_at(width);
        let row = picture.span_mut(y, left, right);
        for (((pixel, &green), &blue), &red) in row.chunks_exact_mut(4).zip(green).zip(blue).zip(red) {
            pixel.copy_from_slice(&[blue.wrapping_add(green), green, red.wrapping_add(green), 0]);
        }
        std::mem::swap(&mut above, &mut here);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{canvas::Canvas, compare::same_moved};

    #[test]
    fn residuals_give_the_pixels_back() {
        let mut canvas = Canvas::new(70, 50);
        let mut state = 1u32;
        for byte in canvas.view_mut().pixels.iter_mut() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = (state >> 24) as u8;
        }
        let rect = Rect::new(3, 4, 60, 40);
        let mut bytes = Vec::new();
        residuals(&canvas.view(), &rect, &mut bytes);
        let mut back = Canvas::new(70, 50);
        restore(&bytes, &mut back.view_mut(), &rect);
        assert!(same_moved(&canvas.view(), &back.view(), &rect, 0, 0));
    }
}
