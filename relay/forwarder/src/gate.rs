//! How often strangers get an answer: UNBOUND is sent to whoever sends data, so it must neither flood nor be made to.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::SocketAddr;
use std::time::Duration;

/// Answers to one address.
const GAP: Duration = Duration::from_millis(100);
/// Answers to all: after a restart with thousands of sessions each end is told within a second or so.
const PER_SECOND: u32 = 20_000;
/// Addresses remembered; two in one place share it, which only delays an answer by a gap.
const PLACES: usize = 4096;

#[derive(Debug)]
pub(crate) struct Gate {
    hasher: RandomState,
    /// When the last answer went out, by hash of the address.
    answered: Vec<Option<Duration>>,
    second: u64,
    count: u32,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self { hasher: RandomState::new(), answered: vec![None; PLACES], second: 0, count: 0 }
    }

    /// Whether a stranger at `address` may be answered now.
    pub(crate) fn admits(&mut self, now: Duration, address: SocketAddr) -> bool {
        if self.second != now.as_secs() {
            self.second = now.as_secs();
            self.count = 0;
        }
        let place = (self.hasher.hash_one(address) % PLACES as u64) as usize;
        let recent = self.answered[place].is_some_and(|last| now.saturating_sub(last) < GAP);
        if recent || self.count >= PER_SECOND {
            return false;
        }
        self.count += 1;
        self.answered[place] = Some(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_gets_ten_answers_a_second() {
        let mut gate = Gate::new();
        let stranger = ([192, 0, 2, 1], 7).into();
        let admitted = (0..1000).filter(|ms| gate.admits(Duration::from_millis(*ms), stranger)).count();
        assert_eq!(admitted, 10);
    }

    #[test]
    fn all_strangers_together_are_bounded() {
        let mut gate = Gate::new();
        let admitted = (0..60_000u32)
            .flat_map(|ip| [(ip, 1u16), (ip, 2)])
            .filter(|(ip, port)| {
                gate.admits(Duration::from_millis(u64::from(ip / 60)), (ip.to_be_bytes(), *port).into())
            })
            .count();
        assert!(admitted <= PER_SECOND as usize && admitted > 1000, "{admitted}");
    }
}
