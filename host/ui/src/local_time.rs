//! The hour and minute people see beside a message, by this computer's time zone. The crate's one unsafe module.

/// `10:02`. `None` for times no clock shows.
#[must_use]
pub fn hour_and_minute(unix_ms: i64) -> Option<String> {
    let seconds = libc::time_t::from(unix_ms.checked_div(1000)?);
    let mut broken_down = std::mem::MaybeUninit::<libc::tm>::uninit();
    // SAFETY: both pointers are to live values of the right types; `localtime_r` writes the whole `tm` before it
    // returns a pointer that is not null.
    let filled = unsafe { !libc::localtime_r(&raw const seconds, broken_down.as_mut_ptr()).is_null() };
    if !filled {
        return None;
    }
    // SAFETY: `localtime_r` succeeded, so the value is whole.
    let time = unsafe { broken_down.assume_init() };
    Some(format!("{:02}:{:02}", time.tm_hour, time.tm_min))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_hours_and_minutes_and_survives_absurd_times() {
        let shown = hour_and_minute(1_700_000_000_000).unwrap_or_default();
        assert_eq!((shown.len(), shown.as_bytes().get(2)), (5, Some(&b':')));
        for absurd in [i64::MAX, i64::MIN, -1] {
            let _ = hour_and_minute(absurd);
        }
    }
}
