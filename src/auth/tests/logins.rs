//! Logins for the tests of this module, built by hand.

use crate::capture::PacketRef;
use crate::mysql::wire::capabilities::Capabilities;
use crate::mysql::wire::err::ErrorPacket;
use crate::mysql::wire::field_bytes::FieldBytes;
use crate::mysql::wire::greeting::Greeting;
use crate::mysql::{
    Login, LoginRequest, Outcome, Plugin, Round, RoundStart, Salt, SaltSource, Side, Step,
    StepKind, Transport, Turn,
};
use crate::net::Endpoint;

use crate::auth::{Candidate, Candidates, Secret};

pub(crate) const AT: PacketRef = PacketRef {
    number: 1,
    time: None,
};

pub(crate) fn one(password: impl Into<Vec<u8>>) -> Candidates {
    let secret = Secret::password(password);
    Candidates::new(vec![Candidate::new("pw".into(), None, secret)])
}

/// Several passwords, each called by its number.
pub(crate) fn several(passwords: &[&[u8]]) -> Candidates {
    let named = passwords.iter().zip(1..).map(|(password, number)| {
        let secret = Secret::password(*password);
        Candidate::new(format!("{number}"), None, secret)
    });
    Candidates::new(named.collect())
}

pub(crate) fn client(bytes: impl Into<FieldBytes>) -> Turn {
    turn(Side::Client, bytes)
}

pub(crate) fn server(bytes: impl Into<FieldBytes>) -> Turn {
    turn(Side::Server, bytes)
}

fn turn(side: Side, bytes: impl Into<FieldBytes>) -> Turn {
    Turn {
        side,
        bytes: bytes.into(),
        missing: 0,
        at: AT,
    }
}

pub(crate) fn greeting(plugin: Plugin, salt: &[u8]) -> Greeting {
    Greeting {
        protocol: 10,
        server_version: b"8.0.36".into(),
        thread_id: 1,
        salt: salt.into(),
        capabilities: Capabilities::default(),
        character_set: None,
        status: None,
        salt_length_byte: Some(21),
        plugin: Some(plugin),
        quirks: vec![],
    }
}

pub(crate) fn round(plugin: Plugin, begun_by: RoundStart, salt: &[u8], turns: Vec<Turn>) -> Round {
    let source = match begun_by {
        RoundStart::Login => SaltSource::Greeting,
        RoundStart::ChangeUser => SaltSource::ChangeUser,
        RoundStart::Switch | RoundStart::NextFactor | RoundStart::NotCaptured => {
            SaltSource::AuthSwitch
        }
    };
    let salt = Salt {
        bytes: salt.into(),
        source,
        at: AT,
    };
    Round {
        plugin,
        begun_by,
        salt: Some(salt),
        turns: turns.into(),
    }
}

/// A rejected login of `app` with these rounds; the greeting's salt and plugin are the first round's.
pub(crate) fn login(rounds: Vec<Round>) -> Login {
    let first = rounds.first();
    let greeted = first.map(|round| {
        let salt = round.salt.as_ref().map_or(&[][..], |salt| &salt.bytes);
        greeting(round.plugin.clone(), salt)
    });
    let endpoint = |port| Endpoint {
        address: std::net::Ipv4Addr::LOCALHOST.into(),
        port,
    };
    Login {
        attempt: 0,
        first: AT,
        client: endpoint(40000),
        server: endpoint(3306),
        proxied_for: None,
        transport: Transport::Plain,
        server_version: None,
        greeting: greeted,
        request: Some(LoginRequest {
            user: Some(b"app".into()),
            ..LoginRequest::default()
        }),
        switched: rounds.len() > 1,
        rounds,
        path: None,
        outcome: Outcome::Rejected(ErrorPacket {
            code: 1045,
            sql_state: Some(*b"28000"),
            message: b"Access denied".to_vec(),
            missing: 0,
        }),
        steps: vec![Step {
            kind: StepKind::Login,
            side: Side::Client,
            sequence: 1,
            length: 100,
            offset: 0,
            at: AT,
        }],
        faults: vec![],
        tls: crate::mysql::TlsFacts::default(),
        other_version: None,
        earlier_salts: Vec::new(),
    }
}

/// A login answered at once, over the greeting's salt.
pub(crate) fn direct(plugin: Plugin, salt: &[u8], response: impl Into<FieldBytes>) -> Login {
    let turns = vec![client(response)];
    login(vec![round(plugin, RoundStart::Login, salt, turns)])
}

/// A login that was switched to `plugin` from a greeting of `mysql_native_password`.
pub(crate) fn switched(
    greeting: &[u8],
    plugin: Plugin,
    salt: &[u8],
    response: impl Into<FieldBytes>,
) -> Login {
    let before = round(
        Plugin::NativePassword,
        RoundStart::Login,
        greeting,
        vec![client([])],
    );
    let turns = vec![client(response)];
    login(vec![before, round(plugin, RoundStart::Switch, salt, turns)])
}
