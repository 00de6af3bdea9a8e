//! Connection attributes: the end of the login packet and of `COM_CHANGE_USER`.
//!
//! | size | field |
//! |---|---|
//! | `int<lenenc>` | length of all that follows, in bytes |
//! | `string<lenenc>` | key |
//! | `string<lenenc>` | value; and so on, in pairs |
//!
//! Source: "`Protocol::HandshakeResponse41`" in the MySQL Source Code Documentation. Some Python
//! drivers write lengths of one byte, which is the same below 251.

use super::field::{Broken, Step, bytes_of};
use super::lenenc::{byte_string_of, int_of, string_of};

/// Keys and values, in the order sent: one behind the other, each behind its length, so that the dozen of
/// them that a client sends needs no dozen buffers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Lengths are `u32`, little-endian.
    bytes: Vec<u8>,
    pairs: usize,
}

impl Attributes {
    /// Adds a pair.
    pub fn push(&mut self, key: &[u8], value: &[u8]) {
        for text in [key, value] {
            // No message is longer.
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
            self.bytes.extend_from_slice(&length.to_le_bytes());
            self.bytes.extend_from_slice(text);
        }
        self.pairs = self.pairs.saturating_add(1);
    }

    /// The pairs.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut rest = self.bytes.as_slice();
        let mut take = move || {
            let (length, behind) = rest.split_first_chunk()?;
            let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
            let (text, behind) = behind.split_at_checked(length)?;
            rest = behind;
            Some(text)
        };
        std::iter::from_fn(move || Some((take()?, take()?)))
    }

    /// How many pairs.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.pairs
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.pairs == 0
    }
}

impl<'a> FromIterator<(&'a [u8], &'a [u8])> for Attributes {
    fn from_iter<I: IntoIterator<Item = (&'a [u8], &'a [u8])>>(pairs: I) -> Self {
        let mut attributes = Self::default();
        for (key, value) in pairs {
            attributes.push(key, value);
        }
        attributes
    }
}

const BYTE_LENGTHS: &str = "the connection attributes have lengths of one byte above 250";
const BROKEN: &str = "the connection attributes do not fill their length";

/// The attributes at the beginning of `input`, in a message that lacks its last `missing` bytes:
/// the pairs that are whole, and what is unusual.
pub(super) fn attributes(
    missing: u64,
    input: &[u8],
) -> Step<'_, (Attributes, Option<&'static str>)> {
    let field = "the connection attributes";
    let (rest, total, byte_length) = match int_of(field, input) {
        Ok((rest, total)) if total <= (rest.len() as u64).saturating_add(missing) => {
            (rest, total, false)
        }
        ref counted => match input.split_first() {
            Some((length, rest)) if missing == 0 && usize::from(*length) == rest.len() => {
                (rest, u64::from(*length), true)
            }
            _ => return Err(failed(field, input, counted)),
        },
    };
    let cut = total > rest.len() as u64;
    let here = usize::try_from(total).map_or(rest.len(), |total| total.min(rest.len()));
    let (rest, body) = bytes_of(field, here, rest)?;
    let (pairs, filled) = pairs(body, string_of);
    if cut || (filled && !byte_length) {
        return Ok((rest, (pairs, None)));
    }
    if filled {
        return Ok((rest, (pairs, Some(BYTE_LENGTHS))));
    }
    let (by_bytes, fills) = self::pairs(body, byte_string_of);
    if fills {
        return Ok((rest, (by_bytes, Some(BYTE_LENGTHS))));
    }
    Ok((rest, (pairs, Some(BROKEN))))
}

fn failed<'a>(
    field: &'static str,
    input: &'a [u8],
    counted: &Step<'a, u64>,
) -> nom::Err<Broken<'a>> {
    match counted {
        Ok((rest, total)) => Broken::short(rest, field, *total),
        Err(_) => Broken::unexpected(input, field, "a length that fits"),
    }
}

type StringParser = for<'a> fn(&'static str, &'a [u8]) -> Step<'a, &'a [u8]>;

/// The whole pairs of `body`, and whether they are all of it.
fn pairs(mut body: &[u8], string: StringParser) -> (Attributes, bool) {
    /// More than a length takes here than there, for as many as most clients send.
    const LONGER: usize = 64;
    let mut pairs = Attributes {
        bytes: Vec::with_capacity(body.len().saturating_add(LONGER)),
        pairs: 0,
    };
    while !body.is_empty() {
        let Ok((rest, key)) = string("a key", body) else {
            return (pairs, false);
        };
        let Ok((rest, value)) = string("a value", rest) else {
            return (pairs, false);
        };
        pairs.push(key, value);
        body = rest;
    }
    (pairs, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(missing: u64, input: &[u8]) -> (usize, usize, Option<&'static str>) {
        let (rest, (pairs, quirk)) = attributes(missing, input).unwrap();
        (rest.len(), pairs.len(), quirk)
    }

    #[test]
    fn whole() {
        assert_eq!(read(0, b"\x00"), (0, 0, None));
        assert_eq!(read(0, b"\x04\x01a\x01bX"), (1, 1, None));
        assert_eq!(read(0, b"\x04\x01a\x05b"), (0, 0, Some(BROKEN)));
        assert!(attributes(0, b"\x05\x01a\x01").is_err());
        assert!(attributes(0, b"").is_err());
    }

    #[test]
    fn cut() {
        assert_eq!(read(5, b"\x09\x01a\x01b\x01c"), (0, 1, None));
        assert!(attributes(1, b"\x09\x01a\x01b\x01c").is_err());
    }

    #[test]
    fn lengths_of_one_byte() {
        // A value of 251 bytes, its length and the total in one byte each.
        let value = [b'v'; 251];
        let input = [b"\xfe\x01k\xfb".as_slice(), &value].concat();
        assert_eq!(read(0, &input), (0, 1, Some(BYTE_LENGTHS)));
        let input = [b"\xfc\xfe\x00\x01k\xfb".as_slice(), &value].concat();
        assert_eq!(read(0, &input), (0, 1, Some(BYTE_LENGTHS)));
    }

    proptest! {
        #[test]
        fn never_panics(missing in 0_u64..300, input: Vec<u8>) {
            let _ = attributes(missing, &input);
        }

        #[test]
        fn round_trip(list: Vec<(Vec<u8>, Vec<u8>)>) {
            let short = |text: &Vec<u8>| text.len() < 251;
            prop_assume!(list.iter().all(|(key, value)| short(key) && short(value)));
            let mut body = Vec::new();
            for text in list.iter().flat_map(|(key, value)| [key, value]) {
                body.push(u8::try_from(text.len()).unwrap());
                body.extend(text);
            }
            let mut input = vec![0xfe];
            input.extend((body.len() as u64).to_le_bytes());
            input.extend(body);
            let (rest, (read, quirk)) = attributes(0, &input).unwrap();
            prop_assert_eq!((rest, quirk), (&[][..], None));
            prop_assert_eq!((read.len(), read.is_empty()), (list.len(), list.is_empty()));
            let pairs: Vec<_> = read.iter().map(|(k, v)| (k.to_vec(), v.to_vec())).collect();
            prop_assert_eq!(pairs, list);
        }
    }
}
