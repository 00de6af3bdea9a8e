//! `compare`

mod target;

use crate::cli::args::{Compare, CompareFormat};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::run::exit_of;
use crate::cli::trouble::Trouble;
use crate::cli::{interrupt, naming, settings, written};
use crate::compare::choose::{Chosen, Offer, choose};
use crate::compare::{Party, compare};
use crate::report::compare::model::Report;
use crate::report::compare::{self as comparison, Origin};
use crate::report::paint::Canvas;
use crate::report::text::for_terminal;
use crate::report::{Builder, CaptureReport, Status, json};
use crate::scan::{Search, Unwatched, find, scan};

use target::Target;

pub(super) fn run(typed: &Compare, console: Console) -> Result<Exit, Trouble> {
    let targets = target::parse(&typed.capture, typed.other.as_deref())?;
    let stop = std::sync::Arc::default();
    let pseudonyms = naming::pseudonyms(&typed.names)?;
    let settings = settings::compare(typed, pseudonyms.as_deref(), std::sync::Arc::clone(&stop))?;
    let written = written::now()?;
    let outputs: Vec<Output<CompareFormat>> = typed
        .output
        .iter()
        .map(|path| Output::create_comparison(path))
        .collect::<Result<_, _>>()?;
    interrupt::watch(stop);
    let scanned = scan(
        find(&target::paths(&targets), &Search::default()),
        &settings,
        &mut Unwatched,
    );
    if scanned.interrupted {
        return Ok(Exit::Interrupted);
    }
    let captures = &scanned.captures;
    let mut trouble = complain(captures, console);
    if trouble && captures.iter().any(|capture| capture.logins.is_empty()) {
        return Ok(Exit::Trouble);
    }
    let redactor = settings::redactor(&settings.analyze.candidates, pseudonyms.as_ref());
    let [left, right] = target::of_each(&targets, captures)?;
    let (lefts, rights) = (parties(left.capture), parties(right.capture));
    let same = std::ptr::eq(left.capture, right.capture);
    let offer = |logins, target: &Target| Offer {
        logins,
        pick: target.pick,
    };
    let chosen = choose(
        offer(&lefts, left.target),
        offer(&rights, right.target),
        same,
    );
    let builder = Builder::new(&redactor).reveal(typed.reveal);
    let Chosen { left: l, right: r } = match chosen {
        Ok(chosen) => chosen,
        Err(why) => return Err(target::unclear(why, [left, right], same, &builder, console)),
    };
    let (Some(l), Some(r)) = (left.capture.logins.get(l), right.capture.logins.get(r)) else {
        return Err(Trouble::new("there is no such login"));
    };
    let found = compare(&l.party(), &r.party());
    let left = Origin {
        capture: left.capture,
        login: l,
    };
    let right = Origin {
        capture: right.capture,
        login: r,
    };
    let report = builder.comparison(left, right, &found);
    for output in outputs {
        let text = render(&report, output.format, &console.file_canvas(), &written);
        if let Err(error) = output.write(&text) {
            console.error(&error);
            trouble = true;
        }
    }
    let printed = console.print(&standard_output(typed, &report, console, &written))?;
    Ok(match (trouble, found.is_clean()) {
        (true, _) => Exit::Trouble,
        (false, true) => exit_of(printed, Exit::Success),
        (false, false) => exit_of(printed, Exit::Finding),
    })
}

/// What goes to standard output.
fn standard_output(typed: &Compare, report: &Report, console: Console, written: &str) -> Vec<u8> {
    let format = match typed.format {
        None if !typed.output.is_empty() => None,
        None | Some(CompareFormat::Table) if console.quiet() => None,
        None => Some(CompareFormat::Table),
        given => given,
    };
    match format {
        Some(format) => render(report, format, &console.canvas(), written),
        None => format!("{}\n", for_terminal(&report.conclusion.sentence)).into_bytes(),
    }
}

fn render(report: &Report, format: CompareFormat, canvas: &Canvas, written: &str) -> Vec<u8> {
    match format {
        CompareFormat::Table => comparison::table(report, canvas).into_bytes(),
        CompareFormat::Json => json::render(report),
        CompareFormat::Markdown => comparison::markdown(report, written).into_bytes(),
        CompareFormat::Html => comparison::html(report, written).into_bytes(),
    }
}

/// Says what could not be read; whether there was any.
fn complain(captures: &[CaptureReport], console: Console) -> bool {
    let mut any = false;
    for capture in captures {
        if let Status::Failed(why) = &capture.status {
            let name = target::name(&capture.path);
            console.error(&Trouble::new(format!("{name}: {why}")));
            any = true;
        }
    }
    any
}

/// The logins of a capture.
fn parties(capture: &CaptureReport) -> Vec<Party<'_>> {
    let logins = capture.logins.iter();
    logins.map(crate::report::ExaminedLogin::party).collect()
}
