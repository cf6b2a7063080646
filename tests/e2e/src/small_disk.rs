//! A disk of a few kilobytes under a folder, to be filled.
//!
//! It is a file system in memory, mounted over the folder, so it takes the right to mount; without it there is nothing
//! to be shown, and the caller is told why.

use crate::Result;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

const FILLER: &str = "filler";

/// Mounted until dropped.
pub struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// Puts a disk of `kilobytes` over `folder`, which is made if need be. What was in it is out of sight meanwhile.
    ///
    /// # Errors
    /// When this user may not mount: the text says so.
    pub fn over(folder: &Path, kilobytes: u32) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let size = format!("size={kilobytes}k,mode=0700");
        let out = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "lotse-small-disk"]).arg(folder).output()?;
        if !out.status.success() {
            let why = String::from_utf8_lossy(&out.stderr).trim().to_owned();
            return Err(format!("a small disk takes the right to mount: {why}").into());
        }
        Ok(Self { folder: folder.to_owned() })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Fills it to the last byte.
    pub fn fill(&self) -> Result<()> {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(self.folder.join(FILLER))?;
        for piece in [64 * 1024, 512, 1] {
            let bytes = vec![0x5a; piece];
            // A write that fits in part takes that part; the one after it fails.
            while file.write(&bytes).is_ok_and(|written| written > 0) {}
        }
        Ok(())
    }

    /// Gives the space back.
    pub fn free(&self) -> Result<()> {
        Ok(std::fs::remove_file(self.folder.join(FILLER))?)
    }

    /// Every file but the filler, with its length in bytes, in order.
    pub fn files(&self) -> Result<Vec<(PathBuf, u64)>> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder)?.flatten() {
                let meta = entry.metadata()?;
                if meta.is_dir() {
                    folders.push(entry.path());
                } else if entry.file_name() != FILLER {
                    found.push((entry.path(), meta.len()));
                }
            }
        }
        found.sort();
        Ok(found)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a program that is just ending may still have a file open.
        let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
    }
}
