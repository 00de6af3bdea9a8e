//! Which salts other connections had near in time, without keeping the logins.
//!
//! Owns a window of the latest salts, in the order of their logins' times.

use std::collections::VecDeque;

use crate::capture::Timestamp;
use crate::limits;
use crate::mysql::Login;

/// Near enough in time for one connection to have answered the other's salt.
pub(super) const fn near(one: Timestamp, other: Timestamp) -> bool {
    one.since(other).unsigned_abs() <= limits::OTHER_SALTS_NANOS
}

/// One salt. Those of all plugins but LDAP's have at most 32 bytes, and LDAP's is no salt but a name.
#[derive(Clone, Copy)]
struct Seen {
    time: i64,
    stream: u64,
    length: u8,
    bytes: [u8; 32],
}

/// The latest salts, at most [`limits::SALTS_NEAR`], by time.
#[derive(Default)]
pub(super) struct ByTime {
    salts: VecDeque<Seen>,
    /// Logins that were noted, with or without a salt.
    noted: u64,
}

impl ByTime {
    /// Notes the salts of a login.
    pub(super) fn insert(&mut self, stream: u64, login: &Login) {
        self.noted = self.noted.saturating_add(1);
        let Some(time) = login.first.time.map(Timestamp::as_nanos) else {
            return;
        };
        for salt in salts(login) {
            let mut bytes = [0; 32];
            let (Some(kept), Ok(length)) = (bytes.get_mut(..salt.len()), u8::try_from(salt.len()))
            else {
                continue;
            };
            kept.copy_from_slice(salt);
            let seen = Seen {
                time,
                stream,
                length,
                bytes,
            };
            // Logins end about in the order in which they began: the place is near the end.
            let later = self.salts.iter().rev().take_while(|s| s.time > time);
            let place = self.salts.len().saturating_sub(later.count());
            self.salts.insert(place, seen);
            if self.salts.len() > limits::SALTS_NEAR {
                self.salts.pop_front();
            }
        }
    }

    /// Logins that were noted so far.
    pub(super) const fn noted(&self) -> u64 {
        self.noted
    }

    /// The salts of other connections within a minute of a login, the nearest first, `most` of them.
    pub(super) fn other_salts(&self, stream: u64, login: &Login, most: usize) -> Vec<&[u8]> {
        let Some(time) = login.first.time.map(Timestamp::as_nanos) else {
            return Vec::new();
        };
        let middle = self.salts.partition_point(|seen| seen.time < time);
        let mut before = self.salts.range(..middle).rev().peekable();
        let mut after = self.salts.range(middle..).peekable();
        let distance = |seen: Option<&&Seen>| seen.map(|seen| seen.time.abs_diff(time));
        let mut found = Vec::with_capacity(most);
        while found.len() < most {
            let (behind, ahead) = (distance(before.peek()), distance(after.peek()));
            let earlier = match (behind, ahead) {
                (Some(behind), Some(ahead)) => behind < ahead,
                (behind, _) => behind.is_some(),
            };
            let next = if earlier { before.next() } else { after.next() };
            let Some(seen) = next else {
                break;
            };
            if seen.time.abs_diff(time) > limits::OTHER_SALTS_NANOS {
                break;
            }
            if seen.stream != stream {
                let salt = seen.bytes.get(..usize::from(seen.length));
                found.push(salt.unwrap_or_default());
            }
        }
        found
    }
}

/// The salts that a login holds, as on the wire.
fn salts(login: &Login) -> impl Iterator<Item = &[u8]> {
    let rounds = login.rounds.iter().filter_map(|round| round.salt.as_ref());
    rounds.map(|salt| salt.bytes.as_slice())
}
