//! Every sample and every public capture that holds TCP, read by tshark and by this crate: the
//! conversations and their ends, the reassembled bytes of each direction, what TLS carried where keys are
//! there, and the messages of each login with their packets.
//!
//! Where the two differ, [`EXPLAINED`] says why. A difference that is not listed fails, and so does one
//! that is listed and no longer there.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "common/streams.rs"]
mod streams;
#[path = "common/texts.rs"]
mod texts;
#[path = "common/tshark.rs"]
mod tshark;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use streams::{Recorder, decrypted, reassemble};
use unscramble::analyze::{AnalyzeSettings, analyze};
use unscramble::mysql::{Outcome, StepKind, Transport};
use unscramble::net::Endpoint;
use unscramble::report::CaptureReport;
use unscramble::tls::{KeyLog, Keys, looks_like_client_hello};

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Aspect {
    /// How many conversations, and between whom.
    Conversations,
    /// The reassembled bytes of each direction.
    Bytes,
    /// The bytes inside TLS.
    Decrypted,
    /// The packets that the messages of a login end in.
    Messages,
}
use Aspect::{Bytes, Conversations, Decrypted, Messages};

/// Where we differ from tshark, in what, and why.
const EXPLAINED: &[(&str, Aspect, &str)] = &[
    (
        "tcpdump/arcnet-rfc1051-arp-icmp-http.pcap",
        Conversations,
        LINK,
    ),
    (
        "tcpdump/arcnet-rfc1201-arp-icmp-http.pcap",
        Conversations,
        LINK,
    ),
    ("tcpdump/bgp-aigp.pcap", Conversations, LINK),
    ("tcpdump/ipoib.pcap", Conversations, LINK),
    (
        "tcpdump/bgp-bgp_capabilities_print-oobr-1.pcap",
        Bytes,
        FRAGMENT,
    ),
    (
        "tcpdump/bgp-bgp_capabilities_print-oobr-2.pcap",
        Bytes,
        FRAGMENT,
    ),
    ("tcpdump/bgp_pmsi_tunnel-oobr.pcap", Bytes, FRAGMENT),
    ("tcpdump/rpki-rtr-oobr.pcap", Bytes, FRAGMENT),
    ("tcpdump/sflow_expanded.pcap", Conversations, SFLOW),
    ("tcpdump/bgp-cease-hard-reset.pcap", Bytes, UNACKNOWLEDGED),
    ("tcpdump/of10_s4810.pcap", Bytes, OPENFLOW),
    ("tcpdump/of13_ericsson.pcapng", Bytes, OPENFLOW),
    ("tcpdump/tcp_rst_data-trunc.pcap", Bytes, RESET),
    ("tcpdump/tcp_rst_data.pcap", Bytes, RESET),
    ("tcpdump/tcp_rst_diag_payload-trunc.pcap", Bytes, RESET),
    ("tcpdump/tcp_rst_diag_payload.pcap", Bytes, RESET),
    ("change-user-zlib", Messages, COMPRESSED),
    ("change-user-zstd", Messages, COMPRESSED),
    ("haproxy-check-pre-41", Messages, UNASKED),
    ("haproxy-check", Messages, UNASKED),
    ("proxy-v1", Messages, PROXY),
    ("proxy-v2", Messages, PROXY),
    ("tls-version-refused", Messages, BESIDE_TLS),
    ("tls-from-first-byte-1.2", Messages, TLS_FIRST),
    ("tls-from-first-byte", Messages, TLS_FIRST),
];

const LINK: &str = "a link type that is not read";
const FRAGMENT: &str =
    "a first fragment whose others are missing: its bytes count here, and not there";
const SFLOW: &str =
    "the head of a packet that an sFlow sample quotes is no packet of the capture here";
const TLS_FIRST: &str =
    "tshark cannot be told that MySQL is inside a port that speaks TLS from its first byte";
const UNACKNOWLEDGED: &str = "tshark leaves out what stands behind a hole that nobody acknowledges";
const OPENFLOW: &str = "tshark follows the packets inside OpenFlow messages instead (without its openflow \
    dissector it has the same bytes)";
const RESET: &str =
    "text in a RST is no part of the stream (RFC 9293, section 3.5.2) here, and is there";
const COMPRESSED: &str = "tshark unpacks no zstd, and names no command behind compression";
const UNASKED: &str = "a login and a quit sent before the greeting: tshark takes both for commands";
const PROXY: &str = "tshark takes the PROXY header for the client's first message";
const BESIDE_TLS: &str = "an ERR in the clear behind a TLS alert: tshark waits for TLS";

/// The two ends, and the bytes that each of them sent.
#[derive(Debug, Default)]
struct Conversation {
    ends: BTreeSet<Endpoint>,
    sent: BTreeMap<Endpoint, Vec<u8>>,
}

/// By stream number.
fn conversations(recorders: &[(u64, Recorder)]) -> BTreeMap<u64, Conversation> {
    let mut all: BTreeMap<u64, Conversation> = BTreeMap::new();
    for (stream, recorder) in recorders {
        let conversation = all.entry(*stream).or_default();
        conversation.ends.extend([recorder.from, recorder.to]);
        for piece in &recorder.data {
            let sender = recorder.sender(piece.direction);
            let sent = conversation.sent.entry(sender).or_default();
            sent.extend(&piece.bytes);
        }
    }
    all
}

/// A frame of a TCP conversation, in tshark's words.
struct Frame {
    number: u64,
    stream: u64,
    ends: BTreeSet<Endpoint>,
    /// MySQL messages that end in it.
    messages: usize,
    /// What they are, of those that tshark has a name for.
    kinds: BTreeSet<Kind>,
}

/// The kinds of messages that tshark tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Greeting,
    Login,
    ChangeUser,
    Error,
}

/// What `-z follow,…` wrote.
#[derive(Debug)]
struct Followed {
    tls: bool,
    stream: u64,
    nodes: [Option<Endpoint>; 2],
    sent: [Vec<u8>; 2],
}

const FIELDS: [&str; 14] = [
    "frame.number",
    "tcp.stream",
    "ip.src",
    "ip.dst",
    "ipv6.src",
    "ipv6.dst",
    "tcp.srcport",
    "tcp.dstport",
    "mysql.packet_number",
    "mysql.server_greeting",
    "mysql.login_request",
    "mysql.command",
    "mysql.error_code",
    "frame.protocols",
];

/// One run of tshark: the frames, then each of these conversations followed.
fn ask_tshark(
    capture: &Path,
    streams: u64,
    [ports, tls_first]: [&BTreeSet<u16>; 2],
    keys: Option<&Path>,
    tls: &BTreeSet<u64>,
) -> (Vec<Frame>, Vec<Followed>) {
    let mut arguments = tshark::mysql_on(ports);
    // Where TLS comes first, the port speaks that; that MySQL is inside cannot be said.
    for port in tls_first {
        let says = ["-d", &format!("tcp.port=={port},tls")];
        arguments.extend(says.map(str::to_owned));
    }
    let mut add = |words: &[&str]| arguments.extend(words.iter().map(|word| (*word).to_owned()));
    add(&["-Y", "tcp", "-T", "fields", "-E", "occurrence=a"]);
    for field in FIELDS {
        add(&["-e", field]);
    }
    for stream in 0..streams {
        add(&["-z", &format!("follow,tcp,raw,{stream}")]);
    }
    if let Some(keys) = keys {
        add(&["-o", &format!("tls.keylog_file:{}", keys.display())]);
    }
    for stream in tls {
        add(&["-z", &format!("follow,tls,raw,{stream}")]);
    }
    let said = tshark::tshark_as_far_as_it_reads(capture, &arguments);
    let (mut frames, mut followed) = (Vec::new(), Vec::new());
    let mut rest = said.lines();
    while let Some(line) = rest.next() {
        if line.starts_with("=====") {
            if let Some(conversation) = follow(&mut rest) {
                followed.push(conversation);
            }
        } else if !line.is_empty()
            && let Some(frame) = frame(line)
        {
            frames.push(frame);
        }
    }
    (frames, followed)
}

fn frame(line: &str) -> Option<Frame> {
    let columns: Vec<&str> = line.split('\t').collect();
    assert_eq!(columns.len(), FIELDS.len(), "{line}");
    // Of packets inside packets the innermost counts.
    let last = |column: usize| columns[column].rsplit(',').next().filter(|s| !s.is_empty());
    let mut layers = columns[13].rsplit(':');
    let is_v6 = layers.find(|layer| ["ip", "ipv6"].contains(layer)) == Some("ipv6");
    let address = |v4: usize, v6: usize| -> Option<IpAddr> {
        last(if is_v6 { v6 } else { v4 })?.parse().ok()
    };
    let port = |column: usize| last(column)?.parse().ok();
    let end = |v4, v6, column| {
        Some(Endpoint {
            address: address(v4, v6)?,
            port: port(column)?,
        })
    };
    let mut kinds = BTreeSet::new();
    for (column, kind) in [(9, Kind::Greeting), (10, Kind::Login), (12, Kind::Error)] {
        if !columns[column].is_empty() {
            kinds.insert(kind);
        }
    }
    if columns[11].split(',').any(|command| command == "17") {
        kinds.insert(Kind::ChangeUser);
    }
    Some(Frame {
        number: last(0)?.parse().ok()?,
        stream: last(1)?.parse().ok()?,
        ends: [end(2, 4, 6), end(3, 5, 7)].into_iter().flatten().collect(),
        messages: columns[8].split(',').filter(|n| !n.is_empty()).count(),
        kinds,
    })
}

/// Reads one conversation, up to its closing line.
fn follow<'a>(lines: &mut impl Iterator<Item = &'a str>) -> Option<Followed> {
    let (mut tls, mut stream) = (false, None);
    let mut nodes = [None; 2];
    let mut sent = [Vec::new(), Vec::new()];
    for line in lines {
        if line.starts_with("=====") {
            break;
        } else if let Some(what) = line.strip_prefix("Follow: ") {
            tls = what.starts_with("tls");
        } else if let Some(number) = line.strip_prefix("Filter: tcp.stream eq ") {
            stream = number.parse().ok();
        } else if let Some(node) = line.strip_prefix("Node ") {
            let (number, end) = node.split_once(": ").unwrap();
            let (address, port) = end.rsplit_once(':').unwrap();
            let address = address.trim_matches(['[', ']']).parse().ok();
            nodes[usize::from(number == "1")] = address.map(|address| Endpoint {
                address,
                port: port.parse().unwrap(),
            });
        } else {
            let side = usize::from(line.starts_with('\t'));
            sent[side].extend(unhex(line.trim()));
        }
    }
    Some(Followed {
        tls,
        stream: stream?,
        nodes,
        sent,
    })
}

fn unhex(text: &str) -> Vec<u8> {
    unscramble::auth::hex::parse(text).unwrap_or_else(|_| panic!("{text}"))
}

/// What a capture came to.
#[derive(Default)]
struct Compared {
    conversations: usize,
    bytes: usize,
    decrypted: usize,
    logins: usize,
    messages: usize,
    differences: Vec<(Aspect, String)>,
}

fn compare(capture: &Path) -> Compared {
    let mut compared = Compared::default();
    let keylog = capture.with_extension("keylog");
    let keylog = keylog.exists().then_some(keylog);
    let logs: Vec<_> = keylog
        .iter()
        .map(|path| Arc::new(KeyLog::parse(&fs::read(path).unwrap())))
        .collect();
    let settings = AnalyzeSettings {
        key_logs: logs.clone(),
        ..AnalyzeSettings::default()
    };
    let report = analyze("it", File::open(capture).unwrap(), &settings);
    let recorders = reassemble(capture);
    let ours = conversations(&recorders);
    let first_byte = |stream: u64| recorders.iter().find(|r| r.0 == stream)?.1.data.first();
    let (tls_first, ports): (BTreeSet<_>, BTreeSet<_>) = report
        .logins
        .iter()
        .map(|l| (l.stream, l.login.server.port))
        .partition(|(stream, _)| {
            first_byte(*stream).is_some_and(|piece| looks_like_client_hello(&piece.bytes))
        });
    let only_ports = |of: BTreeSet<(u64, u16)>| of.into_iter().map(|(_, port)| port).collect();
    let ports: [BTreeSet<u16>; 2] = [only_ports(ports), only_ports(tls_first)];
    let opened: BTreeSet<u64> = report
        .logins
        .iter()
        .filter(|l| keylog.is_some() && matches!(l.login.transport, Transport::Tls { .. }))
        .map(|l| l.stream)
        .collect();
    let count = ours.keys().next_back().map_or(0, |last| last + 1);
    let (frames, followed) =
        ask_tshark(capture, count, ports.each_ref(), keylog.as_deref(), &opened);

    let mut theirs: BTreeMap<u64, BTreeSet<Endpoint>> = BTreeMap::new();
    for frame in &frames {
        theirs.entry(frame.stream).or_insert(frame.ends.clone());
    }
    let ends = ours.iter().map(|(stream, c)| (*stream, c.ends.clone()));
    let ends: BTreeMap<_, _> = ends.collect();
    if ends != theirs {
        let what = format!("{} here, {} there", ends.len(), theirs.len());
        compared.differences.push((Conversations, what));
        // Their numbers do not mean the same conversation then.
        return compared;
    }
    compared.conversations = ends.len();
    for conversation in followed.iter().filter(|followed| !followed.tls) {
        compare_bytes(conversation, &ours[&conversation.stream], &mut compared);
    }
    let keys = Arc::new(Keys::from_parts(logs, Vec::new()));
    for stream in &opened {
        let of_stream = |(number, _): &&(u64, Recorder)| number == stream;
        let (_, recorder) = recorders.iter().find(of_stream).unwrap();
        let login = report.logins.iter().find(|l| l.stream == *stream).unwrap();
        let plain = decrypted(recorder, &login.login, &keys);
        let theirs = followed.iter().find(|f| f.tls && f.stream == *stream);
        let sent = theirs.map(|f| f.sent.clone()).unwrap_or_default();
        compared.decrypted += plain[0].len() + plain[1].len();
        let swapped = [plain[1].clone(), plain[0].clone()];
        if sent != plain && sent != swapped {
            let lengths = |p: &[Vec<u8>; 2]| format!("{} + {}", p[0].len(), p[1].len());
            let what = format!(
                "stream {stream}: {} here, {} there",
                lengths(&plain),
                lengths(&sent)
            );
            compared.differences.push((Decrypted, what));
        }
    }
    compare_messages(&report, &frames, &mut compared);
    compared
}

fn compare_bytes(theirs: &Followed, ours: &Conversation, compared: &mut Compared) {
    let stream = theirs.stream;
    // tshark names an end that sent nothing `:0`; it is the one that is left.
    let unnamed = |node: &Option<Endpoint>| node.is_none();
    for (side, sent) in theirs.sent.iter().enumerate() {
        let other = theirs.nodes[1 - side];
        let node = theirs.nodes[side].or_else(|| {
            let mut left = ours.ends.iter().filter(|end| Some(**end) != other);
            left.next().copied().filter(|_| other.is_some())
        });
        let here = node.and_then(|node| ours.sent.get(&node));
        let here = here.map(Vec::as_slice).unwrap_or_default();
        compared.bytes += here.len();
        if here != sent {
            let same = here.iter().zip(sent).take_while(|(a, b)| a == b).count();
            let what = format!(
                "stream {stream} from {node:?}: {} here, {} there, the first {same} the same",
                here.len(),
                sent.len()
            );
            compared.differences.push((Bytes, what));
        }
    }
    if theirs.nodes.iter().all(unnamed) && !ours.sent.is_empty() {
        let what = format!("stream {stream}: none there");
        compared.differences.push((Bytes, what));
    }
}

/// The packets in which the messages of each login end, and which are what tshark has names for.
fn compare_messages(report: &CaptureReport, frames: &[Frame], compared: &mut Compared) {
    for examined in &report.logins {
        let login = &examined.login;
        let numbers = login.steps.iter().map(|step| step.at.number);
        let (Some(first), Some(last)) = (numbers.clone().min(), numbers.max()) else {
            continue;
        };
        let mut ours: BTreeMap<u64, (usize, BTreeSet<Kind>)> = BTreeMap::new();
        for step in &login.steps {
            let entry = ours.entry(step.at.number).or_default();
            entry.0 += 1;
            let refused = !matches!(login.outcome, Outcome::Accepted);
            entry.1.extend(match step.kind {
                StepKind::Greeting => Some(Kind::Greeting),
                // tshark calls the SSLRequest a login request too, by its first field.
                StepKind::SslRequest | StepKind::Login => Some(Kind::Login),
                StepKind::ChangeUser => Some(Kind::ChangeUser),
                StepKind::Result if refused => Some(Kind::Error),
                _ => None,
            });
        }
        let theirs: BTreeMap<u64, (usize, BTreeSet<Kind>)> = frames
            .iter()
            .filter(|frame| frame.stream == examined.stream && frame.messages > 0)
            .filter(|frame| (first..=last).contains(&frame.number))
            .map(|frame| (frame.number, (frame.messages, frame.kinds.clone())))
            .collect();
        compared.logins += 1;
        compared.messages += login.steps.len();
        if ours != theirs {
            let attempt = login.attempt;
            let what = format!(
                "stream {} attempt {attempt}:\n    here  {ours:?}\n    there {theirs:?}",
                examined.stream
            );
            compared.differences.push((Messages, what));
        }
    }
}

/// The public captures that hold TCP by tshark's word.
fn with_tcp(corpus: &Path) -> Vec<(String, PathBuf)> {
    let rows = include_str!("corpus/tshark.tsv").lines().skip(1);
    let rows = rows.map(|row| row.split('\t').collect::<Vec<_>>());
    rows.filter(|row| row[6] != "0")
        .map(|row| (row[0].to_owned(), corpus.join(row[0])))
        .collect()
}

#[test]
fn tshark_sees_the_same() {
    let Some(corpus) = common::corpus() else {
        return;
    };
    let mut captures = with_tcp(&corpus);
    assert!(captures.len() > 100, "{}", captures.len());
    let samples = texts::samples().into_iter();
    captures.extend(samples.map(|sample| (sample.name, sample.capture)));
    let compared = tshark::side_by_side(&captures, |(_, path)| compare(path));
    let sum = |of: fn(&Compared) -> usize| compared.iter().map(of).sum::<usize>();
    let (conversations, bytes) = (sum(|c| c.conversations), sum(|c| c.bytes));
    let (decrypted, logins, messages) =
        (sum(|c| c.decrypted), sum(|c| c.logins), sum(|c| c.messages));
    println!(
        "{} captures: {conversations} conversations and {bytes} bytes compared, {decrypted} bytes inside TLS, \
         {messages} messages of {logins} logins; {} explained differences",
        captures.len(),
        EXPLAINED.len()
    );
    let mut wrong = Vec::new();
    for ((name, _), compared) in captures.iter().zip(&compared) {
        for aspect in [Conversations, Bytes, Decrypted, Messages] {
            let differences = compared.differences.iter().filter(|d| d.0 == aspect);
            let differences: Vec<_> = differences.map(|d| d.1.as_str()).collect();
            let listed = EXPLAINED.iter().any(|e| e.0 == name && e.1 == aspect);
            match (differences.is_empty(), listed) {
                (false, false) => {
                    wrong.push(format!("{name}: {aspect:?}: {}", differences.join("\n  ")));
                }
                (true, true) => wrong.push(format!("{name}: {aspect:?} no longer differ")),
                _ => {}
            }
        }
    }
    for (name, ..) in EXPLAINED {
        let known = captures.iter().any(|(capture, _)| capture == name);
        assert!(known, "{name} is no capture");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
