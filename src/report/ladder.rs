//! The exchange as a ladder of messages, one rung a message, for diagrams.
//!
//! Owns: what each message is called and when it came. Labels may hold names out of the capture
//! (plugins): the renderers escape them. Drawn by markdown and HTML.

use crate::report::model::{Evidence, Login, OutcomeKind};
use crate::report::text::{Text, for_cell};
use crate::report::words::counted;

/// Messages drawn of one login; a real one has four to ten.
pub(super) const RUNGS: usize = 32;

/// Characters of a plugin's name in a label.
const NAME: usize = 32;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rung {
    pub(super) from_client: bool,
    pub(super) label: String,
    pub(super) packet: u64,
    /// `+1.234 ms`: since the first message, or since the one before in a comparison.
    pub(super) offset: Option<String>,
}

/// The messages in order, and how many more there are.
pub(super) fn rungs(login: &Login) -> (Vec<Rung>, usize) {
    let first = login.evidence.first().and_then(at);
    let rungs = login
        .evidence
        .iter()
        .take(RUNGS)
        .map(|message| rung(login, message, offset(first, at(message))));
    let more = login.evidence.len().saturating_sub(RUNGS);
    (rungs.collect(), more)
}

/// One message.
pub(super) fn rung(login: &Login, message: &Evidence, offset: Option<String>) -> Rung {
    Rung {
        from_client: message.from == "client",
        label: label(login, message),
        packet: message.packet,
        offset,
    }
}

fn at(message: &Evidence) -> Option<jiff::Timestamp> {
    message.time.as_deref()?.parse().ok()
}

fn offset(first: Option<jiff::Timestamp>, time: Option<jiff::Timestamp>) -> Option<String> {
    Some(millis(
        time?.as_nanosecond().saturating_sub(first?.as_nanosecond()),
    ))
}

/// `+0.314 ms`, to the microsecond.
pub(super) fn millis(nanos: i128) -> String {
    let sign = if nanos < 0 { '-' } else { '+' };
    let micros = nanos.unsigned_abs() / 1000;
    let (whole, part) = (micros / 1000, micros % 1000);
    format!("{sign}{whole}.{part:03} ms")
}

fn label(login: &Login, message: &Evidence) -> String {
    let named = |what: &str, plugin: &Option<Text>| match plugin.as_deref() {
        None | Some("") => what.to_owned(),
        Some(plugin) => format!("{what}: {}", for_cell(plugin, NAME)),
    };
    let bytes = counted(message.length, "byte");
    match message.what {
        "greeting" => named("greeting", &login.greeting_plugin),
        "ssl_request" => "asks for TLS".to_owned(),
        "login" => named("login", &login.client_plugin),
        "change_user" => "COM_CHANGE_USER".to_owned(),
        "auth_switch" => named("auth switch", &login.plugin),
        "next_factor" => "next factor".to_owned(),
        "response" => format!("response, {bytes}"),
        "more_data" => format!("more data, {bytes}"),
        "key_request" => "asks for the public key".to_owned(),
        "result" => match (login.outcome.kind, login.outcome.code) {
            (OutcomeKind::Rejected, Some(code)) => format!("ERR {code}"),
            (OutcomeKind::Rejected, None) => "ERR".to_owned(),
            _ => "OK".to_owned(),
        },
        other => other.replace('_', " "),
    }
}
