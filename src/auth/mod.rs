//! From a login and the candidate passwords to a verdict: recomputed, never inferred.
//!
//! ```text
//! Login ──► question ──► hypotheses ──► Verdict
//!           which        salt forms × password forms × formulas (schemes)
//!           response
//! ```
//!
//! [`examine`] judges a login ([`examine_versions`] one that the capture holds in two versions), [`verify`] a pasted response. [`Candidates`] are loaded by the
//! caller, with [`first_line`] and [`credentials`].

mod candidate;
pub mod credentials;
mod examine;
mod full_auth;
pub mod hex;
mod hypotheses;
mod judge;
mod not_computable;
mod password_forms;
mod prepared;
mod question;
mod salt_forms;
pub mod schemes;
mod spent;
#[cfg(test)]
pub(crate) mod tests;
mod user_form;
mod verdict;
mod verify;
mod versions;

pub use candidate::{Candidate, Candidates, EmptyFile, Secret, first_line};
pub(crate) use examine::OVERWRITTEN_BYTE;
pub use examine::{Context, Examination, FactorVerdict, examine};
pub use full_auth::{FullAuth, FullAuthKind, FullAuthProof};
pub use hypotheses::Search;
pub use question::Place;
pub use schemes::iam_token::{IamToken, Signature};
pub use schemes::rsa::Padding;
pub use spent::Spent;
pub use verdict::{Formula, Match, PasswordForm, SaltForm, Tried, Unverifiable, Verdict};
pub use verify::{Pasted, Verification, verify};
pub use versions::examine_versions;
