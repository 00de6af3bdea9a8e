//! The JSON object of `compare --format json`, field for field.

use serde::Serialize;

use crate::report::model::{Finding, Login, Sentence, Tool};

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
    /// What was found in each login by itself.
    pub findings: Vec<Finding>,
}

/// One login of the two, with what belongs to it.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Side<'r> {
    /// `left`, `right`
    pub(in crate::report) name: &'static str,
    /// The path of its capture.
    pub(in crate::report) capture: &'r str,
    pub(in crate::report) login: &'r Login,
    /// Whether it is the left one.
    left: bool,
}

impl Side<'_> {
    /// Its message in a pair.
    pub(in crate::report) const fn cell(&self, step: &Step) -> Option<Cell> {
        if self.left { step.left } else { step.right }
    }
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
    pub sentence: Sentence,
}

/// A field in which they differ.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// As in `evidence`.
    pub step: &'static str,
    /// The field.
    pub field: &'static str,
    /// What the left login has.
    pub left: Option<Sentence>,
    /// What the right login has.
    pub right: Option<Sentence>,
    /// `cause`, `possible`, `expected`
    pub weight: &'static str,
    /// Why.
    pub reason: Sentence,
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
    pub sentence: Sentence,
    /// How to fix it.
    pub fix: Option<Sentence>,
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

    /// Left, then right.
    pub(in crate::report) const fn sides(&self) -> [Side<'_>; 2] {
        [
            Side {
                name: "left",
                capture: self.captures.left.as_str(),
                login: &self.left,
                left: true,
            },
            Side {
                name: "right",
                capture: self.captures.right.as_str(),
                login: &self.right,
                left: false,
            },
        ]
    }

    /// What was found in this login.
    pub(in crate::report) fn findings_of(&self, side: Side<'_>) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| {
            finding.capture.as_deref() == Some(side.capture)
                && finding.stream == Some(side.login.stream)
                && finding.attempt == side.login.attempt
        })
    }

    /// Where they part, as one of `steps`.
    pub(in crate::report) fn split(&self) -> Option<usize> {
        self.weighing("cause")
            .map(|difference| difference.row)
            .next()
    }

    /// The packets of this login that show why the two ended differently: where they part, those of
    /// the finding that explains it, and in the login without that finding the same steps.
    pub(in crate::report) fn packets(&self, side: Side<'_>) -> Vec<u64> {
        let Some(divergence) = &self.first_divergence else {
            return Vec::new();
        };
        let explains = |finding: &&Finding| Some(finding.code) == self.conclusion.code;
        let of = |side: Side<'_>| {
            let found = self.findings_of(side).filter(explains);
            let packets: Vec<u64> = found.flat_map(|f| f.packets.iter().copied()).collect();
            packets
        };
        let mut packets = of(side);
        if packets.is_empty() {
            for other in self.sides() {
                let proof = of(other);
                let shown = |step: &&Step| {
                    other
                        .cell(step)
                        .is_some_and(|cell| proof.contains(&cell.packet))
                };
                let same = self.steps.iter().filter(shown);
                packets.extend(same.filter_map(|step| Some(side.cell(step)?.packet)));
            }
        }
        packets.extend(if side.left {
            divergence.left_packet
        } else {
            divergence.right_packet
        });
        packets.sort_unstable();
        packets.dedup();
        packets
    }

    /// The same as a Wireshark display filter for its capture.
    pub(in crate::report) fn filter(&self, side: Side<'_>) -> String {
        let stream = format!("tcp.stream eq {}", side.login.stream);
        let numbers: Vec<String> = self.packets(side).iter().map(u64::to_string).collect();
        if numbers.is_empty() {
            return stream;
        }
        format!("{stream} and frame.number in {{{}}}", numbers.join(", "))
    }
}
