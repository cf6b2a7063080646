//! Locks whoever is wrong too often within a while. Pure: time is milliseconds since the relay's start.
//!
//! An attempt is counted before its outcome is known, so that a thousand at once are no thousand free ones; the last one
//! that is allowed holds up all others until it is known, or until nobody can be waiting for it any more. The table is bounded: when it is full, the entry that would be
//! forgotten next goes first.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

/// An attempt that is not decided after so long never will be: its connection is gone.
const UNDER_WAY_MS: u64 = 60_000;

/// So many attempts in that time, and then none for that time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub wrong_max: u32,
    pub window_ms: u64,
    pub lock_ms: u64,
}

/// Attempts by key.
#[derive(Debug)]
pub(super) struct Lockout<K> {
    bounds: Bounds,
    entries_max: usize,
    entries: HashMap<K, Entry>,
    by_age: BTreeSet<(u64, K)>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    wrong: u32,
    locked: bool,
    /// When the last attempt was counted.
    counted_ms: u64,
    /// When its window or its lock is over.
    over_ms: u64,
}

impl<K: Clone + Eq + Hash + Ord> Lockout<K> {
    pub fn new(bounds: Bounds, entries_max: usize) -> Self {
        Self { bounds, entries_max: entries_max.max(1), entries: HashMap::new(), by_age: BTreeSet::new() }
    }

    /// Whether `key` may try now. The error is the wait in milliseconds.
    pub fn check(&mut self, now_ms: u64, key: &K) -> Result<(), u64> {
        self.forget_old(now_ms);
        match self.entries.get(key) {
            Some(Entry { locked: true, over_ms, .. }) => Err(over_ms.saturating_sub(now_ms)),
            // It hangs on an attempt that is under way.
            Some(Entry { wrong, counted_ms, .. })
                if *wrong >= self.bounds.wrong_max && now_ms.saturating_sub(*counted_ms) < UNDER_WAY_MS =>
            {
                Err(self.bounds.lock_ms)
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Counts an attempt whose outcome is not known.
    pub fn count(&mut self, now_ms: u64, key: &K) {
        self.forget_old(now_ms);
        let entry = match self.entries.get(key) {
            Some(entry) => Entry { wrong: entry.wrong.saturating_add(1), counted_ms: now_ms, ..*entry },
            None => {
                let over_ms = now_ms.saturating_add(self.bounds.window_ms);
                Entry { wrong: 1, locked: false, counted_ms: now_ms, over_ms }
            }
        };
        self.put(key, entry);
    }

    /// It was none.
    pub fn take_back(&mut self, key: &K) {
        if let Some(entry) = self.entries.get_mut(key)
            && !entry.locked
        {
            entry.wrong = entry.wrong.saturating_sub(1);
            if entry.wrong == 0 {
                self.clear(key);
            }
        }
    }

    /// It was wrong. True: it was one too many, and `key` is locked from now on.
    pub fn was_wrong(&mut self, now_ms: u64, key: &K) -> bool {
        let full = self.entries.get(key).is_some_and(|entry| !entry.locked && entry.wrong >= self.bounds.wrong_max);
        if full {
            let over_ms = now_ms.saturating_add(self.bounds.lock_ms);
            self.put(key, Entry { wrong: 0, locked: true, counted_ms: now_ms, over_ms });
        }
        full
    }

    /// Forgets all of a key's attempts and its lock.
    pub fn clear(&mut self, key: &K) {
        if let Some(entry) = self.entries.remove(key) {
            self.by_age.remove(&(entry.over_ms, key.clone()));
        }
    }

    fn put(&mut self, key: &K, entry: Entry) {
        self.clear(key);
        if self.entries.len() >= self.entries_max
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.entries.remove(&oldest);
        }
        self.by_age.insert((entry.over_ms, key.clone()));
        self.entries.insert(key.clone(), entry);
    }

    fn forget_old(&mut self, now_ms: u64) {
        while let Some((over_ms, _)) = self.by_age.first()
            && *over_ms <= now_ms
            && let Some((_, key)) = self.by_age.pop_first()
        {
            self.entries.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { wrong_max: 3, window_ms: 1000, lock_ms: 500 };

    fn wrong(lockout: &mut Lockout<u32>, now_ms: u64, key: u32) -> bool {
        assert_eq!(lockout.check(now_ms, &key), Ok(()), "at {now_ms}");
        lockout.count(now_ms, &key);
        lockout.was_wrong(now_ms, &key)
    }

    #[test]
    fn s4_too_many_within_the_window_lock_for_a_while_and_nobody_else() {
        let mut lockout = Lockout::new(BOUNDS, 10);
        assert_eq!([0, 10, 20].map(|now_ms| wrong(&mut lockout, now_ms, 1)), [false, false, true]);
        assert_eq!((lockout.check(20, &1), lockout.check(519, &1)), (Err(500), Err(1)));
        assert_eq!((lockout.check(20, &2), lockout.check(520, &1)), (Ok(()), Ok(())));
        assert!(!wrong(&mut lockout, 520, 1), "and begins anew");
    }

    #[test]
    fn s4_wrong_ones_are_forgotten_with_their_window() {
        let mut lockout = Lockout::new(BOUNDS, 10);
        for round in 0..5 {
            let begins = round * 1000;
            assert!(!wrong(&mut lockout, begins, 1) && !wrong(&mut lockout, begins + 999, 1));
        }
    }

    #[test]
    fn s4_many_at_once_are_no_more_than_one_after_another() {
        let mut lockout = Lockout::new(BOUNDS, 10);
        let allowed = (0..100).filter(|_| lockout.check(0, &1).is_ok().then(|| lockout.count(0, &1)).is_some()).count();
        assert_eq!(allowed, 3);
        lockout.take_back(&1);
        assert_eq!(lockout.check(0, &1), Ok(()), "one of them was right");
        lockout.clear(&1);
        assert!(lockout.entries.is_empty() && lockout.by_age.is_empty());
    }

    /// Whoever hangs up in the middle of the last attempt must not hold an ID up for good, nor get around its lock.
    #[test]
    fn s4_an_attempt_that_is_never_decided_makes_room_for_another() {
        let bounds = Bounds { window_ms: 10 * UNDER_WAY_MS, ..BOUNDS };
        let mut lockout = Lockout::new(bounds, 10);
        for _ in 0..3 {
            lockout.count(0, &1);
        }
        assert_eq!(lockout.check(UNDER_WAY_MS - 1, &1), Err(500));
        assert!(wrong(&mut lockout, UNDER_WAY_MS, 1), "and that one locks");
    }

    #[test]
    fn the_table_is_bounded_and_loses_its_oldest() {
        let mut lockout = Lockout::new(BOUNDS, 3);
        for key in 0..10_u32 {
            lockout.count(u64::from(key), &key);
        }
        assert_eq!((lockout.entries.len(), lockout.by_age.len()), (3, 3));
    }
}
