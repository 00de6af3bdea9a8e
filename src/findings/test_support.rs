//! Small logins and verdicts for the tests of this module: a script starts from a plain login that
//! the server accepts, and each method changes one thing.

mod changes;

use std::net::{IpAddr, Ipv4Addr};

use crate::auth::Verdict;
use crate::capture::PacketRef;
use crate::findings::{Finding, Part, Prose, Severity, Subject, judge};
use crate::mysql::wire::capabilities::Capabilities;
use crate::mysql::wire::greeting::Greeting;
use crate::mysql::{
    Login, LoginRequest, Outcome, Plugin, Round, RoundStart, Salt, SaltSource, Side, Step,
    StepKind, Transport, Turn, Turns,
};
use crate::net::Endpoint;

/// The greeting's salt, with its NUL.
pub(super) const GREETING_SALT: &[u8] = b"abcdefghijklmnopqrst\0";
/// The switch's salt, with its NUL.
pub(super) const SWITCH_SALT: &[u8] = b"ABCDEFGHIJKLMNOPQRST\0";

/// A packet by its number.
pub(super) const fn at(number: u64) -> PacketRef {
    PacketRef { number, time: None }
}

fn endpoint(last: u8, port: u16) -> Endpoint {
    Endpoint {
        address: IpAddr::V4(Ipv4Addr::new(10, 0, 0, last)),
        port,
    }
}

/// A login under construction.
#[derive(Clone)]
pub(super) struct Script {
    pub login: Login,
    pub verdict: Verdict,
    pub pasted: bool,
}

impl Script {
    /// `mysql_native_password`, answered and accepted: greeting 4, login 5, result 6.
    pub(super) fn native() -> Self {
        Self::plain(Plugin::NativePassword, 20)
    }

    /// `caching_sha2_password` over the greeting's salt, accepted.
    pub(super) fn sha2() -> Self {
        Self::plain(Plugin::CachingSha2, 32)
    }

    /// A login under a plugin, with a response of so many bytes, accepted.
    pub(super) fn plain(plugin: Plugin, response: usize) -> Self {
        let salt = Salt {
            bytes: GREETING_SALT.into(),
            source: SaltSource::Greeting,
            at: at(4),
        };
        let turn = said(Side::Client, &vec![7; response], 5);
        let round = Round {
            plugin: plugin.clone(),
            begun_by: RoundStart::Login,
            salt: Some(salt),
            turns: vec![turn].into(),
        };
        let login = Login {
            attempt: 0,
            first: at(4),
            client: endpoint(1, 40_000),
            server: endpoint(9, 3306),
            proxied_for: None,
            transport: Transport::Plain,
            server_version: Some(b"8.0.36".into()),
            greeting: Some(greeting(&plugin)),
            request: Some(LoginRequest {
                user: Some(b"app".into()),
                plugin: Some(plugin),
                capabilities: Some(Capabilities(Capabilities::PLUGIN_AUTH.0)),
                ..LoginRequest::default()
            }),
            switched: false,
            rounds: vec![round],
            path: None,
            outcome: Outcome::Accepted,
            steps: vec![
                step(StepKind::Greeting, Side::Server, 0, 4),
                step(StepKind::Login, Side::Client, 1, 5),
                step(StepKind::Result, Side::Server, 2, 6),
            ],
            faults: Vec::new(),
            tls: crate::mysql::TlsFacts::default(),
            other_version: None,
            earlier_salts: Vec::new(),
        };
        Self {
            login,
            verdict: Verdict::NoPassword,
            pasted: false,
        }
    }

    /// A switch (packet 6) to a plugin, answered in packet 7 with so many bytes; result in 8.
    pub(super) fn switched(self, plugin: Plugin, response: usize) -> Self {
        let mut script = self.unanswered_switch(plugin);
        script
            .round()
            .turns
            .push(said(Side::Client, &vec![9; response], 7));
        let steps = &mut script.login.steps;
        steps.push(step(StepKind::Response, Side::Client, 3, 7));
        steps.push(step(StepKind::Result, Side::Server, 4, 8));
        script
    }

    /// A switch (packet 6) that the client did not answer, and no result.
    pub(super) fn unanswered_switch(mut self, plugin: Plugin) -> Self {
        let salt = Salt {
            bytes: SWITCH_SALT.into(),
            source: SaltSource::AuthSwitch,
            at: at(6),
        };
        self.login.switched = true;
        self.login
            .steps
            .retain(|step| step.kind != StepKind::Result);
        self.login
            .steps
            .push(step(StepKind::AuthSwitch, Side::Server, 2, 6));
        self.login.rounds.push(Round {
            plugin,
            begun_by: RoundStart::Switch,
            salt: Some(salt),
            turns: Turns::new(),
        });
        self
    }

    /// The round in force.
    pub(super) fn round(&mut self) -> &mut Round {
        self.login.rounds.last_mut().unwrap()
    }

    /// The response's bytes.
    pub(super) fn response(mut self, bytes: &[u8]) -> Self {
        let turns = &mut self.round().turns;
        turns
            .iter_mut()
            .find(|turn| turn.side == Side::Client)
            .unwrap()
            .bytes = bytes.into();
        self
    }

    /// The bytes of the salt in force.
    pub(super) fn salt(mut self, bytes: &[u8]) -> Self {
        self.round().salt.as_mut().unwrap().bytes = bytes.into();
        self
    }

    /// One more turn of the round in force.
    pub(super) fn turn(mut self, side: Side, bytes: &[u8], packet: u64) -> Self {
        self.round().turns.push(said(side, bytes, packet));
        self
    }

    pub(super) fn client(mut self, name: &str, version: Option<&str>) -> Self {
        let attributes = &mut self.login.request.as_mut().unwrap().attributes;
        attributes.push(b"_client_name", name.as_bytes());
        if let Some(version) = version {
            attributes.push(b"_client_version", version.as_bytes());
        }
        self
    }

    /// The last byte of the client's address.
    pub(super) fn from(mut self, last: u8) -> Self {
        self.login.client = endpoint(last, 40_000);
        self
    }

    pub(super) fn subject(&self, stream: u64) -> Subject<'_> {
        Subject {
            pasted: self.pasted,
            ..Subject::new(stream, &self.login, &self.verdict)
        }
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        judge(&self.subject(3))
    }

    /// The findings as `E salt-trailing-nul`, worst first, without `weak-plugin`.
    pub(super) fn codes(&self) -> Vec<String> {
        let findings = self.findings();
        let strong = findings
            .iter()
            .filter(|finding| finding.code.as_str() != "weak-plugin");
        strong.map(brief).collect()
    }

    /// The summary and fix of the finding with this code.
    pub(super) fn text(&self, code: &str) -> String {
        let findings = self.findings();
        let finding = findings
            .iter()
            .find(|finding| finding.code.as_str() == code);
        let finding = finding.unwrap_or_else(|| panic!("no {code} in {:?}", self.codes()));
        format!("{} {}", flat(&finding.summary), flat(&finding.fix))
    }
}

/// `E salt-trailing-nul`
fn brief(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Error => 'E',
        Severity::Warning => 'W',
        Severity::Info => 'I',
    };
    format!("{severity} {}", finding.code)
}

/// Prose as plain text, quotations in angle brackets.
pub(super) fn flat(prose: &Prose) -> String {
    let piece = |part: &Part| match part {
        Part::Words(words) => words.clone(),
        Part::Quote(_, bytes) => format!("<{}>", String::from_utf8_lossy(bytes)).into(),
    };
    prose.parts().iter().map(piece).collect()
}

pub(super) fn said(side: Side, bytes: &[u8], packet: u64) -> Turn {
    Turn {
        side,
        bytes: bytes.into(),
        missing: 0,
        at: at(packet),
    }
}

pub(super) fn step(kind: StepKind, side: Side, sequence: u8, packet: u64) -> Step {
    Step {
        kind,
        side,
        sequence,
        length: 1,
        offset: 0,
        at: at(packet),
    }
}

fn greeting(plugin: &Plugin) -> Greeting {
    Greeting {
        protocol: 10,
        server_version: b"8.0.36".into(),
        thread_id: 1,
        salt: GREETING_SALT.into(),
        capabilities: Capabilities(u64::MAX),
        character_set: Some(255),
        status: Some(2),
        salt_length_byte: Some(21),
        plugin: Some(plugin.clone()),
        quirks: Vec::new(),
    }
}
