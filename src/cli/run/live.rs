//! What is written while a scan runs: progress, and the lines of `ndjson`.
//!
//! Owns: the places that lines go to, and what happens when one of them takes no more. Called by
//! [`super::scan`].

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::progress::Progress;
use crate::cli::trouble::Trouble;
use crate::report::model::Report;
use crate::report::ndjson::Lines;
use crate::report::selection::Selection;
use crate::report::{Builder, CaptureReport, ExaminedLogin, Numbering, Tally};
use crate::scan::{Observer, Through, Wants, reason};

/// Hears of a scan.
pub(super) struct Live<'a> {
    progress: Option<Progress>,
    sinks: Vec<Sink<'a>>,
    selection: &'a Selection,
    stop: Arc<AtomicBool>,
    /// Where logins are not kept: what counts them.
    tally: Option<(&'a Builder<'a>, Tally)>,
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

impl Ended {
    /// Why it is not whole, unless its reader had enough.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        let error = self.failed.as_ref().filter(|_| !self.closed())?;
        let why = reason(error);
        Some(Trouble::new(format!(
            "cannot write the lines of ndjson: {why}"
        )))
    }

    /// Its reader had enough.
    pub(super) fn closed(&self) -> bool {
        let error = self.failed.as_ref().filter(|_| self.standard);
        error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl<'a> Live<'a> {
    /// Shows progress; `stop` ends the scan when nobody reads the lines any more.
    pub(super) const fn new(
        progress: Progress,
        selection: &'a Selection,
        stop: Arc<AtomicBool>,
    ) -> Self {
        Self {
            progress: Some(progress),
            sinks: Vec::new(),
            selection,
            stop,
            tally: None,
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

    /// Logins are told and forgotten; what a report must know of them is counted.
    pub(super) fn forget(&mut self, builder: &'a Builder<'a>) {
        self.tally = Some((builder, Tally::default()));
    }

    /// What was counted of logins that were forgotten.
    pub(super) fn take_tally(&mut self) -> Tally {
        self.tally
            .take()
            .map(|(_, tally)| tally)
            .unwrap_or_default()
    }

    /// The scan is over: the line of progress goes.
    pub(super) fn scanned(&mut self) {
        self.progress = None;
    }

    /// What only the whole shows, and what became of each place in the order in which they were
    /// named. `captures` are those of `report`, with the chosen logins.
    pub(super) fn finish(mut self, captures: &[CaptureReport], report: &Report) -> Vec<Ended> {
        for capture in captures {
            // Chosen for a finding that rests on several logins, which only now is known.
            for login in &capture.logins {
                if !self.selection.keeps(login, &[]) {
                    self.write(|lines| {
                        lines.login(&capture.path, capture.numbering.as_deref(), login)
                    });
                }
            }
        }
        self.write(|lines| lines.end(captures, report));
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
    fn progress(&mut self, through: Through) {
        if let Some(progress) = &mut self.progress {
            progress.progress(through);
        }
    }

    fn wants(&self) -> Wants {
        match (self.sinks.is_empty(), &self.tally) {
            (true, _) => Wants::Nothing,
            (false, None) => Wants::Copies,
            (false, Some(_)) => Wants::Only,
        }
    }

    fn login(&mut self, path: &str, numbering: Option<&Numbering>, login: &ExaminedLogin) {
        if self.selection.keeps(login, &[]) {
            self.write(|lines| lines.login(path, numbering, login));
        }
        if let Some((builder, tally)) = &mut self.tally {
            tally.count_forgotten(builder, login);
        }
    }

    fn pause(&mut self) {
        self.write(Lines::flush);
    }
}
