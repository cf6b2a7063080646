//! The replies of the account, and what a rep is doing with them. Knows no host.

use lotse_sdk::Error;
use lotse_sdk::wire::{Reader, Writer};
use std::collections::BTreeMap;

/// Longest reply: three of it fit into one message of the chat.
pub const TEXT_CHARS_MAX: usize = 1_000;
const VERSION: u8 = 1;
/// Keys of replies begin so; what else is kept belongs to a newer version of this plugin.
const PREFIX: &str = "reply-";
/// What a menu shows of a reply.
const LABEL_CHARS_MAX: usize = 48;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub text: String,
    /// Number of the change that made it.
    pub revision: u64,
}

/// Something that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub key: String,
    /// `None`: the reply goes.
    pub text: Option<String>,
    /// The change that was seen when this one was made.
    pub seen: u64,
}

impl Change {
    pub fn data(&self) -> Option<Vec<u8>> {
        self.text.as_deref().map(encode)
    }
}

/// Why a change was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Another rep was faster.
    Changed,
    /// There is no room for more.
    Full,
    /// The relay is away.
    Away,
}

#[derive(Debug, Default)]
pub struct Book {
    replies: BTreeMap<String, Reply>,
    /// All replies are there.
    ready: bool,
    /// Which one is being changed in the preferences.
    editing: Option<String>,
    /// On its way.
    saving: Option<Change>,
    /// What was not kept, and why. Its words stay in the field.
    failed: Option<(Change, Trouble)>,
}

impl Book {
    pub fn is_ready(&self) -> bool {
        self.ready
    }

    pub fn all(&self) -> Vec<(&str, &Reply)> {
        let mut all: Vec<_> = self.replies.iter().map(|(key, reply)| (key.as_str(), reply)).collect();
        all.sort_by_cached_key(|(_, reply)| reply.text.to_lowercase());
        all
    }

    pub fn get(&self, key: &str) -> Option<&Reply> {
        self.replies.get(key)
    }

    pub fn editing(&self) -> Option<&str> {
        self.editing.as_deref()
    }

    pub fn is_saving(&self) -> bool {
        self.saving.is_some()
    }

    pub fn failed(&self) -> Option<&(Change, Trouble)> {
        self.failed.as_ref()
    }

    pub fn ready(&mut self) {
        self.ready = true;
    }

    /// What is kept under a key now.
    pub fn take(&mut self, key: &str, kept: Option<(Vec<u8>, u64)>) {
        if !key.starts_with(PREFIX) {
            return;
        }
        let reply = kept.and_then(|(data, revision)| Some(Reply { text: decode(&data)?, revision }));
        match reply {
            Some(reply) => drop(self.replies.insert(key.to_owned(), reply)),
            None => drop(self.replies.remove(key)),
        }
    }

    /// What is not kept any more goes.
    pub fn keep_only(&mut self, keys: &[String]) {
        self.replies.retain(|key, _| keys.contains(key));
    }

    pub fn edit(&mut self, key: &str) {
        self.editing = Some(key.to_owned()).filter(|key| self.replies.contains_key(key));
        self.failed = None;
    }

    /// Nothing is changed after all.
    pub fn leave(&mut self) {
        (self.editing, self.failed) = (None, None);
    }

    /// A new reply. `random` names it.
    pub fn add(&mut self, text: &str, random: &[u8]) -> Option<Change> {
        let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        self.change(Change { key: format!("{PREFIX}{name}"), text: Some(tidied(text)?), seen: 0 })
    }

    /// Other words for the reply that is being changed.
    pub fn rewrite(&mut self, text: &str) -> Option<Change> {
        let key = self.editing.clone()?;
        // One that went meanwhile is made anew, under the same name.
        let seen = self.replies.get(&key).map_or(0, |reply| reply.revision);
        self.change(Change { key, text: Some(tidied(text)?), seen })
    }

    pub fn remove(&mut self, key: &str) -> Option<Change> {
        let seen = self.replies.get(key)?.revision;
        self.change(Change { key: key.to_owned(), text: None, seen })
    }

    fn change(&mut self, change: Change) -> Option<Change> {
        if self.saving.is_some() {
            return None;
        }
        self.failed = None;
        self.saving = Some(change.clone());
        Some(change)
    }

    /// What became of it.
    pub fn answered(&mut self, key: &str, outcome: Result<(), Error>) {
        let Some(change) = self.saving.take_if(|saving| saving.key == key) else { return };
        match outcome {
            Ok(()) => self.editing = None,
            Err(error) => self.failed = Some((change, trouble(error))),
        }
    }
}

fn trouble(error: Error) -> Trouble {
    match error {
        Error::Gone => Trouble::Changed,
        Error::Limit | Error::Invalid => Trouble::Full,
        Error::Busy | Error::Denied | Error::Unsupported => Trouble::Away,
    }
}

/// `None` if nothing is left.
fn tidied(text: &str) -> Option<String> {
    let text: String = text.trim().chars().take(TEXT_CHARS_MAX).collect();
    (!text.is_empty()).then_some(text)
}

fn encode(text: &str) -> Vec<u8> {
    Writer::new(VERSION).text(text).finish()
}

fn decode(data: &[u8]) -> Option<String> {
    let mut reader = Reader::new(data);
    let text = (reader.u8()? == VERSION).then(|| reader.text(TEXT_CHARS_MAX))??;
    reader.end(text).filter(|text| !text.is_empty())
}

/// The first line, short enough for a menu.
pub fn label(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(LABEL_CHARS_MAX) {
        Some((cut, _)) => format!("{}…", line.get(..cut).unwrap_or_default()),
        None => line.to_owned(),
    }
}

/// The reply with the names in it. A name is put in as it is, whatever stands in it.
pub fn filled(text: &str, customer: &str, rep: &str) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let names = [("customer}", customer), ("rep}", rep)];
        match names.into_iter().find_map(|(name, value)| Some((value, after.strip_prefix(name)?))) {
            Some((value, behind)) => {
                filled.push_str(value);
                rest = behind;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn kept(book: &mut Book, change: &Change, revision: u64) {
        book.take(&change.key, change.data().map(|data| (data, revision)));
        book.answered(&change.key, Ok(()));
    }

    #[test]
    fn t1_names_are_filled_in_once_and_nothing_else_is_touched() {
        let text = "Hello {customer}, I am {rep}. {0} {customer {rep}}";
        assert_eq!(filled(text, "{rep}", "Anna"), "Hello {rep}, I am Anna. {0} {customer Anna}");
        assert_eq!(filled("", "a", "b"), "");
        assert_eq!(filled("{", "a", "b"), "{");
    }

    #[test]
    fn t1_replies_are_added_changed_and_removed() {
        let mut book = Book::default();
        let added = book.add("  Please restart\nand tell me  ", &[0xa7, 1]).unwrap();
        assert_eq!((added.key.as_str(), added.seen), ("reply-a701", 0));
        assert_eq!(book.add("another", &[2]), None, "one at a time");
        kept(&mut book, &added, 4);
        assert_eq!(book.get("reply-a701").unwrap().text, "Please restart\nand tell me");
        assert_eq!(label(&book.get("reply-a701").unwrap().text), "Please restart");
        book.edit("reply-a701");
        let changed = book.rewrite("Please wait").unwrap();
        assert_eq!(changed.seen, 4);
        kept(&mut book, &changed, 5);
        assert_eq!((book.editing(), book.get("reply-a701").unwrap().revision), (None, 5));
        let removed = book.remove("reply-a701").unwrap();
        assert_eq!((removed.seen, removed.data()), (5, None));
        kept(&mut book, &removed, 6);
        assert!(book.all().is_empty());
        assert_eq!((book.add("   ", &[3]), book.remove("reply-none")), (None, None));
    }

    #[test]
    fn t1_what_was_not_kept_is_not_lost() {
        let mut book = Book::default();
        book.take("reply-1", Some((encode("theirs"), 3)));
        book.edit("reply-1");
        let mine = book.rewrite("mine").unwrap();
        book.take("reply-1", Some((encode("theirs, again"), 4)));
        book.answered("reply-1", Err(Error::Gone));
        let (change, trouble) = book.failed().unwrap();
        assert_eq!((change, *trouble, book.editing()), (&mine, Trouble::Changed, Some("reply-1")));
        assert_eq!(book.rewrite("mine").unwrap().seen, 4, "seen now");
        book.answered("reply-1", Err(Error::Busy));
        assert_eq!(book.failed().unwrap().1, Trouble::Away);
        book.leave();
        assert_eq!((book.failed(), book.editing()), (None, None));
    }

    #[test]
    fn what_others_keep_is_read_with_care() {
        let mut book = Book::default();
        let long = "ü".repeat(TEXT_CHARS_MAX + 1);
        for (key, data) in [
            ("other-1", encode("x")),
            ("reply-1", vec![]),
            ("reply-2", vec![9, 0, 1, b'x']),
            ("reply-3", encode("")),
            ("reply-4", [encode("x"), vec![0]].concat()),
            ("reply-5", encode(&long)),
        ] {
            book.take(key, Some((data, 1)));
            assert!(book.all().is_empty(), "{key}");
        }
        for (key, text) in [("reply-1", "b"), ("reply-2", "A"), ("reply-3", "c")] {
            book.take(key, Some((encode(text), 1)));
        }
        let texts: Vec<_> = book.all().into_iter().map(|(_, reply)| reply.text.clone()).collect();
        assert_eq!(texts, ["A", "b", "c"]);
        book.keep_only(&["reply-3".to_owned()]);
        assert_eq!(book.all().len(), 1);
    }
}
