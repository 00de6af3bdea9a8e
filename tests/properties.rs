//! However a recorded stream is cut, ordered, doubled and numbered: the same logins, the same verdicts.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use std::net::IpAddr;

use proptest::prelude::*;
use unscramble::analyze::{AnalyzeSettings, analyze};
use unscramble::auth::{Candidate, Candidates, Secret, Verdict};
use unscramble::capture::CaptureReader;
use unscramble::mysql::{Outcome, Side};
use unscramble::net::{Decoded, Decoder, Endpoint, TcpFlags};

/// Recorded streams and the password of their account.
const RECORDED: [(&str, &str); 6] = [
    ("pymysql-1.1.1-rds-proxy.pcap", "Violet-Harbor-42"),
    ("mysql2-rds-proxy.pcap", "Violet-Harbor-42"),
    ("pymysql-1.1.1-mysql-9-full-auth.pcap", "Copper-Lantern-17"),
    ("mariadb-native-refused.pcap", "Amber-Quarry-88"),
    ("interleaved.pcap", "Violet-Harbor-42"),
    ("ipv6.pcap", "Violet-Harbor-42"),
];

/// One segment of a recording.
#[derive(Clone, Debug)]
struct Sent {
    from: Endpoint,
    to: Endpoint,
    seq: u32,
    ack: u32,
    flags: u8,
    payload: Vec<u8>,
}

fn recording(name: &str) -> Vec<Sent> {
    let path = format!("{}/samples/{name}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(path).unwrap();
    let mut reader = CaptureReader::open(&bytes[..]).unwrap();
    let mut decoder = Decoder::default();
    let mut sent = Vec::new();
    while let Some(packet) = reader.next_packet().unwrap() {
        if let Decoded::Tcp(segment) = decoder.decode(&packet) {
            sent.push(Sent {
                from: segment.from,
                to: segment.to,
                seq: segment.seq.0,
                ack: segment.ack.map_or(0, |ack| ack.0),
                flags: segment.flags.0,
                payload: segment.payload.to_vec(),
            });
        }
    }
    assert!(
        sent.iter().any(|segment| !segment.payload.is_empty()),
        "{name} holds no data"
    );
    sent
}

/// Cuts each payload into pieces of these lengths.
fn cut(sent: &[Sent], lengths: &[usize]) -> Vec<Sent> {
    let mut pieces = Vec::new();
    let mut lengths = lengths.iter().cycle();
    for segment in sent {
        let mut rest = segment.payload.as_slice();
        let mut seq = segment.seq;
        while !rest.is_empty() {
            let (piece, later) = rest.split_at((*lengths.next().unwrap()).min(rest.len()));
            let flags = if later.is_empty() {
                segment.flags
            } else {
                segment.flags & !TcpFlags::FIN
            };
            pieces.push(Sent {
                payload: piece.to_vec(),
                seq,
                flags,
                ..segment.clone()
            });
            seq = seq.wrapping_add(u32::try_from(piece.len()).unwrap());
            rest = later;
        }
        if segment.payload.is_empty() {
            pieces.push(segment.clone());
        }
    }
    pieces
}

/// Moves the sequence numbers of the lower and the higher end.
fn renumber(sent: &mut [Sent], by: (u32, u32)) {
    for segment in sent {
        let (own, other) = if segment.from < segment.to {
            by
        } else {
            (by.1, by.0)
        };
        segment.seq = segment.seq.wrapping_add(own);
        segment.ack = segment.ack.wrapping_add(other);
    }
}

/// A classic pcap file of raw IP packets.
fn capture(sent: &[Sent]) -> Vec<u8> {
    let mut file = Vec::new();
    for word in [0xA1B2_C3D4_u32, 0x0004_0002, 0, 0, 65535, 101] {
        file.extend(word.to_le_bytes());
    }
    for (number, segment) in (0_u32..).zip(sent) {
        let mut tcp = Vec::new();
        tcp.extend(segment.from.port.to_be_bytes());
        tcp.extend(segment.to.port.to_be_bytes());
        tcp.extend(segment.seq.to_be_bytes());
        tcp.extend(segment.ack.to_be_bytes());
        tcp.extend([0x50, segment.flags, 0xFF, 0xFF, 0, 0, 0, 0]);
        tcp.extend(&segment.payload);
        let mut packet = Vec::new();
        match (segment.from.address, segment.to.address) {
            (IpAddr::V4(from), IpAddr::V4(to)) => {
                packet.extend([0x45, 0]);
                packet.extend(u16::try_from(tcp.len() + 20).unwrap().to_be_bytes());
                packet.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
                packet.extend(from.octets());
                packet.extend(to.octets());
            }
            (IpAddr::V6(from), IpAddr::V6(to)) => {
                packet.extend([0x60, 0, 0, 0]);
                packet.extend(u16::try_from(tcp.len()).unwrap().to_be_bytes());
                packet.extend([6, 64]);
                packet.extend(from.octets());
                packet.extend(to.octets());
            }
            _ => unreachable!("both ends have one kind of address"),
        }
        packet.extend(tcp);
        let length = u32::try_from(packet.len()).unwrap();
        for word in [1_700_000_000, number, length, length] {
            file.extend(word.to_le_bytes());
        }
        file.extend(packet);
    }
    file
}

fn hex(bytes: &[u8]) -> String {
    unscramble::auth::hex::lower(bytes)
}

/// What must not change: everything of the logins but times, packets and the order of streams.
fn logins(file: &[u8], password: &str) -> Vec<String> {
    let secret = Secret::password(password.as_bytes());
    let candidates = Candidates::new(vec![Candidate::new("it".into(), None, secret)]);
    let settings = AnalyzeSettings {
        candidates,
        ..AnalyzeSettings::default()
    };
    let report = analyze("test", file, &settings);
    let mut logins: Vec<_> = report
        .logins
        .iter()
        .map(|examined| {
            let login = &examined.login;
            let said: Vec<_> = login
                .rounds
                .iter()
                .flat_map(|round| &round.turns)
                .filter(|turn| turn.side == Side::Client)
                .map(|turn| format!("{}+{}", hex(&turn.bytes), turn.missing))
                .collect();
            let salts: Vec<_> = login
                .rounds
                .iter()
                .map(|round| round.salt.as_ref().map(|salt| hex(&salt.bytes)))
                .collect();
            let outcome = match &login.outcome {
                Outcome::Rejected(error) => format!("rejected {}", error.code),
                Outcome::Abandoned { by, .. } => format!("abandoned by {by:?}"),
                other => format!("{other:?}"),
            };
            let verdict = match &examined.examination.verdict {
                Verdict::Match(found) => format!(
                    "{:?} {:?} {:?}",
                    found.salt_form, found.password_form, found.formula
                ),
                other => format!("{other:?}"),
            };
            let codes: Vec<_> = examined
                .findings
                .iter()
                .map(|finding| finding.code)
                .collect();
            let request = login
                .request
                .as_ref()
                .map(|request| (request.user.as_deref().map(hex), request.attributes.len()));
            format!(
                "{} {:?} {request:?} {said:?} {salts:?} {:?} {outcome} {verdict} {codes:?} {:?}",
                login.attempt, login.client, login.path, login.faults
            )
        })
        .collect();
    logins.sort();
    logins
}

#[test]
fn a_recording_says_the_same_when_it_is_only_written_again() {
    for (name, password) in RECORDED {
        let path = format!("{}/samples/{name}", env!("CARGO_MANIFEST_DIR"));
        let original = logins(&std::fs::read(path).unwrap(), password);
        assert!(!original.is_empty());
        assert_eq!(
            logins(&capture(&recording(name)), password),
            original,
            "{name}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn cutting_order_doubling_and_numbering_do_not_matter(
        which in 0..RECORDED.len(),
        lengths in prop::collection::vec(prop_oneof![Just(1), 1..40_usize, 100..2000_usize], 1..6),
        by in (any::<u32>(), any::<u32>()),
        doubled in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        shuffled in any::<bool>(),
        seed in any::<u64>(),
        reach in prop_oneof![2..10_u64, Just(100_000)],
    ) {
        let (name, password) = RECORDED[which];
        let sent = recording(name);
        let wanted = logins(&capture(&sent), password);
        let mut pieces = cut(&sent, &lengths);
        for place in doubled {
            let place = place.index(pieces.len());
            pieces.insert(place, pieces[place].clone());
        }
        renumber(&mut pieces, by);
        if shuffled {
            // Each packet is late by up to `reach` places.
            let mut state = seed | 1;
            let mut keyed: Vec<_> = (0_u64..).zip(pieces).map(|(place, piece)| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (place + (state >> 33) % reach, piece)
            }).collect();
            keyed.sort_by_key(|(place, _)| *place);
            pieces = keyed.into_iter().map(|(_, piece)| piece).collect();
        }
        prop_assert_eq!(logins(&capture(&pieces), password), wanted);
    }
}
