//! How far a scan is, on a terminal's standard error.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

use crate::report::words::counted;
use crate::scan::{Found, Observer, Through, total};

/// One line that is written over again; nothing where there is no terminal.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    files: usize,
}

/// A few digits and a decimal unit.
fn bytes(count: u64) -> String {
    let (mut count, mut unit) = (count, "B");
    for larger in ["kB", "MB", "GB", "TB"] {
        if count < 10_000 {
            break;
        }
        (count, unit) = (count / 1000, larger);
    }
    format!("{count} {unit}")
}

impl Progress {
    /// Progress over these sources, if `wanted` and there is somebody to see it.
    pub(super) fn new(found: &Found, wanted: bool) -> Self {
        let (files, bytes) = total(&found.jobs);
        if !wanted || !io::stderr().is_terminal() {
            return Self { bar: None, files };
        }
        let bar = bytes.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        // What does not fit is cut off at its end, so that the line never becomes two.
        if let Ok(style) = ProgressStyle::with_template("{wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        let bar = Some(bar);
        Self { bar, files }
    }
}

impl Progress {
    /// `27% of 395 MB, 159 MB/s, 2s left; 13 of 40 files, 26195 logins, 26520 findings`
    fn line(&self, bar: &ProgressBar, through: Through) -> String {
        let seconds = bar.elapsed().as_secs().max(1);
        let rate = bytes(through.bytes.checked_div(seconds).unwrap_or_default());
        let how_far = match bar.length() {
            Some(all) => {
                let done = through.bytes.saturating_mul(100).checked_div(all);
                let left = HumanDuration(bar.eta());
                let done = done.unwrap_or(100).min(100);
                format!("{done}% of {}, {rate}/s, {left:#} left", bytes(all))
            }
            None => format!("{}, {rate}/s", bytes(through.bytes)),
        };
        let files = format!("{} of {} files", through.files, self.files);
        let logins = counted(through.logins, "login");
        let findings = counted(through.findings, "finding");
        format!("{how_far}; {files}, {logins}, {findings}")
    }
}

impl Observer for Progress {
    fn progress(&mut self, through: Through) {
        if let Some(bar) = &self.bar {
            bar.set_position(through.bytes);
            bar.set_message(self.line(bar, through));
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
