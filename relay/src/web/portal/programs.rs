//! Programs for customers that a relay hands out: files with known names in the operator's folders.
//!
//! A file's size and digest are read once and again when the file has changed; what a page says of it is what is sent. Names
//! are looked up in the list below, so a request's path never becomes a path on the disk.

use super::device::{Device, Machine, System};
use crate::token::hex;
use parking_lot::Mutex;
use ring::digest::{Context, SHA256};
use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Read at a time, in bytes: a good piece of a disk's or a line's work.
pub const PIECE_BYTES: usize = 128 * 1024;

/// A kind of computer, and the program for it.
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    pub system: System,
    pub machine: Machine,
    /// The file's name in the operator's folder and for whoever saves it.
    pub file: &'static str,
    /// Id of the text that names the computer.
    pub words: &'static str,
    /// Id of the text that says how to start the program once it is saved.
    pub steps: &'static str,
}

impl Target {
    fn is_for(&self, device: &Device) -> bool {
        self.system == device.system && self.machine == device.machine
    }
}

/// Every program that there may be. What is in no folder is not offered.
pub const TARGETS: &[Target] = &[
    Target {
        system: System::Linux,
        machine: Machine::X86_64,
        file: "lotse-customer-linux-x86_64",
        words: "portal-target-linux-x86-64",
        steps: "portal-steps-linux",
    },
    Target {
        system: System::Linux,
        machine: Machine::Aarch64,
        file: "lotse-customer-linux-aarch64",
        words: "portal-target-linux-aarch64",
        steps: "portal-steps-linux",
    },
];

/// Which file exactly: another one, or the same with other content, differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    bytes: u64,
    changed: (i64, i64),
}

impl From<&Metadata> for Stamp {
    fn from(of: &Metadata) -> Self {
        Self { device: of.dev(), inode: of.ino(), bytes: of.len(), changed: (of.mtime(), of.mtime_nsec()) }
    }
}

/// A program that is there.
#[derive(Debug, Clone)]
pub struct Offer {
    pub target: &'static Target,
    pub bytes: u64,
    /// In hexadecimal.
    pub sha256: String,
    path: PathBuf,
    stamp: Stamp,
}

impl Offer {
    /// Opens the file, if it is still the one that was read.
    pub fn open(&self) -> Option<File> {
        let (file, stamp) = open(&self.path)?;
        (stamp == self.stamp).then_some(file)
    }
}

/// The programs of a relay. Cheap to clone.
#[derive(Clone)]
pub struct Programs {
    folders: Arc<[PathBuf]>,
    known: Arc<Mutex<Vec<Offer>>>,
}

impl Programs {
    /// Of these folders, the first that has a file first. Nothing is read yet.
    pub fn new(folders: Vec<PathBuf>) -> Self {
        Self { folders: folders.into(), known: Arc::default() }
    }

    /// What is there now. Looks at each file, and reads those that are new or have changed.
    pub async fn offers(&self) -> Vec<Offer> {
        let this = self.clone();
        // Fails only when the relay ends; then nothing is offered any more.
        tokio::task::spawn_blocking(move || this.look()).await.unwrap_or_default()
    }

    /// The program of this name.
    pub async fn named(&self, file: &str) -> Option<Offer> {
        if !TARGETS.iter().any(|target| target.file == file) {
            return None;
        }
        self.offers().await.into_iter().find(|offer| offer.target.file == file)
    }

    fn look(&self) -> Vec<Offer> {
        // Whoever else looks meanwhile waits, and reads nothing a second time.
        let mut known = self.known.lock();
        let offers: Vec<Offer> = TARGETS.iter().filter_map(|target| self.find(target, &known)).collect();
        known.clone_from(&offers);
        offers
    }

    fn find(&self, target: &'static Target, known: &[Offer]) -> Option<Offer> {
        let (path, file, stamp) = self.folders.iter().find_map(|folder| {
            let path = folder.join(target.file);
            let (file, stamp) = open(&path)?;
            Some((path, file, stamp))
        })?;
        let before = known.iter().find(|offer| offer.path == path && offer.stamp == stamp);
        if let Some(offer) = before {
            return Some(offer.clone());
        }
        match digest(file) {
            Ok((bytes, sha256)) if bytes == stamp.bytes => {
                tracing::info!(file = target.file, bytes, sha256, "a program for customers is offered");
                Some(Offer { target, bytes, sha256, path, stamp })
            }
            // It is being written just now; the next look finds it whole.
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(file = target.file, %error, "a program for customers cannot be read and is not offered");
                None
            }
        }
    }
}

/// The one for a device, if it is there.
pub fn fitting<'a>(offers: &'a [Offer], device: &Device) -> Option<&'a Offer> {
    offers.iter().find(|offer| offer.target.is_for(device))
}

/// There is a program for such a device, here or elsewhere: the customer may have it already.
pub fn runs_on(device: &Device) -> bool {
    TARGETS.iter().any(|target| target.is_for(device))
}

/// A regular file, and which. Anything else, such as a pipe that would never open, is none.
fn open(path: &Path) -> Option<(File, Stamp)> {
    if !std::fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let file = File::open(path).ok()?;
    let metadata = file.metadata().ok()?;
    metadata.is_file().then_some((file, Stamp::from(&metadata)))
}

fn digest(mut file: File) -> std::io::Result<(u64, String)> {
    let mut context = Context::new(&SHA256);
    let mut piece = vec![0; PIECE_BYTES];
    let mut bytes = 0_u64;
    loop {
        match file.read(&mut piece)? {
            0 => return Ok((bytes, hex(context.finish().as_ref()))),
            count => {
                bytes += count as u64;
                context.update(&piece[..count]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const X86: &str = "lotse-customer-linux-x86_64";

    fn device(system: System, machine: Machine) -> Device {
        Device { system, machine, system_name: String::new(), browser_name: String::new() }
    }

    #[tokio::test]
    async fn what_is_offered_follows_the_folder() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let programs = Programs::new(vec![first.path().into(), second.path().into()]);
        assert!(programs.offers().await.is_empty());

        std::fs::write(second.path().join(X86), "abc").unwrap();
        std::fs::write(second.path().join("relay.db"), "not for customers").unwrap();
        let offers = programs.offers().await;
        assert_eq!(offers.len(), 1);
        assert_eq!(offers[0].bytes, 3);
        assert_eq!(offers[0].sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(offers[0].open().is_some());

        std::fs::write(first.path().join(X86), "another").unwrap();
        assert_eq!(programs.named(X86).await.unwrap().bytes, 7, "the first folder goes first");
        std::fs::write(first.path().join(X86), "a third one").unwrap();
        assert!(offers[0].open().is_some());
        assert_eq!(programs.named(X86).await.unwrap().bytes, 11);

        std::fs::write(second.path().join(X86), "not what was said").unwrap();
        assert!(offers[0].open().is_none(), "what was not read is not sent");
    }

    #[tokio::test]
    async fn only_regular_files_with_known_names_are_there() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(X86)).unwrap();
        let programs = Programs::new(vec![folder.path().into()]);
        assert!(programs.offers().await.is_empty());
        std::fs::write(folder.path().join("lotse-customer-linux-aarch64"), "a").unwrap();
        for name in ["", ".", "..", "relay.db", "../relay.db", "/etc/passwd", "lotse-customer-linux-aarch64/"] {
            assert!(programs.named(name).await.is_none(), "{name}");
        }
        assert!(programs.named("lotse-customer-linux-aarch64").await.is_some());
    }

    #[tokio::test]
    async fn a_device_gets_the_program_that_runs_on_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(X86), "a").unwrap();
        let offers = Programs::new(vec![folder.path().into()]).offers().await;
        let file = |system, machine| fitting(&offers, &device(system, machine)).map(|offer| offer.target.file);
        assert_eq!(file(System::Linux, Machine::X86_64), Some(X86));
        assert_eq!(file(System::Linux, Machine::Aarch64), None);
        for system in [System::Windows, System::MacOs, System::Android, System::Ios, System::ChromeOs, System::Other] {
            assert_eq!(file(system, Machine::X86_64), None, "{system:?}");
        }
    }
}
