//! Logins inside TLS, where a byte of them is damaged: nothing is guessed.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use std::sync::Arc;

use unscramble::analyze::{AnalyzeSettings, analyze};
use unscramble::auth::{Candidate, Candidates, Secret, Unverifiable, Verdict};
use unscramble::capture::CaptureReader;
use unscramble::mysql::{Outcome, StepKind, Transport};
use unscramble::net::{Decoded, Decoder};
use unscramble::report::CaptureReport;
use unscramble::tls::KeyLog;

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/samples/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn scan(capture: &[u8], keylog: &[u8]) -> CaptureReport {
    let secret = Secret::password(b"Linden-Harbour-58".as_slice());
    let settings = AnalyzeSettings {
        candidates: Candidates::new(vec![Candidate::new("it".into(), None, secret)]),
        key_logs: vec![Arc::new(KeyLog::parse(keylog))],
        ..AnalyzeSettings::default()
    };
    analyze("test", capture, &settings)
}

/// Where in the file the payload of each packet ends: (packet number, offset of its last byte).
fn last_payload_bytes(capture: &[u8]) -> Vec<(u64, usize)> {
    let mut decoder = Decoder::default();
    let mut reader = CaptureReader::open(capture).unwrap();
    let mut ends = Vec::new();
    let mut offset = 24;
    while let Some(packet) = reader.next_packet().unwrap() {
        offset += 16 + packet.data.len();
        if let Decoded::Tcp(segment) = decoder.decode(&packet)
            && !segment.payload.is_empty()
        {
            ends.push((packet.at.number, offset - 1));
        }
    }
    ends
}

#[test]
fn a_flipped_bit_in_any_record_of_the_login_is_named() {
    let mut flipped = 0;
    for name in [
        "pymysql-1.1.1-tls-1.3",
        "pymysql-1.1.1-tls-1.2",
        "tls-1.2-cbc-sha1",
        "tls-1.2-chacha20",
    ] {
        let (capture, keylog) = (
            sample(&format!("{name}.pcap")),
            sample(&format!("{name}.keylog")),
        );
        let whole = scan(&capture, &keylog);
        let login = &whole.logins[0].login;
        assert!(
            matches!(whole.logins[0].examination.verdict, Verdict::Match(_)),
            "{name}"
        );
        let at = |kind| login.step(kind).unwrap().at.number;
        let (first, last) = (at(StepKind::Login), at(StepKind::Result));
        for (packet, offset) in last_payload_bytes(&capture) {
            if !(first..=last).contains(&packet) {
                continue;
            }
            let mut damaged = capture.clone();
            damaged[offset] ^= 0x01;
            let report = scan(&damaged, &keylog);
            let [examined] = report.logins.as_slice() else {
                panic!("{name}: one login")
            };
            let Verdict::Unverifiable(Unverifiable::Encrypted(reason)) =
                &examined.examination.verdict
            else {
                panic!(
                    "{name}, packet {packet}: {:?}",
                    examined.examination.verdict
                );
            };
            assert!(
                reason.contains(&format!("packet {packet} ")),
                "{name}: {reason}"
            );
            assert!(matches!(examined.login.outcome, Outcome::Unknown), "{name}");
            flipped += 1;
        }
    }
    assert!(flipped >= 16, "only {flipped} records were damaged");
}

#[test]
fn keys_of_another_session_say_so() {
    let report = scan(
        &sample("pymysql-1.1.1-tls-1.3.pcap"),
        &sample("pymysql-1.1.1-tls-1.2.keylog"),
    );
    let Transport::Tls {
        sealed: Some(reason),
        ..
    } = &report.logins[0].login.transport
    else {
        panic!("sealed");
    };
    assert_eq!(
        reason,
        "no key for this client random (the key log holds 1 session)"
    );
    assert!(
        report
            .diagnostics
            .iter()
            .any(|diagnostic| diagnostic.kind == "keylog-of-others")
    );
}
