//! Extracts of logins that came through tunnels and in fragments: the same verdicts, nothing of what was
//! around them, no name.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

#[path = "common/wrap.rs"]
mod wrap;

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use memchr::memmem;
use serde_json::Value;
use unscramble::capture::CaptureReader;
use unscramble::net::{Carried, Checksum, Decoded, Decoder};
use wrap::WRAPS;

const PASSWORD: &str = "Violet-Harbor-42";

fn run(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let mut command = Command::cargo_bin("unscramble").unwrap();
    command.current_dir(folder).args(arguments);
    command.env("PW", PASSWORD).args(["--password-env", "PW"]);
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {errors}");
    output.stdout
}

fn logins(folder: &Path, capture: &str) -> Vec<Value> {
    let arguments = ["scan", "--format", "json", "--fail-on", "never", capture];
    let report: Value = serde_json::from_slice(&run(folder, &arguments)).unwrap();
    let logins = report["captures"][0]["logins"].as_array().unwrap();
    let judged = logins.iter().map(|login| {
        let verdict = &login["verdict"];
        serde_json::json!([
            login["plugin"],
            login["salt"],
            verdict["kind"],
            verdict["salt_form"],
            verdict["formula"],
            login["outcome"]["code"],
            login["findings"],
        ])
    });
    judged.collect()
}

/// What stands around the packets: addresses and hardware addresses of the wrappings.
const AROUND: [&[u8]; 5] = [
    &[192, 0, 2, 1],
    &[192, 0, 2, 2],
    &[0x20, 1, 0x0d, 0xb8, 0, 0],
    &[0x52, 0x54, 0, 0, 0],
    &[2, 0, 0, 0, 0, 3],
];

/// What anonymizing must not leave: the login's own names.
const OWN: [&[u8]; 2] = [b"app\0", b"'app'@"];

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    memmem::find(bytes, wanted).is_some()
}

/// Every packet of an extract: none in a tunnel, none in fragments, with right checksums.
fn assert_whole(extract: &[u8], how: &str) {
    let mut reader = CaptureReader::open(extract).unwrap();
    let mut decoder = Decoder::default();
    let mut count = 0;
    while let Some(packet) = reader.next_packet().unwrap() {
        let Decoded::Tcp(segment) = decoder.decode(&packet) else {
            panic!("{how}: packet {} is no segment", packet.at.number);
        };
        assert_eq!(segment.carried, Carried::Plain, "{how}");
        assert_eq!(segment.checksum(), Checksum::Right, "{how}");
        assert_ne!(segment.ip_checksum(), Checksum::Wrong, "{how}");
        count += 1;
    }
    assert!(count >= 9, "{how}: only {count} packets");
}

fn check(how: &str, capture: &[u8], plain: &[Value]) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("in.pcap"), capture).unwrap();
    for (out, more) in [
        ("scrubbed.pcapng", None),
        ("hidden.pcapng", Some("--anonymize")),
        ("kept.pcapng", Some("--keep-payload")),
    ] {
        let mut arguments = vec!["extract", "in.pcap", "-o", out, "--since", "1970-01-01"];
        arguments.extend(more);
        run(folder, &arguments);
        assert_eq!(logins(folder, out), plain, "{how}: {out}");
        let extract = fs::read(folder.join(out)).unwrap();
        if more != Some("--keep-payload") {
            assert_whole(&extract, how);
        }
        // A frame on Ethernet is written as such, with its hardware addresses, unless names are hidden.
        let around = if how == "plain" && more.is_none() {
            &[]
        } else {
            &AROUND[..]
        };
        for around in around.iter().filter(|_| more != Some("--keep-payload")) {
            assert!(!holds(&extract, around), "{how}: {out} holds {around:02x?}");
        }
        for own in OWN {
            assert_eq!(
                holds(&extract, own),
                more != Some("--anonymize"),
                "{how}: {out}"
            );
        }
    }
}

fn recording() -> (Vec<wrap::Recorded>, Vec<Value>) {
    let sample = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/samples/pymysql-1.1.1-rds-proxy.pcap"
    );
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let plain = logins(here, sample);
    assert_eq!(plain.len(), 1);
    (wrap::ip_packets(&fs::read(sample).unwrap()), plain)
}

#[test]
fn what_was_in_a_tunnel() {
    let (packets, plain) = recording();
    for (how, link, carry) in WRAPS {
        let carried: Vec<_> = packets.iter().map(|p| (p.micros, carry(&p.ip))).collect();
        let carried = carried
            .iter()
            .map(|(micros, data)| (*micros, data.as_slice()));
        check(how, &wrap::pcap(*link, carried), &plain);
    }
}

#[test]
fn what_came_in_fragments() {
    let (packets, plain) = recording();
    let mut pieces = Vec::new();
    let mut tunnelled = Vec::new();
    for (number, packet) in (1..).zip(&packets) {
        let mut cut = wrap::fragments(&packet.ip, 24, number);
        cut.reverse();
        pieces.extend(cut.into_iter().map(|ip| (packet.micros, ip)));
        let (_, _, carry) = WRAPS[1];
        let outside = carry(&packet.ip);
        let cut = wrap::fragments(&outside[14..], 48, number);
        tunnelled.extend(cut.into_iter().map(|ip| (packet.micros, ip)));
    }
    for (how, pieces) in [("fragments", pieces), ("fragments of a tunnel", tunnelled)] {
        let pieces = pieces.iter().map(|(micros, ip)| (*micros, ip.as_slice()));
        check(how, &wrap::pcap(101, pieces), &plain);
    }
}

/// Options of IP and TCP may name others: none is left where names are hidden.
#[test]
fn options_are_hidden() {
    let (packets, plain) = recording();
    let private = [198, 51, 100, 77];
    let with_options: Vec<_> = packets
        .iter()
        .map(|packet| {
            // record route, with one address in it
            let mut ip = packet.ip.clone();
            ip.splice(20..20, [7, 7, 8, 198, 51, 100, 77, 0]);
            ip[0] = 0x47;
            let total = u16::try_from(ip.len()).unwrap().to_be_bytes();
            ip[2..4].copy_from_slice(&total);
            (packet.micros, wrap::ethernet(&ip))
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let capture = wrap::pcap(
        1,
        with_options.iter().map(|(m, data)| (*m, data.as_slice())),
    );
    fs::write(folder.path().join("in.pcap"), capture).unwrap();
    let arguments = [
        "extract",
        "in.pcap",
        "-o",
        "out.pcapng",
        "--anonymize",
        "--since",
        "1970-01-01",
    ];
    run(folder.path(), &arguments);
    assert_eq!(logins(folder.path(), "out.pcapng"), plain);
    let extract = fs::read(folder.path().join("out.pcapng")).unwrap();
    assert!(!holds(&extract, &private));
    assert_whole(&extract, "options");
}
