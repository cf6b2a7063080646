//! Where people keep their files: home, desktop, documents, downloads, as their desktop names them.

use std::path::{Path, PathBuf};

/// The desktop's own list is short; a larger file is none.
const LIST_BYTES_MAX: u64 = 64 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Home,
    Desktop,
    Documents,
    Downloads,
    Computer,
}

impl Place {
    const ALL: [Self; 5] = [Self::Home, Self::Desktop, Self::Documents, Self::Downloads, Self::Computer];

    /// Its key in the desktop's list, and what it is called where there is no such list.
    fn listed(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Home | Self::Computer => None,
            Self::Desktop => Some(("XDG_DESKTOP_DIR", "Desktop")),
            Self::Documents => Some(("XDG_DOCUMENTS_DIR", "Documents")),
            Self::Downloads => Some(("XDG_DOWNLOAD_DIR", "Downloads")),
        }
    }
}

pub(super) fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute())
}

/// Those that are there. Looks at the disk.
pub(super) fn places() -> Vec<(Place, PathBuf)> {
    let Some(home) = home() else {
        return vec![(Place::Computer, PathBuf::from("/"))];
    };
    let settings = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let list = settings.unwrap_or_else(|| home.join(".config")).join("user-dirs.dirs");
    let small = std::fs::metadata(&list).is_ok_and(|list| list.len() <= LIST_BYTES_MAX);
    let list = if small { std::fs::read_to_string(&list).unwrap_or_default() } else { String::new() };
    let all = Place::ALL.into_iter().map(|place| (place, folder_of(place, &home, &list)));
    all.filter(|(place, folder)| folder.is_dir() && (*place == Place::Home || *folder != home)).collect()
}

/// After `xdg-user-dirs(5)`: lines such as `XDG_DESKTOP_DIR="$HOME/Desktop"`.
fn folder_of(place: Place, home: &Path, list: &str) -> PathBuf {
    let Some((key, usual)) = place.listed() else {
        return if place == Place::Home { home.to_owned() } else { PathBuf::from("/") };
    };
    let quoted = |line: &str| {
        let value = line.trim().strip_prefix(key)?.strip_prefix("=\"")?.strip_suffix('"')?;
        match value.strip_prefix("$HOME") {
            Some(below) => Some(home.join(below.trim_start_matches('/'))),
            None => Some(PathBuf::from(value)).filter(|folder| folder.is_absolute()),
        }
    };
    list.lines().find_map(quoted).unwrap_or_else(|| home.join(usual))
}

/// What somebody typed: `~` is home, and what does not begin at the root begins in the folder that is shown.
pub(super) fn typed(path: &str, folder: &Path) -> PathBuf {
    let path = path.trim();
    let below_home = path.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/'));
    match (below_home, home()) {
        (Some(rest), Some(home)) => home.join(rest.trim_start_matches('/')),
        (Some(_) | None, _) => folder.join(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desktops_list_is_followed_and_what_it_lacks_is_called_as_usual() {
        let home = Path::new("/home/anna");
        let list = "# comment\nXDG_DESKTOP_DIR=\"$HOME/Schreibtisch\"\nXDG_DOCUMENTS_DIR=\"/data/texts\"\nXDG_DOWNLOAD_DIR=\"x\"\n";
        assert_eq!(folder_of(Place::Desktop, home, list), home.join("Schreibtisch"));
        assert_eq!(folder_of(Place::Documents, home, list), Path::new("/data/texts"));
        assert_eq!(folder_of(Place::Downloads, home, list), home.join("Downloads"), "no absolute path");
        assert_eq!(folder_of(Place::Home, home, ""), home);
    }

    #[test]
    fn what_is_typed_begins_where_one_is() {
        let here = Path::new("/srv/logs");
        assert_eq!(typed(" /etc ", here), Path::new("/etc"));
        assert_eq!(typed("today", here), Path::new("/srv/logs/today"));
        assert_eq!(typed("~nobody", here), Path::new("/srv/logs/~nobody"));
    }
}
