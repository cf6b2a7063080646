//! So many at once, and then one in so much time: by address, by portal.
//!
//! Of each key it is known when its bucket is full again, which says how full it is now. The table is bounded: when it is
//! full, the one that would be forgotten next goes first.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

/// How much somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// That many at once.
    pub at_once: u32,
    /// And one more in each such time, in milliseconds.
    pub every_ms: u64,
}

/// A bucket for each key.
#[derive(Debug)]
pub struct Buckets<K> {
    rate: Rate,
    entries_max: usize,
    full_at_ms: HashMap<K, u64>,
    by_age: BTreeSet<(u64, K)>,
}

impl<K: Clone + Eq + Hash + Ord> Buckets<K> {
    /// All full; at most `entries_max` keys are remembered.
    pub fn new(rate: Rate, entries_max: usize) -> Self {
        Self { rate, entries_max: entries_max.max(1), full_at_ms: HashMap::new(), by_age: BTreeSet::new() }
    }

    /// Takes one out.
    ///
    /// # Errors
    /// There is none; for how long, in milliseconds.
    pub fn take(&mut self, now_ms: u64, key: &K) -> Result<(), u64> {
        while let Some((full_at_ms, _)) = self.by_age.first()
            && *full_at_ms <= now_ms
            && let Some((_, key)) = self.by_age.pop_first()
        {
            self.full_at_ms.remove(&key);
        }
        let full_at_ms = self.full_at_ms.get(key).copied().unwrap_or(now_ms).saturating_add(self.rate.every_ms);
        let room_until_ms = now_ms.saturating_add(u64::from(self.rate.at_once).saturating_mul(self.rate.every_ms));
        if full_at_ms > room_until_ms {
            return Err(full_at_ms - room_until_ms);
        }
        self.set(key, Some(full_at_ms));
        Ok(())
    }

    /// Something was taken out lately: this bucket is not full.
    pub fn knows(&self, now_ms: u64, key: &K) -> bool {
        self.full_at_ms.get(key).is_some_and(|full_at_ms| *full_at_ms > now_ms)
    }

    /// Puts one back that was taken for nothing.
    pub fn give_back(&mut self, now_ms: u64, key: &K) {
        if let Some(full_at_ms) = self.full_at_ms.get(key).copied() {
            let full_at_ms = full_at_ms.saturating_sub(self.rate.every_ms);
            self.set(key, Some(full_at_ms).filter(|full_at_ms| *full_at_ms > now_ms));
        }
    }

    fn set(&mut self, key: &K, full_at_ms: Option<u64>) {
        if let Some(before_ms) = self.full_at_ms.remove(key) {
            self.by_age.remove(&(before_ms, key.clone()));
        }
        let Some(full_at_ms) = full_at_ms else { return };
        if self.full_at_ms.len() >= self.entries_max
            && let Some((_, first)) = self.by_age.pop_first()
        {
            self.full_at_ms.remove(&first);
        }
        self.full_at_ms.insert(key.clone(), full_at_ms);
        self.by_age.insert((full_at_ms, key.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { at_once: 3, every_ms: 1000 };

    #[test]
    fn so_many_at_once_and_then_one_in_a_while() {
        let mut buckets = Buckets::new(RATE, 10);
        for _ in 0..3 {
            assert_eq!(buckets.take(5, &"a"), Ok(()));
        }
        assert_eq!(buckets.take(5, &"a"), Err(1000));
        assert!(buckets.knows(5, &"a") && !buckets.knows(5, &"b") && !buckets.knows(3005, &"a"));
        assert_eq!(buckets.take(5, &"b"), Ok(()), "another one's is its own");
        assert_eq!(buckets.take(905, &"a"), Err(100));
        assert_eq!(buckets.take(1005, &"a"), Ok(()));
        assert_eq!(buckets.take(1005, &"a"), Err(1000));
        buckets.give_back(1005, &"a");
        assert_eq!(buckets.take(1005, &"a"), Ok(()));
    }

    #[test]
    fn full_buckets_are_forgotten_and_the_table_is_bounded() {
        let mut buckets = Buckets::new(RATE, 4);
        for key in 0..10 {
            assert_eq!(buckets.take(key, &key), Ok(()));
        }
        assert_eq!((buckets.full_at_ms.len(), buckets.by_age.len()), (4, 4));
        assert_eq!(buckets.take(60_000, &1), Ok(()));
        assert_eq!((buckets.full_at_ms.len(), buckets.by_age.len()), (1, 1));
        buckets.give_back(60_000, &1);
        buckets.give_back(60_000, &2);
        assert!(buckets.full_at_ms.is_empty() && buckets.by_age.is_empty());
    }
}
