//! The book of sessions: each by its id, and those of a rep or an account without a look at all the others. Decides nothing.

use super::input::RepIdentity;
use super::session::Session;
use lotse_protocol::control::SessionId;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Every session of every stage. Whose a session is never changes; which sign-in of theirs has it may.
#[derive(Debug, Default)]
pub(super) struct Book {
    all: HashMap<SessionId, Session>,
    /// By account and rep, so that an account's stand together.
    of: BTreeMap<(i64, i64), BTreeSet<SessionId>>,
}

impl Book {
    /// In the place of one with the same id, if there was one.
    pub fn insert(&mut self, session: Session) {
        self.remove(&session.id);
        self.of.entry((session.owner.account, session.owner.rep)).or_default().insert(session.id);
        self.all.insert(session.id, session);
    }

    pub fn remove(&mut self, id: &SessionId) -> Option<Session> {
        let session = self.all.remove(id)?;
        let key = (session.owner.account, session.owner.rep);
        if let Some(of) = self.of.get_mut(&key) {
            of.remove(id);
            if of.is_empty() {
                self.of.remove(&key);
            }
        }
        Some(session)
    }

    pub fn get(&self, id: &SessionId) -> Option<&Session> {
        self.all.get(id)
    }

    /// To be changed, but for whose it is.
    pub fn get_mut(&mut self, id: &SessionId) -> Option<&mut Session> {
        self.all.get_mut(id)
    }

    pub fn contains_key(&self, id: &SessionId) -> bool {
        self.all.contains_key(id)
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// All, in no order.
    pub fn values(&self) -> impl Iterator<Item = &Session> {
        self.all.values()
    }

    /// Those of one rep, whichever sign-in has them, by id.
    pub fn of_rep(&self, rep: &RepIdentity) -> impl Iterator<Item = &Session> {
        self.of_row(rep.account, rep.rep)
    }

    /// The same, of a rep of whom only the row is at hand.
    pub fn of_row(&self, account: i64, rep: i64) -> impl Iterator<Item = &Session> {
        let ids = self.of.get(&(account, rep));
        ids.into_iter().flatten().filter_map(|id| self.all.get(id))
    }

    /// Those of one account, by rep and id.
    pub fn of_account(&self, account: i64) -> impl Iterator<Item = &Session> {
        let ids = self.of.range((account, i64::MIN)..=(account, i64::MAX)).flat_map(|(_, ids)| ids);
        ids.filter_map(|id| self.all.get(id))
    }
}

#[cfg(test)]
impl Book {
    /// Every session stands where it is looked for, and nothing else does.
    pub fn check(&self) {
        let mut listed = 0;
        for ((account, rep), ids) in &self.of {
            assert!(!ids.is_empty(), "a rep without sessions stands in the book");
            for id in ids {
                let owner = &self.all[id].owner;
                assert_eq!((owner.account, owner.rep), (*account, *rep), "a session stands with somebody else");
            }
            listed += ids.len();
        }
        assert_eq!(listed, self.all.len(), "a session is not found by whose it is");
        assert!(self.all.iter().all(|(id, session)| session.id == *id));
    }
}

#[cfg(test)]
impl std::ops::Index<&SessionId> for Book {
    type Output = Session;

    fn index(&self, id: &SessionId) -> &Session {
        &self.all[id]
    }
}
