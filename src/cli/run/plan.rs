//! `plan`

use std::collections::HashSet;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use clap::ArgMatches;

use crate::cli::args::Plan as Typed;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::output::Draft;
use crate::cli::run::exit_of;
use crate::cli::trouble::Trouble;
use crate::cli::{paths, terms};
use crate::plan::{Plan, Shelf, Size, Task, make};
use crate::report::words;
use crate::scan::{Found, find, join, reason};

pub(super) fn run(typed: &Typed, matches: &ArgMatches, console: Console) -> Result<Exit, Trouble> {
    if typed.terms.candidates.password {
        return Err(Trouble::new("a plan cannot hold a password that is typed")
            .hint("use --password-file FILE; each machine must have the file"));
    }
    if typed.terms.names.anonymize && typed.terms.names.anonymize_key.is_none() {
        return Err(
            Trouble::new("without a key each task would make pseudonyms of its own")
                .hint("give one with --anonymize-key FILE; each machine must have the file"),
        );
    }
    let options = terms::options(matches)?;
    let found = find(
        &paths::gather(&typed.paths, &typed.which)?,
        &paths::search(&typed.which)?,
    );
    let found = Found {
        jobs: join(found.jobs),
        skipped: found.skipped,
    };
    let size = Size {
        bytes: typed.task_size,
        slice: typed.slice.and_then(|files| usize::try_from(files).ok()),
    };
    let mut plan = make(&found, options, size);
    if !typed.done.is_empty() {
        let mut done = HashSet::new();
        for place in &typed.done {
            done.extend(results(place)?);
        }
        plan = plan.without(|task| done.contains(&task.name()));
    }
    let mut unread = false;
    for source in plan.tasks.iter().flat_map(Task::sources) {
        if let Some(why) = &source.error {
            console.error(&Trouble::new(format!("{}: {why}", source.label())));
            unread = true;
        }
    }
    let end = if unread { Exit::Trouble } else { Exit::Success };
    if typed.output == Path::new("-") {
        let printed = console.print_by(|out| plan.write(out))?;
        return Ok(exit_of(printed, end));
    }
    let draft = Draft::create(&typed.output)?;
    let mut out = BufWriter::new(draft.file());
    let written = plan.write(&mut out).and_then(|()| out.flush());
    drop(out);
    draft.finish(written)?;
    tell(&plan, typed, console)?;
    Ok(end)
}

fn tell(plan: &Plan, typed: &Typed, console: Console) -> Result<(), Trouble> {
    let line = format!(
        "{}: {}, {}, {}\n",
        crate::report::text::for_terminal(&typed.output.display().to_string()),
        words::counted(plan.head.tasks, "task"),
        words::counted(plan.head.sources, "file"),
        words::counted(plan.head.bytes, "byte"),
    );
    console.print(line.as_bytes()).map(|_| ())
}

/// The names of the results at a place.
pub(super) fn results(place: &Path) -> Result<Vec<String>, Trouble> {
    let names = Shelf::at(place).and_then(|shelf| shelf.names());
    names.map_err(|error| {
        Trouble::new(format!("{}: {}", place.display(), reason(&error)))
            .hint("give the folder or prefix that the tasks wrote to with -o")
    })
}
