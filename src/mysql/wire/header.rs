//! The four bytes before every payload.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 3 | payload length in bytes, little-endian |
//! | 3 | 1 | sequence id |
//!
//! A payload of 0xFFFFFF bytes goes on in the next packet. Source: "MySQL Packets" in the MySQL
//! Source Code Documentation.

use super::field::{Step, u8_of, u24_of};

/// A packet's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    /// Payload length in bytes, at most [`Header::MAX_LENGTH`].
    pub length: u32,
    /// The sequence id; it wraps from 255 to 0.
    pub sequence: u8,
}

impl Header {
    /// The header's size in bytes.
    pub const SIZE: usize = 4;
    /// The longest payload of one packet; a packet of this length is followed by another.
    pub const MAX_LENGTH: u32 = 0x00ff_ffff;

    /// The header at the beginning of `bytes`; `None` if there are fewer than four.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        header(bytes).ok().map(|(_, header)| header)
    }

    /// Whether the message goes on in the next packet.
    #[must_use]
    pub const fn continues(self) -> bool {
        self.length == Self::MAX_LENGTH
    }
}

fn header(input: &[u8]) -> Step<'_, Header> {
    let (rest, length) = u24_of("the length", input)?;
    let (rest, sequence) = u8_of("the sequence id", rest)?;
    Ok((rest, Header { length, sequence }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_little_endian() {
        let header = Header::parse(&[0x4a, 0x01, 0, 7, 0xff]).unwrap();
        assert_eq!((header.length, header.sequence), (0x14a, 7));
        assert!(!header.continues());
        assert!(Header::parse(&[0xff, 0xff, 0xff, 0]).unwrap().continues());
        assert_eq!(Header::parse(&[1, 2, 3]), None);
    }

    proptest! {
        #[test]
        fn round_trip(length in 0..=Header::MAX_LENGTH, sequence: u8) {
            let [a, b, c, _] = length.to_le_bytes();
            let parsed = Header::parse(&[a, b, c, sequence]);
            prop_assert_eq!(parsed, Some(Header { length, sequence }));
        }
    }
}
