//! Causes that lie in what the client sent as its proof.

use super::words::{formula, length, lengths, recomputed, salt};
use super::{Cause, Pair, Subject};
use crate::auth::{PasswordForm, Verdict};
use crate::compare::difference::Value;
use crate::compare::fields;
use crate::compare::party::{Party, Reached};
use crate::findings::{Code, Finding, Prose};
use crate::mysql::{AuthPath, StepKind};

/// The password went whole, so that the hashed response did not decide.
fn went_whole(party: &Party<'_>) -> bool {
    matches!(
        party.login.path,
        Some(AuthPath::FullTls | AuthPath::FullRsa)
    )
}

/// The beginning of a cause that lies in the response.
fn of_response(
    pair: Pair<'_, '_>,
    finding: &Finding,
    field: &'static str,
    values: (Value, Value),
    did: impl Into<Prose>,
    reason: impl Into<Prose>,
) -> Cause {
    let step = pair.failed.proof_step();
    Cause {
        failed: pair.which,
        code: Some(finding.code),
        step: step.map_or(StepKind::Response, |step| step.kind).name(),
        field,
        implies: &[
            "verdict",
            "formula",
            "salt_form",
            "password_form",
            "password",
            "response_length",
        ],
        bad: (values.0, step.map(|step| step.at.number)),
        good: (values.1, pair.other.proof_step().map(|step| step.at.number)),
        subject: Subject::Client,
        did: did.into(),
        reason: reason.into(),
        fix: Some(finding.fix.clone()),
    }
}

/// A response computed wrong.
pub(super) fn scramble(pair: Pair<'_, '_>, finding: &Finding) -> Option<Cause> {
    let failed = pair.failed;
    // A server that asked for the password whole has decided by that.
    if went_whole(failed) {
        return None;
    }
    if pair.other.finding(finding.code).is_some() {
        return by_path(pair, finding);
    }
    let found = failed.matched();
    let (field, did): (_, Prose) = match finding.code {
        Code::SaltTrailingNul => ("salt_form", "hashed the salt's trailing NUL".into()),
        Code::StaleSalt => ("salt_form", "answered over an older salt".into()),
        Code::SaltTruncated => ("salt_form", "hashed only a part of the salt".into()),
        Code::SaltMangled => ("salt_form", "hashed a changed form of the salt".into()),
        Code::HashOrderReversed => (
            "formula",
            "hashed salt and password in the wrong order".into(),
        ),
        Code::HashNotDoubled => (
            "formula",
            "hashed the password once instead of twice".into(),
        ),
        Code::WrongPluginResponse => {
            let plugin = found.map(|found| fields::plugin(found.formula.plugin()));
            let words = Prose::new("computed the response of another plugin");
            let words = match plugin {
                Some(name) => words.say(" (").then(name).say(")"),
                None => words,
            };
            ("formula", words)
        }
        Code::ResponseTruncated => ("response_length", "sent only a part of the response".into()),
        Code::ResponseExtraNul => ("response_length", "sent a NUL behind the response".into()),
        _ => (
            "response_length",
            "sent a response of the wrong length".into(),
        ),
    };
    let values = match field {
        "salt_form" => (salt(failed), salt(pair.other)),
        "formula" => (formula(failed), formula(pair.other)),
        _ => (length(failed), length(pair.other)),
    };
    let reason = recomputed(pair, field);
    Some(of_response(pair, finding, field, values, did, reason))
}

/// Both have the same fault, and only the one was let in: by a way that does not use the response.
fn by_path(pair: Pair<'_, '_>, finding: &Finding) -> Option<Cause> {
    if !went_whole(pair.other) || pair.other.reached() != Some(Reached::In) {
        return None;
    }
    let show = |party: &Party<'_>| {
        Value::from(
            party
                .login
                .path
                .map_or("refused by the hashed response alone", fields::path),
        )
    };
    let after = pair.other.proof().map_or(0, |proof| proof.at.number);
    let mut steps = pair.other.login.steps.iter();
    let asked = steps.find(|step| step.kind == StepKind::MoreData && step.at.number > after);
    Some(Cause {
        failed: pair.which,
        code: Some(finding.code),
        step: StepKind::MoreData.name(),
        field: "path",
        implies: &["step"],
        bad: (show(pair.failed), pair.failed.end_packet()),
        good: (show(pair.other), asked.map(|step| step.at.number)),
        subject: Subject::Login,
        did: Prose::new("was judged by its hashed response alone, which is wrong in both logins"),
        reason: format!(
            "both responses have the same fault ({}); the {} server asked for the password whole then, \
and by that let the client in",
            finding.code,
            pair.which.other().name()
        )
        .into(),
        fix: Some(finding.fix.clone()),
    })
}

/// Another form of the password.
pub(super) fn transformed(pair: Pair<'_, '_>, finding: &Finding) -> Option<Cause> {
    let own = pair.failed.matched()?.password_form;
    if pair.other.finding(finding.code).is_some()
        && pair
            .other
            .matched()
            .is_some_and(|found| found.password_form == own)
    {
        return by_path(pair, finding);
    }
    // What went whole decides where it is known: it may have been another form.
    let whole = pair.failed.examination.full_auth.as_ref();
    if whole
        .and_then(|whole| whole.proof.as_ref())
        .is_some_and(|proof| proof.password_form == PasswordForm::AsGiven)
    {
        return None;
    }
    let form = |party: &Party<'_>| {
        let form = party.matched().map(|found| found.password_form.name());
        Value::from(form.unwrap_or("not recomputed"))
    };
    let values = (form(pair.failed), form(pair.other));
    let did = format!("used a changed form of the password ({})", own.name());
    let reason = recomputed(pair, "password_form");
    Some(of_response(
        pair,
        finding,
        "password_form",
        values,
        did,
        reason,
    ))
}

/// Another password, if the other login proves that the candidate is the one in use.
pub(super) fn wrong_password(pair: Pair<'_, '_>, finding: &Finding) -> Option<Cause> {
    let proved = pair.other.matched()?;
    if pair.other.reached() < Some(Reached::Proved) || !pair.same_account() {
        return None;
    }
    let tried = match &pair.failed.examination.verdict {
        Verdict::Mismatch(tried) => tried.hypotheses,
        _ => return None,
    };
    let name = proved.password.clone();
    let reason = format!(
        "recomputed: the {} response is explained by {name}, the {} one by no form of it ({tried} ways tried)",
        pair.which.other().name(),
        pair.which.name(),
    );
    let values = (Value::from("another password"), Value::from(name));
    let did = format!(
        "used another password than the {} one",
        pair.which.other().name()
    );
    Some(of_response(pair, finding, "password", values, did, reason))
}

/// The hashed response is wrong, so the server asked for the password whole, and the client gave up.
/// To go on would not have helped, or not have been needed: the response is the cause.
pub(super) fn gave_up(pair: Pair<'_, '_>) -> Option<Cause> {
    if pair.failed.login.path != Some(AuthPath::FullRefused) || !pair.same_account() {
        return None;
    }
    let mut findings = pair.failed.findings.iter();
    let cause = match &pair.failed.examination.verdict {
        Verdict::Mismatch(tried) if tried.hypotheses > 0 && !pair.failed.lacks_bytes() => {
            let cause = wrong_password(pair, pair.failed.finding(Code::FullAuthRefused)?)?;
            Cause {
                code: Some(Code::WrongPassword),
                fix: Some(Code::WrongPassword.page().fix.into()),
                ..cause
            }
        }
        // The other one shows that a right response was enough.
        Verdict::Match(_) if pair.other.login.path == Some(AuthPath::Fast) => {
            findings.find_map(|finding| super::of_the_proof(pair, finding))?
        }
        _ => return None,
    };
    Some(Cause {
        implies: &[
            "verdict",
            "formula",
            "salt_form",
            "password_form",
            "password",
            "response_length",
            "path",
        ],
        reason: cause
            .reason
            .say("; so the server asked for the password whole, and there the client gave up"),
        ..cause
    })
}

/// No response at all.
pub(super) fn empty(pair: Pair<'_, '_>, finding: &Finding) -> Option<Cause> {
    let sent = |party: &Party<'_>| party.proof().map_or(0, |proof| proof.bytes.len());
    // Where the other sent none either, its account needs none: that is no fault of this client.
    if pair.other.finding(finding.code).is_some() || sent(pair.other) == sent(pair.failed) {
        return None;
    }
    let values = (length(pair.failed), length(pair.other));
    let did = "sent no password though the server asked for one";
    let reason = lengths(pair);
    Some(of_response(
        pair,
        finding,
        "response_length",
        values,
        did,
        reason,
    ))
}

/// The password under RSA, `XORed` with 21 bytes of salt.
pub(super) fn rsa(pair: Pair<'_, '_>, finding: &Finding) -> Option<Cause> {
    let values = (Value::from("21 bytes of salt"), Value::from("not so"));
    let did = "encrypted the password with 21 bytes of salt";
    let reason = "opened with the server's key: the keystream has the salt's terminating NUL in it";
    let cause = of_response(pair, finding, "rsa_salt", values, did, reason);
    sent_whole(pair, finding, cause)
}

/// The right password, sent whole in a form that the server does not take.
pub(super) fn wrong_form(pair: Pair<'_, '_>, finding: &Finding) -> Option<Cause> {
    let values = ("a form that the server does not take", "not so");
    let values = (Value::from(values.0), Value::from(values.1));
    let did = "sent the whole password in a form that the server does not take";
    let reason = finding.summary.clone();
    let cause = of_response(pair, finding, "full_authentication", values, did, reason);
    sent_whole(pair, finding, cause)
}

/// A cause that lies in the message with the whole password; none if the other login has it too.
fn sent_whole(pair: Pair<'_, '_>, finding: &Finding, cause: Cause) -> Option<Cause> {
    if pair.other.finding(finding.code).is_some() {
        return None;
    }
    let whole = |party: &Party<'_>| {
        let place = party.examination.full_auth.as_ref()?.place;
        let turn = party.login.rounds.get(place.round)?.turns.get(place.turn)?;
        party.step_of(turn).map(|step| (step.kind, step.at.number))
    };
    let (bad, good) = (whole(pair.failed), whole(pair.other));
    Some(Cause {
        step: bad.map_or(cause.step, |(kind, _)| kind.name()),
        bad: (cause.bad.0, bad.map(|(_, packet)| packet).or(cause.bad.1)),
        good: (
            cause.good.0,
            good.map(|(_, packet)| packet).or(cause.good.1),
        ),
        ..cause
    })
}

/// An AWS IAM token that cannot be valid.
pub(super) fn token(pair: Pair<'_, '_>, finding: &Finding) -> Option<Cause> {
    if pair.other.finding(finding.code).is_some() {
        return None;
    }
    let good = match pair.other.examination.iam_token {
        Some(_) => "a token without that fault",
        None => "no token",
    };
    let values = (Value::from("a token with a fault"), Value::from(good));
    let did = "sent an IAM token that cannot be valid";
    Some(of_response(
        pair,
        finding,
        "iam_token",
        values,
        did,
        finding.summary.clone(),
    ))
}
