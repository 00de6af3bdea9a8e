//! What tunnels and fragments carry: recorded logins, wrapped by hand, give what they give unwrapped; and
//! tshark counts the same conversations.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "common/wrap.rs"]
mod wrap;

use unscramble::analyze::{AnalyzeSettings, analyze};
use unscramble::auth::{Candidate, Candidates, Secret};
use unscramble::capture::{CaptureReader, LinkType, PcapNgWriter, Timestamp};
use unscramble::net::{Decoded, Decoder};
use unscramble::report::CaptureReport;
use wrap::{Recorded, WRAPS};

/// Recordings of which each says something else, and the password of their account.
const RECORDED: [(&str, &str, usize); 5] = [
    ("pymysql-1.1.1-rds-proxy.pcap", "Violet-Harbor-42", 1),
    ("interleaved.pcap", "Indigo-Kettle-63", 2),
    ("ipv6.pcap", "Indigo-Kettle-63", 1),
    ("mariadb-native-refused.pcap", "Amber-Quarry-88", 1),
    ("change-user-accepted.pcap", "Lagoon-Spire-15", 2),
];

fn recording(name: &str) -> Vec<Recorded> {
    let path = format!("{}/samples/{name}", env!("CARGO_MANIFEST_DIR"));
    wrap::ip_packets(&std::fs::read(path).unwrap())
}

fn report(capture: &[u8], password: &str) -> CaptureReport {
    let candidate = Candidate::new("it".into(), None, Secret::password(password));
    let settings = AnalyzeSettings {
        candidates: Candidates::new(vec![candidate]),
        ..AnalyzeSettings::default()
    };
    analyze("wrapped", capture, &settings)
}

/// What is said of the logins: without the packets' numbers, which fragments change.
fn said(report: &CaptureReport) -> Vec<String> {
    let logins = report.logins.iter();
    logins
        .map(|examined| {
            let login = &examined.login;
            let codes: Vec<_> = examined.findings.iter().map(|f| f.code).collect();
            let steps: Vec<_> = login.steps.iter().map(|step| step.kind).collect();
            let user = login
                .request
                .as_ref()
                .and_then(|request| request.user.clone());
            format!(
                "{} {} {} → {} {user:?} {:?} {:?} {codes:?} {steps:?}",
                examined.stream,
                login.attempt,
                login.client,
                login.server,
                std::mem::discriminant(&login.outcome),
                examined.examination.verdict,
            )
        })
        .collect()
}

/// As [`said`], with the packets.
fn said_with_packets(report: &CaptureReport) -> Vec<String> {
    let logins = report.logins.iter();
    let packets = logins.map(|e| {
        e.login
            .steps
            .iter()
            .map(|s| s.at.number)
            .collect::<Vec<_>>()
    });
    let said = said(report).into_iter().zip(packets);
    said.map(|(said, packets)| format!("{said} {packets:?}"))
        .collect()
}

fn kinds(report: &CaptureReport) -> Vec<(&'static str, u64)> {
    let of_wire = |kind: &str| {
        ["ip", "tcp", "link", "tunnel", "fragment", "frame"]
            .iter()
            .any(|what| kind.starts_with(what))
    };
    let diagnostics = report.diagnostics.iter();
    diagnostics
        .filter(|d| of_wire(d.kind) && d.kind != "tcp-checksum-offloaded")
        .map(|d| (d.kind, d.count))
        .collect()
}

fn plain(packets: &[Recorded]) -> Vec<u8> {
    let framed: Vec<_> = packets
        .iter()
        .map(|packet| (packet.micros, wrap::ethernet(&packet.ip)))
        .collect();
    wrap::pcap(
        1,
        framed
            .iter()
            .map(|(micros, data)| (*micros, data.as_slice())),
    )
}

/// A capture of fragments: `cut` gives those of one packet, the number counts packets.
fn in_fragments(packets: &[Recorded], mut cut: impl FnMut(&[u8], u16) -> Vec<Vec<u8>>) -> Vec<u8> {
    let mut pieces = Vec::new();
    for (number, packet) in (1..).zip(packets) {
        let cut = cut(&packet.ip, number);
        pieces.extend(cut.into_iter().map(|ip| (packet.micros, ip)));
    }
    wrap::pcap(
        101,
        pieces.iter().map(|(micros, ip)| (*micros, ip.as_slice())),
    )
}

#[test]
fn every_tunnel_and_link_gives_what_the_plain_packets_give() {
    for (name, password, logins) in RECORDED {
        let packets = recording(name);
        let expected = report(&plain(&packets), password);
        assert_eq!(expected.logins.len(), logins, "{name}");
        for (how, link, carry) in WRAPS {
            let carried: Vec<_> = packets.iter().map(|p| (p.micros, carry(&p.ip))).collect();
            let capture = wrap::pcap(*link, carried.iter().map(|(m, data)| (*m, data.as_slice())));
            let found = report(&capture, password);
            assert_eq!(
                said_with_packets(&found),
                said_with_packets(&expected),
                "{name}: {how}"
            );
            assert_eq!(kinds(&found), [], "{name}: {how}");
            assert_eq!(found.connections, expected.connections, "{name}: {how}");
        }
    }
}

type Cut = fn(&[u8], u16) -> Vec<Vec<u8>>;

const FRAGMENTED: [(&str, Cut); 6] = [
    ("in order", |ip, id| wrap::fragments(ip, 24, id)),
    ("backwards", |ip, id| {
        let mut cut = wrap::fragments(ip, 16, id);
        cut.reverse();
        cut
    }),
    ("each twice", |ip, id| {
        let cut = wrap::fragments(ip, 24, id);
        cut.iter()
            .flat_map(|piece| [piece.clone(), piece.clone()])
            .collect()
    }),
    ("in two sizes, overlapping", |ip, id| {
        let (large, small) = (wrap::fragments(ip, 16, id), wrap::fragments(ip, 24, id));
        small
            .into_iter()
            .rev()
            .skip(1)
            .rev()
            .chain(large.into_iter().rev())
            .collect()
    }),
    ("of the tunnel", |ip, id| {
        let vxlan = [&[8, 0, 0, 0, 0, 0, 42, 0], wrap::ethernet(ip).as_slice()].concat();
        wrap::fragments(&wrap::ipv4(17, &wrap::udp(4789, &vxlan)), 48, id)
    }),
    ("in a tunnel that came in fragments", |ip, id| {
        let inner = wrap::fragments(ip, 24, id);
        let outer = inner.iter().zip(0..).map(|(piece, number)| {
            let kind = if wrap::is_v6(ip) {
                [0x86, 0xdd]
            } else {
                [8, 0]
            };
            let gre = [[0, 0].as_slice(), &kind, piece];
            wrap::fragments(&wrap::ipv4(47, &gre.concat()), 16, id * 100 + number)
        });
        outer.flatten().collect()
    }),
];

#[test]
fn fragments_give_what_whole_packets_give() {
    for (name, password, _) in RECORDED {
        let packets = recording(name);
        let expected = report(&plain(&packets), password);
        for (how, cut) in FRAGMENTED {
            let found = report(&in_fragments(&packets, cut), password);
            assert_eq!(said(&found), said(&expected), "{name}: {how}");
            assert_eq!(kinds(&found), [], "{name}: {how}");
            assert_eq!(found.connections, expected.connections, "{name}: {how}");
        }
    }
}

/// The packets of the login, with one fragment of the packet at `place` left out or changed.
fn spoiled(place: usize, spoil: impl Fn(&mut Vec<Vec<u8>>)) -> CaptureReport {
    let packets = recording("pymysql-1.1.1-rds-proxy.pcap");
    let capture = in_fragments(&packets, |ip, id| {
        let mut cut = wrap::fragments(ip, 24, id);
        if usize::from(id) == place {
            spoil(&mut cut);
        }
        cut
    });
    report(&capture, "Violet-Harbor-42")
}

#[test]
fn what_fragments_leave_open_is_told_and_proves_nothing() {
    // Packet 9 holds the response.
    let missing = spoiled(9, |cut| {
        cut.remove(1);
    });
    assert_eq!(kinds(&missing), [("fragments-incomplete", 1)]);
    let other = spoiled(9, |cut| {
        let mut forged = cut[1].clone();
        *forged.last_mut().unwrap() ^= 1;
        cut.insert(1, forged);
    });
    assert_eq!(kinds(&other), [("fragments-conflict", 1)]);
    for report in [missing, other] {
        let codes: Vec<_> = report.logins[0]
            .findings
            .iter()
            .map(|f| f.code.to_string())
            .collect();
        assert_eq!(codes, ["login-incomplete"]);
        let verdict = format!("{:?}", report.logins[0].examination.verdict);
        assert!(verdict.starts_with("Unverifiable"), "{verdict}");
    }
}

#[test]
fn fragments_too_far_apart_in_time_are_not_of_one_packet() {
    let packets = recording("pymysql-1.1.1-rds-proxy.pcap");
    for (seconds, waits) in [(59, true), (61, false)] {
        let mut pieces = Vec::new();
        for (number, packet) in (1..).zip(&packets) {
            let late = |place| u64::from(place > 0 && number == 9) * seconds * 1_000_000;
            let cut = wrap::fragments(&packet.ip, 24, number)
                .into_iter()
                .enumerate();
            pieces.extend(cut.map(|(place, ip)| (packet.micros + late(place), ip)));
        }
        let capture = wrap::pcap(101, pieces.iter().map(|(m, ip)| (*m, ip.as_slice())));
        let found = report(&capture, "Violet-Harbor-42");
        let told: Vec<_> = kinds(&found).into_iter().map(|(kind, _)| kind).collect();
        let expected: &[_] = if waits {
            &[]
        } else {
            &["fragments-incomplete"]
        };
        assert_eq!(told, expected, "{seconds}");
    }
}

/// A mirror gives both: the packets as they are and as a copy inside of VXLAN.
#[test]
fn a_mirrored_copy_beside_the_packets_changes_nothing() {
    for (name, password, _) in RECORDED {
        let packets = recording(name);
        let expected = report(&plain(&packets), password);
        let (_, _, vxlan) = WRAPS[1];
        let both: Vec<_> = packets
            .iter()
            .flat_map(|p| [(p.micros, vxlan(&p.ip)), (p.micros, wrap::ethernet(&p.ip))])
            .collect();
        let capture = wrap::pcap(1, both.iter().map(|(m, data)| (*m, data.as_slice())));
        let found = report(&capture, password);
        assert_eq!(said(&found), said(&expected), "{name}");
        assert_eq!(found.connections, expected.connections, "{name}");
    }
}

#[test]
fn a_mirror_that_cuts_packets_is_a_snaplen() {
    let packets = recording("pymysql-1.1.1-rds-proxy.pcap");
    let (_, _, vxlan) = WRAPS[1];
    let cut: Vec<_> = packets
        .iter()
        .map(|p| (p.micros, vxlan(&p.ip[..p.ip.len().min(96)])))
        .collect();
    let capture = wrap::pcap(1, cut.iter().map(|(m, data)| (*m, data.as_slice())));
    let report = report(&capture, "Violet-Harbor-42");
    let codes: Vec<_> = report.logins[0]
        .findings
        .iter()
        .map(|f| f.code.to_string())
        .collect();
    assert_eq!(codes, ["login-incomplete"]);
}

#[test]
fn tunnels_end_somewhere() {
    let packets = recording("pymysql-1.1.1-rds-proxy.pcap");
    for (depth, reads) in [(8, true), (9, false)] {
        let nested: Vec<_> = packets
            .iter()
            .map(|p| {
                (
                    p.micros,
                    (0..depth).fold(p.ip.clone(), |ip, _| wrap::ipv4(4, &ip)),
                )
            })
            .collect();
        let capture = wrap::pcap(101, nested.iter().map(|(m, data)| (*m, data.as_slice())));
        let found = report(&capture, "Violet-Harbor-42");
        assert_eq!(found.logins.len(), usize::from(reads), "{depth}");
        let told: &[_] = if reads {
            &[]
        } else {
            &[("tunnels-nested", 13)]
        };
        assert_eq!(kinds(&found), told);
    }
}

type Carry = fn(&[u8]) -> Vec<u8>;

/// A UDP port is no proof: on a tunnel's port, what is no tunnel by its own header is nothing.
#[test]
fn a_port_alone_makes_no_tunnel() {
    let packets = recording("pymysql-1.1.1-rds-proxy.pcap");
    let inside: [(u16, Carry); 6] = [
        // flags, the reserved byte, the version of something else
        (4789, |ip| {
            [&[0, 0, 0, 0, 0, 0, 42, 0], wrap::ethernet(ip).as_slice()].concat()
        }),
        (8472, |ip| {
            [&[8, 0, 0, 0, 0, 0, 42, 1], wrap::ethernet(ip).as_slice()].concat()
        }),
        (4790, |ip| [&[4, 0, 0, 1, 0, 0, 42, 0], ip].concat()),
        (6081, |ip| {
            [
                &[0x40, 0, 0x65, 0x58, 0, 0, 42, 0],
                wrap::ethernet(ip).as_slice(),
            ]
            .concat()
        }),
        (6081, |ip| [&[0, 0x80, 8, 0, 0, 0, 42, 0], ip].concat()),
        (53, |ip| {
            [&[8, 0, 0, 0, 0, 0, 42, 0], wrap::ethernet(ip).as_slice()].concat()
        }),
    ];
    for (port, carry) in inside {
        let carried: Vec<_> = packets
            .iter()
            .map(|p| (p.micros, wrap::ipv4(17, &wrap::udp(port, &carry(&p.ip)))))
            .collect();
        let capture = wrap::pcap(101, carried.iter().map(|(m, data)| (*m, data.as_slice())));
        let found = report(&capture, "Violet-Harbor-42");
        assert_eq!((found.connections, kinds(&found)), (0, vec![]), "{port}");
    }
}

/// The header of each link before an IP packet: cooked captures beside Ethernet, PPP and others.
fn on_link(link: LinkType, ip: &[u8]) -> Vec<u8> {
    let header: &[u8] = match link {
        LinkType::ETHERNET => return wrap::ethernet(ip),
        LinkType::LINUX_SLL => &[0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0],
        LinkType::LINUX_SLL2 => &[8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 4, 6, 2, 0, 0, 0, 0, 1, 0, 0],
        LinkType::PPP => &[0xff, 3, 0, 0x21],
        LinkType::NULL => &[2, 0, 0, 0],
        _ => &[],
    };
    [header, ip].concat()
}

#[test]
fn one_capture_of_several_links() {
    let packets = recording("pymysql-1.1.1-rds-proxy.pcap");
    let expected = report(&plain(&packets), "Violet-Harbor-42");
    let links = [
        LinkType::LINUX_SLL,
        LinkType::PPP,
        LinkType::LINUX_SLL2,
        LinkType::ETHERNET,
        LinkType::NULL,
        LinkType::RAW,
    ];
    let mut writer = PcapNgWriter::new(Vec::new(), "several links").unwrap();
    let mut described = Vec::new();
    let usb = writer.interface(LinkType(189), "usb").unwrap();
    let bluetooth = writer.interface(LinkType(201), "bluetooth").unwrap();
    for link in links {
        described.push((link, writer.interface(link, "one of them").unwrap()));
    }
    for (packet, (link, interface)) in packets.iter().zip(described.iter().cycle()) {
        let time = i64::try_from(packet.micros * 1000).unwrap();
        let time = Some(Timestamp::from_nanos(time));
        let data = on_link(*link, &packet.ip);
        let wire = u32::try_from(data.len()).unwrap();
        writer.packet(usb, time, 64, &[0; 64], "").unwrap();
        writer.packet(bluetooth, time, 9, &[0; 9], "").unwrap();
        writer.packet(*interface, time, wire, &data, "").unwrap();
    }
    let found = report(&writer.finish().unwrap(), "Violet-Harbor-42");
    assert_eq!(said(&found), said(&expected));
    let told: Vec<_> = found
        .diagnostics
        .iter()
        .filter(|d| d.kind == "link-type-unsupported")
        .map(|d| (d.message.as_str(), d.count, d.packet))
        .collect();
    let count = packets.len() as u64;
    assert_eq!(
        told,
        [
            (
                "packets of link type 189 (USB_LINUX) are not read",
                count,
                Some(1)
            ),
            (
                "packets of link type 201 (BLUETOOTH_HCI_H4_WITH_PHDR) are not read",
                count,
                Some(2)
            ),
        ]
    );
}

type Spoil = fn(&mut Vec<u8>);

/// Radio that cannot be read is named: encrypted frames, damaged ones, several packets in one.
#[test]
fn radio_that_says_nothing_is_named() {
    let packets = recording("pymysql-1.1.1-rds-proxy.pcap");
    let (_, _, radio) = WRAPS
        .iter()
        .find(|(name, _, _)| name.contains("radiotap"))
        .unwrap();
    let spoilt: [(&str, Spoil); 5] = [
        ("frame-encrypted", |frame| frame[19] |= 0x40),
        ("frame-damaged", |frame| frame[16] |= 0x40),
        ("tunnel-unsupported", |frame| frame[19] |= 4),
        // quality of service: several packets in the frame, and its length says that there are more
        ("tunnel-unsupported", |frame| {
            frame[48] |= 0x80;
            frame.splice(50..50, [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0, 8]);
        }),
        ("link-truncated", |frame| frame.truncate(30)),
    ];
    for (kind, spoil) in spoilt {
        let carried: Vec<_> = packets
            .iter()
            .map(|p| {
                let mut frame = radio(&p.ip);
                spoil(&mut frame);
                (p.micros, frame)
            })
            .collect();
        let capture = wrap::pcap(127, carried.iter().map(|(m, data)| (*m, data.as_slice())));
        let found = report(&capture, "Violet-Harbor-42");
        assert_eq!((kinds(&found), found.connections), (vec![(kind, 13)], 0));
    }
}

/// The stream of each packet by tshark's word, and here. Runs where the corpus is, and tshark with it.
#[test]
fn tshark_counts_the_same_streams() {
    if common::corpus().is_none() {
        return;
    }
    let mut compared = 0;
    for (name, _, _) in RECORDED {
        let packets = recording(name);
        let mut captures: Vec<(String, Vec<u8>)> = Vec::new();
        for (how, link, carry) in WRAPS {
            let carried: Vec<_> = packets.iter().map(|p| (p.micros, carry(&p.ip))).collect();
            let capture = wrap::pcap(*link, carried.iter().map(|(m, data)| (*m, data.as_slice())));
            captures.push(((*how).to_owned(), capture));
        }
        for (how, cut) in FRAGMENTED {
            captures.push((how.to_owned(), in_fragments(&packets, cut)));
        }
        for (how, capture) in captures {
            let ours = segments(&capture);
            let theirs = tshark(&capture);
            assert_eq!(ours, theirs, "{name}: {how}");
            compared += ours.len();
        }
    }
    assert!(compared > 1000, "{compared}");
}

/// Packet, source and destination port and payload length of each segment.
fn segments(capture: &[u8]) -> Vec<String> {
    let mut reader = CaptureReader::open(capture).unwrap();
    let mut decoder = Decoder::default();
    let mut found = Vec::new();
    while let Some(packet) = reader.next_packet().unwrap() {
        if let Decoded::Tcp(segment) = decoder.decode(&packet) {
            let (from, to) = (segment.from.port, segment.to.port);
            let (number, length) = (segment.at.number, segment.payload.len());
            found.push(format!("{number} {from} {to} {length}"));
        }
    }
    found
}

fn tshark(capture: &[u8]) -> Vec<String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), capture).unwrap();
    let mut command = std::process::Command::new("tshark");
    command.args(["-n", "-Y", "tcp", "-T", "fields", "-E", "separator= "]);
    // tshark knows no port but IANA's, as the report says; and behind labels no frame.
    let told = [
        "udp.port==8472,vxlan",
        "mpls.label==16,pwethnocw",
        "mpls.label==32,pwethcw",
    ];
    command.args(told.iter().flat_map(|as_what| ["-d", as_what]));
    for field in ["frame.number", "tcp.srcport", "tcp.dstport", "tcp.len"] {
        command.args(["-e", field]);
    }
    let output = command.arg("-r").arg(file.path()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}
