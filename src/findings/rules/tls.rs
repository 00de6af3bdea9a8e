//! TLS that failed, and TLS that stayed closed.

use crate::findings::catalogue::Code;
use crate::findings::finding::Finding;
use crate::findings::prose::Prose;
use crate::findings::rules::subject::Subject;
use crate::findings::wording;
use crate::mysql::{Side, StepKind, Transport};

/// `tls-failed`
pub(super) fn failed(subject: &Subject<'_>) -> Option<Finding> {
    let code = Code::TlsFailed;
    let request = subject.at(StepKind::SslRequest);
    let (packets, summary) = if let Some(end) = subject.facts.tls_end {
        let who = match end.by {
            Side::Client => "client",
            Side::Server => "server",
        };
        let words = format!(
            "The {who} ended TLS with the alert {}{}.",
            end.alert,
            wording::packet(end.at)
        );
        (wording::packets([request, Some(end.at)]), Prose::new(words))
    } else {
        let error = subject.error().filter(|_| answered_with_error(subject))?;
        let result = subject.at(StepKind::Result);
        let words = format!(
            "The server answered the request for TLS with {}",
            wording::error(error, result)
        );
        let summary = Prose::new(words).then(wording::error_text(error)).say(".");
        (wording::packets([request, result]), summary)
    };
    Some(subject.finding(
        code,
        code.severity(),
        packets,
        summary,
        Prose::new(code.page().fix),
    ))
}

/// The server's error came right after the `SSLRequest`, with nothing missing in between.
pub(super) fn answered_with_error(subject: &Subject<'_>) -> bool {
    let before = |kind| subject.login.step(kind).is_none();
    subject.error().is_some()
        && subject.login.step(StepKind::SslRequest).is_some()
        && before(StepKind::Login)
        && before(StepKind::Response)
        && !subject.misses_any()
}

/// `tls-not-decrypted`
pub(super) fn not_decrypted(subject: &Subject<'_>) -> Option<Finding> {
    let Transport::Tls {
        sealed: Some(reason),
        version,
        ..
    } = &subject.login.transport
    else {
        return None;
    };
    if failed(subject).is_some() {
        return None;
    }
    let code = Code::TlsNotDecrypted;
    let version = version.unwrap_or("TLS");
    let summary = format!(
        "The login is inside {version} and was not decrypted: {}. Nothing is said of the user's proof or of the outcome.",
        reason.trim_end_matches('.')
    );
    let fix = "Record the connection again with a key log and pass it with --keylog; `unscramble explain \
tls-not-decrypted` says how to get one from each client.";
    let request = subject
        .at(StepKind::SslRequest)
        .or(Some(subject.login.first));
    Some(subject.finding(
        code,
        code.severity(),
        wording::packets([request]),
        summary.into(),
        fix.into(),
    ))
}
