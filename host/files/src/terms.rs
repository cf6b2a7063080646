//! What a person agreed to receive, and what their place was used for: a receiver takes that and nothing else.
//!
//! The sender alone says what an offer holds. Without these terms a yes to one small file would be one to anything.

use crate::BATCH_BYTES;
use crate::end::End;
use crate::entry::Entry;
use crate::name;
use crate::staging::table_hash;

/// Sent again, files may have grown and a folder may have more in it: by this part of what was agreed to,
const GROWTH_PART: u64 = 4;
/// and by so many bytes, since a log grows by lines.
const GROWTH_BYTES: u64 = 1024 * 1024;
const NOT_AGREED: &str = "something else than what was agreed to";

/// What somebody was shown before they agreed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agreed {
    /// Of the one file or folder, or of the first, in full; empty: none was shown.
    pub name: String,
    pub files: u64,
    pub folders: u64,
    pub bytes: u64,
}

/// What may come into a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// `None`: whatever there is.
    pub agreed: Option<Agreed>,
    /// The batch that was begun there: no other one comes.
    pub batch: Option<[u8; BATCH_BYTES]>,
    /// The table of which everything is there: it may be said again, but no other one in its place.
    pub whole: Option<[u8; 32]>,
}

impl Terms {
    pub(crate) fn check_batch(&self, batch: [u8; BATCH_BYTES]) -> Result<(), End> {
        match self.batch {
            Some(begun) if begun != batch => Err(End::wrong("something else than what was begun there")),
            Some(_) | None => Ok(()),
        }
    }

    /// The same of what an offer says of itself, before anything that it names is taken in.
    pub(crate) fn check_size(&self, entries: u32, bytes: u64) -> Result<(), End> {
        match &self.agreed {
            Some(agreed) if !agreed.has_room_for(entries.into(), bytes) => Err(End::wrong(NOT_AGREED)),
            Some(_) | None => Ok(()),
        }
    }

    pub(crate) fn check_table(&self, entries: &[Entry]) -> Result<(), End> {
        if self.whole.is_some_and(|whole| whole != table_hash(entries)) {
            return Err(End::wrong("something else in place of what is there"));
        }
        match &self.agreed {
            Some(agreed) if !agreed.covers(entries) => Err(End::wrong(NOT_AGREED)),
            Some(_) | None => Ok(()),
        }
    }
}

impl Agreed {
    fn covers(&self, entries: &[Entry]) -> bool {
        let Self { name, files, folders, bytes: _ } = self;
        let came_folders = entries.iter().filter(|entry| entry.folder).count() as u64;
        let came_files = entries.len() as u64 - came_folders;
        let came_bytes = entries.iter().fold(0_u64, |sum, entry| sum.saturating_add(entry.bytes));
        came_files <= grown(*files)
            && came_folders <= grown(*folders)
            && self.has_room_for(entries.len() as u64, came_bytes)
            && entries.first().is_some_and(|first| name.is_empty() || is_name(name, &first.path))
    }

    /// Whether so much could be it, whatever it is.
    fn has_room_for(&self, entries: u64, bytes: u64) -> bool {
        entries <= grown(self.files).saturating_add(grown(self.folders))
            && bytes <= grown(self.bytes).saturating_add(GROWTH_BYTES)
    }
}

fn grown(agreed: u64) -> u64 {
    agreed.saturating_add(agreed / GROWTH_PART)
}

/// Whether a name was shown so: what is not seen may have been taken out of it, and one of nothing else is shown as a stroke.
fn is_name(shown: &str, sent: &str) -> bool {
    let is_seen = |c: &char| !c.is_whitespace() && !name::is_unsafe(*c) && !matches!(c, '\u{200c}' | '\u{200d}');
    let seen = |text: &str| text.chars().filter(is_seen).collect::<String>();
    let sent = seen(sent);
    seen(shown) == sent || (sent.is_empty() && shown == "_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Modified;

    fn entry(path: &str, bytes: u64, folder: bool) -> Entry {
        Entry { path: path.to_owned(), bytes, modified: Modified::default(), folder }
    }

    #[test]
    fn what_was_agreed_to_may_grow_a_little_and_be_nothing_else() {
        let agreed = Agreed { name: "scan ü.pdf".to_owned(), files: 1, folders: 0, bytes: 10_000_000 };
        let covers = |entries: &[Entry]| agreed.covers(entries);
        assert!(covers(&[entry("scan ü.pdf", 10_000_000, false)]));
        for hidden in ["scan\u{200b} ü.pdf", "scan\u{3164} ü.pdf"] {
            assert!(covers(&[entry(hidden, 13_000_000, false)]), "shown without what is not seen");
        }
        assert!(!covers(&[entry("scan ü.pdf", 14_000_000, false)]));
        assert!(!covers(&[entry("scan ü.pdf.exe", 10, false)]));
        assert!(!covers(&[entry("scan ü pdf", 10, false)]) && !covers(&[entry("scan .ü.pdf", 10, false)]));
        assert!(!covers(&[entry("scan ü.pdf", 10, true)]));
        assert!(!covers(&[entry("scan ü.pdf", 10, false), entry("another", 10, false)]));
        let agreed = Agreed { name: "d".to_owned(), files: 40, folders: 4, bytes: 0 };
        let mut many: Vec<Entry> = (0..50).map(|number| entry(&format!("d/{number}"), 0, false)).collect();
        many.insert(0, entry("d", 0, true));
        assert!(agreed.covers(&many));
        many.push(entry("d/50", 0, false));
        assert!(!agreed.covers(&many));
    }

    #[test]
    fn an_offer_is_no_larger_than_what_was_agreed_to_whatever_its_table_will_say() {
        let agreed = Agreed { name: String::new(), files: 4, folders: 1, bytes: 1_000 };
        let terms = Terms { agreed: Some(agreed), ..Terms::default() };
        assert!(terms.check_size(6, 1_250 + GROWTH_BYTES).is_ok());
        assert!(terms.check_size(7, 0).is_err() && terms.check_size(u32::MAX, 0).is_err());
        assert!(terms.check_size(1, 1_251 + GROWTH_BYTES).is_err());
        assert!(Terms::default().check_size(u32::MAX, u64::MAX).is_ok());
    }

    #[test]
    fn a_name_is_the_one_that_was_shown_but_for_what_cannot_be_seen() {
        for (shown, sent) in
            [("a b.txt", "a  b.txt"), ("👩💻.png", "👩\u{200d}💻.png"), ("_", "\u{200b} "), ("..", "..")]
        {
            assert!(is_name(shown, sent), "{shown}");
        }
        for (shown, sent) in [("photo-exe", "photo.exe"), ("_", "a"), ("a", "\u{200b}"), ("scanpdf.exe", "scan.pdfexe")]
        {
            assert!(!is_name(shown, sent), "{shown}");
        }
    }

    #[test]
    fn one_batch_comes_and_once_it_is_whole_no_other_in_its_place() {
        let table = [entry("a", 1, false)];
        let terms = Terms { agreed: None, batch: Some([1; BATCH_BYTES]), whole: Some(table_hash(&table)) };
        assert!(terms.check_batch([1; BATCH_BYTES]).is_ok() && terms.check_batch([2; BATCH_BYTES]).is_err());
        assert!(terms.check_table(&table).is_ok());
        assert!(terms.check_table(&[entry("a", 2, false)]).is_err());
        assert!(Terms::default().check_table(&table).is_ok() && Terms::default().check_batch([9; BATCH_BYTES]).is_ok());
    }
}
