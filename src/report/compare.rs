//! The report of `compare`: two logins side by side.
//!
//! Owns: its fields, and which fact goes into which. What differs and what it weighs is
//! [`crate::compare`]'s. Everything out of a capture passes the redactor here, as in
//! [`super::build`], so that no renderer sees it unmasked.

mod html;
mod lines;
mod markdown;
pub mod model;
mod table;
#[cfg(test)]
mod tests;

pub use html::render as html;
pub use markdown::render as markdown;
pub use table::render as table;

use crate::compare::{Cell, Comparison, Difference, Party, Row, Value};
use crate::report::build::Builder;
use crate::report::model::{Finding, SCHEMA_VERSION, Sentence, Tool};
use crate::report::time::Time;
use crate::report::{CaptureReport, ExaminedLogin, names};
use model::{Conclusion, Divergence, Report, Sides, Step};

impl ExaminedLogin {
    /// As a party of a comparison.
    #[must_use]
    pub fn party(&self) -> Party<'_> {
        Party {
            stream: self.stream,
            login: &self.login,
            examination: &self.examination,
            findings: &self.findings,
        }
    }
}

/// A login with the capture that it is from.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The capture.
    pub capture: &'a CaptureReport,
    /// The login.
    pub login: &'a ExaminedLogin,
}

impl Builder<'_> {
    /// The report of a comparison of these two logins.
    #[must_use]
    pub fn comparison(&self, left: Origin<'_>, right: Origin<'_>, found: &Comparison) -> Report {
        let path = |origin: Origin<'_>| self.redactor().path(&origin.capture.path);
        let login = |origin: Origin<'_>| self.login(origin.login, &origin.capture.across, None);
        for origin in [left, right] {
            self.redactor().learn(&origin.login.login);
        }
        Report {
            schema_version: SCHEMA_VERSION,
            tool: Tool::THIS,
            warnings: self.warnings(),
            captures: Sides {
                left: path(left),
                right: path(right),
            },
            left: login(left),
            right: login(right),
            same_outcome: found.same_outcome,
            first_divergence: found.divergence.as_ref().map(|divergence| Divergence {
                step: divergence.step,
                left_packet: divergence.left,
                right_packet: divergence.right,
                sentence: self.sentence(&divergence.sentence),
            }),
            differences: found
                .differences
                .iter()
                .map(|difference| self.difference(difference))
                .collect(),
            conclusion: Conclusion {
                code: found.conclusion.code.map(crate::findings::Code::as_str),
                sentence: self.sentence(&found.conclusion.sentence),
                fix: found.conclusion.fix.as_ref().map(|fix| self.sentence(fix)),
            },
            steps: found.rows.iter().map(step).collect(),
            findings: self.of_both(left, right),
        }
    }

    /// What was found in each login by itself; in one that is beside itself, once.
    fn of_both(&self, left: Origin<'_>, right: Origin<'_>) -> Vec<Finding> {
        let mut origins = vec![left];
        if !std::ptr::eq(left.login, right.login) {
            origins.push(right);
        }
        let findings = origins.into_iter().flat_map(|origin| {
            let path = self.redactor().path(&origin.capture.path);
            let own = origin.login.findings.iter();
            let across = origin.capture.across.iter().filter(move |finding| {
                finding.stream == Some(origin.login.stream)
                    && finding.attempt == origin.login.login.attempt
            });
            own.chain(across)
                .map(move |finding| self.finding(finding, Some(path.clone()), None))
        });
        findings.collect()
    }

    /// A login in one line, beginning with how to name it.
    #[must_use]
    pub fn name_of(&self, origin: Origin<'_>) -> String {
        let login = self.login(origin.login, &origin.capture.across, None);
        let about = table::about(&self.redactor().path(&origin.capture.path), &login);
        format!("{about}, {}", super::words::time(&login))
    }

    fn difference(&self, difference: &Difference) -> model::Difference {
        let value = |value: &Option<Value>| value.as_ref().map(|value| self.value(value));
        model::Difference {
            step: difference.step,
            field: difference.field,
            left: value(&difference.left),
            right: value(&difference.right),
            weight: difference.weight.name(),
            reason: self.sentence(&difference.reason),
            row: difference.row,
        }
    }

    fn value(&self, value: &Value) -> Sentence {
        let ours = |text: String| [(false, text)].into_iter().collect();
        match value {
            Value::Text(prose) => self.sentence(prose),
            Value::Address(end) => ours(self.redactor().address(end).into()),
            Value::Endpoint(end) => ours(super::words::endpoint(&super::model::Endpoint {
                address: self.redactor().address(end),
                port: end.port,
            })),
            Value::Time(time) => {
                ours(Time::of(*time).map_or_else(String::new, |time| time.to_string()))
            }
        }
    }
}

fn step(row: &Row) -> Step {
    let cell = |cell: Option<Cell>| {
        cell.map(|cell| model::Cell {
            packet: cell.packet,
            from: names::side(cell.side),
            since_nanos: cell.since,
        })
    };
    Step {
        step: row.kind.name(),
        left: cell(row.left),
        right: cell(row.right),
    }
}
