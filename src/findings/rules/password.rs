//! Which password was used, and what the server made of it.

mod evidence;
mod form;

use crate::auth::{Tried, Verdict};
use crate::findings::catalogue::Code;
use crate::findings::finding::Finding;
use crate::findings::prose::Prose;
use crate::findings::rules::subject::Subject;
use crate::findings::rules::supplied::{self, FullFault};
use crate::findings::wording;
use crate::mysql::{AuthPath, Plugin, RoundStart, Side, StepKind, Transport};
use evidence::{is_empty, may_be_blamed};

/// `password-transformed`
pub(super) fn transformed(subject: &Subject<'_>) -> Option<Finding> {
    let what = form::used(subject.matched()?.password_form)?;
    let code = Code::PasswordTransformed;
    let at = wording::packet(subject.proof().map(|turn| turn.at));
    let checked = subject.fast_succeeded();
    let worth = subject.matched().and_then(|matched| matched.weak);
    let worth = worth.map_or_else(String::new, |worth| {
        format!(" What the match is worth: {worth}.")
    });
    let summary = subject
        .the_client()
        .say(format!(" did not use the password as it was given to this tool: its response{at} matches {what}.{worth}"))
        .then(subject.ending());
    let summary = if checked {
        summary.say(" The server checked this response, so that form is the password in use.")
    } else {
        summary
    };
    let fix = subject.advice(code, code.page().fix);
    Some(subject.finding(
        code,
        subject.fault_severity(),
        subject.proof_packets(),
        summary,
        fix,
    ))
}

/// `wrong-password`
pub(super) fn wrong(subject: &Subject<'_>) -> Option<Finding> {
    let Verdict::Mismatch(tried) = subject.verdict else {
        return None;
    };
    if !was_refused(subject)
        || subject.authenticated()
        || !may_be_blamed(subject)
        || is_empty(subject)
    {
        return None;
    }
    let code = Code::WrongPassword;
    let turn = subject.proof()?;
    let search = left_out(*tried);
    let summary = subject
        .the_client()
        .say(format!(
            " did not use the password given to this tool: its response of {}{} comes from none of the {} \
combinations of password form, salt form and formula that were computed.{search}",
            wording::bytes(turn.bytes.len()),
            wording::packet(turn.at),
            tried.hypotheses
        ))
        .then(subject.ending());
    let fix = Prose::new(code.page().fix);
    Some(subject.finding(code, code.severity(), subject.proof_packets(), summary, fix))
}

/// `right-password-rejected`
pub(super) fn right_rejected(subject: &Subject<'_>) -> Option<Finding> {
    let matched = subject.right()?;
    // The password that was sent after the response was masked wrong: that is the client's fault.
    let period = subject.facts.rsa.map(|xor| xor.period);
    let unknown = matches!(subject.facts.full, Some((FullFault::Overwritten, _)));
    let masked_wrong = period == Some(21) || unknown || supplied::full_auth_form(subject).is_some();
    if !was_refused(subject) || masked_wrong {
        return None;
    }
    let code = Code::RightPasswordRejected;
    let plugin = subject.plugin()?;
    let turn = subject.proof()?;
    let mut summary = Prose::new(format!(
        "The response{} is right for ",
        wording::packet(turn.at)
    ))
    .then(wording::plugin(plugin))
    .say(" and the password given");
    summary = match subject.error().filter(|_| !subject.pasted) {
        Some(error) => summary
            .say(format!(
                ", and the server refused it with {}",
                wording::error(error, subject.at(StepKind::Result))
            ))
            .then(wording::error_text(error))
            .say(".")
            .then(subject.seen_otherwise()),
        None => {
            summary.say(". If the server refuses it, the cause is not the client's computation.")
        }
    };
    if let Some(worth) = matched.weak {
        summary = summary.say(format!(" What the match is worth: {worth}."));
    }
    match subject.login.path {
        Some(AuthPath::Fast) => {
            summary =
                summary.say(" The server had said before that fast authentication succeeded.");
        }
        Some(AuthPath::FullTls) => {
            summary = summary.say(
                " The server then had the password sent inside TLS; this finding is about the response before that.",
            );
        }
        Some(AuthPath::FullRsa) if period.is_some() => {
            summary = summary.say(
                " The server then had the password sent under its RSA key, and that block holds it too.",
            );
        }
        Some(AuthPath::FullRsa) => {
            summary = summary.say(
                " The server then had the password sent under its RSA key; that block was not checked without --server-key, and a fault in it would look the same.",
            );
            if matched.long_password {
                summary = summary.say(
                    " With a password of 20 and more characters a known client fault fits as well: the RSA path XORed \
with 21 bytes of salt instead of 20.",
                );
            }
        }
        _ => {}
    }
    if let Some(greeted) = no_switch(subject) {
        summary = summary
            .say(" The greeting names ")
            .then(wording::plugin(greeted))
            .say(
                ", the client answered for the plugin that it named itself, and the server sent no auth switch: one that \
knows none refuses every such client.",
            );
    }
    if key_was_refused(subject) {
        summary = summary.say(
            " The error answers the client's request for the server's RSA key: a server or proxy that has none to give \
refuses like this, whatever the password (ProxySQL does: https://github.com/sysown/proxysql/issues/5985).",
        );
    }
    if *plugin == Plugin::NativePassword && subject.after_switch() && turn.bytes.contains(&0) {
        summary = summary.say(
            " The answer to the switch holds a NUL: ProxySQL before 2.0.4 reads it only up to there and refuses it \
(https://github.com/sysown/proxysql/pull/1954).",
        );
    }
    let fix = Prose::new(code.page().fix);
    Some(subject.finding(code, code.severity(), subject.proof_packets(), summary, fix))
}

/// The plugin of a greeting that the client did not answer for, where no switch followed.
fn no_switch<'a>(subject: &Subject<'a>) -> Option<&'a Plugin> {
    let round = subject.round()?;
    let greeting = subject.login.greeting.as_ref()?;
    let greeted = greeting.plugin.as_ref()?;
    let own = round.begun_by == RoundStart::Login && *greeted != round.plugin;
    own.then_some(greeted)
}

/// The last thing the client said asks for the server's RSA key, over a connection where that is right.
fn key_was_refused(subject: &Subject<'_>) -> bool {
    let turns = subject.round().map(|round| round.turns.as_slice());
    let last = turns.unwrap_or_default().last();
    let asks = last.is_some_and(|turn| turn.side == Side::Client && turn.bytes == [2]);
    asks && subject.login.transport == Transport::Plain && !subject.misses_any()
}

/// Says so where not everything was tried.
const fn left_out(tried: Tried) -> &'static str {
    if tried.reduced {
        " The long search was left out, because a like login of this user and client had it already."
    } else {
        ""
    }
}

/// `candidate-is-wrong`
pub(super) fn candidate_wrong(subject: &Subject<'_>) -> Option<Finding> {
    let Verdict::Mismatch(tried) = subject.verdict else {
        return None;
    };
    // Limits on connections may be enforced by a proxy that has checked no password yet.
    let limit = subject
        .error()
        .is_some_and(|error| matches!(error.code, 1040 | 1203 | 1226));
    let unsure = limit && !subject.fast_succeeded();
    if subject.pasted || unsure || !subject.authenticated() || !may_be_blamed(subject) {
        return None;
    }
    let code = Code::CandidateIsWrong;
    let at = wording::packet(subject.at(StepKind::Result));
    let full = matches!(
        subject.login.path,
        Some(AuthPath::FullTls | AuthPath::FullRsa)
    );
    let succeeded = match subject.error() {
        Some(error) => format!("Error {} follows an accepted proof{at}", error.code),
        None => format!("Authentication succeeded{at}"),
    };
    let words = if is_empty(subject) {
        format!(
            "{succeeded}, with an empty response: this user needs no password, or the server checks none."
        )
    } else if full {
        format!(
            "{succeeded}, and no password given to this tool explains the fast response. Full authentication does \
not use that response, so a fault of the client that is not known here is possible too.{}",
            left_out(*tried)
        )
    } else {
        let search = left_out(*tried);
        format!("{succeeded}, and no password given to this tool explains the response.{search}")
    };
    let fix = Prose::new(code.page().fix);
    Some(subject.finding(
        code,
        code.severity(),
        subject.proof_packets(),
        words.into(),
        fix,
    ))
}

/// `empty-response`
pub(super) fn empty(subject: &Subject<'_>) -> Option<Finding> {
    let round = subject.round()?;
    let error = subject.refused_proof().filter(|_| !subject.pasted)?;
    if !is_empty(subject)
        || subject.authenticated()
        || subject.matched().is_some()
        || subject.contradicts_itself()
        || subject.misses_any()
    {
        return None;
    }
    let code = Code::EmptyResponse;
    let turn = subject.proof()?;
    let login = subject.login;
    let greeted = login
        .greeting
        .as_ref()
        .and_then(|greeting| greeting.plugin.as_ref());
    let named = login
        .request
        .as_ref()
        .and_then(|request| request.plugin.as_ref());
    let own = matches!(round.begun_by, RoundStart::Login | RoundStart::ChangeUser);
    let result = subject.at(StepKind::Result);
    let refusal = format!("refused with {}", wording::error(error, result));
    let (summary, fix) = match greeted.zip(named).filter(|(greeted, named)| own && greeted != named) {
        Some((greeted, named)) => (
            Prose::new(format!("The client sent an empty response{} under the name of ", wording::packet(turn.at)))
                .then(wording::plugin(named))
                .say(" where the greeting named ")
                .then(wording::plugin(greeted))
                .say(format!(
                    ". Clients do that to wait for an auth switch; the server sent none and {refusal}. So it cannot be \
told whether the client has a password."
                )),
            "Set the client's default plugin to the one that the greeting names. A server or proxy that knows no auth \
switch has this trouble with every such client (TiDB 4.0.4 did: https://github.com/pingcap/tidb/issues/19153).",
        ),
        None => (
            subject
                .the_client()
                .say(format!(" sent an empty response{}, as if it had no password, to ", wording::packet(turn.at)))
                .then(wording::plugin(&round.plugin))
                .say(format!(", and the server {refusal}.")),
            code.page().fix,
        ),
    };
    let summary = match round.plugin {
        Plugin::Ed25519 | Plugin::Parsec => summary.say(
            " This plugin has no empty answer, not even for an empty password: MariaDB Connector/C sends one where it \
cannot load the plugin's file.",
        ),
        _ => summary,
    };
    let summary = summary.then(subject.seen_otherwise());
    Some(subject.finding(
        code,
        code.severity(),
        subject.proof_packets(),
        summary,
        fix.into(),
    ))
}

/// The server refused the proof; what was pasted to `verify` counts as refused.
fn was_refused(subject: &Subject<'_>) -> bool {
    subject.pasted || subject.refused_proof().is_some()
}
