//! From a login and the candidate passwords to a verdict: recomputed, never inferred.

mod verdict;

pub use verdict::{Formula, Match, PasswordForm, SaltForm, Tried, Unverifiable, Verdict};
