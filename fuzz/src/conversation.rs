//! One MySQL conversation of any messages: how they are cut into segments decides nothing.

use unscramble::analyze::analyze;
use unscramble::report::CaptureReport;

use super::pipeline::settings;

/// The bytes of both sides, in turn: length (2) with the side in its highest bit, then the bytes.
pub fn said(mut data: &[u8]) -> Vec<(bool, &[u8])> {
    let mut all: Vec<(bool, &[u8])> = Vec::new();
    while let [low, high, rest @ ..] = data {
        let length = usize::from(u16::from_le_bytes([*low, *high & 0x0F]));
        let (bytes, behind) = rest.split_at(length.min(rest.len()));
        if !bytes.is_empty() {
            all.push((*high & 0x80 != 0, bytes));
        }
        data = behind;
    }
    all
}

/// A classic pcap file of raw IPv4 packets, whose payloads are `size` bytes at most.
pub fn capture(said: &[(bool, &[u8])], size: usize) -> Vec<u8> {
    let mut file = Vec::new();
    for word in [0xA1B2_C3D4_u32, 0x0004_0002, 0, 0, 65535, 101] {
        file.extend(word.to_le_bytes());
    }
    let mut sent = [1000_u32, 5000];
    let mut packet = |from_client: bool, flags: u8, payload: &[u8]| {
        let own = usize::from(!from_client);
        let ports = [(40_000_u16, 3306_u16), (3306, 40_000)][own];
        let hosts = [[10, 0, 0, 1], [10, 0, 0, 2]];
        let mut bytes = vec![0x45, 0];
        bytes.extend(u16::try_from(payload.len() + 40).unwrap().to_be_bytes());
        bytes.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
        bytes.extend(hosts[own]);
        bytes.extend(hosts[1 - own]);
        bytes.extend(ports.0.to_be_bytes());
        bytes.extend(ports.1.to_be_bytes());
        bytes.extend(sent[own].to_be_bytes());
        bytes.extend(sent[1 - own].to_be_bytes());
        bytes.extend([0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0]);
        bytes.extend(payload);
        let length = u32::try_from(bytes.len()).unwrap();
        for word in [1_700_000_000, 0, length, length] {
            file.extend(word.to_le_bytes());
        }
        file.extend(bytes);
        let syn = u32::from(flags & 0x02 != 0);
        sent[own] += u32::try_from(payload.len()).unwrap() + syn;
    };
    packet(true, 0x02, &[]);
    packet(false, 0x12, &[]);
    for (from_client, bytes) in said {
        for piece in bytes.chunks(size) {
            packet(*from_client, 0x18, piece);
        }
    }
    packet(true, 0x11, &[]);
    file
}

/// What must not depend on the segments: everything of the logins but packets.
fn logins(report: &CaptureReport) -> Vec<String> {
    let logins = report.logins.iter();
    logins
        .map(|examined| {
            let login = &examined.login;
            let salts: Vec<_> = login
                .rounds
                .iter()
                .map(|round| round.salt.as_ref().map(|s| &s.bytes))
                .collect();
            let turns = login.rounds.iter().flat_map(|round| &round.turns);
            let turns: Vec<_> = turns
                .map(|turn| (turn.side, &turn.bytes, turn.missing))
                .collect();
            let kinds: Vec<_> = login
                .steps
                .iter()
                .map(|step| (step.kind, step.sequence, step.length))
                .collect();
            let codes: Vec<_> = examined
                .findings
                .iter()
                .map(|finding| finding.code)
                .collect();
            format!(
                "{} {:?} {salts:?} {turns:?} {kinds:?} {:?} {codes:?}",
                login.attempt, login.request, login.path
            )
        })
        .collect()
}

pub fn run(data: &[u8]) {
    if data.len() > 4096 {
        return;
    }
    let said = said(data);
    let whole = analyze("it", capture(&said, 1400).as_slice(), &settings());
    let cut = analyze("it", capture(&said, 17).as_slice(), &settings());
    assert_eq!(logins(&whole), logins(&cut));
    assert!(whole.connections == 1 && cut.connections == 1);
}
