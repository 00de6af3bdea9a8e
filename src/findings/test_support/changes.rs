//! How a scripted login ends, and what the recomputation says of it.

use super::{Script, at};
use crate::auth::{Formula, Match, PasswordForm, SaltForm, Tried, Verdict};
use crate::mysql::wire::err::ErrorPacket;
use crate::mysql::{AuthPath, Fault, MissingCause, Outcome, Plugin, Side, StepKind};

impl Script {
    pub(in crate::findings) fn path(mut self, path: AuthPath) -> Self {
        self.login.path = Some(path);
        self
    }

    pub(in crate::findings) fn refused(mut self, code: u16) -> Self {
        self.login.outcome = Outcome::Rejected(ErrorPacket {
            code,
            sql_state: Some(*b"28000"),
            message: b"no".to_vec(),
            missing: 0,
        });
        self
    }

    pub(in crate::findings) fn left(mut self, by: Option<Side>) -> Self {
        self.login.outcome = Outcome::Abandoned {
            by,
            at: Some(at(9)),
        };
        self.login
            .steps
            .retain(|step| step.kind != StepKind::Result);
        self
    }

    pub(in crate::findings) fn unknown(mut self) -> Self {
        self.login.outcome = Outcome::Unknown;
        self.login
            .steps
            .retain(|step| step.kind != StepKind::Result);
        self
    }

    pub(in crate::findings) fn fault(mut self, fault: Fault) -> Self {
        self.login.faults.push(fault);
        self
    }

    /// Bytes of a side are in no captured packet.
    pub(in crate::findings) fn missing(self, side: Side) -> Self {
        let cause = MissingCause::NotCaptured;
        self.fault(Fault::Missing {
            side,
            bytes: 10,
            at: Some(at(5)),
            cause,
        })
    }

    pub(in crate::findings) fn mismatch(mut self) -> Self {
        self.verdict = Verdict::Mismatch(Tried {
            hypotheses: 4000,
            reduced: false,
        });
        self
    }

    /// A match that is right in every respect.
    pub(in crate::findings) fn right(mut self) -> Self {
        let plugin = self.round().plugin.clone();
        let salt_form = match plugin {
            Plugin::OldPassword => Some(SaltForm::First8),
            Plugin::Ed25519 | Plugin::Parsec => Some(SaltForm::Raw),
            Plugin::Clear | Plugin::Dialog => None,
            _ => Some(SaltForm::WithoutNul),
        };
        self.verdict = Verdict::Match(Match {
            password: "candidate".into(),
            password_form: PasswordForm::AsGiven,
            salt_form,
            formula: Formula::Plugin(plugin),
            extra_nul: false,
            missing_nul: false,
            prefix: None,
            weak: None,
            long_password: false,
            tried: Tried::default(),
        });
        self
    }

    /// Changes the match.
    pub(in crate::findings) fn but(mut self, change: impl FnOnce(&mut Match)) -> Self {
        if !matches!(self.verdict, Verdict::Match(_)) {
            self = self.right();
        }
        if let Verdict::Match(matched) = &mut self.verdict {
            change(matched);
        }
        self
    }

    /// A match over another form of the salt.
    pub(in crate::findings) fn form(self, form: SaltForm) -> Self {
        self.but(|matched| matched.salt_form = Some(form))
    }
}
