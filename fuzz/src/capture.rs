//! The capture readers: pieces give what the whole gives, and nothing comes out that did not go in.

use std::io::Read;

use unscramble::capture::{CaptureReader, LinkType, PacketRef};

use super::pieces::{Pieces, without_place};

/// What compressed input may unpack to would take too long: further packets are left alone.
const PACKETS: usize = 4096;

struct Seen {
    packets: Vec<(PacketRef, LinkType, u32, Vec<u8>)>,
    end: String,
    bytes_read: u64,
    compressed: bool,
}

fn read(source: impl Read) -> Seen {
    let mut seen = Seen {
        packets: Vec::new(),
        end: String::new(),
        bytes_read: 0,
        compressed: false,
    };
    let mut reader = match CaptureReader::open(source) {
        Ok(reader) => reader,
        Err(error) => {
            seen.end = without_place(&error.to_string());
            return seen;
        }
    };
    let mut last = 0;
    loop {
        match reader.next_packet() {
            Ok(Some(packet)) if seen.packets.len() < PACKETS => {
                assert!(packet.at.number > last, "packet numbers only grow");
                last = packet.at.number;
                let data = packet.data.to_vec();
                let (at, link) = (packet.at, packet.link);
                seen.packets.push((at, link, packet.original_len, data));
            }
            Ok(Some(_)) => break,
            Ok(None) => {
                let cut = reader.truncated();
                seen.end = format!("cut: {cut}");
                assert!(matches!(reader.next_packet(), Ok(None)), "the end is final");
                break;
            }
            Err(error) => {
                seen.end = without_place(&error.to_string());
                assert!(matches!(reader.next_packet(), Ok(None)), "the end is final");
                break;
            }
        }
    }
    seen.bytes_read = reader.bytes_read();
    seen.compressed = reader.compression().is_some();
    seen
}

pub fn run(data: &[u8]) {
    let whole = read(data);
    let pieces = read(Pieces::new(data));
    let damaged = |seen: &Seen| seen.end.contains("data is damaged");
    if damaged(&whole) || damaged(&pieces) {
        // A decoder keeps what it had unpacked of a read that comes upon the damage.
        let mut both = whole.packets.iter().zip(&pieces.packets);
        assert!(both.all(|(one, other)| one == other));
    } else {
        assert_eq!(whole.end, pieces.end);
        assert_eq!(whole.packets, pieces.packets);
    }
    assert!(
        whole.bytes_read <= data.len() as u64,
        "consumed what was not given"
    );
    if !whole.compressed {
        let captured: usize = whole.packets.iter().map(|packet| packet.3.len()).sum();
        assert!(captured <= data.len(), "captured more than was given");
        // The shortest record of a packet is a Simple Packet Block of nothing.
        assert!(
            whole.packets.len() <= data.len() / 16,
            "packets out of nothing"
        );
    }
}
