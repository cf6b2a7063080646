//! What the two programs read back from their data folders, pictures from the other side's clipboard, and what a file
//! transfer is told.
//!
//! Two of the parsers read files, so each input becomes one, in a folder of its own that goes with it.

use lotse_engine::fuzzing;
use tempfile::TempDir;

/// Whose kept values are read, and under which key.
const PLUGIN: &str = "com.example.notes";
const KEY: &str = "draft";
/// Bytes of the largest picture that is also written: what came as a few bytes may be 64 MiB of one colour.
const WRITTEN_BYTES_MAX: usize = 1 << 20;

fn folder_with(name: &str, bytes: &[u8]) -> Option<TempDir> {
    let folder = tempfile::tempdir().ok()?;
    std::fs::write(folder.path().join(name), bytes).ok()?;
    Some(folder)
}

/// The customer's resume note: what is one comes back from being written.
pub fn resume_note(bytes: &[u8]) {
    let folder = folder_with("session.json", bytes);
    assert!(folder.is_some(), "no place for a file");
    let kept = folder.and_then(|folder| fuzzing::resume_note(&folder.path().join("session.json")));
    assert_ne!(kept, Some(false), "a resume note does not come back");
}

/// A plugin's values.
pub fn stored_values(bytes: &[u8]) {
    let folder = folder_with(&format!("{PLUGIN}.json"), bytes);
    assert!(folder.is_some(), "no place for a file");
    let value = folder.and_then(|folder| fuzzing::stored_value(folder.path(), PLUGIN, KEY));
    assert!(value.is_none_or(|value| value.len() <= bytes.len()), "a value is longer than the file");
}

/// A PNG from the other side: has the pixels it claims, and comes back from being written.
pub fn clipboard_image(bytes: &[u8]) {
    let Some((width, height, rgba)) = fuzzing::clipboard_image(bytes) else { return };
    assert_eq!(rgba.len() as u64, u64::from(width) * u64::from(height) * 4, "not the pixels it claims");
    if rgba.len() <= WRITTEN_BYTES_MAX {
        let png = fuzzing::clipboard_png(width, height, rgba.clone());
        let again = png.and_then(|png| fuzzing::clipboard_image(&png));
        assert!(again == Some((width, height, rgba)), "a picture of {width} × {height} does not come back");
    }
}

/// What either end of a file transfer is told: what was read comes back from being written.
pub fn file_frames(bytes: &[u8]) {
    lotse_files::fuzzing::frames(bytes);
}
