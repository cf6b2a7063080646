//! A clock that is off: programs started with it see another date, and nothing else that differs.
//!
//! A small library, made by the C compiler that building needs anyway and loaded before the system's, moves the wall
//! clock alone. Durations come from the monotonic clock, which stays right, as on a computer whose battery is dead.

use crate::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Seconds of 366 days.
pub const YEAR_S: i64 = 366 * 24 * 3600;

const SHIFT: &str = "LOTSE_TEST_CLOCK_SHIFT_S";
const SOURCE: &str = r#"
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int outcome = (int)syscall(SYS_clock_gettime, clock, now);
    const char *shift = getenv("LOTSE_TEST_CLOCK_SHIFT_S");
    if (outcome == 0 && shift && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += atol(shift);
    return outcome;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec fine;
    (void)zone;
    int outcome = clock_gettime(CLOCK_REALTIME, &fine);
    now->tv_sec = fine.tv_sec;
    now->tv_usec = fine.tv_nsec / 1000;
    return outcome;
}

time_t time(time_t *now)
{
    struct timespec fine;
    clock_gettime(CLOCK_REALTIME, &fine);
    if (now)
        *now = fine.tv_sec;
    return fine.tv_sec;
}
"#;

/// The library, in a folder of the caller's.
pub struct Clock {
    library: PathBuf,
}

impl Clock {
    /// Makes the library in `folder`.
    ///
    /// # Errors
    /// When there is no C compiler, or it does not take the source.
    pub fn make(folder: &Path) -> Result<Self> {
        let (source, library) = (folder.join("clock.c"), folder.join("clock.so"));
        std::fs::write(&source, SOURCE)?;
        let out = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(&library)
            .arg(&source)
            .output()
            .map_err(|error| format!("there is no C compiler ({error})"))?;
        if !out.status.success() {
            return Err(format!("cc: {}", String::from_utf8_lossy(&out.stderr)).into());
        }
        Ok(Self { library })
    }

    /// What a program gets in its environment for a clock that is `seconds` ahead, or behind.
    pub fn ahead_by(&self, seconds: i64) -> Vec<(String, String)> {
        vec![("LD_PRELOAD".to_owned(), self.library.display().to_string()), (SHIFT.to_owned(), seconds.to_string())]
    }
}
