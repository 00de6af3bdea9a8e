//! `--format html`: one page that needs nothing else, for a ticket, a phone and paper.
//!
//! Owns: the page's shape and what is shown of how much. `view` prepares a login's values,
//! `escape` makes every one of them harmless, `layout.html` holds what every page has, `page.html`
//! and `login.html` what is on this one; `page.css` and `page.js` are put into it. A
//! Content-Security-Policy allows exactly these two by their hashes and no request at all. Called by
//! `cli` for `scan`; the page of `compare` is made of the same pieces.

pub(in crate::report) mod diagram;
pub(in crate::report) mod escape;
pub(in crate::report) mod frame;
mod overview;
pub(in crate::report) mod view;

use askama::Template;

use crate::report::answer::answer;
use crate::report::model::{Capture, Report, Status};
use crate::report::summary;
use crate::report::text::shorten;
use crate::report::words::{self, Tone};

use frame::Frame;
use overview::Overview;
use view::LoginView;

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
    frame: Frame<'a>,
    overview: Option<Overview>,
    several: bool,
    logins: Vec<LoginView>,
    left_out: usize,
    captures: Vec<CaptureView>,
    captures_left_out: usize,
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
    let views = view::logins(report, LOGINS);
    let total = usize::try_from(report.summary.logins).unwrap_or(usize::MAX);
    let left_out = total.saturating_sub(views.len());
    let worth =
        |capture: &&Capture| capture.status != Status::Complete || !capture.diagnostics.is_empty();
    let captures = report.captures.iter().filter(worth).take(CAPTURES);
    let page = Page {
        frame: Frame::new(
            answer(report),
            summary::line(report),
            &report.warnings,
            &report.tool,
            written,
        ),
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
    };
    // Rendering into a `String` fails only where a `Display` does, and none of these can.
    page.render().unwrap_or_default()
}

/// A class for colour; a word stands beside it.
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
