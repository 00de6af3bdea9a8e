//! The JSON object of `compare --format json`, field for field.

use serde::Serialize;

use crate::report::model::{Login, Tool};

/// The report of `compare`. All text in it is redacted and not yet escaped.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// As in the report of `scan`.
    pub schema_version: &'static str,
    /// Which program wrote it.
    pub tool: Tool,
    /// What the reader must know before handing the report on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<&'static str>,
    /// The paths of the captures, as given.
    pub captures: Sides,
    /// The left login.
    pub left: Login,
    /// The right login.
    pub right: Login,
    /// Both ended the same way: let in, or refused with the same error.
    pub same_outcome: bool,
    /// The first step with a difference that weighs `cause`.
    pub first_divergence: Option<Divergence>,
    /// In the order of the steps.
    pub differences: Vec<Difference>,
    /// What it comes to.
    pub conclusion: Conclusion,
    /// The messages of both, paired.
    pub steps: Vec<Step>,
}

/// One text for each login.
#[derive(Clone, Debug, Serialize)]
pub struct Sides {
    /// The left one's.
    pub left: String,
    /// The right one's.
    pub right: String,
}

/// Where they part.
#[derive(Clone, Debug, Serialize)]
pub struct Divergence {
    /// As in `evidence`.
    pub step: &'static str,
    /// Wireshark's `frame.number`.
    pub left_packet: Option<u64>,
    /// Wireshark's `frame.number`.
    pub right_packet: Option<u64>,
    /// In one sentence.
    pub sentence: String,
}

/// A field in which they differ.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// As in `evidence`.
    pub step: &'static str,
    /// The field.
    pub field: &'static str,
    /// What the left login has.
    pub left: Option<String>,
    /// What the right login has.
    pub right: Option<String>,
    /// `cause`, `possible`, `expected`
    pub weight: &'static str,
    /// Why.
    pub reason: String,
    /// Which of `steps` it belongs to.
    #[serde(skip)]
    pub row: usize,
}

/// What it comes to.
#[derive(Clone, Debug, Serialize)]
pub struct Conclusion {
    /// Of the catalogue; null without an explanation.
    pub code: Option<&'static str>,
    /// In words; without an explanation, what would decide.
    pub sentence: String,
    /// How to fix it.
    pub fix: Option<String>,
}

/// A pair of messages; null where only the other login has one.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// As in `evidence`.
    pub step: &'static str,
    /// The left login's.
    pub left: Option<Cell>,
    /// The right login's.
    pub right: Option<Cell>,
}

/// One message.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Cell {
    /// Wireshark's `frame.number`.
    pub packet: u64,
    /// `client`, `server`
    pub from: &'static str,
    /// Nanoseconds since the login's step before.
    pub since_nanos: Option<i64>,
}

impl Report {
    /// The differences of one weight.
    pub fn weighing(&self, weight: &str) -> impl Iterator<Item = &Difference> {
        self.differences
            .iter()
            .filter(move |difference| difference.weight == weight)
    }
}
