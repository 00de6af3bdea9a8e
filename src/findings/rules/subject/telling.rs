//! How a subject's findings are put together: who, how it ended, which packets, which advice.

use super::Subject;
use crate::findings::catalogue::{Code, Severity};
use crate::findings::client::Client;
use crate::findings::defects::{self, Sign};
use crate::findings::finding::Finding;
use crate::findings::prose::Prose;
use crate::findings::wording;
use crate::mysql::{AuthPath, Outcome, StepKind};

impl Subject<'_> {
    /// The client, for the beginning of a sentence.
    pub(in crate::findings) fn the_client(&self) -> Prose {
        match Client::of(self.login) {
            Some(client) => Prose::new("The client (").then(client.prose()).say(")"),
            None => Prose::new("The client"),
        }
    }

    /// The packets that prove a statement about a response: the salt, the response, the result.
    pub(in crate::findings) fn proof_packets(&self) -> Vec<u64> {
        let round = self.round();
        let salt = round.and_then(|round| round.salt.as_ref());
        wording::packets([
            self.at(StepKind::AuthSwitch)
                .filter(|_| self.after_switch()),
            salt.map(|salt| salt.at),
            self.proof().map(|turn| turn.at),
            self.at(StepKind::Result),
        ])
    }

    /// How the login ended, as a sentence that follows one about the response.
    pub(in crate::findings) fn ending(&self) -> Prose {
        if self.pasted {
            return Prose::default();
        }
        let result = self.at(StepKind::Result);
        let full = matches!(self.login.path, Some(AuthPath::FullTls | AuthPath::FullRsa));
        let words = match &self.login.outcome {
            Outcome::Accepted if full => {
                " The server accepted the login all the same, by full authentication, which does not use this response."
                    .into()
            }
            Outcome::Accepted => " The server accepted the login all the same.".into(),
            Outcome::Rejected(error) if self.authenticated() => format!(
                " The server then refused for another reason than the proof, with {}, which follows an accepted proof.",
                wording::error(error, result)
            ),
            Outcome::Rejected(error) => {
                format!(" The server refused the login with {}.", wording::error(error, result))
            }
            Outcome::Abandoned { .. } => " The connection was closed before the server had decided.".into(),
            Outcome::Unknown => " The capture does not show how the login ended.".into(),
        };
        Prose::new(words).then(self.seen_otherwise())
    }

    /// The advice for a finding: the known defect that fits this client, else the general one.
    pub(in crate::findings) fn advice(&self, code: Code, general: &'static str) -> Prose {
        self.defect(code).unwrap_or_else(|| Prose::new(general))
    }

    /// The known defect of this client that fits a finding.
    fn defect(&self, code: Code) -> Option<Prose> {
        let sign = Sign {
            code,
            plugin: self.plugin()?,
            after_switch: self.after_switch(),
            salt_form: self.matched().and_then(|matched| matched.salt_form),
            password_form: self.matched().map(|matched| matched.password_form),
        };
        defects::cited(Client::of(self.login)?, &sign)
    }

    /// A finding about this login.
    pub(in crate::findings) fn finding(
        &self,
        code: Code,
        severity: Severity,
        packets: Vec<u64>,
        summary: Prose,
        fix: Prose,
    ) -> Finding {
        Finding {
            code,
            severity,
            stream: (!self.pasted).then_some(self.stream),
            attempt: self.login.attempt,
            packets,
            summary,
            fix,
        }
    }
}
