//! What stands beside logins and findings: diagnostics, what was there instead of a login, the
//! messages of each login (`-v`), the bytes of `--reveal`.

use crate::report::build::REVEAL_WARNING;
use crate::report::model::{Capture, Diagnostic, Report, Status};
use crate::report::paint::Canvas;
use crate::report::text::{for_terminal, push};
use crate::report::words::{self, counted};

/// Diagnostics listed below a table without `-v`.
const LISTED: usize = 5;

/// The diagnostics that say what was there instead of a login, or that none was asked for.
const NO_LOGIN: [&str; 2] = ["no-login", "selection"];

/// Diagnostics of a capture with logins.
pub(super) fn diagnostics(out: &mut String, capture: &Capture, canvas: &Canvas) {
    let limit = if canvas.verbose { usize::MAX } else { LISTED };
    let notes: Vec<&Diagnostic> = capture.diagnostics.iter().collect();
    list(out, &notes, canvas, limit);
}

/// What a capture without logins holds.
pub(super) fn instead(out: &mut String, capture: &Capture, canvas: &Canvas) {
    if capture.status == Status::Failed {
        let error = capture.error.as_deref().unwrap_or("not readable");
        canvas.wrap(out, "  ", &for_terminal(error));
        return;
    }
    let (what, others) = no_login(capture);
    canvas.wrap(out, "  ", &for_terminal(&what));
    list(out, &others, canvas, usize::MAX);
}

/// What the analysis says of a capture without logins, and its other notes.
fn no_login(capture: &Capture) -> (String, Vec<&Diagnostic>) {
    let mut notes = capture.diagnostics.iter();
    let what = notes.clone().find(|note| NO_LOGIN.contains(&note.kind));
    let others = notes
        .by_ref()
        .filter(|note| !NO_LOGIN.contains(&note.kind))
        .collect();
    let what = what.map_or("no MySQL login", |note| &note.message);
    (what.to_owned(), others)
}

/// The same in a line or two, for one capture of many.
pub(super) fn in_brief(out: &mut String, capture: &Capture, canvas: &Canvas) {
    let path = for_terminal(&capture.path);
    if capture.status == Status::Failed {
        let error = capture.error.as_deref().unwrap_or("not readable");
        canvas.wrap(out, "", &format!("{path}: failed: {}", for_terminal(error)));
        return;
    }
    let (what, others) = no_login(capture);
    let mut line = format!("{path}: {}", for_terminal(&what));
    if let Some(status) = words::status(capture.status) {
        push(&mut line, format_args!(" ({status})"));
    }
    let limit = if canvas.verbose { usize::MAX } else { 2 };
    for note in others.iter().take(limit) {
        line.push_str("; ");
        line.push_str(&for_terminal(&words::diagnostic(note)));
    }
    if others.len() > limit {
        line.push_str("; …");
    }
    canvas.wrap(out, "", &line);
}

fn list(out: &mut String, notes: &[&Diagnostic], canvas: &Canvas, limit: usize) {
    for note in notes.iter().take(limit) {
        canvas.wrap(out, "  - ", &for_terminal(&words::diagnostic(note)));
    }
    if let Some(more) = notes.len().checked_sub(limit).filter(|more| *more > 0) {
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

/// Places of related logins listed without `-v`.
const RELATED: usize = 10;

/// Logins that belong together: seen in two places, or the two sides of a proxy. Each pair once.
pub(super) fn related(out: &mut String, report: &Report, canvas: &Canvas) {
    let mut told = 0_usize;
    for capture in &report.captures {
        for login in &capture.logins {
            for other in &login.related {
                let own = (capture.path.as_str(), login.stream, login.attempt);
                if own >= (other.capture.as_str(), other.stream, other.attempt) {
                    continue;
                }
                told = told.saturating_add(1);
                if told > RELATED && !canvas.verbose {
                    continue;
                }
                let place = |(path, stream, attempt): (&str, u64, u32)| {
                    for_terminal(&words::place(path, stream, attempt))
                };
                let (one, two) = (
                    place(own),
                    place((&other.capture, other.stream, other.attempt)),
                );
                let line = if other.forwarded {
                    format!(
                        "{one} and {two} are one login on both sides of a proxy in TCP mode (or NAT): salt and \
                         response are the same, the addresses are not; what fails here fails without it too, unless \
                         the server minds the address"
                    )
                } else if other.how == "same_exchange" {
                    format!(
                        "{one} and {two} are one login captured twice: salt and response are the same"
                    )
                } else {
                    format!(
                        "{one} and {two} look like the two sides of a proxy: its address, the user \
                         and the times fit, and no other login does"
                    )
                };
                canvas.wrap(out, "related: ", &line);
            }
        }
    }
    if let Some(more) = told
        .checked_sub(RELATED)
        .filter(|more| *more > 0 && !canvas.verbose)
    {
        push(
            out,
            format_args!("{more} more related pairs (all with -v or --format json)\n"),
        );
    }
    if told > 0 {
        out.push('\n');
    }
}

/// With `-v`: the files of folders that were passed over.
pub(super) fn skipped(out: &mut String, report: &Report, canvas: &Canvas) {
    for file in &report.skipped_files {
        let (path, reason) = (for_terminal(&file.path), for_terminal(&file.reason));
        canvas.wrap(out, "skipped ", &format!("{path}: {reason}"));
    }
    if !report.skipped_files.is_empty() {
        out.push('\n');
    }
}

/// What the reader must know before handing the report on; with `--reveal` also the bytes.
pub(super) fn revealed(out: &mut String, report: &Report, canvas: &Canvas) {
    for warning in &report.warnings {
        canvas.warning(out, warning);
        if *warning != REVEAL_WARNING {
            out.push('\n');
            continue;
        }
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
