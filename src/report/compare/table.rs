//! `compare --format table`: the answer, the two logins side by side, the differences by weight.

use comfy_table::{Cell as TableCell, ContentArrangement, Table, presets};

use super::model::{Cell, Difference, Report, Step};
use crate::report::model::{Login, Sentence};
use crate::report::paint::Canvas;
use crate::report::text::{for_cell, for_terminal, push};
use crate::report::words::{self, Tone};

/// Characters of one captured value.
const VALUE: usize = 100;

/// From this width on two logins fit side by side.
const SIDE_BY_SIDE: usize = 70;

/// The whole report as text, ending in a line feed.
#[must_use]
pub fn render(report: &Report, canvas: &Canvas) -> String {
    let mut out = String::new();
    answer(&mut out, report, canvas);
    out.push('\n');
    logins(&mut out, report, canvas);
    out.push('\n');
    if canvas.width >= SIDE_BY_SIDE {
        steps(&mut out, report, canvas);
    } else {
        steps_below(&mut out, report, canvas);
    }
    for (weight, heading, tone) in [
        ("cause", "explains the different outcome", Tone::Bad),
        (
            "possible",
            "may have to do with it; not proved",
            Tone::Doubtful,
        ),
        ("expected", "no sign of anything", Tone::Neutral),
    ] {
        differences(&mut out, report, canvas, (weight, heading, tone));
    }
    for warning in &report.warnings {
        out.push('\n');
        canvas.warning(&mut out, warning);
    }
    out
}

/// The divergence in one sentence, the conclusion, the fix.
fn answer(out: &mut String, report: &Report, canvas: &Canvas) {
    if let Some(divergence) = &report.first_divergence {
        canvas.wrap(out, "", &for_terminal(&divergence.sentence));
    }
    let mut text = String::new();
    let code = report
        .conclusion
        .code
        .map_or_else(String::new, |code| format!("{code}: "));
    canvas.wrap(
        &mut text,
        "",
        &format!("{code}{}", for_terminal(&report.conclusion.sentence)),
    );
    if !code.is_empty() {
        text = text.replacen(&code, &canvas.tone(&code, Tone::Bad), 1);
    }
    out.push_str(&text);
    if let Some(fix) = &report.conclusion.fix {
        canvas.wrap(out, "fix: ", &for_terminal(fix));
    }
}

/// Who is left and who is right.
fn logins(out: &mut String, report: &Report, canvas: &Canvas) {
    for side in report.sides() {
        let about = about(side.capture, side.login);
        let name = format!("{:7}", side.name);
        canvas.wrap(out, &name, &for_terminal(&about));
        let filter = report.filter(side);
        canvas.wrap(out, "       ", &format!("in Wireshark: {filter}"));
        for (what, hex) in revealed(side.login) {
            push(out, format_args!("       {what} {hex}\n"));
        }
    }
}

/// Response bytes, where they were asked for.
pub(super) fn revealed(login: &Login) -> impl Iterator<Item = (&'static str, &str)> {
    let response = login.response.iter();
    response.flat_map(|response| {
        let hex = [
            ("response", &response.hex),
            ("recomputed", &response.recomputed),
        ];
        hex.into_iter()
            .filter_map(|(what, hex)| Some((what, hex.as_deref()?)))
    })
}

/// `a.pcap#3.1`: as the arguments of `compare` name it.
pub(super) fn name(path: &str, login: &Login) -> String {
    format!("{path}#{}", words::number(login))
}

/// `a.pcap#3.1: 10.0.0.5:3306 → …, user app, accepted`
pub(super) fn about(path: &str, login: &Login) -> String {
    let user = match &login.user {
        Some(user) => format!("user {user}"),
        None => "user not captured".to_owned(),
    };
    format!(
        "{}: {} → {}, {user}, {}",
        name(path, login),
        words::endpoint(&login.client),
        words::endpoint(&login.server),
        words::outcome(login).0
    )
}

/// The pairs of steps, with the fields that matter.
fn steps(out: &mut String, report: &Report, canvas: &Canvas) {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(canvas.width).unwrap_or(u16::MAX))
        .set_header(["step", "left", "right"]);
    for (at, step) in report.steps.iter().enumerate() {
        let side = |cell: Option<Cell>, left: bool| {
            let mut lines = vec![message(cell)];
            lines.extend(telling(report, at).filter_map(|difference| {
                let value = if left {
                    &difference.left
                } else {
                    &difference.right
                };
                Some(line(difference, value.as_deref()?))
            }));
            TableCell::new(lines.join("\n"))
        };
        table.add_row([
            TableCell::new(step.step),
            side(step.left, true),
            side(step.right, false),
        ]);
    }
    for line in table.lines() {
        push(out, format_args!("{}\n", line.trim_end()));
    }
}

/// The same for narrow windows, one login below the other.
fn steps_below(out: &mut String, report: &Report, canvas: &Canvas) {
    for (at, step) in report.steps.iter().enumerate() {
        push(out, format_args!("{}\n", canvas.strong(step.step)));
        let Step { left, right, .. } = step;
        for (name, cell, of_left) in [("  left   ", *left, true), ("  right  ", *right, false)] {
            canvas.wrap(out, name, &message(cell));
            for difference in telling(report, at) {
                let value = if of_left {
                    &difference.left
                } else {
                    &difference.right
                };
                if let Some(value) = value {
                    canvas.wrap(out, "         ", &line(difference, value));
                }
            }
        }
    }
}

/// The differences of a step that a reader should see beside it.
pub(super) fn telling(report: &Report, row: usize) -> impl Iterator<Item = &Difference> {
    let of_row = report
        .differences
        .iter()
        .filter(move |difference| difference.row == row);
    of_row.filter(|difference| {
        difference.field != "step"
            && (difference.weight != "expected" || difference.field == "outcome")
    })
}

fn line(difference: &Difference, value: &str) -> String {
    let star = if difference.weight == "cause" {
        "* "
    } else {
        ""
    };
    format!("{star}{}: {}", difference.field, for_cell(value, VALUE))
}

/// `packet 8, server, +0.31 ms`
pub(super) fn message(cell: Option<Cell>) -> String {
    let Some(cell) = cell else {
        return "–".to_owned();
    };
    let since = cell.since_nanos.map_or_else(String::new, |nanos| {
        format!(", {}", crate::report::ladder::millis(nanos.into()))
    });
    format!("packet {}, {}{since}", cell.packet, cell.from)
}

fn differences(
    out: &mut String,
    report: &Report,
    canvas: &Canvas,
    (weight, heading, tone): (&'static str, &str, Tone),
) {
    let mut list = report
        .weighing(weight)
        .filter(|difference| difference.field != "step")
        .peekable();
    if list.peek().is_none() {
        return;
    }
    push(
        out,
        format_args!("\n{}: {heading}\n", canvas.tone(weight, tone)),
    );
    // What is expected is a list of names, unless more is wanted.
    if weight == "expected" && !canvas.verbose {
        let names: Vec<String> = list.map(|d| format!("{}.{}", d.step, d.field)).collect();
        canvas.wrap(
            out,
            "  ",
            &format!("{} (values and reasons with -v)", names.join(", ")),
        );
        return;
    }
    for difference in list {
        let value = |value: &Option<Sentence>| {
            value
                .as_deref()
                .map_or_else(|| "–".to_owned(), |value| for_cell(value, VALUE))
        };
        let text = format!(
            "{} {}: {} | {}",
            difference.step,
            difference.field,
            value(&difference.left),
            value(&difference.right)
        );
        canvas.wrap(out, "  ", &text);
        canvas.wrap(out, "    ", &for_terminal(&difference.reason));
    }
}
