//! The answer in one sentence: what stands at the top of a page.
//!
//! Owns: its wording and its tone. All of it is text of our own and the catalogue's.

use crate::report::groups::{Group, groups};
use crate::report::model::{Report, Status};
use crate::report::text::push;
use crate::report::words::{self, Tone, counted};

/// One sentence, and how it should strike the reader.
#[must_use]
pub fn answer(report: &Report) -> (String, Tone) {
    let summary = &report.summary;
    let failed = |capture: &&crate::report::model::Capture| capture.status == Status::Failed;
    if !report.captures.is_empty() && report.captures.iter().all(|capture| failed(&capture)) {
        let what = match summary.captures {
            1 => "The capture could not be read.",
            _ => "None of the captures could be read.",
        };
        return (what.to_owned(), Tone::Bad);
    }
    if summary.logins == 0 {
        return ("No MySQL login was found.".to_owned(), Tone::Neutral);
    }
    let groups = groups(&report.findings);
    let worth = |group: &&Group<'_>| group.first.severity != "info";
    if let Some(worst) = groups.first().filter(worth) {
        let others = groups.iter().skip(1).filter(worth).count();
        return (
            told(report, worst, others),
            words::severity_tone(worst.first.severity),
        );
    }
    without_trouble(report)
}

/// The worst finding, how often, and how many kinds there are beside it.
fn told(report: &Report, worst: &Group<'_>, others: usize) -> String {
    let mut logins: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| {
            finding.code == worst.first.code && finding.severity == worst.first.severity
        })
        .map(|finding| (&finding.capture, finding.stream, finding.attempt))
        .collect();
    logins.sort_unstable();
    logins.dedup();
    let total = report.summary.logins;
    let mut text = worst.first.title.to_owned();
    if total > 1 {
        push(
            &mut text,
            format_args!(": {} of {total} logins", logins.len()),
        );
    }
    match others {
        0 => text.push('.'),
        n => {
            let n = counted(u64::try_from(n).unwrap_or(u64::MAX), "other thing");
            push(&mut text, format_args!("; {n} to look at."));
        }
    }
    text
}

/// Nothing worse than a note.
fn without_trouble(report: &Report) -> (String, Tone) {
    let summary = &report.summary;
    let logins = counted(summary.logins, "login");
    if summary.accepted == summary.logins {
        let all = if summary.logins == 1 {
            "The login was"
        } else {
            "All logins were"
        };
        return (format!("{all} accepted, and nothing is wrong."), Tone::Good);
    }
    if summary.rejected > 0 {
        let text = format!(
            "{} of {logins} refused; nothing in the capture says why.",
            summary.rejected
        );
        return (text, Tone::Doubtful);
    }
    let text = format!("{logins} found; how it ended is not in the capture for all of them.");
    (text, Tone::Neutral)
}
