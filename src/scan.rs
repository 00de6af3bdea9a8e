//! Many captures: find them, analyse each, keep them in order.
//!
//! Owns files, folders and standard input as sources, and the threads. Does not own what is in a
//! capture ([`crate::analyze`]). A source that cannot be read becomes a failed capture in the
//! result; the rest goes on. Called by [`crate::cli`].

mod find;
mod order;
mod source;
mod twice;

use std::fs::File;
use std::io::{self, Read};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use crate::analyze::{AnalyzeSettings, Listener, analyze_with, key_logs_in};
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::report::{CaptureReport, ExaminedLogin, Status};
use crate::tls::KeyLog;

use twice::Twice;

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

/// Hears of a scan while it runs, on the calling thread.
pub trait Observer {
    /// So many captures are through, in whatever order.
    fn done(&mut self, _count: usize) {}

    /// Whether [`Observer::login`] is wanted; each login is copied for it.
    fn wants_logins(&self) -> bool {
        false
    }

    /// A login of the capture at this path is known. Captures come in the order of the jobs, the
    /// logins of one together: those of the first that is not through as they are found, those of
    /// later ones when their turn comes.
    fn login(&mut self, _capture: &str, _login: &ExaminedLogin) {}

    /// A capture is through, in the order of the jobs.
    fn capture(&mut self, _capture: &CaptureReport) {}
}

/// Who wants no more than the count.
impl<F: FnMut(usize)> Observer for F {
    fn done(&mut self, count: usize) {
        self(count);
    }
}

/// Analyses every job.
pub fn scan(jobs: &[Job], settings: &ScanSettings, observer: &mut dyn Observer) -> Scanned {
    let cores = || std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let threads = settings.threads.unwrap_or_else(cores).get().min(jobs.len());
    let next = AtomicUsize::new(0);
    let wants_logins = observer.wants_logins();
    let (sender, receiver) = mpsc::channel();
    let outcomes = std::thread::scope(|scope| {
        for _ in 0..threads {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while !settings.stop.load(Ordering::Relaxed) {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(at) else { break };
                    // Nobody listens any more only when the scan is given up.
                    let outcome = one(job, settings, &mut |login| {
                        if wants_logins {
                            let _ = sender.send((at, Message::Login(Box::new(login.clone()))));
                        }
                    });
                    if sender.send((at, Message::Through(outcome))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        order::in_order(receiver.into_iter(), jobs, observer)
    });
    let mut scanned = Scanned {
        interrupted: settings.stop.load(Ordering::Relaxed),
        ..Scanned::default()
    };
    for outcome in outcomes {
        match outcome {
            Outcome::Capture(report) => scanned.captures.push(*report),
            Outcome::NoCapture => scanned.skipped = scanned.skipped.saturating_add(1),
        }
    }
    scanned
}

/// What a thread tells of a job.
enum Message {
    Login(Box<ExaminedLogin>),
    Through(Outcome),
}

/// What became of one job.
enum Outcome {
    Capture(Box<CaptureReport>),
    /// A file of a folder that is no capture.
    NoCapture,
}

fn one(job: &Job, settings: &ScanSettings, listener: Listener<'_>) -> Outcome {
    let stop = Arc::clone(&settings.stop);
    match job {
        Job::Failed { label, why } => failed(label, why.clone()),
        Job::Stdin { label } => {
            let source = source::Live::new(|| Ok(io::stdin()), stop);
            Outcome::Capture(Box::new(analysed(label, source, settings, &[], listener)))
        }
        Job::Pipe { label, path } => {
            let path = path.clone();
            let source = source::Live::new(move || File::open(path), stop);
            Outcome::Capture(Box::new(analysed(label, source, settings, &[], listener)))
        }
        Job::File { label, path, named } => match File::open(path) {
            Err(error) => failed(label, unreadable(&error)),
            Ok(file) => {
                let source = source::Interruptible::new(file, Arc::clone(&stop));
                let mut twice = Twice::new(listener);
                let mut first = |login: &ExaminedLogin| twice.first(login);
                let mut report = analysed(label, source, settings, &[], &mut first);
                if report.late_secrets
                    && let (Ok(first), Ok(second)) = (File::open(path), File::open(path))
                {
                    let found = key_logs_in(source::Interruptible::new(first, Arc::clone(&stop)));
                    let source = source::Interruptible::new(second, stop);
                    let mut again = |login: &ExaminedLogin| twice.second(login);
                    report = analysed(label, source, settings, &found, &mut again);
                } else {
                    twice.only_once();
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
    listener: Listener<'_>,
) -> CaptureReport {
    let mut report = analyze_with(label, source, &settings.analyze, found, listener);
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
