//! Length-encoded integers, and strings with such a length before them.
//!
//! | first byte | integer | size |
//! |---|---|---|
//! | 0x00 … 0xFA | the byte itself | 1 |
//! | 0xFB | none: NULL in a result row | – |
//! | 0xFC | `int<2>` | 3 |
//! | 0xFD | `int<3>` | 4 |
//! | 0xFE | `int<8>` | 9 |
//! | 0xFF | none: the header of ERR | – |
//!
//! Source: "Protocol Data Types" in the MySQL Source Code Documentation.

use nom::Parser;
use nom::number::complete::{le_u8, le_u16, le_u24, le_u64};

use super::field::{Broken, Step, bytes_of, u8_of};

/// `int<lenenc>`.
pub(super) fn int_of<'a>(field: &'static str, input: &'a [u8]) -> Step<'a, u64> {
    let short = |needed| move |_| Broken::short(input, field, needed);
    let (rest, first): (_, u8) = le_u8::<_, Broken<'_>>(input).map_err(short(1))?;
    match first {
        0..=0xfa => Ok((rest, u64::from(first))),
        0xfc => le_u16.map(u64::from).parse(rest).map_err(short(3)),
        0xfd => le_u24.map(u64::from).parse(rest).map_err(short(4)),
        0xfe => le_u64.parse(rest).map_err(short(9)),
        0xfb | 0xff => Err(Broken::unexpected(input, field, "a length-encoded integer")),
    }
}

/// `string<lenenc>`.
pub(super) fn string_of<'a>(field: &'static str, input: &'a [u8]) -> Step<'a, &'a [u8]> {
    let (rest, length) = int_of(field, input)?;
    let length = usize::try_from(length).map_err(|_| Broken::short(rest, field, length))?;
    bytes_of(field, length, rest)
}

/// A string with a length of one byte before it.
pub(super) fn byte_string_of<'a>(field: &'static str, input: &'a [u8]) -> Step<'a, &'a [u8]> {
    let (rest, length) = u8_of(field, input)?;
    bytes_of(field, usize::from(length), rest)
}

/// A length-encoded integer at the beginning of `bytes`: its value and its size in bytes.
#[must_use]
pub fn parse_int(bytes: &[u8]) -> Option<(u64, usize)> {
    let (rest, value) = int_of("the integer", bytes).ok()?;
    Some((value, bytes.len().saturating_sub(rest.len())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded(value: u64) -> Vec<u8> {
        let bytes = value.to_le_bytes();
        match value {
            0..=0xfa => vec![bytes[0]],
            0xfb..=0xffff => [&[0xfc], &bytes[..2]].concat(),
            0x1_0000..=0xff_ffff => [&[0xfd], &bytes[..3]].concat(),
            _ => [&[0xfe], &bytes[..]].concat(),
        }
    }

    #[test]
    fn null_and_err_are_no_integers() {
        assert_eq!(parse_int(&[0xfb, 0, 0]), None);
        assert_eq!(parse_int(&[0xff, 0, 0]), None);
        assert_eq!(parse_int(&[0xfc, 0xfb]), None);
        assert_eq!(parse_int(&[]), None);
        assert_eq!(parse_int(&[0xfd, 1, 2, 3, 4]), Some((0x03_0201, 4)));
    }

    #[test]
    fn strings_end_where_their_length_says() {
        assert_eq!(string_of("s", b"\x02abc"), Ok((&b"c"[..], &b"ab"[..])));
        assert!(string_of("s", b"\x04abc").is_err());
        assert!(string_of("s", b"\xfe\xff\xff\xff\xff\xff\xff\xff\xffabc").is_err());
    }

    proptest! {
        #[test]
        fn round_trip(value: u64, shift in 0_u32..64) {
            let value = value >> shift;
            let bytes = encoded(value);
            prop_assert_eq!(parse_int(&bytes), Some((value, bytes.len())));
        }

        #[test]
        fn never_takes_more_than_there_is(bytes: Vec<u8>) {
            if let Some((_, size)) = parse_int(&bytes) {
                prop_assert!(size <= bytes.len() && size > 0);
            }
            let _ = string_of("s", &bytes);
        }
    }
}
