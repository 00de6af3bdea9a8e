//! From logins, verdicts and findings to text: model, redaction, escaping, one renderer a file.
//!
//! ```text
//! CaptureReport ──► build (redact) ──► model ──► table, json, … (escape for the sink)
//! captured bytes                       text      output
//! ```
//!
//! Owns all that leaves the program on standard output or into a file. Nothing here decides what is
//! found. Called by [`crate::cli`].

pub mod anonymize;
pub mod build;
mod capture_report;
pub mod compare;
pub mod explain;
pub mod json;
pub mod model;
mod names;
pub mod paint;
pub mod redact;
pub mod selection;
pub mod summary;
pub mod table;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod text;
pub mod verify;
pub mod words;

pub use anonymize::Pseudonyms;
pub use build::Builder;
pub use capture_report::{CaptureReport, ExaminedLogin, Link, Numbering, Relation, Span, Status};
pub use redact::Redactor;
pub use selection::Selection;
