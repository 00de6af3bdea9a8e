//! Reports as tables: Parquet files and Arrow streams, for engines that read columns.
//!
//! ```text
//! Report ──► rows (the JSON of the report) ──► record batches ──► parquet, arrow
//!            schema (the JSON Schema of it)
//! ```
//!
//! Owns the shape of the tables: a column is a field of the report under its name, so that neither can have
//! what the other has not. Beside each time stands the same in nanoseconds, since Parquet readers differ in
//! what they make of those. Integers are signed. Called by [`crate::cli`].

mod schema;
mod tallies;
mod write;

use schemars::JsonSchema;
use serde_json::Value;

use crate::report::model::{Capture, Finding, Login, Report};

pub use tallies::{Tallies, TallyRow};
pub use write::{Lines, write_arrow, write_parquet};

/// The tables of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// A row is a login.
    Logins,
    /// A row is a capture.
    Captures,
    /// A row is a finding.
    Findings,
    /// A row is a kind of logins, with how many there were: rows of several reports add up.
    Tallies,
}

/// A failure to write a table.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

impl Table {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Logins, Self::Captures, Self::Findings, Self::Tallies];

    /// Its name, and that of its file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Logins => "logins",
            Self::Captures => "captures",
            Self::Findings => "findings",
            Self::Tallies => "tallies",
        }
    }

    /// The shape of its rows, as Arrow has it.
    #[must_use]
    pub fn schema(self) -> arrow::datatypes::Schema {
        match self {
            Self::Logins => schema::of::<Login>(&["capture"], &[]),
            Self::Captures => schema::of::<Capture>(&[], &["logins"]),
            Self::Findings => schema::of::<Finding>(&[], &[]),
            Self::Tallies => schema::of::<TallyRow>(&[], &[]),
        }
    }

    /// Its rows, one after the other.
    fn rows(self, report: &Report) -> Box<dyn Iterator<Item = Value> + '_> {
        match self {
            Self::Logins => Box::new(report.captures.iter().flat_map(|capture| {
                capture.logins.iter().map(|login| {
                    let mut row = row(login);
                    if let Value::Object(fields) = &mut row {
                        fields.insert("capture".into(), capture.path.clone().into());
                    }
                    row
                })
            })),
            Self::Captures => Box::new(report.captures.iter().map(|capture| {
                row(&Capture {
                    logins: Vec::new(),
                    ..capture.clone()
                })
            })),
            Self::Findings => Box::new(report.findings.iter().map(row)),
            Self::Tallies => {
                let mut tallies = Tallies::default();
                for capture in &report.captures {
                    for login in &capture.logins {
                        tallies.count(&capture.path, login);
                    }
                }
                Box::new(tallies.into_rows().into_iter().map(|tally| row(&tally)))
            }
        }
    }
}

/// A row as the report has it, with each time in nanoseconds beside it.
fn row<T: serde::Serialize + JsonSchema>(of: &T) -> Value {
    let mut value = serde_json::to_value(of).unwrap_or_default();
    schema::add_nanos(&mut value);
    value
}
