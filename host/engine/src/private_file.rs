//! Small files that are their owner's alone, written whole or not at all.

use std::io::Write;
use std::path::Path;

/// Writes `bytes` at `place`, with mode 0600; its folder is made if it is missing.
pub(crate) fn write(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = place.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let beside = place.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Never into a file that is there already: its owner and mode would be somebody else's choice.
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let written =
        options.open(&beside).and_then(|mut file| file.write_all(bytes)).and_then(|()| std::fs::rename(&beside, place));
    if written.is_err() {
        // Part of a file is of no use, and may hold part of a secret.
        let _ = std::fs::remove_file(&beside);
    }
    written
}
