//! Packets of a recording, put into tunnels and fragments by hand, from the layouts of the RFCs.

// Each test file uses a part of it.
#![allow(dead_code)]

use unscramble::capture::CaptureReader;

/// An IP packet and its time in microseconds.
pub struct Recorded {
    pub micros: u64,
    pub ip: Vec<u8>,
}

/// The IP packets of a capture on Ethernet, a cooked interface or raw IP.
pub fn ip_packets(capture: &[u8]) -> Vec<Recorded> {
    let mut reader = CaptureReader::open(capture).unwrap();
    let mut packets = Vec::new();
    while let Some(packet) = reader.next_packet().unwrap() {
        let header = match packet.link.0 {
            1 => 14,
            101 => 0,
            113 => 16,
            276 => 20,
            other => panic!("link type {other}"),
        };
        let nanos = packet.at.time.unwrap().as_nanos();
        packets.push(Recorded {
            micros: u64::try_from(nanos).unwrap() / 1000,
            ip: packet.data[header..].to_vec(),
        });
    }
    packets
}

/// A classic pcap.
pub fn pcap<'p>(link: u32, packets: impl IntoIterator<Item = (u64, &'p [u8])>) -> Vec<u8> {
    let mut out = Vec::new();
    for word in [0xa1b2_c3d4, 0x0004_0002, 0, 0, 0x0004_0000, link] {
        out.extend(u32::to_le_bytes(word));
    }
    for (micros, data) in packets {
        let length = u32::try_from(data.len()).unwrap();
        let seconds = u32::try_from(micros / 1_000_000).unwrap();
        let micros = u32::try_from(micros % 1_000_000).unwrap();
        for word in [seconds, micros, length, length] {
            out.extend(word.to_le_bytes());
        }
        out.extend(data);
    }
    out
}

fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

pub fn sum(bytes: &[u8]) -> u16 {
    let mut sum = 0_u32;
    for pair in bytes.chunks(2) {
        sum += u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0));
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap()
}

pub fn is_v6(ip: &[u8]) -> bool {
    ip[0] >> 4 == 6
}

fn ether_type(ip: &[u8]) -> [u8; 2] {
    if is_v6(ip) { [0x86, 0xdd] } else { [8, 0] }
}

/// An Ethernet frame around anything.
pub fn frame(kind: [u8; 2], inside: &[u8]) -> Vec<u8> {
    join(&[
        &[0x52, 0x54, 0, 0, 0, 1, 0x52, 0x54, 0, 0, 0, 2],
        &kind,
        inside,
    ])
}

/// An Ethernet frame around an IP packet.
pub fn ethernet(ip: &[u8]) -> Vec<u8> {
    frame(ether_type(ip), ip)
}

/// IPv4 from 192.0.2.1 to 192.0.2.2.
pub fn ipv4(protocol: u8, inside: &[u8]) -> Vec<u8> {
    let total = u16::try_from(20 + inside.len()).unwrap().to_be_bytes();
    let mut header = vec![
        0x45, 0, total[0], total[1], 0x12, 0x34, 0, 0, 64, protocol, 0, 0, 192, 0, 2, 1, 192, 0, 2,
        2,
    ];
    let check = sum(&header).to_be_bytes();
    header[10..12].copy_from_slice(&check);
    join(&[&header, inside])
}

/// IPv6 between addresses of 2001:db8::/32.
pub fn ipv6(next: u8, inside: &[u8]) -> Vec<u8> {
    let length = u16::try_from(inside.len()).unwrap().to_be_bytes();
    let mut header = vec![0x60, 0, 0, 0, length[0], length[1], next, 64];
    for last in [1, 2] {
        header.extend([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]);
    }
    join(&[&header, inside])
}

/// UDP without a checksum.
pub fn udp(port: u16, inside: &[u8]) -> Vec<u8> {
    let length = u16::try_from(8 + inside.len()).unwrap().to_be_bytes();
    join(&[&[0xc0, 0], &port.to_be_bytes(), &length, &[0, 0], inside])
}

fn vxlan(flags: u8, inside: &[u8]) -> Vec<u8> {
    join(&[&[flags, 0, 0, 0, 0, 0, 42, 0], inside])
}

/// One way of carrying a packet: the link type of the capture, and the packet within.
pub type Wrap = (&'static str, u32, fn(&[u8]) -> Vec<u8>);

const ETHERNET: u32 = 1;
const RAW: u32 = 101;

/// Every tunnel and link that is understood, one packet for one packet.
pub const WRAPS: &[Wrap] = &[
    ("plain", ETHERNET, ethernet),
    ("vxlan", ETHERNET, |ip| {
        ethernet(&ipv4(17, &udp(4789, &vxlan(8, &ethernet(ip)))))
    }),
    (
        "vxlan on the old port, with a group policy, over IPv6",
        ETHERNET,
        |ip| ethernet(&ipv6(17, &udp(8472, &vxlan(0x88, &ethernet(ip))))),
    ),
    ("vxlan gpe", RAW, |ip| {
        let kind = if is_v6(ip) { 2 } else { 1 };
        let header = [0x0c, 0, 0, kind, 0, 0, 42, 0];
        ipv4(17, &udp(4790, &join(&[&header, ip])))
    }),
    ("geneve with options", ETHERNET, |ip| {
        let header = [2, 0, 0x65, 0x58, 0, 0, 42, 0];
        let options = [1, 2, 3, 1, 9, 9, 9, 9];
        ethernet(&ipv4(
            17,
            &udp(6081, &join(&[&header, &options, &ethernet(ip)])),
        ))
    }),
    ("geneve without a frame", ETHERNET, |ip| {
        let kind = ether_type(ip);
        let header = [0, 0x40, kind[0], kind[1], 0, 0, 42, 0];
        ethernet(&ipv4(17, &udp(6081, &join(&[&header, ip]))))
    }),
    ("gre", ETHERNET, |ip| {
        ethernet(&ipv4(47, &join(&[&[0, 0], &ether_type(ip), ip])))
    }),
    ("gre with checksum, key and number", ETHERNET, |ip| {
        let kind = ether_type(ip);
        let mut inside = join(&[&[0xb0, 0], &kind, &[0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1], ip]);
        let check = sum(&inside).to_be_bytes();
        inside[4..6].copy_from_slice(&check);
        ethernet(&ipv4(47, &inside))
    }),
    ("gre with a frame, over IPv6", RAW, |ip| {
        ipv6(47, &join(&[&[0, 0, 0x65, 0x58], &ethernet(ip)]))
    }),
    ("erspan I", ETHERNET, |ip| {
        ethernet(&ipv4(47, &join(&[&[0, 0, 0x88, 0xbe], &ethernet(ip)])))
    }),
    ("erspan II", ETHERNET, |ip| {
        let header = [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 1, 0, 5, 0, 0, 0, 0];
        ethernet(&ipv4(47, &join(&[&header, &ethernet(ip)])))
    }),
    ("erspan III with a subheader", ETHERNET, |ip| {
        let gre = [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1];
        let header = [
            0x20, 1, 0, 5, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
        ];
        ethernet(&ipv4(47, &join(&[&gre, &header, &ethernet(ip)])))
    }),
    ("ip in IPv4", ETHERNET, |ip| {
        ethernet(&ipv4(if is_v6(ip) { 41 } else { 4 }, ip))
    }),
    ("ip in IPv6", ETHERNET, |ip| {
        ethernet(&ipv6(if is_v6(ip) { 41 } else { 4 }, ip))
    }),
    ("ethernet in ip", ETHERNET, |ip| {
        ethernet(&ipv4(97, &join(&[&[0x30, 0], &ethernet(ip)])))
    }),
    ("mpls", ETHERNET, |ip| {
        let labels = [0, 1, 0x20, 64, 0, 0x10, 1, 64];
        frame([0x88, 0x47], &join(&[&labels, ip]))
    }),
    ("mpls with a frame", ETHERNET, |ip| {
        frame([0x88, 0x47], &join(&[&[0, 1, 1, 64], &ethernet(ip)]))
    }),
    ("mpls with a control word", ETHERNET, |ip| {
        let labels = [0, 2, 1, 64, 0, 0, 0, 0];
        frame([0x88, 0x47], &join(&[&labels, &ethernet(ip)]))
    }),
    ("pppoe in a vlan", ETHERNET, |ip| {
        let length = u16::try_from(ip.len() + 2).unwrap().to_be_bytes();
        let kind = if is_v6(ip) { 0x57 } else { 0x21 };
        let session = [0x11, 0, 0, 9, length[0], length[1], 0, kind];
        frame([0x81, 0], &join(&[&[0, 7, 0x88, 0x64], &session, ip]))
    }),
    ("ppp", 9, |ip| {
        join(&[&[0, if is_v6(ip) { 0x57 } else { 0x21 }], ip])
    }),
    ("ppp in hdlc", 50, |ip| {
        join(&[&[0xff, 3, 0, if is_v6(ip) { 0x57 } else { 0x21 }], ip])
    }),
    ("cisco hdlc", 104, |ip| {
        join(&[&[0x0f, 0], &ether_type(ip), ip])
    }),
    ("802.11 from the access point", 105, |ip| {
        let header = [
            8, 2, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0x10, 0,
        ];
        join(&[&header, &[0xaa, 0xaa, 3, 0, 0, 0], &ether_type(ip), ip])
    }),
    ("802.11 between access points, behind radiotap", 127, |ip| {
        // a time stamp, flags with a check sequence at the end, a rate
        let radiotap = [0, 0, 18, 0, 7, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x10, 2];
        let mut header = vec![0x88, 3, 0, 0];
        header.extend([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3]);
        header.extend([0x10, 0, 2, 0, 0, 0, 0, 4, 0, 0]);
        let frame = join(&[&header, &[0xaa, 0xaa, 3, 0, 0, 0], &ether_type(ip), ip]);
        join(&[&radiotap, &frame, &crc32(&frame).to_le_bytes()])
    }),
    ("labels, a frame, vxlan, gre, ip in ip", ETHERNET, |ip| {
        let ip = ipv4(if is_v6(ip) { 41 } else { 4 }, ip);
        let ip = ipv6(47, &join(&[&[0, 0, 8, 0], &ip]));
        let ip = ipv4(17, &udp(4789, &vxlan(8, &ethernet(&ip))));
        frame(
            [0x88, 0x47],
            &join(&[&[0, 2, 1, 64, 0, 0, 0, 0], &ethernet(&ip)]),
        )
    }),
];

/// The frame check sequence of Ethernet and 802.11.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 0 {
                crc >> 1
            } else {
                crc >> 1 ^ 0xedb8_8320
            };
        }
    }
    !crc
}

/// Cuts an IP packet into fragments with payloads of `size` bytes.
pub fn fragments(ip: &[u8], size: usize, identification: u16) -> Vec<Vec<u8>> {
    assert!(size.is_multiple_of(8));
    let header = if is_v6(ip) {
        40
    } else {
        usize::from(ip[0] & 0xf) * 4
    };
    let total = if is_v6(ip) {
        40 + usize::from(u16::from_be_bytes([ip[4], ip[5]]))
    } else {
        usize::from(u16::from_be_bytes([ip[2], ip[3]]))
    };
    let (head, payload) = ip[..total].split_at(header);
    let count = payload.chunks(size).count();
    let pieces = payload.chunks(size).enumerate();
    pieces
        .map(|(number, piece)| {
            let more = number + 1 < count;
            let offset = u16::try_from(number * size).unwrap();
            let mut head = head.to_vec();
            if is_v6(ip) {
                let word = (offset | u16::from(more)).to_be_bytes();
                let length = u16::try_from(8 + piece.len()).unwrap().to_be_bytes();
                let id = identification.to_be_bytes();
                let fragment = [head[6], 0, word[0], word[1], 0, 0, id[0], id[1]];
                head[4..6].copy_from_slice(&length);
                head[6] = 44;
                return join(&[&head, &fragment, piece]);
            }
            let word = (offset / 8) | if more { 0x2000 } else { 0 };
            let length = u16::try_from(head.len() + piece.len()).unwrap();
            head[2..4].copy_from_slice(&length.to_be_bytes());
            head[4..6].copy_from_slice(&identification.to_be_bytes());
            head[6..8].copy_from_slice(&word.to_be_bytes());
            head[10..12].copy_from_slice(&[0, 0]);
            let check = sum(&head).to_be_bytes();
            head[10..12].copy_from_slice(&check);
            join(&[&head, piece])
        })
        .collect()
}
