//! Extensions of the hellos.
//!
//! | size | field |
//! |---|---|
//! | 2 | bytes of all extensions; the whole list may be missing before TLS 1.3 |
//! | | for each: |
//! | 2 | type |
//! | 2 | length |
//! | n | data |
//!
//! Source: RFC 8446 §4.2, RFC 5246 §7.4.1.4; the types of the IANA "TLS ExtensionType Values".

use nom::combinator::{all_consuming, map};
use nom::multi::{length_data, many0};
use nom::number::complete::be_u16;
use nom::sequence::pair;
use nom::{IResult, Parser};

/// The type of an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExtensionType(pub u16);

impl ExtensionType {
    /// RFC 7366: CBC suites take the MAC over the ciphertext.
    pub const ENCRYPT_THEN_MAC: Self = Self(22);
    /// RFC 7627: the master secret depends on the handshake's messages.
    pub const EXTENDED_MASTER_SECRET: Self = Self(23);
    /// RFC 5077: a ticket to resume a session of TLS 1.2 and older.
    pub const SESSION_TICKET: Self = Self(35);
    /// RFC 8446 §4.2.11: a key of an earlier session.
    pub const PRE_SHARED_KEY: Self = Self(41);
    /// RFC 8446 §4.2.10: data before the handshake is complete.
    pub const EARLY_DATA: Self = Self(42);
    /// RFC 8446 §4.2.1: the versions offered, or the one chosen.
    pub const SUPPORTED_VERSIONS: Self = Self(43);
}

/// One extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension<'a> {
    /// Its type.
    pub kind: ExtensionType,
    /// Its data.
    pub data: &'a [u8],
}

/// Reads the extensions at the end of a hello; nothing at all is an empty list.
///
/// # Errors
///
/// If lengths do not fit.
pub(super) fn parse(input: &[u8]) -> IResult<&[u8], Vec<Extension<'_>>> {
    if input.is_empty() {
        return Ok((input, Vec::new()));
    }
    let (rest, list) = length_data(be_u16).parse(input)?;
    let extension = map(pair(be_u16, length_data(be_u16)), |(kind, data)| {
        Extension {
            kind: ExtensionType(kind),
            data,
        }
    });
    let (_, extensions) = all_consuming(many0(extension)).parse(list)?;
    Ok((rest, extensions))
}

/// The data of the first extension of a type.
pub(super) fn find<'a>(extensions: &[Extension<'a>], kind: ExtensionType) -> Option<&'a [u8]> {
    let found = extensions.iter().find(|extension| extension.kind == kind);
    found.map(|extension| extension.data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads() {
        let bytes = [0, 10, 0, 23, 0, 0, 0, 43, 0, 2, 3, 4, 0xff];
        let (rest, list) = parse(&bytes).unwrap();
        assert_eq!(rest, [0xff]);
        assert_eq!(list.len(), 2);
        assert_eq!(
            find(&list, ExtensionType::SUPPORTED_VERSIONS),
            Some(&[3, 4][..])
        );
        assert_eq!(
            find(&list, ExtensionType::EXTENDED_MASTER_SECRET),
            Some(&[][..])
        );
        assert_eq!(find(&list, ExtensionType::EARLY_DATA), None);
        assert_eq!(parse(&[]).unwrap(), (&[][..], Vec::new()));
        assert!(parse(&bytes[..6]).is_err());
        assert!(parse(&[0, 3, 0, 23, 0]).is_err());
    }
}
