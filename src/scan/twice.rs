//! A file that is read a second time because its TLS secrets came late: each login is told once.
//!
//! Owns the waiting of logins that the second reading may open. Called by [`super::scan`] alone.

use std::collections::HashSet;

use crate::analyze::Listener;
use crate::auth::Verdict;
use crate::mysql::Transport;
use crate::report::ExaminedLogin;

/// Between the analysis and who listens to it.
pub(super) struct Twice<'l> {
    listener: Listener<'l>,
    /// What secrets at the end of the file may change.
    held: Vec<ExaminedLogin>,
    told: HashSet<(u64, u32)>,
}

impl<'l> Twice<'l> {
    pub(super) fn new(listener: Listener<'l>) -> Self {
        Self {
            listener,
            held: Vec::new(),
            told: HashSet::new(),
        }
    }

    /// Heard at the first reading.
    pub(super) fn first(&mut self, login: &ExaminedLogin) {
        let sealed = matches!(
            &login.login.transport,
            Transport::Tls {
                sealed: Some(_),
                ..
            }
        );
        // One that nothing explains may have answered the salt of a sealed one.
        let unexplained = matches!(login.examination.verdict, Verdict::Mismatch(_));
        if sealed || (unexplained && !self.held.is_empty()) {
            self.held.push(login.clone());
        } else {
            self.told.insert((login.stream, login.login.attempt));
            (self.listener)(login);
        }
    }

    /// Heard at the second.
    pub(super) fn second(&mut self, login: &ExaminedLogin) {
        if self.told.insert((login.stream, login.login.attempt)) {
            (self.listener)(login);
        }
    }

    /// There is no second reading.
    pub(super) fn only_once(self) {
        for login in &self.held {
            (self.listener)(login);
        }
    }
}
