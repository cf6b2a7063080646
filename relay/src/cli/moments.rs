//! What `report` and `audit` have in common: moments on the command line, and a line of the audit log as JSON.

use crate::api::{Shape, shown};
use crate::dates;
use crate::store::AuditEntry;
use serde_json::Value;
use std::str::FromStr;

/// Rows or lines of one call: all that the audit log keeps.
pub(super) const LIMIT_MAX: i64 = crate::store::AUDIT_LINES_MAX;

/// A moment in Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment(pub i64);

impl FromStr for Moment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        dates::parse_utc(text).map(Self).ok_or("a time in UTC such as 2026-07-01 or 2026-07-01T10:02")
    }
}

/// How long something took, in whole minutes from the first one on.
pub(super) fn span(from_s: i64, to_s: i64) -> String {
    match to_s.saturating_sub(from_s).max(0) {
        seconds @ ..60 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    }
}

/// A line of the audit log. Who is gone has no name.
pub(super) fn line(entry: &AuditEntry) -> Value {
    shown::AuditLine::of(entry).write()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_spans_are_in_peoples_words() {
        assert_eq!("1970-01-02".parse::<Moment>().ok(), Some(Moment(86_400)));
        assert!("yesterday".parse::<Moment>().is_err());
        for (to_s, words) in [(59, "59 s"), (60, "1 min"), (-5, "0 s")] {
            assert_eq!(span(0, to_s), words);
        }
    }
}
