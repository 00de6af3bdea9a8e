//! One of the two logins, with what was found out about it.

use crate::auth::{Examination, Match, Verdict};
use crate::findings::{Code, Finding, Severity};
use crate::mysql::wire::err::ErrorPacket;
use crate::mysql::{Fault, Login, Outcome, Step, StepKind, Transport, Turn};

/// A login to compare.
#[derive(Clone, Copy, Debug)]
pub struct Party<'a> {
    /// The conversation's number, as Wireshark's `tcp.stream`.
    pub stream: u64,
    /// The login as decoded.
    pub login: &'a Login,
    /// What the recomputation says.
    pub examination: &'a Examination,
    /// What the rules say, worst first.
    pub findings: &'a [Finding],
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The first named.
    Left,
    /// The second named.
    Right,
}

impl Which {
    /// `left`, `right`
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }
}

/// How far a login came. The order is that of getting further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reached {
    /// It ended before any authentication.
    Early,
    /// It ended in the authentication.
    Authentication,
    /// The proof was accepted, and the login refused all the same.
    Proved,
    /// Let in.
    In,
}

impl<'a> Party<'a> {
    /// The finding with this code.
    pub(super) fn finding(&self, code: Code) -> Option<&'a Finding> {
        self.findings.iter().find(|finding| finding.code == code)
    }

    /// The hypothesis that explains its response.
    pub(super) const fn matched(&self) -> Option<&'a Match> {
        match &self.examination.verdict {
            Verdict::Match(found) => Some(found),
            _ => None,
        }
    }

    /// The client's turn with the proof.
    pub(super) fn proof(&self) -> Option<&'a Turn> {
        let last = || self.login.last_round()?.response();
        self.examination.turn(self.login).or_else(last)
    }

    /// The message that carried the proof.
    pub(super) fn proof_step(&self) -> Option<&'a Step> {
        self.step_of(self.proof()?)
    }

    /// The message that carried a client's turn.
    pub(super) fn step_of(&self, turn: &Turn) -> Option<&'a Step> {
        let mut steps = self.login.steps.iter();
        steps.find(|step| step.at.number == turn.at.number && step.side == turn.side)
    }

    /// The message that names user and database.
    pub(super) fn login_step(&self) -> StepKind {
        if self.packet(StepKind::Login).is_some() {
            StepKind::Login
        } else {
            StepKind::ChangeUser
        }
    }

    /// The packet of the first step of a kind.
    pub(super) fn packet(&self, kind: StepKind) -> Option<u64> {
        self.login.step(kind).map(|step| step.at.number)
    }

    /// The server's error.
    pub(super) const fn error(&self) -> Option<&'a ErrorPacket> {
        match &self.login.outcome {
            Outcome::Rejected(error) => Some(error),
            _ => None,
        }
    }

    /// The packet that shows how it ended.
    pub(super) fn end_packet(&self) -> Option<u64> {
        match &self.login.outcome {
            Outcome::Abandoned { at, .. } => at.map(|at| at.number),
            _ => self.packet(StepKind::Result),
        }
    }

    /// Inside TLS that was not decrypted.
    pub(super) const fn sealed(&self) -> bool {
        let transport = &self.login.transport;
        matches!(
            transport,
            Transport::Tls {
                sealed: Some(_),
                ..
            }
        )
    }

    /// Bytes of it are not in the capture.
    pub(super) fn lacks_bytes(&self) -> bool {
        let missing =
            |fault: &Fault| matches!(fault, Fault::Missing { .. } | Fault::Conflict { .. });
        self.login.faults.iter().any(missing)
            || self.login.greeting.is_none() && self.login.attempt == 0
            || self.proof().is_some_and(|turn| turn.missing > 0)
    }

    /// Why messages of it cannot be seen, if some cannot.
    pub(super) fn hidden(&self) -> Option<&'static str> {
        if self.sealed() {
            return Some("inside TLS that was not decrypted");
        }
        let incomplete = self.finding(Code::LoginIncomplete);
        incomplete.map(|_| "not all of that login is in the capture")
    }

    /// The finding that explains its own failure.
    pub(super) fn own_failure(&self) -> Option<Code> {
        let mut findings = self.findings.iter();
        let failure = findings.find(|finding| {
            finding.severity == Severity::Error || finding.code == Code::RefusedAfterAuthentication
        });
        failure.map(|finding| finding.code)
    }

    /// How far it came; `None` if its end was not captured.
    pub(super) fn reached(&self) -> Option<Reached> {
        let has = |code| self.finding(code).is_some();
        let begun = self.login.request.is_some() || !self.login.rounds.is_empty();
        match &self.login.outcome {
            Outcome::Unknown => None,
            Outcome::Accepted => Some(Reached::In),
            Outcome::Rejected(_) if has(Code::RefusedAfterAuthentication) => Some(Reached::Proved),
            Outcome::Rejected(_) if has(Code::ServerRefusedEarly) || has(Code::TlsFailed) => {
                Some(Reached::Early)
            }
            Outcome::Abandoned { .. } if !begun => Some(Reached::Early),
            Outcome::Rejected(_) | Outcome::Abandoned { .. } => Some(Reached::Authentication),
        }
    }
}

/// Whether two logins ended the same way: let in both, refused with the same error, or left by the
/// same side. An end that was not captured is like no other.
pub(super) fn same_outcome(left: &Login, right: &Login) -> bool {
    match (&left.outcome, &right.outcome) {
        (Outcome::Accepted, Outcome::Accepted) => true,
        (Outcome::Rejected(left), Outcome::Rejected(right)) => left.code == right.code,
        (Outcome::Abandoned { by: left, .. }, Outcome::Abandoned { by: right, .. }) => {
            left == right
        }
        _ => false,
    }
}
