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
use crate::report::ndjson::{self, Lines};
use crate::report::selection::Selection;
use crate::report::{Builder, CaptureReport, ExaminedLogin, Numbering, Tally};
use crate::scan::{Observer, Page, Pen, Scribe, Through, reason};

/// Hears of a scan.
pub(super) struct Live<'a> {
    progress: Option<Progress>,
    sinks: Vec<Sink<'a>>,
    selection: &'a Selection,
    stop: Arc<AtomicBool>,
    /// What was counted of logins that were forgotten.
    tally: Tally,
}

/// Writes lines of the chosen logins.
pub(super) struct LineScribe<'a> {
    pub(super) builder: &'a Builder<'a>,
    pub(super) selection: &'a Selection,
    /// Logins are told and forgotten: what a report must know of them is counted with such a one.
    pub(super) tally: Option<Tally>,
    /// With pseudonyms: names that logins had are found in the error texts of later ones.
    pub(super) anonymous: bool,
}

/// Writes those of one job.
struct LinePen<'a> {
    pen: ndjson::Pen<'a>,
    selection: &'a Selection,
}

impl Pen for LinePen<'_> {
    fn login(
        &mut self,
        path: &str,
        numbering: Option<&Numbering>,
        login: &ExaminedLogin,
        page: &mut Page,
    ) {
        if self.selection.keeps(login, &[]) {
            let added = self.pen.add_login(path, numbering, login, &mut page.text);
            if let Err(error) = added {
                page.failed.get_or_insert(error);
            }
        }
    }
}

impl Scribe for LineScribe<'_> {
    fn pen(&self) -> Box<dyn Pen + Send + '_> {
        Box::new(LinePen {
            pen: ndjson::Pen::new(self.builder),
            selection: self.selection,
        })
    }

    fn tally(&self) -> Option<Tally> {
        self.tally.as_ref().map(Tally::fresh)
    }

    fn count(&self, tally: &mut Tally, login: &ExaminedLogin) {
        tally.count_forgotten(self.builder, login);
    }

    fn needs_order(&self) -> bool {
        self.anonymous
    }
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
    pub(super) fn new(progress: Progress, selection: &'a Selection, stop: Arc<AtomicBool>) -> Self {
        Self {
            progress: Some(progress),
            sinks: Vec::new(),
            selection,
            stop,
            tally: Tally::default(),
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

    /// Whether lines go anywhere.
    pub(super) const fn has_lines(&self) -> bool {
        !self.sinks.is_empty()
    }

    /// One to count the logins of one job with.
    pub(super) fn fresh_tally(&self) -> Tally {
        self.tally.fresh()
    }

    /// What was counted of logins that were forgotten.
    pub(super) fn take_tally(&mut self) -> Tally {
        std::mem::take(&mut self.tally)
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

    fn page(&mut self, page: Page) {
        let failed = page.failed;
        self.write(|lines| match &failed {
            None => lines.write(&page.text),
            Some(error) => Err(io::Error::other(error.to_string())),
        });
    }

    fn tally(&mut self, tally: Tally) {
        self.tally.add(tally);
    }

    fn pause(&mut self) {
        self.write(Lines::flush);
    }
}
