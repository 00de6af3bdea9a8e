//! The messages of both logins on common lines, for diagrams.
//!
//! Owns: which message stands on which line. Drawn by markdown and HTML.

use super::model::{Report, Side};
use crate::report::ladder::{self, Rung};

/// A line for each pair of steps as far as they are drawn, with the side's message if it has one. The
/// time is that since its message before.
pub(super) fn of(report: &Report, side: Side<'_>) -> Vec<Option<Rung>> {
    // The steps of a side are its evidence, in order.
    let mut messages = side.login.evidence.iter();
    let steps = report.steps.iter().take(ladder::RUNGS);
    let line = |step| {
        let cell = side.cell(step)?;
        let since = cell.since_nanos.map(|nanos| ladder::millis(nanos.into()));
        Some(ladder::rung(side.login, messages.next()?, since))
    };
    steps.map(line).collect()
}

/// How many more pairs there are.
pub(super) fn more(report: &Report) -> usize {
    report.steps.len().saturating_sub(ladder::RUNGS)
}
