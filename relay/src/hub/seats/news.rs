//! Accounts where who waits is to be told who has the seats: twice a second at most for each, however much changes. Where
//! hundreds wait and consoles come and go, each change would else be a message to all of them.

use std::collections::{BTreeSet, HashMap};

/// Time between two lists of one account, in milliseconds.
const TICK_MS: u64 = 500;

/// What changed since it was told.
#[derive(Debug, Default)]
pub(in crate::hub) struct SeatNews {
    changed: BTreeSet<i64>,
    /// Accounts that were told a moment ago.
    quiet_until_ms: HashMap<i64, u64>,
}

impl SeatNews {
    /// Something changed at an account.
    pub fn changed(&mut self, account: i64) {
        self.changed.insert(account);
    }

    /// Takes the accounts that are to be told by now, in order.
    pub fn take_due(&mut self, now_ms: u64) -> BTreeSet<i64> {
        if self.changed.is_empty() {
            return BTreeSet::new();
        }
        self.quiet_until_ms.retain(|_, until_ms| *until_ms > now_ms);
        let changed = std::mem::take(&mut self.changed).into_iter();
        let (due, later) = changed.partition(|account| !self.quiet_until_ms.contains_key(account));
        self.changed = later;
        due
    }

    /// Somebody was told.
    pub fn told(&mut self, account: i64, now_ms: u64) {
        self.quiet_until_ms.insert(account, now_ms.saturating_add(TICK_MS));
    }

    /// When the next is to be told.
    pub fn next_ms(&self) -> Option<u64> {
        let until_ms = |account: &i64| self.quiet_until_ms.get(account).copied().unwrap_or(0);
        self.changed.iter().map(until_ms).min()
    }
}
