//! From logins, verdicts and findings to text: model, redaction, escaping, one renderer a file.
//!
//! ```text
//! CaptureReport ──► build (redact) ──► model ──► table, json, html, … (escape for the sink)
//! captured bytes                       text      output
//! ```
//!
//! Owns all that leaves the program on standard output or into a file. Nothing here decides what is
//! found. Called by [`crate::cli`].

pub mod anonymize;
pub mod answer;
pub mod build;
mod capture_report;
pub mod compare;
pub mod csv;
pub mod explain;
mod groups;
pub mod html;
pub mod json;
mod known;
mod ladder;
pub mod markdown;
mod merged;
pub mod model;
mod names;
pub mod ndjson;
pub mod paint;
mod recomputation;
pub mod redact;
pub(crate) mod related;
mod salt_bytes;
pub mod sarif;
pub mod schema;
pub mod selection;
mod sentence;
mod standing;
pub mod summary;
pub mod table;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub mod text;
pub(crate) mod time;
pub mod told;
pub mod verify;
pub mod words;

pub use anonymize::Pseudonyms;
pub use build::Builder;
pub use build::tally::Tally;
pub(crate) use build::tally::exchange;
pub use capture_report::{CaptureReport, ExaminedLogin, Link, Numbering, Relation, Span, Status};
pub(crate) use known::constant as own_word;
pub use merged::{Merged, Whole};
pub use redact::Redactor;
pub use selection::Selection;
pub use text::Text;
pub use time::Time;
