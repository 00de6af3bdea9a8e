//! Two sequences of messages, paired.
//!
//! The longest common subsequence of the steps' kinds: a step that only one login has stands
//! alone, and what comes after it is still paired with its like.

use crate::mysql::{Login, Side, Step, StepKind};

/// The kinds of step that stand on one line: a change of user names the user as a login packet does.
pub(super) const fn role(kind: StepKind) -> StepKind {
    match kind {
        StepKind::ChangeUser => StepKind::Login,
        other => other,
    }
}

/// A pair of steps, or a step that only one login has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// What both are; a login beside a change of user is a login.
    pub kind: StepKind,
    /// The left login's.
    pub left: Option<Cell>,
    /// The right login's.
    pub right: Option<Cell>,
}

impl Row {
    /// Both logins have it.
    #[must_use]
    pub const fn is_paired(&self) -> bool {
        self.left.is_some() && self.right.is_some()
    }
}

/// One login's part of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Who sent it.
    pub side: Side,
    /// The packet that completed it.
    pub packet: u64,
    /// Nanoseconds since the step before; `None` for the first and where the capture has no times.
    pub since: Option<i64>,
}

/// The steps of both logins, paired.
pub(super) fn rows(left: &Login, right: &Login) -> Vec<Row> {
    let (lefts, rights) = (cells(&left.steps), cells(&right.steps));
    let lengths = lengths(&lefts, &rights);
    let at = |l: usize, r: usize| {
        let row = lengths.get(l).and_then(|row| row.get(r));
        row.copied().unwrap_or(0)
    };
    let (mut l, mut r) = (0_usize, 0_usize);
    let mut rows = Vec::with_capacity(lefts.len().max(rights.len()));
    loop {
        let (next_l, next_r) = (l.saturating_add(1), r.saturating_add(1));
        match (lefts.get(l), rights.get(r)) {
            (None, None) => return rows,
            (Some(left), Some(right)) if role(left.0) == role(right.0) => {
                let kind = if left.0 == right.0 {
                    left.0
                } else {
                    role(left.0)
                };
                rows.push(row(kind, Some(left.1), Some(right.1)));
                (l, r) = (next_l, next_r);
            }
            (Some(left), right) if right.is_none() || at(next_l, r) >= at(l, next_r) => {
                rows.push(row(left.0, Some(left.1), None));
                l = next_l;
            }
            (_, Some(right)) => {
                rows.push(row(right.0, None, Some(right.1)));
                r = next_r;
            }
            // The arm with a left step and no right one has taken this.
            (Some(_), None) => l = next_l,
        }
    }
}

const fn row(kind: StepKind, left: Option<Cell>, right: Option<Cell>) -> Row {
    Row { kind, left, right }
}

fn cells(steps: &[Step]) -> Vec<(StepKind, Cell)> {
    let before = std::iter::once(None).chain(steps.iter().map(Some));
    let with_before = steps.iter().zip(before);
    let cell = |(step, before): (&Step, Option<&Step>)| {
        let earlier = before.and_then(|before| before.at.time);
        let cell = Cell {
            side: step.side,
            packet: step.at.number,
            since: step.at.time.zip(earlier).map(|(now, then)| now.since(then)),
        };
        (step.kind, cell)
    };
    with_before.map(cell).collect()
}

/// How many pairs the rests of both sequences allow, from each pair of places on. A login has at
/// most [`crate::limits::LOGIN_STEPS`] steps.
fn lengths(lefts: &[(StepKind, Cell)], rights: &[(StepKind, Cell)]) -> Vec<Vec<usize>> {
    let mut below = vec![0_usize; rights.len().saturating_add(1)];
    let mut all = vec![below.clone()];
    for (left, _) in lefts.iter().rev() {
        let mut row = vec![0_usize];
        for (at, (right, _)) in rights.iter().enumerate().rev() {
            let get = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(0);
            let behind = row.last().copied().unwrap_or(0);
            row.push(if role(*left) == role(*right) {
                get(&below, at.saturating_add(1)).saturating_add(1)
            } else {
                get(&below, at).max(behind)
            });
        }
        row.reverse();
        below.clone_from(&row);
        all.push(row);
    }
    all.reverse();
    all
}
