//! Which difference explains that the one login got further than the other.
//!
//! Owns: from the findings of the login that got less far, and what the other one has in the same
//! place, to one cause or none. The findings are proved already; what is asked here is whether the
//! other login does without the fault, and whether the fault bears on the end at all. One cause,
//! one entry: the fields that only repeat it are weighed `expected`.

mod client;
mod proof;
mod refusal;
mod words;

use std::cmp::Ordering;

use super::align::Row;
use super::difference::{Difference, Value, Weight};
use super::party::{Party, Which};
use crate::findings::{Code, Finding, Prose, Severity};
use crate::mysql::{Outcome, Side, StepKind};

/// Errors that say nothing of the proof: about the plugin, TLS, the host, a limit, the database, the
/// state of the account.
const WITHOUT_PROOF: [u16; 13] = [
    1040, 1044, 1049, 1129, 1130, 1203, 1226, 1251, 1524, 1820, 1862, 3118, 3159,
];

pub(super) use client::left_by_itself;

/// The difference that explains the different ends.
#[derive(Clone, Debug)]
pub(super) struct Cause {
    /// The login that got less far.
    pub(super) failed: Which,
    /// The finding that proves it.
    pub(super) code: Option<Code>,
    /// The step's name, as in `evidence`.
    pub(super) step: &'static str,
    /// The field.
    pub(super) field: &'static str,
    /// Fields that say the same once more.
    pub(super) implies: &'static [&'static str],
    /// What the login that failed has there, and in which packet.
    pub(super) bad: (Value, Option<u64>),
    /// What the other has there.
    pub(super) good: (Value, Option<u64>),
    /// Whose doing it is.
    pub(super) subject: Subject,
    /// What that side did: the end of "The right client …".
    pub(super) did: Prose,
    /// What shows it.
    pub(super) reason: Prose,
    /// How to fix it.
    pub(super) fix: Option<Prose>,
}

/// Whose doing a cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// The client's.
    Client,
    /// The server's.
    Server,
    /// Nobody's in particular.
    Login,
}

impl Subject {
    /// As a noun.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
            Self::Login => "login",
        }
    }
}

/// The pair in the roles that they have for the question.
#[derive(Clone, Copy)]
pub(super) struct Pair<'p, 'a> {
    pub(super) failed: &'p Party<'a>,
    pub(super) other: &'p Party<'a>,
    pub(super) which: Which,
}

/// Looks for the one difference that explains the different ends; none if the ends are alike or
/// not both captured.
pub(super) fn find(left: &Party<'_>, right: &Party<'_>) -> Option<Cause> {
    if super::party::same_outcome(left.login, right.login) {
        return None;
    }
    let pair = |which| match which {
        Which::Left => Pair {
            failed: left,
            other: right,
            which,
        },
        Which::Right => Pair {
            failed: right,
            other: left,
            which,
        },
    };
    match (left.reached(), right.reached()) {
        (Some(l), Some(r)) => match l.cmp(&r) {
            Ordering::Less => explain(pair(Which::Left)),
            Ordering::Greater => explain(pair(Which::Right)),
            // Both failed, and differently: no fault of the one explains the end of the other.
            Ordering::Equal => None,
        },
        (Some(_), None) => refusal::not_met_by(pair(Which::Left)),
        (None, Some(_)) => refusal::not_met_by(pair(Which::Right)),
        (None, None) => None,
    }
}

impl Pair<'_, '_> {
    /// The same user on the same server, so that there is one password for both.
    fn same_account(&self) -> bool {
        let user = |party: &Party<'_>| party.login.request.as_ref()?.user.clone();
        self.failed.login.server == self.other.login.server
            && user(self.failed).is_some_and(|name| user(self.other) == Some(name))
    }

    /// Both clients come from one address, so that a host mask treats them alike.
    fn same_client_host(&self) -> bool {
        let host = |party: &Party<'_>| {
            let login = party.login;
            login.proxied_for.unwrap_or(login.client).address
        };
        host(self.failed) == host(self.other)
    }

    /// The server has judged the proof, and refused it: not the client left, and no error came
    /// that servers send without having looked at a proof.
    fn proof_refused(&self) -> bool {
        match &self.failed.login.outcome {
            Outcome::Rejected(error) => !WITHOUT_PROOF.contains(&error.code),
            Outcome::Abandoned { by, .. } => *by == Some(Side::Server),
            Outcome::Accepted | Outcome::Unknown => false,
        }
    }
}

fn explain(pair: Pair<'_, '_>) -> Option<Cause> {
    let before = refusal::tls_demanded(pair).or_else(|| proof::gave_up(pair));
    if before.is_some() {
        return before;
    }
    let mut proved = pair.failed.findings.iter().filter(|finding| {
        finding.severity == Severity::Error || finding.code == Code::RefusedAfterAuthentication
    });
    proved.find_map(|finding| by_finding(pair, finding))
}

fn by_finding(pair: Pair<'_, '_>, finding: &Finding) -> Option<Cause> {
    of_the_proof(pair, finding)
        .filter(|_| pair.proof_refused())
        .or_else(|| of_a_side(pair, finding))
}

/// Causes in the response, the password, the token.
fn of_the_proof(pair: Pair<'_, '_>, finding: &Finding) -> Option<Cause> {
    match finding.code {
        Code::SaltTrailingNul
        | Code::HashOrderReversed
        | Code::StaleSalt
        | Code::SaltTruncated
        | Code::SaltMangled
        | Code::HashNotDoubled
        | Code::ResponseTruncated
        | Code::ResponseExtraNul
        | Code::ResponseWrongLength
        | Code::WrongPluginResponse => proof::scramble(pair, finding),
        Code::PasswordTransformed => proof::transformed(pair, finding),
        Code::WrongPassword => proof::wrong_password(pair, finding),
        Code::EmptyResponse => proof::empty(pair, finding),
        Code::RsaSaltTrailingNul => proof::rsa(pair, finding),
        Code::FullAuthWrongForm => proof::wrong_form(pair, finding),
        Code::IamToken => proof::token(pair, finding),
        _ => None,
    }
}

/// Causes in what one side would not do.
fn of_a_side(pair: Pair<'_, '_>, finding: &Finding) -> Option<Cause> {
    match finding.code {
        Code::RightPasswordRejected => refusal::account(pair, finding),
        Code::RefusedAfterAuthentication => refusal::after(pair, finding),
        Code::ServerRefusedEarly => Some(refusal::early(pair, finding)),
        Code::PluginUnsupported => client::plugin(pair, finding),
        Code::FullAuthRefused => Some(client::full_auth(pair, finding)),
        Code::TlsFailed => refusal::tls_failed(pair, finding),
        Code::AuthSwitchIgnored => client::switch_ignored(pair, finding),
        _ => None,
    }
}

impl Cause {
    /// The packet of one of the logins.
    pub(super) fn packet(&self, of: Which) -> Option<u64> {
        if of == self.failed {
            self.bad.1
        } else {
            self.good.1
        }
    }

    /// The row it belongs to: by the packet of the login that failed, then by the other's.
    pub(super) fn row(&self, rows: &[Row]) -> usize {
        let holds = |row: &Row, of: Which| {
            let cell = match of {
                Which::Left => row.left,
                Which::Right => row.right,
            };
            let same = row.kind.name() == self.step
                || row.kind == StepKind::Login && self.step == StepKind::ChangeUser.name();
            same && cell.is_some_and(|cell| Some(cell.packet) == self.packet(of))
        };
        let find = |of| rows.iter().position(|row| holds(row, of));
        let by_name = || rows.iter().position(|row| row.kind.name() == self.step);
        find(self.failed)
            .or_else(|| find(self.failed.other()))
            .or_else(by_name)
            .unwrap_or(0)
    }

    /// Enters it into the list; what repeats it or comes behind it is expected then.
    pub(super) fn enter(&self, row: usize, differences: &mut Vec<Difference>) {
        differences
            .retain(|difference| !(difference.step == self.step && difference.field == self.field));
        for difference in differences.iter_mut() {
            if difference.weight != Weight::Possible {
                continue;
            }
            let repeats = self.implies.contains(&difference.field)
                && (difference.field != "step" || difference.row >= row);
            if repeats {
                difference.weight = Weight::Expected;
                difference.reason = "it follows from the cause".into();
            } else if difference.row > row {
                difference.weight = Weight::Expected;
                difference.reason = "it comes after the divergence".into();
            }
        }
        let (left, right) = match self.failed {
            Which::Left => (&self.bad.0, &self.good.0),
            Which::Right => (&self.good.0, &self.bad.0),
        };
        differences.insert(
            0,
            Difference {
                row,
                step: self.step,
                field: self.field,
                left: Some(left.clone()),
                right: Some(right.clone()),
                weight: Weight::Cause,
                reason: self.reason.clone(),
            },
        );
    }
}
