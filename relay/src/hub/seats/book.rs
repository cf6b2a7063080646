//! The book of seats: who stands at which account, in the order of coming, and who of them has a seat. Decides nothing.

use crate::hub::input::RepIdentity;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A sign-in that stands, with or without a connection.
#[derive(Debug)]
pub(in crate::hub) struct Standing {
    pub rep: RepIdentity,
    /// It has a seat; otherwise it waits for one.
    pub held: bool,
    /// It was told that it waits.
    told: bool,
    since_ms: u64,
    /// For how long it had the seat at an earlier relay.
    before_ms: u64,
    /// While its connection is gone: until when what it has is kept at least, and when it is looked at next.
    kept_until_ms: Option<u64>,
    due_ms: Option<u64>,
}

impl Standing {
    /// For how long it has had its seat.
    pub fn held_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.since_ms).saturating_add(self.before_ms)
    }
}

/// Every sign-in of every account.
#[derive(Debug, Default)]
pub(in crate::hub) struct Seats {
    limits: HashMap<i64, Option<u32>>,
    /// By account and number; numbers grow and are never given again.
    standing: HashMap<i64, BTreeMap<u64, Standing>>,
    /// Account and number of each sign-in.
    places: HashMap<i64, (i64, u64)>,
    due: BTreeSet<(u64, i64)>,
    last: u64,
}

impl Seats {
    /// A book whose numbers begin after `last`: by chance, so that none means somebody else after a restart.
    pub fn after(last: u64) -> Self {
        Self { last, ..Self::default() }
    }

    /// What the store says of all accounts.
    pub fn set_limits(&mut self, limits: HashMap<i64, Option<u32>>) {
        self.limits = limits;
    }

    /// What a sign-in says of its account, for as long as the store has not.
    pub fn know(&mut self, account: i64, limit: Option<u32>) {
        self.limits.entry(account).or_insert(limit);
    }

    /// `None`: no limit, or none known.
    pub fn limit(&self, account: i64) -> Option<u32> {
        self.limits.get(&account).copied().flatten()
    }

    /// A new one, which waits.
    pub fn add(&mut self, now_ms: u64, rep: RepIdentity) {
        let (sign_in, account) = (rep.sign_in, rep.account);
        self.last = self.last.wrapping_add(1);
        self.places.insert(sign_in, (account, self.last));
        let standing = Standing {
            rep,
            held: false,
            told: false,
            since_ms: now_ms,
            before_ms: 0,
            kept_until_ms: None,
            due_ms: None,
        };
        self.standing.entry(account).or_default().insert(self.last, standing);
    }

    /// It has a connection again. False: it is not known.
    pub fn came_back(&mut self, sign_in: i64) -> bool {
        self.schedule(sign_in, None);
        match self.get_mut(sign_in) {
            Some(standing) => {
                standing.kept_until_ms = None;
                true
            }
            None => false,
        }
    }

    /// Its connection is gone since `now_ms`.
    pub fn left(&mut self, sign_in: i64, now_ms: u64, keep_ms: u64) {
        let until_ms = now_ms.saturating_add(keep_ms);
        if let Some(standing) = self.get_mut(sign_in) {
            standing.kept_until_ms = Some(until_ms);
        }
        self.schedule(sign_in, Some(until_ms));
    }

    /// It is kept for a reason of its own, and looked at later.
    pub fn look_again(&mut self, sign_in: i64, due_ms: u64) {
        self.schedule(sign_in, Some(due_ms));
    }

    /// Its connection has been gone for longer than that alone is waited for.
    pub fn is_past(&self, sign_in: i64, now_ms: u64) -> bool {
        self.get(sign_in).and_then(|standing| standing.kept_until_ms).is_some_and(|until_ms| until_ms <= now_ms)
    }

    /// Gives it a seat, which it has had for `before_ms`. Who it is, and whether it was told to wait; `None`: it has one, or
    /// is not known.
    pub fn give(&mut self, sign_in: i64, now_ms: u64, before_ms: u64) -> Option<(RepIdentity, bool)> {
        let standing = self.get_mut(sign_in).filter(|standing| !standing.held)?;
        standing.held = true;
        standing.since_ms = now_ms;
        standing.before_ms = before_ms;
        Some((standing.rep.clone(), std::mem::take(&mut standing.told)))
    }

    /// Notes that it is told to wait. Its account; `None`: it has a seat, or is not known.
    pub fn told_to_wait(&mut self, sign_in: i64) -> Option<i64> {
        let standing = self.get_mut(sign_in).filter(|standing| !standing.held)?;
        standing.told = true;
        Some(standing.rep.account)
    }

    pub fn remove(&mut self, sign_in: i64) -> Option<Standing> {
        self.schedule(sign_in, None);
        let (account, number) = self.places.remove(&sign_in)?;
        let of_account = self.standing.get_mut(&account)?;
        let removed = of_account.remove(&number);
        if of_account.is_empty() {
            self.standing.remove(&account);
        }
        removed
    }

    pub fn has_one(&self, sign_in: i64) -> bool {
        self.get(sign_in).is_some_and(|standing| standing.held)
    }

    pub fn is_one_free(&self, account: i64) -> bool {
        self.limit(account).is_none_or(|limit| self.holders(account).count() < limit as usize)
    }

    /// By number, who came first first.
    pub fn holders(&self, account: i64) -> impl Iterator<Item = (u64, &Standing)> {
        self.of(account).filter(|(_, standing)| standing.held)
    }

    /// Sign-ins that wait, in order.
    pub fn waiting(&self, account: i64) -> impl Iterator<Item = i64> {
        self.of(account).filter(|(_, standing)| !standing.held).map(|(_, standing)| standing.rep.sign_in)
    }

    pub fn first_waiting(&self, account: i64, is_there: impl Fn(i64) -> bool) -> Option<i64> {
        self.waiting(account).find(|sign_in| is_there(*sign_in))
    }

    /// Who has this seat.
    pub fn holder(&self, account: i64, number: u64) -> Option<RepIdentity> {
        let standing = self.standing.get(&account)?.get(&number)?;
        standing.held.then(|| standing.rep.clone())
    }

    /// Other sign-ins of the same rep that have a seat and no connection.
    pub fn left_behind(&self, rep: &RepIdentity) -> Vec<RepIdentity> {
        let own = |standing: &Standing| standing.rep.rep == rep.rep && standing.rep.sign_in != rep.sign_in;
        self.holders(rep.account)
            .filter(|(_, standing)| own(standing) && standing.kept_until_ms.is_some())
            .map(|(_, standing)| standing.rep.clone())
            .collect()
    }

    /// Everybody, in order.
    pub fn everybody(&self) -> Vec<RepIdentity> {
        let mut all: Vec<(u64, &RepIdentity)> =
            self.standing.values().flatten().map(|(number, standing)| (*number, &standing.rep)).collect();
        all.sort_unstable_by_key(|(number, _)| *number);
        all.into_iter().map(|(_, rep)| rep.clone()).collect()
    }

    /// Who stands at an account, in order.
    pub fn standing(&self, account: i64) -> impl Iterator<Item = &Standing> {
        self.of(account).map(|(_, standing)| standing)
    }

    /// Accounts that anybody stands at.
    pub fn accounts(&self) -> BTreeSet<i64> {
        self.standing.keys().copied().collect()
    }

    pub fn first_due(&self) -> Option<u64> {
        self.due.first().map(|(due_ms, _)| *due_ms)
    }

    /// Who is to be looked at now; each once, until scheduled again.
    pub fn next_due(&mut self, now_ms: u64) -> Option<RepIdentity> {
        let (due_ms, sign_in) = self.due.first().copied()?;
        if due_ms > now_ms {
            return None;
        }
        self.schedule(sign_in, None);
        self.get(sign_in).map(|standing| standing.rep.clone())
    }

    fn of(&self, account: i64) -> impl Iterator<Item = (u64, &Standing)> {
        self.standing.get(&account).into_iter().flatten().map(|(number, standing)| (*number, standing))
    }

    fn get(&self, sign_in: i64) -> Option<&Standing> {
        let (account, number) = self.places.get(&sign_in)?;
        self.standing.get(account)?.get(number)
    }

    fn get_mut(&mut self, sign_in: i64) -> Option<&mut Standing> {
        let (account, number) = self.places.get(&sign_in)?;
        self.standing.get_mut(account)?.get_mut(number)
    }

    fn schedule(&mut self, sign_in: i64, due_ms: Option<u64>) {
        let Some(standing) = self.get_mut(sign_in) else { return };
        let before_ms = std::mem::replace(&mut standing.due_ms, due_ms);
        if let Some(before_ms) = before_ms {
            self.due.remove(&(before_ms, sign_in));
        }
        if let Some(due_ms) = due_ms {
            self.due.insert((due_ms, sign_in));
        }
    }
}

#[cfg(test)]
impl Seats {
    /// Who has a seat and who waits, by number; and whether what is kept of time agrees with who is there.
    pub fn check(&self, is_there: impl Fn(i64) -> bool) -> (BTreeSet<i64>, BTreeSet<i64>) {
        let (mut held, mut waiting) = (BTreeSet::new(), BTreeSet::new());
        for (account, of_account) in &self.standing {
            assert!(!of_account.is_empty());
            for (number, standing) in of_account {
                let sign_in = standing.rep.sign_in;
                assert_eq!(self.places.get(&sign_in), Some(&(*account, *number)));
                assert_eq!(standing.due_ms.is_none(), is_there(sign_in), "{sign_in} is there, or is waited for");
                assert_eq!(standing.kept_until_ms.is_none(), is_there(sign_in));
                if standing.held {
                    held.insert(sign_in)
                } else {
                    waiting.insert(sign_in)
                };
            }
        }
        assert_eq!(self.places.len(), held.len() + waiting.len());
        assert_eq!(self.due.len(), self.standing.values().flatten().filter(|(_, of)| of.due_ms.is_some()).count());
        (held, waiting)
    }
}
