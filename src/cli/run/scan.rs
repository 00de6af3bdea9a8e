//! `scan`

use std::path::Path;

use crate::cli::args::{Format, Scan};
use crate::cli::console::{Console, Printed};
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::trouble::Trouble;
use crate::cli::{interrupt, naming, paths, settings};
use crate::report::model::{Before, Report, SkippedFile, Status};
use crate::report::paint::Canvas;
use crate::report::{Builder, CaptureReport, json, summary, table};
use crate::scan::{Counts, Scanned, State, find, reason, scan};

pub(super) fn run(typed: &Scan, console: Console) -> Result<Exit, Trouble> {
    let stop = std::sync::Arc::default();
    let pseudonyms = naming::pseudonyms(&typed.names)?;
    let settings = settings::scan(typed, pseudonyms.as_deref(), std::sync::Arc::clone(&stop))?;
    let selection = settings::selection(&typed.select);
    // Files are looked for before drafts of reports stand among them.
    let mut found = find(&paths::gather(typed)?, &paths::search(typed)?);
    let mut known = known(typed)?;
    let seen = known.as_ref().map(|state| state.take_unchanged(&mut found));
    let outputs: Vec<Output> = typed
        .output
        .iter()
        .map(|path| Output::create(path))
        .collect::<Result<_, _>>()?;
    // From here on: before, an interrupt simply ends the program (and a password prompt).
    interrupt::watch(stop);
    let mut scanned = {
        let progress = Progress::new(&found, !typed.no_progress && !console.quiet());
        scan(found, &settings, |through| progress.show(through))
    };
    for capture in &mut scanned.captures {
        selection.apply(capture);
    }
    let redactor = settings::redactor(&settings.analyze.candidates, pseudonyms.as_ref());
    let mut report = Builder::new(&redactor)
        .reveal(typed.reveal)
        .report(&scanned.captures, scanned.skipped.count);
    report.summary.interrupted = scanned.interrupted;
    report.summary.unread = scanned.unread;
    if console.verbose() {
        let skipped = scanned.skipped.named.iter();
        let skipped = skipped.map(|(path, reason)| SkippedFile {
            path: redactor.path(path),
            reason: reason.clone(),
        });
        report.skipped_files = skipped.collect();
    }
    report.summary.before = seen.as_ref().map(|seen| before(&seen.before));
    let mut trouble = complain(&report, console);
    for output in outputs {
        let text = render(&report, output.format, &console.file_canvas());
        if let Err(error) = output.write(&text) {
            console.error(&error);
            trouble = true;
        }
    }
    if let (Some(state), Some(seen), Some(path)) = (&mut known, seen, &typed.which.state) {
        state.learn(seen, &scanned.captures, &scanned.skipped.named);
        if let Err(error) = state.save(path) {
            console.error(&state_trouble(path, &error));
            trouble = true;
        }
    }
    let printed = console.print(&standard_output(typed, &report, console))?;
    if printed == Printed::Closed && !scanned.interrupted {
        return Ok(Exit::Success);
    }
    Ok(exit(typed, &scanned, trouble))
}

/// What an earlier run has left.
fn known(typed: &Scan) -> Result<Option<State>, Trouble> {
    let Some(path) = &typed.which.state else {
        return Ok(None);
    };
    State::load(path)
        .map(Some)
        .map_err(|error| state_trouble(path, &error).hint("give another file, or remove this one"))
}

fn state_trouble(path: &Path, error: &std::io::Error) -> Trouble {
    Trouble::new(format!("--state {}: {}", path.display(), reason(error)))
}

fn before(counts: &Counts) -> Before {
    let Counts {
        captures,
        skipped,
        logins,
        accepted,
        rejected,
        unknown,
        findings,
    } = counts.clone();
    Before {
        captures,
        skipped,
        logins,
        accepted,
        rejected,
        unknown,
        findings,
    }
}

/// What goes to standard output.
fn standard_output(typed: &Scan, report: &Report, console: Console) -> Vec<u8> {
    let format = match typed.format {
        None if !typed.output.is_empty() => None,
        None | Some(Format::Table) if console.quiet() => None,
        None => Some(Format::Table),
        given => given,
    };
    match format {
        Some(format) => render(report, format, &console.canvas()),
        None => format!("{}\n", summary::line(report)).into_bytes(),
    }
}

fn render(report: &Report, format: Format, canvas: &Canvas) -> Vec<u8> {
    match format {
        Format::Table => table::render(report, canvas).into_bytes(),
        Format::Json => json::render(report),
    }
}

/// Says what could not be read; whether there was any.
fn complain(report: &Report, console: Console) -> bool {
    let mut any = false;
    for capture in &report.captures {
        if capture.status == Status::Failed {
            let why = capture.error.as_deref().unwrap_or("not readable");
            let name = if capture.path == "-" {
                "standard input"
            } else {
                &capture.path
            };
            console.error(&Trouble::new(format!("{name}: {why}")));
            any = true;
        }
    }
    any
}

/// The first that applies.
fn exit(typed: &Scan, scanned: &Scanned, trouble: bool) -> Exit {
    let findings = scanned.captures.iter().flat_map(CaptureReport::findings);
    let mut severities = findings.map(|finding| finding.severity);
    let none = scanned
        .captures
        .iter()
        .all(|capture| capture.logins.is_empty());
    if scanned.interrupted {
        Exit::Interrupted
    } else if trouble {
        Exit::Trouble
    } else if severities.any(|severity| settings::fails(typed.fail_on, severity))
        || (typed.require_login && none)
    {
        Exit::Finding
    } else {
        Exit::Success
    }
}
