//! From what the pipeline found to the report: the one door through which captured bytes become text.
//!
//! Owns: which fact goes into which field, and what `--reveal` shows. Does not own: masking
//! ([`super::redact`]) and escaping (the renderers). Called by `cli` for `scan`, and through
//! [`super::verify`].

mod groups;
pub(super) mod login;
pub(super) mod verdict;

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::findings::Finding;
use crate::report::model;
use crate::report::redact::Redactor;
use crate::report::{CaptureReport, Relation, Status, names};

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
    pub(super) fn warnings(&self) -> Vec<&'static str> {
        let reveal = self.reveal.then_some(REVEAL_WARNING);
        let anonymous = self.redactor.is_anonymous().then_some(ANONYMOUS_NOTE);
        reveal.into_iter().chain(anonymous).collect()
    }

    /// What masks.
    pub(super) const fn redactor(&self) -> &Redactor {
        self.redactor
    }

    /// The report over all captures. `skipped` files of folders were no captures.
    #[must_use]
    pub fn report(&self, captures: &[CaptureReport], skipped: u64) -> model::Report {
        let logins = captures.iter().flat_map(|capture| &capture.logins);
        logins.for_each(|examined| self.redactor.learn(&examined.login));
        let findings: Vec<model::Finding> = captures
            .iter()
            .flat_map(|capture| {
                let path = self.redactor.path(&capture.path);
                capture.findings().map(move |finding| {
                    let mut finding = self.finding(finding, Some(path.clone()));
                    if let Some(numbering) = &capture.numbering {
                        for packet in &mut finding.packets {
                            let (path, own) = numbering.own(*packet);
                            finding.packet_captures.push(self.redactor.path(path));
                            *packet = own;
                        }
                    }
                    finding
                })
            })
            .collect();
        let groups = self.groups(captures);
        let again = captures.iter().flat_map(|capture| &capture.logins);
        let again = count(again.filter(|login| {
            let mut links = login.related.iter();
            links.any(|link| link.how == Relation::SameExchangeAgain)
        }));
        let captures: Vec<model::Capture> = captures
            .iter()
            .map(|capture| self.capture(capture))
            .collect();
        model::Report {
            schema_version: model::SCHEMA_VERSION,
            tool: model::Tool::THIS,
            warnings: self.warnings(),
            summary: summary(&captures, &findings, skipped, again, groups),
            captures,
            findings,
            skipped_files: Vec::new(),
        }
    }

    fn capture(&self, capture: &CaptureReport) -> model::Capture {
        let (status, error) = match &capture.status {
            Status::Complete => (model::Status::Complete, None),
            Status::Truncated => (model::Status::Truncated, None),
            Status::Failed(why) => (model::Status::Failed, Some(why.clone())),
        };
        let mut logins: Vec<model::Login> = capture
            .logins
            .iter()
            .map(|login| self.login(login, &capture.across))
            .collect();
        if let Some(numbering) = &capture.numbering {
            for evidence in logins.iter_mut().flat_map(|login| &mut login.evidence) {
                let (path, own) = numbering.own(evidence.packet);
                evidence.capture = Some(self.redactor.path(path));
                evidence.packet = own;
            }
        }
        logins.sort_by_key(|login| (login.stream, login.attempt));
        model::Capture {
            path: self.redactor.path(&capture.path),
            status,
            error,
            format: capture.format.map(names::format),
            compression: capture.compression.map(names::compression),
            bytes: capture.bytes,
            packets: capture.packets,
            connections: capture.connections,
            logins,
            diagnostics: capture.diagnostics.iter().map(diagnostic).collect(),
        }
    }

    /// One finding; `capture` is the path of the capture it was found in.
    pub(super) fn finding(&self, finding: &Finding, capture: Option<String>) -> model::Finding {
        model::Finding {
            code: finding.code.as_str(),
            severity: finding.severity.name(),
            title: finding.code.title(),
            capture,
            stream: finding.stream,
            attempt: finding.attempt,
            packets: finding.packets.clone(),
            packet_captures: Vec::new(),
            summary: self.redactor.prose(&finding.summary),
            fix: self.redactor.prose(&finding.fix),
        }
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

fn summary(
    captures: &[model::Capture],
    findings: &[model::Finding],
    skipped: u64,
    seen_again: u64,
    [by_client, by_user, by_server]: [Vec<model::Group>; 3],
) -> model::Summary {
    let logins = || captures.iter().flat_map(|capture| &capture.logins);
    // What only the sizes of sealed records suggest counts as unknown.
    let seen = |outcome: &model::Outcome| match outcome.kind {
        _ if outcome.inferred => model::OutcomeKind::Unknown,
        kind => kind,
    };
    let ended = |kinds: &[model::OutcomeKind]| {
        count(logins().filter(|login| kinds.contains(&seen(&login.outcome))))
    };
    let mut codes: BTreeMap<&'static str, u64> = BTreeMap::new();
    for finding in findings {
        let known = codes.entry(finding.code).or_default();
        *known = known.saturating_add(1);
    }
    model::Summary {
        captures: count(captures),
        skipped,
        interrupted: false,
        unread: 0,
        logins: count(logins()),
        accepted: ended(&[model::OutcomeKind::Accepted]),
        rejected: ended(&[model::OutcomeKind::Rejected]),
        unknown: ended(&[model::OutcomeKind::Abandoned, model::OutcomeKind::Unknown]),
        seen_again,
        findings: codes,
        before: None,
        by_client,
        by_user,
        by_server,
    }
}

fn count<T>(things: impl IntoIterator<Item = T>) -> u64 {
    things.into_iter().fold(0, |n, _| u64::saturating_add(n, 1))
}
