//! What the API remembers between requests: who came with wrong tokens, and how much each token has asked for.

use crate::hub::{AddressKey, Slowdown};
use crate::store::api::API_TOKENS_MAX;
use parking_lot::Mutex;
use std::collections::HashMap;

/// Wrong tokens from one address that cost nothing: a script with an old one.
const WRONG_FREE: u32 = 10;
/// Addresses that are remembered.
const ADDRESSES_MAX: usize = 10_000;
/// Requests of one token at once, and a second in the long run.
const BURST: u64 = 120;
const PER_SECOND: u64 = 20;
/// Tokens that are remembered; twice as many as there can be, for some are revoked meanwhile.
const BUCKETS_MAX: usize = 2_000;
const _: () = assert!(BUCKETS_MAX as i64 >= 2 * API_TOKENS_MAX);

/// Shared by all connections.
pub struct Desk {
    wrong: Mutex<Slowdown<AddressKey>>,
    buckets: Mutex<HashMap<i64, Bucket>>,
}

impl Default for Desk {
    fn default() -> Self {
        Self { wrong: Mutex::new(Slowdown::new(WRONG_FREE, ADDRESSES_MAX)), buckets: Mutex::default() }
    }
}

impl Desk {
    /// Whether this address may try a token now; the error is the wait in seconds.
    pub fn may_try(&self, now_ms: u64, address: AddressKey) -> Result<(), u64> {
        self.wrong.lock().check(now_ms, &address).map_err(|wait_ms| wait_ms.div_ceil(1000))
    }

    /// Counts a wrong token.
    pub fn was_wrong(&self, now_ms: u64, address: AddressKey) {
        self.wrong.lock().fail(now_ms, &address);
    }

    /// Takes one request of a token's; the error is the wait in seconds.
    pub fn take(&self, now_ms: u64, token: i64) -> Result<(), u64> {
        let mut buckets = self.buckets.lock();
        if buckets.len() >= BUCKETS_MAX {
            // Those that are full again say nothing.
            buckets.retain(|_, bucket| !bucket.is_full(now_ms));
        }
        buckets.entry(token).or_insert_with(|| Bucket::full(now_ms)).take(now_ms)
    }
}

/// In thousandths of a request.
struct Bucket {
    level: u64,
    at_ms: u64,
}

impl Bucket {
    fn full(now_ms: u64) -> Self {
        Self { level: BURST * 1000, at_ms: now_ms }
    }

    fn level(&self, now_ms: u64) -> u64 {
        let gained = now_ms.saturating_sub(self.at_ms).saturating_mul(PER_SECOND);
        self.level.saturating_add(gained).min(BURST * 1000)
    }

    fn is_full(&self, now_ms: u64) -> bool {
        self.level(now_ms) >= BURST * 1000
    }

    fn take(&mut self, now_ms: u64) -> Result<(), u64> {
        let level = self.level(now_ms);
        self.at_ms = now_ms;
        match level.checked_sub(1000) {
            Some(left) => {
                self.level = left;
                Ok(())
            }
            None => {
                self.level = level;
                Err((1000 - level).div_ceil(1000 * PER_SECOND).max(1))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::net::IpAddr;

    #[test]
    fn a_flood_is_refused_and_a_steady_script_is_not() {
        let desk = Desk::default();
        let taken = (0..2 * BURST).filter(|_| desk.take(0, 1).is_ok()).count();
        assert_eq!(taken as u64, BURST);
        assert_eq!(desk.take(0, 1), Err(1));
        assert_eq!(desk.take(0, 2), Ok(()), "another token has its own");
        assert_eq!(desk.take(1000, 1), Ok(()));
        assert!((0..1000).all(|at| desk.take(2000 + at * 1000 / PER_SECOND, 3).is_ok()));
    }

    #[test]
    fn who_comes_with_wrong_tokens_waits() {
        let desk = Desk::default();
        let address = AddressKey::from("192.0.2.1".parse::<IpAddr>().unwrap());
        for _ in 0..=WRONG_FREE {
            assert_eq!(desk.may_try(0, address), Ok(()));
            desk.was_wrong(0, address);
        }
        assert_eq!(desk.may_try(0, address), Err(1));
        assert_eq!(desk.may_try(1000, address), Ok(()));
    }
}
