//! The findings in plain words: what, where, what happened, which packets show it, how to fix it.
//!
//! The same finding of many logins is told once, by the first of them, with the places listed.

use crate::report::groups::{Group, groups};
use crate::report::model::{Finding, Report};
use crate::report::paint::Canvas;
use crate::report::text::{for_terminal, push};
use crate::report::words::{self, counted};

/// Places listed for one finding without `-v`.
const PLACES: usize = 5;

pub(super) fn render(out: &mut String, report: &Report, canvas: &Canvas) {
    let several = report.captures.len() > 1;
    for group in groups(&report.findings) {
        let Group { first, all } = group;
        canvas.finding_head(out, first.severity, first.code, first.title);
        let limit = if canvas.verbose { usize::MAX } else { PLACES };
        // The summaries name packets: those of one group differ in little else.
        let which = match all.len() {
            1 => String::new(),
            several => format!("({several} times; the first:) "),
        };
        let summary = for_terminal(&first.summary);
        canvas.wrap(out, "  what happened  ", &format!("{which}{summary}"));
        let mut label = "  packets        ";
        for finding in all.iter().take(limit) {
            if let Some(place) = place(finding, several) {
                // A filter is copied by hand: it is never broken into lines.
                push(out, format_args!("{label}{place}\n"));
                label = "                 ";
            }
        }
        if let Some(more) = all.len().checked_sub(limit).filter(|more| *more > 0) {
            let more = counted(u64::try_from(more).unwrap_or(u64::MAX), "more place");
            push(
                out,
                format_args!("{label}and {more} (all with -v or --format json)\n"),
            );
        }
        canvas.wrap(out, "  fix            ", &for_terminal(&first.fix));
        out.push('\n');
    }
}

/// Where it is seen: a display filter that shows the packets, beside it one for the conversation.
fn place(finding: &Finding, several: bool) -> Option<String> {
    let mut beside: Vec<String> = Vec::new();
    if let Some(stream) = finding.stream {
        beside.push(format!("tcp.stream eq {stream}"));
    }
    if finding.attempt > 0 {
        beside.push(format!("change of user {}", finding.attempt));
    }
    if let Some(path) = finding.capture.as_deref().filter(|_| several) {
        beside.push(for_terminal(path));
    }
    let beside = beside.join(", ");
    let filter = words::packet_filter(finding);
    // It may name files.
    let filter = filter.map(|filter| for_terminal(&filter));
    match (filter, beside.is_empty()) {
        (None, true) => None,
        (None, false) => Some(beside),
        (Some(filter), true) => Some(filter),
        (Some(filter), false) => Some(format!("{filter}  ({beside})")),
    }
}
