//! How far a scan is, on a terminal's standard error.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::report::words::counted;
use crate::scan::{Found, Observer, Through, total};

/// One line that is written over again; nothing where there is no terminal.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    files: usize,
}

/// With a length the rest of the time can be told.
const KNOWN: &str = "{bar:20} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left; {msg}";
const UNKNOWN: &str = "{spinner} {bytes}, {bytes_per_sec}; {msg}";

impl Progress {
    /// Progress over these sources, if `wanted` and there is somebody to see it.
    pub(super) fn new(found: &Found, wanted: bool) -> Self {
        let (files, bytes) = total(&found.jobs);
        if !wanted || !io::stderr().is_terminal() {
            return Self { bar: None, files };
        }
        let bar = bytes.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        let template = if bytes.is_some() { KNOWN } else { UNKNOWN };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        let bar = Some(bar);
        Self { bar, files }
    }
}

impl Observer for Progress {
    fn progress(&mut self, through: Through) {
        if let Some(bar) = &self.bar {
            let files = format!("{} of {} files", through.files, self.files);
            let logins = counted(through.logins, "login");
            let findings = counted(through.findings, "finding");
            bar.set_position(through.bytes);
            bar.set_message(format!("{files}, {logins}, {findings}"));
        }
    }
}

impl Drop for Progress {
    /// Leaves the line empty for what is printed next.
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
