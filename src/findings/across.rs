//! What only several logins of a capture show together. Small tallies, bounded by
//! [`limits::FOLLOWED`]; one [`Across`] for one capture, since packets are numbered in it.

mod fast;
mod right;

pub use fast::{FastLogin, FastPaths, Named, Way};

use crate::findings::finding::Finding;
use crate::findings::rules::Subject;
use crate::limits;
use foldhash::fast::RandomState;
use hashbrown::{Equivalent, HashMap};
use std::hash::Hash;

/// Follows clients and users across the logins of one capture.
#[derive(Clone, Debug, Default)]
pub struct Across {
    fast: fast::FastPaths,
    right: right::RightResponses,
    /// Something was not followed because a cap was reached.
    overflowed: bool,
    /// The logins are those of a slice: what they do not show, others may.
    slice: bool,
}

impl Across {
    /// For the logins of a slice of a set.
    #[must_use]
    pub fn of_slice() -> Self {
        Self {
            slice: true,
            ..Self::default()
        }
    }

    /// Takes note of a login. The order does not matter.
    pub fn see(&mut self, subject: &Subject<'_>) {
        if subject.pasted {
            return;
        }
        let fast = FastLogin::of(subject).is_none_or(|login| self.fast.see(&login));
        let right = self.right.see(subject);
        self.overflowed |= !(fast && right);
    }

    /// Adds to the findings of one login what the other logins tell about them. Call it once for
    /// each login, when all have been seen.
    pub fn annotate(&self, subject: &Subject<'_>, findings: &mut [Finding]) {
        for finding in findings {
            if let Some(more) = self.right.remark(subject, finding.code, self.slice) {
                finding.summary = std::mem::take(&mut finding.summary).say(more);
            }
        }
    }

    /// The findings that rest on several logins, by stream.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        // Of a slice, whoever has the others says it.
        if self.slice {
            return Vec::new();
        }
        let mut findings = self.fast.findings();
        findings.sort_by_key(|finding| (finding.stream, finding.attempt));
        findings
    }

    /// A cap was reached, and some clients or users were not followed.
    #[must_use]
    pub const fn overflowed(&self) -> bool {
        self.overflowed
    }
}

/// What is counted of each client or user, [`limits::FOLLOWED`] of them. Looked up with what a login holds:
/// only what is new is copied.
#[derive(Clone, Debug)]
struct Tallies<K, V>(HashMap<K, V, RandomState>);

impl<K, V> Default for Tallies<K, V> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<K: Eq + Hash, V: Default> Tallies<K, V> {
    /// The tally of a key, made if there is room; `None` at the cap.
    fn row<'w, W: Equivalent<K> + Hash>(&mut self, wanted: &'w W) -> Option<&mut V>
    where
        K: From<&'w W>,
    {
        if !self.0.contains_key(wanted) {
            if self.0.len() >= limits::FOLLOWED {
                return None;
            }
            self.0.insert(wanted.into(), V::default());
        }
        self.0.get_mut(wanted)
    }

    /// The tally of a key, if there is one.
    fn get(&self, wanted: &(impl Equivalent<K> + Hash)) -> Option<&V> {
        self.0.get(wanted)
    }

    /// All of them, in no order.
    fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests;
