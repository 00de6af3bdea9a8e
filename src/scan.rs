//! Many captures: find them, analyse each, keep them in order.
//!
//! Owns files, folders and standard input as sources, and the threads. Does not own what is in a
//! capture ([`crate::analyze`]). A source that cannot be read becomes a failed capture in the
//! result; the rest goes on. Called by [`crate::cli`].

mod find;
mod source;

use std::fs::File;
use std::io::{self, Read};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use crate::analyze::{AnalyzeSettings, analyze_with, key_logs_in};
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::report::{CaptureReport, Status};
use crate::tls::KeyLog;

pub use find::{Job, find};

/// How to go about it.
pub struct ScanSettings {
    /// Passwords, ports.
    pub analyze: AnalyzeSettings,
    /// Captures analysed at the same time; by default one for each core.
    pub threads: Option<NonZero<usize>>,
    /// Becomes true when the run should end with what there is.
    pub stop: Arc<AtomicBool>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Scanned {
    /// The captures, in the order of the jobs.
    pub captures: Vec<CaptureReport>,
    /// Files of folders that are no captures.
    pub skipped: u64,
    /// The run was asked to end before it was through.
    pub interrupted: bool,
}

/// Analyses every job. `done` hears how many are through, after each, on the calling thread.
pub fn scan(jobs: &[Job], settings: &ScanSettings, mut done: impl FnMut(usize)) -> Scanned {
    let cores = || std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let threads = settings.threads.unwrap_or_else(cores).get().min(jobs.len());
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    let mut results: Vec<(usize, Outcome)> = std::thread::scope(|scope| {
        for _ in 0..threads {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while !settings.stop.load(Ordering::Relaxed) {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(at) else { break };
                    if sender.send((at, one(job, settings))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let through = receiver.iter().zip(1..);
        through
            .map(|(result, count)| {
                done(count);
                result
            })
            .collect()
    });
    results.sort_by_key(|(at, _)| *at);
    let mut scanned = Scanned {
        interrupted: settings.stop.load(Ordering::Relaxed),
        ..Scanned::default()
    };
    for (_, outcome) in results {
        match outcome {
            Outcome::Capture(report) => scanned.captures.push(*report),
            Outcome::NoCapture => scanned.skipped = scanned.skipped.saturating_add(1),
        }
    }
    scanned
}

/// What became of one job.
enum Outcome {
    Capture(Box<CaptureReport>),
    /// A file of a folder that is no capture.
    NoCapture,
}

fn one(job: &Job, settings: &ScanSettings) -> Outcome {
    let stop = Arc::clone(&settings.stop);
    match job {
        Job::Failed { label, why } => failed(label, why.clone()),
        Job::Stdin { label } => {
            let source = source::Live::new(|| Ok(io::stdin()), stop);
            Outcome::Capture(Box::new(analysed(label, source, settings, &[])))
        }
        Job::Pipe { label, path } => {
            let path = path.clone();
            let source = source::Live::new(move || File::open(path), stop);
            Outcome::Capture(Box::new(analysed(label, source, settings, &[])))
        }
        Job::File { label, path, named } => match File::open(path) {
            Err(error) => failed(label, unreadable(&error)),
            Ok(file) => {
                let source = source::Interruptible::new(file, Arc::clone(&stop));
                let mut report = analysed(label, source, settings, &[]);
                if report.late_secrets
                    && let (Ok(first), Ok(second)) = (File::open(path), File::open(path))
                {
                    let found = key_logs_in(source::Interruptible::new(first, Arc::clone(&stop)));
                    let source = source::Interruptible::new(second, stop);
                    report = analysed(label, source, settings, &found);
                }
                if report.no_capture && !named {
                    Outcome::NoCapture
                } else {
                    Outcome::Capture(Box::new(report))
                }
            }
        },
    }
}

fn analysed(
    label: &str,
    source: impl Read,
    settings: &ScanSettings,
    found: &[Arc<KeyLog>],
) -> CaptureReport {
    let mut report = analyze_with(label, source, &settings.analyze, found);
    if settings.stop.load(Ordering::Relaxed) {
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
    report
}

fn failed(label: &str, why: String) -> Outcome {
    let mut report = CaptureReport::new(label);
    report.status = Status::Failed(why);
    Outcome::Capture(Box::new(report))
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
