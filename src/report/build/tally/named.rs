//! Logins that are forgotten and may yet be named by a finding which rests on several: the last full
//! authentication of each client, user and server.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::capture::Timestamp;
use crate::findings::{Established, FastLogin, Way};
use crate::limits;
use crate::mysql::AuthPath;
use crate::report::ExaminedLogin;

/// Places of the rows that a login was counted in.
pub(super) type Places = [Option<u32>; 3];

/// One login.
struct Named {
    /// Its first packet, stream and attempt.
    begun: (u64, u64, u32),
    time: Option<Timestamp>,
    places: Places,
}

/// The logins of one capture, [`limits::FOLLOWED`] at most, by a hash of who logged in where.
#[derive(Default)]
pub(super) struct NamedLater(HashMap<u64, Named, RandomState>);

impl NamedLater {
    /// Takes note of a login that was counted in these rows.
    pub fn see(&mut self, examined: &ExaminedLogin, places: Places) {
        let login = &examined.login;
        if !matches!(login.path, Some(AuthPath::FullTls | AuthPath::FullRsa)) {
            return;
        }
        let established = Established::of(login, &examined.examination);
        let subject = examined.subject(&established);
        let Some(fast) =
            FastLogin::of(&subject).filter(|fast| matches!(fast.way, Way::Full { .. }))
        else {
            return;
        };
        let who = (fast.address, &fast.name, &fast.user, fast.server);
        let who = self.0.hasher().hash_one(who);
        let named = Named {
            begun: (fast.begun, fast.stream, fast.attempt),
            time: login.first.time,
            places,
        };
        let full = self.0.len() >= limits::FOLLOWED;
        match self.0.get_mut(&who) {
            Some(known) if known.begun < named.begun => *known = named,
            None if !full => drop(self.0.insert(who, named)),
            _ => {}
        }
    }

    /// The time of each and where it was counted, by stream and attempt.
    pub fn by_login(self) -> HashMap<(u64, u32), (Option<Timestamp>, Places), RandomState> {
        let named = self.0.into_values().map(|named| {
            let (_, stream, attempt) = named.begun;
            ((stream, attempt), (named.time, named.places))
        });
        named.collect()
    }
}
