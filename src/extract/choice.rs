//! Which logins are written: by stream, by finding, by the options that select logins.
//!
//! Of a connection with a chosen login all logins up to it are written: a COM_CHANGE_USER is judged
//! by the greeting and the capabilities of the first.

use std::collections::BTreeMap;

use crate::findings::{Code, Finding};
use crate::report::selection::{has_finding, names};
use crate::report::{CaptureReport, ExaminedLogin, Selection};

/// What was asked for; each part that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Conversations, numbered as `tcp.stream`.
    pub streams: Vec<u64>,
    /// Findings.
    pub codes: Vec<Code>,
    /// The options of `scan`.
    pub selection: Selection,
}

impl Choice {
    /// By default, the logins that something was found of.
    fn takes(&self, examined: &ExaminedLogin, across: &[Finding]) -> bool {
        let of = |finding: &&Finding| self.codes.contains(&finding.code);
        let found = self.codes.is_empty()
            || examined.findings.iter().any(|finding| of(&finding))
            || (across.iter()).any(|finding| of(&finding) && names(finding, examined));
        let stream = self.streams.is_empty() || self.streams.contains(&examined.stream);
        let nothing_asked =
            self.codes.is_empty() && self.streams.is_empty() && self.selection.is_everything();
        found
            && stream
            && self.selection.keeps(examined, across)
            && (!nothing_asked || has_finding(examined, across))
    }

    /// The logins to write of a capture, by stream, in the order of attempts.
    #[must_use]
    pub fn of<'r>(&self, report: &'r CaptureReport) -> BTreeMap<u64, Vec<&'r ExaminedLogin>> {
        let mut last: BTreeMap<u64, u32> = BTreeMap::new();
        for examined in &report.logins {
            if self.takes(examined, &report.across) {
                let attempt = last.entry(examined.stream).or_default();
                *attempt = (*attempt).max(examined.login.attempt);
            }
        }
        let mut chosen: BTreeMap<u64, Vec<&ExaminedLogin>> = BTreeMap::new();
        for examined in &report.logins {
            let wanted = last.get(&examined.stream);
            if wanted.is_some_and(|last| examined.login.attempt <= *last) {
                chosen.entry(examined.stream).or_default().push(examined);
            }
        }
        chosen
    }
}
