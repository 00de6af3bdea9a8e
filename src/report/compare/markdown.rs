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
            format_args!("- {name}: {}\n", escape(&about(path, login))),
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
    value.map_or_else(|| "–".to_owned(), |value| escape(&shorten(value, VALUE)))
}

/// Text in which nothing acts: every character that Markdown gives a meaning to is escaped, and
/// those of links and mentions written as entities, which no filter for them sees through.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = for_terminal(text)
        .chars()
        .collect::<Vec<_>>()
        .into_iter()
        .peekable();
    while let Some(c) = chars.next() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A NUL-width joiner of our own: the name behind it is no mention.
            '@' => out.push_str("&#64;<!-- -->"),
            ':' if chars.peek() == Some(&'/') => out.push_str("&#58;"),
            '#' if chars.peek().is_some_and(char::is_ascii_digit) => out.push_str("&#35;<!-- -->"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '|' | '~' | '#' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}
