//! `compare --format markdown`: for tickets. The answer, both exchanges in one diagram and in a
//! table of three columns, the salts, the reasons as a list.
//!
//! Owns: the order of the parts. Escapes and the drawing of a salt are those of
//! [`crate::report::markdown`].

use super::lines;
use super::model::{Difference, Report, Side};
use super::table::{message, name, revealed, telling};
use crate::report::ladder::Rung;
use crate::report::markdown::escape::{diagram, quote, quote_up_to, words};
use crate::report::markdown::{salt, sentence};
use crate::report::model::Sentence;
use crate::report::text::push;
use crate::report::words as wording;

/// Characters of one captured value.
const VALUE: usize = 100;

/// The whole report. `written` is the time of writing.
#[must_use]
pub fn render(report: &Report, written: &str) -> String {
    let mut out = String::new();
    answer(&mut out, report);
    for warning in &report.warnings {
        push(
            &mut out,
            format_args!("> **Warning:** {}\n\n", words(warning)),
        );
    }
    for side in report.sides() {
        login(&mut out, report, side);
    }
    exchange(&mut out, report);
    steps(&mut out, report);
    if report.left.salt.is_some() || report.right.salt.is_some() {
        out.push_str("\n## Salts\n");
    }
    for side in report.sides() {
        salt(
            &mut out,
            if side.name == "left" { "Left" } else { "Right" },
            side.login,
        );
    }
    for (weight, heading) in [
        ("cause", "Cause: it explains the different outcome"),
        ("possible", "Possible: it may have to do with it"),
        ("expected", "Expected: no sign of anything"),
    ] {
        differences(&mut out, report, weight, heading);
    }
    let (tool, version) = (report.tool.name, report.tool.version);
    push(
        &mut out,
        format_args!("\n---\n\nWritten by {tool} {version}, {written}.\n"),
    );
    out
}

/// Where they part as the heading, why, and what to do.
fn answer(out: &mut String, report: &Report) {
    let conclusion = sentence(&report.conclusion.sentence);
    match &report.first_divergence {
        Some(divergence) => {
            push(
                out,
                format_args!("# {}\n\n", sentence(&divergence.sentence)),
            );
            let code = report.conclusion.code;
            let code = code.map_or_else(String::new, |code| format!("`{code}`: "));
            push(out, format_args!("**Why**: {code}{conclusion}\n\n"));
        }
        None => push(out, format_args!("# {conclusion}\n\n")),
    }
    if let Some(fix) = &report.conclusion.fix {
        push(out, format_args!("**Fix**: {}\n\n", sentence(fix)));
    }
}

/// Which login it is, how it ended, and where to find it.
fn login(out: &mut String, report: &Report, side: Side<'_>) {
    let login = side.login;
    let user = login.user.as_deref().map(|user| quote_up_to(user, VALUE));
    let (client, server) = (
        wording::endpoint(&login.client),
        wording::endpoint(&login.server),
    );
    push(
        out,
        format_args!(
            "- **{}**: {}, user {}, {} → {}: **{}**\n  - in Wireshark: `{}`\n",
            side.name,
            quote(&name(side.capture, login)),
            user.unwrap_or_else(|| "not captured".to_owned()),
            words(&client),
            words(&server),
            words(&wording::outcome(login).0),
            report.filter(side),
        ),
    );
    for (what, hex) in revealed(login) {
        push(out, format_args!("  - {what}: `{hex}`\n"));
    }
}

/// Both exchanges as one mermaid sequence diagram, the server in the middle. Those that show where
/// they part are starred.
fn exchange(out: &mut String, report: &Report) {
    let [left, right] = report.sides();
    let lines = lines::of(report, left)
        .into_iter()
        .zip(lines::of(report, right));
    if report.steps.is_empty() {
        return;
    }
    out.push_str("\n## Exchange\n\n");
    if report.first_divergence.is_some() {
        out.push_str("The messages marked * show it.\n\n");
    }
    out.push_str("```mermaid\nsequenceDiagram\n");
    let server = |side: Side<'_>| diagram(&wording::endpoint(&side.login.server));
    let servers = if server(left) == server(right) {
        format!("server {}", server(left))
    } else {
        format!("servers {} and {}", server(left), server(right))
    };
    let client = |side: Side<'_>| diagram(&wording::endpoint(&side.login.client));
    for (letter, end) in [
        ("L", format!("left client {}", client(left))),
        ("S", servers),
        ("R", format!("right client {}", client(right))),
    ] {
        push(out, format_args!("    participant {letter} as {end}\n"));
    }
    for (at, (l, r)) in lines.enumerate() {
        if report.split() == Some(at) {
            out.push_str("    Note over L,R: they part here\n");
        }
        for (letter, side, rung) in [("L", left, l), ("R", right, r)] {
            if let Some(rung) = rung {
                arrow(
                    out,
                    letter,
                    &rung,
                    report.packets(side).contains(&rung.packet),
                );
            }
        }
    }
    let more = lines::more(report);
    if more > 0 {
        push(
            out,
            format_args!("    Note over L,R: {more} more messages\n"),
        );
    }
    out.push_str("```\n");
}

fn arrow(out: &mut String, letter: &str, rung: &Rung, shows: bool) {
    let ends = if rung.from_client {
        format!("{letter}->>S")
    } else {
        format!("S->>{letter}")
    };
    let star = if shows { " *" } else { "" };
    let label = diagram(&rung.label);
    push(
        out,
        format_args!("    {ends}: {label} (packet {}){star}\n", rung.packet),
    );
}

/// The pairs of steps, with the fields that matter.
fn steps(out: &mut String, report: &Report) {
    out.push_str("\n## Step by step\n\n| step | left | right |\n|---|---|---|\n");
    for (at, step) in report.steps.iter().enumerate() {
        push(
            out,
            format_args!(
                "| **{}** | {} | {} |\n",
                step.step,
                message(step.left),
                message(step.right)
            ),
        );
        for difference in telling(report, at) {
            let mark = if difference.weight == "cause" {
                "**→ cause** "
            } else {
                "… "
            };
            push(
                out,
                format_args!(
                    "| {mark}{} | {} | {} |\n",
                    difference.field,
                    value(difference.left.as_ref()),
                    value(difference.right.as_ref())
                ),
            );
        }
    }
}

fn differences(out: &mut String, report: &Report, weight: &'static str, heading: &str) {
    let mut list = report
        .weighing(weight)
        .filter(|difference| difference.field != "step")
        .peekable();
    if list.peek().is_none() {
        return;
    }
    push(out, format_args!("\n## {heading}\n\n"));
    for Difference {
        step,
        field,
        left,
        right,
        reason,
        ..
    } in list
    {
        let (left, right) = (value(left.as_ref()), value(right.as_ref()));
        push(
            out,
            format_args!(
                "- {step}, {field}: {left} / {right}\n  - {}\n",
                sentence(reason)
            ),
        );
    }
}

fn value(value: Option<&Sentence>) -> String {
    let Some(value) = value else {
        return "–".to_owned();
    };
    let pieces = value.pieces().map(|piece| {
        if piece.quoted {
            quote_up_to(piece.text, VALUE)
        } else {
            words(piece.text)
        }
    });
    pieces.collect()
}
