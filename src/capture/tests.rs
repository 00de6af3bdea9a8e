//! Captures as a whole, byte by byte: what is read of them, and where the reading stops.

use std::io::{self, Read};

use super::{CaptureError, CaptureReader, Format};

/// Builds captures in either byte order.
#[derive(Clone, Copy)]
struct Writer {
    big: bool,
}

const LITTLE: Writer = Writer { big: false };
const BIG: Writer = Writer { big: true };

impl Writer {
    fn u16(self, v: u16) -> [u8; 2] {
        if self.big {
            v.to_be_bytes()
        } else {
            v.to_le_bytes()
        }
    }

    fn u32(self, v: u32) -> [u8; 4] {
        if self.big {
            v.to_be_bytes()
        } else {
            v.to_le_bytes()
        }
    }

    fn words(self, words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|w| self.u32(*w)).collect()
    }

    fn pcap_header(self, magic: u32, network: u32) -> Vec<u8> {
        [
            self.u32(magic).to_vec(),
            self.u16(2).into(),
            self.u16(4).into(),
            self.words(&[0, 0, 96, network]),
        ]
        .concat()
    }

    fn record(self, seconds: u32, fraction: u32, original: u32, data: &[u8]) -> Vec<u8> {
        let captured = u32::try_from(data.len()).unwrap();
        [
            self.words(&[seconds, fraction, captured, original]),
            data.to_vec(),
        ]
        .concat()
    }

    fn block(self, kind: u32, body: &[u8]) -> Vec<u8> {
        let padding = body.len().next_multiple_of(4) - body.len();
        let len = u32::try_from(body.len() + padding + 12).unwrap();
        [
            self.words(&[kind, len]),
            body.to_vec(),
            vec![0; padding],
            self.words(&[len]),
        ]
        .concat()
    }

    fn section(self) -> Vec<u8> {
        let versions = [self.u16(1), self.u16(0)].concat();
        self.block(
            0x0a0d_0d0a,
            &[&self.u32(0x1a2b_3c4d)[..], &versions, &[0xff; 8]].concat(),
        )
    }

    fn interface(self, link: u16, snaplen: u32) -> Vec<u8> {
        self.block(
            1,
            &[&self.u16(link)[..], &[0, 0], &self.u32(snaplen)].concat(),
        )
    }

    fn enhanced(self, interface: u32, micros: u32, original: u32, data: &[u8]) -> Vec<u8> {
        let captured = u32::try_from(data.len()).unwrap();
        let head = self.words(&[interface, 0, micros, captured, original]);
        self.block(6, &[head, data.to_vec()].concat())
    }

    fn simple(self, original: u32, data: &[u8]) -> Vec<u8> {
        self.block(3, &[&self.u32(original)[..], data].concat())
    }
}

/// `number link time-in-ns original-length captured-bytes` of each packet, then how it ended.
fn read(capture: &[u8]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut reader = match CaptureReader::open(capture) {
        Ok(reader) => reader,
        Err(e) => return vec![e.to_string()],
    };
    loop {
        match reader.next_packet() {
            Ok(Some(p)) => {
                let time = p.at.time.map_or("-".into(), |t| t.as_nanos().to_string());
                let hex = |text, byte| format!("{text}{byte:02x}");
                let data = p.data.iter().fold(String::new(), hex);
                lines.push(format!(
                    "{} {} {time} {} {data}",
                    p.at.number, p.link.0, p.original_len
                ));
            }
            Ok(None) => break,
            Err(e) => {
                lines.push(e.to_string());
                assert!(
                    matches!(reader.next_packet(), Ok(None)),
                    "nothing after an error"
                );
                return lines;
            }
        }
    }
    assert_eq!(reader.bytes_read(), capture.len() as u64);
    lines.extend(reader.take_diagnostics().into_vec().into_iter().map(|d| {
        format!(
            "{} x{} at {}",
            d.kind,
            d.count,
            d.packet.unwrap_or_default()
        )
    }));
    lines.push(if reader.truncated() {
        "truncated".into()
    } else {
        "complete".into()
    });
    lines
}

#[test]
fn classic_pcap_in_all_four_magics() {
    for writer in [LITTLE, BIG] {
        for (magic, time) in [
            (0xa1b2_c3d4, 7_000_005_000_u64),
            (0xa1b2_3c4d, 7_000_000_005),
        ] {
            let capture = [
                writer.pcap_header(magic, 1),
                writer.record(7, 5, 60, &[0xab, 0xcd]),
                writer.record(u32::MAX, 0, 0, &[]),
            ]
            .concat();
            let first = format!("1 1 {time} 60 abcd");
            assert_eq!(
                read(&capture),
                [&first, "2 1 4294967295000000000 0 ", "complete"]
            );
        }
    }
}

#[test]
fn classic_pcap_with_oddities() {
    let header = LITTLE.pcap_header(0xa1b2_c3d4, 0x4400_0065);
    let record = LITTLE.record(1, 0, 3, &[1, 2, 3]);
    let packet = "1 101 1000000000 3 010203";
    assert_eq!(read(&header), ["complete"]);
    assert_eq!(
        read(&header[..23]),
        ["the capture ends within its file header: there is no packet in it"]
    );
    for cut in 1..record.len() {
        let capture = [&header[..], &record, &record[..cut]].concat();
        assert_eq!(read(&capture), [packet, "truncated"], "{cut}");
    }
    // a fraction beyond the second is carried; an original length below the captured one is left
    let odd = [
        &header[..],
        &record,
        &LITTLE.record(1, 1_500_000, 1, &[9, 9]),
    ]
    .concat();
    assert_eq!(read(&odd), [packet, "2 101 2500000000 1 0909", "complete"]);
    let damaged = [
        &header[..],
        &record,
        &LITTLE.words(&[1, 0, 0x7fff_ffff, 60]),
        &[0; 99],
    ]
    .concat();
    let message = "damaged after packet 1, at byte 43: a record claims 2147483647 bytes, more than any packet has";
    assert_eq!(read(&damaged), [packet, message]);
}

#[test]
fn pcapng_sections_interfaces_and_packet_blocks() {
    let mut capture = Vec::new();
    for writer in [BIG, LITTLE] {
        let mut obsolete = [writer.u16(1), writer.u16(9)].concat();
        obsolete.extend(writer.words(&[0, 3, 1, 1]));
        obsolete.extend([0xee]);
        capture.extend(writer.section());
        capture.extend(writer.interface(1, 2));
        capture.extend(writer.interface(113, 0));
        capture.extend(writer.enhanced(1, 4, 70, &[1, 2, 3]));
        capture.extend(writer.simple(9, &[0xaa, 0xbb]));
        capture.extend(writer.block(2, &obsolete));
    }
    assert_eq!(
        read(&capture),
        [
            "1 113 4000 70 010203",
            "2 1 - 9 aabb",
            "3 113 3000 1 ee",
            "4 113 4000 70 010203",
            "5 1 - 9 aabb",
            "6 113 3000 1 ee",
            "complete"
        ]
    );
}

/// Which blocks count is what tshark 4.0.17 does with the same blocks.
#[test]
fn packet_numbers_advance_as_wireshark_s() {
    let start = [LITTLE.section(), LITTLE.interface(1, 0)].concat();
    let frames = [0x0bad, 0x4000_0bad, 9, 0x204, 0x216, 0x221];
    let others = [4, 5, 10, 0x8000_0001];
    let unknown = [7, 8, 0x201, 0x208, 0x7777, 0x8000_0009];
    for kind in [&frames[..], &others, &unknown].concat() {
        let passed = LITTLE.block(kind, &[0; 40]);
        let capture = [&start[..], &passed, &LITTLE.enhanced(0, 1, 1, &[5])].concat();
        let number = if frames.contains(&kind) { 2 } else { 1 };
        let mut expected = vec![format!("{number} 1 1000 1 05")];
        expected.extend(
            unknown
                .contains(&kind)
                .then(|| "pcapng-block-unknown x1 at 0".into()),
        );
        expected.push("complete".into());
        assert_eq!(read(&capture), expected, "block type {kind:#x}");
        let cut = [&start[..], &passed[..passed.len() - 1]].concat();
        assert_eq!(read(&cut), ["truncated"], "block type {kind:#x}");
    }
}

#[test]
fn pcapng_with_oddities() {
    let start = [
        LITTLE.section(),
        LITTLE.interface(1, 0),
        LITTLE.enhanced(0, 1, 1, &[5]),
    ]
    .concat();
    let packet = "1 1 1000 1 05";
    let next = LITTLE.enhanced(0, 2, 1, &[6]);
    let after = |bytes: &[u8]| read(&[&start[..], bytes, &next].concat());
    assert_eq!(after(&[]), [packet, "2 1 2000 1 06", "complete"]);
    // a packet of an interface nobody described is passed, counted and told
    assert_eq!(
        after(&LITTLE.enhanced(3, 1, 1, &[7])),
        [
            packet,
            "3 1 2000 1 06",
            "pcapng-interface-unknown x1 at 2",
            "complete"
        ]
    );
    let early = [LITTLE.section(), LITTLE.simple(1, &[1])].concat();
    assert_eq!(
        read(&early),
        ["pcapng-interface-unknown x1 at 1", "complete"]
    );
    // a length that is no multiple of 4: the padding is there all the same
    let odd = [
        LITTLE.words(&[0x7777, 13]),
        vec![1, 0, 0, 0],
        LITTLE.words(&[13]),
    ]
    .concat();
    assert_eq!(
        after(&odd),
        [
            packet,
            "2 1 2000 1 06",
            "pcapng-block-unknown x1 at 1",
            "complete"
        ]
    );
    for cut in 1..next.len() {
        let capture = [&start[..], &next[..cut]].concat();
        assert_eq!(read(&capture), [packet, "truncated"], "{cut}");
    }
}

#[test]
fn a_damaged_pcapng_says_where() {
    let start = [
        LITTLE.section(),
        LITTLE.interface(1, 0),
        LITTLE.enhanced(0, 1, 1, &[5]),
    ]
    .concat();
    let after = |bytes: &[u8]| read(&[&start[..], bytes, &[0; 64]].concat()).pop().unwrap();
    let at = |what: &str| format!("damaged after packet 1, at byte {}: {what}", start.len());
    let mut differ = LITTLE.enhanced(0, 1, 1, &[5]);
    *differ.last_mut().unwrap() = 1;
    assert_eq!(
        after(&differ),
        at("the two length fields of a block differ")
    );
    assert_eq!(
        after(&LITTLE.words(&[4, 16, 0, 20])),
        at("the two length fields of a block differ")
    );
    assert_eq!(after(&[]), at("a block shorter than its own frame"));
    let lies = LITTLE.block(6, &LITTLE.words(&[0, 0, 0, 9, 9, 0]));
    assert_eq!(
        after(&lies),
        at("an enhanced packet block shorter than its packet")
    );
    assert_eq!(
        after(&LITTLE.block(6, &[0; 16])),
        at("an enhanced packet block shorter than its header")
    );
    assert_eq!(
        after(&LITTLE.block(2, &[0; 16])),
        at("an obsolete packet block shorter than its header")
    );
    assert_eq!(
        after(&LITTLE.simple(9, &[])),
        at("a simple packet block shorter than its packet")
    );
    assert_eq!(
        after(&LITTLE.block(1, &[])),
        at("an interface description that does not parse")
    );
    assert_eq!(
        after(&LITTLE.block(0x0a0d_0d0a, &[0; 16])),
        at("a section without a byte-order magic")
    );
    let too_long = LITTLE.words(&[6, 0x7fff_fff0, 0]);
    assert_eq!(
        after(&too_long),
        at("a record claims 2147483632 bytes, more than any packet has")
    );
}

#[test]
fn the_first_section_header_is_judged_when_opening() {
    let section = LITTLE.section();
    let mut version = section.clone();
    version[12] = 2;
    let mut order = section.clone();
    order[8] = 0;
    for (capture, expected) in [
        (&section[..], "complete"),
        (
            &section[..9],
            "the capture ends within its file header: there is no packet in it",
        ),
        (
            &section[..20],
            "the capture ends within its file header: there is no packet in it",
        ),
        (
            &version,
            "the capture has version 2.0 of its format, which is not known",
        ),
        (
            &order,
            "this is not a packet capture: neither pcap nor pcapng",
        ),
    ] {
        assert_eq!(read(capture), [expected]);
    }
}

/// Fails after its bytes, as a disk does.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        match self.0.read(to)? {
            0 => Err(io::Error::other("a bad sector")),
            n => Ok(n),
        }
    }
}

#[test]
fn what_the_system_said_is_kept() {
    let capture = [
        LITTLE.pcap_header(0xa1b2_c3d4, 1),
        LITTLE.record(1, 0, 1, &[1]),
    ]
    .concat();
    let mut reader = CaptureReader::open(Failing(&capture)).unwrap();
    assert_eq!(reader.format(), Format::Pcap);
    assert!(reader.next_packet().unwrap().is_some());
    let Err(CaptureError::Io { offset: 41, source }) = reader.next_packet() else {
        panic!()
    };
    assert_eq!(source.to_string(), "a bad sector");
    assert!(matches!(
        CaptureReader::open(Failing(b"")),
        Err(CaptureError::Io { offset: 0, .. })
    ));
}
