//! Which logins were near in time, found without looking at all of them.

use crate::limits;
use crate::mysql::Login;
use crate::report::ExaminedLogin;

/// The places of the logins whose time is known, in the order of their times.
pub(super) struct ByTime(Vec<(i64, usize)>);

impl ByTime {
    pub(super) fn new(logins: &[ExaminedLogin]) -> Self {
        let timed = logins
            .iter()
            .enumerate()
            .filter_map(|(place, examined)| Some((examined.login.first.time?.as_nanos(), place)));
        let mut timed: Vec<_> = timed.collect();
        timed.sort_unstable();
        Self(timed)
    }

    /// The salts of other connections within a minute of this login, the nearest first.
    pub(super) fn other_salts(
        &self,
        logins: &[ExaminedLogin],
        examined: &ExaminedLogin,
    ) -> Vec<Vec<u8>> {
        let Some(time) = examined
            .login
            .first
            .time
            .map(crate::capture::Timestamp::as_nanos)
        else {
            return Vec::new();
        };
        let (before, after) = self
            .0
            .split_at(self.0.partition_point(|(other, _)| *other < time));
        let mut before = before.iter().rev().peekable();
        let mut after = after.iter().peekable();
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
