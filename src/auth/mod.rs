//! From a login and the candidate passwords to a verdict: recomputed, never inferred.
//!
//! ```text
//! Login ──► question ──► hypotheses ──► Verdict
//!           which        salt forms × password forms × formulas (schemes)
//!           response
//! ```
//!
//! [`examine`] judges a login. Candidates come from [`Candidates`].

mod candidate;
mod examine;
pub mod hex;
mod hypotheses;
mod not_computable;
mod password_forms;
mod prepared;
mod question;
#[cfg(test)]
mod recognised;
mod salt_forms;
pub mod schemes;
#[cfg(test)]
mod testing;
mod verdict;

pub use candidate::{Candidate, Candidates, EmptyFile, Secret, first_line};
pub use examine::{Context, Examination, examine};
pub use hypotheses::Search;
pub use question::Place;
pub use verdict::{Formula, Match, PasswordForm, SaltForm, Tried, Unverifiable, Verdict};
