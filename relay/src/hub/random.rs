//! Where the hub's chance comes from: the system in a relay, a seed in a simulation.

use ring::rand::{SecureRandom, SystemRandom};

/// A source of unpredictable bytes.
pub trait Random: Send + Sync {
    /// Fills `bytes`; false when the system has no randomness to give, and then nothing may be made of them.
    #[must_use]
    fn fill(&mut self, bytes: &mut [u8]) -> bool;
}

/// The operating system's.
pub struct System(SystemRandom);

impl Default for System {
    fn default() -> Self {
        Self(SystemRandom::new())
    }
}

impl Random for System {
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        self.0.fill(bytes).is_ok()
    }
}

/// A run of bytes that a seed decides. For simulations only.
#[cfg(test)]
pub struct Seeded(pub u64);

#[cfg(test)]
impl Seeded {
    /// Next number, by splitmix64.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.number() % bound.max(1)
    }
}

#[cfg(test)]
impl Random for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        for chunk in bytes.chunks_mut(8) {
            let word = self.number().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        true
    }
}
