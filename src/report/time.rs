//! A time as reports write it.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::capture::Timestamp;

/// Nanoseconds of a second.
const NANOS: i64 = 1_000_000_000;
/// `2024-05-01T10:15:30`
const SECOND: usize = 19;
/// `2024-05-01T10:15:30.123456789Z`
const WHOLE: usize = 30;

/// RFC 3339, UTC, nanoseconds: text without an allocation, since each message of a login has one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Time([u8; WHOLE]);

impl Time {
    /// `None` never happens: an `i64` of nanoseconds lies between the years 1677 and 2262.
    pub(super) fn of(time: Timestamp) -> Option<Self> {
        thread_local! {
            /// The last second and its text: the times of a report stand close together.
            static KNOWN: Cell<(i64, [u8; SECOND])> = const { Cell::new((i64::MAX, [0; SECOND])) };
        }
        let seconds = time.as_nanos().div_euclid(NANOS);
        let (known, mut second) = KNOWN.get();
        if known != seconds {
            let text = jiff::Timestamp::from_second(seconds).ok()?.to_string();
            second = *text.as_bytes().first_chunk()?;
            KNOWN.set((seconds, second));
        }
        let mut text = [b'.'; WHOLE];
        *text.first_chunk_mut()? = second;
        *text.last_mut()? = b'Z';
        let mut rest = u32::try_from(time.as_nanos().rem_euclid(NANOS)).ok()?;
        for digit in text.get_mut(SECOND + 1..WHOLE - 1)?.iter_mut().rev() {
            *digit = b'0' | u8::try_from(rest % 10).ok()?;
            rest /= 10;
        }
        Some(Self(text))
    }
}

impl Time {
    /// Its text, which is ASCII.
    pub(super) const fn ascii(&self) -> &[u8] {
        &self.0
    }

    /// The time.
    pub(super) fn timestamp(self) -> Option<Timestamp> {
        let time: jiff::Timestamp = self.parse().ok()?;
        i64::try_from(time.as_nanosecond())
            .ok()
            .map(Timestamp::from_nanos)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        let time: jiff::Timestamp = text.parse().map_err(D::Error::custom)?;
        let time = i64::try_from(time.as_nanosecond()).ok();
        time.and_then(|nanos| Self::of(Timestamp::from_nanos(nanos)))
            .ok_or_else(|| D::Error::custom("a time that no capture has"))
    }
}

impl Deref for Time {
    type Target = str;

    fn deref(&self) -> &str {
        // Digits and signs are ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl JsonSchema for Time {
    fn schema_name() -> Cow<'static, str> {
        String::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }

    fn inline_schema() -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_has_nine_digits_and_a_z() {
        for (nanos, text) in [
            (0, "1970-01-01T00:00:00.000000000Z"),
            (1_714_558_530_123_456_789, "2024-05-01T10:15:30.123456789Z"),
            (-1, "1969-12-31T23:59:59.999999999Z"),
            (i64::MAX, "2262-04-11T23:47:16.854775807Z"),
            (i64::MIN, "1677-09-21T00:12:43.145224192Z"),
        ] {
            assert_eq!(
                Time::of(Timestamp::from_nanos(nanos)).as_deref(),
                Some(text)
            );
        }
    }
}
