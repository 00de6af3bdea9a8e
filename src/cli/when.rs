//! Points in time as typed: RFC 3339, a civil time or a date, both in UTC as reports show them.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::capture::Timestamp;

/// `--since`: a date is its first moment.
pub(super) fn since(typed: &str) -> Result<Timestamp, String> {
    parse(typed, |date| Some(date.at(0, 0, 0, 0)))
}

/// `--until`: a date is its last moment.
pub(super) fn until(typed: &str) -> Result<Timestamp, String> {
    parse(typed, |date| Some(date.at(23, 59, 59, 999_999_999)))
}

fn parse(typed: &str, of_date: impl Fn(Date) -> Option<DateTime>) -> Result<Timestamp, String> {
    let wrong = || {
        "expected a time such as 2024-05-01T10:15:00Z, 2024-05-01T10:15 or 2024-05-01".to_owned()
    };
    let utc = |civil: DateTime| {
        civil
            .to_zoned(TimeZone::UTC)
            .ok()
            .map(|zoned| zoned.timestamp())
    };
    let is_date = !typed.contains([':', 'T', 't', ' ']);
    let time = if is_date {
        typed.parse::<Date>().ok().and_then(of_date).and_then(utc)
    } else {
        let exact = typed.parse::<jiff::Timestamp>().ok();
        exact.or_else(|| typed.parse::<DateTime>().ok().and_then(utc))
    };
    let nanos = time.ok_or_else(wrong)?.as_nanosecond();
    let nanos =
        i64::try_from(nanos).map_err(|_| "captures hold times from 1677 to 2262".to_owned())?;
    Ok(Timestamp::from_nanos(nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let second = 1_714_558_500_000_000_000;
        for typed in [
            "2024-05-01T10:15:00Z",
            "2024-05-01T12:15:00+02:00",
            "2024-05-01T10:15",
            "2024-05-01 10:15:00",
        ] {
            assert_eq!(since(typed).unwrap().as_nanos(), second, "{typed}");
            assert_eq!(until(typed).unwrap().as_nanos(), second, "{typed}");
        }
        let day = 86_400_000_000_000;
        let (begin, end) = (since("2024-05-01").unwrap(), until("2024-05-01").unwrap());
        assert_eq!(end.since(begin), day - 1);
        for wrong in ["", "yesterday", "2024-13-01", "10:15", "9999-01-01"] {
            assert!(since(wrong).is_err(), "{wrong}");
        }
    }
}
