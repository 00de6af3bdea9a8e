//! MySQL conversations that lie: about lengths, about whose turn it is, about being MySQL. Nothing is
//! accused, nothing is invented, and memory stays small.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

#[path = "common/wrap.rs"]
mod wrap;

use unscramble::analyze::{AnalyzeSettings, analyze};
use unscramble::auth::{Candidate, Candidates, Secret};
use unscramble::report::CaptureReport;

const GREETING: &[u8] = b"\x0a8.0.35\0\x01\0\0\0abcdefgh\0\xff\xf7\x21\x02\0\xff\xdf\x15\
\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0caching_sha2_password\0";
const SWITCH: &[u8] = b"\xfemysql_native_password\0ABCDEFGHIJKLMNOPQRST\0";
const OK: &[u8] = &[0, 0, 0, 2, 0, 0, 0];
const DENIED: &[u8] = b"\xff\x15\x04#28000Access denied for user 'app'@'h' (using password: YES)";

/// A login packet of protocol 4.1 with plugin names and attributes, with this after the user's name.
fn login(behind_user: &[u8]) -> Vec<u8> {
    let capabilities = 0x0038_a205_u32;
    let mut bytes = capabilities.to_le_bytes().to_vec();
    bytes.extend([0, 0, 0, 1, 45]);
    bytes.extend([0; 23]);
    bytes.extend(b"app\0");
    bytes.extend(behind_user);
    bytes
}

/// An honest one: 32 bytes of response, a plugin, no attributes.
fn honest_login() -> Vec<u8> {
    let mut behind = vec![32];
    behind.extend([7; 32]);
    behind.extend(b"caching_sha2_password\0\0");
    login(&behind)
}

fn message(sequence: u8, payload: &[u8]) -> Vec<u8> {
    let [a, b, c, _] = u32::try_from(payload.len()).unwrap().to_le_bytes();
    [&[a, b, c, sequence], payload].concat()
}

/// A header that announces more than follows.
fn announced(length: u32, sequence: u8, payload: &[u8]) -> Vec<u8> {
    let [a, b, c, _] = length.to_le_bytes();
    [&[a, b, c, sequence], payload].concat()
}

/// Who speaks, and what.
type Said = (bool, Vec<u8>);

fn client(bytes: impl Into<Vec<u8>>) -> Said {
    (true, bytes.into())
}

fn server(bytes: impl Into<Vec<u8>>) -> Said {
    (false, bytes.into())
}

/// A conversation from SYN to FIN, each thing said in segments of at most 1000 bytes.
fn capture(said: &[Said]) -> Vec<u8> {
    let mut next = [1000_u32, 5000];
    let mut packets: Vec<Vec<u8>> = Vec::new();
    let mut send = |forward: bool, flags: u8, bytes: &[u8]| {
        let (own, other) = if forward { (0, 1) } else { (1, 0) };
        let ports = if forward {
            [40_000, 3306]
        } else {
            [3306, 40_000_u16]
        };
        let mut tcp: Vec<u8> = ports.iter().flat_map(|port| port.to_be_bytes()).collect();
        tcp.extend(next[own].to_be_bytes());
        tcp.extend(next[other].to_be_bytes());
        tcp.extend([0x50, flags, 0x20, 0, 0, 0, 0, 0]);
        tcp.extend(bytes);
        let mut ip = wrap::ipv4(6, &tcp);
        if !forward {
            ip[12..20].copy_from_slice(&[192, 0, 2, 2, 192, 0, 2, 1]);
        }
        packets.push(ip);
        let length = u32::try_from(bytes.len()).unwrap();
        next[own] = next[own].wrapping_add(length + u32::from(flags & 3 != 0));
    };
    send(true, 2, b"");
    send(false, 0x12, b"");
    for (forward, bytes) in said {
        for segment in bytes.chunks(1000) {
            send(*forward, 0x18, segment);
        }
    }
    send(true, 0x11, b"");
    send(false, 0x11, b"");
    wrap::pcap(
        101,
        packets
            .iter()
            .zip(0..)
            .map(|(ip, at)| (at * 1000, ip.as_slice())),
    )
}

fn report(said: &[Said]) -> CaptureReport {
    let candidate = Candidate::new("it".into(), None, Secret::password("Amber-Quarry-88"));
    let settings = AnalyzeSettings {
        candidates: Candidates::new(vec![candidate]),
        ..AnalyzeSettings::default()
    };
    analyze("hostile", capture(said).as_slice(), &settings)
}

/// What accuses client, server or user of something.
const ACCUSES: &str = "salt-trailing-nul hash-order-reversed stale-salt salt-truncated response-truncated \
    response-extra-nul wrong-plugin-response password-transformed wrong-password right-password-rejected \
    candidate-is-wrong empty-response rsa-salt-trailing-nul iam-token";

/// The codes of all findings, which accuse nobody.
fn codes(name: &str, report: &CaptureReport) -> Vec<String> {
    let findings = report.logins.iter().flat_map(|login| &login.findings);
    let codes: Vec<_> = findings.map(|finding| finding.code.to_string()).collect();
    for code in &codes {
        assert!(
            !ACCUSES.split_whitespace().any(|a| a == code),
            "{name}: {code}"
        );
    }
    codes
}

#[test]
fn the_honest_conversation_is_a_login() {
    let report = report(&[
        server(message(0, GREETING)),
        client(message(1, &honest_login())),
        server(message(2, DENIED)),
    ]);
    let codes: Vec<_> = report.logins[0]
        .findings
        .iter()
        .map(|f| f.code.to_string())
        .collect();
    assert_eq!(codes, ["wrong-password"]);
}

/// What a login packet says behind the user's name, and what then is a lie.
#[test]
fn login_packets_whose_lengths_lie() {
    let eight = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    let response = |tail: &[u8]| [&[20], [7; 20].as_slice(), tail].concat();
    let plugin = b"mysql_native_password\0";
    let attributes = |block: &[u8]| [response(plugin).as_slice(), block].concat();
    let lies = [
        // a response of 2⁶⁴-1 bytes; of 251 that are not there; NULL; the header of an ERR
        [&eight, [7; 20].as_slice()].concat(),
        [&[0xfb], [7; 20].as_slice()].concat(),
        [&[0xff], [7; 20].as_slice()].concat(),
        [&[0xfc, 0xff, 0xff], [7; 20].as_slice()].concat(),
        // nothing behind the name; a name without end
        vec![],
        vec![20],
        // attributes: longer than the packet, keys and values longer than the block, a key without a value
        attributes(&eight),
        attributes(&[200, 1, b'a']),
        attributes(&[[4, 250, b'a', 1].as_slice(), b"b"].concat()),
        attributes(&[4, 1, b'a', 250, b'b']),
        attributes(&[[11].as_slice(), &[1, b'a'], &eight].concat()),
        attributes(&[2, 1, b'a']),
        attributes(&[0xfd, 0xff, 0xff, 0xff, 1, b'a', 1, b'b']),
        // a plugin's name without end
        response(b"mysql_native_password"),
    ];
    for lie in lies {
        let report = report(&[
            server(message(0, GREETING)),
            client(message(1, &login(&lie))),
            server(message(2, DENIED)),
        ]);
        assert_eq!(report.logins.len(), 1, "{lie:02x?}");
        let request = report.logins[0].login.request.as_ref();
        for (key, value) in request.iter().flat_map(|request| request.attributes.iter()) {
            assert!(key.len() + value.len() <= lie.len(), "{lie:02x?}");
        }
        let accused = report.logins[0].findings.iter().map(|f| f.code.to_string());
        // A response that is there whole may be judged; one that is not may not.
        let judged = lie.starts_with(&response(b""));
        for code in accused {
            assert!(judged || !ACCUSES.contains(&code), "{lie:02x?}: {code}");
        }
    }
}

/// Nobody is accused, and the message is told.
fn assert_cut(side: &str, report: &CaptureReport, length: u32) {
    codes(side, report);
    let said =
        format!("a message of the {side} could not be read: a message of {length} bytes, not all");
    let told = report
        .diagnostics
        .iter()
        .any(|d| d.message.starts_with(&said));
    assert!(told, "{said}: {:?}", report.diagnostics);
}

#[test]
fn messages_announced_and_never_sent() {
    for length in [0x00ff_ffff, 0x00ff_fffe, 70_000] {
        let of_client = report(&[
            server(message(0, GREETING)),
            client(announced(length, 1, &honest_login())),
        ]);
        assert_cut("client", &of_client, length);
        let of_switch = report(&[
            server(message(0, GREETING)),
            client(message(1, &honest_login())),
            server(announced(length, 2, SWITCH)),
            client(message(3, &[7; 20])),
        ]);
        assert_cut("server", &of_switch, length);
        let of_greeting = report(&[server(announced(length, 0, GREETING)), client(*b"x")]);
        assert_eq!(
            of_greeting.logins.len(),
            0,
            "no server greets with {length} bytes"
        );
    }
}

/// 16 MiB that are really sent, as a login packet and as an error: kept only up to a cap.
#[test]
fn messages_of_16_mib() {
    let long = [
        honest_login(),
        vec![b'a'; 0x00ff_fffe - honest_login().len()],
    ]
    .concat();
    let report = report(&[
        server(message(0, GREETING)),
        client(message(1, &long)),
        server(message(2, DENIED)),
    ]);
    assert_eq!(report.logins.len(), 1);
    let request = report.logins[0].login.request.as_ref();
    let user = request.and_then(|request| request.user.clone());
    assert_eq!(user.as_deref(), Some(&b"app"[..]));
}

#[test]
fn thousands_of_switches() {
    let mut said = vec![
        server(message(0, GREETING)),
        client(message(1, &honest_login())),
    ];
    for round in 0..5000_u32 {
        let [sequence, ..] = (2 + round * 2).to_le_bytes();
        said.push(server(message(sequence, SWITCH)));
        said.push(client(message(sequence.wrapping_add(1), &[7; 20])));
    }
    said.push(server(message(2, DENIED)));
    let report = report(&said);
    assert_eq!(report.logins.len(), 1);
    let login = &report.logins[0].login;
    assert!(login.steps.len() <= 256 && login.faults.len() <= 256);
    codes("switches", &report);
}

/// What nobody says at that place.
#[test]
fn messages_in_the_wrong_state() {
    let greeting = || server(message(0, GREETING));
    let login = || client(message(1, &honest_login()));
    let scenes: [(&str, Vec<Said>); 10] = [
        (
            "greeted twice",
            vec![greeting(), greeting(), login(), server(message(2, OK))],
        ),
        (
            "an OK before the login",
            vec![greeting(), server(message(1, OK)), login()],
        ),
        (
            "a switch before the login",
            vec![greeting(), server(message(1, SWITCH)), login()],
        ),
        (
            "login twice",
            vec![greeting(), login(), login(), server(message(2, OK))],
        ),
        (
            "the client greets back",
            vec![greeting(), client(message(1, GREETING))],
        ),
        (
            "the client switches",
            vec![greeting(), login(), client(message(2, SWITCH))],
        ),
        (
            "the client says OK",
            vec![greeting(), client(message(1, OK))],
        ),
        (
            "the client speaks HTTP",
            vec![greeting(), client(*b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")],
        ),
        (
            "the server logs in",
            vec![greeting(), server(message(1, &honest_login()))],
        ),
        (
            "empty messages",
            vec![greeting(), client(message(1, b"")), server(message(2, b""))],
        ),
    ];
    for (name, scene) in scenes {
        let report = report(&scene);
        assert_eq!(report.logins.len(), 1, "{name}");
        let codes = codes(name, &report);
        assert!(codes.len() <= 3, "{name}: {codes:?}");
    }
}

/// A server that says more and more of what is nothing at all: one login, of bounded size.
#[test]
fn nonsense_without_end() {
    let mut said = vec![server(message(0, GREETING))];
    said.extend((0..20_000).map(|_| server(message(1, &[0x33; 5]))));
    let report = report(&said);
    assert_eq!(report.logins.len(), 1);
    assert!(report.logins[0].login.faults.len() <= 256);
}

/// The end that was called greets, as a MySQL client would have it; the end that called logs in. The other
/// way round there is no MySQL server: nothing of it is a login.
#[test]
fn a_server_that_speaks_as_the_client() {
    let turned = report(&[
        client(message(0, GREETING)),
        server(message(1, &honest_login())),
        client(message(2, DENIED)),
    ]);
    assert_eq!(turned.logins.len(), 0);
    let both = report(&[
        client(message(1, &honest_login())),
        server(message(1, &honest_login())),
    ]);
    codes("both", &both);
}

/// Streams of other protocols that begin as a greeting does.
#[test]
fn what_looks_like_a_greeting_for_a_while() {
    let framed = |payload: &[u8]| server(message(0, payload));
    let streams: [Said; 10] = [
        // lengths and a field with number 1 and a text, as protocol buffers have them
        framed(b"\x0a\x098.0.35-ab\x12\x04true"),
        framed(b"\x0a58.0.35 is the version of that and nothing else, as you see\x10\0\x18\0"),
        // the version and no more; and with something else where the salt has its end
        framed(b"\x0a8.0.35"),
        framed(b"\x0a8.0.35\0"),
        framed(b"\x0a8.0.35\0\x01\0\0\0abcdefgh"),
        framed(b"\x0a8.0.35\0\x01\0\0\0abcdefghX\xff\xf7\x21\x02\0"),
        // no version of anything
        framed(b"\x0aHello there, this is a text\0\x01\0\0\0abcdefgh\0\0\0"),
        framed(b"\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
        // a line, and an error that is none
        server(*b"\n8.0.35\r\nready\r\n"),
        framed(b"\xff\xff\xff\xff\xff"),
    ];
    for stream in streams {
        let shown = String::from_utf8_lossy(&stream.1).into_owned();
        let answered = report(&[stream.clone(), client(*b"PING\r\n"), server(*b"PONG\r\n")]);
        assert_eq!(answered.logins.len(), 0, "{shown:?}");
        let alone = report(&[stream]);
        assert_eq!(alone.logins.len(), 0, "{shown:?}");
    }
}
