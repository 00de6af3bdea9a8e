//! `compare --format html`: both logins side by side on one page, in the design of `scan`'s.
//!
//! Owns: what stands on it and how the two ladders share their lines. The frame, the drawing of a
//! login's pieces and every escape are [`crate::report::html`]'s; the markup is in `compare.html`.

use askama::Template;

use super::lines;
use super::model::{Difference, Report, Side};
use super::table::name;
use crate::report::html::diagram::{Diagram, Line};
use crate::report::html::frame::Frame;
use crate::report::html::view::{self, LoginView, pieces};
use crate::report::words::{Tone, counted};

#[derive(Template)]
#[template(path = "compare.html", config = "src/report/askama.toml")]
struct Page<'a> {
    frame: Frame<'a>,
    sides: [SideView; 2],
    code: Option<&'static str>,
    /// Empty where it is the heading already.
    conclusion: Vec<(bool, String)>,
    fix: Option<Vec<(bool, String)>>,
    parted: bool,
    telling: Vec<Row>,
    expected: Vec<Row>,
}

/// One login.
struct SideView {
    name: &'static str,
    title: String,
    login: LoginView,
    /// For Wireshark.
    filter: String,
}

/// One difference.
struct Row {
    step: String,
    field: String,
    left: Option<Vec<(bool, String)>>,
    right: Option<Vec<(bool, String)>>,
    weight: &'static str,
    /// A class for colour; the word stands there too.
    tone: &'static str,
    reason: Vec<(bool, String)>,
}

/// The whole report. `written` is the time of writing.
#[must_use]
pub fn render(report: &Report, written: &str) -> String {
    let divergence = report.first_divergence.as_ref();
    let conclusion = &report.conclusion.sentence;
    // Without a divergence the conclusion is the heading; what would decide stands below.
    let (head, more) = match (divergence, conclusion.split_once(" What would decide:")) {
        (Some(divergence), _) => (&*divergence.sentence, true),
        (None, Some((head, _))) => (head, true),
        (None, None) => (&**conclusion, false),
    };
    let tone = match (divergence, report.same_outcome) {
        (Some(_), _) => Tone::Bad,
        (None, true) => Tone::Good,
        (None, false) => Tone::Doubtful,
    };
    let rows = |expected: bool| {
        let shown = report.differences.iter().filter(move |difference| {
            difference.field != "step" && (difference.weight == "expected") == expected
        });
        let mut rows: Vec<Row> = shown.map(row).collect();
        rows.sort_by_key(|row| row.weight != "cause");
        rows
    };
    let page = Page {
        frame: Frame::new(
            (head.to_owned(), tone),
            summary(report),
            &report.warnings,
            &report.tool,
            written,
        ),
        sides: report.sides().map(|side| side_view(report, side)),
        code: report.conclusion.code,
        conclusion: if more { pieces(conclusion) } else { Vec::new() },
        fix: report.conclusion.fix.as_ref().map(pieces),
        parted: divergence.is_some(),
        telling: rows(false),
        expected: rows(true),
    };
    // Rendering into a `String` fails only where a `Display` does, and none of these can.
    page.render().unwrap_or_default()
}

/// `3 differences: 1 cause, 2 possible, 9 expected`
fn summary(report: &Report) -> String {
    let count = |weight: &str| {
        let all = report.weighing(weight);
        u64::try_from(all.filter(|d| d.field != "step").count()).unwrap_or(u64::MAX)
    };
    let counts = ["cause", "possible", "expected"].map(|weight| (weight, count(weight)));
    let all = counts.iter().map(|(_, count)| count).sum();
    let named = counts.iter().filter(|(_, count)| *count > 0);
    let named: Vec<String> = named.map(|(weight, n)| format!("{n} {weight}")).collect();
    let colon = if named.is_empty() { "" } else { ": " };
    format!("{}{colon}{}", counted(all, "difference"), named.join(", "))
}

fn side_view(report: &Report, side: Side<'_>) -> SideView {
    let findings: Vec<_> = report.findings_of(side).collect();
    let id = usize::from(side.name == "right");
    let mut login = view::view(id, side.capture, side.login, &findings, true);
    let proof = report.packets(side);
    login.diagram = (!report.steps.is_empty()).then(|| diagram(report, side, &proof));
    SideView {
        name: side.name,
        title: name(side.capture, side.login),
        login,
        filter: report.filter(side),
    }
}

/// The login's ladder on the grid of both.
fn diagram(report: &Report, side: Side<'_>, proof: &[u64]) -> Diagram {
    let lines = lines::of(report, side).into_iter().zip(&report.steps);
    let lines = lines.map(|(message, step)| match message {
        Some(message) => Line::Message(message),
        None => Line::Absent(step.step),
    });
    let lines = lines.collect();
    Diagram::aligned(
        side.login,
        lines,
        proof,
        report.split(),
        lines::more(report),
    )
}

fn row(difference: &Difference) -> Row {
    Row {
        step: difference.step.replace('_', " "),
        field: difference.field.replace('_', " "),
        left: difference.left.as_ref().map(pieces),
        right: difference.right.as_ref().map(pieces),
        weight: difference.weight,
        tone: match difference.weight {
            "cause" => "bad",
            "possible" => "doubtful",
            _ => "neutral",
        },
        reason: pieces(&difference.reason),
    }
}
