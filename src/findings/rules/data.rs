//! What the capture holds twice, and what it does not hold.

use crate::auth::{SaltForm, Verdict};
use crate::capture::PacketRef;
use crate::findings::catalogue::Code;
use crate::findings::finding::Finding;
use crate::findings::prose::Prose;
use crate::findings::rules::subject::Subject;
use crate::findings::rules::{refusal, tls};
use crate::findings::wording;
use crate::mysql::{Fault, MissingCause, Outcome, Side};

/// `conflicting-data`
pub(super) fn conflicting(subject: &Subject<'_>) -> Option<Finding> {
    let conflicts = || {
        subject.login.faults.iter().filter_map(|fault| match fault {
            Fault::Conflict {
                side,
                first,
                second,
                bytes,
                digests,
                ..
            } => Some((*side, *first, *second, (*bytes, *digests))),
            _ => None,
        })
    };
    let (side, first, second, (bytes, digests)) = conflicts().next()?;
    let more = match conflicts().count() {
        1 => String::new(),
        count => format!(" There are {count} such places."),
    };
    let weight = if subject.contradicts_itself() {
        " A salt or the response is among them."
    } else {
        " Neither a salt nor the response is among them."
    };
    let digests = digests.map_or_else(String::new, |[first, second]| {
        format!(", with the SHA-256 {first:016x}… and {second:016x}…")
    });
    let versions = subject
        .versions
        .map_or_else(String::new, |[first, second]| {
            format!(
                " With the first copies {}; with the second ones {}.",
                verdict(first),
                verdict(second)
            )
        });
    let code = Code::ConflictingData;
    let summary = format!(
        "{} of the {} are in the capture twice and differ{}{}{digests}.{weight}{more}{versions}",
        wording::bytes(bytes),
        name(side),
        wording::packet(first),
        wording::packet(second),
    );
    let packets =
        wording::packets(conflicts().flat_map(|(_, first, second, _)| [Some(first), Some(second)]));
    Some(subject.finding(
        code,
        code.severity(),
        packets,
        summary.into(),
        Prose::new(code.page().fix),
    ))
}

/// What one version of a login comes to.
fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Unverifiable(_) => "the response cannot be recomputed".into(),
        Verdict::NoPassword => "there is no password to recompute it with".into(),
        Verdict::Mismatch(_) => "nothing that was tried explains the response".into(),
        Verdict::Match(found) => {
            let salt = found.salt_form.map_or("no salt", SaltForm::name);
            let form = found.password_form.name();
            format!(
                "the response matches ({}, {salt}, {form})",
                found.formula.name()
            )
        }
    }
}

/// `login-incomplete`
pub(super) fn incomplete(subject: &Subject<'_>) -> Option<Finding> {
    if subject.pasted {
        return None;
    }
    let login = subject.login;
    let mut gaps: Vec<String> = Vec::new();
    let mut packets = Vec::new();
    for fault in &login.faults {
        if let Fault::Missing {
            side,
            bytes,
            at,
            cause,
        } = fault
        {
            gaps.push(missing(*side, *bytes, *cause, *at));
            packets.push(*at);
        }
    }
    // Behind undecrypted TLS all of this is hidden rather than missing, and an error that came
    // early needs nothing more.
    let told =
        subject.sealed() || tls::answered_with_error(subject) || refusal::early(subject).is_some();
    let left = matches!(login.outcome, Outcome::Abandoned { .. });
    if !told {
        if login.greeting.is_none() && login.attempt == 0 {
            gaps.push("the greeting is not there, and the salt it carries with it".into());
        }
        if login.request.is_none() && !left {
            gaps.push("the login packet is not there, and the user's name with it".into());
        }
        if matches!(login.outcome, Outcome::Unknown) && login.other_version.is_none() {
            gaps.push("the end of the login is not there".into());
        }
    }
    if gaps.is_empty() {
        return None;
    }
    // What is not there has no packet: the last message that is there stands for the place.
    if packets.is_empty() {
        packets.push(Some(login.steps.last().map_or(login.first, |step| step.at)));
    }
    let code = Code::LoginIncomplete;
    let summary = format!(
        "The capture does not hold all of this login: {}.",
        gaps.join("; ")
    );
    let fix = Prose::new(code.page().fix);
    Some(subject.finding(
        code,
        code.severity(),
        wording::packets(packets),
        summary.into(),
        fix,
    ))
}

/// One hole in words.
fn missing(side: Side, bytes: u64, cause: MissingCause, at: Option<PacketRef>) -> String {
    let (side, at) = (name(side), wording::packet(at));
    let count = match bytes {
        0 => "an unknown number of bytes".into(),
        bytes => wording::bytes(bytes).to_string(),
    };
    match cause {
        MissingCause::Snaplen => {
            format!("{count} of the {side} were cut off by the capture's snaplen{at}")
        }
        MissingCause::NotCaptured => format!("{count} of the {side} are in no captured packet{at}"),
        MissingCause::BeforeCapture => {
            format!("the {side} had begun to send before the capture began{at}")
        }
    }
}

const fn name(side: Side) -> &'static str {
    match side {
        Side::Client => "client",
        Side::Server => "server",
    }
}
