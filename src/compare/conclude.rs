//! What it comes to, in sentences.

use super::Conclusion;
use super::align::Row;
use super::cause::{Cause, left_by_itself};
use super::fields;
use super::party::{Party, Which, same_outcome};
use crate::auth::{Unverifiable, Verdict};
use crate::findings::{Code, Prose, Severity};
use crate::mysql::{Outcome, StepKind};

/// `Same until packet 8/31 (auth switch). The right client hashed the salt's trailing NUL.`
pub(super) fn divergence(cause: &Cause, rows: &[Row], place: usize) -> Prose {
    let before = rows.get(..place).unwrap_or_default();
    let mut paired = before.iter().rev().filter(|row| row.is_paired());
    let since = match paired.find_map(|row| row.left.zip(row.right).map(|pair| (row, pair))) {
        Some((row, (left, right))) => format!(
            "Same until packet {}/{} ({}). ",
            left.packet,
            right.packet,
            in_words(row.kind)
        ),
        None => "They part at the first message. ".to_owned(),
    };
    Prose::new(since).then(deed(cause)).say(".")
}

/// `The right client hashed the salt's trailing NUL`
fn deed(cause: &Cause) -> Prose {
    let begin = format!("The {} {} ", cause.failed.name(), cause.subject.name());
    Prose::new(begin).then(cause.did.clone())
}

/// A step's name as a person would say it.
pub(super) const fn in_words(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Greeting => "greeting",
        StepKind::SslRequest => "TLS request",
        StepKind::Login => "login",
        StepKind::ChangeUser => "change of user",
        StepKind::AuthSwitch => "auth switch",
        StepKind::NextFactor => "next factor",
        StepKind::Response => "response",
        StepKind::MoreData => "more data",
        StepKind::KeyRequest => "request for the public key",
        StepKind::Result => "result",
    }
}

/// With a cause.
pub(super) fn explained(cause: &Cause, left: &Party<'_>, right: &Party<'_>) -> Conclusion {
    let other = match cause.failed {
        Which::Left => right,
        Which::Right => left,
    };
    let mut sentence = deed(cause).say("; ").then(cause.reason.clone()).say(".");
    let which = cause.failed.other().name();
    if matches!(other.login.outcome, Outcome::Unknown) {
        sentence = sentence
            .say(format!(" How the {which} login ended is not shown"))
            .say(
                other
                    .hidden()
                    .map_or_else(String::new, |why| format!(": {why}")),
            )
            .say(".");
    } else if !matches!(other.login.outcome, Outcome::Accepted) {
        let why = other
            .own_failure()
            .map_or_else(String::new, |code| format!(" ({code})"));
        sentence = sentence.say(format!(" The {which} login did not get in either{why}."));
    }
    Conclusion {
        code: cause.code,
        sentence: tidy(&sentence),
        fix: cause.fix.clone(),
    }
}

/// A reason that is a sentence already brings its own full stop.
fn tidy(sentence: &Prose) -> Prose {
    use crate::findings::Part;
    let mut out = Prose::default();
    let mut stopped = false;
    for part in sentence.parts() {
        out = match part {
            Part::Words(words) => {
                let words = if stopped {
                    words.strip_prefix('.').unwrap_or(words)
                } else {
                    words
                };
                stopped = if words.is_empty() {
                    stopped
                } else {
                    words.ends_with('.')
                };
                out.say(words.to_owned())
            }
            Part::Quote(kind, bytes) => {
                stopped = false;
                out.quote(*kind, bytes.clone())
            }
        };
    }
    out
}

/// Without one: that there is nothing to explain, or what would decide.
pub(super) fn unexplained(left: &Party<'_>, right: &Party<'_>) -> Conclusion {
    let alike = same_outcome(left.login, right.login);
    let sentence = match (&left.login.outcome, &right.login.outcome) {
        (Outcome::Unknown, Outcome::Unknown) => {
            Prose::new("The captures do not show how either login ended. ").say(decide(left, right))
        }
        (Outcome::Accepted, Outcome::Accepted) => {
            Prose::new("Both logins were accepted: there is no different outcome to explain.")
                .say(flaws(left, right))
        }
        _ if alike => Prose::new("Both logins ended the same way (")
            .then(fields::outcome(left))
            .say("): there is no different outcome to explain. ")
            .say(apart(left, right).trim_end().to_owned()),
        (Outcome::Unknown, _) => not_seen(Which::Left, left, right),
        (_, Outcome::Unknown) => not_seen(Which::Right, left, right),
        _ if neither_explained(left, right) => Prose::new(
            "No password given explains either response, and one of the logins was accepted: what was given is not the \
password in use. ",
        )
        .say("What would decide: that password."),
        _ => Prose::new("Nothing in the captures explains the different outcome. ")
            .say(apart(left, right))
            .then(gaps(Which::Left, left))
            .then(gaps(Which::Right, right))
            .say(decide(left, right)),
    };
    Conclusion {
        code: None,
        sentence,
        fix: None,
    }
}

fn not_seen(which: Which, left: &Party<'_>, right: &Party<'_>) -> Prose {
    let begin = format!(
        "The capture does not show how the {} login ended. ",
        which.name()
    );
    let party = match which {
        Which::Left => left,
        Which::Right => right,
    };
    Prose::new(begin)
        .then(gaps(which, party))
        .say(decide(left, right))
}

/// What the capture lacks of a login.
fn gaps(which: Which, party: &Party<'_>) -> Prose {
    let incomplete = party.finding(Code::LoginIncomplete);
    incomplete.map_or_else(Prose::default, |finding| {
        Prose::new(format!("Of the {} one: ", which.name()))
            .then(finding.summary.clone())
            .say(" ")
    })
}

/// Findings that did no harm.
fn flaws(left: &Party<'_>, right: &Party<'_>) -> String {
    let warned = |which: Which, party: &Party<'_>| {
        let mut findings = party.findings.iter();
        let finding = findings.find(|finding| finding.severity >= Severity::Warning)?;
        Some(format!(
            " The {} one has the finding {}, which did not keep it out.",
            which.name(),
            finding.code
        ))
    };
    let said = [warned(Which::Left, left), warned(Which::Right, right)];
    said.into_iter().flatten().collect()
}

/// The candidates explain nothing, though the server accepted one of the two.
fn neither_explained(left: &Party<'_>, right: &Party<'_>) -> bool {
    let mismatch = |party: &Party<'_>| matches!(party.examination.verdict, Verdict::Mismatch(_));
    let wrong = |party: &Party<'_>| party.finding(Code::CandidateIsWrong).is_some();
    mismatch(left) && mismatch(right) && (wrong(left) || wrong(right))
}

/// What each failure is due to, as far as that is known.
fn apart(left: &Party<'_>, right: &Party<'_>) -> String {
    match (left.own_failure(), right.own_failure()) {
        (Some(l), Some(r)) if l == r => format!("Both have the same finding: {l}. "),
        (Some(l), Some(r)) => format!("Each failed for a reason of its own: left {l}, right {r}. "),
        (Some(l), None) => format!("The left one has the finding {l}. "),
        (None, Some(r)) => format!("The right one has the finding {r}. "),
        (None, None) => String::new(),
    }
}

/// What would decide.
fn decide(left: &Party<'_>, right: &Party<'_>) -> String {
    let verdict = |wanted: fn(&Verdict) -> bool| {
        wanted(&left.examination.verdict) || wanted(&right.examination.verdict)
    };
    let what = if left.sealed() || right.sealed() {
        "a key log of the connection that is inside TLS (SSLKEYLOGFILE on its client)"
    } else if verdict(|verdict| matches!(verdict, Verdict::NoPassword)) {
        "the password: give it with --password, --password-file or --password-env"
    } else if verdict(|verdict| {
        matches!(
            verdict,
            Verdict::Unverifiable(
                Unverifiable::SaltNotCaptured
                    | Unverifiable::ResponseNotCaptured
                    | Unverifiable::ResponseIncomplete { .. }
            )
        )
    }) {
        "a capture that holds the whole of both logins, from the greeting on and with whole packets"
    } else if verdict(|verdict| {
        matches!(
            verdict,
            Verdict::Unverifiable(Unverifiable::RsaKeyMissing | Unverifiable::RsaKeyWrong)
        )
    }) {
        "the server's RSA key, with --server-key"
    } else if verdict(|verdict| matches!(verdict, Verdict::Mismatch(_))) {
        "the password that is in use: no password given explains one of the responses"
    } else if matches!(left.login.outcome, Outcome::Unknown)
        || matches!(right.login.outcome, Outcome::Unknown)
    {
        "a capture that goes on to the end of both logins"
    } else if left_by_itself(left) || left_by_itself(right) {
        "the log of the client that closed the connection"
    } else {
        "the server's error log, with log_error_verbosity=3 (MySQL) or log_warnings=2 (MariaDB)"
    };
    format!("What would decide: {what}.")
}
