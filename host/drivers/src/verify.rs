//! Says whether nobody but root and this user could have put a file where it is.
//!
//! The file, its folder and every folder above must belong to root or this user and not be writable for everybody. A
//! folder above may be, when it is sticky as `/tmp` is: others cannot then move away what is ours in it.

use std::path::{Path, PathBuf};

use crate::DriverError;

/// The path with every link resolved, once it is known to be trustworthy.
#[cfg(unix)]
pub(crate) fn trusted(path: &Path) -> Result<PathBuf, DriverError> {
    use std::os::unix::fs::MetadataExt;

    let untrusted = |path: &Path, reason: String| DriverError::Untrusted { path: path.to_owned(), reason };
    let real = path.canonicalize().map_err(|error| untrusted(path, error.to_string()))?;
    let user = crate::ffi::effective_user();
    for (depth, part) in real.ancestors().enumerate() {
        let metadata = part.symlink_metadata().map_err(|error| untrusted(part, error.to_string()))?;
        if metadata.uid() != 0 && metadata.uid() != user {
            return Err(untrusted(part, format!("it belongs to the user with number {}", metadata.uid())));
        }
        // What is loaded and its folder may not be open to everybody at all, sticky or not.
        let sticky_helps = depth >= 2 && metadata.is_dir() && metadata.mode() & 0o1000 != 0;
        if metadata.mode() & 0o002 != 0 && !sticky_helps {
            return Err(untrusted(part, "everybody may write to it".to_owned()));
        }
    }
    Ok(real)
}

/// Elsewhere the installer's folder protection is what there is.
#[cfg(not(unix))]
pub(crate) fn trusted(path: &Path) -> Result<PathBuf, DriverError> {
    path.canonicalize().map_err(|error| DriverError::Untrusted { path: path.to_owned(), reason: error.to_string() })
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    fn check(file_mode: u32, folder_mode: u32, above_mode: u32) -> bool {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("folder");
        let file = folder.join("file");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(&file, "x").unwrap();
        for (path, mode) in [(&*file, file_mode), (&*folder, folder_mode), (root.path(), above_mode)] {
            std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        }
        trusted(&file).is_ok()
    }

    #[test]
    fn only_what_others_cannot_write_is_trusted() {
        for (file, folder, above, good) in [
            (0o644, 0o755, 0o755, true),
            (0o755, 0o775, 0o1777, true),
            (0o646, 0o755, 0o755, false),
            (0o644, 0o757, 0o755, false),
            (0o644, 0o1777, 0o755, false),
            (0o644, 0o755, 0o777, false),
        ] {
            assert_eq!(check(file, folder, above), good, "{file:o} in {folder:o} in {above:o}");
        }
    }

    #[test]
    fn a_link_is_judged_by_where_it_leads() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        std::fs::write(&file, "x").unwrap();
        std::fs::set_permissions(&file, Permissions::from_mode(0o666)).unwrap();
        let link = root.path().join("link");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(trusted(&link).is_err());
        assert!(trusted(&root.path().join("nothing")).is_err());
    }
}
