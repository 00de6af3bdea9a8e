//! Causes that lie in what the client cannot or will not do: a plugin, full authentication, an
//! auth switch.

use super::refusal::at_the_end;
use super::{Cause, Pair, Subject};
use crate::compare::difference::Value;
use crate::compare::fields;
use crate::compare::party::Party;
use crate::findings::{Finding, Prose};
use crate::mysql::wire::capabilities::Capabilities;
use crate::mysql::{AuthPath, Outcome, Plugin, RoundStart, StepKind};

/// "Client does not support authentication protocol requested by server".
const CLIENT_TOO_OLD: u16 = 1251;

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
    // Where the other login went by mysql_native_password, it is not that the client names none.
    let beyond =
        due.is_some_and(|due| !matches!(due, Plugin::NativePassword | Plugin::OldPassword));
    if code == CLIENT_TOO_OLD
        && beyond
        && names_plugins(pair.failed) == Some(false)
        && names_plugins(pair.other) == Some(true)
    {
        return Some(Cause {
            step: StepKind::Login.name(),
            bad: ("none (PLUGIN_AUTH is not among its capabilities)".into(), pair.failed.packet(StepKind::Login)),
            good: (Prose::new("names plugins, and answered by ").then(needed()).into(), pair.other.packet(StepKind::Login)),
            did: "supports no authentication plugins".into(),
            reason: Prose::new("without PLUGIN_AUTH a client can answer by mysql_native_password only; the other login went by ")
                .then(needed())
                .say(format!(", and the server answered this one with error {code}")),
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
pub(super) fn full_auth(pair: Pair<'_, '_>, finding: &Finding) -> Cause {
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
    match (pair.other.login.path, next) {
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
            reason: if pair.failed.examination.is_plain() {
                "its hashed response is correct, so the account was not in the server's cache; the other login was \
not asked"
            } else {
                "the server asks so when the account is not in its cache or the hashed response is wrong; the other \
login was not asked"
            }
            .into(),
            ..begin
        },
    }
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
