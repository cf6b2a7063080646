//! Everybody's strokes on every board, in the one order that all sides draw them in.
//!
//! What changes is collected and shown by `flush`, once an event: a stroke that comes late lies beneath others, and
//! putting those anew for each of a thousand would take long.

use std::collections::{BTreeMap, BTreeSet};

use lotse_sdk::ParticipantId;

use crate::desk::{Desk, Shown};
use crate::stroke::{Figure, Key, Stroke};

#[derive(Clone, Debug)]
struct Drawn {
    key: Key,
    /// Its author has not yet said that it is still there.
    stale: bool,
    stroke: Stroke,
}

impl Drawn {
    fn place(&self) -> (u64, Key) {
        (self.stroke.order, self.key)
    }
}

/// How much an author has drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    pub strokes: usize,
    pub weight: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Sheets {
    /// Lowest first.
    drawn: Vec<Drawn>,
    /// The text that the person writes.
    caret: Option<Key>,
    changed: BTreeSet<Key>,
    removed: Vec<(u64, Key)>,
    /// Boards on which what lies at this place or above must be put in order anew.
    disordered: BTreeMap<u64, (u64, Key)>,
}

impl Sheets {
    fn find(&self, key: Key) -> Option<&Drawn> {
        self.drawn.iter().find(|drawn| drawn.key == key)
    }

    pub fn get(&self, key: Key) -> Option<&Stroke> {
        self.find(key).map(|drawn| &drawn.stroke)
    }

    /// All of them, lowest first.
    pub fn all(&self) -> impl Iterator<Item = (Key, &Stroke)> {
        self.drawn.iter().map(|drawn| (drawn.key, &drawn.stroke))
    }

    pub fn is_empty(&self) -> bool {
        self.drawn.is_empty()
    }

    /// What the author drew last.
    pub fn last_of(&self, author: ParticipantId) -> Option<Key> {
        self.drawn.iter().rev().map(|drawn| drawn.key).find(|key| key.author == author)
    }

    /// Without what may be gone.
    pub fn load(&self, author: ParticipantId) -> Load {
        let theirs = self.drawn.iter().filter(|drawn| drawn.key.author == author && !drawn.stale);
        theirs.fold(Load::default(), |load, drawn| Load {
            strokes: load.strokes + 1,
            weight: load.weight + drawn.stroke.figure.weight(),
        })
    }

    /// A stroke that is there keeps its place.
    pub fn put(&mut self, key: Key, stroke: Stroke) {
        self.changed.insert(key);
        if let Some(drawn) = self.drawn.iter_mut().find(|drawn| drawn.key == key) {
            (drawn.stroke, drawn.stale) = (stroke, false);
            return;
        }
        let drawn = Drawn { key, stale: false, stroke };
        let at = self.drawn.partition_point(|other| other.place() < drawn.place());
        let (board, place) = (drawn.stroke.board, drawn.place());
        if self.drawn.iter().skip(at).any(|above| above.stroke.board == board) {
            let lowest = self.disordered.entry(board).or_insert(place);
            *lowest = place.min(*lowest);
        }
        self.drawn.insert(at, drawn);
    }

    /// Changes a stroke's figure in place.
    pub fn change(&mut self, key: Key, change: impl FnOnce(&mut Figure)) {
        if let Some(drawn) = self.drawn.iter_mut().find(|drawn| drawn.key == key) {
            change(&mut drawn.stroke.figure);
            self.changed.insert(key);
        }
    }

    pub fn set_caret(&mut self, caret: Option<Key>) {
        let before = std::mem::replace(&mut self.caret, caret);
        self.changed.extend(before.into_iter().chain(caret));
    }

    pub fn remove(&mut self, key: Key) {
        self.remove_where(|drawn| drawn.key == key);
    }

    pub fn remove_author(&mut self, author: ParticipantId) {
        self.remove_where(|drawn| drawn.key.author == author);
    }

    pub fn remove_below(&mut self, order: u64) {
        self.remove_where(|drawn| drawn.stroke.order < order);
    }

    fn remove_where(&mut self, goes: impl Fn(&Drawn) -> bool) {
        let removed = &mut self.removed;
        self.drawn.retain(|drawn| {
            let stays = !goes(drawn);
            if !stays {
                removed.push((drawn.stroke.board, drawn.key));
            }
            stays
        });
    }

    /// Boards that went took what was on them along.
    pub fn keep_boards(&mut self, there: impl Fn(u64) -> bool) {
        self.drawn.retain(|drawn| there(drawn.stroke.board));
        self.removed.retain(|(board, _)| there(*board));
        self.disordered.retain(|board, _| there(*board));
    }

    /// The author is about to say what is still there; `is` says of which numbers they know.
    pub fn doubt(&mut self, author: ParticipantId, is: impl Fn(u32) -> bool) {
        for drawn in self.drawn.iter_mut().filter(|drawn| drawn.key.author == author && is(drawn.key.seq)) {
            drawn.stale = true;
        }
    }

    /// The author has said everything.
    pub fn sweep(&mut self, author: ParticipantId) {
        self.remove_where(|drawn| drawn.stale && drawn.key.author == author);
    }

    /// Shows what changed since the last time.
    pub fn flush(&mut self, desk: &mut impl Desk) {
        let (changed, removed) = (std::mem::take(&mut self.changed), std::mem::take(&mut self.removed));
        let disordered = std::mem::take(&mut self.disordered);
        let mut boards: BTreeSet<u64> = removed.iter().map(|(board, _)| *board).collect();
        boards.extend(changed.iter().filter_map(|key| self.get(*key)).map(|stroke| stroke.board));
        for board in boards {
            let lowest = disordered.get(&board);
            let anew = |drawn: &Drawn| lowest.is_some_and(|lowest| drawn.place() >= *lowest);
            let there = self.drawn.iter().filter(|drawn| drawn.stroke.board == board);
            let shown: Vec<&Drawn> = there.filter(|drawn| anew(drawn) || changed.contains(&drawn.key)).collect();
            let gone = removed.iter().filter(|(of, _)| *of == board).map(|(_, key)| *key);
            // One that was put again meanwhile is shown below.
            let mut gone: BTreeSet<Key> = gone.filter(|key| self.find(*key).is_none()).collect();
            gone.extend(shown.iter().filter(|drawn| anew(drawn)).map(|drawn| drawn.key));
            if !gone.is_empty() {
                desk.remove(board, &gone.into_iter().map(Key::id).collect::<Vec<_>>());
            }
            let caret = |key: Key| self.caret == Some(key);
            // What cannot be seen is not put: some boards would draw it as a dot.
            let (seen, unseen): (Vec<&Drawn>, Vec<&Drawn>) =
                shown.into_iter().partition(|drawn| caret(drawn.key) || !drawn.stroke.figure.is_empty());
            if !unseen.is_empty() {
                desk.remove(board, &unseen.iter().map(|drawn| drawn.key.id()).collect::<Vec<_>>());
            }
            if !seen.is_empty() {
                let show = seen.into_iter().map(|drawn| Shown {
                    id: drawn.key.id(),
                    stroke: &drawn.stroke,
                    caret: caret(drawn.key),
                });
                desk.put(board, &show.collect::<Vec<_>>());
            }
        }
    }
}

#[cfg(test)]
#[path = "sheets_tests.rs"]
mod tests;
