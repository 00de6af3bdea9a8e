//! The capture files: classic pcap, or pcapng with one interface.

use std::io::Write;

pub struct Packet {
    /// Nanoseconds since 1970.
    pub time: u64,
    pub bytes: Vec<u8>,
}

pub struct Capture<W: Write> {
    out: W,
    ng: bool,
}

impl<W: Write> Capture<W> {
    pub fn new(mut out: W, ng: bool) -> Self {
        let mut head = Vec::new();
        let words: &[u32] = if ng {
            // Section header; interface description: Ethernet, whole packets, microseconds.
            &[
                0x0a0d_0d0a,
                28,
                0x1a2b_3c4d,
                1,
                u32::MAX,
                u32::MAX,
                28, //
                1,
                20,
                1,
                0,
                20,
            ]
        } else {
            &[0xa1b2_c3d4, 0x0004_0002, 0, 0, 262_144, 1]
        };
        for word in words {
            head.extend(word.to_le_bytes());
        }
        out.write_all(&head).unwrap();
        Self { out, ng }
    }

    pub fn packet(&mut self, packet: &Packet) {
        let length = packet.bytes.len() as u32;
        let micros = packet.time / 1000;
        let mut record = Vec::with_capacity(packet.bytes.len() + 48);
        let mut words = |words: &[u32]| words.iter().for_each(|w| record.extend(w.to_le_bytes()));
        if self.ng {
            let block = 32 + length.next_multiple_of(4);
            words(&[
                6,
                block,
                0,
                (micros >> 32) as u32,
                micros as u32,
                length,
                length,
            ]);
            record.extend(&packet.bytes);
            record.resize(block as usize - 4, 0);
            record.extend(block.to_le_bytes());
        } else {
            words(&[
                (micros / 1_000_000) as u32,
                (micros % 1_000_000) as u32,
                length,
                length,
            ]);
            record.extend(&packet.bytes);
        }
        self.out.write_all(&record).unwrap();
    }

    pub fn finish(mut self) {
        self.out.flush().unwrap();
    }
}
