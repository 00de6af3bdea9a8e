//! `compare --format markdown`: for tickets. Tables of three columns, the reasons as a list.

use super::model::{Difference, Report};
use super::table::{about, message, revealed, telling};
use crate::report::text::{for_terminal, push, shorten};

/// Characters of one captured value.
const VALUE: usize = 100;

/// The whole report.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut out = String::from("# Two logins beside each other\n\n");
    if let Some(divergence) = &report.first_divergence {
        push(
            &mut out,
            format_args!("**{}**\n\n", escape(&divergence.sentence)),
        );
    }
    let code = report
        .conclusion
        .code
        .map_or_else(String::new, |code| format!("`{code}`: "));
    push(
        &mut out,
        format_args!("{code}{}\n\n", escape(&report.conclusion.sentence)),
    );
    if let Some(fix) = &report.conclusion.fix {
        push(&mut out, format_args!("**Fix**: {}\n\n", escape(fix)));
    }
    for warning in &report.warnings {
        push(
            &mut out,
            format_args!("> **Warning:** {}\n\n", escape(warning)),
        );
    }
    for (name, path, login) in [
        ("left", &report.captures.left, &report.left),
        ("right", &report.captures.right, &report.right),
    ] {
        push(
            &mut out,
            format_args!("- {name}: {}\n", quote(&about(path, login))),
        );
        for (what, hex) in revealed(login) {
            push(&mut out, format_args!("  - {what}: `{hex}`\n"));
        }
    }
    out.push_str("\n## Step by step\n\n| step | left | right |\n|---|---|---|\n");
    for (at, step) in report.steps.iter().enumerate() {
        push(
            &mut out,
            format_args!(
                "| {} | {} | {} |\n",
                step.step,
                message(step.left),
                message(step.right)
            ),
        );
        for difference in telling(report, at) {
            push(
                &mut out,
                format_args!(
                    "| {} {} | {} | {} |\n",
                    if difference.weight == "cause" {
                        "**→**"
                    } else {
                        "…"
                    },
                    difference.field,
                    value(difference.left.as_ref()),
                    value(difference.right.as_ref())
                ),
            );
        }
    }
    for (weight, heading) in [
        ("cause", "Cause"),
        ("possible", "Possible"),
        ("expected", "Expected"),
    ] {
        differences(&mut out, report, weight, heading);
    }
    let (name, version) = (report.tool.name, report.tool.version);
    push(
        &mut out,
        format_args!("\n---\n\nWritten by {name} {version}.\n"),
    );
    out
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
            format_args!("- {step}, {field}: {left} / {right}. {}\n", escape(reason)),
        );
    }
}

fn value(value: Option<&String>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| quote(&shorten(value, VALUE)))
}

/// A value: as it is where nothing in it can act, else as a code span, in which no forge makes a
/// link or a mention of anything.
fn quote(text: &str) -> String {
    let text = for_terminal(text);
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | ',' | '.' | '-' | '_');
    let inside_words = |text: &str| !text.starts_with(['_', '-', ' ']) && !text.ends_with('_');
    if text.chars().all(plain) && inside_words(&text) && !text.contains(" _") {
        return text;
    }
    let mut out = String::from("`");
    for c in text.chars() {
        match c {
            // Both would end what they stand in.
            '`' | '|' => push(&mut out, format_args!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('`');
    out
}

/// Sentences: every character that Markdown gives a meaning to is escaped, and those of links and
/// mentions written as entities.
fn escape(text: &str) -> String {
    let text = for_terminal(text);
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            ':' if next == '/' => out.push_str("&#58;"),
            '#' => out.push_str("&#35;"),
            // Inside a word it begins no emphasis.
            '_' if before.is_alphanumeric() && next.is_alphanumeric() => out.push(c),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '|' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
        before = c;
    }
    out
}
