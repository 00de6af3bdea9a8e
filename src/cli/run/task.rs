//! `scan --plan`: one task.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use clap::ArgMatches;

use crate::cli::args::{Format, Scan};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::progress::Progress;
use crate::cli::run::live::Live;
use crate::cli::run::{columns, exit_of};
use crate::cli::trouble::Trouble;
use crate::cli::{interrupt, naming, settings, terms};
use crate::plan::{Plan, Shelf, Task, write};
use crate::report::{Builder, text, words};
use crate::scan::{Place, Put, reason, scan};

/// Where schedulers say which of an array of jobs this is.
const NUMBERS: [&str; 3] = [
    "JOB_COMPLETION_INDEX",
    "AWS_BATCH_JOB_ARRAY_INDEX",
    "SLURM_ARRAY_TASK_ID",
];

pub(super) fn run(
    typed: &Scan,
    plan: &Path,
    matches: &ArgMatches,
    console: Console,
) -> Result<Exit, Trouble> {
    let out = match (typed.telling.format, typed.telling.output.as_slice()) {
        (None, [out]) => Some(out),
        (Some(Format::Arrow), []) => None,
        (Some(_), _) => {
            return Err(
                Trouble::new("a task is told with -o, or as a stream with --format arrow")
                    .hint("formats of reports are for merge"),
            );
        }
        (None, _) => {
            return Err(Trouble::new("a task writes its result to one place")
                .hint("give the folder or prefix for the results with -o"));
        }
    };
    let named = match &typed.task {
        Some(named) => named.clone(),
        None => number_of_scheduler()?,
    };
    let plan = load(plan)?;
    let task = plan.task(&named).ok_or_else(|| {
        let tasks = words::counted(plan.head.tasks, "task");
        Trouble::new(format!(
            "the plan has no task {named}: it has {tasks}, counted from 0"
        ))
        .hint("was it made again since? Then the tasks have other ids")
    })?;
    let options = [plan.head.options.clone(), terms::options(matches)?].concat();
    let shelf = out.map(|place| shelf(place)).transpose()?;
    if let Some(shelf) = &shelf
        && shelf.holds(&task.name()).map_err(|e| not_written(&e))?
    {
        return tell(task, "was done before", console);
    }
    let stop = Arc::default();
    let terms = terms::parse(&options)?;
    let pseudonyms = naming::pseudonyms(&terms.names)?;
    let settings = settings::scan(typed, &terms, pseudonyms.as_deref(), Arc::clone(&stop))?;
    let selection = settings::selection(&terms.select);
    interrupt::watch(Arc::clone(&stop));
    let redactor = settings::redactor(&settings.analyze.candidates, pseudonyms.as_ref());
    let builder = Builder::new(&redactor).reveal(terms.reveal);
    let found = task.jobs();
    let progress = Progress::new(&found, !typed.no_progress && !console.quiet());
    let mut live = Live::new(progress, &selection, stop);
    let scanned = scan(found, &settings, &mut live);
    live.scanned();
    if scanned.interrupted {
        console.error(&Trouble::new("interrupted: no result was written"));
        return Ok(Exit::Interrupted);
    }
    let write =
        |file: &mut BufWriter<&File>| write(task, &options, scanned, &builder, &selection, file);
    let Some(shelf) = shelf else {
        let mut file = tempfile::tempfile().map_err(|e| not_written(&e))?;
        let mut out = BufWriter::new(&file);
        let written = write(&mut out).and_then(|()| out.flush());
        drop(out);
        let again = written.and_then(|()| file.rewind());
        again.map_err(|e| not_written(&e))?;
        let printed = columns::print_lines(&task.id, BufReader::new(file))?;
        return Ok(exit_of(printed, Exit::Success));
    };
    match shelf.put(&task.name(), write) {
        Ok(Put::Done) => tell(task, "done", console),
        Ok(Put::WasThere) => tell(task, "was done meanwhile by another", console),
        Err(error) => Err(not_written(&error)),
    }
}

fn not_written(error: &io::Error) -> Trouble {
    Trouble::new(format!("cannot write the result: {}", reason(error)))
}

fn tell(task: &Task, what: &str, console: Console) -> Result<Exit, Trouble> {
    if !console.quiet() {
        console.print(format!("task {} ({}): {what}\n", task.n, task.id).as_bytes())?;
    }
    Ok(Exit::Success)
}

fn number_of_scheduler() -> Result<String, Trouble> {
    let set = NUMBERS.iter().find_map(|name| std::env::var(name).ok());
    set.ok_or_else(|| {
        Trouble::new("which task of the plan?").hint(
            "give its number or id with --task; array jobs of Kubernetes, AWS Batch and Slurm say it in a variable",
        )
    })
}

/// The plan at a path or a URL.
pub(super) fn load(path: &Path) -> Result<Plan, Trouble> {
    let read = || -> io::Result<Plan> {
        let url = path.to_str().filter(|path| crate::scan::is_url(path));
        let source: Box<dyn Read> = match url {
            Some(url) => Place::named(url)?.open(None)?,
            None => Box::new(File::open(path)?),
        };
        Plan::read(BufReader::new(source))
    };
    read().map_err(|error| {
        let path = text::for_terminal(&path.display().to_string());
        Trouble::new(format!("--plan {path}: {}", reason(&error)))
            .hint("make one with: unscramble plan PATH… -o plan.ndjson")
    })
}

/// The place for results at a path or a URL.
pub(super) fn shelf(place: &Path) -> Result<Shelf, Trouble> {
    Shelf::at(place).map_err(|error| {
        let name = text::for_terminal(&place.display().to_string());
        Trouble::new(format!("{name}: {}", reason(&error)))
    })
}
