//! Where the entries of a table go on this side: under safe names, no two of one folder alike, in the order they came.
//!
//! Pure, and the same for the same table, so that what was begun is found again.

use crate::end::End;
use crate::entry::Entry;
use crate::name;
use std::collections::{HashMap, HashSet, hash_map};
use std::ffi::OsStr;

#[derive(Debug)]
pub(crate) struct Layout {
    places: Vec<Place>,
    /// Entries without a folder above them, in their order.
    pub roots: Vec<u32>,
    /// Names that are not as they were sent.
    pub renamed: u64,
}

#[derive(Debug)]
struct Place {
    /// The folder it is in; `None`: it is a root.
    parent: Option<u32>,
    name: String,
    root: u32,
}

impl Layout {
    /// Refuses a table that no sender of ours makes: a path twice, something in a folder that was not announced, or a root
    /// whose entries do not stand together.
    pub fn new(entries: &[Entry]) -> Result<Self, End> {
        let mut layout = Self { places: Vec::with_capacity(entries.len()), roots: Vec::new(), renamed: 0 };
        let mut folders: HashMap<&str, u32> = HashMap::new();
        let mut paths: HashSet<&str> = HashSet::new();
        // The next number to try, so that many names that fold to one do not take ever longer.
        let mut taken: HashMap<(Option<u32>, String), u32> = HashMap::new();
        for (index, entry) in entries.iter().enumerate() {
            let index = u32::try_from(index).map_err(|_| End::wrong("too many files"))?;
            if !paths.insert(&entry.path) {
                return Err(End::wrong("a file that is named twice"));
            }
            let (parent, last) = match entry.path.rsplit_once('/') {
                None => (None, entry.path.as_str()),
                Some((above, last)) => {
                    let parent =
                        folders.get(above).ok_or_else(|| End::wrong("a file in a folder that is not there"))?;
                    (Some(*parent), last)
                }
            };
            let root = parent.map_or(index, |parent| layout.root(parent));
            if parent.is_none() {
                layout.roots.push(index);
            } else if layout.roots.last() != Some(&root) {
                return Err(End::wrong("files in no order"));
            }
            let name = free_name(&mut taken, parent, last, entry.folder);
            layout.renamed += u64::from(name != last);
            layout.places.push(Place { parent, name, root });
            if entry.folder {
                folders.insert(&entry.path, index);
            }
        }
        Ok(layout)
    }

    /// The folder that an entry is in; `None`: it is a root.
    pub fn parent(&self, index: u32) -> Option<u32> {
        self.places.get(index as usize).and_then(|place| place.parent)
    }

    pub fn name(&self, index: u32) -> &OsStr {
        OsStr::new(self.places.get(index as usize).map_or("_", |place| &place.name))
    }

    pub fn root(&self, index: u32) -> u32 {
        self.places.get(index as usize).map_or(index, |place| place.root)
    }
}

fn free_name(
    taken: &mut HashMap<(Option<u32>, String), u32>,
    parent: Option<u32>,
    wanted: &str,
    folder: bool,
) -> String {
    let mut safe = name::safe(wanted);
    // What a person agreed to is to be seen where they had it put, and is no settings file or key of theirs.
    if parent.is_none() && safe.starts_with('.') {
        safe.insert(0, '_');
    }
    let key = (parent, name::folded(&safe));
    let mut number = *taken.entry(key.clone()).or_insert(1);
    let mut free = safe.clone();
    // A numbered name can be somebody's own.
    while number > 1 {
        free = name::numbered(&safe, number, folder);
        number += 1;
        let folded = (parent, name::folded(&free));
        if let hash_map::Entry::Vacant(place) = taken.entry(folded) {
            place.insert(2);
            break;
        }
    }
    taken.insert(key, number.max(2));
    free
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::entry::Modified;

    fn table(paths: &[&str]) -> Vec<Entry> {
        let entry = |path: &&str| Entry {
            path: path.trim_end_matches('/').to_owned(),
            bytes: 0,
            modified: Modified::default(),
            folder: path.ends_with('/'),
        };
        paths.iter().map(entry).collect()
    }

    fn names(paths: &[&str]) -> (Vec<String>, u64) {
        let layout = Layout::new(&table(paths)).unwrap();
        (layout.places.into_iter().map(|place| place.name).collect(), layout.renamed)
    }

    #[test]
    fn siblings_that_are_one_name_somewhere_are_numbered_and_others_are_not() {
        let (found, renamed) = names(&["a.txt", "A.TXT", "a (2).txt", "b/", "b/a.txt", "b/con", "B"]);
        assert_eq!(found, ["a.txt", "A (2).TXT", "a (2) (2).txt", "b", "a.txt", "_con", "B (2)"]);
        assert_eq!(renamed, 4);
    }

    #[test]
    fn a_numbered_name_that_comes_first_is_left_alone() {
        assert_eq!(names(&["a (2)", "a", "A", "a (3)"]).0, ["a (2)", "a", "A (3)", "a (3) (2)"]);
    }

    /// A place can be somebody's home, where such a file is run or opens a door.
    #[test]
    fn what_would_be_hidden_is_seen_but_within_a_folder_it_stays_as_it_is() {
        let (found, renamed) = names(&[".profile", ".ssh/", ".ssh/.keep", "_.profile"]);
        assert_eq!(found, ["_.profile", "_.ssh", ".keep", "_ (2).profile"]);
        assert_eq!(renamed, 3);
    }

    #[test]
    fn tables_of_no_sender_are_refused() {
        for wrong in [&["a", "a"][..], &["d/x"], &["f", "f/x"], &["a/", "b/", "a/x"], &["a/b/", "a/"]] {
            assert!(Layout::new(&table(wrong)).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn many_names_that_fold_to_one_are_told_apart() {
        let paths: Vec<String> =
            (0..2_000_u32).map(|n| (0..11).map(|bit| if n >> bit & 1 == 1 { 'A' } else { 'a' }).collect()).collect();
        let borrowed: Vec<&str> = paths.iter().map(String::as_str).collect();
        let folded: HashSet<String> = names(&borrowed).0.iter().map(|name| name::folded(name)).collect();
        assert_eq!(folded.len(), 2_000);
    }
}
