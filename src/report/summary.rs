//! The report in one line: the last of the table, and all of it with `--quiet` or beside `-o`.

use crate::report::model::{Report, Status};
use crate::report::words::counted;

/// `3 captures, 12 logins: 9 accepted, 2 rejected, 1 unknown; 1 error, 2 warnings`
#[must_use]
pub fn line(report: &Report) -> String {
    let summary = &report.summary;
    let mut line = counted(summary.captures, "capture");
    let failed = number(
        report
            .captures
            .iter()
            .filter(|c| c.status == Status::Failed),
    );
    let mut aside = Vec::new();
    if failed > 0 {
        aside.push(format!("{failed} not readable"));
    }
    if summary.skipped > 0 {
        let files = counted(summary.skipped, "file");
        aside.push(format!("{files} skipped as no captures"));
    }
    if let Some(before) = &summary.before {
        let captures = counted(before.captures, "unchanged capture");
        let logins = counted(before.logins, "login");
        let findings = before
            .findings
            .values()
            .fold(0, |a, b| u64::saturating_add(a, *b));
        let findings = counted(findings, "finding");
        aside.push(format!(
            "beside {captures} of an earlier run with {logins} and {findings}"
        ));
    }
    if summary.unread > 0 {
        let files = counted(summary.unread, "file");
        aside.push(format!("interrupted, {files} not read"));
    }
    if !aside.is_empty() {
        line = format!("{line} ({})", aside.join(", "));
    }
    if summary.logins == 0 {
        let mut notes = report.captures.iter().flat_map(|c| &c.diagnostics);
        let selected = notes.any(|note| note.kind == "selection");
        let what = if selected {
            "no login of those selected"
        } else {
            "no MySQL login"
        };
        return format!("{line}, {what}{}", findings(report));
    }
    let ends = [
        (summary.accepted, "accepted"),
        (summary.rejected, "rejected"),
        (summary.unknown, "unknown"),
    ];
    let ends: Vec<String> = ends
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let mut logins = counted(summary.logins, "login");
    if summary.seen_again > 0 {
        let again = summary.seen_again;
        logins = format!("{logins} ({again} of them a second sight of the same)");
    }
    format!("{line}, {logins}: {}{}", ends.join(", "), findings(report))
}

fn findings(report: &Report) -> String {
    let of = |severity: &str| number(report.findings.iter().filter(|f| f.severity == severity));
    let counts: Vec<String> = [("error", "error"), ("warning", "warning"), ("info", "note")]
        .into_iter()
        .map(|(severity, word)| (of(severity), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| counted(count, word))
        .collect();
    match (counts.is_empty(), report.summary.logins) {
        (true, 0) => String::new(),
        (true, _) => "; no findings".to_owned(),
        _ => format!("; {}", counts.join(", ")),
    }
}

fn number<T>(things: impl Iterator<Item = T>) -> u64 {
    things.fold(0, |n, _| u64::saturating_add(n, 1))
}
