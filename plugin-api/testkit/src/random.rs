//! Numbers from a seed, so that a run can be had again.

/// SplitMix64 (Steele, Lea and Flood, 2014): small, and good enough for latencies and names.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to `max`, both included.
    pub fn up_to(&mut self, max: u64) -> u64 {
        match max.checked_add(1) {
            Some(count) => self.draw() % count,
            None => self.draw(),
        }
    }

    pub fn fill(&mut self, bytes: &mut [u8]) {
        for some in bytes.chunks_mut(8) {
            let drawn = self.draw().to_le_bytes();
            some.iter_mut().zip(drawn).for_each(|(byte, drawn)| *byte = drawn);
        }
    }
}
