//! The header of a compressed packet.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 3 | length of the compressed payload in bytes, little-endian |
//! | 3 | 1 | sequence id of the compressed packets |
//! | 4 | 3 | length once decompressed; 0 if the payload is stored as it is |
//!
//! Source: "Compression" in the MySQL Source Code Documentation. A login's first packets are never
//! compressed; compression begins after the OK.

use super::field::{Step, u8_of, u24_of};

/// A compressed packet's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CompressedHeader {
    /// Bytes that follow on the wire.
    pub length: u32,
    /// The sequence id, counted apart from that of the packets inside.
    pub sequence: u8,
    /// Bytes after decompression; 0 if they are stored as they are.
    pub uncompressed: u32,
}

impl CompressedHeader {
    /// The header's size in bytes.
    pub const SIZE: usize = 7;

    /// The header at the beginning of `bytes`; `None` if there are fewer than seven.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        compressed_header(bytes).ok().map(|(_, header)| header)
    }

    /// How many bytes the whole packets at the beginning of `bytes` take, one behind the other.
    #[must_use]
    pub fn length_of_whole(bytes: &[u8]) -> usize {
        let mut rest = bytes;
        while let Some(header) = Self::parse(rest) {
            let length = Self::SIZE.saturating_add(header.length as usize);
            let Some(behind) = rest.get(length..) else {
                break;
            };
            rest = behind;
        }
        bytes.len().saturating_sub(rest.len())
    }

    /// Whether the payload is stored without compression.
    #[must_use]
    pub const fn is_stored(self) -> bool {
        self.uncompressed == 0
    }
}

fn compressed_header(input: &[u8]) -> Step<'_, CompressedHeader> {
    let (rest, length) = u24_of("the compressed length", input)?;
    let (rest, sequence) = u8_of("the sequence id", rest)?;
    let (rest, uncompressed) = u24_of("the uncompressed length", rest)?;
    let header = CompressedHeader {
        length,
        sequence,
        uncompressed,
    };
    Ok((rest, header))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_real_headers() {
        // pcap2mysql-log/compressed.pcap: the first query (stored) and its answer (deflated).
        let query = CompressedHeader::parse(&[0x18, 0, 0, 0, 0, 0, 0, 0x14]).unwrap();
        assert_eq!((query.length, query.sequence), (24, 0));
        assert!(query.is_stored());
        let answer = CompressedHeader::parse(&[0x62, 0, 0, 1, 0xa1, 0, 0]).unwrap();
        assert_eq!((answer.length, answer.uncompressed), (98, 161));
        assert!(!answer.is_stored());
        assert_eq!(CompressedHeader::parse(&[0; 6]), None);
    }
}
