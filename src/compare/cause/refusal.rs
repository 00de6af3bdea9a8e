//! Causes that lie in what the server would not do: with the account, the host, the database or a
//! connection in the clear.

use super::{Cause, Pair, Subject};
use crate::auth::Verdict;
use crate::compare::fields;
use crate::compare::party::{Party, Reached};
use crate::findings::{Captured, Code, Finding, Prose};
use crate::mysql::wire::access_denied::AccessDenied;
use crate::mysql::wire::field_bytes::FieldBytes;
use crate::mysql::{AuthPath, StepKind, Transport};

/// "Connections using insecure transport are prohibited while --require_secure_transport=ON."
const SECURE_TRANSPORT_REQUIRED: u16 = 3159;
/// Errors about the database: not permitted, not there.
const DATABASE: [u16; 2] = [1044, 1049];

/// A cause that is the end of the failed login itself.
pub(super) fn at_the_end(
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
    let reason =
        format!("the server answered with error {code}: it takes no connection in the clear");
    let did = "did not ask for TLS, which the server demands";
    Some(without_tls(
        pair,
        pair.failed.own_failure(),
        instead,
        did,
        reason,
    ))
}

/// In the clear, where it takes TLS.
fn without_tls(
    pair: Pair<'_, '_>,
    code: Option<Code>,
    instead: Option<u64>,
    did: &'static str,
    reason: String,
) -> Cause {
    Cause {
        failed: pair.which,
        code,
        step: StepKind::SslRequest.name(),
        field: "transport",
        implies: &["step"],
        bad: ("in the clear".into(), instead),
        good: ("inside TLS".into(), pair.other.packet(StepKind::SslRequest)),
        subject: Subject::Client,
        did: did.into(),
        reason: reason.into(),
        fix: Some(
            "Switch TLS on in the client (ssl-mode=REQUIRED or what its options call that).".into(),
        ),
    }
}

/// The end of the other login was not captured, and yet it did not meet what ended this one: the
/// server's demand for TLS, or a refusal in the place of a greeting.
pub(super) fn not_met_by(pair: Pair<'_, '_>) -> Option<Cause> {
    if let Some(cause) = tls_demanded(pair) {
        return Some(cause);
    }
    let refused = pair.failed.finding(Code::ServerRefusedEarly)?;
    let greeted = |party: &Party<'_>| party.packet(StepKind::Greeting).is_some();
    (!greeted(pair.failed) && greeted(pair.other)).then(|| early(pair, refused))
}

/// The response is correct, and the server refuses the account.
pub(super) fn account(pair: Pair<'_, '_>, finding: &Finding) -> Option<Cause> {
    if pair.other.reached() < Some(Reached::Proved) {
        return None;
    }
    // The other login shows which password is in use, if it can be recomputed at all.
    let name = pair.failed.matched()?.password.clone();
    if pair.other.finding(Code::CandidateIsWrong).is_some() {
        return candidate_not_in_use(pair, name).filter(|_| pair.same_account());
    }
    let others = &pair.other.matched()?.password;
    let opened = pair.failed.examination.full_auth.as_ref();
    let unopened = pair.failed.login.path == Some(AuthPath::FullRsa)
        && opened.is_none_or(|whole| whole.proof.is_none());
    let correct = correct(pair, [&name, others], unopened && *others == name);
    if !pair.same_account() {
        return another_account(pair, finding, &correct);
    }
    if *others != name {
        return Some(another_candidate(pair, finding, [&name, others], &correct));
    }
    let clear = |party: &Party<'_>| party.login.transport == Transport::Plain;
    let tls = clear(pair.failed) && !clear(pair.other);
    let refused = error(pair.failed);
    if tls && !unopened && pair.same_client_host() {
        let instead = pair.failed.packet(StepKind::Login);
        let did = "did not ask for TLS, and the account takes no login in the clear";
        let reason = format!(
            "recomputed: {correct}; user, server and the client's address are the same; an \
account that demands TLS (REQUIRE SSL) is refused so in the clear, with {refused}"
        );
        return Some(without_tls(pair, Some(finding.code), instead, did, reason));
    }
    let bad = seen_as(pair.failed).unwrap_or_else(|| fields::outcome(pair.failed));
    let mask = if pair.same_client_host() {
        "its host mask"
    } else {
        "its host mask (the two clients have different addresses)"
    };
    let demand = if tls { "its demand for TLS, " } else { "" };
    let reason = format!(
        "recomputed: {correct}, so that the refusal is about the account that the server \
chose: {mask}, an anonymous account before it, {demand}a lock, or another password stored for it"
    );
    let did = format!("refused the account with {refused}, though the response is correct");
    let cause = at_the_end(pair, finding, "account", did, reason);
    Some(Cause {
        bad: (bad.into(), cause.bad.1),
        ..cause
    })
}

/// Which responses are correct for which candidate.
fn correct(pair: Pair<'_, '_>, [name, others]: [&str; 2], unopened: bool) -> String {
    let correct = if others == name {
        format!("both responses are correct for {name}")
    } else {
        let (failed, other) = (pair.which.name(), pair.which.other().name());
        format!("the {failed} response is correct for {name}, the {other} one for {others}")
    };
    if !unopened {
        return correct;
    }
    // Something else may have been sent there than was hashed.
    format!("{correct} (what was sent under the server's RSA key was not opened: --server-key)")
}

/// The account as the server's error names it.
fn seen_as(party: &Party<'_>) -> Option<Prose> {
    let denied = AccessDenied::parse(&party.error()?.message)?;
    let seen = Prose::new("refused as '")
        .quote(Captured::User, denied.user)
        .say("'@'")
        .quote(Captured::Host, denied.host)
        .say("'");
    Some(seen)
}

/// Each login used another of the candidates, and the server accepted one of them.
fn another_candidate(
    pair: Pair<'_, '_>,
    finding: &Finding,
    [bad, good]: [&str; 2],
    correct: &str,
) -> Cause {
    let (failed, other) = (pair.failed.proof_step(), pair.other.proof_step());
    let other_name = pair.which.other().name();
    let did = format!("used another password than the {other_name} one");
    let reason = format!("recomputed: {correct}, which the server accepted for this user");
    Cause {
        step: failed.map_or(StepKind::Response, |step| step.kind).name(),
        subject: Subject::Client,
        implies: &["verdict"],
        bad: (bad.to_owned().into(), failed.map(|step| step.at.number)),
        good: (good.to_owned().into(), other.map(|step| step.at.number)),
        fix: Some("Give that client the password of the other one.".into()),
        ..at_the_end(pair, finding, "password", did, reason)
    }
}

/// The same password for another user, or on another server, is not the password of the same account.
fn another_account(pair: Pair<'_, '_>, finding: &Finding, correct: &str) -> Option<Cause> {
    let user = |party: &Party<'_>| party.login.request.as_ref()?.user.clone();
    let (bad, good) = (user(pair.failed)?, user(pair.other)?);
    if bad == good {
        let reason = format!(
            "recomputed: {correct}; the servers are two, and this one has no such account, \
refuses it, or stores another password for it"
        );
        let did = format!(
            "refused with {} what the other server accepted",
            error(pair.failed)
        );
        return Some(at_the_end(pair, finding, "account", did, reason));
    }
    let quote = |user: FieldBytes| Prose::default().quote(Captured::User, user);
    let step = pair.failed.login_step();
    let reason = format!(
        "recomputed: {correct}; the users are two, and the server has no account for this one, \
refuses it, or stores another password for it"
    );
    Some(Cause {
        step: step.name(),
        subject: Subject::Client,
        bad: (quote(bad).into(), pair.failed.packet(step)),
        good: (
            quote(good).into(),
            pair.other.packet(pair.other.login_step()),
        ),
        did: format!(
            "named another user, whom the server refused with {}",
            error(pair.failed)
        )
        .into(),
        ..at_the_end(pair, finding, "user", "", reason)
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
    let name = |database: Option<FieldBytes>| match database {
        Some(name) => Prose::default().quote(Captured::Database, name),
        None => Prose::new("none"),
    };
    let asks = |party: &Party<'_>| party.packet(party.login_step());
    let step = pair.failed.login_step();
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
pub(super) fn early(pair: Pair<'_, '_>, finding: &Finding) -> Cause {
    let did = format!(
        "refused before any authentication, with {}",
        error(pair.failed)
    );
    let about = match pair.failed.error().map(|error| error.code) {
        Some(1129 | 1130) => "the error is about the host that the client connects from; ",
        _ => "",
    };
    let reason = format!(
        "{about}password, plugin and database have no part in it: none of them had been sent"
    );
    let cause = at_the_end(pair, finding, "error", did, reason);
    if pair.failed.packet(StepKind::Greeting).is_some() {
        return cause;
    }
    Cause {
        step: StepKind::Greeting.name(),
        implies: &["step"],
        good: ("a greeting".into(), pair.other.packet(StepKind::Greeting)),
        ..cause
    }
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
        good: (good.to_owned().into(), request(pair.other)),
        did: "ended while TLS was set up".into(),
        reason: finding.summary.clone(),
        ..at_the_end(pair, finding, "tls", "", "")
    })
}
