//! Values that all reps of the account have in common, as the relay would keep them.

use std::collections::BTreeMap;

use lotse_runtime::{ErrorCode, Event, Role};

use crate::kit::Kit;
use crate::state::State;

#[derive(Debug, Default)]
pub(crate) struct Account {
    values: BTreeMap<String, (Vec<u8>, u64)>,
    /// Changes so far.
    changes: u64,
    /// The relay is out of reach of everybody.
    away: bool,
}

impl Kit {
    /// The relay is out of reach. What was known of the account's values can still be read, and nothing changed.
    pub fn loses_relay(&self) {
        self.state(|state| state.account.away = true);
    }

    /// It is there again.
    pub fn finds_relay(&self) {
        self.state(|state| {
            state.account.away = false;
            state.tell_account_ready();
        });
    }
}

impl Account {
    pub fn get(&self, key: &str) -> Option<(Vec<u8>, u64)> {
        self.values.get(key).cloned()
    }

    pub fn keys(&self) -> Vec<String> {
        self.values.keys().cloned().collect()
    }

    /// The number of the change; `Gone` if the newest one was not seen.
    fn set(&mut self, key: &str, data: Option<Vec<u8>>, seen: u64) -> Result<u64, ErrorCode> {
        if self.values.get(key).map_or(0, |(_, change)| *change) != seen {
            return Err(ErrorCode::Gone);
        }
        self.changes += 1;
        match data {
            Some(data) => self.values.insert(key.to_owned(), (data, self.changes)),
            None => self.values.remove(key),
        };
        Ok(self.changes)
    }
}

impl State {
    fn reps(&self) -> Vec<u32> {
        self.seats.iter().filter(|seat| seat.who.role == Role::Rep).map(|seat| seat.who.id).collect()
    }

    /// All values are there.
    pub fn tell_account_ready(&mut self) {
        self.reps().into_iter().for_each(|who| self.tell(who, Event::SharedReady));
    }

    /// The customer is of no account.
    pub fn set_shared(&mut self, who: u32, key: String, data: Option<Vec<u8>>, seen: u64) -> Result<(), ErrorCode> {
        let reps = self.reps();
        if !reps.contains(&who) {
            return Err(ErrorCode::Denied);
        }
        if self.account.away {
            return Err(ErrorCode::Busy);
        }
        let outcome = self.account.set(&key, data, seen);
        if outcome.is_ok() {
            reps.into_iter().for_each(|rep| self.tell(rep, Event::SharedChanged(key.clone())));
        }
        self.tell(who, Event::SharedAnswered { key, outcome });
        Ok(())
    }
}
