//! `--state`: what an earlier run has seen, so that a growing folder is analysed only where it grew.
//!
//! Owns the state file: for each file its length, time and the hash of its first bytes, and the numbers
//! that were found in it. No password, no response, no text out of a capture goes into it. What has changed
//! in any of these is analysed again from its beginning, and so is everything under other terms (other
//! passwords, keys, selection or version); what failed is always tried again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::limits;
use crate::mysql::Outcome;
use crate::report::{CaptureReport, Status};
use crate::scan::find::{Found, Job};

/// The version of the file's shape.
const VERSION: u32 = 1;
/// First bytes of a file that tell it from another one of the same name, length and time.
const HEAD: u64 = 4096;

/// What is known of files from an earlier run.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    version: u32,
    files: BTreeMap<String, Known>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    stamp: Stamp,
    /// SHA-256 of the terms under which it was analysed.
    terms: String,
    found: Counts,
}

/// What shows that a file has not changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stamp {
    bytes: u64,
    /// Nanoseconds since 1970.
    modified: Option<u128>,
    /// SHA-256 of its first bytes.
    head: String,
}

/// What was found in files that are not analysed again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Captures.
    pub captures: u64,
    /// Files that are no captures.
    pub skipped: u64,
    /// Their logins: the sum of the next three.
    pub logins: u64,
    /// OK.
    pub accepted: u64,
    /// ERR.
    pub rejected: u64,
    /// Neither.
    pub unknown: u64,
    /// How often each code was found.
    pub findings: BTreeMap<String, u64>,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        for (sum, more) in [
            (&mut self.captures, other.captures),
            (&mut self.skipped, other.skipped),
            (&mut self.logins, other.logins),
            (&mut self.accepted, other.accepted),
            (&mut self.rejected, other.rejected),
            (&mut self.unknown, other.unknown),
        ] {
            *sum = sum.saturating_add(more);
        }
        for (code, more) in &other.findings {
            let sum = self.findings.entry(code.clone()).or_default();
            *sum = sum.saturating_add(*more);
        }
    }

    fn of(report: &CaptureReport) -> Self {
        let mut counts = Self {
            captures: 1,
            logins: report.logins.len() as u64,
            ..Self::default()
        };
        for examined in &report.logins {
            let sum = match examined.login.outcome {
                Outcome::Accepted => &mut counts.accepted,
                Outcome::Rejected(_) => &mut counts.rejected,
                _ => &mut counts.unknown,
            };
            *sum = sum.saturating_add(1);
        }
        for finding in report.findings() {
            let code = finding.code.as_str().to_owned();
            let sum = counts.findings.entry(code).or_default();
            *sum = sum.saturating_add(1);
        }
        counts
    }
}

/// The files of this run, and what they were like before they were read.
#[derive(Debug, Default)]
pub struct Seen {
    stamps: Vec<(String, Stamp)>,
    /// The terms of this run.
    terms: String,
    /// Files not analysed again.
    kept: BTreeSet<String>,
    /// What was found in them.
    pub before: Counts,
}

impl State {
    /// Reads a state file; one that is not there is an empty state.
    ///
    /// # Errors
    /// When it cannot be read, or is none.
    pub fn load(path: &Path) -> io::Result<Self> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error),
        };
        let mut text = Vec::new();
        file.take(limits::STATE_FILE).read_to_end(&mut text)?;
        let state: Self = serde_json::from_slice(&text)
            .map_err(|error| io::Error::other(format!("this is no state file: {error}")))?;
        if state.version == VERSION {
            Ok(state)
        } else {
            let version = state.version;
            Err(io::Error::other(format!(
                "its version {version} is not known"
            )))
        }
    }

    /// Takes out of `found` what has not changed since it was analysed under the same terms: names of
    /// options and files, never a password.
    #[must_use]
    pub fn take_unchanged(&self, found: &mut Found, terms: &str) -> Seen {
        let terms = Sha256::digest(terms.as_bytes());
        let mut seen = Seen {
            terms: crate::report::text::hex(&terms),
            ..Seen::default()
        };
        found.jobs.retain(|job| {
            // An object is listed with its version, but not with what was read of it: it is read again.
            let Job::File { label, place, .. } = job else {
                return true;
            };
            let Some(path) = place.path() else {
                return true;
            };
            let Ok(stamp) = stamp(path) else {
                return true;
            };
            let same = |known: &&Known| known.stamp == stamp && known.terms == seen.terms;
            let known = self.files.get(label).filter(same);
            let Some(known) = known else {
                seen.stamps.push((label.clone(), stamp));
                return true;
            };
            seen.before.add(&known.found);
            seen.kept.insert(label.clone());
            false
        });
        seen
    }

    /// Takes note of what this run has found, and forgets files that are gone.
    pub fn learn(&mut self, seen: Seen, captures: &[CaptureReport], skipped: &[(String, String)]) {
        self.version = VERSION;
        self.files
            .retain(|path, _| seen.kept.contains(path) || fs::exists(path).unwrap_or(true));
        let reports = captures.iter().map(|report| (report.path.as_str(), report));
        let reports: BTreeMap<_, _> = reports.collect();
        let skipped: BTreeSet<_> = skipped.iter().map(|(path, _)| path.as_str()).collect();
        for (path, stamp) in seen.stamps {
            self.files.remove(&path);
            let found = match reports.get(path.as_str()) {
                Some(report) if is_final(report) => Counts::of(report),
                None if skipped.contains(path.as_str()) => Counts {
                    skipped: 1,
                    ..Counts::default()
                },
                _ => continue,
            };
            let terms = seen.terms.clone();
            let known = Known {
                stamp,
                terms,
                found,
            };
            self.files.insert(path, known);
        }
    }

    /// Writes the state: whole or not at all, readable by its owner only.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_owned);
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&mut file, self)?;
        file.flush()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }
}

/// Whether a report need not be made again: it was read to the end that the file had.
fn is_final(report: &CaptureReport) -> bool {
    let interrupted = report
        .diagnostics
        .iter()
        .any(|note| note.kind == "interrupted");
    !matches!(report.status, Status::Failed(_)) && !interrupted
}

fn stamp(path: &Path) -> io::Result<Stamp> {
    let file = File::open(path)?;
    let about = file.metadata()?;
    let modified = about.modified().ok();
    let modified = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let mut head = Vec::new();
    file.take(HEAD).read_to_end(&mut head)?;
    Ok(Stamp {
        bytes: about.len(),
        modified: modified.map(|time| time.as_nanos()),
        head: crate::report::text::hex(&Sha256::digest(&head)),
    })
}
