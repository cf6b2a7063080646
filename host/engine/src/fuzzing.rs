//! Doors to parsers that stay private, for the fuzz targets in `tests/fuzz` and nobody else.
//!
//! They only call what the programs call. A parser that is public already needs no door.

use crate::clipboard::{from_png, to_png};
use crate::resume::ResumeNote;
use crate::storage::on_disk;
use lotse_drivers::Image;
use std::path::Path;

/// A picture from the other side's clipboard: width and height in pixels, and rows of RGBA. `None`: it is not taken.
pub fn clipboard_image(png: &[u8]) -> Option<(u32, u32, Vec<u8>)> {
    let Image { width, height, rgba } = from_png(png)?;
    Some((width, height, rgba))
}

/// The same, written. `None` for pixels that are no such picture.
pub fn clipboard_png(width: u32, height: u32, rgba: Vec<u8>) -> Option<Vec<u8>> {
    to_png(&Image { width, height, rgba })
}

/// Reads the resume note at `place`, writes it there anew, and says whether it is then still the same. `None`: there
/// is none.
pub fn resume_note(place: &Path) -> Option<bool> {
    let note = ResumeNote::read(place)?;
    note.write(place).ok()?;
    Some(ResumeNote::read(place).is_some_and(|again| again == note))
}

/// One of a plugin's values out of its file in `folder`.
pub fn stored_value(folder: &Path, plugin: &str, key: &str) -> Option<Vec<u8>> {
    on_disk(folder, plugin, key)
}
