//! How coarsely the differences of lossy blocks are told: brightness finer than colour.
//!
//! Made out of the one byte that a packet says of it, and so the same on both sides.

use crate::dct::Quantizer;

/// Steps are told in halves of a sample value, in one byte.
pub(crate) const STEP_UNIT: f32 = 0.5;
/// Colour is seen less sharply than brightness.
const COLOUR_STEP: f32 = 1.3;
const COLOUR_SLOPE: f32 = 2.0;
const LIGHT_SLOPE: f32 = 0.6;

/// The quantizers of one packet.
pub(crate) struct Quantizers {
    light: Quantizer,
    colour: Quantizer,
}

impl Quantizers {
    pub(crate) fn new(step: u8) -> Self {
        let step = f32::from(step.max(1)) * STEP_UNIT;
        Self { light: Quantizer::new(step, LIGHT_SLOPE), colour: Quantizer::new(step * COLOUR_STEP, COLOUR_SLOPE) }
    }

    pub(crate) fn of(&self, block: usize) -> &Quantizer {
        if block < 4 { &self.light } else { &self.colour }
    }
}
