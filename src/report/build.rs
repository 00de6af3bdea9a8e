//! From what the pipeline found to the report: the one door through which captured bytes become text.
//!
//! Owns: which fact goes into which field, and what `--reveal` shows. Does not own: masking
//! ([`super::redact`]) and escaping (the renderers). Called by `cli` for `scan`, and through
//! [`super::verify`].

mod likeness;
pub(super) mod login;
pub(super) mod tally;
pub(super) mod verdict;

use crate::diagnostic::Diagnostic;
use crate::findings::{Finding, Part, Prose};
use crate::report::model;
use crate::report::redact::Redactor;

use crate::report::{CaptureReport, Numbering, Status, Tally, names};

pub(super) use likeness::{Own, PROCESS};

/// What stands in every report that shows response bytes.
pub const REVEAL_WARNING: &str = "This report shows response bytes (--reveal): together with the salt \
they let anyone test guesses of the password, and a mysql_native_password response together with \
the stored hash is enough to log in. Keep it as you would keep the password.";

/// What stands in every report whose names are pseudonyms.
pub const ANONYMOUS_NOTE: &str = "Names, addresses and paths in this report are pseudonyms \
(--anonymize): the same name has the same pseudonym throughout, and addresses of one network share \
their beginning as the real ones do.";

/// Builds reports.
pub struct Builder<'a> {
    redactor: &'a Redactor,
    reveal: bool,
}

impl<'a> Builder<'a> {
    /// Masks what `redactor` masks and shows no response bytes.
    #[must_use]
    pub const fn new(redactor: &'a Redactor) -> Self {
        Self {
            redactor,
            reveal: false,
        }
    }

    /// Shows response bytes (`--reveal`).
    #[must_use]
    pub const fn reveal(mut self, reveal: bool) -> Self {
        self.reveal = reveal;
        self
    }

    /// What the reader must know before handing the report on.
    pub(crate) fn warnings(&self) -> Vec<&'static str> {
        let reveal = self.reveal.then_some(REVEAL_WARNING);
        let anonymous = self.redactor.is_anonymous().then_some(ANONYMOUS_NOTE);
        reveal.into_iter().chain(anonymous).collect()
    }

    /// Files that were passed over, as reports name them.
    #[must_use]
    pub fn skipped(&self, named: &[(String, String)]) -> Vec<model::SkippedFile> {
        let named = named.iter();
        let named = named.map(|(path, reason)| model::SkippedFile {
            path: self.path(path),
            reason: reason.clone(),
        });
        named.collect()
    }

    /// A path as reports show it.
    pub(crate) fn path(&self, path: &str) -> String {
        self.redactor.path(path)
    }

    /// What masks.
    pub(super) const fn redactor(&self) -> &Redactor {
        self.redactor
    }

    /// The report over all captures. `skipped` files of folders were no captures.
    #[must_use]
    pub fn report(&self, captures: &[CaptureReport], skipped: u64) -> model::Report {
        self.report_of(captures, skipped, Tally::default())
    }

    /// The same, where `tally` has counted logins already that were not kept.
    #[must_use]
    pub fn report_of(
        &self,
        captures: &[CaptureReport],
        skipped: u64,
        mut tally: Tally,
    ) -> model::Report {
        let logins = captures.iter().flat_map(|capture| &capture.logins);
        logins.for_each(|examined| self.redactor.learn(&examined.login));
        let findings: Vec<model::Finding> = captures
            .iter()
            .flat_map(|capture| {
                let path = self.redactor.path(&capture.path);
                capture.findings().map(move |finding| {
                    self.finding(finding, Some(path.clone()), capture.numbering.as_deref())
                })
            })
            .collect();
        for capture in captures {
            for examined in &capture.logins {
                tally.count(self, examined, &capture.across);
            }
            tally.count_findings(&capture.across);
        }
        let summary = tally.summary(captures.len() as u64, skipped);
        let captures: Vec<model::Capture> = captures
            .iter()
            .map(|capture| self.capture(capture))
            .collect();
        model::Report {
            schema_version: model::SCHEMA_VERSION,
            tool: model::Tool::THIS,
            warnings: self.warnings(),
            summary,
            captures,
            findings,
            skipped_files: Vec::new(),
        }
    }

    fn capture(&self, capture: &CaptureReport) -> model::Capture {
        let mut logins: Vec<model::Login> = capture
            .logins
            .iter()
            .map(|login| self.login(login, &capture.across, capture.numbering.as_deref()))
            .collect();
        logins.sort_by_key(|login| (login.stream, login.attempt));
        model::Capture {
            logins,
            ..self.capture_facts(capture)
        }
    }

    /// A capture without its logins.
    pub(super) fn capture_facts(&self, capture: &CaptureReport) -> model::Capture {
        let (status, error) = match &capture.status {
            Status::Complete => (model::Status::Complete, None),
            Status::Truncated => (model::Status::Truncated, None),
            Status::Failed(why) => (model::Status::Failed, Some(why.clone())),
        };
        model::Capture {
            path: self.redactor.path(&capture.path),
            status,
            error,
            format: capture.format.map(names::format),
            compression: capture.compression.map(names::compression),
            bytes: capture.bytes,
            packets: capture.packets,
            connections: capture.connections,
            logins: Vec::new(),
            diagnostics: capture.diagnostics.iter().map(diagnostic).collect(),
        }
    }

    /// One finding; `capture` is the path of the capture it was found in, `numbering` that of joined
    /// ones.
    pub(super) fn finding(
        &self,
        finding: &Finding,
        capture: Option<String>,
        numbering: Option<&Numbering>,
    ) -> model::Finding {
        let own = |packet: &u64| numbering.map(|numbering| numbering.own(*packet));
        let own: Vec<_> = finding.packets.iter().filter_map(own).collect();
        model::Finding {
            code: finding.code.as_str(),
            severity: finding.severity.name(),
            title: finding.code.title(),
            capture,
            stream: finding.stream,
            attempt: finding.attempt,
            packets: match numbering {
                Some(_) => own.iter().map(|(_, packet)| *packet).collect(),
                None => finding.packets.clone(),
            },
            packet_captures: own
                .iter()
                .map(|(path, _)| self.redactor.path(path))
                .collect(),
            summary: self.sentence(&finding.summary),
            fix: self.sentence(&finding.fix),
        }
    }

    /// Each piece goes through the redactor on its own, as it does inside the whole.
    pub(super) fn sentence(&self, prose: &Prose) -> model::Sentence {
        prose
            .parts()
            .iter()
            .map(|part| match part {
                Part::Words(words) => (false, words.clone()),
                Part::Quote(kind, bytes) => (true, self.redactor.quote(*kind, bytes).into()),
            })
            .collect()
    }
}

fn diagnostic(diagnostic: &Diagnostic) -> model::Diagnostic {
    model::Diagnostic {
        kind: diagnostic.kind,
        message: diagnostic.message.clone(),
        packet: diagnostic.packet,
        stream: diagnostic.stream,
        count: diagnostic.count,
    }
}
