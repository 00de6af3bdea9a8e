//! Who talks to whom, what the server greets with, and TLS.

use super::Collector;
use crate::compare::difference::{Value, Weight};
use crate::compare::{Party, fields};
use crate::findings::{Captured, Prose};
use crate::mysql::wire::access_denied::AccessDenied;
use crate::mysql::wire::greeting::Greeting;
use crate::mysql::{StepKind, Transport};

const GREETING: StepKind = StepKind::Greeting;
/// Errors whose text or meaning is about the client's host: 1129 and 1130, and the two that name
/// an account with its host.
const HOST_ERRORS: [u16; 4] = [1129, 1130, 1045, 1698];

/// Addresses, ports, times.
pub(super) fn ends(out: &mut Collector<'_>, left: &Party<'_>, right: &Party<'_>) {
    let (l, r) = (left.login, right.login);
    let first = if l.attempt > 0 && r.attempt > 0 {
        StepKind::ChangeUser
    } else {
        GREETING
    };
    out.differ(
        (first, "time"),
        (l.first.time, r.first.time),
        |time| Value::Time(*time),
        (Weight::Expected, "two logins, two moments"),
    );
    let real = |login: &crate::mysql::Login| login.proxied_for.unwrap_or(login.client);
    let (from, to) = (real(l), real(r));
    if from.address != to.address {
        let weight = if names_a_host(left) || names_a_host(right) {
            let reason =
                "an account can be bound to a host, and the server's error names the one it saw";
            (Weight::Possible, reason)
        } else {
            (Weight::Expected, "no error of the server is about the host")
        };
        let pair = (Some(from), Some(to));
        out.differ(
            (first, "client_address"),
            pair,
            |end| Value::Address(*end),
            weight,
        );
    }
    out.differ(
        (first, "client_port"),
        (Some(from.port), Some(to.port)),
        |port| Value::from(port.to_string()),
        (Weight::Expected, "a port of its own for each connection"),
    );
    out.differ(
        (first, "server"),
        (Some(l.server), Some(r.server)),
        |end| Value::Endpoint(*end),
        (
            Weight::Possible,
            "another server may hold another account, another password or other rights",
        ),
    );
}

fn names_a_host(party: &Party<'_>) -> bool {
    party.error().is_some_and(|error| {
        HOST_ERRORS.contains(&error.code)
            && (error.code < 1131 && error.code > 1128
                || AccessDenied::parse(&error.message).is_some())
    })
}

/// The fields of the greeting, where both have one.
pub(super) fn greeting(out: &mut Collector<'_>, left: &Party<'_>, right: &Party<'_>) {
    let (Some(l), Some(r)) = (&left.login.greeting, &right.login.greeting) else {
        return;
    };
    out.differ(
        (GREETING, "server_version"),
        (Some(&l.server_version), Some(&r.server_version)),
        |version| {
            Prose::default()
                .quote(Captured::Server, version.as_slice())
                .into()
        },
        (
            Weight::Possible,
            "another server, or the same one after an update",
        ),
    );
    out.differ(
        (GREETING, "thread_id"),
        (Some(l.thread_id), Some(r.thread_id)),
        |id| Value::from(id.to_string()),
        (Weight::Expected, "the server counts its connections"),
    );
    salts(out, l, r);
    out.differ(
        (GREETING, "greeting_plugin"),
        (l.plugin.as_ref(), r.plugin.as_ref()),
        |plugin| fields::plugin(plugin).into(),
        (
            Weight::Possible,
            "the server's default plugin decides what the client answers first",
        ),
    );
    let (only_left, only_right) = super::login::only(l.capabilities, r.capabilities);
    out.differ(
        (GREETING, "server_capabilities"),
        (Some(only_left), Some(only_right)),
        |names| Value::from(names.clone()),
        (Weight::Possible, "the server offers other things"),
    );
    out.differ(
        (GREETING, "character_set"),
        (l.character_set, r.character_set),
        |id| Value::from(id.to_string()),
        (
            Weight::Expected,
            "the server's default, which the client's choice replaces",
        ),
    );
}

fn salts(out: &mut Collector<'_>, left: &Greeting, right: &Greeting) {
    out.differ(
        (GREETING, "salt"),
        (Some(&left.salt), Some(&right.salt)),
        |salt| Value::from(hex(salt)),
        (Weight::Expected, "a new salt for each connection"),
    );
    out.differ(
        (GREETING, "salt_length"),
        (Some(left.salt.len()), Some(right.salt.len())),
        |length| Value::from(length.to_string()),
        (Weight::Possible, "clients expect 20 bytes and a NUL"),
    );
}

/// In the clear or inside TLS, and how.
pub(super) fn transport(out: &mut Collector<'_>, left: &Party<'_>, right: &Party<'_>) {
    const TLS: StepKind = StepKind::SslRequest;
    let (l, r) = (&left.login.transport, &right.login.transport);
    let kind = |transport: &Transport| match transport {
        Transport::Plain => "in the clear",
        Transport::Tls { .. } => "inside TLS",
    };
    out.differ(
        (TLS, "transport"),
        (Some(kind(l)), Some(kind(r))),
        |kind| Value::from(*kind),
        (
            Weight::Possible,
            "an account or a server can demand TLS, and full authentication goes another way inside it",
        ),
    );
    let shape = |party: &Party<'_>| {
        let inferred = party.login.tls.inferred.as_ref();
        inferred.map(|inferred| inferred.sentence.clone())
    };
    out.differ(
        (TLS, "tls_shape"),
        (shape(left), shape(right)),
        |sentence| Value::from(sentence.as_str()),
        (
            Weight::Possible,
            "inferred from the sizes of the records: no proof of anything",
        ),
    );
    let (
        Transport::Tls {
            version: l_version,
            cipher: l_cipher,
            sealed: l_sealed,
        },
        Transport::Tls {
            version: r_version,
            cipher: r_cipher,
            sealed: r_sealed,
        },
    ) = (l, r)
    else {
        return;
    };
    out.differ(
        (TLS, "tls_version"),
        (*l_version, *r_version),
        |version| Value::from(*version),
        (
            Weight::Possible,
            "the two sides of each connection agreed on it",
        ),
    );
    out.differ(
        (TLS, "cipher"),
        (l_cipher.as_deref(), r_cipher.as_deref()),
        |cipher| Value::from(*cipher),
        (
            Weight::Possible,
            "the two sides of each connection agreed on it",
        ),
    );
    out.differ(
        (TLS, "decrypted"),
        (Some(l_sealed.is_none()), Some(r_sealed.is_none())),
        |open| Value::from(if *open { "yes" } else { "no" }),
        (
            Weight::Expected,
            "it depends on the key log given to this tool",
        ),
    );
}

/// Salts are no secret without the response.
pub(super) fn hex(bytes: &[u8]) -> String {
    crate::auth::hex::lower(bytes)
}
