//! Where a program keeps what lasts, when the command line does not say.

use std::path::PathBuf;

/// `$XDG_DATA_HOME/NAME`, or `~/.local/share/NAME`. `None` where there is no home either.
#[must_use]
pub fn data_dir(name: &str) -> Option<PathBuf> {
    let base = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")))?;
    Some(base.join(name))
}
