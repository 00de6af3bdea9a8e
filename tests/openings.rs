//! Odd ways of opening, closing and reusing a TCP connection: conversations are counted as tshark counts
//! them. Runs where the corpus is, and tshark with it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "common/wrap.rs"]
mod wrap;

use unscramble::capture::CaptureReader;
use unscramble::net::{Decoded, Decoder};
use unscramble::tcp::{Direction, Handler, Interest, StreamEvent, Table};

const FIN: u8 = 1;
const SYN: u8 = 2;
const RST: u8 = 4;
const ACK: u8 = 16;
const URG: u8 = 32;

/// From the client, flags, sequence number, acknowledgement, bytes.
type Sent = (bool, u8, u32, u32, &'static [u8]);

const SCENES: &[(&str, &[Sent])] = &[
    (
        "fast open",
        &[
            (true, SYN, 100, 0, b"abc"),
            (false, SYN | ACK, 500, 104, b"xyz"),
            (true, ACK, 104, 504, b"d"),
        ],
    ),
    (
        "simultaneous open",
        &[
            (true, SYN, 100, 0, b""),
            (false, SYN, 500, 0, b""),
            (true, SYN | ACK, 100, 501, b""),
            (false, SYN | ACK, 500, 101, b""),
            (false, ACK, 501, 101, b"xyz"),
        ],
    ),
    (
        "split handshake",
        &[
            (true, SYN, 100, 0, b""),
            (false, ACK, 0, 101, b""),
            (false, SYN, 500, 0, b""),
            (true, SYN | ACK, 100, 501, b""),
            (false, ACK, 501, 101, b"xyz"),
        ],
    ),
    (
        "the same ports after a reset, and late packets of the connection before",
        &[
            (true, SYN, 100, 0, b""),
            (false, SYN | ACK, 500, 101, b""),
            (true, ACK, 101, 501, b"abc"),
            (false, RST, 501, 0, b""),
            (true, SYN, 90_000, 0, b""),
            (true, ACK, 101, 501, b"abc"),
            (false, RST, 501, 0, b""),
            (false, SYN | ACK, 77_000, 90_001, b""),
            (true, ACK, 90_001, 77_001, b"xyz"),
        ],
    ),
    (
        "the same ports after both closed, the opening again and again",
        &[
            (true, SYN, 100, 0, b""),
            (true, SYN, 100, 0, b""),
            (false, SYN | ACK, 500, 101, b""),
            (true, FIN | ACK, 101, 501, b""),
            (false, FIN | ACK, 501, 102, b""),
            (true, ACK, 102, 502, b""),
            (true, SYN, 4000, 0, b""),
            (true, SYN, 4000, 0, b""),
            (true, SYN, 9000, 0, b""),
        ],
    ),
    (
        "forged endings and urgent bytes",
        &[
            (true, SYN, 100, 0, b""),
            (false, SYN | ACK, 500, 101, b""),
            (true, RST, 900_000_000, 0, b""),
            (true, FIN | ACK, 50, 501, b""),
            (true, ACK | URG, 101, 501, b"abc"),
            (false, ACK, 501, 104, b"xyz"),
        ],
    ),
    (
        "answers alone",
        &[
            (false, SYN | ACK, 500, 101, b""),
            (false, SYN | ACK, 500, 101, b""),
            (false, RST, 501, 0, b""),
            (false, SYN | ACK, 9500, 7001, b""),
        ],
    ),
];

fn capture(scene: &[Sent]) -> Vec<u8> {
    let packets = scene.iter().map(|(forward, flags, seq, ack, bytes)| {
        let ports = if *forward {
            [40_000, 3306]
        } else {
            [3306, 40_000_u16]
        };
        let mut tcp: Vec<u8> = ports.iter().flat_map(|port| port.to_be_bytes()).collect();
        tcp.extend(seq.to_be_bytes());
        tcp.extend(ack.to_be_bytes());
        tcp.extend([0x50, *flags, 0x20, 0, 0, 0, 0, 0]);
        tcp.extend(*bytes);
        let mut ip = wrap::ipv4(6, &tcp);
        if !*forward {
            let (from, to) = ([192, 0, 2, 2], [192, 0, 2, 1]);
            ip[12..16].copy_from_slice(&from);
            ip[16..20].copy_from_slice(&to);
        }
        ip
    });
    let packets: Vec<_> = packets.collect();
    wrap::pcap(
        101,
        packets
            .iter()
            .zip(0..)
            .map(|(ip, at)| (at * 1000, ip.as_slice())),
    )
}

struct Deaf;

impl Handler for Deaf {
    type Rest = ();

    fn event(&mut self, _: StreamEvent<'_>) {}
    fn opened_by(&mut self, _: Direction) {}
    fn interest(&self) -> Interest {
        Interest::Both
    }
}

#[test]
fn tshark_counts_odd_openings_the_same() {
    if common::corpus().is_none() {
        return;
    }
    for (name, scene) in SCENES {
        let capture = capture(scene);
        let mut reader = CaptureReader::open(capture.as_slice()).unwrap();
        let mut decoder = Decoder::default();
        let mut table = Table::default();
        let mut ours = Vec::new();
        while let Some(packet) = reader.next_packet().unwrap() {
            let Decoded::Tcp(segment) = decoder.decode(&packet) else {
                panic!("{name}");
            };
            ours.push(table.push(&segment, |_| Deaf).stream.to_string());
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &capture).unwrap();
        let mut command = std::process::Command::new("tshark");
        command.args(["-n", "-T", "fields", "-e", "tcp.stream", "-r"]);
        let output = command.arg(file.path()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let theirs: Vec<_> = text.lines().map(str::to_owned).collect();
        assert_eq!(ours, theirs, "{name}");
    }
}
