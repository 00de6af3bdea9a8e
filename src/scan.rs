//! Many captures: find them, analyse each, keep them in order.
//!
//! Owns files, folders and standard input as sources, and the threads. Does not own what is in a
//! capture ([`crate::analyze`]). A source that cannot be read becomes a failed capture in the
//! result; the rest goes on. Called by [`crate::cli`].

mod find;
#[cfg(feature = "cloud")]
pub mod object;
mod observer;
mod order;
mod place;
mod related;
mod rotation;
mod source;
mod state;
mod tell;
mod twice;

use std::fs::File;
use std::io::{self, Read};
use std::num::NonZero;
use std::ops::Range;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use crate::analyze::{AnalyzeSettings, Joint, Listener, analyze_with, key_logs_in};
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::report::{CaptureReport, ExaminedLogin, Status};
use crate::tls::KeyLog;

use order::{InOrder, Message};
use tell::{Teller, Turn};
use twice::Twice;

pub use find::{Found, Job, Search, Skipped, find, total};
pub use observer::{Observer, Page, Pen, Scribe, Unwatched};
pub use place::{Place, Put};
pub use rotation::join;
pub use state::{Counts, State};

/// How to go about it.
pub struct ScanSettings {
    /// Passwords, ports.
    pub analyze: AnalyzeSettings,
    /// Captures analysed at the same time; by default one for each core.
    pub threads: Option<NonZero<usize>>,
    /// Files of a rotation are read as one capture.
    pub join: bool,
    /// Becomes true when the run should end with what there is.
    pub stop: Arc<AtomicBool>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Scanned {
    /// The captures, in the order of the jobs.
    pub captures: Vec<CaptureReport>,
    /// Files of folders that are no captures.
    pub skipped: Skipped,
    /// The run was asked to end before it was through.
    pub interrupted: bool,
    /// Jobs that it had not begun with.
    pub unread: u64,
}

/// How far a scan is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Through {
    /// Files that are through.
    pub files: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Logins found.
    pub logins: u64,
    /// Findings among them.
    pub findings: u64,
}

/// Bytes of a file from which on a second thread for its logins pays.
const LONG: u64 = 1 << 20;

/// How often a listener hears how far it is while no file ends.
const TICK: Duration = Duration::from_millis(100);

/// Analyses every job. `observer` hears of it on the calling thread.
pub fn scan(found: Found, settings: &ScanSettings, observer: &mut dyn Observer) -> Scanned {
    scan_telling(found, settings, None, observer)
}

/// As [`scan`]; what `scribe` writes down of the logins `observer` is given while the scan runs.
pub fn scan_telling(
    found: Found,
    settings: &ScanSettings,
    scribe: Option<&dyn Scribe>,
    observer: &mut dyn Observer,
) -> Scanned {
    let Found { jobs, mut skipped } = found;
    let jobs = if settings.join {
        rotation::join(jobs)
    } else {
        jobs
    };
    let cores = || std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let allowed = settings.threads.unwrap_or_else(cores).get();
    let threads = allowed.min(jobs.len());
    let spare = jobs.len() < allowed;
    let next = AtomicUsize::new(0);
    let read = Arc::new(AtomicU64::new(0));
    let (sender, receiver) = mpsc::sync_channel(tell::UNDER_WAY);
    let turn = Turn::default();
    let forgets = scribe.is_some_and(|scribe| scribe.tally().is_some());
    let mut through = Through::default();
    let mut results = InOrder::new(&jobs, scribe);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (sender, next, jobs, read, turn) = (sender.clone(), &next, &jobs, &read, &turn);
            scope.spawn(move || {
                while !settings.stop.load(Ordering::Relaxed) {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(at) else { break };
                    let of_job = (at, job);
                    let mut teller =
                        Teller::new(sender.clone(), of_job, turn, &settings.stop, scribe);
                    let mut reports = one(job, settings, read, spare, &mut |login| {
                        teller.login(login);
                        teller.keeps()
                    });
                    if !teller.keeps() {
                        // Of those that waited for secrets some are still there.
                        for report in &mut reports {
                            report.logins.clear();
                        }
                    }
                    if !teller.through(reports) {
                        break;
                    }
                }
            });
        }
        drop(sender);
        loop {
            match receiver.recv_timeout(TICK) {
                Ok((at, message)) => {
                    match &message {
                        Message::Through(reports, _) => through.count(reports),
                        Message::Page(page) if forgets => through.count_page(page),
                        Message::Page(_) => {}
                    }
                    results.hear(at, message, observer);
                    observer.pause();
                    turn.move_to(results.turn());
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            through.bytes = read.load(Ordering::Relaxed);
            observer.progress(through);
        }
    });
    let results = results.finish(observer);
    let unread = jobs.len().saturating_sub(results.len()) as u64;
    let mut captures = captures(&jobs, results, &mut skipped);
    if !settings.join {
        rotation::hint(&mut captures);
    }
    let captures = captures.into_iter().map(|(_, report)| report);
    let mut captures: Vec<CaptureReport> = captures.collect();
    related::link(&mut captures);
    skipped.named.sort();
    Scanned {
        captures,
        skipped,
        unread,
        interrupted: settings.stop.load(Ordering::Relaxed),
    }
}

/// The captures of each job, each with its path; files of folders that are no captures are passed over.
fn captures(
    jobs: &[Job],
    results: Vec<(usize, Vec<CaptureReport>)>,
    skipped: &mut Skipped,
) -> Vec<(PathBuf, CaptureReport)> {
    let mut captures = Vec::new();
    for (at, reports) in results {
        let job = jobs.get(at);
        let path = match job {
            Some(Job::File { place, .. }) => place.path().map(Path::to_owned).unwrap_or_default(),
            _ => PathBuf::new(),
        };
        for report in reports {
            match &report.status {
                // In a folder what is no capture is passed over.
                Status::Failed(why) if report.no_capture && !job.is_some_and(Job::is_named) => {
                    skipped.note(report.path.clone(), why.clone());
                }
                _ => captures.push((path.clone(), report)),
            }
        }
    }
    captures
}

impl Through {
    fn count(&mut self, reports: &[CaptureReport]) {
        self.files = self.files.saturating_add(reports.len() as u64);
        for report in reports {
            self.count_logins(&report.logins);
            let across = report.across.len() as u64;
            self.findings = self.findings.saturating_add(across);
        }
    }

    fn count_page(&mut self, page: &Page) {
        self.logins = self.logins.saturating_add(page.logins);
        self.findings = self.findings.saturating_add(page.findings);
    }

    fn count_logins(&mut self, logins: &[ExaminedLogin]) {
        self.logins = self.logins.saturating_add(logins.len() as u64);
        let findings = logins.iter().map(|login| login.findings.len() as u64);
        self.findings = findings.fold(self.findings, u64::saturating_add);
    }
}

fn one(
    job: &Job,
    settings: &ScanSettings,
    read: &Arc<AtomicU64>,
    spare: bool,
    listener: Listener<'_>,
) -> Vec<CaptureReport> {
    let stop = Arc::clone(&settings.stop);
    match job {
        Job::Failed { label, why } => failed(label, why.clone()),
        Job::Joined { parts, doubts, own } => joined(parts, doubts, own, settings, read),
        Job::Stdin { label } => {
            let source = source::Live::new(|| Ok(io::stdin()), stop);
            vec![analysed(label, source, settings, &[], listener, false)]
        }
        Job::Pipe { label, path } => {
            let path = path.clone();
            let source = source::Live::new(move || File::open(path), stop);
            vec![analysed(label, source, settings, &[], listener, false)]
        }
        Job::File {
            label,
            place,
            named,
            size,
            version,
        } => match place.open(version.as_deref()) {
            // It was there a moment ago.
            Err(error) if !named && error.kind() == io::ErrorKind::NotFound => {
                failed(label, "it vanished before it was read".into())
            }
            Err(error) => failed(label, unreadable(&error)),
            Ok(file) => {
                let beside = spare && *size >= LONG;
                let open =
                    |file| source::Interruptible::new(file, Arc::clone(&stop), Arc::clone(read));
                let mut twice = Twice::new(listener);
                let mut first = |login: &ExaminedLogin| twice.first(login);
                let mut report = analysed(label, open(file), settings, &[], &mut first, beside);
                if report.late_secrets
                    && let Ok(first) = place.open(version.as_deref())
                    && let Ok(second) = place.open(version.as_deref())
                {
                    let found = key_logs_in(open(first));
                    let mut again = |login: &ExaminedLogin| twice.second(login);
                    report = analysed(label, open(second), settings, &found, &mut again, beside);
                } else {
                    twice.only_once();
                }
                if matches!(report.status, Status::Failed(_)) && report.format.is_some() {
                    // How far it was read depends on the threads.
                    report.bytes = report.bytes.max(*size);
                }
                vec![report]
            }
        },
    }
}

fn analysed(
    label: &str,
    source: impl Read + Send,
    settings: &ScanSettings,
    found: &[Arc<KeyLog>],
    listener: Listener<'_>,
    beside: bool,
) -> CaptureReport {
    let analyze = &settings.analyze;
    let mut report = analyze_with(label, source, analyze, found, listener, beside);
    note_interrupt(&mut report, settings);
    report
}

fn note_interrupt(report: &mut CaptureReport, settings: &ScanSettings) {
    if settings.stop.load(Ordering::Relaxed) {
        // What ends early for that reason is neither cut nor no capture.
        report.no_capture = false;
        if report.format.is_none() {
            report.status = Status::Failed("interrupted before anything was read of it".into());
        }
        report.diagnostics.push(Diagnostic {
            kind: "interrupted",
            message: "interrupted: this is what was seen until then".into(),
            packet: None,
            stream: None,
            count: 1,
        });
    }
}

/// Reads the parts of a rotation as one capture; again, if it holds secrets behind what they open.
fn joined(
    parts: &[Job],
    doubts: &[(usize, Diagnostic)],
    own: &Range<usize>,
    settings: &ScanSettings,
    read: &Arc<AtomicU64>,
) -> Vec<CaptureReport> {
    let open = |(place, version): (&Place, &Option<String>)| {
        let source =
            |file| source::Interruptible::new(file, Arc::clone(&settings.stop), Arc::clone(read));
        place.open(version.as_deref()).map(source)
    };
    let files = || {
        parts.iter().filter_map(|job| match job {
            Job::File {
                label,
                place,
                version,
                ..
            } => Some((label, (place, version))),
            _ => None,
        })
    };
    let slice = *own != (0..parts.len());
    let pass = |found: &[Arc<KeyLog>]| {
        // A login's packets are those of its files, and these are known when all are read.
        let mut keep = |_: &ExaminedLogin| true;
        let mut joint = Joint::new(&settings.analyze, found, &mut keep, slice);
        for (at, (label, file)) in files().enumerate() {
            if at > own.end && joint.is_past(own.end) {
                break;
            }
            match open(file) {
                Ok(source) => joint.read(label, source),
                Err(error) => joint.failed(failure(label, unreadable(&error))),
            }
        }
        joint.finish(own)
    };
    let mut reports = pass(&[]);
    if reports.iter().any(|report| report.late_secrets) {
        let sources = files().filter_map(|(_, file)| open(file).ok());
        let found: Vec<_> = sources.flat_map(key_logs_in).collect();
        reports = pass(&found);
    }
    for (at, doubt) in doubts {
        if let Some(part) = reports.get_mut(*at) {
            part.diagnostics.push(doubt.clone());
        }
    }
    for report in &mut reports {
        note_interrupt(report, settings);
    }
    reports
}

fn failed(label: &str, why: String) -> Vec<CaptureReport> {
    vec![failure(label, why)]
}

fn failure(label: &str, why: String) -> CaptureReport {
    let mut report = CaptureReport::new(label);
    report.status = Status::Failed(why);
    report
}

/// Copies a source that can be read once into a temporary file.
///
/// # Errors
///
/// When it cannot be read or written, or is longer than [`limits::SPOOL`].
pub fn spool(source: impl Read) -> io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::NamedTempFile::new()?;
    let copied = io::copy(&mut source.take(limits::SPOOL.saturating_add(1)), &mut file)?;
    if copied > limits::SPOOL {
        return Err(io::Error::other("it is longer than 4 GiB"));
    }
    Ok(file)
}

/// Whether this names something that is not a file of this machine.
pub(crate) fn is_url(text: &str) -> bool {
    let schemes = ["s3://", "gs://", "az://", "https://", "http://"];
    schemes.iter().any(|scheme| text.starts_with(scheme))
}

/// What this build says to a URL.
#[cfg(not(feature = "cloud"))]
pub(crate) fn no_cloud(url: &str) -> io::Error {
    let scheme = url.split_once("://").map_or(url, |(scheme, _)| scheme);
    io::Error::new(
        io::ErrorKind::Unsupported,
        format!(
            "this build reads no {scheme}:// URLs; build it with: cargo install --path . --features cloud"
        ),
    )
}

/// Why a file or folder cannot be opened, and what helps.
fn unreadable(error: &io::Error) -> String {
    let help = match error.kind() {
        io::ErrorKind::NotFound => "; check the path",
        io::ErrorKind::PermissionDenied => {
            "; captures often belong to root: run as a user who may read it, or change its owner"
        }
        _ => "",
    };
    format!("{}{help}", reason(error))
}

/// An I/O error in words, without the number of the operating system.
#[must_use]
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_lowercase(),
        None => text,
    }
}
