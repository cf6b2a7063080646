//! Long runs of zeros: told instead of sent, and left out instead of written, so that what is sparse stays sparse.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Shorter runs are written: holes have a price as well.
pub(crate) const HOLE_BYTES: usize = 64 * 1024;

/// Stops at the first byte that is none, so it costs nothing where there is something.
pub(crate) fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

/// Writes `bytes` at a place behind which there is nothing yet, and says whether their end was. Whole runs of zeros are only
/// passed over, so the file may stay shorter than what was put.
pub(crate) fn put(file: &File, at: u64, bytes: &[u8]) -> io::Result<bool> {
    let mut from = 0;
    let mut until = 0;
    for piece in bytes.chunks(HOLE_BYTES) {
        let end = until + piece.len();
        if is_zero(piece) {
            file.write_all_at(&bytes[from..until], at + from as u64)?;
            from = end;
        }
        until = end;
    }
    if from < until {
        file.write_all_at(&bytes[from..until], at + from as u64)?;
    }
    Ok(from < until)
}

/// How many of these bytes [`put`] writes.
pub(crate) fn written(bytes: &[u8]) -> u64 {
    bytes.chunks(HOLE_BYTES).filter(|piece| !is_zero(piece)).map(|piece| piece.len() as u64).sum()
}

/// Feeds so many zeros to a hash.
pub(crate) fn hash(hasher: &mut blake3::Hasher, bytes: u64) {
    let zeros = vec![0; HOLE_BYTES];
    let mut left = bytes;
    while left > 0 {
        let piece = usize::try_from(left).unwrap_or(HOLE_BYTES).min(HOLE_BYTES);
        hasher.update(&zeros[..piece]);
        left -= piece as u64;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::os::unix::fs::MetadataExt;

    #[test]
    fn zeros_become_holes_and_everything_reads_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("f");
        let mut content = vec![0_u8; 40 * HOLE_BYTES];
        content[3] = 7;
        content[30 * HOLE_BYTES + 5] = 8;
        let file = File::create(&place).unwrap();
        assert!(!put(&file, 0, &content[..20 * HOLE_BYTES]).unwrap());
        assert!(!put(&file, 20 * HOLE_BYTES as u64, &content[20 * HOLE_BYTES..]).unwrap());
        assert!(put(&file, 0, &content[..HOLE_BYTES]).unwrap(), "its end was written");
        assert!(file.metadata().unwrap().len() <= content.len() as u64);
        file.set_len(content.len() as u64).unwrap();
        assert!(std::fs::read(&place).unwrap() == content);
        let on_disk = std::fs::metadata(&place).unwrap().blocks() * 512;
        assert!(on_disk <= 4 * HOLE_BYTES as u64, "{on_disk} bytes on the disk");
        assert_eq!((written(&content), written(&content[..3])), (2 * HOLE_BYTES as u64, 0));
    }

    #[test]
    fn zeros_hash_as_if_they_were_there() {
        for bytes in [0, 1, HOLE_BYTES, 3 * HOLE_BYTES + 1] {
            let mut hasher = blake3::Hasher::new();
            hash(&mut hasher, bytes as u64);
            assert_eq!(hasher.finalize(), blake3::hash(&vec![0; bytes]));
        }
    }
}
