//! From logins, verdicts and findings to text: model, redaction, escaping, one renderer a file.

mod capture_report;

pub use capture_report::{CaptureReport, ExaminedLogin, Status};
