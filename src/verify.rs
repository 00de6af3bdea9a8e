//! The check without a capture: plugin, salt and response typed in hex (`unscramble verify`).
//!
//! Owns: the login that such input stands for, and what input makes sense. Does not own the
//! recomputation ([`crate::auth`]) nor what it means ([`crate::findings`]). Called by
//! [`crate::cli`].

use std::net::{IpAddr, Ipv4Addr};

use crate::auth::{self, Candidates, Context, Examination, Pasted};
use crate::capture::PacketRef;
use crate::findings::{self, Finding, Subject};
use crate::mysql::wire::err::ErrorPacket;
use crate::mysql::wire::field_bytes::FieldBytes;
use crate::mysql::{
    Login, LoginRequest, Outcome, Plugin, Round, RoundStart, Salt, SaltSource, Side, Transport,
    Turn,
};
use crate::net::Endpoint;

/// What was typed, as bytes.
#[derive(Clone, Debug)]
pub struct Request {
    /// Whose formula.
    pub plugin: Plugin,
    /// The salt, with its terminating NUL or without.
    pub salt: Vec<u8>,
    /// The client's response, perhaps cut short by the tool it was copied from.
    pub response: Vec<u8>,
    /// Whose login it was, if that was said.
    pub user: Option<Vec<u8>>,
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Whose formula.
    pub plugin: Plugin,
    /// The salt.
    pub salt: Vec<u8>,
    /// The response.
    pub response: Turn,
    /// Bytes that another tool cut off its end, by the plugin's length of a response.
    pub cut_off: usize,
    /// What the recomputation says.
    pub examination: Examination,
    /// What the rules say of it, taken as a rejected login.
    pub findings: Vec<Finding>,
}

/// Checks a response against the candidates.
#[must_use]
pub fn verify(request: &Request, candidates: &Candidates) -> Verified {
    let response = Turn {
        side: Side::Client,
        bytes: request.response.as_slice().into(),
        // What another tool cut off is no hole in a capture: the beginning is checked.
        missing: 0,
        at: NOWHERE,
    };
    let login = login(request, response.clone());
    let pasted = Pasted {
        plugin: &request.plugin,
        salt: &request.salt,
        response: &request.response,
        user: request.user.as_deref(),
    };
    let examination = auth::verify(&pasted, candidates, &Context::default()).examination;
    let subject = Subject {
        pasted: true,
        ..Subject::new(0, &login, &examination.verdict)
    };
    let findings = findings::judge(&subject);
    Verified {
        plugin: request.plugin.clone(),
        salt: request.salt.clone(),
        response,
        cut_off: cut_off(request),
        examination,
        findings,
    }
}

/// There is no packet: what was typed stands nowhere.
const NOWHERE: PacketRef = PacketRef {
    number: 0,
    time: None,
};

/// How much of the response is missing, if it is there at all: an empty one is the empty password's.
fn cut_off(request: &Request) -> usize {
    let whole = request.plugin.response_length().unwrap_or(0);
    match request.response.len() {
        0 => 0,
        had => whole.saturating_sub(had),
    }
}

/// A login that a server refused, with nothing known of it but this.
fn login(request: &Request, response: Turn) -> Login {
    let nobody = Endpoint {
        address: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        port: 0,
    };
    Login {
        attempt: 0,
        first: NOWHERE,
        client: nobody,
        server: nobody,
        proxied_for: None,
        transport: Transport::Plain,
        server_version: None,
        greeting: None,
        request: Some(LoginRequest {
            user: request.user.as_deref().map(FieldBytes::from),
            plugin: Some(request.plugin.clone()),
            ..LoginRequest::default()
        }),
        switched: false,
        rounds: vec![Round {
            plugin: request.plugin.clone(),
            begun_by: RoundStart::Login,
            salt: Some(Salt {
                bytes: request.salt.as_slice().into(),
                source: SaltSource::Greeting,
                at: NOWHERE,
            }),
            turns: [response].into_iter().collect(),
        }],
        path: None,
        outcome: Outcome::Rejected(ErrorPacket {
            code: 1045,
            sql_state: Some(*b"28000"),
            message: Vec::new(),
            missing: 0,
        }),
        steps: Vec::new(),
        faults: Vec::new(),
        tls: crate::mysql::TlsFacts::default(),
        other_version: None,
        earlier_salts: Vec::new(),
    }
}
