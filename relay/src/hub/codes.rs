//! Nameplates: the five digits that find a session. No two alive are alike, and one that went out of use answers for a
//! while why it did.

use super::Random;
use lotse_protocol::control::SessionId;
use std::collections::{HashMap, VecDeque};

/// There are so many nameplates.
pub const NAMEPLATES: u32 = 100_000;
/// How long a nameplate that is out of use says why, and is not given out again, in milliseconds.
pub const RETIRED_MS: u64 = 60 * 60 * 1000;
/// Retired nameplates remembered; beyond, the oldest become free early so that drawing stays quick.
pub const RETIRED_MAX: usize = 20_000;
/// Nameplates alive at once. Well under all of them, since each is a tenth of a permille of a guess.
pub const ALIVE_MAX: usize = 20_000;
const _: () = assert!(RETIRED_MAX + ALIVE_MAX < NAMEPLATES as usize / 2);

/// Why a nameplate no longer leads anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retired {
    Expired,
    Used,
}

/// What a nameplate leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    Alive(SessionId),
    Retired(Retired),
    Unknown,
}

/// The book of nameplates.
#[derive(Debug, Default)]
pub struct Codes {
    alive: HashMap<u32, SessionId>,
    retired: HashMap<u32, Retired>,
    retired_order: VecDeque<(u64, u32)>,
}

impl Codes {
    /// Draws a free nameplate for `session`. `None` when too many are alive or there is no randomness.
    pub fn draw(&mut self, now_ms: u64, session: SessionId, random: &mut dyn Random) -> Option<u32> {
        self.forget_old(now_ms);
        if self.alive.len() >= ALIVE_MAX {
            return None;
        }
        // Less than half is taken, so this many draws all fail once in 2^64.
        for _ in 0..64 {
            let nameplate = below(NAMEPLATES, random)?;
            if !self.alive.contains_key(&nameplate) && !self.retired.contains_key(&nameplate) {
                self.alive.insert(nameplate, session);
                return Some(nameplate);
            }
        }
        None
    }

    /// Puts a nameplate of an earlier relay back into use. False when it, or the book, is taken.
    pub fn restore(&mut self, nameplate: u32, session: SessionId) -> bool {
        let free = nameplate < NAMEPLATES && !self.alive.contains_key(&nameplate) && self.alive.len() < ALIVE_MAX;
        if free {
            self.alive.insert(nameplate, session);
        }
        free
    }

    /// What `nameplate` leads to now.
    pub fn find(&mut self, now_ms: u64, nameplate: u32) -> Found {
        self.forget_old(now_ms);
        match (self.alive.get(&nameplate), self.retired.get(&nameplate)) {
            (Some(session), _) => Found::Alive(*session),
            (None, Some(why)) => Found::Retired(*why),
            (None, None) => Found::Unknown,
        }
    }

    /// Takes a nameplate out of use.
    pub fn retire(&mut self, now_ms: u64, nameplate: u32, why: Retired) {
        if self.alive.remove(&nameplate).is_none() {
            return;
        }
        self.retired.insert(nameplate, why);
        self.retired_order.push_back((now_ms + RETIRED_MS, nameplate));
        while self.retired_order.len() > RETIRED_MAX {
            self.forget_first();
        }
    }

    /// How many are alive.
    pub fn alive(&self) -> usize {
        self.alive.len()
    }

    fn forget_old(&mut self, now_ms: u64) {
        while self.retired_order.front().is_some_and(|(until_ms, _)| *until_ms <= now_ms) {
            self.forget_first();
        }
    }

    fn forget_first(&mut self) {
        if let Some((_, nameplate)) = self.retired_order.pop_front() {
            self.retired.remove(&nameplate);
        }
    }
}

/// A number below `bound`, each equally likely: what would favour the low ones is drawn again.
fn below(bound: u32, random: &mut dyn Random) -> Option<u32> {
    let fair = u32::MAX - u32::MAX % bound;
    loop {
        let mut bytes = [0; 4];
        if !random.fill(&mut bytes) {
            return None;
        }
        let number = u32::from_le_bytes(bytes);
        if number < fair {
            return Some(number % bound);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::hub::random::Seeded;
    use std::collections::HashSet;

    #[test]
    fn no_two_alive_are_alike_and_there_is_an_end() {
        let (mut codes, mut random) = (Codes::default(), Seeded(3));
        let mut seen = HashSet::new();
        for _ in 0..ALIVE_MAX {
            let nameplate = codes.draw(0, SessionId([0; 16]), &mut random).unwrap();
            assert!(nameplate < NAMEPLATES);
            assert!(seen.insert(nameplate));
        }
        assert_eq!(codes.draw(0, SessionId([0; 16]), &mut random), None);
    }

    #[test]
    fn a_retired_nameplate_says_why_and_later_is_free_again() {
        let (mut codes, mut random) = (Codes::default(), Seeded(4));
        let session = SessionId([1; 16]);
        let nameplate = codes.draw(0, session, &mut random).unwrap();
        assert_eq!(codes.find(0, nameplate), Found::Alive(session));
        codes.retire(5, nameplate, Retired::Used);
        codes.retire(6, nameplate, Retired::Expired);
        assert_eq!(codes.find(5, nameplate), Found::Retired(Retired::Used));
        assert_eq!(codes.find(5 + RETIRED_MS, nameplate), Found::Unknown);
    }

    #[test]
    fn retired_nameplates_are_bounded() {
        let (mut codes, mut random) = (Codes::default(), Seeded(5));
        for _ in 0..RETIRED_MAX + 10 {
            let nameplate = codes.draw(0, SessionId([0; 16]), &mut random).unwrap();
            codes.retire(0, nameplate, Retired::Expired);
        }
        assert_eq!((codes.retired.len(), codes.retired_order.len()), (RETIRED_MAX, RETIRED_MAX));
    }
}
