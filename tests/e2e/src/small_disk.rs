//! A disk of a few kilobytes under a folder, to be filled.
//!
//! It is a file system in memory, mounted over the folder. Who may not mount gets it in namespaces of their own, where the
//! programs that are to see it have to be started; where that may not be either, there is nothing to be shown, and the caller
//! is told why. The tests' `build.rs` tries the same, so that tests that need such a disk are ignored there and not passed.

use crate::Result;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const FILLER: &str = "filler";
const NAME: &str = "lotse-small-disk";
/// Mounts, says so, and stays until it is ended.
const MOUNT: &str = "mount -t tmpfs -o \"$1\" \"$2\" \"$3\" && echo mounted && exec cat";
/// What belongs to a user who is unknown in a namespace belongs to this one there, root's files as well. Programs that are this
/// user trust what they find as they do elsewhere.
const NOBODY: [&str; 2] = ["--map-user=65534", "--map-group=65534"];

/// Mounted until dropped.
pub struct SmallDisk {
    folder: PathBuf,
    /// A process in the namespaces where it is mounted; none: it is mounted for everybody.
    apart: Option<Child>,
}

impl SmallDisk {
    /// Puts a disk of `kilobytes` over `folder`, which is made if need be. What was in it is out of sight meanwhile.
    ///
    /// # Errors
    /// When this user may neither mount nor have namespaces: the text says so.
    pub fn over(folder: &Path, kilobytes: u32) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let size = format!("size={kilobytes}k,mode=0700");
        let out = Command::new("mount").args(["-t", "tmpfs", "-o", &size, NAME]).arg(folder).output()?;
        let folder = folder.to_owned();
        if out.status.success() {
            return Ok(Self { folder, apart: None });
        }
        let apart = mounted_apart(&folder, &size).map_err(|problem| {
            let why = String::from_utf8_lossy(&out.stderr).trim().to_owned();
            format!("a small disk takes the right to mount ({why}) or namespaces of one's own ({problem})")
        })?;
        Ok(Self { folder, apart: Some(apart) })
    }

    /// As the programs that are started within know it.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// As this process gets at it.
    #[must_use]
    pub fn seen(&self) -> PathBuf {
        match &self.apart {
            Some(apart) => {
                let root = PathBuf::from(format!("/proc/{}/root", apart.id()));
                root.join(self.folder.strip_prefix("/").unwrap_or(&self.folder))
            }
            None => self.folder.clone(),
        }
    }

    /// The words before a program by which it is started where the disk is; none, if that is everywhere.
    #[must_use]
    pub fn within(&self) -> Vec<String> {
        let Some(apart) = &self.apart else { return Vec::new() };
        let mut words = vec!["nsenter".to_owned(), format!("--target={}", apart.id())];
        words.extend(["--user", "--mount", "--preserve-credentials", "unshare"].map(str::to_owned));
        words.extend(NOBODY.map(str::to_owned));
        words
    }

    /// Fills it to the last byte.
    pub fn fill(&self) -> Result<()> {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(self.seen().join(FILLER))?;
        for piece in [64 * 1024, 512, 1] {
            let bytes = vec![0x5a; piece];
            // A write that fits in part takes that part; the one after it fails.
            while file.write(&bytes).is_ok_and(|written| written > 0) {}
        }
        Ok(())
    }

    /// Gives the space back.
    pub fn free(&self) -> Result<()> {
        Ok(std::fs::remove_file(self.seen().join(FILLER))?)
    }

    /// Every file but the filler, with its length in bytes, in order.
    pub fn files(&self) -> Result<Vec<(PathBuf, u64)>> {
        let mut found = Vec::new();
        let mut folders = vec![self.seen()];
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

/// The process in whose namespaces it is mounted.
fn mounted_apart(folder: &Path, size: &str) -> Result<Child> {
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", MOUNT, "sh", size, NAME]).arg(folder);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut said = String::new();
    if let Some(out) = child.stdout.as_mut() {
        BufReader::new(out).read_line(&mut said)?;
    }
    if said.trim() == "mounted" {
        return Ok(child);
    }
    let out = child.wait_with_output()?;
    Err(String::from_utf8_lossy(&out.stderr).trim().into())
}

/// A program that is started behind these words, of [`SmallDisk::within`].
#[must_use]
pub fn command(within: &[String], program: &Path) -> Command {
    match within.split_first() {
        Some((first, rest)) => {
            let mut command = Command::new(first);
            command.args(rest).arg(program);
            command
        }
        None => Command::new(program),
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if let Some(apart) = &mut self.apart {
            // It goes with the last process there.
            let _ = apart.kill();
            let _ = apart.wait();
        } else {
            // Lazily: a program that is just ending may still have a file open.
            let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
        }
    }
}
