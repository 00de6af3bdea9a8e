//! Who hears of a scan while it runs.

use std::io;

use crate::report::{ExaminedLogin, Numbering, Tally};
use crate::scan::Through;

/// Hears of a scan while it runs, on the calling thread.
pub trait Observer {
    /// How far it is, a few times a second.
    fn progress(&mut self, _through: Through) {}

    /// What a [`Pen`] has written. Captures come in the order of the jobs, the logins of one together:
    /// those of the first that is not through as they are found, those of later ones when their turn comes.
    fn page(&mut self, _page: Page) {}

    /// What a [`Scribe`] has counted of a job's logins, when the job is through.
    fn tally(&mut self, _tally: Tally) {}

    /// No more logins come at once.
    fn pause(&mut self) {}
}

/// Writes down what is told of logins, in the threads that find them.
pub trait Scribe: Sync {
    /// For the logins of one job.
    fn pen(&self) -> Box<dyn Pen + Send + '_>;

    /// To count the logins of a job with, where they are forgotten once they are written: then the reports
    /// have none, and memory does not grow with them. Not for files that are joined, whose logins are kept
    /// in any case. `None`: they are kept.
    fn tally(&self) -> Option<Tally>;

    /// Counts a login that is forgotten.
    fn count(&self, tally: &mut Tally, login: &ExaminedLogin);

    /// What is written of a login depends on those before it.
    fn needs_order(&self) -> bool;
}

/// Writes down what is told of the logins of one job.
pub trait Pen {
    /// Adds a login of the capture at this path; `numbering` is that of joined captures.
    fn login(
        &mut self,
        path: &str,
        numbering: Option<&Numbering>,
        login: &ExaminedLogin,
        page: &mut Page,
    );
}

/// What is told of some logins.
#[derive(Debug, Default)]
pub struct Page {
    /// As it is to be written.
    pub text: Vec<u8>,
    /// Logins that were found.
    pub logins: u64,
    /// Findings among them.
    pub findings: u64,
    /// Why it is not whole.
    pub failed: Option<io::Error>,
}

impl Page {
    /// Notes that a login was found.
    pub(super) fn count(&mut self, login: &ExaminedLogin) {
        self.logins = self.logins.saturating_add(1);
        let findings = login.findings.len() as u64;
        self.findings = self.findings.saturating_add(findings);
    }
}

/// Hears nothing.
pub struct Unwatched;

impl Observer for Unwatched {}
