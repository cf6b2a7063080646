//! Slows whoever keeps being wrong: some failures are free, then each doubles the wait.
//!
//! Used for join codes by address and for sign-ins by user and by address. The table is bounded: when it is full, the
//! entry that would be forgotten next goes first.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

/// Longest wait, in milliseconds.
pub const WAIT_MS_MAX: u64 = 15 * 60 * 1000;
/// Quiet time after which failures are forgotten, in milliseconds. Longer than any wait.
pub const FORGET_MS: u64 = 30 * 60 * 1000;
const _: () = assert!(FORGET_MS > WAIT_MS_MAX);

/// Failures by key, with what they cost.
#[derive(Debug)]
pub struct Slowdown<K> {
    free: u32,
    entries_max: usize,
    entries: HashMap<K, Entry>,
    by_age: BTreeSet<(u64, K)>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    failures: u32,
    blocked_until_ms: u64,
    forget_at_ms: u64,
}

impl<K: Clone + Eq + Hash + Ord> Slowdown<K> {
    /// `free` failures cost nothing; at most `entries_max` keys are remembered.
    pub fn new(free: u32, entries_max: usize) -> Self {
        Self { free, entries_max: entries_max.max(1), entries: HashMap::new(), by_age: BTreeSet::new() }
    }

    /// Whether `key` may try now. The error is the wait in milliseconds.
    pub fn check(&mut self, now_ms: u64, key: &K) -> Result<(), u64> {
        self.forget_old(now_ms);
        match self.entries.get(key) {
            Some(entry) if entry.blocked_until_ms > now_ms => Err(entry.blocked_until_ms - now_ms),
            Some(_) | None => Ok(()),
        }
    }

    /// Counts a failure.
    pub fn fail(&mut self, now_ms: u64, key: &K) {
        let failures = self.entries.get(key).map_or(0, |entry| entry.failures).saturating_add(1);
        self.clear(key);
        if self.entries.len() >= self.entries_max
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.entries.remove(&oldest);
        }
        let wait_ms = match failures.checked_sub(self.free) {
            None | Some(0) => 0,
            Some(over) => 1000_u64.checked_shl(over - 1).unwrap_or(WAIT_MS_MAX).clamp(1000, WAIT_MS_MAX),
        };
        let entry = Entry { failures, blocked_until_ms: now_ms + wait_ms, forget_at_ms: now_ms + FORGET_MS };
        self.by_age.insert((entry.forget_at_ms, key.clone()));
        self.entries.insert(key.clone(), entry);
    }

    /// Takes one failure back: it was counted before its outcome was known.
    pub fn forgive(&mut self, key: &K) {
        if let Some(entry) = self.entries.get_mut(key) {
            entry.failures = entry.failures.saturating_sub(1);
            entry.blocked_until_ms = 0;
            if entry.failures == 0 {
                self.clear(key);
            }
        }
    }

    /// Forgets all of a key's failures.
    pub fn clear(&mut self, key: &K) {
        if let Some(entry) = self.entries.remove(key) {
            self.by_age.remove(&(entry.forget_at_ms, key.clone()));
        }
    }

    fn forget_old(&mut self, now_ms: u64) {
        while let Some((forget_at_ms, _)) = self.by_age.first()
            && *forget_at_ms <= now_ms
            && let Some((_, key)) = self.by_age.pop_first()
        {
            self.entries.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_limit_and_are_forgotten() {
        let mut slow = Slowdown::new(3, 10);
        let mut now_ms = 0;
        for _ in 0..3 {
            assert_eq!(slow.check(now_ms, &"a"), Ok(()));
            slow.fail(now_ms, &"a");
        }
        for expected_s in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            assert_eq!(slow.check(now_ms, &"a"), Ok(()));
            slow.fail(now_ms, &"a");
            assert_eq!(slow.check(now_ms, &"a"), Err(expected_s * 1000));
            assert_eq!(slow.check(now_ms, &"b"), Ok(()));
            now_ms += expected_s * 1000;
        }
        now_ms += FORGET_MS;
        assert_eq!(slow.check(now_ms, &"a"), Ok(()));
        slow.fail(now_ms, &"a");
        assert_eq!(slow.check(now_ms, &"a"), Ok(()));
    }

    #[test]
    fn a_very_long_run_of_failures_does_not_overflow() {
        let mut slow = Slowdown::new(0, 10);
        for _ in 0..200 {
            slow.fail(0, &1);
        }
        assert_eq!(slow.check(0, &1), Err(WAIT_MS_MAX));
    }

    #[test]
    fn the_table_is_bounded_and_loses_its_oldest() {
        let mut slow = Slowdown::new(0, 3);
        for key in 0..10 {
            slow.fail(key, &key);
        }
        assert_eq!((slow.entries.len(), slow.by_age.len()), (3, 3));
        assert_eq!(slow.check(9, &6), Ok(()));
        assert!(slow.check(9, &7).is_err());
    }

    #[test]
    fn what_was_counted_too_early_is_taken_back() {
        let mut slow = Slowdown::new(1, 3);
        slow.fail(0, &"a");
        slow.fail(0, &"a");
        assert!(slow.check(0, &"a").is_err());
        slow.forgive(&"a");
        assert_eq!(slow.check(0, &"a"), Ok(()));
        slow.forgive(&"a");
        assert!(slow.entries.is_empty() && slow.by_age.is_empty());
    }
}
