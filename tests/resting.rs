//! Connections that idle behind their login are packed up once there are thousands of them, and woken by
//! their next packet: that must change nothing of what is found.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;

use unscramble::analyze::{AnalyzeSettings, analyze};
use unscramble::auth::{Candidate, Candidates, Secret};
use unscramble::limits;
use unscramble::report::CaptureReport;

/// Records of a classic pcap file behind its header, each with its own.
fn records(file: &[u8]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let (head, mut rest) = file.split_at(24);
    let mut records = Vec::new();
    while !rest.is_empty() {
        let length = u32::from_le_bytes(rest[8..12].try_into().unwrap()) as usize;
        let (record, behind) = rest.split_at(16 + length);
        records.push(record.to_vec());
        rest = behind;
    }
    (head.to_vec(), records)
}

/// The same packet between the same ports of another pair of loopback addresses.
fn moved(record: &[u8], number: usize) -> Vec<u8> {
    let mut record = record.to_vec();
    // Behind the record's header an Ethernet header, then IPv4: 12 bytes on stand the two addresses.
    for place in [16 + 14 + 12, 16 + 14 + 16] {
        let number = u16::try_from(number).unwrap().to_be_bytes();
        assert_eq!(record[place], 127);
        record[place + 1..place + 3].copy_from_slice(&number);
    }
    record
}

fn analysed(file: &[u8], password: &str) -> CaptureReport {
    let candidate = Candidate::new("given".into(), None, Secret::password(password));
    let settings = AnalyzeSettings {
        candidates: Candidates::new(vec![candidate]),
        ..AnalyzeSettings::default()
    };
    analyze("", file, &settings)
}

/// What is told of the logins of the last conversation, without the numbers of packets and streams.
fn told(report: &CaptureReport) -> Vec<String> {
    let last = report.logins.iter().map(|login| login.stream).max();
    let logins = report
        .logins
        .iter()
        .filter(|login| Some(login.stream) == last);
    let told = logins.map(|examined| {
        let login = &examined.login;
        let steps: Vec<_> = login
            .steps
            .iter()
            .map(|s| (s.kind, s.sequence, s.length, s.offset))
            .collect();
        let salts = login
            .rounds
            .iter()
            .map(|round| round.salt.as_ref().map(|salt| (&salt.bytes, salt.source)));
        let codes: Vec<_> = examined
            .findings
            .iter()
            .map(|finding| finding.code)
            .collect();
        format!(
            "{} {steps:?} {:?} {:?} {:?} {:?} {codes:?} {:?} {:?}",
            login.attempt,
            login.greeting,
            login.request,
            examined.examination.verdict,
            login.earlier_salts,
            salts.collect::<Vec<_>>(),
            login.faults,
        )
    });
    told.collect()
}

/// `behind`: how many packets of the sample end with the login's OK.
fn rests_and_wakes(sample: &str, password: &str, behind: usize, logins: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("samples/{sample}.pcap"));
    let file = fs::read(path).unwrap();
    let (head, records) = records(&file);
    // Others log in and idle, more of them than stay awake; then ours goes on.
    let mut many = head;
    let others = limits::CROWD * 2;
    let (login, rest) = records.split_at(behind);
    for number in 1..others {
        for record in login {
            many.extend(moved(record, number));
        }
    }
    for record in login {
        many.extend(record);
    }
    for number in others..others * 2 {
        for record in login {
            many.extend(moved(record, number));
        }
    }
    for record in rest {
        many.extend(record);
    }
    let (alone, among) = (analysed(&file, password), analysed(&many, password));
    let ours = |report: &CaptureReport, stream: u64| {
        let mut report = report.clone();
        report.logins.retain(|login| login.stream == stream);
        told(&report)
    };
    let stream = u64::try_from(others - 1).unwrap();
    let expected = ours(&alone, 0);
    assert_eq!(expected.len(), logins, "{sample}");
    assert_eq!(ours(&among, stream), expected, "{sample}");
    assert_eq!(among.connections, u64::try_from(others * 2).unwrap());
    assert_eq!(among.logins.len(), others * 2 + logins - 1);
}

#[test]
fn change_user_after_a_rest() {
    rests_and_wakes("change-user-accepted", "Lagoon-Spire-15", 10, 2);
}
