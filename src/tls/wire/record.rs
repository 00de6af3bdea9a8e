//! The header of a record, of which every TLS stream is made.
//!
//! | size | field |
//! |---|---|
//! | 1 | content type |
//! | 2 | version; TLS 1.3 writes 03 03 or 03 01 for all |
//! | 2 | length of the fragment that follows, at most 2^14 + 2048 (+ 256 in TLS 1.3) |
//!
//! Source: RFC 5246 §6.2, RFC 8446 §5.1.

use nom::number::complete::{be_u8, be_u16};
use nom::{IResult, Parser};

use super::version::Version;
use crate::limits;

/// What a record carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContentType(pub u8);

impl ContentType {
    /// From here on the sender uses the keys just agreed (one byte, 1); in TLS 1.3 without meaning.
    pub const CHANGE_CIPHER_SPEC: Self = Self(20);
    /// An alert.
    pub const ALERT: Self = Self(21);
    /// Handshake messages.
    pub const HANDSHAKE: Self = Self(22);
    /// The bytes of the protocol inside; in TLS 1.3 anything that is encrypted.
    pub const APPLICATION_DATA: Self = Self(23);
    /// Heartbeats (RFC 6520).
    pub const HEARTBEAT: Self = Self(24);
}

/// A record's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordHeader {
    /// What the record carries.
    pub content: ContentType,
    /// The version it says.
    pub version: Version,
    /// Bytes of the fragment behind the header.
    pub length: u16,
}

impl RecordHeader {
    /// Its size on the wire.
    pub const SIZE: usize = 5;

    /// Reads a header; `None` if there are fewer than five bytes.
    #[must_use]
    pub fn parse(input: &[u8]) -> Option<Self> {
        header(input).ok().map(|(_, header)| header)
    }

    /// Whether a TLS implementation would accept it at all.
    #[must_use]
    pub fn is_plausible(self) -> bool {
        matches!(self.content.0, 20..=24)
            && self.version.0 >> 8 == 3
            && usize::from(self.length) <= limits::TLS_RECORD
    }

    /// The header as it stood on the wire.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::SIZE] {
        let ([major, minor], [high, low]) =
            (self.version.0.to_be_bytes(), self.length.to_be_bytes());
        [self.content.0, major, minor, high, low]
    }
}

fn header(input: &[u8]) -> IResult<&[u8], RecordHeader> {
    (be_u8, be_u16, be_u16)
        .map(|(content, version, length)| RecordHeader {
            content: ContentType(content),
            version: Version(version),
            length,
        })
        .parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes() {
        let bytes = [22, 3, 1, 0x02, 0x10];
        let header = RecordHeader::parse(&bytes).unwrap();
        assert_eq!(header.content, ContentType::HANDSHAKE);
        assert_eq!((header.version, header.length), (Version::TLS10, 0x210));
        assert_eq!(header.to_bytes(), bytes);
        assert!(header.is_plausible());
        assert_eq!(RecordHeader::parse(&bytes[..4]), None);
    }

    #[test]
    fn what_no_implementation_accepts() {
        for bytes in [
            [25, 3, 3, 0, 1],
            [22, 2, 0, 0, 1],
            [23, 3, 3, 0x48, 0x01],
            [0x4a, 0, 0, 0, 0x0a],
        ] {
            assert!(!RecordHeader::parse(&bytes).unwrap().is_plausible());
        }
    }
}
