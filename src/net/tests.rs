//! Packets as a whole, byte by byte: which headers are understood, and what is left for TCP.
//!
//! Where Wireshark is named, tshark 4.0.17 was given the same bytes.

use super::{Checksum, Decoded, Decoder};
use crate::capture::{LinkType, Packet, PacketRef};

/// A TCP header and five bytes, from port 1000 to 3306, without a checksum.
fn tcp() -> Vec<u8> {
    let mut segment = vec![
        3, 232, 12, 234, 0, 0, 0, 7, 0, 0, 0, 9, 0x50, 0x18, 0, 100, 0, 0, 0, 0,
    ];
    segment.extend(b"hello");
    segment
}

fn with_offset(words: u8) -> Vec<u8> {
    let mut segment = tcp();
    segment[12] = words << 4;
    segment
}

fn ipv4_of(total: u16, flags: u16, protocol: u8, payload: &[u8]) -> Vec<u8> {
    let mut header = vec![
        0x45, 0, 0, 0, 0, 1, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
    ];
    header[2..4].copy_from_slice(&total.to_be_bytes());
    header[6..8].copy_from_slice(&flags.to_be_bytes());
    [header, payload.to_vec()].concat()
}

fn ipv4(payload: &[u8]) -> Vec<u8> {
    ipv4_of(u16::try_from(20 + payload.len()).unwrap(), 0, 6, payload)
}

fn ipv6_of(len: u16, next: u8, payload: &[u8]) -> Vec<u8> {
    let mut header = vec![0x60, 0, 0, 0, 0, 0, next, 64];
    header[4..6].copy_from_slice(&len.to_be_bytes());
    for last in [1, 2] {
        header.extend([0; 15]);
        header.push(last);
    }
    [header, payload.to_vec()].concat()
}

fn ipv6(next: u8, payload: &[u8]) -> Vec<u8> {
    ipv6_of(u16::try_from(payload.len()).unwrap(), next, payload)
}

fn ethernet(types: &[u16], payload: &[u8]) -> Vec<u8> {
    let types = types.iter().flat_map(|t| t.to_be_bytes());
    [0; 12]
        .into_iter()
        .chain(types)
        .chain(payload.iter().copied())
        .collect()
}

fn packet(link: LinkType, data: &[u8], missing: usize) -> Packet<'_> {
    let original_len = u32::try_from(data.len() + missing).unwrap();
    Packet {
        at: PacketRef {
            number: 1,
            time: None,
        },
        link,
        original_len,
        data,
    }
}

/// `payload + bytes cut off` of a segment, and its trouble; or what the packet is instead.
fn outcome(link: LinkType, data: &[u8], missing: usize) -> String {
    match Decoder::default().decode(&packet(link, data, missing)) {
        Decoded::Tcp(s) => {
            assert_eq!((s.from.port, s.to.port, s.seq.0), (1000, 3306, 7));
            assert_eq!(s.ack.map(|a| a.0), Some(9));
            let payload = String::from_utf8(s.payload.to_vec()).unwrap();
            let trouble = s
                .trouble
                .map_or(String::new(), |t| format!(" {}", t.kind()));
            format!("{payload}+{}{trouble}", s.cut_off)
        }
        Decoded::Other => "other".into(),
        Decoded::Fragment => "fragment".into(),
        Decoded::Undecodable(why) => why.kind().into(),
    }
}

#[test]
fn ethernet_and_what_it_carries() {
    let (v4, v6) = (ipv4(&tcp()), ipv6(6, &tcp()));
    let snap = |tail: [u8; 5], payload: &[u8]| [&[0xaa, 0xaa, 3][..], &tail, payload].concat();
    let before = |header: &[u8], payload: &[u8]| [header, payload].concat();
    let table = [
        (LinkType::ETHERNET, ethernet(&[0x0800], &v4), "hello+0"),
        (LinkType::ETHERNET, ethernet(&[0x86dd], &v6), "hello+0"),
        (LinkType::ETHERNET, ethernet(&[0x0800], &v6), "hello+0"), // as Wireshark
        (LinkType::ETHERNET, ethernet(&[0x86dd], &v4), "ip-malformed"), // as Wireshark
        (LinkType::ETHERNET, ethernet(&[0x0806], &[0; 28]), "other"),
        (
            LinkType::ETHERNET,
            ethernet(&[0x8100, 5, 0x0800], &v4),
            "hello+0",
        ),
        (
            LinkType::ETHERNET,
            ethernet(&[0x88a8, 5, 0x8100, 6, 0x86dd], &v6),
            "hello+0",
        ),
        (
            LinkType::ETHERNET,
            ethernet(&[0x9100, 1, 0x9200, 2, 0x8100, 3, 0x0800], &v4),
            "hello+0",
        ),
        (
            LinkType::ETHERNET,
            ethernet(&[0x8100, 5], &[8]),
            "link-truncated",
        ),
        (LinkType::ETHERNET, vec![0; 13], "link-truncated"),
        (LinkType::ETHERNET, vec![], "link-truncated"),
        // 802.3 with a length: LLC, with SNAP, and bare
        (
            LinkType::ETHERNET,
            ethernet(&[53], &snap([0, 0, 0, 8, 0], &v4)),
            "hello+0",
        ),
        (
            LinkType::ETHERNET,
            ethernet(&[53], &snap([0, 0, 0xf8, 8, 0], &v4)),
            "hello+0",
        ),
        (
            LinkType::ETHERNET,
            ethernet(&[0x8100, 5, 53], &snap([0, 0, 0, 8, 0], &v4)),
            "hello+0",
        ),
        (
            LinkType::ETHERNET,
            ethernet(&[53], &snap([0, 0, 0, 0, 53], &v4)),
            "other",
        ),
        (
            LinkType::ETHERNET,
            ethernet(&[53], &snap([0, 0, 0x0c, 8, 0], &v4)),
            "other",
        ),
        (
            LinkType::ETHERNET,
            ethernet(&[48], &before(&[6, 6, 3], &v4)),
            "hello+0",
        ),
        (
            LinkType::ETHERNET,
            ethernet(&[38], &[0x42, 0x42, 3]),
            "other",
        ),
        (
            LinkType::ETHERNET,
            ethernet(&[0x8847], &v4), // no label is the last one
            "link-truncated",
        ),
        (
            LinkType::ETHERNET,
            ethernet(&[0x8864], &v4), // of another version
            "other",
        ),
    ];
    for (link, data, expected) in table {
        assert_eq!(outcome(link, &data, 0), expected, "{link} {data:02x?}");
    }
}

#[test]
fn other_links() {
    let (v4, v6) = (ipv4(&tcp()), ipv6(6, &tcp()));
    let before = |header: &[u8], payload: &[u8]| [header, payload].concat();
    let sll = |protocol: u16| before(&[&[0; 14][..], &protocol.to_be_bytes()].concat(), &v4);
    let sll2 = |protocol: u16| before(&[&protocol.to_be_bytes()[..], &[0; 18]].concat(), &v6);
    let table = [
        (LinkType::LINUX_SLL, sll(0x0800), "hello+0"),
        (LinkType::LINUX_SLL, sll(1), "other"),
        (LinkType::LINUX_SLL, vec![0; 15], "link-truncated"),
        (LinkType::LINUX_SLL2, sll2(0x86dd), "hello+0"),
        (LinkType::LINUX_SLL2, sll2(0x0806), "other"),
        (LinkType::LINUX_SLL2, vec![0; 19], "link-truncated"),
        (LinkType::NULL, before(&[2, 0, 0, 0], &v4), "hello+0"),
        (LinkType::NULL, before(&[0, 0, 0, 2], &v4), "hello+0"),
        (LinkType::NULL, before(&[10, 0, 0, 0], &v6), "hello+0"),
        (LinkType::NULL, before(&[24, 0, 0, 0], &v6), "hello+0"),
        (LinkType::NULL, before(&[0, 0, 0, 28], &v6), "hello+0"),
        (LinkType::NULL, before(&[30, 0, 0, 0], &v6), "hello+0"),
        (LinkType::NULL, before(&[7, 0, 0, 0], &v4), "other"),
        (LinkType::LOOP, before(&[0, 0, 0, 2], &v4), "hello+0"),
        (LinkType::LOOP, before(&[0, 0, 0, 24], &v6), "hello+0"),
        (LinkType::LOOP, before(&[2, 0, 0, 0], &v4), "other"), // as Wireshark
        (LinkType::RAW, v4.clone(), "hello+0"),
        (LinkType::RAW_BSD, v6.clone(), "hello+0"),
        (LinkType::RAW_OPENBSD, v4.clone(), "hello+0"),
        (LinkType::IPV4, v4.clone(), "hello+0"),
        (LinkType::IPV4, v6.clone(), "hello+0"), // as Wireshark
        (LinkType::IPV6, v6.clone(), "hello+0"),
        (LinkType::IPV6, v4.clone(), "ip-malformed"), // as Wireshark
        (LinkType(195), v4.clone(), "link-type-unsupported"),
    ];
    for (link, data, expected) in table {
        assert_eq!(outcome(link, &data, 0), expected, "{link} {data:02x?}");
    }
}

#[test]
fn ipv4_lengths() {
    let raw = |data: &[u8], missing| outcome(LinkType::RAW, data, missing);
    let total = |total, tail: &[u8]| ipv4_of(total, 0, 6, &[&tcp(), tail].concat());
    assert_eq!(raw(&total(45, b""), 0), "hello+0");
    assert_eq!(raw(&total(45, b"padding"), 0), "hello+0");
    assert_eq!(raw(&total(42, b""), 0), "he+0");
    assert_eq!(raw(&total(145, b""), 100), "hello+100");
    assert_eq!(
        raw(&total(145, b""), 0),
        "hello+100",
        "IP is believed over the capture"
    );
    assert_eq!(
        raw(&total(45, b""), 100),
        "hello+0",
        "what was cut is padding"
    );
    assert_eq!(
        raw(&total(0, b" world"), 0),
        "hello world+0",
        "segmentation offload"
    );
    assert_eq!(raw(&total(0, b""), 7000), "hello+7000");
    assert_eq!(raw(&total(19, b""), 0), "ip-malformed");
    assert_eq!(raw(&total(30, b""), 0), "tcp-malformed");
    let mut options = ipv4(&[&[1, 1, 1, 0][..], &tcp()].concat());
    options[0] = 0x46;
    assert_eq!(raw(&options, 0), "hello+0");
    options[0] = 0x44;
    assert_eq!(raw(&options, 0), "ip-malformed");
    options[0] = 0x55;
    assert_eq!(raw(&options, 0), "ip-malformed");
    for len in 0..20 {
        assert_eq!(raw(&ipv4(&tcp())[..len], 45 - len), "ip-truncated", "{len}");
        assert_eq!(raw(&ipv4(&tcp())[..len], 0), "ip-malformed", "{len}");
    }
}

#[test]
fn ipv4_protocols_and_fragments() {
    let raw = |flags, protocol| outcome(LinkType::RAW, &ipv4_of(45, flags, protocol, &tcp()), 0);
    assert_eq!(raw(0x4000, 6), "hello+0", "may not be fragmented");
    assert_eq!(raw(0x2000, 6), "ip-malformed", "the first, of 25 bytes");
    assert_eq!(
        raw(0x3fff, 6),
        "ip-malformed",
        "too long to be put together"
    );
    assert_eq!(raw(0x0001, 6), "fragment", "the last");
    assert_eq!(raw(0x0001, 17), "fragment", "it may be a tunnel's");
    assert_eq!(raw(0x0001, 1), "other");
    assert_eq!(raw(0, 17), "other");
    assert_eq!(raw(0, 47), "other", "no protocol of ours in its GRE header");
    assert_eq!(raw(0, 4), "ip-malformed");
    assert_eq!(raw(0, 41), "ip-malformed");
    let authenticated = [&[6, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1][..], &tcp()].concat();
    assert_eq!(
        outcome(LinkType::RAW, &ipv4_of(57, 0, 51, &authenticated), 0),
        "hello+0"
    );
}

#[test]
fn ipv6_extension_headers() {
    let behind = |next: u8, headers: &[u8]| {
        outcome(LinkType::RAW, &ipv6(next, &[headers, &tcp()].concat()), 0)
    };
    let plain = [6, 0, 1, 4, 0, 0, 0, 0];
    for kind in [0, 43, 60, 140] {
        assert_eq!(behind(kind, &plain), "hello+0", "{kind}");
    }
    let chain = [[60, 0, 1, 4, 0, 0, 0, 0], [43, 0, 1, 4, 0, 0, 0, 0], plain].concat();
    assert_eq!(behind(0, &chain), "hello+0");
    let long = [&[6, 1, 1, 12][..], &[0; 12]].concat();
    assert_eq!(behind(60, &long), "hello+0");
    assert_eq!(behind(51, &[6, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1]), "hello+0");
    assert_eq!(
        behind(44, &[6, 0, 0, 0, 0, 0, 0, 1]),
        "hello+0",
        "an atomic fragment"
    );
    assert_eq!(behind(44, &[6, 0, 0, 1, 0, 0, 0, 1]), "ip-malformed");
    assert_eq!(behind(44, &[6, 0, 0, 8, 0, 0, 0, 1]), "fragment");
    assert_eq!(behind(59, &[]), "other", "no next header");
    assert_eq!(behind(58, &[]), "other");
    assert_eq!(behind(4, &[]), "ip-malformed");
    assert_eq!(
        behind(0, &[6, 200, 1, 4]),
        "ip-malformed",
        "longer than the packet"
    );
    assert_eq!(
        outcome(LinkType::RAW, &ipv6_of(500, 0, &plain[..5]), 495),
        "ip-truncated"
    );
}

#[test]
fn ipv6_lengths() {
    let raw = |len, missing| outcome(LinkType::RAW, &ipv6_of(len, 6, &tcp()), missing);
    assert_eq!(raw(25, 0), "hello+0");
    assert_eq!(raw(22, 0), "he+0");
    assert_eq!(raw(125, 100), "hello+100");
    assert_eq!(raw(0, 0), "hello+0");
    assert_eq!(raw(0, 70_000), "hello+70000");
    for len in 0..40 {
        let cut = &ipv6(6, &tcp())[..len];
        let expected = ["ip-truncated", "ip-malformed"];
        assert_eq!(
            [
                outcome(LinkType::IPV6, cut, 65 - len),
                outcome(LinkType::IPV6, cut, 0)
            ],
            expected
        );
    }
}

/// Wireshark gives a `tcp.stream` from 16 bytes on, and to every data offset.
#[test]
fn tcp_headers() {
    let whole = ipv4(&tcp());
    for len in 20..whole.len() {
        let expected = match len - 20 {
            ..16 => "tcp-truncated".into(),
            16..20 => "+5 tcp-truncated".into(),
            n => format!("{}+{}", &"hello"[..n - 20], 25 - n),
        };
        assert_eq!(
            outcome(LinkType::RAW, &whole[..len], whole.len() - len),
            expected,
            "{len}"
        );
        let short = ipv4(&tcp()[..len - 20]);
        let expected = match len - 20 {
            ..16 => "tcp-malformed".into(),
            16..20 => "+0 tcp-malformed".into(),
            n => format!("{}+0", &"hello"[..n - 20]),
        };
        assert_eq!(outcome(LinkType::RAW, &short, 0), expected, "{len}");
    }
    for words in 0..16 {
        let expected = match words {
            5 => "hello+0",
            6 => "o+0",
            _ => "+0 tcp-malformed",
        };
        assert_eq!(
            outcome(LinkType::RAW, &ipv4(&with_offset(words)), 0),
            expected,
            "{words}"
        );
    }
    // options that the snaplen cut
    let cut = ipv4_of(20 + 40 + 100, 0, 6, &with_offset(10));
    assert_eq!(outcome(LinkType::RAW, &cut, 115), "+100 tcp-truncated");
}

/// The sums are those that tshark 4.0.17 calls right for these bytes.
#[test]
fn checksums() {
    let sums = |data: &[u8], missing| {
        let s = packet(LinkType::RAW, data, missing);
        match Decoder::default().decode(&s) {
            Decoded::Tcp(s) => (s.checksum(), s.ip_checksum()),
            other => panic!("{other:?}"),
        }
    };
    let mut v4 = ipv4(&tcp());
    assert_eq!(sums(&v4, 0), (Checksum::Offloaded, Checksum::Offloaded));
    for (field, found) in [
        // 0a00 + 0001 + 0a00 + 0002 + 0006, with and without the 25 bytes
        (0x1422_u16, Checksum::Offloaded),
        (0x1409, Checksum::Offloaded),
        (0x1408, Checksum::Wrong),
    ] {
        v4[10..12].copy_from_slice(&field.to_be_bytes());
        v4[36..38].copy_from_slice(&field.to_be_bytes());
        assert_eq!(sums(&v4, 0), (found, Checksum::Wrong), "{field:04x}");
    }
    v4[10..12].copy_from_slice(&V4_HEADER_SUM.to_be_bytes());
    v4[36..38].copy_from_slice(&V4_TCP_SUM.to_be_bytes());
    assert_eq!(sums(&v4, 0), (Checksum::Right, Checksum::Right));
    assert_eq!(sums(&v4[..44], 1), (Checksum::Unknown, Checksum::Right));
    let mut v6 = ipv6(6, &tcp());
    v6[56..58].copy_from_slice(&V6_TCP_SUM.to_be_bytes());
    assert_eq!(sums(&v6, 0), (Checksum::Right, Checksum::Unknown));
    v6[64] ^= 1;
    assert_eq!(sums(&v6, 0), (Checksum::Wrong, Checksum::Unknown));
    // behind a routing header the destination is another than the one of the sum
    let routed = ipv6(43, &[&[6, 0, 0, 1, 0, 0, 0, 0][..], &tcp()].concat());
    assert_eq!(sums(&routed, 0), (Checksum::Unknown, Checksum::Unknown));
}

const V4_HEADER_SUM: u16 = 0x66c8;
const V4_TCP_SUM: u16 = 0x46ad;
const V6_TCP_SUM: u16 = 0x5aad;

/// Bytes that mean nothing, in every length, on every link: whatever comes out, no panic and no loop.
#[test]
fn nothing_panics() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let frame = ethernet(&[0x0800], &ipv4(&tcp()));
    let udp = |port: [u8; 2], inside: &[u8]| {
        let udp = [&[9, 9, port[0], port[1], 0, 0, 0, 0], inside].concat();
        ipv4_of(0, 0, 17, &udp)
    };
    let behind = |header: &[u8]| [header, &frame].concat();
    let seeds = [
        frame.clone(),
        ipv4(&tcp()),
        ipv6(0, &[0; 64]),
        ipv6(44, &[&[6, 0, 0, 8, 0, 0, 0, 1][..], &tcp()].concat()),
        ipv4_of(44, 0x2000, 6, &tcp()),
        udp([0x12, 0xb5], &behind(&[8, 0, 0, 0, 0, 0, 1, 0])),
        udp(
            [0x17, 0xc1],
            &behind(&[1, 0, 0x65, 0x58, 0, 0, 1, 0, 1, 1, 1, 0]),
        ),
        ipv4_of(
            0,
            0,
            47,
            &behind(&[0x30, 0, 0x65, 0x58, 0, 0, 0, 1, 0, 0, 0, 1]),
        ),
        ipv4_of(
            0,
            0,
            47,
            &behind(&[
                0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            ]),
        ),
        ethernet(&[0x8847], &behind(&[0, 1, 1, 64, 0, 0, 0, 0])),
        ethernet(&[0x8864, 0x1100, 9, 47, 0x21], &ipv4(&tcp())),
        [
            &[0, 0, 9, 0, 2, 0, 0, 0, 0][..],
            &[0x88; 24],
            &[0; 10],
            &ipv4(&tcp()),
        ]
        .concat(),
    ];
    let mut decoder = Decoder::default();
    for round in 0..60_000_usize {
        let mut data = seeds[round % seeds.len()].clone();
        for _ in 0..=round % 4 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let at = usize::try_from(state % 1000).unwrap() % data.len();
            data[at] = state.to_be_bytes()[0];
        }
        data.truncate(data.len() - round % 17);
        for link in [
            0, 1, 9, 12, 14, 50, 51, 101, 104, 105, 108, 113, 127, 192, 204, 228, 229, 276,
        ] {
            let packet = packet(LinkType(link), &data, round % 3 * 40);
            if let Decoded::Tcp(s) = decoder.decode(&packet) {
                assert!(s.payload.len() <= s.tcp.len());
                let _ = (s.checksum(), s.ip_checksum());
            }
        }
    }
}
