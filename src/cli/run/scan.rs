//! `scan`

use std::path::Path;

use clap::ArgMatches;

use crate::cli::args::{Format, Scan};
use crate::cli::console::{Console, Printed};
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::run::columns::{self, Places};
use crate::cli::run::live::{Ended, LineScribe, Live};
use crate::cli::run::task;
use crate::cli::run::telling::{Outgoing, complain, exit};
use crate::cli::trouble::Trouble;
use crate::cli::{interrupt, naming, paths, settings, written};
use crate::findings::Severity;
use crate::report::model::Before;
use crate::report::selection::Selection;
use crate::report::{Builder, CaptureReport};
use crate::scan::{Counts, Scribe, State, find, reason, scan_telling};

pub(super) fn run(typed: &Scan, matches: &ArgMatches, console: Console) -> Result<Exit, Trouble> {
    if let Some(plan) = &typed.plan {
        return task::run(typed, plan, matches, console);
    }
    let stop = std::sync::Arc::default();
    let pseudonyms = naming::pseudonyms(&typed.terms.names)?;
    let settings = settings::scan(
        typed,
        &typed.terms,
        pseudonyms.as_deref(),
        std::sync::Arc::clone(&stop),
    )?;
    let selection = settings::selection(&typed.terms.select);
    let written = written::now()?;
    // Files are looked for before drafts of reports stand among them.
    let mut found = find(
        &paths::gather(&typed.paths, &typed.which)?,
        &paths::search(&typed.which)?,
    );
    let mut known = known(typed)?;
    let terms = terms(typed);
    let seen = known
        .as_ref()
        .map(|state| state.take_unchanged(&mut found, &terms));
    let Places {
        files: outputs,
        folders,
    } = columns::places(&typed.telling)?;
    // From here on: before, an interrupt simply ends the program (and a password prompt).
    interrupt::watch(std::sync::Arc::clone(&stop));
    let redactor = settings::redactor(&settings.analyze.candidates, pseudonyms.as_ref());
    let builder = Builder::new(&redactor).reveal(typed.terms.reveal);
    let progress = Progress::new(&found, !typed.no_progress && !console.quiet());
    let mut live = Live::new(progress, &selection, stop);
    lines(&mut live, typed, &builder, &outputs);
    let forgets = folders.is_empty() && forgets(typed, &selection, &outputs);
    let scribe = LineScribe {
        builder: &builder,
        selection: &selection,
        tally: forgets.then(|| live.fresh_tally()),
        anonymous: pseudonyms.is_some(),
    };
    let scribe = live.has_lines().then_some(&scribe as &dyn Scribe);
    let mut scanned = scan_telling(found, &settings, scribe, &mut live);
    live.scanned();
    let tally = live.take_tally();
    let told = (tally.logins(), tally.severities().collect::<Vec<_>>());
    for capture in &mut scanned.captures {
        selection.apply(capture);
    }
    let mut report = builder.report_of(&scanned.captures, scanned.skipped.count, tally);
    report.summary.interrupted = scanned.interrupted;
    report.summary.unread = scanned.unread;
    if console.verbose() {
        report.skipped_files = builder.skipped(&scanned.skipped.named);
    }
    report.summary.before = seen.as_ref().map(|seen| before(&seen.before));
    let ended = live.finish(&scanned.captures, &report);
    // The scan was given up because nobody reads.
    if ended.iter().any(Ended::closed) && outputs.is_empty() {
        return Ok(Exit::Success);
    }
    let mut trouble = complain(&report, console);
    for why in ended.iter().filter_map(Ended::trouble) {
        console.error(&why);
        trouble = true;
    }
    if let (Some(state), Some(seen)) = (&mut known, seen) {
        state.learn(seen, &scanned.captures, &scanned.skipped.named);
        trouble |= !keep_state(typed, state, console);
    }
    let failed = fails(typed, &scanned.captures, &told);
    // All of it stands in the report by now.
    scanned.captures = Vec::new();
    let outgoing = Outgoing {
        telling: &typed.telling,
        report: &report,
        console,
        written: &written,
    };
    let mut lines = ended.iter().filter(|end| !end.standard);
    for output in outputs {
        let done = if output.format == Format::Ndjson {
            // What is not whole is not kept.
            if lines.next().is_some_and(|end| end.failed.is_some()) {
                continue;
            }
            output.keep()
        } else {
            outgoing.write(output)
        };
        if let Err(error) = done {
            console.error(&error);
            trouble = true;
        }
    }
    trouble |= outgoing.write_folders(&folders);
    let printed = outgoing.print()?;
    if printed == Printed::Closed && !scanned.interrupted {
        return Ok(Exit::Success);
    }
    Ok(exit(scanned.interrupted, trouble, failed))
}

/// Lines go to the outputs that are of lines.
fn lines<'a>(live: &mut Live<'a>, typed: &Scan, builder: &'a Builder<'a>, outputs: &'a [Output]) {
    if typed.telling.format == Some(Format::Ndjson) {
        live.lines_to(builder, Box::new(std::io::stdout()), true);
    }
    for output in outputs.iter().filter(|o| o.format == Format::Ndjson) {
        live.lines_to(builder, Box::new(output.file()), false);
    }
}

/// Whether logins need not be kept: nothing but lines is wanted of them.
fn forgets(typed: &Scan, selection: &Selection, outputs: &[Output]) -> bool {
    let lines = |format| format == Format::Ndjson;
    let only_lines = match typed.telling.format {
        Some(format) => lines(format),
        None => !outputs.is_empty(),
    };
    only_lines
        && outputs.iter().all(|output| lines(output.format))
        && selection.is_everything()
        && !typed.join
        && typed.state.is_none()
}

/// What a capture's numbers in the state hang on, beside the capture: as it was typed, names only.
fn terms(typed: &Scan) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let given = (
        &typed.terms.reading,
        &typed.terms.candidates,
        &typed.terms.select,
    );
    format!("{version} {given:?}")
}

/// What an earlier run has left.
fn known(typed: &Scan) -> Result<Option<State>, Trouble> {
    let Some(path) = &typed.state else {
        return Ok(None);
    };
    State::load(path)
        .map(Some)
        .map_err(|error| state_trouble(path, &error).hint("give another file, or remove this one"))
}

/// Whether it could be kept.
fn keep_state(typed: &Scan, state: &State, console: Console) -> bool {
    let Some(path) = &typed.state else {
        return true;
    };
    let saved = state.save(path);
    if let Err(error) = &saved {
        console.error(&state_trouble(path, error));
    }
    saved.is_ok()
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

/// Whether what was found, or that nothing was, makes the run fail. `told`: how many logins were told and
/// not kept, and what their findings were.
fn fails(
    typed: &Scan,
    captures: &[CaptureReport],
    (forgotten, told): &(u64, Vec<Severity>),
) -> bool {
    let findings = captures.iter().flat_map(CaptureReport::findings);
    let severities = findings.map(|finding| finding.severity);
    let mut severities = severities.chain(told.iter().copied());
    let kept = captures.iter().any(|capture| !capture.logins.is_empty());
    let none = !kept && *forgotten == 0;
    severities.any(|severity| settings::fails(typed.telling.fail_on, severity))
        || (typed.telling.require_login && none)
}
