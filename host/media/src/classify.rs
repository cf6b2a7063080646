//! Telling photos and video from everything that people drew or typed.
//!
//! Drawn content repeats: neighbouring pixels are equal more often than not, and one colour (paper) dominates every
//! cell, even of dense antialiased text. Camera pixels hardly ever repeat, and even smooth photos have no colour that
//! dominates. Gradients of user interfaces have few colours a cell. The thresholds stand in the gaps measured between
//! pages, sheets and windows on one side and wallpapers, slides and video on the other.

use crate::{compare::colour, picture::PictureRef, rect::Rect};

/// Pixels below which a part is too small to be told by itself.
const SLIVER: u64 = 128;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Drawn,
    /// Too small to tell, without repetition: belongs to the photo beside it that changes along with it, if any.
    Sliver,
    /// Could be part of a smooth photo; is one where a photo or much of the same is around.
    Smooth,
    Photo,
}

/// What a cell (clipped, at most 16 × 16 pixels, not empty) looks like.
pub(crate) fn kind(picture: &PictureRef, rect: &Rect) -> Kind {
    let (left, top, right, bottom) = rect.spans();
    let (mut equal, mut pairs) = (0u32, 0u32);
    // Colours are counted in 512 slots: nearly as many as a cell can tell apart, and no allocation.
    let mut slots = [0u16; 512];
    let mut above: &[u8] = &[];
    for y in top..bottom {
        let row = picture.span(y, left, right);
        let mut former = u32::MAX;
        for pixel in row.chunks_exact(4) {
            let here = colour(pixel);
            slots[(here.wrapping_mul(0x9E37_79B1) >> 23) as usize] += 1;
            equal += u32::from(former == here);
            former = here;
        }
        for (pixel, up) in row.chunks_exact(4).zip(above.chunks_exact(4)) {
            equal += u32::from(colour(up) == colour(pixel));
        }
        pairs += ((row.len() + above.len()) / 4 - 1) as u32;
        above = row;
    }
    let area = rect.area();
    if area < SLIVER {
        return if equal * 4 < pairs { Kind::Sliver } else { Kind::Drawn };
    }
    let colours = slots.iter().filter(|&&count| count > 0).count() as u64;
    let most = slots.iter().copied().max().map_or(0, u64::from);
    if equal * 4 < pairs && colours * 3 > area && most * 5 < area {
        Kind::Photo
    } else if equal * 10 < pairs * 7 && colours * 8 > area && most * 10 < area * 3 {
        Kind::Smooth
    } else {
        Kind::Drawn
    }
}
