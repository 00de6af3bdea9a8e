//! The compressed protocol, as far as a later COM_CHANGE_USER needs it: one direction's
//! compressed packets, unpacked to the stream of MySQL packets inside.
//!
//! Begins after the OK of a login that agreed on it. The algorithm is told by the payload itself.
//! Source: "Compression" in the MySQL Source Code Documentation; RFC 1950 (zlib), RFC 8878 (zstd).

use std::io::Read;
use std::mem;

use crate::limits;
use crate::mysql::wire::compressed::CompressedHeader;

/// The four bytes that begin a zstd frame.
const ZSTD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// What one compressed packet held.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unpacked {
    /// These bytes.
    Bytes(Vec<u8>),
    /// This many bytes, which cannot be unpacked or are over the cap.
    Lost(u64),
}

/// Unpacks one direction.
#[derive(Debug, Default)]
pub(super) struct Unpacker {
    /// Header bytes while it is incomplete.
    head: Vec<u8>,
    /// The packet being collected: its header, and wire bytes still to come.
    packet: Option<(CompressedHeader, usize)>,
    payload: Vec<u8>,
    /// Where the packet began, in the stream of its direction.
    began: u64,
    /// Behind a hole: the next packet's beginning is not known.
    lost: bool,
}

impl Unpacker {
    /// A hole: what follows is taken up again where a segment holds whole packets.
    pub fn lose(&mut self) {
        *self = Self {
            lost: true,
            ..Self::default()
        };
    }

    /// Takes bytes off the front of `bytes`, which stand at `offset`, until a compressed packet is complete. Answers where
    /// it began, and what it held.
    pub fn next(&mut self, bytes: &mut &[u8], offset: &mut u64) -> Option<(u64, Unpacked)> {
        if self.packet.is_none() && self.head.is_empty() {
            self.began = *offset;
        }
        let before = bytes.len();
        let unpacked = self.unpacked(bytes);
        let taken = before.saturating_sub(bytes.len());
        *offset = offset.saturating_add(taken as u64);
        unpacked.map(|unpacked| (self.began, unpacked))
    }

    fn unpacked(&mut self, bytes: &mut &[u8]) -> Option<Unpacked> {
        if self.lost {
            if !holds_whole_packets(bytes) {
                *bytes = &[];
                return None;
            }
            self.lost = false;
        }
        let (header, left) = match self.packet {
            Some(packet) => packet,
            None => self.read_header(bytes)?,
        };
        let (taken, rest) = bytes.split_at(left.min(bytes.len()));
        *bytes = rest;
        let room = limits::LOGIN_MESSAGE.saturating_sub(self.payload.len());
        self.payload
            .extend_from_slice(taken.get(..room.min(taken.len())).unwrap_or(taken));
        let left = left.saturating_sub(taken.len());
        self.packet = Some((header, left));
        (left == 0).then(|| {
            self.packet = None;
            let payload = mem::take(&mut self.payload);
            unpack(header, payload)
        })
    }

    fn read_header(&mut self, bytes: &mut &[u8]) -> Option<(CompressedHeader, usize)> {
        let wanted = CompressedHeader::SIZE.saturating_sub(self.head.len());
        let (taken, rest) = bytes.split_at(wanted.min(bytes.len()));
        *bytes = rest;
        self.head.extend_from_slice(taken);
        let header = CompressedHeader::parse(&self.head)?;
        self.head.clear();
        Some((header, header.length as usize))
    }
}

fn unpack(header: CompressedHeader, payload: Vec<u8>) -> Unpacked {
    let inside = if header.is_stored() {
        header.length
    } else {
        header.uncompressed
    };
    let lost = Unpacked::Lost(u64::from(inside));
    if payload.len() != header.length as usize || inside as usize > limits::UNPACKED {
        return lost;
    }
    if header.is_stored() {
        return Unpacked::Bytes(payload);
    }
    let limit = u64::from(inside).saturating_add(1);
    let mut bytes = Vec::new();
    let read = if payload.starts_with(&ZSTD) {
        ruzstd::decoding::StreamingDecoder::new(payload.as_slice())
            .is_ok_and(|decoder| decoder.take(limit).read_to_end(&mut bytes).is_ok())
    } else {
        let decoder = flate2::read::ZlibDecoder::new(payload.as_slice());
        decoder.take(limit).read_to_end(&mut bytes).is_ok()
    };
    if read && bytes.len() == inside as usize {
        Unpacked::Bytes(bytes)
    } else {
        lost
    }
}

/// Whether `bytes` are one or more compressed packets with nothing left over.
fn holds_whole_packets(bytes: &[u8]) -> bool {
    !bytes.is_empty() && CompressedHeader::length_of_whole(bytes) == bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the page "Compression" in the MySQL documentation.
    const DOCUMENTED: &str =
        "2200000032000078 9cd363606060 2e4ecd494d 2e51503230 3432363135 33b7b0c4cd 5202000cd1 0a6c";

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<_> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        let pairs = digits
            .chunks(2)
            .map(|pair| std::str::from_utf8(pair).unwrap());
        pairs
            .map(|pair| u8::from_str_radix(pair, 16).unwrap())
            .collect()
    }

    #[test]
    fn stored_packets_come_out_as_they_are() {
        let mut unpacker = Unpacker::default();
        let wire = [5, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1];
        let mut bytes = wire.as_slice();
        assert_eq!(
            unpacker.unpacked(&mut bytes),
            Some(Unpacked::Bytes(vec![1, 0, 0, 0, 1]))
        );
        assert_eq!(unpacker.unpacked(&mut bytes), None);
    }

    #[test]
    fn the_documented_example_unpacks() {
        let mut unpacker = Unpacker::default();
        let Some(Unpacked::Bytes(bytes)) = unpacker.unpacked(&mut hex(DOCUMENTED).as_slice())
        else {
            panic!("not unpacked");
        };
        assert_eq!(bytes.get(..5), Some([0x2E, 0, 0, 0, 3].as_slice()));
        assert!(bytes.ends_with(b"select \"012345678901234567890123456789012345\""));
    }

    #[test]
    fn damaged_packets_are_lost_with_their_length() {
        let wire = hex(DOCUMENTED);
        let mut damaged = wire.clone();
        damaged[10] ^= 0xFF;
        let mut unpacker = Unpacker::default();
        assert_eq!(
            unpacker.unpacked(&mut damaged.as_slice()),
            Some(Unpacked::Lost(0x32))
        );
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let mut packed = Vec::new();
        let zeros = vec![0; 16 << 20];
        flate2::read::ZlibEncoder::new(zeros.as_slice(), flate2::Compression::best())
            .read_to_end(&mut packed)
            .unwrap();
        let length = u32::try_from(packed.len()).unwrap().to_le_bytes();
        let wire = [&length[..3], &[0, 0xFF, 0xFF, 0xFF], &packed].concat();
        let mut unpacker = Unpacker::default();
        assert_eq!(
            unpacker.unpacked(&mut wire.as_slice()),
            Some(Unpacked::Lost(0x00FF_FFFF))
        );
    }

    #[test]
    fn behind_a_hole_a_whole_packet_is_found_again() {
        let mut unpacker = Unpacker::default();
        unpacker.lose();
        assert_eq!(unpacker.unpacked(&mut [9, 9, 9].as_slice()), None);
        let wire = [1, 0, 0, 0, 0, 0, 0, 7];
        assert_eq!(
            unpacker.unpacked(&mut wire.as_slice()),
            Some(Unpacked::Bytes(vec![7]))
        );
    }
}
