//! A login of which the capture holds two versions: each is judged, and what they come to together.
//!
//! Owns that weighing. Which copies differ, and what the login is with the second ones, the decoder says.
//! A response that is right is no accident: a version in which it is right is the one that was sent. Else
//! a verdict holds only where both versions lead to it.

use std::mem::discriminant;

use super::candidate::Candidates;
use super::examine::{Context, Examination, examine};
use super::verdict::{Unverifiable, Verdict};
use crate::mysql::{Fault, Login, Outcome};

/// As [`examine`]; of a login with another version, both. Gives the version that the verdict is about.
#[must_use]
pub fn examine_versions(
    mut login: Box<Login>,
    candidates: &Candidates,
    context: &Context<'_>,
) -> (Box<Login>, Examination) {
    let Some(mut other) = login.other_version.take() else {
        let examination = examine(&login, candidates, context);
        return (login, examination);
    };
    let alone = |login: &Login| {
        let mut login = login.clone();
        login.faults.retain(|fault| !is_conflict(fault));
        examine(&login, candidates, context)
    };
    let (first, second) = (alone(&login), alone(&other));
    let versions = Some(Box::new([first.verdict.clone(), second.verdict.clone()]));
    if discriminant(&login.outcome) != discriminant(&other.outcome) {
        login.outcome = Outcome::Unknown;
        other.outcome = Outcome::Unknown;
    }
    let (mut chosen, mut left, examination) = if first.is_plain() || !second.is_plain() {
        let agree = first.is_plain() || agree(&first.verdict, &second.verdict);
        let examination = if agree { first } else { conflicting(first) };
        (login, other, examination)
    } else {
        other
            .faults
            .extend(login.faults.drain(..).filter(is_conflict));
        (other, login, second)
    };
    left.other_version = None;
    chosen.other_version = Some(left);
    let examination = Examination {
        versions,
        ..examination
    };
    (chosen, examination)
}

const fn is_conflict(fault: &Fault) -> bool {
    matches!(fault, Fault::Conflict { .. })
}

fn conflicting(examination: Examination) -> Examination {
    Examination {
        verdict: Verdict::Unverifiable(Unverifiable::Conflicting),
        recomputed: None,
        ..examination
    }
}

/// Whether two verdicts say the same, whatever the effort.
fn agree(one: &Verdict, other: &Verdict) -> bool {
    match (one, other) {
        (Verdict::Match(one), Verdict::Match(other)) => {
            one.password == other.password
                && one.password_form == other.password_form
                && one.salt_form == other.salt_form
                && one.formula == other.formula
                && one.prefix == other.prefix
        }
        (Verdict::Mismatch(_), Verdict::Mismatch(_)) => true,
        (one, other) => one == other,
    }
}
