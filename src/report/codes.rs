//! The catalogue as reports need it: names, titles and pages of codes.
//!
//! The one place of this module that asks [`crate::findings::catalogue`]; renderers and `explain`
//! come here.

use crate::findings::{Code, Severity};

/// One page of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// `salt-trailing-nul`
    pub code: &'static str,
    /// The heading.
    pub title: &'static str,
    /// How bad it usually is, in words.
    pub severity: Severity,
    /// What changes the severity; empty if nothing does.
    pub changes: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// How it is proved.
    pub proof: &'static str,
    /// How to fix it.
    pub fix: &'static str,
}

/// Every entry, in the catalogue's order.
#[must_use]
pub fn entries() -> Vec<Entry> {
    Code::all()
        .map(|code| {
            let page = code.page();
            Entry {
                code: code.as_str(),
                title: page.title,
                severity: page.severity,
                changes: page.changes,
                meaning: page.meaning,
                proof: page.proof,
                fix: page.fix,
            }
        })
        .collect()
}

/// `salt-trailing-nul`
#[must_use]
pub const fn name(code: Code) -> &'static str {
    code.as_str()
}

/// The heading of its page.
#[must_use]
pub const fn title(code: Code) -> &'static str {
    code.title()
}
