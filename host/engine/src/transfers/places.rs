//! Folders of this computer as its desktop names them, and its file manager.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The person's folder of one kind as the desktop names it (XDG user directories), else the usual one, else their home.
pub(crate) fn user_folder(key: &str, usual: &str) -> Option<PathBuf> {
    let home = PathBuf::from(std::env::var_os("HOME")?);
    let config = std::env::var_os("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from);
    let settings = std::fs::read_to_string(config.join("user-dirs.dirs")).unwrap_or_default();
    let folder = named(&settings, key, &home).unwrap_or_else(|| home.join(usual));
    Some(if folder.is_dir() { folder } else { home })
}

/// What the desktop's settings say, such as `XDG_DOWNLOAD_DIR="$HOME/Downloads"`.
fn named(settings: &str, key: &str, home: &Path) -> Option<PathBuf> {
    settings.lines().find_map(|line| {
        let path = line.trim().strip_prefix(key)?.strip_prefix("=\"")?.strip_suffix('"')?;
        match path.strip_prefix("$HOME/") {
            Some(rest) => Some(home.join(rest)),
            None => path.starts_with('/').then(|| PathBuf::from(path)),
        }
    })
}

/// Where what is received goes if nobody says otherwise: the person's folder for downloads, else their home.
#[must_use]
pub fn downloads_folder() -> Option<PathBuf> {
    user_folder("XDG_DOWNLOAD_DIR", "Downloads")
}

/// Shows a folder in the computer's own file manager.
pub(super) fn reveal(folder: &Path) -> std::io::Result<()> {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let mut command = Command::new(opener);
    let mut child = command.arg(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    // Waited for on a thread of its own, so that no zombie stays.
    std::thread::Builder::new().name("lotse-reveal".into()).spawn(move || child.wait())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desktops_word_for_a_folder_counts() {
        let settings = "# a comment\nXDG_DESKTOP_DIR=\"$HOME/Desk\"\nXDG_DOWNLOAD_DIR=\"$HOME/Von drüben\"\n";
        let home = Path::new("/home/k");
        assert_eq!(named(settings, "XDG_DOWNLOAD_DIR", home), Some("/home/k/Von drüben".into()));
        assert_eq!(named("XDG_DOWNLOAD_DIR=\"/data\"", "XDG_DOWNLOAD_DIR", home), Some("/data".into()));
        for none in ["", "XDG_DOWNLOAD_DIR=", "XDG_DOWNLOAD_DIR=\"relative\"", "XDG_DOWNLOAD_DIR_2=\"/x\""] {
            assert_eq!(named(none, "XDG_DOWNLOAD_DIR", home), None, "{none}");
        }
    }
}
