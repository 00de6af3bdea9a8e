//! The switch, the response, and what came of it.

use super::{Collector, names};
use crate::auth::SaltForm;
use crate::compare::difference::{Difference, Value, Weight};
use crate::compare::{Party, fields};
use crate::mysql::{Round, RoundStart, StepKind};

/// The auth switch, where both have one.
pub(super) fn switch(out: &mut Collector<'_>, left: &Party<'_>, right: &Party<'_>) {
    const SWITCH: StepKind = StepKind::AuthSwitch;
    let (Some(l), Some(r)) = (switched(left), switched(right)) else {
        return;
    };
    out.differ(
        (SWITCH, "plugin"),
        (Some(&l.plugin), Some(&r.plugin)),
        |plugin| fields::plugin(plugin).into(),
        (
            Weight::Possible,
            "the plugin is the account's: these are two accounts, or two servers",
        ),
    );
    let bytes = |round: &Round| round.salt.as_ref().map(|salt| salt.bytes.clone());
    out.differ(
        (SWITCH, "salt"),
        (bytes(l), bytes(r)),
        |salt| Value::from(super::connection::hex(salt)),
        (Weight::Expected, "a new salt for each connection"),
    );
    out.differ(
        (SWITCH, "salt_length"),
        (
            bytes(l).map(|salt| salt.len()),
            bytes(r).map(|salt| salt.len()),
        ),
        |length| Value::from(length.to_string()),
        (
            Weight::Possible,
            "clients expect 20 bytes and a NUL of most plugins",
        ),
    );
}

fn switched<'a>(party: &Party<'a>) -> Option<&'a Round> {
    let mut rounds = party.login.rounds.iter().rev();
    rounds.find(|round| round.begun_by == RoundStart::Switch)
}

/// The response: how long it is, and what the recomputation says.
pub(super) fn response(out: &mut Collector<'_>, left: &Party<'_>, right: &Party<'_>) {
    let (Some(l), Some(r)) = (left.proof(), right.proof()) else {
        return;
    };
    let steps = (left.proof_step(), right.proof_step());
    let Some(step) = steps.0.or(steps.1).map(|step| step.kind) else {
        return;
    };
    out.differ(
        (step, "plugin"),
        (
            left.examination.plugin.as_ref(),
            right.examination.plugin.as_ref(),
        ),
        |plugin| fields::plugin(plugin).into(),
        (Weight::Possible, "the plugin whose response was due"),
    );
    out.differ(
        (step, "response_length"),
        (Some(l.bytes.len()), Some(r.bytes.len())),
        |length| Value::from(length.to_string()),
        (
            Weight::Possible,
            "another plugin, another password, or a part of it was lost",
        ),
    );
    out.differ(
        (step, "verdict"),
        (
            Some(names::verdict(&left.examination.verdict)),
            Some(names::verdict(&right.examination.verdict)),
        ),
        |verdict| Value::from(*verdict),
        (
            Weight::Possible,
            "what the recomputation says of the response",
        ),
    );
    let (Some(l), Some(r)) = (left.matched(), right.matched()) else {
        return;
    };
    out.differ(
        (step, "password"),
        (Some(&l.password), Some(&r.password)),
        |label| Value::from(label.as_str()),
        (
            Weight::Possible,
            "each response is explained by another candidate",
        ),
    );
    out.differ(
        (step, "password_form"),
        (Some(l.password_form.name()), Some(r.password_form.name())),
        |form| Value::from(*form),
        (
            Weight::Possible,
            "what was done to the password before it was used",
        ),
    );
    let form = |form: Option<SaltForm>| form.map(SaltForm::name);
    out.differ(
        (step, "salt_form"),
        (form(l.salt_form), form(r.salt_form)),
        |form| Value::from(*form),
        (Weight::Possible, "which bytes of the salt were hashed"),
    );
    out.differ(
        (step, "formula"),
        (Some(&l.formula), Some(&r.formula)),
        |formula| match formula {
            crate::auth::Formula::Plugin(plugin) => fields::plugin(plugin).into(),
            other => Value::from(other.name()),
        },
        (Weight::Possible, "whose formula gives the response"),
    );
}

/// How `caching_sha2_password` went on. No step of its own, since the one may lack it.
pub(super) fn path(out: &mut Collector<'_>, left: &Party<'_>, right: &Party<'_>) {
    let (l, r) = (left.login.path, right.login.path);
    if l == r {
        return;
    }
    let hidden = match (l, r) {
        (None, Some(_)) => left.hidden(),
        (Some(_), None) => right.hidden(),
        _ => None,
    };
    let (weight, reason) = match hidden {
        Some(why) => (Weight::Expected, why),
        None => (
            Weight::Possible,
            "the server decides it by its cache; it forgets an account at a restart and at a new password",
        ),
    };
    let show = |path: Option<_>| path.map(|path| Value::from(fields::path(path)));
    out.found.push(Difference {
        row: out.row(StepKind::MoreData),
        step: StepKind::MoreData.name(),
        field: "path",
        left: show(l),
        right: show(r),
        weight,
        reason: reason.into(),
    });
}
