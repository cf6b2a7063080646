//! Telling photos and video from everything that people drew or typed.
//!
//! Drawn content repeats: neighbouring pixels are equal more often than not, even in dense antialiased text. Camera
//! pixels hardly ever are. Gradients of user interfaces have few colours a cell. Only cells that fail both tests may
//! become lossy; a cell of which too little changed to tell goes by its neighbours.

use crate::{compare::colour, picture::PictureRef, rect::Rect};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Drawn,
    /// Could be part of a photo; is one if a photo is next to it.
    Unclear,
    Photo,
}

/// What a cell (clipped, at most 16 × 16 pixels, not empty) looks like.
pub(crate) fn kind(picture: &PictureRef, rect: &Rect) -> Kind {
    let (left, top, right, bottom) = rect.spans();
    let mut equal = 0;
    let mut pairs = 0;
    // Colours are counted in 512 slots: as many as a cell can tell apart reliably, and no allocation.
    let mut slots = [0u64; 8];
    let mut above: &[u8] = &[];
    for y in top..bottom {
        let row = picture.span(y, left, right);
        let mut former = None;
        for (x, pixel) in row.chunks_exact(4).enumerate() {
            let here = colour(pixel);
            let slot = here.wrapping_mul(0x9E37_79B1) >> 23;
            slots[slot as usize >> 6] |= 1 << (slot & 63);
            if let Some(former) = former {
                pairs += 1;
                equal += u32::from(former == here);
            }
            if let Some(up) = above.get(x * 4..x * 4 + 4) {
                pairs += 1;
                equal += u32::from(colour(up) == here);
            }
            former = Some(here);
        }
        above = row;
    }
    let colours: u32 = slots.iter().map(|slots| slots.count_ones()).sum();
    let area = rect.area() as u32;
    if area < 32 {
        return if equal * 4 < pairs { Kind::Unclear } else { Kind::Drawn };
    }
    // In shares: under a quarter of the pairs equal and more than a third as many colours as pixels.
    if equal * 4 < pairs && colours * 3 > area {
        Kind::Photo
    } else if equal * 2 < pairs && colours * 8 > area {
        Kind::Unclear
    } else {
        Kind::Drawn
    }
}
