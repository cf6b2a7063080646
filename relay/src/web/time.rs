//! Times as people of an account read them: in its time zone, by the zone's name in the IANA list.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A time zone with the name that it is shown by.
#[derive(Clone)]
pub struct Zone {
    pub name: String,
    zone: TimeZone,
}

impl Zone {
    /// The zone of this name; UTC, and so named, if nobody knows it.
    pub fn named(name: &str) -> Self {
        match TimeZone::get(name) {
            Ok(zone) => Self { name: name.to_owned(), zone },
            Err(_) => Self::utc(),
        }
    }

    /// Without an account.
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), zone: TimeZone::UTC }
    }

    /// There is such a zone.
    pub fn is_known(name: &str) -> bool {
        TimeZone::get(name).is_ok()
    }

    /// Seconds since 1970 as a date and a time.
    pub fn show(&self, at_s: i64) -> String {
        let at = Timestamp::from_second(at_s).unwrap_or(Timestamp::UNIX_EPOCH);
        at.to_zoned_datetime(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// When a day begins here, in seconds since 1970, and when the next does. `None`: that is no date.
    pub fn day(&self, text: &str) -> Option<(i64, i64)> {
        let date: Date = text.trim().parse().ok()?;
        let begin = |date: Date| date.to_zoned_datetime(self.zone.clone()).ok().map(|at| at.timestamp().as_second());
        Some((begin(date)?, begin(date.tomorrow().ok()?)?))
    }
}

/// A length of time in few characters, the same in both languages.
pub fn length(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours}:{minutes:02} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_accounts_place() {
        let berlin = Zone::named("Europe/Berlin");
        assert_eq!((berlin.name.as_str(), berlin.show(0).as_str()), ("Europe/Berlin", "1970-01-01 01:00:00"));
        let nowhere = Zone::named("Nowhere/At-All");
        assert_eq!((nowhere.name.as_str(), nowhere.show(0).as_str()), ("UTC", "1970-01-01 00:00:00"));
        assert!(Zone::is_known("America/New_York") && !Zone::is_known("Nowhere/At-All"));
        assert!(!berlin.show(i64::MAX).is_empty());
    }

    #[test]
    fn a_day_is_as_long_as_it_is_there() {
        let berlin = Zone::named("Europe/Berlin");
        let hours = |text: &str| berlin.day(text).map(|(begin, end)| (end - begin) / 3600);
        assert_eq!(hours("2026-06-01"), Some(24));
        assert_eq!(hours("2026-03-29"), Some(23), "the clocks go forward");
        for wrong in ["", "yesterday", "2026-02-30", "99999-01-01"] {
            assert_eq!(hours(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn lengths_are_short() {
        assert_eq!([length(5), length(65), length(3600), length(90_061)], ["5 s", "1 min", "1:00 h", "25:01 h"]);
    }
}
