//! What is written while a scan runs: progress, and the lines of `ndjson`.
//!
//! Owns: the places that lines go to, and what happens when one of them takes no more. Called by
//! [`super::scan`].

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::progress::Progress;
use crate::report::model::Report;
use crate::report::ndjson::Lines;
use crate::report::selection::Selection;
use crate::report::{Builder, CaptureReport, ExaminedLogin};
use crate::scan::Observer;

/// Hears of a scan.
pub(super) struct Live<'a> {
    progress: Progress,
    sinks: Vec<Sink<'a>>,
    selection: &'a Selection,
    stop: Arc<AtomicBool>,
}

/// One place for lines.
struct Sink<'a> {
    lines: Lines<'a, Box<dyn Write + 'a>>,
    /// Standard output, whose reader may have had enough.
    standard: bool,
    /// Why it takes no more.
    failed: Option<io::Error>,
}

/// What became of a place for lines.
pub(super) struct Ended {
    pub(super) standard: bool,
    pub(super) failed: Option<io::Error>,
}

impl<'a> Live<'a> {
    /// Shows progress; `stop` ends the scan when nobody reads the lines any more.
    pub(super) const fn new(
        progress: Progress,
        selection: &'a Selection,
        stop: Arc<AtomicBool>,
    ) -> Self {
        Self {
            progress,
            sinks: Vec::new(),
            selection,
            stop,
        }
    }

    /// Lines go there too.
    pub(super) fn lines_to(
        &mut self,
        builder: &'a Builder<'a>,
        out: Box<dyn Write + 'a>,
        standard: bool,
    ) {
        self.sinks.push(Sink {
            lines: Lines::new(builder, out),
            standard,
            failed: None,
        });
    }

    /// The last line, and what became of each place in the order in which they were named.
    pub(super) fn finish(mut self, report: &Report) -> Vec<Ended> {
        self.write(|lines| lines.summary(report));
        let ended = self.sinks.into_iter().map(|sink| Ended {
            standard: sink.standard,
            failed: sink.failed,
        });
        ended.collect()
    }

    fn write(&mut self, write: impl Fn(&mut Lines<'a, Box<dyn Write + 'a>>) -> io::Result<()>) {
        for sink in self.sinks.iter_mut().filter(|sink| sink.failed.is_none()) {
            if let Err(error) = write(&mut sink.lines) {
                sink.failed = Some(error);
            }
        }
        // Nobody is left to read what the rest of the captures hold.
        let only = self.sinks.len() == 1 && self.sinks.iter().all(|sink| sink.standard);
        if only && self.sinks.iter().any(|sink| sink.failed.is_some()) {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

impl Observer for Live<'_> {
    fn done(&mut self, count: usize) {
        self.progress.show(count);
    }

    fn wants_logins(&self) -> bool {
        !self.sinks.is_empty()
    }

    fn login(&mut self, capture: &str, login: &ExaminedLogin) {
        if self.selection.keeps(login, &[]) {
            self.write(|lines| lines.login(capture, login));
        }
    }

    fn capture(&mut self, capture: &CaptureReport) {
        if self.sinks.is_empty() {
            return;
        }
        if self.selection.is_everything() {
            self.write(|lines| lines.capture(capture));
            return;
        }
        let mut chosen = capture.clone();
        self.selection.apply(&mut chosen);
        // Chosen for a finding that only now is known.
        for login in &chosen.logins {
            if !self.selection.keeps(login, &[]) {
                self.write(|lines| lines.login(&chosen.path, login));
            }
        }
        self.write(|lines| lines.capture(&chosen));
    }
}
