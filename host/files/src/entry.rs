//! One file or folder of a batch, as both sides know it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Files and folders of one batch.
pub const ENTRIES_MAX: usize = 250_000;
/// Bytes of a path. Systems take as many in one call.
pub(crate) const PATH_BYTES_MAX: usize = 4_096;
/// Levels of a path. A folder is held open for each while it is gone through.
pub(crate) const PARTS_MAX: usize = 64;
/// Of one part: 255 units of UTF-16 take up to 765 bytes.
pub(crate) const PART_BYTES_MAX: usize = 1_024;
/// All paths of a batch: what a peer can make this side hold.
pub(crate) const TABLE_BYTES_MAX: usize = 64 * 1024 * 1024;
const NANOS_MAX: u32 = 999_999_999;

/// `path` is relative, with `/` between its parts; of a folder `bytes` is 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub path: String,
    pub bytes: u64,
    pub modified: Modified,
    pub folder: bool,
}

/// A time of change, since the beginning of 1970 in UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Modified {
    pub seconds: i64,
    /// Under a second, onwards from `seconds`.
    pub nanos: u32,
}

impl Modified {
    pub(crate) fn new(seconds: i64, nanos: u32) -> Option<Self> {
        (nanos <= NANOS_MAX).then_some(Self { seconds, nanos })
    }

    /// What cannot be said by a system counts as unknown.
    pub(crate) fn time(self) -> Option<SystemTime> {
        let whole = Duration::from_secs(self.seconds.unsigned_abs());
        let base = if self.seconds < 0 { UNIX_EPOCH.checked_sub(whole) } else { UNIX_EPOCH.checked_add(whole) };
        base?.checked_add(Duration::from_nanos(self.nanos.into()))
    }
}

impl From<SystemTime> for Modified {
    fn from(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(since) => {
                Self { seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX), nanos: since.subsec_nanos() }
            }
            Err(before) => {
                let before = before.duration();
                let seconds = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
                match before.subsec_nanos() {
                    0 => Self { seconds: -seconds, nanos: 0 },
                    nanos => Self { seconds: -seconds - 1, nanos: NANOS_MAX + 1 - nanos },
                }
            }
        }
    }
}

/// Whether it is a path that a sender of ours makes: relative, nothing empty in it, and no way up.
pub(crate) fn is_path(path: &str) -> bool {
    let part = |part: &str| !matches!(part, "" | "." | "..") && part.len() <= PART_BYTES_MAX && !part.contains('\0');
    path.len() <= PATH_BYTES_MAX && path.split('/').count() <= PARTS_MAX && path.split('/').all(part)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_relative_paths_without_a_way_up_are_paths() {
        for good in ["a", "a/b", "…/ü", "a/b c/.d", ".a", "a\\b", &"a/".repeat(63).as_str()[..125]] {
            assert!(is_path(good), "{good}");
        }
        let long = "x".repeat(PART_BYTES_MAX + 1);
        let deep = vec!["a"; PARTS_MAX + 1].join("/");
        for bad in ["", "/", "/a", "a/", "a//b", ".", "..", "../x", "a/../b", "a/.", "a\0b", &long, &deep] {
            assert!(!is_path(bad), "{bad}");
        }
    }

    #[test]
    fn times_come_back_also_those_before_1970() {
        for (seconds, nanos) in [(0, 0), (1_700_000_000, 5), (-1, 0), (-1, 999_999_999), (-2_000_000_000, 1)] {
            let modified = Modified::new(seconds, nanos).unwrap();
            assert_eq!(Modified::from(modified.time().unwrap()), modified);
        }
        assert_eq!(Modified::new(0, 1_000_000_000), None);
        for seconds in [i64::MIN, i64::MAX] {
            // A system may be able to say it or not: what is said is right.
            let modified = Modified::new(seconds, NANOS_MAX).unwrap();
            assert!(modified.time().is_none_or(|time| Modified::from(time).seconds.signum() == seconds.signum()));
        }
    }
}
