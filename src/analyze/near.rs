//! Which logins were near in time, found without looking at all of them.

use std::collections::BTreeSet;

use crate::capture::Timestamp;
use crate::limits;
use crate::mysql::Login;
use crate::report::ExaminedLogin;

/// Near enough in time for one connection to have answered the other's salt.
pub(super) const fn near(one: Timestamp, other: Timestamp) -> bool {
    one.since(other).unsigned_abs() <= limits::OTHER_SALTS_NANOS
}

/// The places of the logins whose time is known, in the order of their times.
#[derive(Default)]
pub(super) struct ByTime(BTreeSet<(i64, usize)>);

impl ByTime {
    pub(super) fn insert(&mut self, place: usize, login: &Login) {
        if let Some(time) = login.first.time {
            self.0.insert((time.as_nanos(), place));
        }
    }

    /// The salts of other connections within a minute of this login, the nearest first.
    pub(super) fn other_salts(
        &self,
        logins: &[ExaminedLogin],
        examined: &ExaminedLogin,
    ) -> Vec<Vec<u8>> {
        let Some(time) = examined.login.first.time.map(Timestamp::as_nanos) else {
            return Vec::new();
        };
        let mut before = self.0.range(..(time, 0)).rev().peekable();
        let mut after = self.0.range((time, 0)..).peekable();
        let distance = |entry: Option<&&(i64, usize)>| entry.map(|(other, _)| other.abs_diff(time));
        let mut found = Vec::new();
        while found.len() < limits::OTHER_SALTS {
            let (behind, ahead) = (distance(before.peek()), distance(after.peek()));
            let earlier = match (behind, ahead) {
                (Some(behind), Some(ahead)) => behind < ahead,
                (behind, _) => behind.is_some(),
            };
            let next = if earlier { before.next() } else { after.next() };
            let Some((other, place)) = next else {
                break;
            };
            if other.abs_diff(time) > limits::OTHER_SALTS_NANOS {
                break;
            }
            if let Some(other) = logins.get(*place).filter(|o| o.stream != examined.stream) {
                found.extend(salts(&other.login).map(<[u8]>::to_vec));
            }
        }
        found.truncate(limits::OTHER_SALTS);
        found
    }
}

/// The salts that a login holds, as on the wire.
pub(super) fn salts(login: &Login) -> impl Iterator<Item = &[u8]> {
    let rounds = login.rounds.iter().filter_map(|round| round.salt.as_ref());
    rounds.map(|salt| salt.bytes.as_slice())
}
