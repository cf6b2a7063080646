//! The hour and minute people see beside a message, and days, by this computer's time zone. The crate's one unsafe module.

/// `10:02`. `None` for times no clock shows.
#[must_use]
pub fn hour_and_minute(unix_ms: i64) -> Option<String> {
    let time = here(unix_ms.checked_div(1000)?)?;
    Some(format!("{:02}:{:02}", time.tm_hour, time.tm_min))
}

/// Year, month from 1 and day of the month that a second of Unix time lies in. `None` for times no calendar shows.
#[must_use]
pub fn day(unix_s: i64) -> Option<(i64, u64, u64)> {
    let time = here(unix_s)?;
    let (month, day) = (u64::try_from(time.tm_mon).ok()? + 1, u64::try_from(time.tm_mday).ok()?);
    Some((i64::from(time.tm_year) + 1900, month, day))
}

fn here(unix_s: i64) -> Option<libc::tm> {
    let seconds = libc::time_t::from(unix_s);
    let mut broken_down = std::mem::MaybeUninit::<libc::tm>::uninit();
    // SAFETY: both pointers are to live values of the right types; `localtime_r` writes the whole `tm` before it
    // returns a pointer that is not null.
    let filled = unsafe { !libc::localtime_r(&raw const seconds, broken_down.as_mut_ptr()).is_null() };
    if !filled {
        return None;
    }
    // SAFETY: `localtime_r` succeeded, so the value is whole.
    Some(unsafe { broken_down.assume_init() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_this_computer_is_at_most_one_from_that_of_greenwich() {
        // Noon of 28 November 2026.
        let (year, month, day) = day(1_795_867_200).unwrap_or_default();
        assert_eq!((year, month), (2026, 11));
        assert!((27..=29).contains(&day), "{day}");
        for absurd in [i64::MAX, i64::MIN] {
            assert_eq!(super::day(absurd), None);
        }
    }

    #[test]
    fn shows_hours_and_minutes_and_survives_absurd_times() {
        let shown = hour_and_minute(1_700_000_000_000).unwrap_or_default();
        assert_eq!((shown.len(), shown.as_bytes().get(2)), (5, Some(&b':')));
        for absurd in [i64::MAX, i64::MIN, -1] {
            let _ = hour_and_minute(absurd);
        }
    }
}
