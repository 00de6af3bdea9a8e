//! Is it MySQL? Told from the first bytes of each side, on any port.
//!
//! A server speaks first: a greeting, or an error in its place. What a client may say before that
//! is a PROXY protocol header, or a login packet that did not wait (a health check). Everything
//! else is another protocol, and named if its first bytes say which.

use std::fmt;

use crate::mysql::wire::auth_switch::AuthSwitch;
use crate::mysql::wire::capabilities::Capabilities;
use crate::mysql::wire::err::{self, ErrorPacket};
use crate::mysql::wire::greeting::{self, Greeting};
use crate::mysql::wire::handshake_response::HandshakeResponse;
use crate::mysql::wire::handshake_response_320::HandshakeResponse320;
use crate::mysql::wire::header::Header;
use crate::mysql::wire::x_protocol;

/// What the first bytes of one side say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// More bytes are needed.
    Unsure,
    /// A MySQL server.
    Server,
    /// A MySQL client, on the strength of its login packet.
    Client,
    /// Another protocol.
    Other(Elsewhere),
}

/// What a conversation was that holds no MySQL login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Elsewhere {
    /// No bytes were exchanged.
    Silent,
    /// TLS from the first byte: MySQL may be inside.
    Tls,
    /// MySQL's X Protocol.
    XProtocol,
    /// HTTP.
    Http,
    /// SSH.
    Ssh,
    /// PostgreSQL.
    PostgreSql,
    /// The capture begins in the middle of the conversation, behind any login.
    MidStream,
    /// The snaplen cut off the bytes that would show it.
    CutOff,
    /// Bytes of one direction only were captured, and they show no login.
    OneDirection,
    /// Something else.
    Unknown,
}

impl fmt::Display for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Silent => "no data",
            Self::Tls => "TLS from the first byte",
            Self::XProtocol => "MySQL X Protocol",
            Self::Http => "HTTP",
            Self::Ssh => "SSH",
            Self::PostgreSql => "PostgreSQL",
            Self::MidStream => "begun before the capture",
            Self::CutOff => "cut off by the snaplen",
            Self::OneDirection => "one direction only",
            Self::Unknown => "another protocol",
        })
    }
}

/// A refused login: 1045, and 1698 for accounts without a password.
const ACCESS_DENIED: [u16; 2] = [1045, 1698];
/// The longest first message of a server that is waited for.
const LONGEST_GREETING: u32 = 1024;

/// Judges the first bytes that an end sent which did not open the conversation.
pub(super) fn server_bytes(bytes: &[u8], whole: bool) -> Told {
    if x_protocol::is_server_hello(bytes) {
        return Told::Other(Elsewhere::XProtocol);
    }
    let Some((header, payload)) = message(bytes) else {
        return Told::Unsure;
    };
    let Some(&first) = payload.first() else {
        return if whole {
            Told::Other(name(bytes))
        } else {
            Told::Unsure
        };
    };
    let plausible = header.length <= LONGEST_GREETING && matches!(first, 0x09 | 0x0A | 0xFF);
    if !plausible || header.sequence != 0 {
        return Told::Other(name(bytes));
    }
    let length = header.length as usize;
    let Some(payload) = payload.get(..length) else {
        return if whole && begins_like_greeting(payload) {
            Told::Server
        } else {
            unless(whole, bytes)
        };
    };
    if greeting::looks_like(payload) || err::looks_like(payload) {
        Told::Server
    } else {
        Told::Other(name(bytes))
    }
}

/// Whether the bytes are one greeting and nothing else.
pub(super) fn is_whole_greeting(bytes: &[u8]) -> bool {
    let length = bytes.len().checked_sub(Header::SIZE);
    let header = Header::parse(bytes).filter(|header| length == Some(header.length as usize));
    let begins = bytes.get(Header::SIZE) == Some(&0x0A);
    header.is_some() && begins && server_bytes(bytes, false) == Told::Server
}

fn unless(whole: bool, bytes: &[u8]) -> Told {
    if whole {
        Told::Other(name(bytes))
    } else {
        Told::Unsure
    }
}

/// Judges the first bytes of the end that opened the conversation.
pub(super) fn client_bytes(bytes: &[u8], whole: bool) -> Told {
    let named = name(bytes);
    if named != Elsewhere::Unknown {
        return Told::Other(named);
    }
    let Some((header, payload)) = message(bytes) else {
        return unless(whole, bytes);
    };
    if header.sequence > 2
        || header.length < 4
        || header.length as usize > crate::limits::LOGIN_MESSAGE
    {
        return Told::Other(named);
    }
    match payload.get(..header.length as usize) {
        Some(payload) if is_login(payload, 0) => Told::Client,
        Some(payload) if may_be_old_login(header.sequence, payload) => unless(whole, bytes),
        Some(_) => Told::Other(named),
        None => unless(whole, bytes),
    }
}

/// Judges one message of a stream whose beginning is missing: only what cannot be anything else counts.
pub(super) fn lone_message(sequence: u8, payload: &[u8]) -> Told {
    match payload.first() {
        Some(0x0A) if sequence == 0 && greeting::looks_like(payload) => Told::Server,
        Some(0xFE) if sequence > 0 && names_plugin(payload) => Told::Server,
        Some(0xFF) if sequence > 1 && is_access_denied(payload) => Told::Server,
        _ if (1..=2).contains(&sequence) && is_login(payload, 0) => Told::Client,
        _ => Told::Unsure,
    }
}

fn message(bytes: &[u8]) -> Option<(Header, &[u8])> {
    Some((Header::parse(bytes)?, bytes.get(Header::SIZE..)?))
}

/// A greeting that the capture cut short behind its version text.
fn begins_like_greeting(payload: &[u8]) -> bool {
    let version = Greeting::parse_partial(payload).and_then(|greeting| greeting.server_version);
    version.is_some_and(|version| {
        version.first().is_some_and(u8::is_ascii_digit)
            && version.iter().all(|byte| (0x20..0x7F).contains(byte))
    })
}

fn is_access_denied(payload: &[u8]) -> bool {
    ErrorPacket::parse(payload, 0)
        .is_ok_and(|error| error.sql_state.is_some() && ACCESS_DENIED.contains(&error.code))
}

fn names_plugin(payload: &[u8]) -> bool {
    let Some(plugin) = AuthSwitch::parse(payload, 0)
        .ok()
        .and_then(|switch| switch.plugin)
    else {
        return false;
    };
    let name = plugin.name();
    name.len() >= 6
        && name
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_')
}

/// HandshakeResponse41 or an SSLRequest: 32 bytes with 19 to 23 zeros in a row, and the
/// capabilities that every client since 4.1 sets.
pub(super) fn is_login(payload: &[u8], missing: u64) -> bool {
    let reserved = payload
        .get(9..28)
        .is_some_and(|zeros| zeros.iter().all(|byte| *byte == 0));
    let Some(&[a, b, c, d]) = payload.first_chunk::<4>() else {
        return false;
    };
    let flags = Capabilities(u64::from(u32::from_le_bytes([a, b, c, d])));
    let modern = flags.has(Capabilities::PROTOCOL_41)
        && (flags.has(Capabilities::SECURE_CONNECTION) || flags.has(Capabilities::PLUGIN_AUTH));
    if !reserved || !modern {
        return false;
    }
    (payload.len() == 32 && flags.has(Capabilities::SSL))
        || HandshakeResponse::parse(payload, missing, None).is_ok_and(|login| login.user.is_some())
}

/// The protocol that these first bytes of a client or server belong to, if they are plain about it.
/// The login packet before protocol 4.1, which HAProxy's check can send before the greeting. Too much
/// reads like one to tell by it alone: the server's first words decide.
fn may_be_old_login(sequence: u8, payload: &[u8]) -> bool {
    let Ok(login) = HandshakeResponse320::parse(payload, 0) else {
        return false;
    };
    let named = |user: &[u8]| !user.is_empty() && user.iter().all(u8::is_ascii_graphic);
    let response = login
        .auth_response
        .map_or(0, |response| response.bytes.len());
    sequence == 1 && login.user.is_some_and(|user| named(&user)) && matches!(response, 0 | 8)
}

fn name(bytes: &[u8]) -> Elsewhere {
    const HTTP: [&[u8]; 9] = [
        b"GET ",
        b"POST ",
        b"PUT ",
        b"HEAD ",
        b"DELETE ",
        b"OPTIONS ",
        b"CONNECT ",
        b"PRI * HTTP",
        b"HTTP/1.",
    ];
    match bytes {
        [0x16, 0x03, 0..=4, ..] => Elsewhere::Tls,
        [b'S', b'S', b'H', b'-', ..] => Elsewhere::Ssh,
        // A startup message: length, protocol 3.0; or the request for TLS or GSSAPI.
        [0, 0, _, _, 0, 3, 0, 0, ..] | [0, 0, 0, 8, 4, 210, 22, 47 | 48, ..] => {
            Elsewhere::PostgreSql
        }
        _ if HTTP.iter().any(|verb| bytes.starts_with(verb)) => Elsewhere::Http,
        _ => Elsewhere::Unknown,
    }
}
