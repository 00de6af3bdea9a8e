//! Two logins beside each other: where they first part, and whether that explains their ends.
//!
//! ```text
//! two logins ──► align ──► fields ──► cause ──► conclude ──► Comparison
//!                steps     what       what       in one
//!                pairwise  differs    explains   sentence
//! ```
//!
//! Owns: which logins to take ([`choose`]), the pairing of their steps, and the weight of each
//! difference. Does not own: what is wrong with one login alone ([`crate::findings`] has said that
//! already, from the recomputation) nor how it reads ([`crate::report`]). Pure functions; called by
//! `cli` and `report`.
//!
//! The rule above all others: a difference is a [`Weight::Cause`] only if it explains why the two
//! logins ended differently. What merely differs is at most [`Weight::Possible`].

mod align;
mod cause;
pub mod choose;
mod conclude;
mod difference;
mod fields;
mod party;

use crate::findings::{Code, Prose};

pub use align::{Cell, Row};
pub use difference::{Difference, Value, Weight};
pub use party::{Party, Which};

/// All that two logins show beside each other.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The steps of both, paired.
    pub rows: Vec<Row>,
    /// Where they part; `None` when no difference explains anything.
    pub divergence: Option<Divergence>,
    /// In the order of the steps.
    pub differences: Vec<Difference>,
    /// What it comes to.
    pub conclusion: Conclusion,
    /// Both ended the same way.
    pub same_outcome: bool,
}

impl Comparison {
    /// Nothing to complain of: the same end, and no cause of anything.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.same_outcome && self.divergence.is_none()
    }
}

/// The first step with a difference that explains the different ends.
#[derive(Clone, Debug)]
pub struct Divergence {
    /// Its name, as in `evidence`.
    pub step: &'static str,
    /// The left login's packet.
    pub left: Option<u64>,
    /// The right login's packet.
    pub right: Option<u64>,
    /// In one sentence, with the last packets that were the same.
    pub sentence: Prose,
}

/// What the comparison comes to.
#[derive(Clone, Debug)]
pub struct Conclusion {
    /// The finding that explains the different ends.
    pub code: Option<Code>,
    /// In words; without an explanation, what would decide.
    pub sentence: Prose,
    /// How to fix it.
    pub fix: Option<Prose>,
}

/// Compares two logins.
#[must_use]
pub fn compare(left: &Party<'_>, right: &Party<'_>) -> Comparison {
    let rows = align::rows(left.login, right.login);
    let mut differences = fields::collect(left, right, &rows);
    let cause = cause::find(left, right);
    let place = cause.as_ref().map(|cause| cause.row(&rows));
    if let (Some(cause), Some(place)) = (&cause, place) {
        cause.enter(place, &mut differences);
    }
    differences.sort_by_key(|difference| difference.row);
    let same_outcome = party::same_outcome(left.login, right.login);
    let divergence = cause.as_ref().zip(place).map(|(cause, place)| Divergence {
        step: cause.step,
        left: cause.packet(Which::Left),
        right: cause.packet(Which::Right),
        sentence: conclude::divergence(cause, &rows, place),
    });
    let conclusion = match &cause {
        Some(cause) => conclude::explained(cause, left, right),
        None => conclude::unexplained(left, right),
    };
    Comparison {
        rows,
        divergence,
        differences,
        conclusion,
        same_outcome,
    }
}
