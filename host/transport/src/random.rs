//! Randomness in two kinds: secrets from the system, and a small seeded generator for what must be replayable.

use ring::rand::{SecureRandom, SystemRandom};

use crate::error::TransportError;

/// Fresh bytes from the operating system.
///
/// # Errors
/// [`TransportError::Randomness`] when the system has none to give.
pub(crate) fn system_bytes<const N: usize>() -> Result<[u8; N], TransportError> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| TransportError::Randomness)?;
    Ok(bytes)
}

/// SplitMix64: for nonces that only have to be fresh, and for tests that must replay.
#[derive(Clone, Debug)]
pub(crate) struct Seeded(u64);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    #[cfg(test)]
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next_u64() % limit.max(1) as u64) as usize
    }
}
