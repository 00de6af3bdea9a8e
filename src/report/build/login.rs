//! One login: facts into fields.

use crate::auth::Examination;
use crate::findings::{Captured, Finding};
use crate::mysql::wire::access_denied::AccessDenied;
use crate::mysql::wire::err::ErrorPacket;
use crate::mysql::wire::field_bytes::FieldBytes;
use crate::mysql::{Login, Outcome, Plugin, Salt, Transport, Turn};
use crate::net;
use crate::report::build::{Builder, verdict};
use crate::report::text::Text;
use crate::report::time::Time;
use crate::report::{ExaminedLogin, Numbering, model, names, text};
use crate::tls::shape::InferredOutcome;

impl Builder<'_> {
    /// `across`: the findings of the capture that rest on several logins; `numbering`: the packets
    /// of joined captures.
    pub(in crate::report) fn login(
        &self,
        examined: &ExaminedLogin,
        across: &[Finding],
        numbering: Option<&Numbering>,
    ) -> model::Login {
        let login = &examined.login;
        let request = login.request.as_ref();
        let greeting = login.greeting.as_ref();
        let round = login.last_round();
        let plugin = round.map(|round| &round.plugin);
        let text = |kind, bytes: Option<&FieldBytes>| bytes.map(|b| self.redactor.text(kind, b));
        // A round whose beginning was not captured has a plugin that nobody knows.
        let name = |plugin: Option<&Plugin>| {
            let known = plugin.filter(|plugin| !plugin.name().is_empty());
            known.map(|plugin| self.redactor.plugin(plugin))
        };
        model::Login {
            stream: examined.stream,
            attempt: login.attempt,
            time: login.first.time.and_then(Time::of),
            client: self.endpoint(&login.client),
            server: self.endpoint(&login.server),
            proxied_for: login.proxied_for.as_ref().map(|end| self.endpoint(end)),
            server_version: text(
                Captured::Client,
                login
                    .server_version
                    .as_ref()
                    .or(greeting.map(|g| &g.server_version)),
            ),
            user: text(Captured::User, request.and_then(|r| r.user.as_ref())),
            database: text(
                Captured::Database,
                request.and_then(|r| r.database.as_ref()),
            ),
            attributes: self.attributes(login),
            transport: transport(&login.transport),
            greeting_plugin: name(greeting.and_then(|g| g.plugin.as_ref())),
            client_plugin: name(request.and_then(|r| r.plugin.as_ref())),
            plugin: name(plugin),
            switched: login.switched,
            salt: salt_in_force(login)
                .map(|(bytes, plugin, source)| salt_of(bytes, plugin, Some(source))),
            response: answer(login, &examined.examination)
                .map(|turn| self.response(turn, plugin, &examined.examination)),
            path: login.path.map(names::auth_path),
            outcome: self.outcome(login),
            verdict: verdict::model(&examined.examination.verdict, self.redactor),
            factors: self.factors(&examined.examination),
            evidence: login
                .steps
                .iter()
                .map(|step| {
                    let own = numbering.map(|numbering| numbering.own(step.at.number));
                    model::Evidence {
                        what: step.kind.name(),
                        packet: own.map_or(step.at.number, |(_, packet)| packet),
                        capture: own.map(|(path, _)| self.redactor.path(path)),
                        from: names::side(step.side),
                        time: step.at.time.and_then(Time::of),
                        length: step.length,
                    }
                })
                .collect(),
            findings: examined
                .findings
                .iter()
                .chain(across.iter().filter(|finding| of(finding, examined)))
                .map(|finding| finding.code.as_str())
                .collect(),
            related: examined
                .related
                .iter()
                .map(|link| model::Related {
                    capture: self.redactor.path(&link.capture),
                    stream: link.stream,
                    attempt: link.attempt,
                    how: link.how.name(),
                    forwarded: link.forwarded,
                })
                .collect(),
        }
    }

    fn factors(&self, examination: &Examination) -> Vec<model::Factor> {
        let factors = examination.factors.iter();
        let factors = factors.map(|factor| model::Factor {
            plugin: factor.plugin.as_ref().map(|p| self.redactor.plugin(p)),
            verdict: verdict::model(&factor.verdict, self.redactor),
        });
        factors.collect()
    }

    pub(super) fn endpoint(&self, endpoint: &net::Endpoint) -> model::Endpoint {
        model::Endpoint {
            address: self.redactor.address(endpoint),
            port: endpoint.port,
        }
    }

    fn attributes(&self, login: &Login) -> std::collections::BTreeMap<Text, Text> {
        let sent = login
            .request
            .iter()
            .flat_map(|request| request.attributes.iter());
        let mut attributes = std::collections::BTreeMap::new();
        // One by one: collecting would sort them in a list first.
        attributes.extend(sent.map(|(key, value)| self.redactor.attribute(key, value)));
        attributes
    }

    /// A response's length, and with `--reveal` its bytes and those recomputed.
    pub(in crate::report) fn response(
        &self,
        turn: &Turn,
        plugin: Option<&Plugin>,
        examination: &Examination,
    ) -> model::Response {
        let shown = self.reveal
            && !examination.response_is_secret
            && is_scramble(turn, plugin, examination)
            && !self.redactor.finds_in(&turn.bytes);
        let recomputed = examination.recomputed.as_ref().filter(|_| shown);
        model::Response {
            length: turn.bytes.len(),
            hex: shown.then(|| text::hex(&turn.bytes)),
            recomputed: recomputed.map(|bytes| text::hex(bytes)),
            missing: turn.missing,
        }
    }

    fn outcome(&self, login: &Login) -> model::Outcome {
        let outcome = &login.outcome;
        let (kind, inferred) = match outcome {
            Outcome::Accepted => (model::OutcomeKind::Accepted, false),
            Outcome::Rejected(_) => (model::OutcomeKind::Rejected, false),
            Outcome::Abandoned { .. } => (model::OutcomeKind::Abandoned, false),
            Outcome::Unknown => match inferred(login) {
                Some(InferredOutcome::Accepted) => (model::OutcomeKind::Accepted, true),
                Some(InferredOutcome::Rejected) => (model::OutcomeKind::Rejected, true),
                None => (model::OutcomeKind::Unknown, false),
            },
        };
        let error = match outcome {
            Outcome::Rejected(error) => Some(error),
            _ => None,
        };
        let state = error.and_then(|error| error.sql_state);
        model::Outcome {
            kind,
            inferred,
            code: error.map(|error| error.code),
            sqlstate: state.map(|state| self.redactor.text(Captured::Server, &state)),
            message: error.map(|error| self.redactor.text(Captured::Server, &error.message)),
            seen_as: error.and_then(|error| self.seen_as(error)),
            by: match outcome {
                Outcome::Abandoned { by, .. } => by.map(names::side),
                _ => None,
            },
        }
    }

    /// As whom the server saw the client.
    fn seen_as(&self, error: &ErrorPacket) -> Option<model::SeenAs> {
        let denied = AccessDenied::parse(&error.message).filter(|_| error.code == 1045)?;
        Some(model::SeenAs {
            user: self.redactor.text(Captured::User, &denied.user),
            host: self.redactor.text(Captured::Host, &denied.host),
            using_password: denied.using_password,
        })
    }
}

/// Whether a finding names this login.
fn of(finding: &Finding, examined: &ExaminedLogin) -> bool {
    finding.stream == Some(examined.stream) && finding.attempt == examined.login.attempt
}

/// The client's answer in the round in force: the turn that was judged, if it is of that round.
pub(super) fn answer<'l>(login: &'l Login, examination: &Examination) -> Option<&'l Turn> {
    let last = login.rounds.len().checked_sub(1)?;
    let judged = examination.response.filter(|place| place.round == last);
    match judged {
        Some(_) => examination.turn(login),
        None => login.last_round()?.response(),
    }
}

/// Whether these bytes are certainly a hash. Under plugins that send the password itself, and from
/// clients that send it by mistake, the response may be the password: that is never shown.
fn is_scramble(turn: &Turn, plugin: Option<&Plugin>, examination: &Examination) -> bool {
    let Some(length) = plugin.and_then(Plugin::response_length) else {
        return false;
    };
    examination.recomputed.is_some() || turn.bytes.len() == length
}

/// The salt in force, whose it is and which message carried it; of a login that never came to a round (TLS), the
/// greeting's.
pub(super) fn salt_in_force(login: &Login) -> Option<(&[u8], &Plugin, &'static str)> {
    if let Some(round) = login.last_round() {
        let Salt { bytes, source, .. } = round.salt.as_ref()?;
        return Some((bytes, &round.plugin, names::salt_source(*source)));
    }
    let greeting = login.greeting.as_ref().filter(|g| !g.salt.is_empty())?;
    let plugin = greeting.plugin.as_ref().unwrap_or(&Plugin::NativePassword);
    Some((&greeting.salt, plugin, "greeting"))
}

/// A salt's fields. The last byte of a nonce without terminator is never called one.
pub(in crate::report) fn salt_of(
    bytes: &[u8],
    plugin: &Plugin,
    source: Option<&'static str>,
) -> model::Salt {
    let terminated = plugin.salt_is_terminated() || plugin.salt_length().is_none();
    model::Salt {
        length: bytes.len(),
        trailing_nul: terminated && bytes.last() == Some(&0),
        hex: text::hex(bytes),
        source,
    }
}

fn transport(transport: &Transport) -> model::Transport {
    match transport {
        Transport::Plain => model::Transport {
            kind: "plain",
            version: None,
            cipher: None,
            decrypted: false,
            reason: None,
        },
        Transport::Tls {
            version,
            cipher,
            sealed,
        } => model::Transport {
            kind: "tls",
            version: *version,
            cipher: cipher.clone(),
            decrypted: sealed.is_none(),
            reason: sealed.clone(),
        },
    }
}

/// What the sizes of sealed TLS records leave as the only end, if they do.
pub(super) fn inferred(login: &Login) -> Option<InferredOutcome> {
    let inferred = login.tls.inferred.as_ref();
    inferred.filter(|inferred| !inferred.ambiguous)?.outcome
}
