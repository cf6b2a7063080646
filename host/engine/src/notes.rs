//! A rep's notes of one session: what was written, what the relay has of it, and what is still to be said.
//!
//! A core without I/O: the rep's core hands in what is written and heard, with the time, and asks what to say. Each text is
//! said as a whole under the number after the last one. What the relay answers with that was not said here is somebody
//! else's: it is taken over where nothing of one's own would be lost, and put above one's own otherwise.

use crate::rep_view::{NotesState, NotesView};
use lotse_protocol::control::{NOTES_CHARS_MAX, NotesRefusal};
use lotse_protocol::tidy_lines;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// While somebody types, what is new is said so often.
pub(crate) const SAY_EVERY: Duration = Duration::from_secs(1);
/// Until what the relay could not keep is said again: there may be room on its disk by then.
const AGAIN_AFTER: Duration = Duration::from_secs(10);
/// An answer that took longer does not come: it found no room in a queue on its way.
const ANSWER_WAIT: Duration = Duration::from_secs(15);
/// Texts that were said and not answered.
const SAID_MAX: usize = 4;
/// Most that is taken of a window, in characters. More than can be kept, so that nobody loses what is too long before they
/// have shortened it.
const DRAFT_CHARS_MAX: usize = 4 * NOTES_CHARS_MAX;

/// How the relay can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    Up,
    Away,
    /// It is one of before notes.
    KeepsNone,
}

/// One session's notes.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// As the rep has them.
    text: Arc<str>,
    /// As the relay has them, as far as is known.
    kept_revision: u64,
    kept: Arc<str>,
    /// Oldest first.
    said: VecDeque<Said>,
    /// Not to be said before; `None`: at once.
    due: Option<Instant>,
    refused: Option<NotesRefusal>,
    adopted: u64,
    merged: bool,
}

/// A text on its way.
#[derive(Debug)]
struct Said {
    revision: u64,
    text: Arc<str>,
    at: Instant,
    /// An answer may still come over the connection it was said on.
    open: bool,
}

impl Notes {
    /// The rep has written. `on` is the [`NotesView::adopted`] that the window had when they did: if another text came in
    /// meanwhile, both stay.
    pub(crate) fn write(&mut self, text: &str, on: u64, now: Instant) {
        if !self.is_unsaved() {
            self.due = Some(now + SAY_EVERY);
        }
        let text: String = tidy_lines(text).chars().take(DRAFT_CHARS_MAX).collect();
        if on == self.adopted {
            self.merged = false;
            self.text = text.into();
        } else {
            self.adopt(joined(&self.text, &text));
        }
        if self.refused == Some(NotesRefusal::TooLong) {
            self.refused = None;
        }
    }

    /// What is new is to be said without waiting for more.
    pub(crate) fn hurry(&mut self) {
        if self.refused.is_none() {
            self.due = None;
        }
    }

    /// The relay was not there and is again.
    pub(crate) fn again(&mut self) {
        if self.refused == Some(NotesRefusal::NotNow) {
            self.refused = None;
        }
        self.hurry();
    }

    /// The connection is gone, and with it whatever was not answered; it may have arrived all the same.
    pub(crate) fn lost(&mut self) {
        self.said.iter_mut().for_each(|said| said.open = false);
    }

    /// The relay lacks something that it could still take.
    pub(crate) fn is_unsaved(&self) -> bool {
        self.text != self.kept && self.refused != Some(NotesRefusal::Over)
    }

    /// What to say now, with its revision, if anything.
    pub(crate) fn poll(&mut self, now: Instant) -> Option<(u64, String)> {
        if self.said.iter().any(|said| said.open && said.at + ANSWER_WAIT <= now) {
            self.lost();
        }
        let newest = self.said.iter().rev().find(|said| said.open);
        let is_news = self.text != *newest.map_or(&self.kept, |said| &said.text);
        let open = self.said.iter().filter(|said| said.open).count();
        let waits = self.due.is_some_and(|due| now < due) || open >= SAID_MAX;
        if !self.is_unsaved() || !is_news || waits || over(&self.text) > 0 {
            return None;
        }
        let revision = newest.map_or(self.kept_revision, |said| said.revision).saturating_add(1);
        if self.said.len() >= SAID_MAX {
            self.said.pop_front();
        }
        self.said.push_back(Said { revision, text: self.text.clone(), at: now, open: true });
        self.due = Some(now + SAY_EVERY);
        Some((revision, self.text.to_string()))
    }

    /// The relay says what it has.
    pub(crate) fn heard(&mut self, revision: u64, text: &str) {
        let text: Arc<str> = tidy_lines(text).into();
        let before = std::mem::replace(&mut self.kept, text);
        self.kept_revision = revision;
        self.refused = None;
        if let Some(at) = self.said.iter().position(|said| said.revision == revision && said.text == self.kept) {
            self.said.drain(..=at);
            return;
        }
        self.lost();
        if self.kept == self.text || self.kept == before {
            return;
        }
        if self.text == before {
            self.merged = false;
            self.text = self.kept.clone();
            self.adopted += 1;
            return;
        }
        self.due = None;
        let both = joined(&self.kept, &self.text);
        if both != *self.text {
            self.adopt(both);
        }
    }

    /// The relay has not kept what was said.
    pub(crate) fn refuse(&mut self, why: NotesRefusal, now: Instant) {
        self.lost();
        self.refused = Some(why);
        match why {
            NotesRefusal::NotNow => self.due = Some(now + AGAIN_AFTER),
            NotesRefusal::TooLong | NotesRefusal::Over => {}
        }
    }

    pub(crate) fn view(&self, reach: Reach) -> NotesView {
        NotesView { text: self.text.clone(), adopted: self.adopted, merged: self.merged, state: self.state(reach) }
    }

    fn state(&self, reach: Reach) -> NotesState {
        let over = over(&self.text);
        match (self.refused, reach) {
            _ if self.text == self.kept && self.text.is_empty() => NotesState::Empty,
            _ if self.text == self.kept => NotesState::Saved,
            _ if over > 0 => NotesState::TooLong { over },
            (Some(NotesRefusal::Over), _) => NotesState::Over,
            (_, Reach::KeepsNone) => NotesState::Unsupported,
            (_, Reach::Away) => NotesState::Away,
            (Some(NotesRefusal::NotNow | NotesRefusal::TooLong), Reach::Up) => NotesState::NotNow,
            (None, Reach::Up) => NotesState::Saving,
        }
    }

    /// Another text than the rep wrote stands there now, with all that they wrote in it.
    fn adopt(&mut self, text: String) {
        self.text = text.into();
        self.adopted += 1;
        self.merged = true;
    }
}

/// Characters over the most that a relay keeps.
fn over(text: &str) -> u64 {
    // Each character has at least a byte.
    if text.len() <= NOTES_CHARS_MAX {
        return 0;
    }
    u64::try_from(text.chars().count().saturating_sub(NOTES_CHARS_MAX)).unwrap_or(u64::MAX)
}

/// Both texts, the other's first; once, where one has the other in it.
fn joined(theirs: &str, own: &str) -> String {
    if own.contains(theirs) {
        own.to_owned()
    } else if theirs.contains(own) {
        theirs.to_owned()
    } else {
        format!("{theirs}\n\n{own}")
    }
}

#[cfg(test)]
#[path = "notes_tests.rs"]
mod tests;
