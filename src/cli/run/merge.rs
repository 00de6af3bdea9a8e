//! `merge`

use std::collections::HashMap;
use std::io::{self, BufReader, Read as _};

use sha2::{Digest as _, Sha256};

use crate::cli::args::{Format, Merge};
use crate::cli::console::{Console, Printed};
use crate::cli::exit::Exit;
use crate::cli::run::columns::{self, Places};
use crate::cli::run::task::{load, shelf};
use crate::cli::run::telling::{Outgoing, complain, exit};
use crate::cli::trouble::Trouble;
use crate::cli::{settings, written};
use crate::plan::{Outcome, Plan, Shelf, read};
use crate::report::model::{Capture, Status};
use crate::report::told::Told;
use crate::report::{Merged, Whole, ndjson, text, words};
use crate::scan::reason;

pub(super) fn run(typed: &Merge, console: Console) -> Result<Exit, Trouble> {
    let telling = &typed.telling;
    let written = written::now()?;
    let plan = load(&typed.plan)?;
    let Places {
        files: outputs,
        folders,
    } = columns::places(telling)?;
    let mut desk = Desk {
        console,
        plan: &plan,
        shelves: typed
            .results
            .iter()
            .map(|place| shelf(place))
            .collect::<Result<_, _>>()?,
        options: None,
        trouble: false,
    };
    let all = desk.whole()?;
    let mut trouble = desk.trouble;
    let Whole {
        mut report,
        across,
        severities,
    } = all;
    if !console.verbose() {
        report.skipped_files.clear();
    }
    trouble |= complain(&report, console);
    let none = report.summary.logins == 0;
    let failed = severities
        .iter()
        .any(|s| settings::fails(telling.fail_on, *s))
        || (telling.require_login && none);
    let outgoing = Outgoing {
        telling,
        report: &report,
        console,
        written: &written,
    };
    for output in outputs {
        let done = match output.format {
            Format::Ndjson => output.write_by(|file| ndjson::write(&report, &across, file)),
            _ => outgoing.write(output),
        };
        if let Err(error) = done {
            console.error(&error);
            trouble = true;
        }
    }
    trouble |= outgoing.write_folders(&folders);
    let printed = if telling.format == Some(Format::Ndjson) {
        console.print_by(|out| ndjson::write(&report, &across, out))?
    } else {
        outgoing.print()?
    };
    if printed == Printed::Closed {
        return Ok(Exit::Success);
    }
    Ok(exit(false, trouble, failed))
}

/// Where results come together.
struct Desk<'a> {
    console: Console,
    plan: &'a Plan,
    shelves: Vec<Shelf>,
    /// The options that the first task was done with.
    options: Option<Vec<String>>,
    /// Something is missing or wrong.
    trouble: bool,
}

impl Desk<'_> {
    fn complain(&mut self, what: String) {
        self.console.error(&Trouble::new(what));
        self.trouble = true;
    }

    /// Every task's result in the order of the plan, as one report.
    fn whole(&mut self) -> Result<Whole, Trouble> {
        let places = self.places()?;
        let mut merged = Merged::default();
        merged.skipped(
            self.plan.head.skipped,
            self.plan
                .head
                .skipped_named
                .iter()
                .map(|(path, reason)| crate::report::model::SkippedFile {
                    path: path.clone(),
                    reason: reason.clone(),
                })
                .collect(),
        );
        for (run, task) in self.plan.tasks.iter().enumerate() {
            let name = task.name();
            let found = places.get(name.as_str()).map_or(&[][..], Vec::as_slice);
            if found.len() > 1 {
                self.doubled(&name, found);
            }
            let outcome = found.iter().find_map(|at| {
                let place = self.shelves.get(*at)?;
                Some(
                    place
                        .open(&name)
                        .and_then(|file| read(BufReader::new(file))),
                )
            });
            let why = match outcome {
                Some(Ok(outcome)) if outcome.head.id == task.id => {
                    self.same_options(&outcome);
                    let told = outcome.told.into_iter().chain([Told::End(outcome.end)]);
                    let mut heard = Ok(());
                    for line in told {
                        heard = heard.and(merged.hear(run, line));
                    }
                    merged.run_over(run, task.slice_of());
                    match heard {
                        Ok(()) => continue,
                        Err(why) => format!("its result is no result: {why}"),
                    }
                }
                Some(Ok(_)) => "its result is that of another task".to_owned(),
                Some(Err(error)) => format!("its result cannot be read: {}", reason(&error)),
                None => "its result is missing".to_owned(),
            };
            let why = format!("task {} ({}): {why}", task.n, task.id);
            self.complain(format!(
                "{why}; do it with: unscramble scan --plan PLAN --task {} -o OUT",
                task.n
            ));
            for source in task.sources() {
                let _ = merged.hear(run, Told::Capture(unread(source.label(), &why)));
            }
        }
        Ok(merged.finish())
    }

    /// On which shelves each result stands; says which results are of no task.
    fn places(&mut self) -> Result<HashMap<String, Vec<usize>>, Trouble> {
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, shelf) in self.shelves.iter().enumerate() {
            let names = shelf.names().map_err(|error| {
                Trouble::new(format!("the results cannot be listed: {}", reason(&error)))
                    .hint("give the folder or prefix that the tasks wrote to with -o")
            })?;
            for name in names {
                places.entry(name).or_default().push(at);
            }
        }
        let known: std::collections::HashSet<String> = self
            .plan
            .tasks
            .iter()
            .map(crate::plan::Task::name)
            .collect();
        let mut foreign: Vec<&String> = places
            .keys()
            .filter(|name| !known.contains(*name))
            .collect();
        foreign.sort();
        for name in foreign {
            self.console.warning(&format!(
                "{} is of no task of this plan: it was left out",
                text::for_terminal(name)
            ));
        }
        Ok(places)
    }

    /// A result that stands in several places: the same everywhere, or something is wrong.
    fn doubled(&mut self, name: &str, found: &[usize]) {
        let hash = |at: &usize| -> io::Result<[u8; 32]> {
            let place = self.shelves.get(*at).ok_or(io::ErrorKind::NotFound)?;
            let mut file = place.open(name)?;
            let (mut hash, mut buffer) = (Sha256::new(), vec![0; 64 << 10]);
            loop {
                let read = file.read(&mut buffer)?;
                if read == 0 {
                    return Ok(hash.finalize().into());
                }
                hash.update(buffer.get(..read).unwrap_or_default());
            }
        };
        let hashes: Vec<Option<[u8; 32]>> = found.iter().map(|at| hash(at).ok()).collect();
        let same = hashes
            .iter()
            .all(|hash| hash.is_some() && Some(hash) == hashes.first());
        let times = words::counted(found.len() as u64, "place");
        if same {
            self.console.warning(&format!(
                "{name} stands in {times}, the same in each: it counts once"
            ));
        } else {
            self.complain(format!(
                "{name} stands in {times} and is not the same in each: the first was taken"
            ));
        }
    }

    /// All tasks must have been done with the same options.
    fn same_options(&mut self, outcome: &Outcome) {
        let options = &outcome.head.options;
        match &self.options {
            None => self.options = Some(options.clone()),
            Some(first) if first != options => {
                let id = text::for_terminal(&outcome.head.id);
                self.complain(format!(
                    "task {id} was done with other options than the first"
                ));
            }
            Some(_) => {}
        }
    }
}

fn unread(path: String, why: &str) -> Capture {
    Capture {
        path,
        status: Status::Failed,
        error: Some(why.to_owned()),
        format: None,
        compression: None,
        bytes: 0,
        packets: 0,
        connections: 0,
        logins: Vec::new(),
        diagnostics: Vec::new(),
    }
}
