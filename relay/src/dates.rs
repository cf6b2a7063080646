//! Moments in people's words: days and times of day in UTC, as the command line reads and prints them.
//!
//! Between Unix seconds and the Gregorian calendar by the day numbers of Howard Hinnant's "chrono-Compatible Low-Level Date
//! Algorithms"; leap seconds are not counted, as in Unix time.

const DAY_S: i64 = 24 * 3600;
/// Days from 1 March of the year 0, where a year ends with its leap day, to 1 January 1970.
const EPOCH_DAY: i64 = 719_468;
/// Days of 400 years, after which the calendar repeats.
const ERA_DAYS: i64 = 146_097;
/// 9999-12-31T23:59:59Z: years have four digits.
const LAST_S: i64 = 253_402_300_799;

/// `2026-07-01T10:02:33Z`. What is before 1970 or beyond four-digit years is shown as the nearest that is not.
pub fn utc(at_s: i64) -> String {
    let at_s = at_s.clamp(0, LAST_S);
    let ((year, month, day), second) = (civil(at_s / DAY_S), at_s % DAY_S);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Unix seconds of `2026-07-01`, which is its first moment, `2026-07-01T10:02` or `2026-07-01T10:02:33`, each with or
/// without a `Z`. `None`: it is none of these, or there is no such day or time.
pub fn parse_utc(text: &str) -> Option<i64> {
    let text = text.strip_suffix('Z').unwrap_or(text);
    let (day, time) = match text.split_once('T') {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let [year, month, day] = numbers(day, '-', &[4, 2, 2])?[..] else { return None };
    let days = days(year, month, day);
    if year < 1970 || civil(days) != (year, month, day) {
        return None;
    }
    let of_day = match time {
        None => 0,
        Some(time) => time_of_day(time)?,
    };
    Some(days * DAY_S + of_day)
}

fn time_of_day(text: &str) -> Option<i64> {
    let parts = numbers(text, ':', &[2, 2, 2]).or_else(|| numbers(text, ':', &[2, 2]))?;
    let (hour, minute, second) = match parts[..] {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    (hour < 24 && minute < 60 && second < 60).then_some(hour * 3600 + minute * 60 + second)
}

/// Numbers of just so many digits each.
fn numbers(text: &str, between: char, digits: &[usize]) -> Option<Vec<i64>> {
    let parts: Vec<&str> = text.split(between).collect();
    let fits = |(part, digits): (&&str, &usize)| part.len() == *digits && part.bytes().all(|b| b.is_ascii_digit());
    if parts.len() != digits.len() || !parts.iter().zip(digits).all(fits) {
        return None;
    }
    parts.into_iter().map(|part| part.parse().ok()).collect()
}

/// Days since 1 January 1970 of a day in the calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH_DAY
}

/// Year, month and day.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH_DAY;
    let (era, of_era) = (days.div_euclid(ERA_DAYS), days.rem_euclid(ERA_DAYS));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let year = year + era * 400;
    (if month <= 2 { year + 1 } else { year }, month, day)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn moments_are_read_as_they_are_printed() {
        for (text, at_s) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T23:59:59Z", 951_868_799),
            ("2025-11-22T10:02:00Z", 1_763_805_720),
            ("9999-12-31T23:59:59Z", LAST_S),
        ] {
            assert_eq!(utc(at_s), text);
            assert_eq!(parse_utc(text), Some(at_s), "{text}");
        }
        for day in 0..80_000 {
            assert_eq!(parse_utc(&utc(day * DAY_S)), Some(day * DAY_S));
        }
        assert_eq!((utc(-5), utc(i64::MAX)), (utc(0), utc(LAST_S)));
    }

    #[test]
    fn days_and_minutes_will_do_and_nonsense_will_not() {
        assert_eq!(parse_utc("1970-01-02"), Some(DAY_S));
        assert_eq!(parse_utc("1970-01-01T00:01"), Some(60));
        for bad in [
            "",
            "today",
            "2025-02-29",
            "2025-13-01",
            "2025-00-10",
            "1969-12-31",
            "25-01-01",
            "2025-1-1",
            "2025-01-01T",
            "2025-01-01T24:00",
            "2025-01-01T10:60",
            "2025-01-01T10",
            "2025-01-01 10:00",
            "+025-01-01",
        ] {
            assert_eq!(parse_utc(bad), None, "{bad}");
        }
    }
}
