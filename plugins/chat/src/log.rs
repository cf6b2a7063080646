//! The conversation as one side knows it, and how two sides become the same again.
//!
//! Pure: ids and times come from outside. Entries stand in the order in which this side learned of them, because clocks
//! of strangers cannot be compared. Bounded in number and bytes; the oldest go first.

use std::collections::{BTreeSet, VecDeque};

use lotse_sdk::session::Role;

/// A day's worth of hurried support.
pub const ENTRIES_MAX: usize = 2_000;
/// All texts together. With their ids they fit into what the host keeps and shows of a plugin, which is 1 MiB.
pub const TEXT_BYTES_MAX: usize = 512 * 1024;
/// A screenful of stack trace.
pub const TEXT_CHARS_MAX: usize = 8_000;
pub const NAME_CHARS_MAX: usize = 100;

/// Random, so that two sides never give the same one.
pub type Id = u128;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    pub role: Role,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: Id,
    pub author: Author,
    /// Unix time by this side's clock.
    pub at_ms: u64,
    pub text: String,
    /// Handed to a stream, for entries written here.
    pub sent: bool,
    /// The other side has it.
    pub delivered: bool,
}

impl Entry {
    fn text_bytes(&self) -> usize {
        self.text.len() + self.author.name.len()
    }
}

/// What counts of an entry that comes from this rep: words of a rep are theirs, whoever is said to have written them, and those of
/// the customer are known to the customer's side.
pub fn said_by(entry: Entry, rep: &str) -> Option<Entry> {
    match entry.author.role {
        Role::Customer => None,
        Role::Rep => {
            let name = rep.chars().take(NAME_CHARS_MAX).collect();
            Some(Entry { author: Author { role: Role::Rep, name }, ..entry })
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Log {
    entries: VecDeque<Entry>,
    ids: BTreeSet<Id>,
    text_bytes: usize,
}

impl Log {
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> + Clone {
        self.entries.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds an entry at the end. False if it is known already or no message: empty, or longer than is allowed.
    pub fn add(&mut self, entry: Entry) -> bool {
        let chars = entry.text.chars().count();
        let fits = (1..=TEXT_CHARS_MAX).contains(&chars) && entry.author.name.chars().count() <= NAME_CHARS_MAX;
        if !fits || !self.ids.insert(entry.id) {
            return false;
        }
        self.text_bytes += entry.text_bytes();
        self.entries.push_back(entry);
        while self.entries.len() > ENTRIES_MAX || self.text_bytes > TEXT_BYTES_MAX {
            let Some(oldest) = self.entries.pop_front() else {
                break;
            };
            self.text_bytes -= oldest.text_bytes();
            self.ids.remove(&oldest.id);
        }
        true
    }

    /// The other side has it.
    pub fn delivered(&mut self, id: Id) {
        if let Some(entry) = self.entries.iter_mut().rev().find(|entry| entry.id == id) {
            entry.sent = true;
            entry.delivered = true;
        }
    }

    /// It is on its way.
    pub fn sent(&mut self, id: Id) {
        if let Some(entry) = self.entries.iter_mut().rev().find(|entry| entry.id == id) {
            entry.sent = true;
        }
    }

    /// Streams are gone: what was on its way may be lost, and is sent again when the other side says it lacks it.
    pub fn disconnected(&mut self) {
        self.entries.iter_mut().filter(|entry| !entry.delivered).for_each(|entry| entry.sent = false);
    }

    /// What this side has, to tell the other.
    pub fn known(&self) -> Vec<Id> {
        self.entries.iter().map(|entry| entry.id).collect()
    }

    /// What was said last, a line or more each, in at most so many bytes.
    pub fn tail(&self, bytes_max: usize) -> String {
        let mut lines = VecDeque::new();
        let mut left = bytes_max;
        for entry in self.entries.iter().rev() {
            let line = format!("{}: {}\n", entry.author.name, entry.text);
            let Some(rest) = left.checked_sub(line.len()) else { break };
            left = rest;
            lines.push_front(line);
        }
        lines.into_iter().collect()
    }

    /// The other side knows these: they are delivered, and what is missing among them is returned, oldest first.
    pub fn compare(&mut self, known_there: &[Id]) -> Vec<Entry> {
        let there: BTreeSet<Id> = known_there.iter().copied().collect();
        for entry in &mut self.entries {
            if there.contains(&entry.id) {
                (entry.sent, entry.delivered) = (true, true);
            }
        }
        self.entries.iter().filter(|entry| !there.contains(&entry.id)).cloned().collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    pub(crate) struct Random(pub u64);

    impl Random {
        pub fn below(&mut self, bound: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((self.0 >> 33) as usize) % bound.max(1)
        }
    }

    pub(crate) fn entry(id: Id, role: Role, text: &str) -> Entry {
        let author = Author { role, name: "Anna".to_owned() };
        Entry { id, author, at_ms: 1, text: text.to_owned(), sent: false, delivered: false }
    }

    /// Two logs and what is on its way between them; a disconnection loses what is on its way.
    struct Pair {
        logs: [Log; 2],
        under_way: [VecDeque<Entry>; 2],
        connected: bool,
    }

    impl Pair {
        fn connect(&mut self) {
            let known = [self.logs[0].known(), self.logs[1].known()];
            for side in 0..2 {
                self.under_way[1 - side] = self.logs[side].compare(&known[1 - side]).into();
            }
            self.connected = true;
        }

        fn disconnect(&mut self) {
            self.logs.iter_mut().for_each(Log::disconnected);
            self.under_way = Default::default();
            self.connected = false;
        }

        fn deliver(&mut self, to: usize) {
            if let Some(entry) = self.under_way[to].pop_front() {
                let id = entry.id;
                self.logs[to].add(Entry { sent: true, delivered: true, ..entry });
                self.logs[1 - to].delivered(id);
            }
        }
    }

    #[test]
    fn two_sides_become_the_same_whatever_happens_between() {
        for seed in 0..300 {
            let mut random = Random(seed);
            let mut pair = Pair { logs: Default::default(), under_way: Default::default(), connected: false };
            let mut written = BTreeSet::new();
            for id in 0..120_u128 {
                match random.below(8) {
                    0 => pair.connect(),
                    1 => pair.disconnect(),
                    2..=4 => {
                        let side = random.below(2);
                        let role = if side == 0 { Role::Rep } else { Role::Customer };
                        let entry = entry(id, role, "text");
                        written.insert(id);
                        assert!(pair.logs[side].add(entry.clone()));
                        if pair.connected {
                            pair.under_way[1 - side].push_back(entry);
                        }
                    }
                    5 if random.below(10) == 0 => {
                        // The customer's program starts afresh; what it had not got across is lost with it.
                        let there: BTreeSet<Id> = pair.logs[0].known().into_iter().collect();
                        written.retain(|id| there.contains(id));
                        pair.disconnect();
                        pair.logs[1] = Log::default();
                    }
                    _ => pair.deliver(random.below(2)),
                }
            }
            pair.disconnect();
            pair.connect();
            for to in 0..2 {
                while !pair.under_way[to].is_empty() {
                    pair.deliver(to);
                }
            }
            for log in &pair.logs {
                assert_eq!(log.ids, written, "seed {seed}");
                assert_eq!(log.entries.len(), log.ids.len(), "seed {seed}: doubled");
                assert!(log.entries().all(|entry| entry.delivered), "seed {seed}: not known to be delivered");
            }
        }
    }

    #[test]
    fn the_oldest_go_when_it_is_full() {
        let mut log = Log::default();
        for id in 0..ENTRIES_MAX as u128 + 5 {
            assert!(log.add(entry(id, Role::Rep, "x")));
        }
        assert_eq!((log.entries.len(), log.ids.contains(&4), log.ids.contains(&5)), (ENTRIES_MAX, false, true));
        for id in 10_000..10_100 {
            log.add(entry(id, Role::Rep, &"x".repeat(TEXT_CHARS_MAX)));
        }
        assert!(log.text_bytes <= TEXT_BYTES_MAX && log.entries.len() < 100);
        assert_eq!(log.text_bytes, log.entries().map(Entry::text_bytes).sum::<usize>());
    }

    /// Scar: a rep beside the first, or one who only looked on, could write as the customer or as the first.
    #[test]
    fn h2_among_several_reps_each_speaks_for_themselves() {
        let forged = |role, name: &str| Entry { author: Author { role, name: name.to_owned() }, ..entry(1, role, "x") };
        assert_eq!(said_by(forged(Role::Customer, "K. Weber"), "Bo Lind"), None);
        let said = said_by(forged(Role::Rep, "Anna Berg"), "Bo Lind").unwrap();
        assert_eq!((said.author.name.as_str(), said.text.as_str()), ("Bo Lind", "x"));
    }

    #[test]
    fn h1_of_a_long_talk_the_newest_lines_are_told() {
        let mut log = Log::default();
        for (id, text) in [(1, "one"), (2, "two"), (3, "three")] {
            log.add(entry(id, Role::Rep, text));
        }
        let name = log.entries().next().unwrap().author.name.clone();
        let whole = format!("{name}: one\n{name}: two\n{name}: three\n");
        assert_eq!(log.tail(whole.len()), whole);
        assert_eq!(log.tail(whole.len() - 1), format!("{name}: two\n{name}: three\n"));
        assert_eq!(log.tail(3), "");
    }

    #[test]
    fn no_message_is_refused() {
        let mut log = Log::default();
        assert!(!log.add(entry(1, Role::Rep, "")));
        assert!(!log.add(entry(1, Role::Rep, &"x".repeat(TEXT_CHARS_MAX + 1))));
        assert!(log.add(entry(1, Role::Rep, "once")));
        assert!(!log.add(entry(1, Role::Rep, "twice")));
    }
}
