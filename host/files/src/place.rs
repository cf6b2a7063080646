//! Folders by their handles: each step goes down one name and follows no link, so that nothing done through one reaches
//! outside of where it began, whatever is moved about meanwhile.

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, RawMode, RenameFlags};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Readable and writable by whom the system's mask lets; never executable.
const FILE_MODE: RawMode = 0o666;
/// Levels gone down to remove something.
const DEPTH_MAX: usize = crate::entry::PARTS_MAX + 4;
/// This part of a disk is left free: whoever works there goes on writing mail, logs and what they have open.
const RESERVE_PART: u64 = 100;
/// No more is needed for that, however large the disk. On a small one, such as a stick, there is nothing but what is sent.
const RESERVE_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// What a name in a folder is, as the folder itself says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    /// Links, devices, pipes, sockets.
    Other,
}

/// An open folder.
#[derive(Debug)]
pub(crate) struct Folder(OwnedFd);

impl Folder {
    /// Where somebody chose: links on the way there are theirs.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(rustix::fs::open(path, flags, Mode::empty())?))
    }

    pub fn enter(&self, name: &OsStr) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(Self(rustix::fs::openat(&self.0, name, flags, Mode::empty())?))
    }

    /// Makes a folder; one that is there already is as good.
    pub fn make(&self, name: &OsStr, mode: RawMode) -> io::Result<()> {
        match rustix::fs::mkdirat(&self.0, name, Mode::from_raw_mode(mode)) {
            Ok(()) | Err(Errno::EXIST) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// A plain file, for reading. What only looks like one when it is listed is refused.
    pub fn read(&self, name: &OsStr) -> io::Result<File> {
        // A pipe would be waited for otherwise.
        plain(rustix::fs::openat(
            &self.0,
            name,
            OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC,
            Mode::empty(),
        )?)
        .map(|(file, _)| file)
    }

    /// A plain file, for reading and writing, with its length in bytes; made if it is missing.
    pub fn write(&self, name: &OsStr) -> io::Result<(File, u64)> {
        plain(rustix::fs::openat(
            &self.0,
            name,
            OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC,
            Mode::from_raw_mode(FILE_MODE),
        )?)
    }

    pub fn has(&self, name: &OsStr) -> io::Result<bool> {
        match rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Names in it with what they are, in the order of their bytes; at most `count_max` of them.
    pub fn list(&self, count_max: usize) -> io::Result<Vec<(OsString, Kind)>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            if names.len() >= count_max {
                break;
            }
            let kind = match entry.file_type() {
                FileType::Unknown => self.kind(name),
                known => kind_of(known),
            };
            names.push((name.to_owned(), kind));
        }
        names.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(names)
    }

    /// What a name is, a link being itself. Also for systems that do not say it when they list.
    pub fn kind(&self, name: &OsStr) -> Kind {
        match rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => kind_of(FileType::from_raw_mode(stat.st_mode)),
            Err(_) => Kind::Other,
        }
    }

    /// Gives what is called `name` here the name `new` in `to`, if nothing is called so: nothing is ever replaced.
    pub fn hand_over(&self, name: &OsStr, to: &Self, new: &OsStr, folder: bool) -> io::Result<()> {
        match rustix::fs::renameat_with(&self.0, name, &to.0, new, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => self.hand_over_otherwise(name, to, new, folder),
            Ok(()) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The same where the file system has no such call.
    fn hand_over_otherwise(&self, name: &OsStr, to: &Self, new: &OsStr, folder: bool) -> io::Result<()> {
        if folder {
            // A folder only takes the place of an empty one, and this one is ours.
            rustix::fs::mkdirat(&to.0, new, Mode::from_raw_mode(0o777))?;
            rustix::fs::renameat(&self.0, name, &to.0, new)?;
        } else {
            match rustix::fs::linkat(&self.0, name, &to.0, new, AtFlags::empty()) {
                Ok(()) => rustix::fs::unlinkat(&self.0, name, AtFlags::empty())?,
                Err(Errno::EXIST) => return Err(io::ErrorKind::AlreadyExists.into()),
                // No links there either: the name is taken first, and only that empty file is replaced.
                Err(_) => {
                    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                    rustix::fs::openat(&to.0, new, flags, Mode::from_raw_mode(FILE_MODE))?;
                    rustix::fs::renameat(&self.0, name, &to.0, new)?;
                }
            }
        }
        Ok(())
    }

    /// Removes a file, or a folder with all that is in it. What is not there is removed already.
    pub fn remove(&self, name: &OsStr) -> io::Result<()> {
        self.remove_within(name, DEPTH_MAX)
    }

    fn remove_within(&self, name: &OsStr, depth: usize) -> io::Result<()> {
        match rustix::fs::unlinkat(&self.0, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => return Ok(()),
            // A folder; which of the two it is differs between systems.
            Err(Errno::ISDIR | Errno::PERM) if depth > 0 => {}
            Err(error) => return Err(error.into()),
        }
        let folder = self.enter(name)?;
        for (inner, _) in folder.list(usize::MAX)? {
            folder.remove_within(&inner, depth - 1)?;
        }
        rustix::fs::unlinkat(&self.0, name, AtFlags::REMOVEDIR)?;
        Ok(())
    }

    /// What transfers may still write there: what is free for this user, less what is left free on every disk.
    pub fn room_bytes(&self) -> Option<u64> {
        let stat = rustix::fs::fstatvfs(&self.0).ok()?;
        let bytes = |blocks: u64| blocks.saturating_mul(stat.f_frsize);
        Some(without_reserve(bytes(stat.f_bavail), bytes(stat.f_blocks)))
    }
}

/// `free` of a disk of `size`, all in bytes.
fn without_reserve(free: u64, size: u64) -> u64 {
    free.saturating_sub((size / RESERVE_PART).min(RESERVE_BYTES_MAX))
}

/// With its length in bytes.
fn plain(opened: OwnedFd) -> io::Result<(File, u64)> {
    let file = File::from(opened);
    let meta = file.metadata()?;
    if meta.is_file() { Ok((file, meta.len())) } else { Err(io::ErrorKind::InvalidInput.into()) }
}

fn kind_of(kind: FileType) -> Kind {
    match kind {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Folder,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn no_step_follows_a_link_or_waits_for_a_pipe() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret"), "s").unwrap();
        let inside = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), inside.path().join("link")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret"), inside.path().join("file")).unwrap();
        let pipe = inside.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let folder = Folder::open(inside.path()).unwrap();
        assert!(folder.enter(OsStr::new("link")).is_err());
        for name in ["file", "pipe", "link"] {
            assert!(folder.read(OsStr::new(name)).is_err(), "{name}");
            assert!(folder.write(OsStr::new(name)).is_err(), "{name}");
        }
        folder.remove(OsStr::new("link")).unwrap();
        assert!(outside.path().join("secret").exists(), "a link is removed, not what it leads to");
    }

    #[test]
    fn f4_a_hundredth_of_a_disk_stays_free_and_a_gigabyte_at_most() {
        const MIB: u64 = 1024 * 1024;
        assert_eq!(without_reserve(10 * MIB, 16 * MIB), 10 * MIB - 16 * MIB / 100);
        assert_eq!(without_reserve(500 * 1024 * MIB, 4_000_000 * MIB), 499 * 1024 * MIB);
        assert_eq!((without_reserve(MIB, 200 * MIB), without_reserve(0, 0)), (0, 0));
        let folder = tempfile::tempdir().unwrap();
        let stat = rustix::fs::statvfs(folder.path()).unwrap();
        let room = Folder::open(folder.path()).unwrap().room_bytes().unwrap();
        assert!(room < stat.f_blocks.saturating_mul(stat.f_frsize));
    }

    #[test]
    fn nothing_takes_anothers_place_with_either_call() {
        let folder = tempfile::tempdir().unwrap();
        let at = Folder::open(folder.path()).unwrap();
        for otherwise in [false, true] {
            std::fs::write(folder.path().join("new"), "new").unwrap();
            std::fs::write(folder.path().join("old"), "old").unwrap();
            std::fs::create_dir(folder.path().join("d")).unwrap();
            std::fs::create_dir(folder.path().join("taken")).unwrap();
            let hand = |from: &str, to: &str, is_folder| {
                let (from, to) = (OsStr::new(from), OsStr::new(to));
                if otherwise {
                    at.hand_over_otherwise(from, &at, to, is_folder)
                } else {
                    at.hand_over(from, &at, to, is_folder)
                }
            };
            assert_eq!(hand("new", "old", false).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(hand("d", "taken", true).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
            hand("new", "free", false).unwrap();
            hand("d", "free folder", true).unwrap();
            assert_eq!(std::fs::read(folder.path().join("old")).unwrap(), b"old");
            assert!(!folder.path().join("new").exists() && folder.path().join("free folder").is_dir());
            for gone in ["free", "free folder", "old", "taken", "never there"] {
                at.remove(OsStr::new(gone)).unwrap();
            }
            assert!(at.list(9).unwrap().is_empty());
        }
    }
}
