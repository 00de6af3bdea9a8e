//! Causes that lie in what one side would not do: the server with the account, the host, the
//! database or the connection; the client with a plugin or with full authentication.

use super::{Cause, Pair, Subject};
use crate::auth::Verdict;
use crate::compare::difference::Value;
use crate::compare::fields;
use crate::compare::party::{Party, Reached};
use crate::findings::{Captured, Code, Finding, Prose};
use crate::mysql::wire::access_denied::AccessDenied;
use crate::mysql::wire::capabilities::Capabilities;
use crate::mysql::{AuthPath, Outcome, Plugin, RoundStart, StepKind, Transport};

/// "Connections using insecure transport are prohibited while --require_secure_transport=ON."
const SECURE_TRANSPORT_REQUIRED: u16 = 3159;
/// Errors about the database: not permitted, not there.
const DATABASE: [u16; 2] = [1044, 1049];
/// "Client does not support authentication protocol requested by server".
const CLIENT_TOO_OLD: u16 = 1251;

/// A cause that is the end of the failed login itself.
fn at_the_end(
    pair: Pair<'_, '_>,
    finding: &Finding,
    field: &'static str,
    did: impl Into<Prose>,
    reason: impl Into<Prose>,
) -> Cause {
    Cause {
        failed: pair.which,
        code: Some(finding.code),
        step: StepKind::Result.name(),
        field,
        implies: &[],
        bad: (
            fields::outcome(pair.failed).into(),
            pair.failed.end_packet(),
        ),
        good: (fields::outcome(pair.other).into(), pair.other.end_packet()),
        subject: Subject::Server,
        did: did.into(),
        reason: reason.into(),
        fix: Some(finding.fix.clone()),
    }
}

/// `error 1045`, for the middle of a sentence.
fn error(party: &Party<'_>) -> String {
    party.error().map_or_else(
        || "an error".into(),
        |error| format!("error {}", error.code),
    )
}

/// The server takes no login in the clear, and the failed client asked for none inside TLS.
pub(super) fn tls_demanded(pair: Pair<'_, '_>) -> Option<Cause> {
    let code = pair.failed.error()?.code;
    let clear = |party: &Party<'_>| party.login.transport == Transport::Plain;
    if code != SECURE_TRANSPORT_REQUIRED || !clear(pair.failed) || clear(pair.other) {
        return None;
    }
    let instead = pair
        .failed
        .packet(StepKind::Login)
        .or(pair.failed.end_packet());
    Some(Cause {
        failed: pair.which,
        code: None,
        step: StepKind::SslRequest.name(),
        field: "transport",
        implies: &["step"],
        bad: ("in the clear".into(), instead),
        good: ("inside TLS".into(), pair.other.packet(StepKind::SslRequest)),
        subject: Subject::Client,
        did: "did not ask for TLS, which the server demands".into(),
        reason: format!(
            "the server answered with error {code}: it takes no connection in the clear"
        )
        .into(),
        fix: Some(
            "Switch TLS on in the client (ssl-mode=REQUIRED or what its options call that).".into(),
        ),
    })
}

/// The response is correct, and the server refuses the account.
pub(super) fn account(pair: Pair<'_, '_>, finding: &Finding) -> Option<Cause> {
    if pair.other.reached() < Some(Reached::Proved) {
        return None;
    }
    // The other login shows which password is in use, if it can be recomputed at all.
    let name = pair.failed.matched()?.password.clone();
    if pair.other.finding(Code::CandidateIsWrong).is_some() {
        return candidate_not_in_use(pair, name);
    }
    pair.other.matched()?;
    let seen = pair
        .failed
        .error()
        .and_then(|error| AccessDenied::parse(&error.message));
    let bad = match seen {
        Some(denied) => Prose::new("refused as '")
            .quote(Captured::User, denied.user)
            .say("'@'")
            .quote(Captured::Host, denied.host)
            .say("'"),
        None => fields::outcome(pair.failed),
    };
    let reason = format!(
        "recomputed: both responses are correct for {name}, so that the refusal is about the account that the server \
chose: its host mask, an anonymous account before it, a lock, or another password stored on that server"
    );
    let did = format!(
        "refused the account with {}, though the response is correct",
        error(pair.failed)
    );
    let cause = at_the_end(pair, finding, "account", did, reason);
    Some(Cause {
        bad: (bad.into(), cause.bad.1),
        ..cause
    })
}

/// The failed client used the password given to this tool, and the other got in with another one.
fn candidate_not_in_use(pair: Pair<'_, '_>, name: String) -> Option<Cause> {
    let wrong = pair.other.finding(Code::CandidateIsWrong)?;
    let tried = match &pair.other.examination.verdict {
        Verdict::Mismatch(tried) => tried.hypotheses,
        _ => return None,
    };
    let step = pair.failed.proof_step()?;
    let reason = format!(
        "recomputed: {name} explains the {} response; no form of it explains the {} one, which the server accepted \
({tried} ways tried)",
        pair.which.name(),
        pair.which.other().name(),
    );
    Some(Cause {
        failed: pair.which,
        code: Some(wrong.code),
        step: step.kind.name(),
        field: "password",
        implies: &["verdict"],
        bad: (name.into(), Some(step.at.number)),
        good: (
            "another password".into(),
            pair.other.proof_step().map(|step| step.at.number),
        ),
        subject: Subject::Client,
        did: "used the password given to this tool, and that is not the one in use".into(),
        reason: reason.into(),
        fix: Some("Give that client the password of the other one.".into()),
    })
}

/// The proof was accepted, and the login refused: for the database, or for another reason.
pub(super) fn after(pair: Pair<'_, '_>, finding: &Finding) -> Option<Cause> {
    let code = pair.failed.error()?.code;
    let database = |party: &Party<'_>| party.login.request.as_ref()?.database.clone();
    let (bad, good) = (database(pair.failed), database(pair.other));
    if !DATABASE.contains(&code) || bad == good {
        let did = format!(
            "accepted the proof and refused the login with {}",
            error(pair.failed)
        );
        let reason = if DATABASE.contains(&code) {
            "both asked for the same database: the account's rights, or the server, are not the same"
        } else {
            "the refusal comes after the proof; password and computation have no part in it"
        };
        return Some(at_the_end(pair, finding, "error", did, reason));
    }
    let name = |database: Option<Vec<u8>>| match database {
        Some(name) => Prose::default().quote(Captured::Database, name),
        None => Prose::new("none"),
    };
    let asks = |party: &Party<'_>| {
        party
            .packet(StepKind::Login)
            .or(party.packet(StepKind::ChangeUser))
    };
    let step = if pair.failed.packet(StepKind::Login).is_some() {
        StepKind::Login
    } else {
        StepKind::ChangeUser
    };
    Some(Cause {
        failed: pair.which,
        code: Some(finding.code),
        step: step.name(),
        field: "database",
        implies: &[],
        bad: (name(bad).into(), asks(pair.failed)),
        good: (name(good).into(), asks(pair.other)),
        subject: Subject::Client,
        did: format!("asked for a database that the server refused with {}", error(pair.failed)).into(),
        reason: "the proof was accepted; the error is about the database, and the other login asked for another or none".into(),
        fix: Some(finding.fix.clone()),
    })
}

/// The server would not have this host or this connection.
pub(super) fn early(pair: Pair<'_, '_>, finding: &Finding) -> Option<Cause> {
    let did = format!(
        "refused before any authentication, with {}",
        error(pair.failed)
    );
    let reason = "password, plugin and database have no part in it: none of them had been sent";
    let cause = at_the_end(pair, finding, "error", did, reason);
    if pair.failed.packet(StepKind::Greeting).is_some() {
        return Some(cause);
    }
    Some(Cause {
        step: StepKind::Greeting.name(),
        implies: &["step"],
        good: ("a greeting".into(), pair.other.packet(StepKind::Greeting)),
        ..cause
    })
}

/// The plugin that the account needs is unknown to the client or to the server.
pub(super) fn plugin(pair: Pair<'_, '_>, finding: &Finding) -> Option<Cause> {
    let names_plugins = |party: &Party<'_>| {
        let request = party.login.request.as_ref()?;
        Some(request.capabilities?.has(Capabilities::PLUGIN_AUTH))
    };
    let due = pair.other.examination.plugin.as_ref().or_else(|| {
        let round = pair.other.login.last_round();
        round.map(|round| &round.plugin)
    });
    let needed = || due.map_or_else(|| Prose::new("the account's plugin"), fields::plugin);
    let begin = Cause {
        subject: Subject::Client,
        field: "plugin_support",
        implies: &[
            "client_plugin",
            "plugin",
            "formula",
            "response_length",
            "salt_form",
            "verdict",
        ],
        ..at_the_end(pair, finding, "error", "", "")
    };
    let Some(code) = pair.failed.error().map(|error| error.code) else {
        return left_at_the_switch(pair, begin);
    };
    if code == CLIENT_TOO_OLD
        && names_plugins(pair.failed) == Some(false)
        && names_plugins(pair.other) == Some(true)
    {
        return Some(Cause {
            step: StepKind::Login.name(),
            bad: ("none (PLUGIN_AUTH is not among its capabilities)".into(), pair.failed.packet(StepKind::Login)),
            good: (Prose::new("names plugins, and can ").then(needed()).into(), pair.other.packet(StepKind::Login)),
            did: "supports no authentication plugins".into(),
            reason: Prose::new("without PLUGIN_AUTH a client can answer by mysql_native_password only; the server asked the other for ")
                .then(needed())
                .say(format!(", and answered this one with error {code}")),
            ..begin
        });
    }
    let did = if code == CLIENT_TOO_OLD {
        format!("takes no authentication of the kind that this client offers (error {code})")
    } else {
        format!("has not loaded the plugin that the account needs (error {code})")
    };
    Some(Cause {
        field: "error",
        subject: Subject::Server,
        did: did.into(),
        reason: "the error is about the plugin: the password has no part in it".into(),
        ..begin
    })
}

/// The client closed the connection when it was asked for a plugin.
fn left_at_the_switch(pair: Pair<'_, '_>, begin: Cause) -> Option<Cause> {
    let asked = &pair.failed.login.last_round()?.plugin;
    let mut rounds = pair.other.login.rounds.iter();
    let answered = rounds.any(|round| {
        round.begun_by == RoundStart::Switch && round.plugin == *asked && round.response().is_some()
    });
    let good: Value = if answered {
        Prose::new("answered by ")
            .then(fields::plugin(asked))
            .into()
    } else {
        "was not asked for another plugin".into()
    };
    Some(Cause {
        step: StepKind::AuthSwitch.name(),
        bad: (
            Prose::new("left when asked for ").then(fields::plugin(asked)).into(),
            pair.failed.packet(StepKind::AuthSwitch),
        ),
        good: (good, pair.other.packet(StepKind::AuthSwitch)),
        did: Prose::new("left when it was asked for ").then(fields::plugin(asked)),
        reason: "the plugin is unknown to that client, switched off, or its code failed; its own log says which".into(),
        ..begin
    })
}

/// The client gave up when the password was wanted whole.
pub(super) fn full_auth(pair: Pair<'_, '_>, finding: &Finding) -> Option<Cause> {
    let asked = |party: &Party<'_>| {
        let proof = party.proof()?.at.number;
        let mut steps = party.login.steps.iter();
        let step = steps.find(|step| step.kind == StepKind::MoreData && step.at.number >= proof)?;
        Some(step.at.number)
    };
    let begin = Cause {
        subject: Subject::Client,
        implies: &["path", "step"],
        bad: (
            fields::path(AuthPath::FullRefused).into(),
            asked(pair.failed),
        ),
        did: "gave up when the server asked for the password whole (full authentication)".into(),
        step: StepKind::MoreData.name(),
        ..at_the_end(pair, finding, "full_authentication", "", "")
    };
    let from = asked(pair.other);
    let mut steps = pair.other.login.steps.iter();
    let next = steps.find(|step| {
        Some(step.at.number) > from
            && matches!(step.kind, StepKind::KeyRequest | StepKind::Response)
    });
    Some(match (pair.other.login.path, next) {
        (Some(AuthPath::FullRsa | AuthPath::FullTls), Some(next)) => {
            let (good, reason) = if next.kind == StepKind::KeyRequest {
                (
                    "asked for the server's public key",
                    "outside TLS a client must ask for the server's public key, which many do only when allowed to \
(get-server-public-key, allowPublicKeyRetrieval)",
                )
            } else {
                ("sent the password whole", "the one client went on where the other gave up")
            };
            Cause {
                step: next.kind.name(),
                bad: ("closed the connection".into(), pair.failed.end_packet()),
                good: (good.into(), Some(next.at.number)),
                reason: reason.into(),
                ..begin
            }
        }
        (path, _) => Cause {
            good: (path.map_or("not asked for", fields::path).into(), from),
            reason: "the server asked only this client, because the account was not in its cache; it would not \
have failed otherwise"
                .into(),
            ..begin
        },
    })
}

/// TLS was begun and failed.
pub(super) fn tls_failed(pair: Pair<'_, '_>, finding: &Finding) -> Option<Cause> {
    if pair.other.finding(finding.code).is_some() {
        return None;
    }
    let good = match pair.other.login.transport {
        Transport::Plain => "in the clear",
        Transport::Tls { .. } => "TLS was set up",
    };
    let request = |party: &Party<'_>| party.packet(StepKind::SslRequest);
    Some(Cause {
        step: StepKind::SslRequest.name(),
        subject: Subject::Login,
        implies: &["transport", "tls_version", "cipher", "decrypted"],
        bad: ("TLS failed".into(), request(pair.failed)),
        good: (good.into(), request(pair.other)),
        did: "ended while TLS was set up".into(),
        reason: finding.summary.clone(),
        ..at_the_end(pair, finding, "tls", "", "")
    })
}

/// The client went on as if no switch had been asked for.
pub(super) fn switch_ignored(pair: Pair<'_, '_>, finding: &Finding) -> Option<Cause> {
    if pair.other.finding(finding.code).is_some() {
        return None;
    }
    let plugin = |party: &Party<'_>| party.login.last_round().map(|round| round.plugin.clone());
    let good: Value = match plugin(pair.other).filter(|_| pair.other.login.switched) {
        Some(plugin) => answered(&plugin).into(),
        None => "was not asked to switch".into(),
    };
    let switch = |party: &Party<'_>| party.packet(StepKind::AuthSwitch);
    Some(Cause {
        step: StepKind::AuthSwitch.name(),
        subject: Subject::Client,
        bad: ("went on without an answer".into(), switch(pair.failed)),
        good: (good, switch(pair.other)),
        did: "did not answer the auth switch".into(),
        reason: finding.summary.clone(),
        ..at_the_end(pair, finding, "answer", "", "")
    })
}

fn answered(plugin: &Plugin) -> Prose {
    Prose::new("answered by ").then(fields::plugin(plugin))
}

/// Whether the client left by itself; then its own log knows more.
pub(in crate::compare) const fn left_by_itself(party: &Party<'_>) -> bool {
    matches!(
        party.login.outcome,
        Outcome::Abandoned {
            by: Some(crate::mysql::Side::Client),
            ..
        }
    )
}
