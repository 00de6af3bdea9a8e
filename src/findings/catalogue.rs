//! The catalogue: every finding code, what it means, how it is proved, how to fix it.
//!
//! `explain` prints it, the rules in [`crate::findings`] refer to it. The texts live in the
//! modules below, one family a file; they claim nothing of one login.

mod code;
mod data;
mod exposure;
mod password;
mod protocol;
mod refusal;
mod response;
mod salt;
mod tls;

pub use code::{Code, UnknownCode};

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
    /// The severity of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Info, Self::Warning, Self::Error];
        all.into_iter().find(|severity| severity.name() == name)
    }

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

/// What the catalogue says of one code. All of it is text of our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// One line, without a full stop.
    pub title: &'static str,
    /// The severity where nothing changes it.
    pub severity: Severity,
    /// What changes the severity; empty if nothing does.
    pub changes: &'static str,
    /// What it means for whoever is on call.
    pub meaning: &'static str,
    /// The rule in words: what must be in the capture for it to be said.
    pub proof: &'static str,
    /// What to do.
    pub fix: &'static str,
}

/// The sentence shared by all faults of a response.
const LESS_IF_ACCEPTED: &str = "A warning when authentication succeeded all the same: the login was accepted, or refused \
with an error that servers send after authentication. A MySQL server does not refuse a wrong fast response of \
caching_sha2_password; it asks for full authentication instead.";

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn every_code_has_texts() {
        for code in Code::all() {
            let page = code.page();
            assert!(!page.title.is_empty(), "{code}");
            assert!(!page.title.ends_with('.'), "{code}");
            for text in [page.meaning, page.proof, page.fix] {
                assert!(text.len() > 40 && text.ends_with('.'), "{code}: {text}");
                assert!(!text.contains("  "), "{code}: {text}");
            }
            assert!(
                page.changes.is_empty() || page.changes.ends_with('.'),
                "{code}"
            );
        }
    }

    #[test]
    fn names_go_both_ways_and_are_unique() {
        let mut seen = Vec::new();
        for code in Code::all() {
            assert_eq!(code.as_str().parse::<Code>().unwrap(), code);
            assert!(!seen.contains(&code.as_str()));
            seen.push(code.as_str());
        }
        assert!("salt-trailing-nu".parse::<Code>().is_err());
    }
}
