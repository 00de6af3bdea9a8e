//! `--format table`: for people at a terminal, and for the plain text of tickets.
//!
//! Owns: the order of the parts. Per capture a heading and its logins, then the findings in plain
//! words, then what could not be read, last the summary in one line. Everything out of the capture
//! is escaped here, cell by cell. Called by `cli` for `scan`.

mod findings;
mod groups;
mod logins;
mod notes;

use crate::report::model::{Capture, Report, Status};
use crate::report::paint::Canvas;
use crate::report::summary;
use crate::report::text::{for_terminal, push};
use crate::report::words::{self, Tone, counted};

/// Captures without a login that are listed where there are many, without `-v`.
const WITHOUT_LOGIN: usize = 10;

/// The whole report as text, ending in a line feed.
#[must_use]
pub fn render(report: &Report, canvas: &Canvas) -> String {
    let mut out = String::new();
    let many = report.captures.len() > 1;
    let mut brief = 0_usize;
    for capture in &report.captures {
        if many && capture.logins.is_empty() {
            let failed = capture.status == Status::Failed;
            if failed || canvas.verbose || brief < WITHOUT_LOGIN {
                notes::in_brief(&mut out, capture, canvas);
            }
            brief = brief.saturating_add(usize::from(!failed));
            continue;
        }
        heading(&mut out, capture, canvas);
        if capture.logins.is_empty() {
            notes::instead(&mut out, capture, canvas);
        } else {
            out.push_str(&logins::render(&capture.logins, canvas));
            notes::diagnostics(&mut out, capture, canvas);
            if canvas.verbose {
                notes::evidence(&mut out, capture, canvas);
            }
        }
        out.push('\n');
    }
    if let Some(more) = brief.checked_sub(WITHOUT_LOGIN).filter(|more| *more > 0)
        && !canvas.verbose
    {
        let more = counted(u64::try_from(more).unwrap_or(u64::MAX), "more capture");
        let line = format!("{more} without a MySQL login (all with -v or --format json)");
        canvas.wrap(&mut out, "", &line);
    }
    // Brief lines have no blank line of their own.
    if many && !out.ends_with("\n\n") {
        out.push('\n');
    }
    findings::render(&mut out, report, canvas);
    notes::related(&mut out, report, canvas);
    groups::render(&mut out, report, canvas);
    notes::skipped(&mut out, report, canvas);
    notes::revealed(&mut out, report, canvas);
    out.push_str(&summary::line(report));
    out.push('\n');
    out
}

/// `a.pcap: pcap, 24 packets, 2 TCP connections`
fn heading(out: &mut String, capture: &Capture, canvas: &Canvas) {
    let path = canvas.strong(&for_terminal(&capture.path));
    let mut facts: Vec<String> = [capture.format, capture.compression]
        .into_iter()
        .flatten()
        .map(str::to_owned)
        .collect();
    if capture.format.is_some() {
        facts.push(counted(capture.packets, "packet"));
        facts.push(counted(capture.connections, "TCP connection"));
    }
    push(out, format_args!("{path}: {}", facts.join(", ")));
    if let Some(status) = words::status(capture.status) {
        let comma = if facts.is_empty() { "" } else { ", " };
        let status = canvas.tone(status, Tone::Doubtful);
        push(out, format_args!("{comma}{status}"));
    }
    out.push('\n');
}
