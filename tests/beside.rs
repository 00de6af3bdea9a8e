//! Logins that are judged and told in threads of their own come to what they come to in one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

#[path = "common/runs.rs"]
#[allow(dead_code, reason = "not all of it is used here")]
mod runs;

use std::fs;
use std::path::Path;

use runs::records;
use unscramble::analyze::{AnalyzeSettings, analyze_with};
use unscramble::auth::{Candidate, Candidates, Secret};
use unscramble::report::ExaminedLogin;

/// What is told of the logins of a capture, in the order in which it is told, and its report, which holds
/// them if they are kept.
fn told(capture: &[u8], password: &str, kept: bool, beside: bool) -> (Vec<String>, String) {
    let candidate = Candidate::new("given".into(), None, Secret::password(password));
    let settings = AnalyzeSettings {
        candidates: Candidates::new(vec![candidate]),
        ..AnalyzeSettings::default()
    };
    let mut logins = Vec::new();
    let mut listener = |login: &ExaminedLogin| {
        logins.push(format!("{login:?}"));
        kept
    };
    let report = analyze_with("", capture, &settings, &[], &mut listener, beside);
    (logins, format!("{report:#?}"))
}

/// A capture with many logins, one after the other, ten a second: the refused one comes with every fourth,
/// else the accepted one. Each is of another port.
fn storm(logins: u16) -> Vec<u8> {
    // Behind the record's header: Ethernet, IPv4 without options, TCP.
    const PORTS: usize = 16 + 14 + 20;
    let (mut capture, accepted) = records("mariadb-native-accepted");
    let (_, refused) = records("mariadb-native-refused");
    for number in 0..logins {
        let packets = if number % 4 == 0 { &refused } else { &accepted };
        let client = packets[0][PORTS..PORTS + 2].to_vec();
        for packet in packets {
            let mut packet = packet.clone();
            let begun = u32::from_le_bytes(packets[0][..4].try_into().unwrap());
            packet[..4].copy_from_slice(&(begun + u32::from(number) / 10).to_le_bytes());
            for port in packet[PORTS..PORTS + 4].chunks_exact_mut(2) {
                if port == client {
                    port.copy_from_slice(&(10_000 + number).to_be_bytes());
                }
            }
            capture.extend_from_slice(&packet);
        }
    }
    capture
}

#[test]
fn every_sample_comes_to_the_same() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut compared = 0;
    for file in fs::read_dir(samples).unwrap() {
        let path = file.unwrap().path();
        if path
            .extension()
            .is_some_and(|kind| kind == "pcap" || kind == "pcapng")
        {
            let capture = fs::read(&path).unwrap();
            let told = |beside| told(&capture, "Lagoon-Spire-15", true, beside);
            assert!(told(false) == told(true), "{}", path.display());
            compared += 1;
        }
    }
    assert!(compared > 100, "only {compared} samples");
}

/// More than wait for a thread at once, so that all of them come back to where they were made; over more than
/// a minute, so that those that nothing explains are told in between.
#[test]
fn many_that_are_not_kept_come_to_the_same() {
    let capture = storm(1600);
    let here = told(&capture, "Amber-Quarry-88", false, false);
    assert!(here == told(&capture, "Amber-Quarry-88", false, true));
    let with = |verdict: &str| here.0.iter().filter(|told| told.contains(verdict)).count();
    assert_eq!(here.0.len(), 1600);
    assert_eq!((with("Match("), with("Mismatch(")), (1200, 400));
}
