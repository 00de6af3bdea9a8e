//! The catalogue: every finding code, what it means, how it is proved, how to fix it.

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Works, or works by luck.
    Warning,
    /// The login fails because of it, or something is plainly wrong.
    Error,
}

impl Severity {
    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A finding's code, such as `salt-trailing-nul`: an index into the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// `salt-trailing-nul`
    SaltTrailingNul,
}
