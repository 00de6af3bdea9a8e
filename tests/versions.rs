//! Captures that hold two versions of the same bytes: each is judged, and a verdict is given only where
//! that is no matter.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

#[path = "common/wrap.rs"]
mod wrap;

use sha2::{Digest as _, Sha256};
use unscramble::analyze::{AnalyzeSettings, analyze};
use unscramble::auth::{Candidate, Candidates, Secret, Verdict};
use unscramble::report::ExaminedLogin;

/// A copy of packet `number` whose payload byte `place` (from the end) is another, put behind it or before.
fn conflict(sample: &str, number: usize, place: usize, with: u8, before: bool) -> ExaminedLogin {
    judged(&packets_with_conflict(sample, number, place, with, before))
}

type Packets = Vec<(u64, Vec<u8>)>;

fn packets_with_conflict(
    sample: &str,
    number: usize,
    place: usize,
    with: u8,
    before: bool,
) -> Packets {
    let path = format!("{}/samples/{sample}.pcap", env!("CARGO_MANIFEST_DIR"));
    let packets = wrap::ip_packets(&std::fs::read(path).unwrap());
    let mut all: Vec<_> = packets.iter().map(|p| (p.micros, p.ip.clone())).collect();
    let (micros, mut forged) = all[number - 1].clone();
    let last = forged.len() - place;
    forged[last] ^= with;
    all.insert(number - usize::from(before), (micros, forged));
    all
}

fn judged(all: &Packets) -> ExaminedLogin {
    let mut logins = all_judged(all);
    assert_eq!(logins.len(), 1);
    logins.remove(0)
}

fn all_judged(all: &Packets) -> Vec<ExaminedLogin> {
    let capture = wrap::pcap(101, all.iter().map(|(micros, ip)| (*micros, ip.as_slice())));
    let candidate = Candidate::new("it".into(), None, Secret::password("Violet-Harbor-42"));
    let settings = AnalyzeSettings {
        candidates: Candidates::new(vec![candidate]),
        ..AnalyzeSettings::default()
    };
    analyze("two versions", capture.as_slice(), &settings).logins
}

/// Verdict and outcome in short, the codes, and what is said of the conflict.
fn said(examined: &ExaminedLogin) -> (String, String, Vec<String>, String) {
    let short = |debug: String| debug.split([' ', '{']).next().unwrap().to_owned();
    let codes: Vec<_> = examined
        .findings
        .iter()
        .map(|f| f.code.to_string())
        .collect();
    let told = examined
        .findings
        .iter()
        .find(|f| f.code.to_string() == "conflicting-data");
    let told = told.map_or(String::new(), |finding| format!("{:?}", finding.summary));
    (
        short(format!("{:?}", examined.examination.verdict)),
        short(format!("{:?}", examined.login.outcome)),
        codes,
        told,
    )
}

const FAULTY: &str = "pymysql-1.1.1-rds-proxy";
const RIGHT: &str = "pymysql-current-rds-proxy";

/// Packet 9 of both samples is the response; the samples' texts say so.
#[test]
fn a_response_that_differs_is_judged_in_both_versions() {
    let faulty = conflict(FAULTY, 9, 1, 1, false);
    let (verdict, outcome, codes, told) = said(&faulty);
    assert_eq!(verdict, "Unverifiable(Conflicting)");
    assert!(outcome.starts_with("Rejected"), "{outcome}");
    assert_eq!(codes, ["conflicting-data"]);
    assert!(told.contains("(packet 9) (packet 10)"), "{told}");
    let matches = "the response matches (caching_sha2_password, with_nul, as_given)";
    assert!(
        told.contains(&format!("With the first copies {matches}")),
        "{told}"
    );
    assert!(
        told.contains("with the second ones nothing that was tried explains"),
        "{told}"
    );
    assert!(
        !told.contains("SHA-256"),
        "a hash of the response allows guesses: {told}"
    );
}

#[test]
fn a_right_response_in_either_version_is_right() {
    for before in [false, true] {
        let right = conflict(RIGHT, 9, 1, 1, before);
        let (verdict, outcome, codes, told) = said(&right);
        assert!(verdict.starts_with("Match"), "{before}: {verdict}");
        assert_eq!(outcome, "Accepted", "{before}");
        assert_eq!(codes, ["conflicting-data"], "{before}");
        let matches = "the response matches (caching_sha2_password, without_nul, as_given)";
        assert!(told.contains(matches), "{before}: {told}");
    }
}

/// The first letter of the server's version, which no response depends on.
#[test]
fn where_both_versions_say_the_same_it_is_said() {
    let faulty = conflict(FAULTY, 4, 78 - 5, 1, false);
    let (verdict, _, codes, told) = said(&faulty);
    assert!(verdict.starts_with("Match"), "{verdict}");
    assert_eq!(codes, ["salt-trailing-nul", "conflicting-data"]);
    let digest = |byte: u8| {
        let path = format!("{}/samples/{FAULTY}.pcap", env!("CARGO_MANIFEST_DIR"));
        let packets = wrap::ip_packets(&std::fs::read(path).unwrap());
        let ip = &packets[3].ip;
        let mut rest = ip[ip.len() - 73..].to_vec();
        rest[0] ^= byte;
        let digest = Sha256::digest(&rest);
        format!(
            "{:016x}",
            u64::from_be_bytes(digest[..8].try_into().unwrap())
        )
    };
    assert!(
        told.contains(&digest(0)) && told.contains(&digest(1)),
        "{told}"
    );
}

/// The switch's salt differs: what the client hashed is right with one of the two.
#[test]
fn a_salt_that_differs() {
    for before in [false, true] {
        let right = conflict(RIGHT, 8, 5, 1, before);
        let (verdict, _, codes, _) = said(&right);
        assert!(verdict.starts_with("Match"), "{before}: {verdict}");
        assert_eq!(codes, ["conflicting-data"], "{before}");
        let salt = &right.login.last_round().unwrap().salt;
        let evidence = salt.as_ref().unwrap().at.number;
        assert_eq!(
            evidence,
            if before { 9 } else { 8 },
            "the packet that has the right one"
        );
    }
}

/// The first byte of the server's last word: an ERR in one copy, none in the other. Both are in the
/// capture before what they answer, so that neither has ended the login when the other comes.
#[test]
fn an_outcome_that_differs_is_unknown() {
    let mut packets = packets_with_conflict(FAULTY, 10, 75 - 4, 0xff, false);
    let last_words: Vec<_> = packets.drain(9..11).collect();
    packets.splice(7..7, last_words);
    let (verdict, outcome, codes, _) = said(&judged(&packets));
    assert!(verdict.starts_with("Match"), "{verdict}");
    assert_eq!(outcome, "Unknown");
    assert!(codes.contains(&"conflicting-data".to_owned()), "{codes:?}");
    assert!(!codes.contains(&"login-incomplete".to_owned()), "{codes:?}");
}

/// Ten thousand differing copies are one finding, and cost no memory that grows with them.
#[test]
fn conflicts_without_end() {
    let path = format!("{}/samples/{FAULTY}.pcap", env!("CARGO_MANIFEST_DIR"));
    let packets = wrap::ip_packets(&std::fs::read(path).unwrap());
    let mut all: Vec<_> = packets.iter().map(|p| (p.micros, p.ip.clone())).collect();
    let (micros, packet) = all[8].clone();
    for copy in 0..10_000_u32 {
        let mut forged = packet.clone();
        let at = forged.len() - 4;
        forged[at..].copy_from_slice(&copy.to_be_bytes());
        all.insert(9, (micros, forged));
    }
    let capture = wrap::pcap(101, all.iter().map(|(micros, ip)| (*micros, ip.as_slice())));
    let report = analyze("many", capture.as_slice(), &AnalyzeSettings::default());
    let faults = &report.logins[0].login.faults;
    assert_eq!(faults.len(), 64);
}

/// Many of the same kind may be somebody's attempt to keep us busy.
#[test]
fn like_ones_are_searched_less() {
    let once = packets_with_conflict(RIGHT, 9, 1, 0xff, true);
    let port = once[0].1[20..22].to_vec();
    let mut all = Packets::new();
    for number in 1..8_u8 {
        for (micros, ip) in &once {
            let mut ip = ip.clone();
            for place in [20, 22] {
                if ip[place..place + 2] == port {
                    ip[place] = number;
                }
            }
            all.push((*micros, ip));
        }
    }
    let reduced: Vec<bool> = all_judged(&all)
        .iter()
        .map(|examined| {
            let versions = examined.examination.versions.as_ref().unwrap();
            assert!(examined.examination.is_plain());
            let mut verdicts = versions.iter();
            verdicts.any(|verdict| matches!(verdict, Verdict::Mismatch(tried) if tried.reduced))
        })
        .collect();
    assert_eq!(reduced.len(), 7);
    assert!(!reduced[0] && reduced[6], "{reduced:?}");
}
