//! Faults of the response itself: its formula and its length.

use crate::auth::{Formula, Verdict};
use crate::findings::catalogue::Code;
use crate::findings::finding::Finding;
use crate::findings::prose::Prose;
use crate::findings::rules::subject::{Subject, formula_plugin, has_no_final_nul};
use crate::findings::wording;

/// `hash-order-reversed`
pub(super) fn order_reversed(subject: &Subject<'_>) -> Option<Finding> {
    let (plugin, done) = match subject.matched()?.formula {
        Formula::CachingSha2Reversed => (
            "caching_sha2_password",
            "the salt before the password's hash",
        ),
        Formula::NativeReversed => (
            "mysql_native_password",
            "the password's hash before the salt",
        ),
        _ => return None,
    };
    let summary = sentence(
        subject,
        format!(" put {done}, the wrong way round for {plugin}"),
    );
    Some(fault(subject, Code::HashOrderReversed, summary))
}

/// `hash-not-doubled`
pub(super) fn not_doubled(subject: &Subject<'_>) -> Option<Finding> {
    let Formula::SingleHash(plugin) = &subject.matched()?.formula else {
        return None;
    };
    let words = Prose::new(" hashed the password once where ")
        .then(wording::plugin(plugin))
        .say(" hashes it twice");
    Some(fault(
        subject,
        Code::HashNotDoubled,
        sentence(subject, words),
    ))
}

/// `response-truncated`
pub(super) fn truncated(subject: &Subject<'_>) -> Option<Finding> {
    let matched = subject.matched()?;
    if matched.missing_nul
        && subject.refused_proof().is_some()
        && !subject.pasted
        && !subject.misses_any()
    {
        let words = " sent the password without the NUL that ends it";
        return Some(fault(
            subject,
            Code::ResponseTruncated,
            sentence(subject, words),
        ));
    }
    let compared = matched.prefix?;
    let turn = subject.proof()?;
    let due = formula_plugin(&matched.formula).response_length()?;
    if subject.pasted || turn.missing > 0 || turn.bytes.len() >= due || subject.misses_any() {
        return None;
    }
    let words = format!(
        " sent {} where the response has {due}; the first {compared} match",
        wording::bytes(turn.bytes.len())
    );
    Some(fault(
        subject,
        Code::ResponseTruncated,
        sentence(subject, words),
    ))
}

/// `response-extra-nul`
pub(super) fn extra_nul(subject: &Subject<'_>) -> Option<Finding> {
    let matched = subject.matched()?;
    if !matched.extra_nul || !has_no_final_nul(formula_plugin(&matched.formula)) {
        return None;
    }
    let words = " ended the response with a NUL that does not belong to it";
    Some(fault(
        subject,
        Code::ResponseExtraNul,
        sentence(subject, words),
    ))
}

/// `wrong-plugin-response`
pub(super) fn wrong_plugin(subject: &Subject<'_>) -> Option<Finding> {
    let round = subject.round()?;
    let used = formula_plugin(&subject.matched()?.formula);
    if subject.is_due(round, used) {
        return None;
    }
    let at = wording::packet(subject.proof().map(|turn| turn.at));
    let summary = subject
        .the_client()
        .say(" answered ")
        .then(wording::plugin(&round.plugin))
        .say(" with the formula of ")
        .then(wording::plugin(used))
        .say(format!("{at}."))
        .then(subject.ending());
    Some(fault(subject, Code::WrongPluginResponse, summary))
}

/// `response-wrong-length`
pub(super) fn wrong_length(subject: &Subject<'_>) -> Option<Finding> {
    let Verdict::Mismatch(_) = subject.verdict else {
        return None;
    };
    let (sent, due) = odd_length(subject)?;
    if subject.pasted || subject.misses_any() || subject.contradicts_itself() {
        return None;
    }
    let summary = sentence(
        subject,
        format!(
            " sent {} where a response has {due}, and nothing explains them",
            wording::bytes(sent)
        ),
    );
    Some(fault(subject, Code::ResponseWrongLength, summary))
}

/// The length of a response that cannot be one of its plugin, and the length that is due.
pub(super) fn odd_length(subject: &Subject<'_>) -> Option<(usize, usize)> {
    let plugin = subject.plugin()?;
    let bytes = &subject.proof()?.bytes;
    let due = plugin.response_length()?;
    let terminated = bytes.len() == due.saturating_add(1) && bytes.last() == Some(&0);
    // One byte is an empty password's NUL or the request for a key.
    let fits = bytes.len() == due || (terminated && !has_no_final_nul(plugin)) || bytes.len() < 2;
    (!fits).then_some((bytes.len(), due))
}

/// The client, what it did, for which plugin, where, and how it ended.
fn sentence(subject: &Subject<'_>, did: impl Into<Prose>) -> Prose {
    let at = wording::packet(subject.proof().map(|turn| turn.at));
    let worth = subject.matched().and_then(|matched| matched.weak);
    let worth = worth.map_or_else(String::new, |worth| {
        format!(" What that is worth: {worth}.")
    });
    let prose = subject.the_client().then(did.into());
    prose.say(format!("{at}.{worth}")).then(subject.ending())
}

fn fault(subject: &Subject<'_>, code: Code, summary: Prose) -> Finding {
    let fix = subject.advice(code, code.page().fix);
    subject.finding(
        code,
        subject.fault_severity(),
        subject.proof_packets(),
        summary,
        fix,
    )
}
