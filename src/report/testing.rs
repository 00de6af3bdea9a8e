//! Hand-built captures for the tests of the renderers.

use crate::auth::{
    Examination, Formula, Match, PasswordForm, SaltForm, Tried, Unverifiable, Verdict,
};
use crate::capture::{Format, PacketRef, Timestamp};
use crate::diagnostic::Diagnostic;
use crate::findings::{Captured, Code, Finding, Prose, Severity};
use crate::mysql::wire::capabilities::Capabilities;
use crate::mysql::wire::err::ErrorPacket;
use crate::mysql::wire::greeting::Greeting;
use crate::mysql::{
    AuthPath, Login, LoginRequest, Outcome, Plugin, Round, RoundStart, Salt, SaltSource, Side,
    Step, StepKind, Transport, Turn,
};
use crate::net::Endpoint;
use crate::report::{CaptureReport, ExaminedLogin, Status};

/// 2024-05-01T10:15:30.123456789Z
const BEGIN: i64 = 1_714_558_530_123_456_789;

pub(super) fn packet(number: u64) -> PacketRef {
    let nanos = i64::try_from(number).unwrap().saturating_mul(1_000_000);
    PacketRef {
        number,
        time: Some(Timestamp::from_nanos(BEGIN.saturating_add(nanos))),
    }
}

pub(super) fn end(address: &str, port: u16) -> Endpoint {
    Endpoint {
        address: address.parse().unwrap(),
        port,
    }
}

/// A capture with these logins.
pub(super) fn capture(path: &str, logins: Vec<ExaminedLogin>) -> CaptureReport {
    CaptureReport {
        path: path.into(),
        status: Status::Complete,
        format: Some(Format::Pcap),
        compression: None,
        no_capture: false,
        bytes: 4242,
        packets: 24,
        late_secrets: false,
        connections: 2,
        logins,
        span: crate::report::Span::default(),
        numbering: None,
        across: Vec::new(),
        diagnostics: Vec::new(),
    }
}

pub(super) fn diagnostic(kind: &'static str, message: &str, count: u64) -> Diagnostic {
    Diagnostic {
        kind,
        message: message.into(),
        packet: Some(7),
        stream: None,
        count,
    }
}

pub(super) fn matching(salt_form: SaltForm, password_form: PasswordForm) -> Verdict {
    Verdict::Match(Match {
        password: "password-file db.pass".into(),
        password_form,
        salt_form: Some(salt_form),
        formula: Formula::Plugin(Plugin::CachingSha2),
        extra_nul: false,
        missing_nul: false,
        prefix: None,
        weak: None,
        long_password: false,
        tried: Tried {
            hypotheses: 12,
            reduced: false,
        },
    })
}

fn judged(verdict: Verdict) -> Examination {
    Examination {
        verdict,
        response: None,
        plugin: Some(Plugin::CachingSha2),
        response_is_secret: false,
        recomputed: None,
        full_auth: None,
        iam_token: None,
        factors: Vec::new(),
        versions: None,
    }
}

/// A login that PyMySQL gets wrong: greeted with native, switched to caching_sha2_password.
pub(crate) fn switched(stream: u64) -> ExaminedLogin {
    let mut salt = (1..=20).collect::<Vec<u8>>();
    salt.push(0);
    ExaminedLogin {
        stream,
        login: Box::new(Login {
            attempt: 0,
            first: packet(4),
            client: end("10.20.30.45", 49152),
            server: end("10.20.30.9", 3306),
            proxied_for: None,
            transport: Transport::Plain,
            server_version: None,
            greeting: Some(Greeting {
                protocol: 10,
                server_version: b"8.0.36".into(),
                thread_id: 7,
                salt: salt.clone().into(),
                capabilities: Capabilities::default(),
                character_set: Some(255),
                status: Some(2),
                salt_length_byte: Some(21),
                plugin: Some(Plugin::NativePassword),
                quirks: Vec::new(),
            }),
            request: Some(LoginRequest {
                user: Some(b"app_reporting".into()),
                database: Some(b"shop".into()),
                plugin: Some(Plugin::NativePassword),
                attributes: [
                    (&b"_client_name"[..], &b"pymysql"[..]),
                    (b"_client_version", b"1.1.1"),
                ]
                .into_iter()
                .collect(),
                ..LoginRequest::default()
            }),
            switched: true,
            rounds: vec![Round {
                plugin: Plugin::CachingSha2,
                begun_by: RoundStart::Switch,
                salt: Some(Salt {
                    bytes: salt.into(),
                    source: SaltSource::AuthSwitch,
                    at: packet(8),
                }),
                turns: vec![Turn {
                    side: Side::Client,
                    bytes: [0xAB; 32].into(),
                    missing: 0,
                    at: packet(10),
                }]
                .into(),
            }],
            path: None,
            outcome: Outcome::Rejected(ErrorPacket {
                code: 1045,
                sql_state: Some(*b"28000"),
                message:
                    b"Access denied for user 'app_reporting'@'10.20.30.45' (using password: YES)"
                        .to_vec(),
                missing: 0,
            }),
            steps: [
                (StepKind::Greeting, Side::Server, 4),
                (StepKind::Login, Side::Client, 6),
                (StepKind::AuthSwitch, Side::Server, 8),
                (StepKind::Response, Side::Client, 10),
                (StepKind::Result, Side::Server, 12),
            ]
            .map(|(kind, side, number)| Step {
                kind,
                side,
                sequence: 0,
                length: 32,
                offset: 0,
                at: packet(number),
            })
            .to_vec(),
            faults: Vec::new(),
            tls: crate::mysql::TlsFacts::default(),
            other_version: None,
            earlier_salts: Vec::new(),
        }),
        examination: judged(matching(SaltForm::WithNul, PasswordForm::AsGiven)),
        findings: vec![trailing_nul(stream)],
        related: Vec::new(),
    }
}

pub(super) fn trailing_nul(stream: u64) -> Finding {
    Finding {
        code: Code::SaltTrailingNul,
        severity: Severity::Error,
        stream: Some(stream),
        attempt: 0,
        packets: vec![8, 10, 12],
        summary: Prose::new("The client ")
            .quote(Captured::Client, &b"pymysql 1.1.1"[..])
            .say(
                " hashed all 21 bytes of the salt in packet 8. The last one is a terminating NUL and \
no part of the salt. The response in packet 10 is the one over 21 bytes and not the one over 20.",
            ),
        fix: "Update PyMySQL to 1.1.2 or later.".into(),
    }
}

/// A login as it should be.
pub(super) fn accepted(stream: u64) -> ExaminedLogin {
    let mut examined = switched(stream);
    let login = &mut examined.login;
    login.switched = false;
    login.client = end("2001:db8::1:45", 50000);
    login.server = end("2001:db8::9", 33060);
    login.greeting.as_mut().unwrap().plugin = Some(Plugin::CachingSha2);
    login.request.as_mut().unwrap().plugin = Some(Plugin::CachingSha2);
    login.request.as_mut().unwrap().database = None;
    login.path = Some(AuthPath::Fast);
    login.outcome = Outcome::Accepted;
    examined.examination.verdict = matching(SaltForm::WithoutNul, PasswordForm::AsGiven);
    examined.findings.clear();
    examined
}

/// A login inside TLS.
pub(super) fn sealed(stream: u64) -> ExaminedLogin {
    let mut examined = accepted(stream);
    let login = &mut examined.login;
    login.transport = Transport::Tls {
        version: Some("TLSv1.3"),
        cipher: Some("TLS_AES_256_GCM_SHA384".into()),
        sealed: Some("no key log was given".into()),
    };
    login.request = None;
    login.rounds.clear();
    login.path = None;
    login.outcome = Outcome::Unknown;
    examined.examination.verdict =
        Verdict::Unverifiable(Unverifiable::Encrypted("no key log was given".into()));
    examined
}

/// Text that tries everything, `length` bytes of it.
pub(super) fn hostile(length: usize) -> Vec<u8> {
    let unit = "\x1b[2J\x1b]0;t\x07\r\n<script>alert(1)</script>|`=cmd()`\u{202e}\u{2066}\u{200b}\u{e0041}\u{85}\u{7f}\0"
        .as_bytes();
    let mut text: Vec<u8> = unit
        .iter()
        .copied()
        .chain([0xff, 0xc3])
        .cycle()
        .take(length)
        .collect();
    text.truncate(length);
    text
}

/// A login of which every captured text is hostile.
pub(super) fn attack(stream: u64, length: usize) -> ExaminedLogin {
    let text = hostile(length);
    let mut examined = switched(stream);
    let login = &mut examined.login;
    login.greeting.as_mut().unwrap().server_version = text.as_slice().into();
    login.greeting.as_mut().unwrap().plugin = Some(Plugin::Other(text.clone()));
    let request = login.request.as_mut().unwrap();
    request.user = Some(text.clone().into());
    request.database = Some(text.clone().into());
    request.plugin = Some(Plugin::Other(text.clone()));
    request.attributes = [(&text[..], &text[..])].into_iter().collect();
    login.outcome = Outcome::Rejected(ErrorPacket {
        code: 1045,
        sql_state: Some(*b"\x1b[31m"),
        message: text.clone(),
        missing: 0,
    });
    for finding in &mut examined.findings {
        finding.summary = Prose::new("It says ").quote(Captured::Server, text.clone());
        finding.fix = Prose::new("Ask ").quote(Captured::User, text.clone());
    }
    examined
}
