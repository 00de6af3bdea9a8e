//! Beyond one machine: work that is planned once, done anywhere, and put together to one report.
//!
//! ```text
//! sources ──► make ──► plan.ndjson ──► task N ──► result ──┐
//!                                      task M ──► result ──┴──► merged report
//! ```
//!
//! Owns the two files between machines: the plan, and a task's result. A plan is lines of JSON: first the
//! plan itself, then its tasks. It names sources, their versions and options, never a secret: passwords
//! and keys stand in it as names of files. Does not own reading captures ([`crate::scan`]) nor what a report
//! is ([`crate::report`]). Called by [`crate::cli`].

mod make;
mod outcome;
mod shelf;

use std::io::{self, BufRead, Read as _, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::report::{json, text};
use crate::scan::{Found, Job, Place, Skipped};

pub use make::{Size, make};
pub use outcome::{Head, Outcome, read, write};
pub use shelf::Shelf;

/// The version of the shape of plans and results.
pub const SHAPE: u32 = 1;

/// A plan: its first line, and its tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The first line.
    pub head: PlanHead,
    /// The tasks, in the order in which a report tells of their captures.
    pub tasks: Vec<Task>,
}

/// The first line of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "type", rename = "plan")]
pub struct PlanHead {
    /// [`SHAPE`]
    pub shape: u32,
    /// Hash of the tasks: the same input gives the same plan.
    pub id: String,
    /// The version of the program that made it, which must do it as well.
    pub version: String,
    /// The options that all tasks are done with.
    pub options: Vec<String>,
    /// How many.
    pub tasks: u64,
    /// Sources in all of them.
    pub sources: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What was passed over when sources were looked for.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skipped: u64,
    /// The first of these, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped_named: Vec<(String, String)>,
}

/// What is done in one go.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "type", rename = "task")]
pub struct Task {
    /// Its number in this plan, from 0.
    pub n: u64,
    /// Hash of its sources, their versions, the options and the program's version.
    pub id: String,
    /// Bytes to read.
    pub bytes: u64,
    /// What is read as one capture each.
    pub sets: Vec<Set>,
}

/// Sources that are read as one capture, in the order of their packets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Set {
    /// The sources.
    pub sources: Vec<Source>,
    /// With a slice: the first of its own sources, and the first behind them. What stands before and behind
    /// is read along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<(usize, usize)>,
    /// With a slice: the set's number in the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slice_of: Option<usize>,
}

/// A capture file or object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Source {
    /// A path or a URL.
    pub url: String,
    /// What changes when its bytes do.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Bytes.
    pub size: u64,
    /// It was named itself and not found in a folder.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub named: bool,
    /// Why it cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What speaks against its being of the set, each with its kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<(String, String)>,
}

impl Plan {
    /// Writes it.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written.
    pub fn write(&self, mut out: impl Write) -> io::Result<()> {
        json::write_line(&self.head, &mut out)?;
        for task in &self.tasks {
            json::write_line(task, &mut out)?;
        }
        out.flush()
    }

    /// Reads a plan.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is none, or is of another version of the program.
    pub fn read(from: impl BufRead) -> io::Result<Self> {
        let mut lines = Lines(from);
        let head: PlanHead = lines.next()?.ok_or_else(|| invalid("it is empty"))?;
        if head.shape != SHAPE || head.version != env!("CARGO_PKG_VERSION") {
            return Err(invalid(format!(
                "it was made by unscramble {}, and this is {}: the same version must make a plan and do it",
                text::for_terminal(&head.version),
                env!("CARGO_PKG_VERSION")
            )));
        }
        let mut tasks: Vec<Task> = Vec::new();
        while let Some(task) = lines.next::<Task>()? {
            if task.n != tasks.len() as u64 || !task.is_sound(&head) {
                return Err(invalid(format!("task {} was changed", task.n)));
            }
            tasks.push(task);
        }
        if head.tasks != tasks.len() as u64 || head.id != id_of(&head, &tasks) {
            return Err(invalid("it is cut, or was changed"));
        }
        Ok(Self { head, tasks })
    }

    /// The task of a number or an id.
    #[must_use]
    pub fn task(&self, named: &str) -> Option<&Task> {
        if let Some(task) = self.tasks.iter().find(|task| task.id == named) {
            return Some(task);
        }
        self.tasks.get(named.parse::<usize>().ok()?)
    }

    /// What is left to do without these.
    #[must_use]
    pub fn without(mut self, done: impl Fn(&Task) -> bool) -> Self {
        self.tasks.retain(|task| !done(task));
        for (n, task) in (0..).zip(&mut self.tasks) {
            task.n = n;
        }
        make::count(&mut self.head, &self.tasks);
        self
    }
}

impl Task {
    /// The name of its result.
    #[must_use]
    pub fn name(&self) -> String {
        format!("task-{}.ndjson", self.id)
    }

    /// The number of the set that it is a slice of.
    #[must_use]
    pub fn slice_of(&self) -> Option<usize> {
        self.sets.first().and_then(|set| set.slice_of)
    }

    /// The sources that it tells of.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sets.iter().flat_map(|set| {
            let own = set.own_range();
            set.sources.iter().skip(own.start).take(own.len())
        })
    }

    /// What there is to read.
    #[must_use]
    pub fn jobs(&self) -> Found {
        Found {
            jobs: self.sets.iter().map(Set::job).collect(),
            skipped: Skipped::default(),
        }
    }

    fn is_sound(&self, head: &PlanHead) -> bool {
        let of_set = |set: &Set| {
            let own = set.own_range();
            own.start < own.end && own.end <= set.sources.len()
        };
        self.sets.iter().all(of_set) && self.id == hash(&(&head.version, &head.options, &self.sets))
    }
}

impl Set {
    fn own_range(&self) -> std::ops::Range<usize> {
        let (from, to) = self.own.unwrap_or((0, self.sources.len()));
        from..to
    }

    fn job(&self) -> Job {
        if let [source] = self.sources.as_slice()
            && let Some(why) = &source.error
        {
            return Job::Failed {
                label: source.label(),
                why: why.clone(),
            };
        }
        let own = self.own_range();
        let noted = self.sources.iter().enumerate();
        let noted = noted.skip(own.start).take(own.len());
        let doubts = noted.flat_map(|(at, source)| {
            let at = at.saturating_sub(own.start);
            source.notes.iter().map(move |note| (at, note))
        });
        let mut doubts: Vec<(usize, Diagnostic)> = doubts
            .filter_map(|(at, (kind, message))| {
                let kind = crate::report::own_word(kind)?;
                Some((at, Diagnostic::of_file(kind, message.clone())))
            })
            .collect();
        if self.own.is_some() {
            let first = self.sources.first().map(Source::label).unwrap_or_default();
            let message =
                format!("this set was read in slices: streams are counted from {first} on");
            doubts.push((0, Diagnostic::of_file("joined-slice", message)));
        }
        Job::Joined {
            parts: self.sources.iter().map(Source::job).collect(),
            doubts,
            own,
        }
    }
}

impl Source {
    /// What reports call it.
    #[must_use]
    pub fn label(&self) -> String {
        text::from_bytes(self.url.as_bytes()).into()
    }

    fn job(&self) -> Job {
        Job::File {
            label: self.label(),
            place: Place::at(&self.url, &self.version, self.size),
            named: self.named,
            size: self.size,
            version: Some(self.version.clone()),
        }
    }
}

/// Sixteen hexadecimal digits.
fn hash(of: &impl Serialize) -> String {
    let bytes = serde_json::to_vec(of).unwrap_or_default();
    let hash = Sha256::digest(&bytes);
    text::hex(hash.get(..8).unwrap_or_default())
}

fn id_of(head: &PlanHead, tasks: &[Task]) -> String {
    let ids: Vec<&str> = tasks.iter().map(|task| task.id.as_str()).collect();
    hash(&(&head.version, &head.options, ids, head.skipped))
}

fn invalid(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.into())
}

/// Lines of JSON.
struct Lines<R>(R);

impl<R: BufRead> Lines<R> {
    /// The next; `None` at the end. A last line without an ending was cut.
    fn next<T: for<'de> Deserialize<'de>>(&mut self) -> io::Result<Option<T>> {
        let mut line = Vec::new();
        let read = (&mut self.0)
            .take(limits::PLAN_LINE)
            .read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        if line.last() != Some(&b'\n') {
            return Err(invalid("it is cut in the middle of a line"));
        }
        let value = serde_json::from_slice(&line);
        value.map(Some).map_err(|error| invalid(error.to_string()))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}
