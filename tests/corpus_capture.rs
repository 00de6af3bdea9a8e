//! The public captures, packet by packet, against what tshark says of them.
//!
//! The expected values in `corpus/tshark.tsv` are tshark's, not ours: `corpus/expect.sh` writes them.

#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a test may fail by a panic"
)]

mod common;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use unscramble::capture::{CaptureReader, Timestamp};
use unscramble::net::{Decoded, Decoder};

/// Where we differ from tshark, in which columns, and why.
const DIFFERENT: &[(&str, &[&str], &str)] = &[
    ("tcpdump/atm-heapoverflow.pcap", &["wire", "captured"], ATM),
    (
        "tcpdump/atm-oam-heapoverflow.pcap",
        &["wire", "captured"],
        ATM,
    ),
    (
        "tcpdump/atm-oam-loopback-print-overrun.pcap",
        &["wire", "captured"],
        ATM,
    ),
    (
        "tcpdump/atm-oam-loopback-print-overrun.pcap",
        &["first", "last"],
        FRACTION,
    ),
    ("tcpdump/timestamp_invalid_micro.pcap", &["last"], FRACTION),
    ("tcpdump/timestamp_invalid_nano.pcap", &["last"], FRACTION),
    ("tcpdump/kday4.pcap", &["payload"], CLAIMED),
    ("tcpdump/kday7.pcap", &["payload"], CLAIMED),
    (
        "tcpdump/bigtcp-ipv6.pcap",
        &["segments", "payload"],
        BIG_TCP,
    ),
    (
        "tcpdump/arcnet-rfc1051-arp-icmp-http.pcap",
        &["segments", "payload"],
        LINK,
    ),
    (
        "tcpdump/arcnet-rfc1201-arp-icmp-http.pcap",
        &["segments", "payload"],
        LINK,
    ),
    ("tcpdump/bgp-aigp.pcap", &["segments", "payload"], LINK),
    ("tcpdump/ipoib.pcap", &["segments", "payload"], LINK),
    (
        "tcpdump/bgp-bgp_capabilities_print-oobr-1.pcap",
        &["payload"],
        FRAGMENT,
    ),
    (
        "tcpdump/bgp-bgp_capabilities_print-oobr-2.pcap",
        &["payload"],
        FRAGMENT,
    ),
    ("tcpdump/bgp_pmsi_tunnel-oobr.pcap", &["payload"], FRAGMENT),
    ("tcpdump/rpki-rtr-oobr.pcap", &["payload"], FRAGMENT),
    ("tcpdump/sflow_expanded.pcap", &["segments"], SFLOW),
    (
        "tcpdump/bigtcp-ipv4-geneve-ipv4.pcap",
        &["segments", "payload"],
        BIG_TUNNEL,
    ),
    (
        "tcpdump/bigtcp-ipv4-geneve-ipv6.pcap",
        &["segments", "payload"],
        BIG_TUNNEL,
    ),
    (
        "tcpdump/bigtcp-ipv4-vxlan-ipv4.pcap",
        &["segments", "payload"],
        BIG_TUNNEL,
    ),
    (
        "tcpdump/bigtcp-ipv4-vxlan-ipv6.pcap",
        &["segments", "payload"],
        BIG_TUNNEL,
    ),
    (
        "tcpdump/bigtcp-ipv6-geneve-ipv4.pcap",
        &["segments", "payload"],
        BIG_TUNNEL,
    ),
    (
        "tcpdump/bigtcp-ipv6-geneve-ipv6.pcap",
        &["segments", "payload"],
        BIG_TUNNEL,
    ),
    (
        "tcpdump/bigtcp-ipv6-vxlan-ipv4.pcap",
        &["segments", "payload"],
        BIG_TUNNEL,
    ),
    (
        "tcpdump/bigtcp-ipv6-vxlan-ipv6.pcap",
        &["segments", "payload"],
        BIG_TUNNEL,
    ),
];

const ATM: &str = "tshark counts the ATM pseudo-header out";
const FRACTION: &str = "a fraction of more than a second is carried over here, overflows there";
const CLAIMED: &str = "IP claims more bytes than the wire had; they count as cut off here";
const BIG_TCP: &str = "payload length 0 without a jumbo option, as Linux writes it, is read here";
const LINK: &str = "a link type that is not read";
const FRAGMENT: &str = "tshark gives the first fragment of a cut packet no length";
const SFLOW: &str = "a sample of a packet in a report about it is no packet";
const BIG_TUNNEL: &str = "UDP of length 0, as Linux writes it around BIG TCP, is read here";

/// One row of the table, or of what we read.
#[derive(Debug, Default)]
struct Summary {
    columns: [String; 7],
}

const COLUMNS: [&str; 7] = [
    "frames", "first", "last", "wire", "captured", "segments", "payload",
];

/// Reads a capture to its end, which must come without an error.
fn summarize(path: &Path) -> Summary {
    let fail = |e| -> ! { panic!("{}: {e}", path.display()) };
    let file = File::open(path).unwrap();
    let mut reader = CaptureReader::open(file).unwrap_or_else(|e| fail(e));
    let mut decoder = Decoder::default();
    let (mut first, mut last) = (None, None);
    let [mut wire, mut captured, mut segments, mut payload] = [0_u64; 4];
    while let Some(packet) = reader.next_packet().unwrap_or_else(|e| fail(e)) {
        if packet.at.time.is_some() {
            first = first.or(packet.at.time);
            last = packet.at.time;
        }
        wire += u64::from(packet.original_len);
        captured += packet.data.len() as u64;
        if let Decoded::Tcp(segment) = decoder.decode(&packet) {
            segments += 1;
            payload += segment.payload.len() as u64 + u64::from(segment.cut_off);
            // must not panic, whatever the packet
            let _ = (segment.checksum(), segment.ip_checksum());
        }
    }
    let time = |time: Option<Timestamp>| {
        let nanos = time.map(Timestamp::as_nanos);
        let text = |n: i64| {
            format!(
                "{}.{:09}",
                n.div_euclid(1_000_000_000),
                n.rem_euclid(1_000_000_000)
            )
        };
        nanos.map_or(String::new(), text)
    };
    let number = |n: u64| n.to_string();
    let columns = [
        number(reader.last_number()),
        time(first),
        time(last),
        number(wire),
        number(captured),
        number(segments),
        number(payload),
    ];
    Summary { columns }
}

#[test]
fn packets_are_what_tshark_says() {
    let Some(corpus) = common::corpus() else {
        return;
    };
    let table = include_str!("corpus/tshark.tsv");
    let mut wrong = Vec::new();
    for row in table.lines().skip(1) {
        let (file, expected) = row.split_once('\t').unwrap();
        let ours = summarize(&corpus.join(file));
        for ((column, expected), ours) in
            COLUMNS.iter().zip(expected.split('\t')).zip(&ours.columns)
        {
            let known = DIFFERENT
                .iter()
                .any(|(f, columns, _)| *f == file && columns.contains(column));
            if (expected == ours) == known {
                let what = if known {
                    "no longer differs"
                } else {
                    "differs"
                };
                wrong.push(format!(
                    "{file}: {column} {what}: tshark {expected}, here {ours}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Also those that tshark refuses, for a link type it does not know.
#[test]
fn every_capture_is_read_to_its_end() {
    let Some(corpus) = common::corpus() else {
        return;
    };
    let mut folders = vec![corpus];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|e| e == "pcap" || e == "pcapng")
            {
                summarize(&path);
                read += 1;
            }
        }
    }
    assert_eq!(read, 906);
}
