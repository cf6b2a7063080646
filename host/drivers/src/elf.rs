//! Whether a shared library is all there.
//!
//! The system's loader maps what the file's headers promise and is killed by the first touch of what a file that was cut
//! short does not have; so the promise is checked first. Nothing else is: the loader itself refuses foreign libraries.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Headers are at the start: 64 bytes, and 56 for each of a dozen or so segments.
const HEAD_BYTES_MAX: u64 = 64 << 10;
const HEADER_BYTES: usize = 64;
const SEGMENT_BYTES: usize = 56;
const SEGMENT_LOADED: u32 = 1;

/// Why a file cannot be a whole library.
pub(crate) fn check(file: &Path) -> Result<(), String> {
    if !cfg!(all(target_os = "linux", target_pointer_width = "64", target_endian = "little")) {
        return Ok(());
    }
    let mut file = File::open(file).map_err(|error| error.to_string())?;
    let bytes = file.metadata().map_err(|error| error.to_string())?.len();
    let mut head = Vec::new();
    file.by_ref().take(HEAD_BYTES_MAX).read_to_end(&mut head).map_err(|error| error.to_string())?;
    check_head(&head, bytes).map_err(str::to_owned)
}

/// `head` is the start of a file of `bytes` bytes. The format is the System V ABI's, ELF for 64 bits, little-endian.
fn check_head(head: &[u8], bytes: u64) -> Result<(), &'static str> {
    if !head.starts_with(b"\x7fELF\x02\x01") {
        return Err("it is not a shared library for this system");
    }
    let cut_short = "the file is cut short";
    let segments = number(head, 32, 8).ok_or(cut_short)?;
    let size = number(head, 54, 2).ok_or(cut_short)?;
    let count = number(head, 56, 2).ok_or(cut_short)?;
    let segments = usize::try_from(segments).map_err(|_| cut_short)?;
    if size != SEGMENT_BYTES as u64 || count == 0 || segments < HEADER_BYTES {
        return Err("its header is damaged");
    }
    for at in 0..count as usize {
        let segment = head.get(segments..).and_then(|rest| rest.get(at * SEGMENT_BYTES..)).ok_or(cut_short)?;
        let kind = number(segment, 0, 4).ok_or(cut_short)?;
        let offset = number(segment, 8, 8).ok_or(cut_short)?;
        let length = number(segment, 32, 8).ok_or(cut_short)?;
        let end = offset.checked_add(length).ok_or("its header is damaged")?;
        if kind == u64::from(SEGMENT_LOADED) && end > bytes {
            return Err(cut_short);
        }
    }
    Ok(())
}

fn number(bytes: &[u8], at: usize, len: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.get(..len)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

#[cfg(all(test, target_os = "linux", target_pointer_width = "64", target_endian = "little"))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn sample() -> (Vec<u8>, u64) {
        let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        (program[..4096].to_vec(), program.len() as u64)
    }

    #[test]
    fn a_whole_file_passes_and_every_shorter_one_that_matters_does_not() {
        let (head, bytes) = sample();
        assert_eq!(check_head(&head, bytes), Ok(()));
        assert!(check_head(&head, 4096).is_err());
        for len in 0..200 {
            assert!(check_head(&head[..len], len as u64).is_err(), "{len} bytes");
        }
    }

    /// Whatever the bytes: an answer, no panic, no long work.
    #[test]
    fn fuzz_elf_headers() {
        let (head, bytes) = sample();
        let mut seed = 11_u64;
        let mut random = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize
        };
        for _ in 0..20_000 {
            let mut head = head.clone();
            for _ in 0..1 + random() % 8 {
                let (at, value) = (random() % 700, [0, 0xff, 0x7f, 0x80, random() as u8][random() % 5]);
                head[at] = value;
            }
            head.truncate(random() % 4097);
            let _any = check_head(&head, bytes);
        }
    }
}
