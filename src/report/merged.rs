//! One report of what several runs have told: the same that one run over all of it would have made.
//!
//! Owns what only the whole shows: which logins belong together, the numbers, and logins of a set that was
//! read in slices. Called by `cli` for `merge`.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::IpAddr;

use crate::capture::Timestamp;
use crate::findings::FastPaths;
use crate::net::Endpoint;
use crate::report::related::{Sight, related};
use crate::report::time::Time;
use crate::report::told::{Exchange, Told, ToldLogin};
use crate::report::{Builder, Numbering, Redactor, Relation, Tally, model};

/// The same exchange is seen in several places within this time, clocks that are wrong included; a server
/// that always sends the same salt is seen for longer.
const SAME_NANOS: i64 = 3_600_000_000_000;

/// Packets that a file may have, to give those of several files one order.
const FILE: u64 = 1 << 40;

/// What was told so far.
#[derive(Default)]
pub struct Merged {
    parts: Vec<Part>,
    /// The set of slices that is told of.
    slices: Option<Slices>,
    skipped: u64,
    skipped_files: Vec<model::SkippedFile>,
    warnings: Vec<&'static str>,
}

/// The slices of a set.
struct Slices {
    set: usize,
    /// Its first part.
    begin: usize,
    /// Packets that logins of earlier slices have in the files of later ones.
    claims: HashSet<(String, u64)>,
}

/// A capture.
struct Part {
    run: usize,
    capture: model::Capture,
    logins: Vec<ToldLogin>,
    across: Vec<model::Finding>,
}

/// The whole.
pub struct Whole {
    /// The report.
    pub report: model::Report,
    /// Which of its findings rest on several logins.
    pub across: BTreeSet<usize>,
    /// How grave its findings are.
    pub severities: Vec<crate::findings::Severity>,
}

impl Merged {
    /// A line of the run with this number. `slice`: its captures are a slice of the set with this number;
    /// the slices of a set come in their order.
    ///
    /// # Errors
    ///
    /// When it stands before the capture that it is of.
    pub fn hear(&mut self, run: usize, told: Told) -> Result<(), &'static str> {
        const NO_CAPTURE: &str = "a login before its capture";
        match told {
            Told::Capture(capture) => self.parts.push(Part {
                run,
                capture,
                logins: Vec::new(),
                across: Vec::new(),
            }),
            Told::Login(login) => {
                let part = self.parts.last_mut().filter(|part| part.run == run);
                part.ok_or(NO_CAPTURE)?.logins.push(*login);
            }
            Told::Finding(finding) => {
                let part = self.parts.last_mut().filter(|part| part.run == run);
                part.ok_or(NO_CAPTURE)?.across.push(finding.into());
            }
            Told::End(end) => {
                self.skipped(end.skipped, end.skipped_files);
                for warning in end.warnings {
                    if !self.warnings.contains(&warning) {
                        self.warnings.push(warning);
                    }
                }
            }
        }
        Ok(())
    }

    /// Files that the run has passed over.
    pub fn skipped(&mut self, count: u64, named: Vec<model::SkippedFile>) {
        self.skipped = self.skipped.saturating_add(count);
        let room = crate::limits::SKIPPED.saturating_sub(self.skipped_files.len());
        self.skipped_files.extend(named.into_iter().take(room));
    }

    /// All of a run is told. `slice`: it was a slice of the set with this number; the slices of a set come in
    /// their order. A login that goes on in the files of the next slice is that of the slice it begins in:
    /// what the next one saw of it is left out.
    pub fn run_over(&mut self, run: usize, slice: Option<usize>) {
        let begin = self.parts.partition_point(|part| part.run < run);
        if self.slices.as_ref().map(|slices| slices.set) != slice {
            self.set_over(begin);
            self.slices = slice.map(|set| Slices {
                set,
                begin,
                claims: HashSet::new(),
            });
        }
        let Some(Slices { claims, .. }) = &mut self.slices else {
            return;
        };
        let parts = self.parts.get_mut(begin..).unwrap_or_default();
        let own: HashSet<String> = parts.iter().map(|part| part.capture.path.clone()).collect();
        let mut more = Vec::new();
        for part in parts {
            part.logins.retain(|told| {
                let mut evidence = told.login.evidence.iter();
                let taken = evidence.any(|step| {
                    let capture = step.capture.clone().unwrap_or_default();
                    claims.contains(&(capture, step.packet))
                });
                if !taken {
                    let evidence = told.login.evidence.iter();
                    more.extend(evidence.filter_map(|step| {
                        let capture = step.capture.clone()?;
                        (!own.contains(&capture)).then_some((capture, step.packet))
                    }));
                }
                !taken
            });
        }
        claims.extend(more);
    }

    /// All slices of a set are told, up to the part `end`: what they show together.
    fn set_over(&mut self, end: usize) {
        let Some(Slices { begin, .. }) = self.slices.take() else {
            return;
        };
        let parts = self.parts.get_mut(begin..end).unwrap_or_default();
        let mut numbering = Numbering::default();
        let mut places: HashMap<String, u64> = HashMap::new();
        let mut before = 0_u64;
        for part in &*parts {
            numbering.begin(before, &part.capture.path);
            places.entry(part.capture.path.clone()).or_insert(before);
            before = before.saturating_add(FILE);
        }
        let number = |path: &str, own: u64| Some(places.get(path)?.saturating_add(own.min(FILE)));
        let mut paths = FastPaths::default();
        for told in parts.iter().flat_map(|part| &part.logins) {
            if let Some(login) = told.fast(number) {
                paths.see(&login);
            }
        }
        // What is quoted was redacted when it was told.
        let redactor = Redactor::default();
        let builder = Builder::new(&redactor);
        let mut findings = paths.findings();
        findings.sort_by_key(|finding| (finding.stream, finding.attempt));
        for mut finding in findings {
            let last = |told: &ToldLogin| {
                (Some(told.login.stream), told.login.attempt) == (finding.stream, finding.attempt)
                    && told
                        .fast(number)
                        .is_some_and(|login| paths.ends_with(&login))
            };
            let home = parts.iter().position(|part| part.logins.iter().any(last));
            let Some(home) = home else { continue };
            numbering.reword(&mut finding, home);
            let Some(part) = parts.get_mut(home) else {
                continue;
            };
            let path = part.capture.path.clone();
            for told in &mut part.logins {
                if (Some(told.login.stream), told.login.attempt)
                    == (finding.stream, finding.attempt)
                {
                    told.login.findings.push(finding.code.as_str());
                }
            }
            part.across
                .push(builder.finding(&finding, Some(path), Some(&numbering)));
        }
    }

    /// The report of all that was told.
    #[must_use]
    pub fn finish(mut self) -> Whole {
        self.set_over(self.parts.len());
        let again = self.link();
        let mut tally = Tally::default();
        let mut findings = Vec::new();
        let mut across = BTreeSet::new();
        let mut captures = Vec::new();
        for (at, part) in self.parts.into_iter().enumerate() {
            let mut capture = part.capture;
            for (place, told) in part.logins.into_iter().enumerate() {
                if told.left_out {
                    continue;
                }
                let ToldLogin {
                    login,
                    findings: own,
                    client,
                    ..
                } = told;
                let own: Vec<model::Finding> = own.into_iter().map(Into::into).collect();
                let of_login = |finding: &&model::Finding| {
                    finding.stream == Some(login.stream) && finding.attempt == login.attempt
                };
                let all = own.iter().chain(part.across.iter().filter(of_login));
                let all: Vec<_> = all
                    .map(|finding| (finding.code, finding.severity))
                    .collect();
                tally.count_told(&login, &client, &all, again.contains(&(at, place)));
                for finding in &own {
                    tally.count_told_finding(finding);
                }
                findings.extend(own);
                capture.logins.push(login);
            }
            capture
                .logins
                .sort_by_key(|login| (login.stream, login.attempt));
            for finding in part.across {
                tally.count_told_finding(&finding);
                across.insert(findings.len());
                findings.push(finding);
            }
            captures.push(capture);
        }
        let severities = tally.severities().collect();
        self.skipped_files
            .sort_by(|one, other| one.path.cmp(&other.path));
        let report = model::Report {
            schema_version: model::SCHEMA_VERSION,
            tool: model::Tool::THIS,
            warnings: self.warnings,
            summary: tally.summary(captures.len() as u64, self.skipped),
            captures,
            findings,
            skipped_files: self.skipped_files,
        };
        Whole {
            report,
            across,
            severities,
        }
    }

    /// Links the logins of all runs; those that are another sight of one before.
    fn link(&mut self) -> HashSet<(usize, usize)> {
        let sure = self.sure_marks();
        let mut sights = Vec::new();
        for (at, part) in self.parts.iter().enumerate() {
            for (place, told) in part.logins.iter().enumerate() {
                let login = &told.login;
                let (Some(client), Some(server)) = (end(&login.client), end(&login.server)) else {
                    continue;
                };
                let time = |what: &str| {
                    let step = login.evidence.iter().find(|step| step.what == what)?;
                    step.time?.timestamp()
                };
                let exchange = told.exchange.as_ref().map(|Exchange { mark, response }| {
                    let own = !sure.contains(&(mark.clone(), login.attempt));
                    (mark.as_str(), own.then_some((part.run, *response)))
                });
                sights.push(Sight {
                    place: (at, place),
                    attempt: login.attempt,
                    client,
                    server,
                    user: login.user.as_deref().map(str::as_bytes),
                    exchange,
                    begins: login.time.and_then(Time::timestamp),
                    asked: time("login"),
                    ends: time("result"),
                });
            }
        }
        let links = related(&sights);
        drop(sights);
        let mut again = HashSet::new();
        for link in links {
            let named = self.parts.get(link.other.0).and_then(|part| {
                let login = &part.logins.get(link.other.1)?.login;
                Some((part.capture.path.clone(), login.stream, login.attempt))
            });
            let Some((capture, stream, attempt)) = named else {
                continue;
            };
            if link.how == Relation::SameExchangeAgain {
                again.insert(link.of);
            }
            let part = self.parts.get_mut(link.of.0);
            if let Some(told) = part.and_then(|part| part.logins.get_mut(link.of.1)) {
                told.login.related.push(model::Related {
                    capture,
                    stream,
                    attempt,
                    how: link.how.name(),
                    forwarded: link.forwarded,
                });
            }
        }
        again
    }

    /// The marks that tell an exchange in all runs: no run saw two responses to its salt, and what the runs
    /// saw happened at one time and ended in one way.
    fn sure_marks(&self) -> HashSet<(String, u32)> {
        struct Mark {
            first: Option<Timestamp>,
            last: Option<Timestamp>,
            end: Option<(model::OutcomeKind, Option<u16>)>,
            sure: bool,
        }
        let mut marks: HashMap<(&str, u32), Mark> = HashMap::new();
        let logins = self.parts.iter().flat_map(|part| &part.logins);
        for told in logins {
            let Some(exchange) = &told.exchange else {
                continue;
            };
            let time = told.login.time.and_then(Time::timestamp);
            let outcome = &told.login.outcome;
            let known = matches!(
                outcome.kind,
                model::OutcomeKind::Accepted | model::OutcomeKind::Rejected
            );
            let known = known && !outcome.inferred;
            let end = known.then_some((outcome.kind, outcome.code));
            let key = (exchange.mark.as_str(), told.login.attempt);
            let mark = marks.entry(key).or_insert(Mark {
                first: time,
                last: time,
                end,
                sure: true,
            });
            mark.first = mark.first.min(time);
            mark.last = mark.last.max(time);
            let far = match (mark.first, mark.last) {
                (Some(first), Some(last)) => last.since(first) > SAME_NANOS,
                _ => false,
            };
            let other_end = end.is_some() && mark.end.is_some() && end != mark.end;
            mark.end = mark.end.or(end);
            mark.sure &= exchange.response == 0 && !far && !other_end;
        }
        let sure = marks.into_iter().filter(|(_, mark)| mark.sure);
        sure.map(|((mark, attempt), _)| (mark.to_owned(), attempt))
            .collect()
    }
}

fn end(end: &model::Endpoint) -> Option<Endpoint> {
    let address: IpAddr = end.address.parse().ok()?;
    Some(Endpoint {
        address,
        port: end.port,
    })
}
