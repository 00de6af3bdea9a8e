//! mysql_common, the parsers of a widely used client, over the messages of every sample: what it reads in a
//! greeting, a login, an auth switch, an OK and an ERR is what is read here.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

#[path = "common/streams.rs"]
mod streams;
#[path = "common/texts.rs"]
mod texts;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::sync::Arc;

use mysql_common::constants::CapabilityFlags;
use mysql_common::io::ParseBuf;
use mysql_common::packets as theirs;
use mysql_common::proto::MyDeserialize;
use streams::{decrypted, reassemble};
use unscramble::analyze::{AnalyzeSettings, analyze};
use unscramble::mysql::wire::auth_switch::AuthSwitch;
use unscramble::mysql::wire::capabilities::Capabilities;
use unscramble::mysql::wire::err::ErrorPacket;
use unscramble::mysql::wire::greeting::Greeting;
use unscramble::mysql::wire::handshake_response::HandshakeResponse;
use unscramble::mysql::wire::header::Header;
use unscramble::mysql::wire::ok::OkPacket;
use unscramble::mysql::{Login, Side, Step, StepKind, Transport};
use unscramble::tls::{KeyLog, Keys};

/// Where the two differ, in which message, and why.
const EXPLAINED: &[(&str, &str, &str)] = &[
    ("mid-stream", "result", NOT_CAPTURED),
    ("old-password-320", "result", BEFORE_41),
    ("old-protocol", "result", BEFORE_41),
];

const NOT_CAPTURED: &str =
    "the capabilities were not captured: mysql_common then expects no SQL state, here the # tells";
const BEFORE_41: &str =
    "mysql_common reads no OK of the protocol before 4.1, which has no warnings";

fn read<'a, T: MyDeserialize<'a>>(context: T::Ctx, payload: &'a [u8]) -> Result<T, String> {
    let mut rest = ParseBuf(payload);
    T::deserialize(context, &mut rest).map_err(|error| error.to_string())
}

/// What is read of one message, in words that both can say.
type Fields = BTreeMap<&'static str, String>;

fn hex(bytes: &[u8]) -> String {
    unscramble::auth::hex::lower(bytes)
}

fn greeting(payload: &[u8]) -> (Result<Fields, String>, Result<Fields, String>) {
    let here = Greeting::parse(payload).map_err(|error| error.to_string());
    let here = here.map(|greeting| {
        // mysql_common hands out the salt without its terminator.
        let salt = greeting.salt.strip_suffix(&[0]).unwrap_or(&greeting.salt);
        Fields::from([
            ("protocol", greeting.protocol.to_string()),
            ("version", hex(&greeting.server_version)),
            ("thread", greeting.thread_id.to_string()),
            ("salt", hex(salt)),
            (
                "capabilities",
                format!("{:08x}", greeting.capabilities.0 & 0xFFFF_FFFF),
            ),
            (
                "plugin",
                greeting
                    .plugin
                    .map_or(String::new(), |plugin| hex(plugin.name())),
            ),
        ])
    });
    let there = read::<theirs::HandshakePacket<'_>>((), payload).map(|greeting| {
        Fields::from([
            ("protocol", greeting.protocol_version().to_string()),
            ("version", hex(greeting.server_version_ref())),
            ("thread", greeting.connection_id().to_string()),
            ("salt", hex(&greeting.nonce())),
            (
                "capabilities",
                format!("{:08x}", greeting.capabilities().bits()),
            ),
            (
                "plugin",
                hex(greeting.auth_plugin_name_ref().unwrap_or_default()),
            ),
        ])
    });
    (here, there)
}

fn login(payload: &[u8]) -> (Result<Fields, String>, Result<Fields, String>) {
    let here = HandshakeResponse::parse(payload, 0, None).map_err(|error| error.to_string());
    let here = here.map(|login| {
        let attributes: BTreeMap<_, _> = login
            .attributes
            .iter()
            .map(|(key, value)| (key.to_vec(), value.to_vec()))
            .collect();
        Fields::from([
            (
                "capabilities",
                format!("{:08x}", login.capabilities.0 & 0xFFFF_FFFF),
            ),
            (
                "character set",
                login.character_set.map_or(0, |set| set & 0xFF).to_string(),
            ),
            ("user", hex(&login.user.unwrap_or_default())),
            (
                "response",
                login.auth_response.map_or(String::new(), |r| hex(&r.bytes)),
            ),
            ("database", hex(&login.database.unwrap_or_default())),
            (
                "plugin",
                login
                    .plugin
                    .map_or(String::new(), |plugin| hex(plugin.name())),
            ),
            ("attributes", format!("{attributes:?}")),
        ])
    });
    let there = read::<theirs::HandshakeResponse<'_>>((), payload).map(|login| {
        let attributes = login.connect_attributes().unwrap_or_default();
        let attributes = attributes
            .into_iter()
            .map(|(k, v)| (k.into_bytes(), v.into_bytes()));
        let attributes: BTreeMap<Vec<u8>, Vec<u8>> = attributes.collect();
        Fields::from([
            (
                "capabilities",
                format!("{:08x}", login.capabilities().bits()),
            ),
            ("character set", login.collation().to_string()),
            ("user", hex(login.user())),
            ("response", hex(login.scramble_buf())),
            ("database", hex(login.db_name().unwrap_or_default())),
            (
                "plugin",
                hex(login
                    .auth_plugin()
                    .map_or(&[][..], |plugin| plugin.as_bytes())),
            ),
            ("attributes", format!("{attributes:?}")),
        ])
    });
    (here, there)
}

fn auth_switch(payload: &[u8]) -> (Result<Fields, String>, Result<Fields, String>) {
    let here = AuthSwitch::parse(payload, 0).map_err(|error| error.to_string());
    let here = here.map(|switch| {
        let data = &switch.data.bytes;
        Fields::from([
            (
                "plugin",
                switch
                    .plugin
                    .map_or(String::new(), |plugin| hex(plugin.name())),
            ),
            ("data", hex(data.strip_suffix(&[0]).unwrap_or(data))),
        ])
    });
    let there = if payload.len() == 1 {
        read::<theirs::OldAuthSwitchRequest>((), payload).map(|_| {
            let plugin = hex(b"mysql_old_password");
            Fields::from([("plugin", plugin), ("data", String::new())])
        })
    } else {
        read::<theirs::AuthSwitchRequest<'_>>((), payload).map(|switch| {
            let data = switch.plugin_data();
            Fields::from([
                ("plugin", hex(switch.auth_plugin().as_bytes())),
                ("data", hex(data.strip_suffix(&[0]).unwrap_or(data))),
            ])
        })
    };
    (here, there)
}

fn result(payload: &[u8], capabilities: u64) -> (Result<Fields, String>, Result<Fields, String>) {
    let low = u32::try_from(capabilities & 0xFFFF_FFFF).unwrap();
    let flags = CapabilityFlags::from_bits_truncate(low);
    if payload[0] == 0xFF {
        let here = ErrorPacket::parse(payload, 0).map_err(|error| error.to_string());
        let here = here.map(|error| {
            Fields::from([
                ("code", error.code.to_string()),
                ("state", hex(&error.sql_state.unwrap_or(*b"HY000"))),
                ("message", hex(&error.message)),
            ])
        });
        let there = read::<theirs::ErrPacket<'_>>(flags, payload).map(|error| {
            let error = error.server_error();
            let state = error
                .sql_state_ref()
                .map_or(*b"HY000", theirs::SqlState::as_bytes);
            Fields::from([
                ("code", error.error_code().to_string()),
                ("state", hex(&state)),
                ("message", hex(error.message_ref())),
            ])
        });
        return (here, there);
    }
    let here = OkPacket::parse(payload, 0).map_err(|error| error.to_string());
    let here = here.map(|ok| {
        Fields::from([
            ("rows", ok.affected_rows.unwrap_or_default().to_string()),
            ("id", ok.last_insert_id.unwrap_or_default().to_string()),
            ("status", ok.status.unwrap_or_default().to_string()),
            ("warnings", ok.warnings.unwrap_or_default().to_string()),
        ])
    });
    let there = read::<AnyOk<'_>>(flags, payload).map(|ok| {
        let ok = ok.into_inner();
        Fields::from([
            ("rows", ok.affected_rows().to_string()),
            ("id", ok.last_insert_id().unwrap_or_default().to_string()),
            ("status", ok.status_flags().bits().to_string()),
            ("warnings", ok.warnings().to_string()),
        ])
    });
    (here, there)
}

type AnyOk<'a> = theirs::OkPacketDeserializer<'a, theirs::CommonOkPacket>;

/// The payload of a message, out of its side's stream.
fn payload<'s>(streams: &'s [Vec<u8>; 2], step: &Step) -> Option<&'s [u8]> {
    let stream = &streams[usize::from(step.side == Side::Server)];
    let begins = usize::try_from(step.offset).unwrap();
    let length = usize::try_from(step.length).unwrap();
    let header = Header::parse(stream.get(begins..)?)?;
    if usize::try_from(header.length).unwrap() != length {
        // Its place is one of another stream: inside the compressed protocol, or behind a hole.
        return None;
    }
    stream.get(begins + Header::SIZE..begins + Header::SIZE + length)
}

/// What both sides sent: on the wire, and inside TLS.
fn streams(
    sample: &texts::Sample,
    stream: u64,
    login: &Login,
    keys: &Arc<Keys>,
) -> [[Vec<u8>; 2]; 2] {
    let recorders = reassemble(&sample.capture);
    let (_, recorder) = recorders
        .iter()
        .find(|(number, _)| *number == stream)
        .unwrap();
    let mut wire = [Vec::new(), Vec::new()];
    for piece in &recorder.data {
        let server = recorder.sender(piece.direction) != login.client;
        wire[usize::from(server)].extend(&piece.bytes);
    }
    [wire, decrypted(recorder, login, keys)]
}

#[test]
fn mysql_common_reads_the_same() {
    let mut compared: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut differing = Vec::new();
    for sample in texts::samples() {
        let log = fs::read(sample.capture.with_extension("keylog")).unwrap_or_default();
        let logs = vec![Arc::new(KeyLog::parse(&log))];
        let settings = AnalyzeSettings {
            key_logs: logs.clone(),
            ..AnalyzeSettings::default()
        };
        let keys = Arc::new(Keys::from_parts(logs, Vec::new()));
        let report = analyze("it", File::open(&sample.capture).unwrap(), &settings);
        for examined in report.logins.iter().filter(|l| l.login.attempt == 0) {
            let [wire, inside] = streams(&sample, examined.stream, &examined.login, &keys);
            let tls = matches!(examined.login.transport, Transport::Tls { .. });
            let agreed = agreed(&examined.login);
            let mut in_tls = false;
            for step in &examined.login.steps {
                let of = if in_tls { &inside } else { &wire };
                in_tls |= tls && step.kind == StepKind::SslRequest;
                let Some(payload) = payload(of, step).filter(|payload| !payload.is_empty()) else {
                    continue;
                };
                let (here, there) = match step.kind {
                    StepKind::Greeting if payload[0] == 10 => greeting(payload),
                    StepKind::Login => login(payload),
                    StepKind::AuthSwitch => auth_switch(payload),
                    StepKind::Result => result(payload, agreed.0),
                    _ => continue,
                };
                let what = step.kind.name();
                *compared.entry(what).or_default() += 1;
                // What neither can read is no difference.
                if here != there && (here.is_ok() || there.is_ok()) {
                    let listed = EXPLAINED.iter().any(|e| e.0 == sample.name && e.1 == what);
                    differing.push((sample.name.clone(), what));
                    if !listed {
                        let packet = step.at.number;
                        wrong.push(format!(
                            "{} {what} {packet}:\n  {here:?}\n  {there:?}",
                            sample.name
                        ));
                    }
                }
            }
        }
    }
    for (name, what, _) in EXPLAINED {
        if !differing
            .iter()
            .any(|(sample, kind)| sample == name && kind == what)
        {
            wrong.push(format!("{name} {what}: no longer differs"));
        }
    }
    println!("compared: {compared:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared.values().sum::<usize>() > 400, "{compared:?}");
}

fn agreed(login: &Login) -> Capabilities {
    let request = login
        .request
        .as_ref()
        .and_then(|request| request.capabilities);
    request.unwrap_or(Capabilities(0))
}
