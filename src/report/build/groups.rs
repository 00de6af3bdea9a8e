//! The summary by client, by user and by server: who has which fault, how often, since when.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::capture::Timestamp;
use crate::findings::{Captured, Client, Finding};
use crate::limits;
use crate::mysql::Outcome;
use crate::report::build::Builder;
use crate::report::{CaptureReport, ExaminedLogin, model, names};

/// Name, version, whether the name is a guess.
type Key = (Option<String>, Option<String>, bool);

/// Severity, logins, first and last.
type Tally = (&'static str, u64, Option<Timestamp>, Option<Timestamp>);

/// One row while it is counted.
#[derive(Default)]
struct Row {
    logins: u64,
    accepted: u64,
    rejected: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    /// By code.
    faults: BTreeMap<&'static str, Tally>,
    errors: BTreeMap<u16, u64>,
}

/// The earlier and the later of what is known.
fn span(first: &mut Option<Timestamp>, last: &mut Option<Timestamp>, time: Option<Timestamp>) {
    *first = first.map_or(time, |known| {
        Some(time.map_or(known, |time| known.min(time)))
    });
    *last = (*last).max(time);
}

impl Row {
    fn count(&mut self, examined: &ExaminedLogin, across: &[Finding]) {
        let login = &examined.login;
        let one = |count: &mut u64| *count = count.saturating_add(1);
        one(&mut self.logins);
        match &login.outcome {
            Outcome::Accepted => one(&mut self.accepted),
            Outcome::Rejected(error) => {
                one(&mut self.rejected);
                one(self.errors.entry(error.code).or_default());
            }
            _ => {}
        }
        span(&mut self.first, &mut self.last, login.first.time);
        let shared = across.iter().filter(|finding| {
            finding.stream == Some(examined.stream) && finding.attempt == login.attempt
        });
        for finding in examined.findings.iter().chain(shared) {
            let severity = finding.severity.name();
            let fault = self.faults.entry(finding.code.as_str());
            let fault = fault.or_insert((severity, 0, None, None));
            one(&mut fault.1);
            span(&mut fault.2, &mut fault.3, login.first.time);
        }
    }

    fn model(self, (name, version, guessed): Key) -> model::Group {
        let text = |time: Option<Timestamp>| time.and_then(names::time);
        let mut faults: Vec<_> = self.faults.into_iter().collect();
        let rank = |severity: &str| match severity {
            "error" => 0,
            "warning" => 1,
            _ => 2,
        };
        faults.sort_by_key(|(_, (severity, count, ..))| (rank(severity), Reverse(*count)));
        let fault = |(code, (severity, logins, since, until))| model::Fault {
            code,
            severity,
            logins,
            since: text(since),
            until: text(until),
        };
        let mut errors: Vec<_> = self.errors.into_iter().collect();
        errors.sort_by_key(|(_, count)| Reverse(*count));
        let error = |(code, logins)| model::ServerError { code, logins };
        let decided = self.accepted.saturating_add(self.rejected);
        model::Group {
            name,
            version,
            guessed,
            logins: self.logins,
            accepted: self.accepted,
            rejected: self.rejected,
            unknown: self.logins.saturating_sub(decided),
            first: text(self.first),
            last: text(self.last),
            faults: faults.into_iter().map(fault).collect(),
            errors: errors.into_iter().map(error).collect(),
        }
    }
}

impl Builder<'_> {
    /// By client, by user, by server.
    pub(super) fn groups(&self, captures: &[CaptureReport]) -> [Vec<model::Group>; 3] {
        let mut rows: [BTreeMap<Key, Row>; 3] = Default::default();
        for capture in captures {
            for examined in &capture.logins {
                let keys = [
                    self.client(examined),
                    self.user(examined),
                    self.server(examined),
                ];
                for (rows, key) in rows.iter_mut().zip(keys) {
                    if rows.len() < limits::SUMMARY_ROWS || rows.contains_key(&key) {
                        rows.entry(key)
                            .or_default()
                            .count(examined, &capture.across);
                    }
                }
            }
        }
        rows.map(|rows| {
            let rows = rows.into_iter().map(|(key, row)| row.model(key));
            let mut rows: Vec<model::Group> = rows.collect();
            // Those with errors first, then those with the most logins, then by name.
            rows.sort_by_key(|row| {
                let errors = row.faults.iter().filter(|fault| fault.severity == "error");
                let errors = errors.map(|fault| fault.logins).max().unwrap_or(0);
                (Reverse(errors), Reverse(row.rejected), Reverse(row.logins))
            });
            rows
        })
    }

    fn client(&self, examined: &ExaminedLogin) -> Key {
        let Some(client) = Client::of(&examined.login) else {
            return (None, None, false);
        };
        // A guess is our own word.
        let name = if client.guessed {
            String::from_utf8_lossy(&client.name).into_owned()
        } else {
            self.redactor.text(Captured::Client, &client.name)
        };
        let version = client.version.as_ref();
        let version = version.map(|version| self.redactor.text(Captured::Client, version));
        (Some(name), version, client.guessed)
    }

    fn user(&self, examined: &ExaminedLogin) -> Key {
        let request = examined.login.request.as_ref();
        let user = request.and_then(|request| request.user.as_ref());
        (
            user.map(|user| self.redactor.text(Captured::User, user)),
            None,
            false,
        )
    }

    fn server(&self, examined: &ExaminedLogin) -> Key {
        let login = &examined.login;
        let end = self.endpoint(&login.server);
        let greeting = login
            .greeting
            .as_ref()
            .map(|greeting| &greeting.server_version);
        let version = login.server_version.as_ref().or(greeting);
        let version = version.map(|version| self.redactor.text(Captured::Server, version));
        (Some(crate::report::words::endpoint(&end)), version, false)
    }
}
