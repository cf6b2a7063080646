//! What a packet's sections are made of: lists of rectangles, fills and copies, and pixels by rows.

use crate::{copies::CopyRect, picture::PictureRef, rect::Rect, wire};

/// Appends a list of rectangles.
pub(crate) fn put_rects(out: &mut Vec<u8>, rects: &[Rect]) {
    wire::put(out, rects.len() as u64);
    let mut former = Rect::default();
    for rect in rects {
        wire::put_rect(out, rect, &former);
        former = *rect;
    }
}

/// Appends solid rectangles, three bytes of colour each.
pub(crate) fn put_fills(out: &mut Vec<u8>, fills: &[(Rect, u32)]) {
    wire::put(out, fills.len() as u64);
    let mut former = Rect::default();
    for (rect, colour) in fills {
        wire::put_rect(out, rect, &former);
        out.extend_from_slice(&colour.to_le_bytes()[..3]);
        former = *rect;
    }
}

/// Appends what moves to where.
pub(crate) fn put_copies(out: &mut Vec<u8>, copies: &[CopyRect]) {
    wire::put(out, copies.len() as u64);
    let mut former = CopyRect { to: Rect::default(), dx: 0, dy: 0 };
    for copy in copies {
        wire::put_rect(out, &copy.to, &former.to);
        wire::put_signed(out, i64::from(copy.dx) - i64::from(former.dx));
        wire::put_signed(out, i64::from(copy.dy) - i64::from(former.dy));
        former = *copy;
    }
}

/// Appends the pixels of `rect` by rows, three bytes each.
pub(crate) fn pack_pixels(picture: &PictureRef, rect: &Rect, pixels: &mut Vec<u8>) {
    let (left, top, right, bottom) = rect.spans();
    for y in top..bottom {
        let start = pixels.len();
        pixels.resize(start + (right - left) * 3, 0);
        for (target, pixel) in pixels[start..].chunks_exact_mut(3).zip(picture.span(y, left, right).chunks_exact(4)) {
            target.copy_from_slice(&pixel[..3]);
        }
    }
}
