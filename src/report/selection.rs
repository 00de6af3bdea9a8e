//! Which logins are told: `--only-user`, `--only-client`, `--only-server`, `--only`, `--since`,
//! `--until`.
//!
//! Owns the question whether one login is chosen, and what goes with one that is not. Everything is
//! still decoded and judged: findings across logins rest on all of them. Called by `cli`, for `scan`
//! between the analysis and the report, and for `extract` to choose what is written. Several values
//! of one option mean any of them; different options must all hold.

mod ends;

pub use ends::Ends;

use crate::capture::Timestamp;
use crate::diagnostic::Diagnostic;
use crate::findings::Finding;
use crate::mysql::Outcome;
use crate::report::{CaptureReport, ExaminedLogin};

/// What `--only` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    /// Logins that the server refused.
    Rejected,
    /// Logins with any finding.
    Findings,
}

/// Which logins are chosen; by default all.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Of these users.
    pub users: Vec<Vec<u8>>,
    /// From these clients; one behind a proxy is meant as well as the proxy.
    pub clients: Vec<Ends>,
    /// To these servers.
    pub servers: Vec<Ends>,
    /// With this end.
    pub only: Option<Only>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Not after.
    pub until: Option<Timestamp>,
}

impl Selection {
    /// Whether no option was given.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.users.is_empty()
            && self.clients.is_empty()
            && self.servers.is_empty()
            && self.only.is_none()
            && self.since.is_none()
            && self.until.is_none()
    }

    /// Whether this login is chosen. `across`: the findings of its capture that rest on several
    /// logins.
    #[must_use]
    pub fn keeps(&self, examined: &ExaminedLogin, across: &[Finding]) -> bool {
        let login = &examined.login;
        let user = login.request.as_ref().and_then(|r| r.user.as_ref());
        let of_user =
            self.users.is_empty() || user.is_some_and(|user| self.users.iter().any(|u| user == u));
        let clients = [Some(&login.client), login.proxied_for.as_ref()];
        let of_client = self.clients.is_empty()
            || (self.clients.iter()).any(|ends| clients.iter().flatten().any(|c| ends.hold(c)));
        let to_server =
            self.servers.is_empty() || self.servers.iter().any(|ends| ends.hold(&login.server));
        let ended = match self.only {
            None => true,
            Some(Only::Rejected) => matches!(login.outcome, Outcome::Rejected(_)),
            Some(Only::Findings) => has_finding(examined, across),
        };
        of_user && of_client && to_server && ended && self.in_time(login.first.time)
    }

    /// A login without a time is in no span of time.
    fn in_time(&self, time: Option<Timestamp>) -> bool {
        let since = self
            .since
            .is_none_or(|since| time.is_some_and(|time| time >= since));
        let until = self
            .until
            .is_none_or(|until| time.is_some_and(|time| time <= until));
        since && until
    }

    /// Leaves in a capture what is chosen, and says so: counts and the exit code then follow it.
    pub fn apply(&self, capture: &mut CaptureReport) {
        if self.is_everything() {
            return;
        }
        let before = capture.logins.len();
        let across = std::mem::take(&mut capture.across);
        capture.logins.retain(|login| self.keeps(login, &across));
        let logins = &capture.logins;
        capture.across = across
            .into_iter()
            .filter(|finding| logins.iter().any(|login| names(finding, login)))
            .collect();
        let after = logins.len();
        if after < before {
            capture.diagnostics.push(Diagnostic {
                kind: "selection",
                message: format!(
                    "{after} of {before} logins are told: the options that select logins left out the others"
                ),
                packet: None,
                stream: None,
                count: 1,
            });
        }
    }
}

/// Whether anything was found of this login, alone or with others.
#[must_use]
pub fn has_finding(examined: &ExaminedLogin, across: &[Finding]) -> bool {
    !examined.findings.is_empty() || across.iter().any(|finding| names(finding, examined))
}

/// Whether a finding names this login.
#[must_use]
pub fn names(finding: &Finding, examined: &ExaminedLogin) -> bool {
    finding.stream == Some(examined.stream) && finding.attempt == examined.login.attempt
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing;

    fn sample() -> CaptureReport {
        testing::capture("a.pcap", vec![testing::switched(0), testing::accepted(1)])
    }

    fn kept(selection: &Selection) -> Vec<u64> {
        let mut capture = sample();
        selection.apply(&mut capture);
        let told = capture.diagnostics.iter().any(|d| d.kind == "selection");
        assert_eq!(told, capture.logins.len() < sample().logins.len());
        for finding in capture.findings() {
            assert!(capture.logins.iter().any(|login| names(finding, login)));
        }
        capture.logins.iter().map(|login| login.stream).collect()
    }

    #[test]
    fn everything_unless_something_is_asked_for() {
        let all: Vec<_> = sample().logins.iter().map(|l| l.stream).collect();
        assert_eq!(kept(&Selection::default()), all);
    }

    #[test]
    fn each_option_selects_and_all_must_hold() {
        let all = sample().logins;
        let some = &all[0];
        let user = some.login.request.as_ref().unwrap().user.clone().unwrap();
        let count = |selection: Selection| kept(&selection).len();
        let of_user = Selection {
            users: vec![user.to_vec()],
            ..Selection::default()
        };
        assert!(kept(&of_user).contains(&some.stream));
        let nobody = Selection {
            users: vec![b"nobody".to_vec()],
            ..of_user.clone()
        };
        assert_eq!(count(nobody), 0);
        let at = some.login.first.time.unwrap();
        let later = Timestamp::from_nanos(at.as_nanos() + 3_600_000_000_000);
        let too_late = Selection {
            since: Some(later),
            ..of_user.clone()
        };
        assert_eq!(count(too_late), 0);
        let in_time = Selection {
            since: Some(at),
            until: Some(later),
            ..of_user
        };
        assert!(kept(&in_time).contains(&some.stream));
        let rejected = Selection {
            only: Some(Only::Rejected),
            ..Selection::default()
        };
        let refused = |login: &&ExaminedLogin| matches!(login.login.outcome, Outcome::Rejected(_));
        assert_eq!(count(rejected), all.iter().filter(refused).count());
    }
}
