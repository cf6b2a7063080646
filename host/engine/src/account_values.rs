//! Values that all reps of the account have in common, as far as this program has heard of them. One for all its sessions.
//!
//! The relay keeps them. What was known last can be read while it is away; nothing can be changed then.

use crate::pace::Pace;
use lotse_protocol::shared::{KEYS_MAX, SharedRefusal, SharedValue, VALUE_BYTES_MAX};
use lotse_runtime::ErrorCode;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Changes of one plugin within [`CHANGES_WINDOW`]: more than a person makes.
const CHANGES_MAX: u32 = 40;
const CHANGES_WINDOW: Duration = Duration::from_secs(20);
/// Keys that are remembered with those that were removed, so that an older change does not bring one back.
const KNOWN_MAX: usize = 2 * KEYS_MAX;
/// Plugins that share something in one program.
const PLUGINS_MAX: usize = lotse_protocol::shared::PLUGINS_MAX;

#[derive(Debug, Default)]
pub(crate) struct AccountValues(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The relay hears.
    reachable: bool,
    /// Whose values these are.
    account: String,
    plugins: BTreeMap<String, Known>,
}

/// What is known of one plugin's.
#[derive(Debug)]
struct Known {
    ready: bool,
    values: BTreeMap<String, Value>,
    /// A change on its way to the relay.
    asked: Option<(String, Option<Arc<[u8]>>)>,
    pace: Pace,
}

#[derive(Debug)]
struct Value {
    revision: u64,
    /// `None`: it was removed.
    data: Option<Arc<[u8]>>,
}

impl Known {
    fn new() -> Self {
        let pace = Pace::new(CHANGES_MAX, CHANGES_WINDOW);
        Self { ready: false, values: BTreeMap::new(), asked: None, pace }
    }

    /// Takes a change in, unless a newer one is known. Whether it did.
    fn take(&mut self, value: SharedValue) -> bool {
        let SharedValue { key, revision, data } = value;
        let newer = self.values.get(&key).is_none_or(|known| known.revision < revision);
        let fits = self.values.len() < KNOWN_MAX || self.values.contains_key(&key);
        let fits = fits && data.as_ref().is_none_or(|data| data.len() <= VALUE_BYTES_MAX);
        if newer && fits {
            self.values.insert(key, Value { revision, data: data.map(Into::into) });
        }
        newer && fits
    }
}

impl AccountValues {
    /// The value and the number of the change that made it.
    pub(crate) fn get(&self, plugin: &str, key: &str) -> Option<(Vec<u8>, u64)> {
        let state = self.0.lock();
        let value = state.plugins.get(plugin)?.values.get(key)?;
        value.data.as_ref().map(|data| (data.to_vec(), value.revision))
    }

    pub(crate) fn keys(&self, plugin: &str) -> Vec<String> {
        let state = self.0.lock();
        let values = state.plugins.get(plugin).into_iter().flat_map(|known| &known.values);
        values.filter(|(_, value)| value.data.is_some()).map(|(key, _)| key.clone()).collect()
    }

    /// A plugin wants to hear of its values. `None`: the relay is to be asked; otherwise whether they are here already.
    pub(crate) fn want(&self, plugin: &str) -> Option<bool> {
        let mut state = self.0.lock();
        match state.plugins.get(plugin) {
            Some(known) => Some(known.ready),
            None if state.plugins.len() >= PLUGINS_MAX => Some(false),
            None => {
                state.plugins.insert(plugin.to_owned(), Known::new());
                None
            }
        }
    }

    /// All values of this plugin are here.
    pub(crate) fn is_ready(&self, plugin: &str) -> bool {
        self.0.lock().plugins.get(plugin).is_some_and(|known| known.ready)
    }

    /// A plugin changes a value, and the relay is to be told.
    pub(crate) fn begin_change(
        &self,
        plugin: &str,
        key: &str,
        data: Option<&[u8]>,
        now: Instant,
    ) -> Result<(), ErrorCode> {
        let mut state = self.0.lock();
        let reachable = state.reachable;
        let Some(known) = state.plugins.get_mut(plugin) else { return Err(ErrorCode::Busy) };
        if !reachable || !known.ready || known.asked.is_some() || !known.pace.takes(now) {
            return Err(ErrorCode::Busy);
        }
        known.asked = Some((key.to_owned(), data.map(Into::into)));
        Ok(())
    }

    /// The relay was not told after all.
    pub(crate) fn forget_change(&self, plugin: &str) {
        if let Some(known) = self.0.lock().plugins.get_mut(plugin) {
            known.asked = None;
        }
    }

    /// The relay has answered. Whether that is a change this side has not heard of yet.
    pub(crate) fn answered(&self, plugin: &str, key: &str, outcome: Result<u64, SharedRefusal>) -> bool {
        let mut state = self.0.lock();
        let Some(known) = state.plugins.get_mut(plugin) else { return false };
        let Some((_, data)) = known.asked.take_if(|(asked, _)| asked == key) else { return false };
        match outcome {
            Ok(revision @ 1..) => {
                let data = data.map(|data| data.to_vec());
                known.take(SharedValue { key: key.to_owned(), revision, data })
            }
            Ok(0) | Err(_) => false,
        }
    }

    /// The relay tells values; those keys that changed by it.
    pub(crate) fn heard(&self, plugin: &str, revision: u64, whole: bool, values: Vec<SharedValue>) -> Vec<String> {
        let mut state = self.0.lock();
        let Some(known) = state.plugins.get_mut(plugin) else { return Vec::new() };
        let mut changed = Vec::new();
        if whole {
            known.ready = true;
            // What the whole does not have was removed, unless it was changed since.
            let there = |key: &String| values.iter().any(|value| value.key == *key);
            let gone: Vec<String> = known
                .values
                .iter()
                .filter(|(key, value)| value.revision <= revision && !there(key))
                .map(|(key, _)| key.clone())
                .collect();
            for key in gone {
                let had = known.values.remove(&key).is_some_and(|value| value.data.is_some());
                changed.extend(had.then_some(key));
            }
        }
        for value in values {
            let key = value.key.clone();
            changed.extend(known.take(value).then_some(key));
        }
        changed
    }

    /// The relay hears again, of this account; those plugins whose values are to be asked for.
    pub(crate) fn signed_in(&self, account: &str) -> Vec<String> {
        let mut state = self.0.lock();
        state.reachable = true;
        if state.account != account {
            state.account = account.to_owned();
            state.plugins.values_mut().for_each(|known| *known = Known::new());
        }
        state.plugins.keys().cloned().collect()
    }

    /// It does not, and what was on its way may be lost.
    pub(crate) fn lost(&self) {
        let mut state = self.0.lock();
        state.reachable = false;
        state.plugins.values_mut().for_each(|known| known.asked = None);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const P: &str = "a.b";

    fn value(key: &str, revision: u64, data: Option<&str>) -> SharedValue {
        SharedValue { key: key.to_owned(), revision, data: data.map(|data| data.as_bytes().to_vec()) }
    }

    fn known() -> AccountValues {
        let values = AccountValues::default();
        assert_eq!((values.signed_in("Acme"), values.want(P)), (vec![], None));
        assert_eq!(values.want(P), Some(false), "asked for, and not there");
        let changed = values.heard(P, 2, true, vec![value("a", 1, Some("one")), value("b", 2, Some("two"))]);
        assert_eq!((changed, values.want(P)), (vec!["a".to_owned(), "b".to_owned()], Some(true)));
        values
    }

    #[test]
    fn t1_the_newest_change_counts_whatever_order_they_come_in() {
        let values = known();
        assert_eq!(values.heard(P, 4, false, vec![value("a", 4, None)]), ["a"]);
        assert!(values.heard(P, 3, false, vec![value("a", 3, Some("older"))]).is_empty());
        assert_eq!((values.get(P, "a"), values.keys(P)), (None, vec!["b".to_owned()]));
        assert!(values.heard(P, 3, true, vec![value("a", 3, Some("older")), value("b", 2, Some("two"))]).is_empty());
        assert_eq!(values.get(P, "a"), None, "a list of before the change");
        assert_eq!(values.heard(P, 9, true, vec![]), ["b"], "what is gone meanwhile");
    }

    #[test]
    fn t1_a_change_is_known_when_the_relay_has_it_and_not_before() {
        let (values, now) = (known(), Instant::now());
        assert_eq!(values.begin_change(P, "a", Some(b"mine"), now), Ok(()));
        assert_eq!(values.begin_change(P, "b", None, now), Err(ErrorCode::Busy), "one at a time");
        assert_eq!(values.get(P, "a").unwrap().0, b"one");
        assert!(!values.answered(P, "b", Ok(3)), "nobody asked");
        assert!(values.answered(P, "a", Ok(3)));
        assert_eq!(values.get(P, "a").unwrap(), (b"mine".to_vec(), 3));
        assert!(values.heard(P, 3, false, vec![value("a", 3, Some("mine"))]).is_empty(), "told twice");
        assert_eq!(values.begin_change(P, "a", None, now), Ok(()));
        assert!(!values.answered(P, "a", Err(SharedRefusal::Changed)));
        assert_eq!(values.get(P, "a").unwrap().1, 3);
    }

    #[test]
    fn a_plugin_that_was_started_anew_finds_what_is_there() {
        let values = known();
        assert!(values.is_ready(P) && !values.is_ready("other"));
    }

    #[test]
    fn t1_without_the_relay_what_was_known_is_read_and_nothing_changed() {
        let (values, now) = (known(), Instant::now());
        values.lost();
        assert_eq!(values.get(P, "a").unwrap().0, b"one");
        assert_eq!(values.begin_change(P, "a", None, now), Err(ErrorCode::Busy));
        assert_eq!(values.signed_in("Acme"), [P]);
        assert!(values.get(P, "a").is_some());
        assert_eq!(values.signed_in("Bolt"), [P]);
        assert_eq!(values.get(P, "a"), None, "another account's are not to be seen");
        assert_eq!(values.begin_change(P, "a", None, now), Err(ErrorCode::Busy), "not before they are there");
    }

    #[test]
    fn what_a_relay_or_a_plugin_says_has_bounds() {
        let values = known();
        let many = (0..3 * KNOWN_MAX).map(|n| value(&format!("k{n}"), 9, Some("x"))).collect();
        values.heard(P, 9, false, many);
        assert_eq!(values.keys(P).len(), KNOWN_MAX);
        let large = SharedValue { data: Some(vec![0; VALUE_BYTES_MAX + 1]), ..value("a", 99, None) };
        assert!(values.heard(P, 99, false, vec![large]).is_empty());
        for n in 0..3 * PLUGINS_MAX {
            values.want(&format!("p{n}"));
        }
        assert_eq!(values.signed_in("Acme").len(), PLUGINS_MAX);
        let now = Instant::now();
        let begun = |_: &u32| {
            let begun = values.begin_change(P, "a", None, now).is_ok();
            values.forget_change(P);
            begun
        };
        assert_eq!((0..9 * CHANGES_MAX).filter(begun).count(), CHANGES_MAX as usize);
    }
}
