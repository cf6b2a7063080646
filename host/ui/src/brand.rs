//! The programs' icon, drawn instead of carried: a pilot's compass needle on harbour blue.

use crate::tokens::{LIGHT, mix};
use egui::{Color32, IconData};

const SIDE: u32 = 64;

/// 64×64, with transparent corners.
#[must_use]
pub fn icon() -> IconData {
    let mut rgba = Vec::with_capacity((SIDE * SIDE * 4) as usize);
    for y in 0..SIDE {
        for x in 0..SIDE {
            rgba.extend(pixel(x, y));
        }
    }
    IconData { rgba, width: SIDE, height: SIDE }
}

/// Four by four samples, so that edges are smooth.
fn pixel(x: u32, y: u32) -> [u8; 4] {
    let mut sum = [0_u32; 4];
    for step in 0..16 {
        let at = |base: u32, sub: u32| (base as f32 + (sub as f32 + 0.5) / 4.0) / SIDE as f32 * 2.0 - 1.0;
        let colour = sample(at(x, step % 4), at(y, step / 4)).map_or([0; 4], |colour| colour.to_array());
        for (total, part) in sum.iter_mut().zip(colour) {
            *total += u32::from(part);
        }
    }
    let [r, g, b, a] = sum.map(|total| total / 16);
    // Colours were weighted by coverage; undo it, since alpha is separate here.
    let whole = |channel: u32| (channel * 255).checked_div(a).map_or(0, |whole| whole.min(255) as u8);
    [whole(r), whole(g), whole(b), a as u8]
}

/// Colour at a point of the square from -1 to 1.
fn sample(x: f32, y: f32) -> Option<Color32> {
    let corner = (x.abs() - 0.56).max(0.0).hypot((y.abs() - 0.56).max(0.0));
    if corner > 0.4 {
        return None;
    }
    // The needle leans to the north-east; its halves have two colours.
    let (along, across) = ((x - y) * 0.707, (x + y) * 0.707);
    let width = 0.24 * (1.0 - along.abs() / 0.78);
    if along.abs() < 0.78 && across.abs() < width {
        return Some(if along > 0.0 { Color32::WHITE } else { mix(LIGHT.accent, Color32::WHITE, 0.45) });
    }
    Some(LIGHT.accent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_a_ground_a_needle_and_clear_corners() {
        let icon = icon();
        let at = |x: u32, y: u32| &icon.rgba[((y * SIDE + x) * 4) as usize..][..4];
        assert_eq!(icon.rgba.len(), 64 * 64 * 4);
        assert_eq!(at(0, 0)[3], 0);
        assert_eq!(at(32, 4), LIGHT.accent.to_array());
        assert_eq!(at(40, 24), [255, 255, 255, 255]);
    }
}
