//! A file that is read a second time because its TLS secrets came late: each login is told once.
//!
//! Owns the waiting of logins that the second reading may open. Called by [`super::scan`] alone.

use std::collections::HashSet;

use crate::analyze::Listener;
use crate::auth::Verdict;
use crate::limits;
use crate::mysql::Transport;
use crate::report::ExaminedLogin;

/// Between the analysis and who listens to it.
pub(super) struct Twice<'l> {
    listener: Listener<'l>,
    /// What secrets at the end of the file may change.
    held: Vec<ExaminedLogin>,
    told: Told,
}

impl<'l> Twice<'l> {
    pub(super) fn new(listener: Listener<'l>) -> Self {
        Self {
            listener,
            held: Vec::new(),
            told: Told::default(),
        }
    }

    /// Heard at the first reading.
    pub(super) fn first(&mut self, login: &ExaminedLogin) -> bool {
        let sealed = matches!(
            &login.login.transport,
            Transport::Tls {
                sealed: Some(_),
                ..
            }
        );
        // One that nothing explains may have answered the salt of a sealed one.
        let unexplained = matches!(login.examination.verdict, Verdict::Mismatch(_));
        let may_change = sealed || (unexplained && !self.held.is_empty());
        if may_change && self.held.len() < limits::AWAITING_SECRETS {
            self.held.push(login.clone());
            // If there is no second reading, this one is kept.
            return true;
        }
        self.told.insert(login.stream, login.login.attempt);
        (self.listener)(login)
    }

    /// Heard at the second.
    pub(super) fn second(&mut self, login: &ExaminedLogin) -> bool {
        !self.told.insert(login.stream, login.login.attempt) || (self.listener)(login)
    }

    /// There is no second reading.
    pub(super) fn only_once(self) {
        for login in &self.held {
            (self.listener)(login);
        }
    }
}

/// The logins that were told: a bit for each connection's own, which almost all are.
#[derive(Default)]
struct Told {
    first: Vec<u64>,
    later: HashSet<(u64, u32)>,
}

impl Told {
    /// Notes a login; false if it was noted before.
    fn insert(&mut self, stream: u64, attempt: u32) -> bool {
        let place = usize::try_from(stream / 64).ok().filter(|_| attempt == 0);
        let Some(place) = place else {
            return self.later.insert((stream, attempt));
        };
        if self.first.len() <= place {
            self.first.resize(place.saturating_add(1), 0);
        }
        let bit = 1 << (stream % 64);
        let Some(word) = self.first.get_mut(place) else {
            return true;
        };
        let new = *word & bit == 0;
        *word |= bit;
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_login_once() {
        let mut told = Told::default();
        for (stream, attempt) in [(0, 0), (63, 0), (64, 0), (64, 1), (1_000_000, 0)] {
            assert!(told.insert(stream, attempt));
            assert!(!told.insert(stream, attempt));
        }
        assert!(told.insert(1, 0));
    }
}
