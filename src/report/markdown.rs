//! `--format markdown`: for GitHub, GitLab, Jira and a plain eye.
//!
//! Owns: the order of the parts. The answer, the logins as a table, each kind of finding with its
//! exchange as a mermaid diagram, the salt's bytes, the recomputation and the fix, last the
//! captures. Everything goes through `escape`. Called by `cli` for `scan`; that of `compare` shares
//! its pieces.

pub(in crate::report) mod escape;

use crate::report::answer::answer;
use crate::report::groups::{Group, groups};
use crate::report::model::{Capture, Endpoint, Finding, Login, Report, Sentence, Status};
use crate::report::text::{for_terminal, push};
use crate::report::{ladder, recomputation, salt_bytes, standing, summary, words};

use escape::{diagram, quote, quote_up_to};

/// Logins in the table. A ticket with more is not read.
const LOGINS: usize = 200;

/// Findings told in full; the others are counted.
const FINDINGS: usize = 50;

/// Places listed for one finding.
const PLACES: usize = 10;

/// Clients, users or servers in a table.
const GROUPS: usize = 20;

/// Captures that could not be read, or have notes, that are listed.
const CAPTURES: usize = 50;

/// Characters of a captured value in a table.
const CELL: usize = 64;

/// The whole report. `written` is the time of writing.
#[must_use]
pub fn render(report: &Report, written: &str) -> String {
    let mut out = String::new();
    let (answer, _) = answer(report);
    push(&mut out, format_args!("# {}\n\n", escape::words(&answer)));
    let line = summary::line(report);
    push(&mut out, format_args!("{}.\n", escape::words(&line)));
    for warning in &report.warnings {
        push(
            &mut out,
            format_args!("\n> **Warning:** {}\n", escape::words(warning)),
        );
    }
    logins(&mut out, report);
    findings(&mut out, report);
    standing(&mut out, report);
    captures(&mut out, report);
    let (name, version) = (report.tool.name, report.tool.version);
    push(
        &mut out,
        format_args!("\n---\n\nWritten by {name} {version}, {written}.\n"),
    );
    out
}

fn logins(out: &mut String, report: &Report) {
    let all = || {
        let captures = report.captures.iter();
        captures.flat_map(|capture| capture.logins.iter().map(move |login| (capture, login)))
    };
    if report.summary.logins == 0 {
        return;
    }
    out.push_str("\n## Logins\n\n");
    let several = report.captures.len() > 1;
    if several {
        out.push_str("| capture ");
    }
    out.push_str(
        "| login | time (UTC) | client | server | user | plugin | outcome | verdict | findings |\n",
    );
    out.push_str(if several { "|---" } else { "" });
    out.push_str("|---|---|---|---|---|---|---|---|---|\n");
    for (capture, login) in all().take(LOGINS) {
        if several {
            push(out, format_args!("| {} ", quote_up_to(&capture.path, CELL)));
        }
        let number = words::number(login);
        let user = login
            .user
            .as_deref()
            .map_or("not captured".to_owned(), |user| quote_up_to(user, CELL));
        let (outcome, _) = words::outcome(login);
        let (verdict, _) = words::verdict(&login.verdict, login.plugin.as_deref());
        push(
            out,
            format_args!(
                "| {number} | {} | {} | {} | {user} | {} | {} | {} | {} |\n",
                words::time(login),
                address(&login.client),
                address(&login.server),
                quote_up_to(&words::plugins(login), CELL),
                escape::words(&outcome),
                // It may name what the capture says: a quote where it is not of our words alone.
                said(&verdict),
                if login.findings.is_empty() {
                    "none".to_owned()
                } else {
                    login.findings.join(", ")
                },
            ),
        );
    }
    more(out, all().count(), LOGINS, "more login");
}

/// An address, whose brackets and colons are ours.
fn address(end: &Endpoint) -> String {
    format!("`{}`", for_terminal(&words::endpoint(end)))
}

/// Text of our own in which a name out of the capture may stand: escaped, and as a quote where it
/// holds what no sentence of ours does.
fn said(text: &str) -> String {
    let ours = |c: char| {
        c.is_alphanumeric()
            || matches!(
                c,
                ' ' | ',' | ';' | ':' | '.' | '(' | ')' | '_' | '-' | '\'' | '→'
            )
    };
    if text.chars().all(ours) && !text.contains("://") {
        escape::words(text)
    } else {
        quote(text)
    }
}

fn findings(out: &mut String, report: &Report) {
    let groups = groups(&report.findings);
    if groups.is_empty() {
        return;
    }
    out.push_str("\n## Findings\n");
    for group in groups.iter().take(FINDINGS) {
        finding(out, report, group);
    }
    if groups.len() > FINDINGS {
        out.push('\n');
    }
    more(out, groups.len(), FINDINGS, "more finding");
}

fn finding(out: &mut String, report: &Report, group: &Group<'_>) {
    let Group { first, all } = group;
    push(
        out,
        format_args!(
            "\n### {}: {} ({})\n\n",
            first.severity,
            escape::words(first.title),
            first.code
        ),
    );
    let times = match all.len() {
        1 => String::new(),
        several => format!(" ({several} times; the first:)"),
    };
    push(
        out,
        format_args!("**What happened**{times}: {}\n\n", sentence(&first.summary)),
    );
    push(out, format_args!("**Fix**: {}\n", sentence(&first.fix)));
    let several = report.captures.len() > 1;
    let places: Vec<String> = all
        .iter()
        .filter_map(|finding| place(finding, several))
        .collect();
    if !places.is_empty() {
        out.push_str("\n**Packets** (Wireshark display filter):\n\n");
        for place in places.iter().take(PLACES) {
            push(out, format_args!("- {place}\n"));
        }
        if let Some(n) = places.len().checked_sub(PLACES).filter(|n| *n > 0) {
            push(out, format_args!("- and {n} more\n"));
        }
    }
    if let Some(login) = login_of(report, first) {
        exchange(out, login, first);
        salt(out, "Salt", login);
        recomputed(out, login);
    }
}

/// The login that a finding is about.
fn login_of<'r>(report: &'r Report, finding: &Finding) -> Option<&'r Login> {
    let mut captures = report.captures.iter();
    let capture = captures.find(|capture| Some(&capture.path) == finding.capture.as_ref())?;
    let mut logins = capture.logins.iter();
    logins.find(|login| Some(login.stream) == finding.stream && login.attempt == finding.attempt)
}

/// Our words, and quotes as code spans.
pub(in crate::report) fn sentence(sentence: &Sentence) -> String {
    let pieces = sentence.pieces().map(|piece| {
        if piece.quoted {
            quote(piece.text)
        } else {
            escape::words(piece.text)
        }
    });
    pieces.collect()
}

/// Filters hold braces that [`quote`] would escape; they are text of our own.
fn place(finding: &Finding, several: bool) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(words::packet_filter(finding).map(|filter| format!("`{filter}`")));
    if let Some(stream) = finding.stream {
        parts.push(format!("`tcp.stream eq {stream}`"));
    }
    if finding.attempt > 0 {
        parts.push(format!("change of user {}", finding.attempt));
    }
    parts.extend(finding.capture.as_deref().filter(|_| several).map(quote));
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The messages as a mermaid sequence diagram; those that prove the finding are starred.
fn exchange(out: &mut String, login: &Login, finding: &Finding) {
    let (rungs, more) = ladder::rungs(login);
    if rungs.is_empty() {
        return;
    }
    out.push_str("\n**Exchange** (* proves it):\n\n```mermaid\nsequenceDiagram\n");
    for (letter, name, end) in [
        ("C", "client", &login.client),
        ("S", "server", &login.server),
    ] {
        let end = diagram(&words::endpoint(end));
        push(
            out,
            format_args!("    participant {letter} as {name} {end}\n"),
        );
    }
    for rung in &rungs {
        let ends = if rung.from_client { "C->>S" } else { "S->>C" };
        let star = if finding.packets.contains(&rung.packet) {
            " *"
        } else {
            ""
        };
        let offset = rung
            .offset
            .as_ref()
            .map_or(String::new(), |offset| format!(", {offset}"));
        push(
            out,
            format_args!(
                "    {ends}: {} (packet {}{offset}){star}\n",
                diagram(&rung.label),
                rung.packet
            ),
        );
    }
    if more > 0 {
        push(
            out,
            format_args!("    Note over C,S: {more} more messages\n"),
        );
    }
    out.push_str("```\n");
}

/// `0a 00` with marks below: which bytes were hashed, which one ends it.
pub(in crate::report) fn salt(out: &mut String, heading: &str, login: &Login) {
    let Some(salt) = salt_bytes::of(login) else {
        return;
    };
    let caption = escape::words(&salt.caption);
    push(out, format_args!("\n**{heading}**: {caption}\n\n```text\n"));
    for line in salt.bytes.chunks(16) {
        let row = |mark: fn(&salt_bytes::SaltByte) -> &str| {
            let cells: Vec<&str> = line.iter().map(mark).collect();
            cells.join(" ").trim_end().to_owned()
        };
        push(out, format_args!("{}\n", row(|byte| &byte.hex)));
        let hashed = row(|byte| if byte.hashed { "^^" } else { "  " });
        if !hashed.is_empty() {
            push(out, format_args!("{hashed}\n"));
        }
        let end = row(|byte| {
            if byte.terminator {
                "NUL: the terminator"
            } else {
                "  "
            }
        });
        if !end.is_empty() {
            push(out, format_args!("{end}\n"));
        }
    }
    out.push_str("```\n");
}

fn recomputed(out: &mut String, login: &Login) {
    let rows = recomputation::rows(login);
    if rows.is_empty() {
        return;
    }
    let sent = login
        .response
        .as_ref()
        .and_then(|response| response.hex.as_ref());
    let bytes = sent.is_some();
    out.push_str("\n**Recomputation**:\n\n| hypothesis | the response |");
    out.push_str(if bytes {
        " bytes |\n|---|---|---|\n"
    } else {
        "\n|---|---|\n"
    });
    for row in rows {
        let result = if row.matches {
            "matches"
        } else {
            "does not match"
        };
        push(
            out,
            format_args!("| {} | {result} |", said(&row.hypothesis)),
        );
        if bytes {
            push(
                out,
                format_args!(" {} |", row.bytes.as_deref().map_or(String::new(), quote)),
            );
        }
        out.push('\n');
    }
    if let Some(sent) = sent {
        push(
            out,
            format_args!("| what the client sent | | {} |\n", quote(sent)),
        );
    }
}

/// Which clients, users and servers have which fault, where there are too many logins to read one by one.
fn standing(out: &mut String, report: &Report) {
    if report.summary.logins < standing::FROM {
        return;
    }
    for (by, groups) in standing::tables(&report.summary) {
        let one = by.one();
        push(out, format_args!("\n## By {one}\n\n| {one} "));
        out.push_str("| logins | accepted | rejected | what is wrong | since (UTC) |\n");
        out.push_str("|---|---:|---:|---:|---|---|\n");
        for group in groups.iter().take(GROUPS) {
            let name = standing::name(by, group);
            let who = if name.ours {
                escape::words(name.text)
            } else {
                let version = format!("{} {}", name.text, name.version);
                quote_up_to(version.trim_end(), CELL)
            };
            push(
                out,
                format_args!(
                    "| {who}{} | {} | {} | {} | {} | {} |\n",
                    name.remark,
                    group.logins,
                    group.accepted,
                    group.rejected,
                    escape::words(&standing::wrong(group).join(", ")),
                    standing::since(group),
                ),
            );
        }
        more(out, groups.len(), GROUPS, &format!("more {one}"));
    }
}

/// What could not be read, and what was there instead of logins.
fn captures(out: &mut String, report: &Report) {
    let worth =
        |capture: &&Capture| capture.status != Status::Complete || !capture.diagnostics.is_empty();
    let count = report.captures.iter().filter(worth).count();
    if count == 0 {
        return;
    }
    out.push_str("\n## Captures\n\n");
    for capture in report.captures.iter().filter(worth).take(CAPTURES) {
        let status = words::status(capture.status).unwrap_or("complete");
        push(out, format_args!("- {}: {status}\n", quote(&capture.path)));
        if let Some(error) = &capture.error {
            push(out, format_args!("  - {}\n", quote(error)));
        }
        for note in capture.diagnostics.iter().take(PLACES) {
            push(
                out,
                format_args!("  - {}\n", said(&words::diagnostic(note))),
            );
        }
    }
    more(out, count, CAPTURES, "more capture");
}

/// What a cap left out.
fn more(out: &mut String, count: usize, cap: usize, what: &str) {
    if let Some(left) = count.checked_sub(cap).filter(|left| *left > 0) {
        let left = words::counted(u64::try_from(left).unwrap_or(u64::MAX), what);
        push(
            out,
            format_args!("\nand {left}: the JSON report has all.\n"),
        );
    }
}

#[cfg(test)]
mod tests;
