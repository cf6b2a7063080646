//! The rep's ready-made replies: texts that are sent with one click and kept between sessions.

use lotse_sdk::wire::{Reader, Writer};

use crate::log::TEXT_CHARS_MAX;

/// Storage key.
pub const KEY: &str = "replies";
/// What a menu shows without scrolling.
const REPLIES_MAX: usize = 12;
/// One value of storage holds all replies.
const REPLY_CHARS_MAX: usize = 1_000;
const _: () = assert!(REPLY_CHARS_MAX < TEXT_CHARS_MAX && REPLIES_MAX * REPLY_CHARS_MAX * 4 < 64 * 1024);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replies(Vec<String>);

impl Replies {
    /// What a rep has before keeping anything.
    pub fn new(first: impl IntoIterator<Item = String>) -> Self {
        Self(first.into_iter().collect())
    }

    pub fn parse(bytes: &[u8]) -> Self {
        let mut reader = Reader::new(bytes);
        Self(std::iter::from_fn(|| reader.text(REPLY_CHARS_MAX)).take(REPLIES_MAX).collect())
    }

    pub fn encode(&self) -> Vec<u8> {
        self.0.iter().fold(Writer::default(), |writer, text| writer.text(text)).finish()
    }

    pub fn all(&self) -> &[String] {
        &self.0
    }

    /// Keeps a text, unless it is there already, too long, or the list is full.
    pub fn keep(&mut self, text: &str) -> bool {
        let fits = text.chars().count() <= REPLY_CHARS_MAX && self.0.len() < REPLIES_MAX;
        let new = fits && !text.is_empty() && !self.0.iter().any(|kept| kept == text);
        if new {
            self.0.push(text.to_owned());
        }
        new
    }

    pub fn forget(&mut self, text: &str) {
        self.0.retain(|kept| kept != text);
    }

    /// What is kept now, which another session of this rep's may have changed since `self` was read.
    pub fn renewed(&self, kept: Option<&[u8]>) -> Self {
        kept.map_or_else(|| self.clone(), Self::parse)
    }
}

/// The first line, short enough for a menu.
pub fn label(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(48) {
        Some((cut, _)) => format!("{}…", line.get(..cut).unwrap_or_default()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn kept_replies_come_back_and_have_bounds() {
        let mut replies = Replies::new(["One moment".to_owned()]);
        assert!(replies.keep("Please restart") && !replies.keep("Please restart") && !replies.keep(""));
        assert_eq!(Replies::parse(&replies.encode()), replies);
        for index in 0..40 {
            replies.keep(&format!("reply {index}"));
        }
        assert_eq!(replies.all().len(), REPLIES_MAX);
        assert!(!replies.keep(&"x".repeat(REPLY_CHARS_MAX + 1)));
        replies.forget("nobody said that");
        replies.forget("One moment");
        assert_eq!(replies.all()[0], "Please restart");
        assert_eq!(Replies::parse(&[0xff; 9]).all().len(), 0);
    }

    /// Scar: of two sessions at once the second to keep a reply took away what the first had kept.
    #[test]
    fn two_sessions_keep_both_their_replies() {
        let first = Replies::new(["Hello".to_owned(), "One moment".to_owned()]);
        let mut one = first.renewed(None);
        one.keep("From one");
        one.forget("Hello");
        let kept = one.encode();
        let mut other = first.renewed(Some(&kept));
        other.keep("From the other");
        other.forget("Hello");
        assert_eq!(other.all(), ["One moment", "From one", "From the other"]);
    }

    #[test]
    fn labels_are_short() {
        assert_eq!(label("one\ntwo"), "one");
        assert_eq!(label(&"ä".repeat(60)).chars().count(), 49);
    }
}
