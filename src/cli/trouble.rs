//! What went wrong on the command line: what, why, and what to do.

use std::fmt;

/// An error for the user, shown as `error: …` and `hint: …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What went wrong. Names files and options, never their contents.
    pub what: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Trouble {
    /// Something went wrong.
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            hint: None,
        }
    }

    /// And this helps.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.what.fmt(f)
    }
}
