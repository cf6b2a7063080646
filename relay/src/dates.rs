//! Moments in people's words: days and times of day in UTC, as the command line reads and prints them. Leap seconds are not
//! counted, as in Unix time.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, date};

const EPOCH: DateTime = date(1970, 1, 1).at(0, 0, 0, 0);
/// 9999-12-31T23:59:59Z: years have four digits.
const LAST_S: i64 = 253_402_300_799;

/// `2026-07-01T10:02:33Z`. What is before 1970 or beyond four-digit years is shown as the nearest that is not.
pub fn utc(at_s: i64) -> String {
    civil(at_s.clamp(0, LAST_S)).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `2026-07-01 10:02 UTC`, for people.
pub fn minute(at_s: i64) -> String {
    civil(at_s).strftime("%Y-%m-%d %H:%M UTC").to_string()
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
    let (year, month, day) = (i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    let begin = Date::new(year, month, day).ok().filter(|_| year >= 1970)?.at(0, 0, 0, 0);
    let of_day = match time {
        None => 0,
        Some(time) => time_of_day(time)?,
    };
    Some(begin.duration_since(EPOCH).as_secs() + of_day)
}

/// The nearest that there is.
fn civil(at_s: i64) -> DateTime {
    let beyond = if at_s < 0 { DateTime::MIN } else { DateTime::MAX };
    EPOCH.checked_add(SignedDuration::from_secs(at_s)).unwrap_or(beyond)
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const DAY_S: i64 = 24 * 3600;

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

    #[test]
    fn minutes_are_of_the_calendar() {
        for (unix_s, text) in [
            (0, "1970-01-01 00:00 UTC"),
            (951_782_399, "2000-02-28 23:59 UTC"),
            (951_782_400, "2000-02-29 00:00 UTC"),
            (1_700_000_000, "2023-11-14 22:13 UTC"),
            (-1, "1969-12-31 23:59 UTC"),
        ] {
            assert_eq!(minute(unix_s), text);
        }
        minute(i64::MAX);
        minute(i64::MIN);
    }
}
