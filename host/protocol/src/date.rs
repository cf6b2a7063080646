//! Days as people write them, in UTC: `2026-11-29` and Unix seconds. By Howard Hinnant's `civil_from_days` and
//! `days_from_civil` (howardhinnant.github.io/date_algorithms.html), for the years 0 to 9999.

const DAY_S: i64 = 24 * 3600;
/// 1 January of the year 0 and of the year 10,000.
const YEARS_S: std::ops::Range<i64> = -62_167_219_200..253_402_300_800;

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    year: i64,
    month: i64,
    day: i64,
}

impl Day {
    /// The day that a second of Unix time lies in; `None` outside the years 0 to 9999.
    pub fn of(unix_s: i64) -> Option<Self> {
        if !YEARS_S.contains(&unix_s) {
            return None;
        }
        let days = unix_s.div_euclid(DAY_S) + 719_468;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Some(Self { year, month, day: of_year - (153 * shifted + 2) / 5 + 1 })
    }

    /// Reads `2026-11-29`; `None` for what is no day.
    pub fn parse(text: &str) -> Option<Self> {
        let number = |part: Option<&str>, digits: usize| {
            let part = part.filter(|part| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()))?;
            part.parse::<i64>().ok()
        };
        let mut parts = text.split('-');
        let (year, month, day) = (number(parts.next(), 4)?, number(parts.next(), 2)?, number(parts.next(), 2)?);
        let asked = Self { year, month, day };
        // A day that there is comes back; the 30th of February does not.
        let there = parts.next().is_none() && (1..=12).contains(&month) && (1..=31).contains(&day);
        (there && Self::of(asked.start_s()) == Some(asked)).then_some(asked)
    }

    /// Its first second in Unix time.
    pub fn start_s(self) -> i64 {
        let Self { year, month, day } = self;
        let year = year - i64::from(month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let shifted = if month > 2 { month - 3 } else { month + 9 };
        let of_year = (153 * shifted + 2) / 5 + day - 1;
        let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
        (era * 146_097 + of_era - 719_468) * DAY_S
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { year, month, day } = self;
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (text, unix_s) in [
            ("1970-01-01", 0),
            ("2000-02-29", 951_782_400),
            ("2026-11-29", 1_795_910_400),
            ("0000-01-01", YEARS_S.start),
            ("9999-12-31", YEARS_S.end - DAY_S),
        ] {
            let day = Day::parse(text).unwrap();
            assert_eq!((day.start_s(), day.to_string().as_str()), (unix_s, text));
            assert_eq!(Day::of(unix_s + DAY_S - 1), Some(day), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for bad in
            ["", "2026", "2026-11", "2026-11-31", "2025-02-29", "2026-13-01", "2026-00-10", "26-1-1", "2026-11-29-1"]
        {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
        for absurd in [i64::MIN, i64::MAX, YEARS_S.start - 1, YEARS_S.end] {
            assert_eq!(Day::of(absurd), None);
        }
    }

    #[test]
    fn every_day_comes_back() {
        for number in -1_000..40_000 {
            let day = Day::of(number * DAY_S).unwrap();
            assert_eq!(day.start_s(), number * DAY_S);
            assert_eq!(Day::parse(&day.to_string()), Some(day));
        }
    }
}
