//! Compiled code on disk, so that a program compiles a plugin once.
//!
//! An entry is an envelope signed by a key that this machine made for itself, so that a damaged or foreign file is found
//! before it runs. Nothing here can fail a session: an unreadable entry is compiled again, an unwritable folder or a full
//! disk is a warning.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use lotse_package::{Digest, PublicKey};
use ring::signature::{Ed25519KeyPair, KeyPair as _};

use crate::signed::{CODE_BYTES_MAX, SignedCode, engine_version};

/// Bundled plugins times targets, a few versions of each.
const ENTRIES_MAX: usize = 128;
const KEY_FILE: &str = "code-key";
const ENTRY_EXTENSION: &str = "code";
/// A signature costs as much to check as to make; entries much larger than their code are not ours.
const ENTRY_BYTES_MAX: u64 = CODE_BYTES_MAX as u64 + 256 * 1024;

type Key = (Arc<Ed25519KeyPair>, PublicKey);

pub(crate) struct Cache {
    folder: PathBuf,
    key: OnceLock<Option<Key>>,
}

impl Cache {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, key: OnceLock::new() }
    }

    /// This machine's own key; made and stored at first use. `None` only without randomness.
    pub fn key(&self) -> Option<Key> {
        self.key.get_or_init(|| read_key(&self.folder).or_else(|| make_key(&self.folder))).clone()
    }

    /// An entry whose signature is right and whose header says what was asked for.
    pub fn find(&self, package: Digest, target: &str) -> Option<(SignedCode, PublicKey)> {
        let path = self.entry(package, target);
        let size = fs::metadata(&path).ok()?.len();
        if size > ENTRY_BYTES_MAX {
            return None;
        }
        let (_, public) = self.key()?;
        let read = fs::read(&path).ok().and_then(|bytes| SignedCode::read(bytes).ok());
        let good = read.filter(|code| {
            let header = code.header();
            header.package == package
                && header.target == target
                && header.engine == engine_version()
                && code.verify(&public).is_ok()
        });
        if good.is_none() {
            tracing::warn!(path = %path.display(), "cached plugin code is damaged or not ours; compiling again");
        }
        good.map(|code| (code, public))
    }

    /// Writes an entry under its final name only when whole.
    pub fn keep(&self, code: &SignedCode) {
        let path = self.entry(code.header().package, &code.header().target);
        if let Err(error) = write_whole(&self.folder, &path, code.as_bytes(), |from, to| fs::rename(from, to)) {
            tracing::warn!(
                path = %path.display(), %error,
                "compiled plugin code could not be kept; it will be compiled again next time"
            );
        }
        self.prune();
    }

    fn entry(&self, package: Digest, target: &str) -> PathBuf {
        // Hashed, so that neither a target nor a version can name a file elsewhere.
        let name = Digest::of(format!("{package} {target} {}", engine_version()).as_bytes());
        self.folder.join(format!("{name}.{ENTRY_EXTENSION}"))
    }

    /// Deletes the oldest entries over the bound.
    fn prune(&self) {
        let Ok(listing) = fs::read_dir(&self.folder) else { return };
        let mut entries: Vec<(SystemTime, PathBuf)> = listing
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == ENTRY_EXTENSION))
            .filter_map(|path| Some((fs::metadata(&path).ok()?.modified().ok()?, path)))
            .collect();
        entries.sort();
        let over = entries.len().saturating_sub(ENTRIES_MAX);
        for (_, path) in entries.into_iter().take(over) {
            // Another program may have deleted it already, which is as good.
            let _ = fs::remove_file(path);
        }
    }
}

/// A key for code that is loaded at once and never stored.
pub(crate) fn passing_key() -> Option<Key> {
    pair_of(seed()?)
}

fn seed() -> Option<[u8; 32]> {
    let random = ring::rand::SystemRandom::new();
    Some(ring::rand::generate::<[u8; 32]>(&random).ok()?.expose())
}

fn pair_of(seed: [u8; 32]) -> Option<Key> {
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).ok()?;
    let public = PublicKey::from_bytes(pair.public_key().as_ref().try_into().ok()?);
    Some((Arc::new(pair), public))
}

fn read_key(folder: &Path) -> Option<Key> {
    let seed: [u8; 32] = fs::read(folder.join(KEY_FILE)).ok()?.try_into().ok()?;
    pair_of(seed)
}

/// Two programs may make one at the same time: the first to write it wins, and the other takes that one.
fn make_key(folder: &Path) -> Option<Key> {
    let seed = seed()?;
    // A hard link, unlike a renamed file, replaces nothing.
    if let Err(error) = write_whole(folder, &folder.join(KEY_FILE), &seed, |from, to| fs::hard_link(from, to))
        && error.kind() != io::ErrorKind::AlreadyExists
    {
        tracing::warn!(folder = %folder.display(), %error, "compiled plugin code cannot be kept here");
    }
    read_key(folder).or_else(|| pair_of(seed))
}

/// Writes under a passing name, then gives the file its final one with `publish`.
fn write_whole(
    folder: &Path,
    path: &Path,
    bytes: &[u8],
    publish: impl FnOnce(&Path, &Path) -> io::Result<()>,
) -> io::Result<()> {
    create_private_folder(folder)?;
    let mut random = [0u8; 8];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut random)
        .map_err(|_| io::Error::other("no random bytes"))?;
    let passing = folder.join(format!("{:016x}.part", u64::from_le_bytes(random)));
    let written = write_private(&passing, bytes).and_then(|()| publish(&passing, path));
    // After a rename it is gone; after anything else it must not stay.
    let _ = fs::remove_file(&passing);
    written
}

fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
