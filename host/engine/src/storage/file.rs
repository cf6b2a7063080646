//! One plugin's values as a file: JSON, values in base64. Earlier programs wrote them as lists of numbers, which are still
//! read. A file is written whole beside its place and renamed, so that a crash or a full disk leaves the old one.

use super::{KEYS_MAX, Values, base64};
use lotse_runtime::contract::{STORAGE_KEY_BYTES_MAX, STORAGE_VALUE_BYTES_MAX};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A file over this was not written by any version of this program.
const FILE_BYTES_MAX: u64 = 96 * 1024 * 1024;
/// The most that a plugin's values take: earlier, with `255,` for a byte; six for each of a key's as `\u0000`.
const WRITTEN_BYTES_MAX: usize = KEYS_MAX * (STORAGE_VALUE_BYTES_MAX * 4 + STORAGE_KEY_BYTES_MAX * 6 + 8);
const _: () = assert!((WRITTEN_BYTES_MAX as u64) < FILE_BYTES_MAX);

/// What lies beside a file for so long is not being written any more: whoever did was killed over it.
const LEFT_BEHIND: Duration = Duration::from_secs(600);

/// Manifests allow only `[a-z0-9.-]` in ids, so an id is a safe file name.
fn place(folder: &Path, plugin: &str) -> PathBuf {
    folder.join(format!("{plugin}.json"))
}

/// What is there; a missing or damaged file counts as empty.
pub(super) fn read(folder: &Path, plugin: &str) -> Values {
    remove_left_behind(folder, plugin);
    let place = place(folder, plugin);
    let small = std::fs::metadata(&place).is_ok_and(|meta| meta.len() <= FILE_BYTES_MAX);
    if !small {
        return Values::new();
    }
    let values: Option<BTreeMap<String, Kept>> =
        std::fs::read(&place).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let Some(values) = values else {
        tracing::warn!(plugin, "a plugin's kept values are damaged and were left out");
        return Values::new();
    };
    values.into_iter().map(|(key, Kept(value))| (key, Arc::from(value))).collect()
}

/// Deletes what programs that crashed in the middle of [`write`] left of this plugin's.
fn remove_left_behind(folder: &Path, plugin: &str) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let beside = format!("{plugin}.new-");
    for entry in entries.flatten() {
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix(&beside)).map(str::parse::<u32>);
        let since = || entry.metadata().and_then(|meta| meta.modified());
        // A time in the future is a clock that was set back: rather kept.
        let old = || since().is_ok_and(|since| since.elapsed().is_ok_and(|age| age > LEFT_BEHIND));
        if matches!(number, Some(Ok(_))) && old() {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

pub(super) fn write(folder: &Path, plugin: &str, values: &Values) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let place = place(folder, plugin);
    // Two programs on one folder do not write into each other's file; the last one counts.
    let beside = place.with_extension(format!("new-{}", std::process::id()));
    let texts: BTreeMap<&str, String> =
        values.iter().map(|(key, value)| (key.as_str(), base64::encode(value))).collect();
    let bytes = serde_json::to_vec(&texts)?;
    let written = std::fs::File::create(&beside)
        .and_then(|mut out| out.write_all(&bytes).and_then(|()| out.sync_all()))
        .and_then(|()| std::fs::rename(&beside, place));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// A value in either form.
struct Kept(Vec<u8>);

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EitherForm).map(Kept)
    }
}

struct EitherForm;

impl<'de> Visitor<'de> for EitherForm {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("base64, or a list of bytes")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        base64::decode(text).ok_or_else(|| E::custom("no base64"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Self::Value, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = numbers.next_element()? {
            bytes.push(byte);
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn values(of: &[(&str, &[u8])]) -> Values {
        of.iter().map(|(key, value)| ((*key).to_owned(), Arc::from(*value))).collect()
    }

    #[test]
    fn what_earlier_programs_wrote_is_read_and_what_is_written_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.b.json"), br#"{"draft":[104,105],"empty":[]}"#).unwrap();
        let old = values(&[("draft", b"hi"), ("empty", b"")]);
        assert_eq!(read(folder.path(), "a.b"), old);
        write(folder.path(), "a.b", &old).unwrap();
        assert_eq!(std::fs::read(folder.path().join("a.b.json")).unwrap(), br#"{"draft":"aGk=","empty":""}"#);
        assert_eq!(read(folder.path(), "a.b"), old);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing beside it");
    }

    /// Scar: numbers as JSON took four characters a byte, so a file could pass the limit of its reader and was then empty.
    #[test]
    fn as_much_as_a_plugin_may_keep_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let value: Arc<[u8]> = vec![255; STORAGE_VALUE_BYTES_MAX].into();
        let most: Values =
            (0..KEYS_MAX).map(|key| (format!("{}{key:03}", "\u{1}".repeat(253)), value.clone())).collect();
        write(folder.path(), "a.b", &most).unwrap();
        assert!(read(folder.path(), "a.b") == most, "not all of it comes back");
    }

    /// Scar: each crash in the middle of a write left up to 96 MB for good.
    #[test]
    fn what_a_crashed_program_left_is_deleted_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let old = std::time::SystemTime::now() - LEFT_BEHIND * 2;
        for (name, is_old) in
            [("a.b.new-77", true), ("a.b.new-78", false), ("a.c.new-77", true), ("a.b.new-x", true), ("a.b.json", true)]
        {
            let file = std::fs::File::create(folder.path().join(name)).unwrap();
            if is_old {
                file.set_modified(old).unwrap();
            }
        }
        read(folder.path(), "a.b");
        let mut left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["a.b.json", "a.b.new-78", "a.b.new-x", "a.c.new-77"]);
    }

    #[test]
    fn damage_is_survived() {
        let folder = tempfile::tempdir().unwrap();
        for damaged in ["{ not json", r#"{"k":"no base64!"}"#, r#"{"k":[256]}"#, r#"{"k":7}"#, "[]", ""] {
            std::fs::write(folder.path().join("p.json"), damaged).unwrap();
            assert!(read(folder.path(), "p").is_empty(), "{damaged}");
        }
    }
}
