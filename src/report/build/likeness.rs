//! What two logins must have in common for their models to be the same but for what every login has of its own.
//!
//! Owns which facts those are, field for field as [`super::login`] takes them. For [`crate::report::ndjson`],
//! which need not make anew what it has made of a login like this one.

use std::hash::{Hash, Hasher};

use super::login::{answer, inferred, salt_in_force};
use crate::auth::Examination;
use crate::mysql::{Login, LoginRequest, Outcome};
use crate::report::ExaminedLogin;
use crate::report::build::Builder;

/// What a login has of its own, beside addresses, times and packet numbers.
#[derive(Default)]
pub(in crate::report) struct Own<'l> {
    /// The client's process: of its attributes the only one that differs from login to login.
    pub(in crate::report) process: Option<&'l [u8]>,
    /// The salt in force.
    pub(in crate::report) salt: Option<&'l [u8]>,
}

/// The attribute with the client's process.
pub(in crate::report) const PROCESS: &str = "_pid";

/// Takes what is hashed as it is: what differs in one field differs here.
struct Facts<'f>(&'f mut Vec<u8>);

impl Hasher for Facts<'_> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Nobody asks for it.
    fn finish(&self) -> u64 {
        0
    }
}

impl Builder<'_> {
    /// Writes down what of a login goes into its model and is not its own; `None` where that would not be all.
    pub(in crate::report) fn likeness<'l>(
        &self,
        examined: &'l ExaminedLogin,
        facts: &mut Vec<u8>,
    ) -> Option<Own<'l>> {
        // Each in full, so that a field that comes is thought of here.
        let ExaminedLogin {
            stream: _,
            login,
            examination,
            findings,
            related,
        } = examined;
        let Login {
            attempt,
            first: _,
            client: _,
            server,
            proxied_for,
            transport,
            server_version,
            greeting,
            request,
            switched,
            rounds: _,
            path,
            outcome,
            steps,
            faults: _,
            tls: _,
            other_version: _,
            earlier_salts: _,
        } = &**login;
        let Examination {
            verdict,
            response: _,
            plugin: _,
            response_is_secret: _,
            recomputed: _,
            full_auth: _,
            iam_token: _,
            factors,
            versions: _,
        } = examination;
        // Pseudonyms and the bytes of responses are not told by these facts.
        if self.reveal || self.redactor.is_anonymous() || !factors.is_empty() || !related.is_empty()
        {
            return None;
        }
        let to = &mut Facts(facts);
        let greeting = greeting.as_ref();
        let version = server_version.as_ref();
        let version = version.or(greeting.map(|greeting| &greeting.server_version));
        (attempt, server, proxied_for, transport, version).hash(to);
        greeting.map(|greeting| &greeting.plugin).hash(to);
        let mut own = Own::default();
        if let Some(request) = request
            && !of_request(request, to, &mut own)
        {
            return None;
        }
        (request.is_some(), switched, path, verdict).hash(to);
        login.last_round().map(|round| &round.plugin).hash(to);
        let salt = salt_in_force(login);
        let parts = salt
            .map(|(bytes, plugin, source)| (bytes.len(), bytes.last() == Some(&0), plugin, source));
        parts.hash(to);
        let answer = answer(login, examination);
        answer.map(|turn| (turn.bytes.len(), turn.missing)).hash(to);
        match outcome {
            Outcome::Accepted => 0_u8.hash(to),
            Outcome::Rejected(error) => (1_u8, error).hash(to),
            Outcome::Abandoned { by, at: _ } => (2_u8, by).hash(to),
            Outcome::Unknown => (3_u8, inferred(login)).hash(to),
        }
        steps.len().hash(to);
        for step in steps {
            (step.kind, step.side).hash(to);
        }
        findings.len().hash(to);
        for finding in findings {
            finding.code.hash(to);
        }
        own.salt = salt.map(|(bytes, ..)| bytes);
        Some(own)
    }
}

/// What of a login packet goes into a model; false where that would not be all.
fn of_request<'l>(request: &'l LoginRequest, to: &mut Facts<'_>, own: &mut Own<'l>) -> bool {
    let LoginRequest {
        user,
        database,
        plugin,
        attributes,
        capabilities: _,
        max_packet: _,
        character_set: _,
        missing: _,
    } = request;
    (user, database, plugin).hash(to);
    attributes.len().hash(to);
    for (key, value) in attributes.iter() {
        key.hash(to);
        if key != PROCESS.as_bytes() {
            value.hash(to);
        } else if !value.iter().all(u8::is_ascii_digit) {
            return false;
        } else {
            own.process = Some(value);
        }
    }
    true
}
