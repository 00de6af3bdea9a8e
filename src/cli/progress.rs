//! How far a scan of many captures is, on a terminal's standard error.

use std::io::{self, IsTerminal as _, Write as _};

/// One line that is written over again.
pub(super) struct Progress {
    total: usize,
    shown: bool,
}

impl Progress {
    /// Progress over `total` captures; shown for several, to a terminal, if `wanted`.
    pub(super) fn new(total: usize, wanted: bool) -> Self {
        let shown = wanted && total > 1 && io::stderr().is_terminal();
        Self { total, shown }
    }

    /// `done` are through.
    pub(super) fn show(&self, done: usize) {
        if self.shown {
            let _ = write!(io::stderr(), "\r{done} of {} files", self.total);
        }
    }
}

impl Drop for Progress {
    /// Leaves the line empty for what is printed next.
    fn drop(&mut self) {
        if self.shown {
            let blank = " ".repeat(40);
            let _ = write!(io::stderr(), "\r{blank}\r");
        }
    }
}
