//! The search: which candidate, formula, salt and form of password give every byte of a response.
//!
//! Hypotheses are computed in the order of how much they say against the client: first the right
//! formula over the right salt with the password as given, for every candidate; then one
//! deviation, then two, then three. The first that gives all bytes is the plainest. Among equals
//! the order is that of the formulas, then the salts, then the candidates, then the forms.

pub(crate) mod clear;
mod formulas;
pub(crate) mod hashed;
pub(crate) mod rsa;
pub(crate) mod slow;

pub(crate) use formulas::{PREFIX_MIN, has_length_of_a_proof};

use super::candidate::Candidate;
use super::verdict::{Formula, Match, PasswordForm, SaltForm, Tried};

/// How far the search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Search {
    /// Every product of hypotheses.
    #[default]
    Full,
    /// One deviation at most: enough where a like failure was searched in full already.
    Reduced,
    /// One deviation at most, and none of the password's: enough where, besides, the server took this very
    /// response for right. What else it may have been made of was asked of those before, and an account's
    /// password seldom changes.
    AsGiven,
}

impl Search {
    /// Whether something is left out.
    #[must_use]
    pub const fn is_reduced(self) -> bool {
        !matches!(self, Self::Full)
    }

    /// The most deviations a hypothesis may have.
    const fn max_deviations(self) -> u8 {
        match self {
            Self::Full => 3,
            Self::Reduced | Self::AsGiven => 1,
        }
    }

    /// Whether forms of the passwords are tried, too.
    pub(crate) const fn changes_passwords(self) -> bool {
        !matches!(self, Self::AsGiven)
    }
}

/// The hypothesis that explains a response.
pub(crate) struct Winner<'c> {
    pub candidate: &'c Candidate,
    pub form: PasswordForm,
    pub salt_form: Option<SaltForm>,
    pub formula: Formula,
    pub extra_nul: bool,
    pub missing_nul: bool,
    pub prefix: Option<usize>,
    pub weak: Option<&'static str>,
    /// The bytes it gives, whole; `None` where they would show the password.
    pub recomputed: Option<Vec<u8>>,
}

/// What a search came to.
pub(crate) struct Found<'c> {
    pub winner: Option<Winner<'c>>,
    /// How many hypotheses were computed.
    pub hypotheses: u64,
}

impl Found<'_> {
    /// This, or, where it found nothing, the other search, the hypotheses of both counted.
    pub(crate) fn or_else(self, other: impl FnOnce() -> Self) -> Self {
        if self.winner.is_some() {
            return self;
        }
        let other = other();
        Self {
            hypotheses: self.hypotheses.saturating_add(other.hypotheses),
            ..other
        }
    }
}

impl<'c> Winner<'c> {
    /// A winner with nothing remarkable: the formula over the salt gives the response.
    pub(crate) const fn plain(
        candidate: &'c Candidate,
        form: PasswordForm,
        salt_form: Option<SaltForm>,
        formula: Formula,
    ) -> Self {
        Self {
            candidate,
            form,
            salt_form,
            formula,
            extra_nul: false,
            missing_nul: false,
            prefix: None,
            weak: None,
            recomputed: None,
        }
    }

    /// As the verdict has it.
    pub(crate) fn into_match(self, tried: Tried) -> Match {
        let long = |password: &[u8]| password.len() > 19;
        Match {
            password: self.candidate.label.clone(),
            password_form: self.form,
            salt_form: self.salt_form,
            formula: self.formula,
            extra_nul: self.extra_nul,
            missing_nul: self.missing_nul,
            prefix: self.prefix,
            weak: self.weak,
            long_password: self.candidate.password().is_some_and(long),
            tried,
        }
    }
}
