//! Files of a backup: copied privately, written through to the disk, and known by their digest.

use super::manifest::Entry;
use crate::token::hex;
use ring::digest::{Context, SHA256};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

/// Read at a time, in bytes.
const PIECE_BYTES: usize = 64 * 1024;

/// A file's length and digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Content {
    pub bytes: u64,
    /// SHA-256 in hexadecimal digits.
    pub sha256: String,
}

impl Content {
    /// As a manifest has it.
    pub fn named(self, name: String) -> Entry {
        let Self { bytes, sha256 } = self;
        Entry { name, bytes, sha256 }
    }
}

/// Makes a folder that is this user's alone, and those above it that are missing.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Copies a file, with mode 0600, and makes its folder. It is on the disk when this returns.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<Content> {
    make_folder(parent(to))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut copy = options.open(to)?;
    let content = read(from, |piece| copy.write_all(piece))?;
    copy.sync_all()?;
    Ok(content)
}

/// Looks at a file.
pub(super) fn content(path: &Path) -> io::Result<Content> {
    read(path, |_| Ok(()))
}

/// Looks at a file that somebody else wrote and brings it to the disk.
pub(super) fn settle(path: &Path) -> io::Result<Content> {
    OpenOptions::new().write(true).open(path)?.sync_all()?;
    content(path)
}

fn read(path: &Path, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<Content> {
    let mut file = File::open(path)?;
    let mut digest = Context::new(&SHA256);
    let mut bytes = 0_u64;
    let mut buffer = vec![0; PIECE_BYTES];
    loop {
        let length = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let piece = buffer.get(..length).unwrap_or_default();
        digest.update(piece);
        take(piece)?;
        bytes = bytes.saturating_add(piece.len() as u64);
    }
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(digest.finish().as_ref());
    Ok(Content { bytes, sha256: hex(&sha256) })
}

/// Names in a folder are on the disk when this returns.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// The folder that a path lies in; for a bare name that is the present one.
pub(super) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        Some(_) | None => Path::new("."),
    }
}

/// Renames in order. When one fails, those before it are taken back, last first, and its error is told.
pub(super) fn rename_all(moves: &[(std::path::PathBuf, std::path::PathBuf)]) -> io::Result<()> {
    for (done, (from, to)) in moves.iter().enumerate() {
        if let Err(error) = fs::rename(from, to) {
            for (from, to) in moves.iter().take(done).rev() {
                if let Err(error) = fs::rename(to, from) {
                    tracing::error!(%error, from = %to.display(), to = %from.display(), "a file could not be put back");
                }
            }
            return Err(error);
        }
    }
    Ok(())
}
