//! What stands in a folder as the dialog shows it: in order, filtered, with a cursor and a selection. Draws nothing and reads
//! nothing.

use std::collections::BTreeSet;
use std::ffi::OsString;

/// One file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub file_name: OsString,
    /// The same for people.
    pub name: String,
    pub folder: bool,
    pub bytes: u64,
}

impl Entry {
    fn is_hidden(&self) -> bool {
        self.name.starts_with('.')
    }
}

#[derive(Debug, Default)]
pub(super) struct Listing {
    entries: Vec<Entry>,
    /// Which of them are shown, in order.
    shown: Vec<usize>,
    filter: String,
    hidden: bool,
    /// Of what is shown.
    cursor: usize,
    /// Where a range began, of what is shown.
    anchor: usize,
    /// Of the entries: it outlasts filtering.
    selected: BTreeSet<usize>,
    /// Only folders are of use.
    folders_only: bool,
}

impl Listing {
    pub fn new(folders_only: bool) -> Self {
        Self { folders_only, ..Self::default() }
    }

    /// Another folder's entries. The filter was meant for the last one.
    pub fn set(&mut self, mut entries: Vec<Entry>) {
        let key = |entry: &Entry| (!entry.folder, entry.name.to_lowercase(), entry.file_name.clone());
        entries.sort_by_cached_key(key);
        self.entries = entries;
        self.selected.clear();
        self.filter.clear();
        self.show();
    }

    fn show(&mut self) {
        let wanted = self.filter.to_lowercase();
        let fits = |entry: &Entry| {
            (entry.folder || !self.folders_only)
                && (self.hidden || !entry.is_hidden() || wanted.starts_with('.'))
                && entry.name.to_lowercase().contains(&wanted)
        };
        let shown = self.entries.iter().enumerate().filter(|(_, entry)| fits(entry)).map(|(index, _)| index).collect();
        self.shown = shown;
        (self.cursor, self.anchor) = (0, 0);
    }

    pub fn filter(&self) -> &str {
        &self.filter
    }

    pub fn set_filter(&mut self, filter: String) {
        if filter != self.filter {
            self.filter = filter;
            self.show();
        }
    }

    pub fn shows_hidden(&self) -> bool {
        self.hidden
    }

    pub fn show_hidden(&mut self, on: bool) {
        self.hidden = on;
        self.show();
    }

    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// Nothing at all is in the folder, whatever the filter.
    pub fn has_nothing(&self) -> bool {
        self.entries.is_empty()
    }

    /// What is shown in this row.
    pub fn row(&self, row: usize) -> Option<&Entry> {
        self.entries.get(*self.shown.get(row)?)
    }

    pub fn cursor(&self) -> usize {
        self.cursor
    }

    pub fn is_selected(&self, row: usize) -> bool {
        self.shown.get(row).is_some_and(|index| self.selected.contains(index))
    }

    /// The cursor goes by so many rows, and takes what lies between along if `extends`.
    pub fn step(&mut self, by: isize, extends: bool) {
        let last = self.shown.len().saturating_sub(1);
        // A first step lands on the row that the cursor stands on.
        let fresh = self.selected.is_empty() && by.abs() == 1 && self.cursor == 0;
        let to = if fresh && by > 0 && !extends { 0 } else { self.cursor.saturating_add_signed(by).min(last) };
        self.go_to(to, extends);
    }

    pub fn go_to(&mut self, row: usize, extends: bool) {
        if row >= self.shown.len() {
            return;
        }
        self.cursor = row;
        if !extends || self.folders_only {
            self.anchor = row;
        }
        self.selected.clear();
        let (from, to) = (self.anchor.min(row), self.anchor.max(row));
        self.selected.extend(self.shown.get(from..=to).unwrap_or_default());
    }

    pub fn toggle(&mut self, row: usize) {
        let Some(index) = self.shown.get(row).copied().filter(|_| !self.folders_only) else {
            return self.go_to(row, false);
        };
        (self.cursor, self.anchor) = (row, row);
        if !self.selected.remove(&index) {
            self.selected.insert(index);
        }
    }

    /// Every file that is shown.
    pub fn select_all(&mut self) {
        let file = |index: &&usize| self.entries.get(**index).is_some_and(|entry| !entry.folder);
        self.selected = self.shown.iter().filter(file).copied().collect();
    }

    /// What is selected, in order.
    pub fn selected(&self) -> impl Iterator<Item = &Entry> {
        self.selected.iter().filter_map(|index| self.entries.get(*index))
    }

    /// Selects the entry of this name alone, if it is shown.
    pub fn select(&mut self, file_name: &std::ffi::OsStr) {
        let row = (0..self.len()).find(|row| self.row(*row).is_some_and(|entry| entry.file_name == file_name));
        if let Some(row) = row {
            self.go_to(row, false);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn entry(name: &str, folder: bool) -> Entry {
        Entry { file_name: name.into(), name: name.to_owned(), folder, bytes: 1 }
    }

    fn listing(folders_only: bool) -> Listing {
        let mut listing = Listing::new(folders_only);
        let files = [entry("b.txt", false), entry("Alpha", true), entry(".secret", false), entry("a.txt", false)];
        listing.set(files.into_iter().chain([entry("zeta", true)]).collect());
        listing
    }

    fn names<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<String> {
        entries.map(|entry| entry.name.clone()).collect()
    }

    fn shown(listing: &Listing) -> Vec<String> {
        names((0..listing.len()).filter_map(|row| listing.row(row)))
    }

    #[test]
    fn folders_come_first_and_hidden_files_when_they_are_wanted() {
        let mut files = listing(false);
        assert_eq!(shown(&files), ["Alpha", "zeta", "a.txt", "b.txt"]);
        files.set_filter("TXT".to_owned());
        assert_eq!(shown(&files), ["a.txt", "b.txt"]);
        files.set_filter(".sec".to_owned());
        assert_eq!(shown(&files), [".secret"], "who types the dot means it");
        files.set_filter(String::new());
        files.show_hidden(true);
        assert_eq!(shown(&files), ["Alpha", "zeta", ".secret", "a.txt", "b.txt"]);
        assert_eq!(shown(&listing(true)), ["Alpha", "zeta"]);
    }

    #[test]
    fn keys_move_extend_and_stay_within() {
        let mut files = listing(false);
        files.step(1, false);
        assert_eq!(names(files.selected()), ["Alpha"], "the first step lands on the first row");
        files.step(100, false);
        assert_eq!(names(files.selected()), ["b.txt"]);
        files.step(-1, true);
        assert_eq!(names(files.selected()), ["a.txt", "b.txt"]);
        files.step(-100, false);
        assert_eq!(files.cursor(), 0);
        files.toggle(2);
        files.toggle(0);
        assert_eq!(names(files.selected()), ["a.txt"]);
        files.select_all();
        assert_eq!(names(files.selected()), ["a.txt", "b.txt"], "folders are opened, not sent with files");
        files.select("zeta".as_ref());
        assert_eq!(files.row(files.cursor()).unwrap().name, "zeta");
        files.set(Vec::new());
        files.step(1, false);
        files.go_to(3, true);
        assert!(files.has_nothing() && files.selected().next().is_none() && files.row(files.cursor()).is_none());
    }
}
