//! `--format html`: one page that needs nothing else, for a ticket, a phone and paper.
//!
//! Owns: the page's shape and what is shown of how much. `view` prepares a login's values,
//! `escape` makes every one of them harmless, `page.html` and `login.html` hold the markup,
//! `page.css` and `page.js` are put into it. A Content-Security-Policy allows exactly these two by
//! their hashes and no request at all. Called by `cli` for `scan`.

mod diagram;
mod escape;
mod overview;
mod view;

use askama::Template;
use base64::Engine as _;
use sha2::{Digest as _, Sha256};

use crate::report::answer::answer;
use crate::report::model::{Capture, Report, Status};
use crate::report::summary;
use crate::report::text::shorten;
use crate::report::words::{self, Tone};

use overview::Overview;
use view::LoginView;

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// Logins on the page, those with findings first: a browser gets slow beyond.
const LOGINS: usize = 2000;

/// Captures that could not be read, or have notes, that are listed.
const CAPTURES: usize = 200;

/// Notes of one capture.
const NOTES: usize = 20;

/// Characters of one value out of a capture; the whole text is in the JSON report.
const VALUE: usize = 300;

#[derive(Template)]
#[template(path = "page.html", config = "src/report/askama.toml")]
struct Page<'a> {
    policy: String,
    style: &'static str,
    script: &'static str,
    answer: String,
    /// `good`, `bad`, `doubtful`, `neutral`: a class, and a word for it.
    tone: &'static str,
    summary: String,
    warnings: &'a [&'static str],
    overview: Option<Overview>,
    several: bool,
    logins: Vec<LoginView>,
    left_out: usize,
    captures: Vec<CaptureView>,
    captures_left_out: usize,
    tool: String,
    written: &'a str,
}

/// A capture that has something to tell.
struct CaptureView {
    path: String,
    status: &'static str,
    facts: String,
    notes: Vec<String>,
}

/// The whole report. `written` is the time of writing.
#[must_use]
pub fn render(report: &Report, written: &str) -> String {
    let (answer, tone) = answer(report);
    let views = view::logins(report, LOGINS);
    let total = usize::try_from(report.summary.logins).unwrap_or(usize::MAX);
    let left_out = total.saturating_sub(views.len());
    let worth =
        |capture: &&Capture| capture.status != Status::Complete || !capture.diagnostics.is_empty();
    let captures = report.captures.iter().filter(worth).take(CAPTURES);
    let page = Page {
        policy: policy(),
        style: STYLE,
        script: SCRIPT,
        answer,
        tone: tone_class(tone),
        summary: summary::line(report),
        warnings: &report.warnings,
        overview: (report.summary.logins > 1).then(|| Overview::of(report)),
        several: report.captures.len() > 1,
        logins: views,
        left_out,
        captures: captures.map(capture_view).collect(),
        captures_left_out: report
            .captures
            .iter()
            .filter(worth)
            .count()
            .saturating_sub(CAPTURES),
        tool: format!("{} {}", report.tool.name, report.tool.version),
        written,
    };
    // Rendering into a `String` fails only where a `Display` does, and none of these can.
    page.render().unwrap_or_default()
}

/// Our style and our script, and nothing else: no request, no script out of a capture.
fn policy() -> String {
    let hash = |text: &str| {
        let digest = Sha256::digest(text.as_bytes());
        base64::engine::general_purpose::STANDARD.encode(digest)
    };
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

const fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Doubtful => "doubtful",
        Tone::Neutral => "neutral",
    }
}

fn capture_view(capture: &Capture) -> CaptureView {
    let notes = capture
        .diagnostics
        .iter()
        .take(NOTES)
        .map(words::diagnostic);
    let notes = capture.error.iter().cloned().chain(notes);
    let mut notes: Vec<String> = notes.map(|note| shorten(&note, VALUE)).collect();
    if let Some(more) = capture
        .diagnostics
        .len()
        .checked_sub(NOTES)
        .filter(|n| *n > 0)
    {
        notes.push(format!("and {more} more notes"));
    }
    let mut facts: Vec<String> = capture.format.into_iter().map(str::to_owned).collect();
    if capture.format.is_some() {
        facts.push(words::counted(capture.packets, "packet"));
        facts.push(words::counted(capture.connections, "TCP connection"));
    }
    CaptureView {
        path: shorten(&capture.path, VALUE),
        status: words::status(capture.status).unwrap_or("complete"),
        facts: facts.join(", "),
        notes,
    }
}

#[cfg(test)]
mod tests;
