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
// STUB until `findings::catalogue` holds the entries.
#[must_use]
pub fn entries() -> Vec<Entry> {
    vec![Entry {
        code: name(Code::SaltTrailingNul),
        title: title(Code::SaltTrailingNul),
        severity: Severity::Error,
        changes: "A warning when authentication succeeded all the same.",
        meaning: "The server's salt ends in a NUL byte that does not belong to it. This client hashed it too.",
        proof: "The response equals the scramble over the salt with its NUL, and not the one over the salt without it.",
        fix: "Update the client.",
    }]
}

/// `salt-trailing-nul`
// STUB
#[must_use]
pub fn name(code: Code) -> &'static str {
    match code {
        Code::SaltTrailingNul => "salt-trailing-nul",
    }
}

/// The heading of its page.
// STUB
#[must_use]
pub fn title(code: Code) -> &'static str {
    match code {
        Code::SaltTrailingNul => "The client hashed the salt's terminating NUL",
    }
}
