//! What differs between two logins, each difference with the weight it has by itself.
//!
//! Owns: the fields, step by step, and why a difference in them is or is not suspicious. Nothing
//! here weighs `cause`: that takes the recomputation and is [`super::cause`]'s.

mod connection;
mod login;
mod names;
mod proof;

use super::align::Row;
use super::difference::{Difference, Value, Weight};
use super::party::{Party, same_outcome};
use crate::findings::Prose;
use crate::mysql::StepKind;

pub(super) use names::{outcome, path, plugin};

/// Collects differences.
pub(super) struct Collector<'r> {
    rows: &'r [Row],
    found: Vec<Difference>,
}

impl Collector<'_> {
    /// Notes a field if the two have something else in it.
    fn differ<T: PartialEq>(
        &mut self,
        place: (StepKind, &'static str),
        pair: (Option<T>, Option<T>),
        show: impl Fn(&T) -> Value,
        (weight, reason): (Weight, impl Into<Prose>),
    ) {
        let (step, field) = place;
        let (left, right) = pair;
        if left == right {
            return;
        }
        self.found.push(Difference {
            row: self.row(step),
            step: step.name(),
            field,
            left: left.as_ref().map(&show),
            right: right.as_ref().map(&show),
            weight,
            reason: reason.into(),
        });
    }

    /// The row of the first step of this kind, else the first row.
    fn row(&self, kind: StepKind) -> usize {
        let mut rows = self.rows.iter();
        rows.position(|row| row.kind == kind).unwrap_or(0)
    }
}

/// All differences, in no particular order.
pub(super) fn collect(left: &Party<'_>, right: &Party<'_>, rows: &[Row]) -> Vec<Difference> {
    let mut out = Collector {
        rows,
        found: Vec::new(),
    };
    connection::ends(&mut out, left, right);
    connection::greeting(&mut out, left, right);
    connection::transport(&mut out, left, right);
    login::request(&mut out, left, right);
    proof::switch(&mut out, left, right);
    proof::response(&mut out, left, right);
    proof::path(&mut out, left, right);
    result(&mut out, left, right);
    alone(&mut out.found, rows, [left, right]);
    out.found
}

/// How it ended: what is to be explained, and so no explanation.
fn result(out: &mut Collector<'_>, left: &Party<'_>, right: &Party<'_>) {
    let pair = (left.login, right.login);
    let values = (outcome(left), outcome(right));
    if same_outcome(pair.0, pair.1) || values.0 == values.1 {
        return;
    }
    out.found.push(Difference {
        row: out.row(StepKind::Result),
        step: StepKind::Result.name(),
        field: "outcome",
        left: Some(values.0.into()),
        right: Some(values.1.into()),
        weight: Weight::Expected,
        reason: "this is the difference that is to be explained".into(),
    });
}

/// Steps that only one login has, or shows.
fn alone(found: &mut Vec<Difference>, rows: &[Row], [left, right]: [&Party<'_>; 2]) {
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| !row.is_paired()) {
        let value = |cell: Option<super::Cell>| {
            cell.map(|cell| Value::from(format!("packet {}", cell.packet)))
        };
        let without = if row.left.is_none() { left } else { right };
        let (weight, reason) = match without.hidden() {
            _ if row.kind == StepKind::Greeting && without.login.attempt > 0 => (
                Weight::Expected,
                "a change of user comes without a greeting",
            ),
            Some(why) => (Weight::Expected, why),
            None => (Weight::Possible, "only one of the logins has this step"),
        };
        found.push(Difference {
            row: at,
            step: row.kind.name(),
            field: "step",
            left: value(row.left),
            right: value(row.right),
            weight,
            reason: reason.into(),
        });
    }
}
