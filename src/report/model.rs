//! The report as it leaves: the JSON object of `--format json`, field for field.
//!
//! Owns: names and types of the fields. All text in it is redacted ([`super::redact`]) and not yet
//! escaped: each renderer escapes for its own sink. Built by [`super::build`]; read by every
//! renderer, so that no format can show what another hides.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::report::known::{self, Word};
use crate::report::text::Text;
use crate::report::time::Time;

pub use super::sentence::Sentence;

/// The version of this shape. Fields may come; the meaning of these stays.
pub const SCHEMA_VERSION: &str = "1";

/// A whole report.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Report {
    /// [`SCHEMA_VERSION`].
    #[schemars(extend("enum" = ["1"]))]
    pub schema_version: &'static str,
    /// Which program wrote it.
    pub tool: Tool,
    /// What the reader must know before handing the report on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<&'static str>,
    /// The captures, in the order given, folders sorted.
    pub captures: Vec<Capture>,
    /// The findings of all captures, in their order.
    pub findings: Vec<Finding>,
    /// With `-v`: files of folders that were passed over, the first ten thousand.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skipped_files: Vec<SkippedFile>,
    /// The numbers.
    pub summary: Summary,
}

/// A file of a folder that was passed over.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct SkippedFile {
    /// As found.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// The program.
#[derive(Clone, Copy, Debug, JsonSchema, Serialize)]
pub struct Tool {
    /// `unscramble`
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

impl Tool {
    /// This build.
    pub const THIS: Self = Self {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
    };
}

/// One capture.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct Capture {
    /// As given or found; `-` for standard input.
    pub path: String,
    /// How reading it ended.
    pub status: Status,
    /// Why it failed.
    pub error: Option<String>,
    /// `pcap`, `pcapng`
    #[schemars(extend("enum" = ["pcap", "pcapng", null]))]
    #[serde(deserialize_with = "known::maybe")]
    pub format: Option<Word>,
    /// `gzip`, `zstd`, `lz4`, `xz`
    #[schemars(extend("enum" = ["gzip", "zstd", "lz4", "xz", null]))]
    #[serde(deserialize_with = "known::maybe")]
    pub compression: Option<Word>,
    /// Bytes of the file as it is stored.
    pub bytes: u64,
    /// Packets read.
    pub packets: u64,
    /// TCP conversations.
    pub connections: u64,
    /// By stream, then attempt.
    pub logins: Vec<Login>,
    /// What could not be read, and what was there instead of a login.
    pub diagnostics: Vec<Diagnostic>,
}

/// How reading a capture ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Read to its end.
    Complete,
    /// Cut in its last record.
    Truncated,
    /// Not readable.
    Failed,
}

/// One login.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct Login {
    /// Wireshark's `tcp.stream`.
    pub stream: u64,
    /// 0, then 1… for each COM_CHANGE_USER.
    pub attempt: u32,
    /// RFC 3339, UTC, nanoseconds.
    pub time: Option<Time>,
    /// The end that logs in.
    pub client: Endpoint,
    /// The end that greets.
    pub server: Endpoint,
    /// The real client, from a PROXY protocol header.
    pub proxied_for: Option<Endpoint>,
    /// As the greeting says.
    pub server_version: Option<Text>,
    /// Who logs in.
    pub user: Option<Text>,
    /// The database asked for.
    pub database: Option<Text>,
    /// The connection attributes.
    pub attributes: BTreeMap<Text, Text>,
    /// In the clear or inside TLS.
    pub transport: Transport,
    /// Named by the greeting.
    pub greeting_plugin: Option<Text>,
    /// Named by the client.
    pub client_plugin: Option<Text>,
    /// The last one in force.
    pub plugin: Option<Text>,
    /// An AuthSwitchRequest took place.
    pub switched: bool,
    /// The salt in force.
    pub salt: Option<Salt>,
    /// The client's response to it.
    pub response: Option<Response>,
    /// `fast`, `full_tls`, `full_rsa`, `full_refused`
    #[schemars(extend("enum" = ["fast", "full_tls", "full_rsa", "full_refused", null]))]
    #[serde(deserialize_with = "known::maybe")]
    pub path: Option<Word>,
    /// How it ended.
    pub outcome: Outcome,
    /// What the recomputation says.
    pub verdict: Verdict,
    /// With several factors, what each came to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(default)]
    pub factors: Vec<Factor>,
    /// The messages of the login, in order.
    pub evidence: Vec<Evidence>,
    /// Codes.
    #[serde(deserialize_with = "known::words")]
    pub findings: Vec<Word>,
    /// The same login seen elsewhere, and the other side of a proxy; at most eight.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(default)]
    pub related: Vec<Related>,
}

/// Another login that belongs to this one.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct Related {
    /// The path of its capture.
    pub capture: String,
    /// Wireshark's `tcp.stream` there.
    pub stream: u64,
    /// Which login of the connection.
    pub attempt: u32,
    /// `same_exchange`: the same salt and response, one login captured in two places.
    /// `proxy_side`: address, user and time fit the two sides of a proxy, and no other login does.
    #[serde(deserialize_with = "known::word")]
    pub how: Word,
    /// With `same_exchange`: addresses or ports are others there, so that a proxy in TCP mode (or NAT)
    /// stands between the two and hands the bytes through.
    #[serde(skip_serializing_if = "is_false")]
    #[serde(default)]
    pub forwarded: bool,
}

/// One end of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
pub struct Endpoint {
    /// IPv4 or IPv6 address.
    pub address: Text,
    /// TCP port.
    pub port: u16,
}

/// In the clear or inside TLS.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct Transport {
    /// `plain`, `tls`
    #[schemars(extend("enum" = ["plain", "tls"]))]
    #[serde(deserialize_with = "known::word")]
    pub kind: Word,
    /// `TLSv1.3`
    #[serde(deserialize_with = "known::maybe")]
    pub version: Option<Word>,
    /// The cipher suite's name.
    pub cipher: Option<String>,
    /// Whether the inside could be read.
    pub decrypted: bool,
    /// Why not.
    pub reason: Option<String>,
}

/// A salt as it stood on the wire.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct Salt {
    /// Bytes, terminator included.
    pub length: usize,
    /// The last byte is a terminating NUL.
    pub trailing_nul: bool,
    /// All bytes.
    pub hex: String,
    /// `greeting`, `auth_switch`, `change_user`; null where it was typed (`verify`).
    #[schemars(extend("enum" = ["greeting", "auth_switch", "change_user", null]))]
    #[serde(deserialize_with = "known::maybe")]
    pub source: Option<Word>,
}

/// A client's response.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct Response {
    /// Bytes captured.
    pub length: usize,
    /// The bytes, with `--reveal` and where they are no readable password.
    pub hex: Option<String>,
    /// With `--reveal`: what the hypothesis that matched gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(default)]
    pub recomputed: Option<String>,
    /// Bytes that the capture does not hold; with `verify`, that another tool cut off.
    #[serde(skip_serializing_if = "is_zero")]
    #[serde(default)]
    pub missing: u64,
}

/// How a login ended.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct Outcome {
    /// The kind.
    pub kind: OutcomeKind,
    /// The kind was not read: the sizes of TLS records that were not decrypted fit no other.
    pub inferred: bool,
    /// The server's error number.
    pub code: Option<u16>,
    /// The SQL state.
    pub sqlstate: Option<Text>,
    /// The server's text.
    pub message: Option<Text>,
    /// As whom the server saw the client, from the text of 1045.
    pub seen_as: Option<SeenAs>,
    /// Who closed an abandoned login first: `client`, `server`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["client", "server", null]))]
    #[serde(deserialize_with = "known::maybe", default)]
    pub by: Option<Word>,
}

/// The kinds of ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// OK.
    Accepted,
    /// ERR.
    Rejected,
    /// Closed before the server had decided.
    Abandoned,
    /// Not in the capture.
    Unknown,
}

/// The account as the server's error text names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
pub struct SeenAs {
    /// The user.
    pub user: Text,
    /// The client's host.
    pub host: Text,
    /// `using password: YES`; null where the text does not say.
    pub using_password: Option<bool>,
}

/// What the recomputation says.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Verdict {
    /// Cannot be recomputed.
    Unverifiable {
        /// Why, in words.
        reason: String,
        /// Why, as a stable name.
        #[serde(deserialize_with = "known::word")]
        cause: Word,
    },
    /// No candidate for this user.
    NoPassword,
    /// A candidate explains the response.
    Match(Match),
    /// Nothing explains it.
    Mismatch(Search),
}

/// One factor of a multi-factor login.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct Factor {
    /// The plugin in force at its end.
    pub plugin: Option<Text>,
    /// What the recomputation says of this factor alone.
    pub verdict: Verdict,
}

/// Which hypothesis explains a response.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct Match {
    /// The candidate's label.
    pub password: Text,
    /// What was done to the candidate.
    #[serde(deserialize_with = "known::word")]
    pub password_form: Word,
    /// Which bytes of salt were hashed.
    #[serde(deserialize_with = "known::maybe")]
    pub salt_form: Option<Word>,
    /// Whose formula.
    pub formula: Text,
    /// The response carried one NUL more than the formula gives.
    pub extra_nul: bool,
    /// A password sent readable lacked the NUL that ends it.
    pub missing_nul: bool,
    /// Bytes compared, where the response was cut short.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(default)]
    pub compared: Option<usize>,
    /// How easily such a match happens by accident, where that matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "known::maybe", default)]
    pub chance: Option<Word>,
    /// The effort.
    #[serde(flatten)]
    pub search: Search,
}

/// The effort.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize)]
pub struct Search {
    /// Hypotheses computed.
    pub tried: u64,
    /// `full`, `reduced`
    #[schemars(extend("enum" = ["full", "reduced"]))]
    #[serde(deserialize_with = "known::word")]
    pub search: Word,
}

/// One message of a login.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct Evidence {
    /// What it was.
    #[serde(deserialize_with = "known::word")]
    pub what: Word,
    /// Wireshark's `frame.number`.
    pub packet: u64,
    /// With `--join`: the capture that the packet is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(default)]
    pub capture: Option<String>,
    /// Who sent it: `client`, `server`.
    #[schemars(extend("enum" = ["client", "server"]))]
    #[serde(deserialize_with = "known::word")]
    pub from: Word,
    /// When, as the login's `time`.
    pub time: Option<Time>,
    /// Its payload's length in bytes.
    pub length: u64,
}

/// One finding.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct Finding {
    /// Of the catalogue.
    #[serde(deserialize_with = "known::word")]
    pub code: Word,
    /// `error`, `warning`, `info`
    #[schemars(extend("enum" = ["error", "warning", "info"]))]
    #[serde(deserialize_with = "known::word")]
    pub severity: Word,
    /// The catalogue's heading.
    #[serde(deserialize_with = "known::word")]
    pub title: Word,
    /// The path of its capture.
    pub capture: Option<String>,
    /// Wireshark's `tcp.stream`.
    pub stream: Option<u64>,
    /// Which login of the connection.
    pub attempt: u32,
    /// Wireshark's `frame.number`s.
    pub packets: Vec<u64>,
    /// With `--join`: the capture that each of them is in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(default)]
    pub packet_captures: Vec<String>,
    /// What happened.
    pub summary: Sentence,
    /// How to fix it.
    pub fix: Sentence,
}

/// Something of a capture that could not be read, or is odd.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct Diagnostic {
    /// A stable name.
    #[serde(deserialize_with = "known::word")]
    pub kind: Word,
    /// In words.
    pub message: String,
    /// The first packet.
    pub packet: Option<u64>,
    /// The first conversation.
    pub stream: Option<u64>,
    /// How often.
    pub count: u64,
}

/// The numbers.
#[derive(Clone, Debug, Default, JsonSchema, Serialize)]
pub struct Summary {
    /// Captures listed.
    pub captures: u64,
    /// Files of folders that are no captures.
    pub skipped: u64,
    /// The run was interrupted: what was finished is here.
    #[serde(skip_serializing_if = "is_false")]
    pub interrupted: bool,
    /// Files that an interrupted run had not begun with.
    #[serde(skip_serializing_if = "is_zero")]
    pub unread: u64,
    /// Logins in all captures: the sum of the next three.
    pub logins: u64,
    /// OK.
    pub accepted: u64,
    /// ERR.
    pub rejected: u64,
    /// Abandoned, or the end was not captured.
    pub unknown: u64,
    /// Logins among them that are another sight of one counted already (`same_exchange`).
    #[serde(skip_serializing_if = "is_zero")]
    pub seen_again: u64,
    /// How often each code was found.
    pub findings: BTreeMap<&'static str, u64>,
    /// With `--state`: what an earlier run found in captures that have not changed since and are not
    /// listed here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
    /// The clients, those with errors first; at most a thousand, as of the next two.
    pub by_client: Vec<Group>,
    /// The users.
    pub by_user: Vec<Group>,
    /// The servers, by address and port.
    pub by_server: Vec<Group>,
}

/// What an earlier run found, with the passwords that it was given.
#[derive(Clone, Debug, Default, JsonSchema, Serialize)]
pub struct Before {
    /// Captures that were not read again.
    pub captures: u64,
    /// Files of folders that are no captures.
    pub skipped: u64,
    /// Logins in these captures: the sum of the next three.
    pub logins: u64,
    /// OK.
    pub accepted: u64,
    /// ERR.
    pub rejected: u64,
    /// Abandoned, or the end was not captured.
    pub unknown: u64,
    /// How often each code was found.
    pub findings: BTreeMap<String, u64>,
}

/// The logins of one client, user or server.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Group {
    /// The client's or user's name, the server's address and port; null where it was not captured.
    pub name: Option<Text>,
    /// The client's or server's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Text>,
    /// The client sent no name; this is a guess from its login packet.
    #[serde(skip_serializing_if = "is_false")]
    pub guessed: bool,
    /// The sum of the next three.
    pub logins: u64,
    /// OK.
    pub accepted: u64,
    /// ERR.
    pub rejected: u64,
    /// Abandoned, or the end was not captured.
    pub unknown: u64,
    /// The first login's time.
    pub first: Option<Time>,
    /// The last login's time.
    pub last: Option<Time>,
    /// The findings, worst first.
    pub faults: Vec<Fault>,
    /// The server's errors, the most frequent first.
    pub errors: Vec<ServerError>,
}

/// A finding of several logins.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Fault {
    /// Of the catalogue.
    pub code: &'static str,
    /// `error`, `warning`, `info`
    pub severity: &'static str,
    /// How many have it.
    pub logins: u64,
    /// The first of them.
    pub since: Option<Time>,
    /// The last of them.
    pub until: Option<Time>,
}

/// A server's error at several logins.
#[derive(Clone, Copy, Debug, JsonSchema, Serialize)]
pub struct ServerError {
    /// Its number.
    pub code: u16,
    /// How many got it.
    pub logins: u64,
}

/// The report of `verify`.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Verification {
    /// What the reader must know before handing the report on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<&'static str>,
    /// Whose formula was asked for.
    pub plugin: String,
    /// The salt typed.
    pub salt: Salt,
    /// The response typed.
    pub response: Response,
    /// What the recomputation says.
    pub verdict: Verdict,
    /// What the rules say of it, taken as a rejected login.
    pub findings: Vec<Finding>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_false(value: &bool) -> bool {
    !*value
}
