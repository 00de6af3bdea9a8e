//! What stands beside logins and findings: diagnostics, what was there instead of a login, the
//! messages of each login (`-v`), the bytes of `--reveal`.

use crate::report::model::{Capture, Report, Status};
use crate::report::paint::Canvas;
use crate::report::text::{for_terminal, push};
use crate::report::words::{self, Tone, counted};

/// Diagnostics listed below a table without `-v`.
const LISTED: usize = 5;

/// Diagnostics of a capture with logins.
pub(super) fn diagnostics(out: &mut String, capture: &Capture, canvas: &Canvas) {
    list(
        out,
        capture,
        canvas,
        if canvas.verbose { usize::MAX } else { LISTED },
    );
}

/// What a capture without logins holds.
pub(super) fn instead(out: &mut String, capture: &Capture, canvas: &Canvas) {
    if capture.status == Status::Failed {
        let error = capture.error.as_deref().unwrap_or("not readable");
        canvas.wrap(out, "  ", &for_terminal(error));
        return;
    }
    out.push_str("  No MySQL login was found.");
    out.push_str(if capture.diagnostics.is_empty() {
        "\n"
    } else {
        " There was instead:\n"
    });
    list(out, capture, canvas, usize::MAX);
}

/// The same in a line or two, for one capture of many.
pub(super) fn in_brief(out: &mut String, capture: &Capture, canvas: &Canvas) {
    let path = for_terminal(&capture.path);
    if capture.status == Status::Failed {
        let error = capture.error.as_deref().unwrap_or("not readable");
        canvas.wrap(out, "", &format!("{path}: failed: {}", for_terminal(error)));
        return;
    }
    let mut line = format!("{path}: no MySQL login");
    if let Some(status) = words::status(capture.status) {
        push(&mut line, format_args!(" ({status})"));
    }
    let limit = if canvas.verbose { usize::MAX } else { 2 };
    for (at, diagnostic) in capture.diagnostics.iter().take(limit).enumerate() {
        line.push_str(if at == 0 { "; there was: " } else { "; " });
        line.push_str(&for_terminal(&words::diagnostic(diagnostic)));
    }
    if capture.diagnostics.len() > limit {
        line.push_str("; …");
    }
    canvas.wrap(out, "", &line);
}

fn list(out: &mut String, capture: &Capture, canvas: &Canvas, limit: usize) {
    for diagnostic in capture.diagnostics.iter().take(limit) {
        canvas.wrap(out, "  - ", &for_terminal(&words::diagnostic(diagnostic)));
    }
    if let Some(more) = capture
        .diagnostics
        .len()
        .checked_sub(limit)
        .filter(|more| *more > 0)
    {
        let more = counted(u64::try_from(more).unwrap_or(u64::MAX), "more note");
        push(
            out,
            format_args!("  - {more} (all with -v or --format json)\n"),
        );
    }
}

/// The messages of each login.
pub(super) fn evidence(out: &mut String, capture: &Capture, canvas: &Canvas) {
    for login in &capture.logins {
        let steps: Vec<String> = login
            .evidence
            .iter()
            .map(|step| format!("{} in packet {}", step.what, step.packet))
            .collect();
        let first = format!("  stream {}, attempt {}: ", login.stream, login.attempt);
        canvas.wrap(out, &first, &steps.join(", "));
    }
}

/// With `--reveal`: the warning and the bytes.
pub(super) fn revealed(out: &mut String, report: &Report, canvas: &Canvas) {
    for warning in &report.warnings {
        let label = canvas.tone("warning: ", Tone::Doubtful);
        out.push_str(&label);
        let mut text = String::new();
        canvas.wrap(&mut text, "         ", warning);
        out.push_str(text.trim_start());
        for capture in &report.captures {
            for login in &capture.logins {
                let salt = login.salt.as_ref().map_or("not captured", |salt| &salt.hex);
                let response = login.response.as_ref().and_then(|r| r.hex.as_deref());
                let path = for_terminal(&capture.path);
                push(
                    out,
                    format_args!(
                        "  {path} stream {}, attempt {}\n    salt     {salt}\n    response {}\n",
                        login.stream,
                        login.attempt,
                        response.unwrap_or("not captured, or it may be a readable password")
                    ),
                );
            }
        }
        out.push('\n');
    }
}
