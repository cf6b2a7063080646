//! What a backup says of itself: when it was made, by which version, and each file with its digest.

use super::files::{self, Content};
use super::{BackupError, DATABASE_FILE, FILES, FILES_MAX, FOLDERS};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Its name in the backup.
pub(super) const MANIFEST_FILE: &str = "backup.json";
/// The form of backups that this version makes and reads.
const FORMAT: u32 = 1;
/// Longest manifest, in bytes: a file's name has 255 bytes at most, and its entry some hundred more.
const MANIFEST_BYTES_MAX: usize = 1024 * 1024;
const _: () = assert!(FILES_MAX * (255 + 200) < MANIFEST_BYTES_MAX);

/// A backup's table of contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    format: u32,
    /// Version of the program that made it.
    pub relay_version: String,
    /// When, in seconds since 1970.
    pub made_s: i64,
    pub(super) files: Vec<Entry>,
}

/// One file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Below the data folder, with `/`.
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

impl Manifest {
    pub(super) fn new(made_s: i64, files: Vec<Entry>) -> Self {
        Self { format: FORMAT, relay_version: env!("CARGO_PKG_VERSION").into(), made_s, files }
    }

    /// How many files there are.
    pub fn files(&self) -> usize {
        self.files.len()
    }

    /// Length of all of them, in bytes.
    pub fn bytes(&self) -> u64 {
        self.files.iter().fold(0, |sum, entry| sum.saturating_add(entry.bytes))
    }

    /// Writes it into a backup's folder.
    pub(super) fn write(&self, folder: &Path) -> Result<(), BackupError> {
        let path = folder.join(MANIFEST_FILE);
        let text = serde_json::to_vec_pretty(self).map_err(std::io::Error::other);
        text.and_then(|text| crate::data::write_whole(&path, &text)).map_err(|error| BackupError::file(&path, error))
    }

    /// Reads the manifest of a backup. Each name in it is one that a backup may have.
    pub(super) fn read(folder: &Path) -> Result<Self, BackupError> {
        let path = folder.join(MANIFEST_FILE);
        let file = File::open(&path).map_err(|_| BackupError::NotThere(folder.to_owned()))?;
        let mut text = Vec::new();
        let limit = MANIFEST_BYTES_MAX as u64 + 1;
        file.take(limit).read_to_end(&mut text).map_err(|error| BackupError::file(&path, error))?;
        let not_whole = |what: String| BackupError::NotWhole { path: folder.to_owned(), what };
        if text.len() > MANIFEST_BYTES_MAX {
            return Err(not_whole(format!("{MANIFEST_FILE} has more than {MANIFEST_BYTES_MAX} bytes")));
        }
        match parse(&text) {
            Ok(manifest) => Ok(manifest),
            Err(Unread::Newer) => Err(BackupError::Newer(folder.to_owned())),
            Err(Unread::Senseless(what)) => Err(not_whole(what)),
        }
    }

    /// Whether each file is there as it was written.
    pub(super) fn verify(&self, folder: &Path) -> Result<(), BackupError> {
        for entry in &self.files {
            let path = folder.join(&entry.name);
            let content = match files::content(&path) {
                Ok(content) => content,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    let what = format!("{} is missing", entry.name);
                    return Err(BackupError::NotWhole { path: folder.to_owned(), what });
                }
                Err(error) => return Err(BackupError::file(&path, error)),
            };
            entry.check(folder, &content)?;
        }
        Ok(())
    }
}

impl Entry {
    /// Whether this content is the one that was backed up from `folder`'s file of this name.
    pub(super) fn check(&self, folder: &Path, content: &Content) -> Result<(), BackupError> {
        if content.bytes == self.bytes && content.sha256 == self.sha256 {
            return Ok(());
        }
        let what = format!("{} is not as it was written", self.name);
        Err(BackupError::NotWhole { path: folder.to_owned(), what })
    }
}

/// Why a manifest is not one.
#[derive(Debug, PartialEq, Eq)]
enum Unread {
    Newer,
    Senseless(String),
}

fn parse(text: &[u8]) -> Result<Manifest, Unread> {
    /// Of a later form nothing else is known.
    #[derive(Deserialize)]
    struct Form {
        format: u32,
    }
    let senseless = |error: serde_json::Error| Unread::Senseless(format!("{MANIFEST_FILE}: {error}"));
    let Form { format } = serde_json::from_slice(text).map_err(senseless)?;
    if format > FORMAT {
        return Err(Unread::Newer);
    }
    let manifest: Manifest = serde_json::from_slice(text).map_err(senseless)?;
    let mut seen = BTreeSet::new();
    for Entry { name, .. } in &manifest.files {
        if !is_known(name) || !seen.insert(name.as_str()) {
            return Err(Unread::Senseless(format!("{MANIFEST_FILE} names {name:?}")));
        }
    }
    if !seen.contains(DATABASE_FILE) || seen.len() > FILES_MAX {
        return Err(Unread::Senseless(format!("{MANIFEST_FILE} lists no relay's files")));
    }
    Ok(manifest)
}

/// A name that leads to one of a data folder's own files and nowhere else.
pub(super) fn is_known(name: &str) -> bool {
    if FILES.contains(&name) {
        return true;
    }
    name.split_once('/').is_some_and(|(folder, file)| {
        FOLDERS.contains(&folder)
            && !matches!(file, "" | "." | "..")
            && !file.contains(|letter: char| matches!(letter, '/' | '\\') || letter.is_control())
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn manifest(names: &[&str]) -> Vec<u8> {
        let entry = |name: &&str| Entry { name: (*name).into(), bytes: 1, sha256: "0".repeat(64) };
        serde_json::to_vec(&Manifest::new(1, names.iter().map(entry).collect())).unwrap()
    }

    #[test]
    fn names_lead_to_the_data_folders_own_files_and_nowhere_else() {
        let good = [DATABASE_FILE, "code.key", "trusted/Acme.pub", "plugins/chat 1.lotse"];
        assert_eq!(parse(&manifest(&good)).unwrap().files.len(), 4);
        for bad in
            ["/etc/passwd", "../x", "trusted/../../x", "trusted/", "trusted/..", "plugins/a/b", "lock", "other/x"]
        {
            assert!(matches!(parse(&manifest(&[DATABASE_FILE, bad])), Err(Unread::Senseless(_))), "{bad}");
        }
        assert!(parse(&manifest(&["code.key"])).is_err(), "a backup without a database is none");
        assert!(parse(&manifest(&[DATABASE_FILE, DATABASE_FILE])).is_err(), "nothing is there twice");
        assert_eq!(parse(br#"{"format":2,"what":"ever"}"#), Err(Unread::Newer));
    }

    #[test]
    fn fuzz_any_bytes_are_a_manifest_or_an_error() {
        let good = manifest(&[DATABASE_FILE, "trusted/Acme.pub"]);
        for at in 0..good.len() {
            let mut cut = good.clone();
            cut.truncate(at);
            assert!(parse(&cut).is_err());
            let mut changed = good.clone();
            for byte in [0, b'"', b'/', 0xff] {
                changed[at] = byte;
                if let Ok(read) = parse(&changed) {
                    assert!(read.files.iter().all(|entry| is_known(&entry.name)));
                }
            }
        }
    }
}
