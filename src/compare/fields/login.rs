//! What the two clients say in their login packets.

use super::Collector;
use crate::compare::difference::{Value, Weight};
use crate::compare::{Party, fields};
use crate::findings::{Captured, Client, Prose};
use crate::mysql::wire::capabilities::Capabilities;
use crate::mysql::{LoginRequest, StepKind};

/// Where both have a login packet.
pub(super) fn request(out: &mut Collector<'_>, left: &Party<'_>, right: &Party<'_>) {
    let (Some(l), Some(r)) = (&left.login.request, &right.login.request) else {
        return;
    };
    let step = match left.login_step() {
        StepKind::Login => StepKind::Login,
        _ => right.login_step(),
    };
    out.differ(
        (step, "user"),
        (l.user.as_ref(), r.user.as_ref()),
        |user| {
            Prose::default()
                .quote(Captured::User, user.as_slice())
                .into()
        },
        (
            Weight::Possible,
            "another account, with a password and rights of its own",
        ),
    );
    out.differ(
        (step, "database"),
        (l.database.as_ref(), r.database.as_ref()),
        |name| {
            Prose::default()
                .quote(Captured::Database, name.as_slice())
                .into()
        },
        (
            Weight::Possible,
            "an account may be allowed to use the one and not the other",
        ),
    );
    let clients = (Client::of(left.login), Client::of(right.login));
    let reason = if clients.0.is_some() && clients.1.is_some() {
        "two programs, each with defects of its own"
    } else {
        "one of them does not say which program it is"
    };
    out.differ(
        (step, "client"),
        (clients.0.as_ref(), clients.1.as_ref()),
        |client| client.prose().into(),
        (Weight::Possible, reason),
    );
    out.differ(
        (step, "client_plugin"),
        (l.plugin.as_ref(), r.plugin.as_ref()),
        |plugin| fields::plugin(plugin).into(),
        (
            Weight::Possible,
            "the server switches where the account has another plugin",
        ),
    );
    capabilities(out, step, l, r);
    out.differ(
        (step, "max_packet"),
        (l.max_packet, r.max_packet),
        |bytes| Value::from(bytes.to_string()),
        (Weight::Expected, "no login depends on it"),
    );
    out.differ(
        (step, "character_set"),
        (l.character_set, r.character_set),
        |id| Value::from(id.to_string()),
        (
            Weight::Possible,
            "it can matter for a user name or a password that is not ASCII",
        ),
    );
    attributes(out, step, l, r);
}

fn capabilities(
    out: &mut Collector<'_>,
    step: StepKind,
    left: &LoginRequest,
    right: &LoginRequest,
) {
    let (Some(l), Some(r)) = (left.capabilities, right.capabilities) else {
        return;
    };
    let (only_left, only_right) = only(l, r);
    out.differ(
        (step, "capabilities"),
        (Some(only_left), Some(only_right)),
        |names| Value::from(names.clone()),
        (Weight::Possible, "each client asks for other things"),
    );
}

/// The connection attributes beside the client's name and version, which are `client`.
fn attributes(out: &mut Collector<'_>, step: StepKind, left: &LoginRequest, right: &LoginRequest) {
    let only = |own: &LoginRequest, other: &LoginRequest| {
        let mut prose = Prose::default();
        let mut first = true;
        for (key, value) in own.attributes.iter() {
            let told = matches!(key, b"_client_name" | b"_client_version");
            if told || other.attributes.iter().any(|pair| pair == (key, value)) {
                continue;
            }
            if !first {
                prose = prose.say(", ");
            }
            first = false;
            let kind = match key {
                b"_client_host" | b"_server_host" => Captured::Host,
                b"_platform" | b"_os" => Captured::Client,
                _ => Captured::Other,
            };
            prose = prose
                .quote(Captured::Other, key)
                .say("=")
                .quote(kind, value);
        }
        (!first).then_some(prose)
    };
    out.differ(
        (step, "attributes"),
        (only(left, right), only(right, left)),
        |prose| Value::Text(prose.clone()),
        (
            Weight::Expected,
            "what the client says of itself; no login depends on it",
        ),
    );
}

/// The bits' names, from bit 0; sources as for [`Capabilities`].
const BITS: [&str; 32] = [
    "LONG_PASSWORD",
    "FOUND_ROWS",
    "LONG_FLAG",
    "CONNECT_WITH_DB",
    "NO_SCHEMA",
    "COMPRESS",
    "ODBC",
    "LOCAL_FILES",
    "IGNORE_SPACE",
    "PROTOCOL_41",
    "INTERACTIVE",
    "SSL",
    "IGNORE_SIGPIPE",
    "TRANSACTIONS",
    "RESERVED",
    "SECURE_CONNECTION",
    "MULTI_STATEMENTS",
    "MULTI_RESULTS",
    "PS_MULTI_RESULTS",
    "PLUGIN_AUTH",
    "CONNECT_ATTRS",
    "PLUGIN_AUTH_LENENC_DATA",
    "CAN_HANDLE_EXPIRED_PASSWORDS",
    "SESSION_TRACK",
    "DEPRECATE_EOF",
    "OPTIONAL_RESULTSET_METADATA",
    "ZSTD_COMPRESSION",
    "QUERY_ATTRIBUTES",
    "MULTI_FACTOR",
    "CAPABILITY_EXTENSION",
    "SSL_VERIFY_SERVER_CERT",
    "REMEMBER_OPTIONS",
];

/// The names of the bits that only the one and only the other has.
pub(super) fn only(left: Capabilities, right: Capabilities) -> (String, String) {
    let names = |own: u64, other: u64| {
        let bits = own & !other;
        let low = BITS
            .iter()
            .zip(0_u32..)
            .filter(|(_, bit)| bits >> bit & 1 == 1);
        let mut names: Vec<String> = low.map(|(name, _)| (*name).to_owned()).collect();
        let high = bits >> 32;
        if high != 0 {
            names.push(format!("MariaDB extended {high:#x}"));
        }
        if names.is_empty() {
            return "nothing that the other has not".to_owned();
        }
        names.join(", ")
    };
    if left == right {
        return (String::new(), String::new());
    }
    (names(left.0, right.0), names(right.0, left.0))
}
