//! What somebody picked, gone through: which files and folders travel, in which order, and where they are.

use crate::entry::{ENTRIES_MAX, Entry, Modified, PART_BYTES_MAX, PARTS_MAX, PATH_BYTES_MAX, TABLE_BYTES_MAX};
use crate::name;
use crate::place::{Folder, Kind};
use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Files and folders picked at once.
pub const ROOTS_MAX: usize = 1_024;

/// The entries of a batch at their sender's. Links in picked folders are not followed, and devices, pipes and sockets stay
/// out, as does what cannot be read and what is too deep or too much.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Walked {
    /// A folder before what is in it; names in the order of their bytes.
    pub entries: Vec<Entry>,
    pub files: u64,
    pub folders: u64,
    pub bytes: u64,
    /// What the files take on their own disk: less than `bytes` where there are holes.
    pub room: u64,
    pub left_out: u64,
    places: Vec<Place>,
    roots: Vec<Root>,
}

/// What was picked, as it was found: links were followed once, when somebody picked them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Root {
    folder: PathBuf,
    name: OsString,
    /// What it was picked as.
    shown: OsString,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    above: Above,
    name: OsString,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Above {
    Entry(u32),
    Folder(PathBuf),
}

impl Walked {
    /// Goes through what was picked. Blocks for as long as the disk takes.
    #[must_use]
    pub fn new(picked: &[PathBuf]) -> Self {
        let mut walk = Walk::default();
        for path in picked.iter().take(ROOTS_MAX) {
            walk.pick(path);
        }
        walk.walked.left_out += picked.len().saturating_sub(ROOTS_MAX) as u64;
        walk.walked
    }

    /// The same again, as it is now. A link that took the place of what was picked is nothing that anybody picked.
    #[must_use]
    pub fn again(&self) -> Self {
        let mut walk = Walk::default();
        self.roots.iter().for_each(|root| walk.root(root.clone()));
        walk.walked
    }

    /// Name of the one file or folder, or of the first; empty if there is none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.entries.first().map_or("", |entry| &entry.path)
    }
}

#[derive(Default)]
struct Walk {
    walked: Walked,
    paths: HashSet<String>,
    path_bytes: usize,
}

impl Walk {
    fn pick(&mut self, path: &Path) {
        // A link that somebody picked stands for what it leads to.
        let real = path.canonicalize().ok();
        let parts = real.as_deref().and_then(|real| Some((real.parent()?, real.file_name()?)));
        let (Some((parent, name)), Some(shown)) = (parts, path.file_name()) else {
            self.walked.left_out += 1;
            return;
        };
        self.root(Root { folder: parent.to_owned(), name: name.to_owned(), shown: shown.to_owned() });
    }

    fn root(&mut self, root: Root) {
        match Folder::open(&root.folder) {
            Ok(folder) => {
                let place = Place { above: Above::Folder(root.folder.clone()), name: root.name.clone() };
                let kind = folder.kind(&root.name);
                self.take(&folder, place, "", &root.shown, kind, 1);
            }
            Err(_) => self.walked.left_out += 1,
        }
        self.walked.roots.push(root);
    }

    /// Takes one name of a folder, with all that is in it.
    fn take(&mut self, within: &Folder, place: Place, above: &str, shown: &OsStr, kind: Kind, depth: usize) {
        let name = place.name.clone();
        let taken = match kind {
            Kind::File => within.read(&name).and_then(|file| self.file(&file, place, above, shown)),
            Kind::Folder => self.folder(within, place, above, shown, depth),
            Kind::Other => Err(io::ErrorKind::InvalidInput.into()),
        };
        if taken.is_err() {
            self.walked.left_out += 1;
        }
    }

    fn file(&mut self, file: &File, place: Place, above: &str, shown: &OsStr) -> io::Result<()> {
        let meta = file.metadata()?;
        let path = self.free_path(above, shown, false)?;
        let modified = meta.modified().map(Modified::from).unwrap_or_default();
        let bytes = self.walked.bytes.checked_add(meta.len()).filter(|bytes| i64::try_from(*bytes).is_ok());
        self.walked.bytes = bytes.ok_or(io::ErrorKind::FileTooLarge)?;
        // Some systems count no blocks at all.
        let blocks = meta.blocks().saturating_mul(512);
        self.walked.room += if blocks == 0 { meta.len() } else { meta.len().min(blocks) };
        self.walked.files += 1;
        self.push(Entry { path, bytes: meta.len(), modified, folder: false }, place);
        Ok(())
    }

    fn folder(&mut self, within: &Folder, place: Place, above: &str, shown: &OsStr, depth: usize) -> io::Result<()> {
        if depth > PARTS_MAX || name::is_ours(&shown.to_string_lossy()) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let folder = within.enter(&place.name)?;
        let names = folder.list(ENTRIES_MAX)?;
        let path = self.free_path(above, shown, true)?;
        let index = u32::try_from(self.walked.entries.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        self.walked.folders += 1;
        let entry = Entry { path: path.clone(), bytes: 0, modified: Modified::default(), folder: true };
        self.push(entry, place);
        for (name, kind) in names {
            let place = Place { above: Above::Entry(index), name: name.clone() };
            self.take(&folder, place, &path, &name, kind, depth + 1);
        }
        Ok(())
    }

    fn push(&mut self, entry: Entry, place: Place) {
        self.path_bytes += entry.path.len();
        self.paths.insert(entry.path.clone());
        self.walked.entries.push(entry);
        self.walked.places.push(place);
    }

    /// The path as it travels: text, each one once. Names that are no text become so, and then two can be alike.
    fn free_path(&self, above: &str, shown: &OsStr, folder: bool) -> io::Result<String> {
        let name = shown.to_string_lossy();
        let within = |name: &str| if above.is_empty() { name.to_owned() } else { format!("{above}/{name}") };
        let mut path = within(&name);
        let mut number = 1;
        while self.paths.contains(&path) && number < ROOTS_MAX as u32 {
            number += 1;
            path = within(&name::numbered(&name, number, folder));
        }
        let fits = path.len() <= PATH_BYTES_MAX
            && name.len() <= PART_BYTES_MAX
            && path.split('/').count() <= PARTS_MAX
            && self.walked.entries.len() < ENTRIES_MAX
            && self.path_bytes + path.len() <= TABLE_BYTES_MAX
            && !self.paths.contains(&path);
        if fits { Ok(path) } else { Err(io::ErrorKind::FileTooLarge.into()) }
    }
}

/// Opens the files of a batch again, in their order, each by its way down from what was picked.
#[derive(Debug, Default)]
pub(crate) struct Opener {
    /// The folder that was used last, by its entry.
    near: Option<(u32, Folder)>,
}

impl Opener {
    pub fn open(&mut self, walked: &Walked, index: u32) -> io::Result<File> {
        let gone = || io::Error::from(io::ErrorKind::NotFound);
        let place = walked.places.get(index as usize).ok_or_else(gone)?;
        match &place.above {
            Above::Folder(path) => Folder::open(path)?.read(&place.name),
            Above::Entry(parent) => {
                if self.near.as_ref().is_none_or(|(near, _)| near != parent) {
                    self.near = Some((*parent, folder(walked, *parent)?));
                }
                self.near.as_ref().map_or_else(|| Err(gone()), |(_, folder)| folder.read(&place.name))
            }
        }
    }
}

/// The folder of an entry, gone down to from its root.
fn folder(walked: &Walked, index: u32) -> io::Result<Folder> {
    let gone = || io::Error::from(io::ErrorKind::NotFound);
    let mut way = Vec::new();
    let mut at = index;
    let mut folder = loop {
        let place = walked.places.get(at as usize).ok_or_else(gone)?;
        way.push(place.name.as_os_str());
        match &place.above {
            Above::Entry(above) => at = *above,
            Above::Folder(path) => break Folder::open(path)?,
        }
    };
    for name in way.into_iter().rev() {
        folder = folder.enter(name)?;
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::Read;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    fn paths(walked: &Walked) -> Vec<&str> {
        walked.entries.iter().map(|entry| entry.path.as_str()).collect()
    }

    #[test]
    fn plain_files_and_folders_travel_in_order_and_nothing_else() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret"), "s").unwrap();
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("photos");
        std::fs::create_dir_all(root.join("b/empty")).unwrap();
        std::fs::write(root.join("z.txt"), "zz").unwrap();
        std::fs::write(root.join("b/a.txt"), "a").unwrap();
        symlink(outside.path(), root.join("out")).unwrap();
        symlink(outside.path().join("secret"), root.join("b/secret")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(root.join("pipe")).status().unwrap().success());
        std::fs::create_dir(root.join(".lotse-0011")).unwrap();
        let walked = Walked::new(&[root.clone(), home.path().join("not there")]);
        assert_eq!(paths(&walked), ["photos", "photos/b", "photos/b/a.txt", "photos/b/empty", "photos/z.txt"]);
        assert_eq!((walked.files, walked.folders, walked.bytes, walked.left_out), (2, 3, 3, 5));
        assert_eq!(walked.name(), "photos");
        let mut content = String::new();
        Opener::default().open(&walked, 2).unwrap().read_to_string(&mut content).unwrap();
        assert_eq!(content, "a");
    }

    #[test]
    fn a_folder_that_became_a_link_is_not_followed_when_its_files_are_read() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("a"), "secret").unwrap();
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(home.path().join("r/d")).unwrap();
        std::fs::write(home.path().join("r/d/a"), "mine").unwrap();
        let walked = Walked::new(&[home.path().join("r")]);
        std::fs::rename(home.path().join("r/d"), home.path().join("r/e")).unwrap();
        symlink(outside.path(), home.path().join("r/d")).unwrap();
        assert_eq!(paths(&walked)[2], "r/d/a");
        assert!(Opener::default().open(&walked, 2).is_err());
    }

    /// Scar: what was sent again was looked for anew, through whatever link lay there by then.
    #[test]
    fn what_was_picked_is_found_again_and_a_link_in_its_place_is_not() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        std::fs::write(at("secret"), "secret").unwrap();
        std::fs::write(at("scan.pdf"), "scan").unwrap();
        symlink("scan.pdf", at("link.pdf")).unwrap();
        let walked = Walked::new(&[at("scan.pdf"), at("link.pdf")]);
        assert_eq!(walked.again(), walked);
        assert_eq!(paths(&walked), ["scan.pdf", "link.pdf"]);
        std::fs::write(at("scan.pdf"), "longer").unwrap();
        assert_eq!(walked.again().bytes, 12);
        std::fs::rename(at("scan.pdf"), at("kept.pdf")).unwrap();
        symlink("secret", at("scan.pdf")).unwrap();
        let again = walked.again();
        assert!(again.entries.is_empty() && again.left_out == 2, "{again:?}");
    }

    #[test]
    fn two_of_one_name_and_names_that_are_no_text_are_told_apart() {
        let home = tempfile::tempdir().unwrap();
        for folder in ["one", "two"] {
            std::fs::create_dir(home.path().join(folder)).unwrap();
            std::fs::write(home.path().join(folder).join("a.txt"), folder).unwrap();
        }
        for name in [&b"x\xff"[..], b"x\xfe"] {
            std::fs::write(home.path().join(OsStr::from_bytes(name)), "").unwrap();
        }
        let picked = ["one/a.txt", "two/a.txt"].map(|path| home.path().join(path));
        assert_eq!(paths(&Walked::new(&picked)), ["a.txt", "a (2).txt"]);
        let picked = [&b"x\xff"[..], b"x\xfe"].map(|name| home.path().join(OsStr::from_bytes(name)));
        assert_eq!(paths(&Walked::new(&picked)), ["x\u{fffd}", "x\u{fffd} (2)"]);
    }

    #[test]
    fn a_link_that_was_picked_stands_for_what_it_leads_to_and_depth_is_bounded() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("real.txt"), "r").unwrap();
        symlink("real.txt", home.path().join("link.txt")).unwrap();
        let walked = Walked::new(&[home.path().join("link.txt")]);
        assert_eq!((paths(&walked), walked.left_out), (vec!["link.txt"], 0));
        let deep: PathBuf = std::iter::repeat_n("d", PARTS_MAX + 3).collect();
        std::fs::create_dir_all(home.path().join(&deep)).unwrap();
        let walked = Walked::new(&[home.path().join("d")]);
        assert_eq!((walked.folders, walked.left_out), (PARTS_MAX as u64, 1));
    }
}
