//! A task's result: one file that says all that a report needs of it.
//!
//! Owns the file's frame: which task of which plan it is, and that it is whole. What stands between is
//! [`crate::report::told`].

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

use super::{Lines, Plan, SHAPE, Task, invalid};
use crate::report::told::{End, Exchanges, Told};
use crate::report::{Builder, Selection, json, text};
use crate::scan::Scanned;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "type", rename = "task")]
pub struct Head {
    /// The version of the shape.
    pub shape: u32,
    /// The task.
    pub id: String,
    /// The version of the program that did it.
    pub version: String,
    /// The options that it was done with: those of the plan, and what was added.
    pub options: Vec<String>,
}

/// A result that was read.
#[derive(Debug)]
pub struct Outcome {
    /// Its first line.
    pub head: Head,
    /// What it tells.
    pub told: Vec<Told>,
    /// Its last line.
    pub end: End,
}

/// Writes the result of a task.
///
/// # Errors
///
/// When `out` cannot be written.
pub fn write(
    task: &Task,
    options: &[String],
    scanned: Scanned,
    builder: &Builder<'_>,
    selection: &Selection,
    out: &mut impl Write,
) -> io::Result<()> {
    let head = Head {
        shape: SHAPE,
        id: task.id.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        options: options.to_vec(),
    };
    json::write_line(&head, &mut *out)?;
    let slice = task.slice_of().is_some();
    let mut exchanges = Exchanges::default();
    for capture in scanned.captures {
        let mut tell = |told: &Told| json::write_line(told, &mut *out);
        builder.tell(capture, selection, slice, &mut exchanges, &mut tell)?;
    }
    let end = Told::End(End {
        skipped: scanned.skipped.count,
        skipped_files: builder.skipped(&scanned.skipped.named),
        warnings: builder.warnings(),
    });
    json::write_line(&end, out)
}

/// Reads the result of a task, which must be whole.
///
/// # Errors
///
/// When it cannot be read, is none, or is cut.
pub fn read(from: impl BufRead) -> io::Result<Outcome> {
    let mut lines = Lines(from);
    let head: Head = lines.next()?.ok_or_else(|| invalid("it is empty"))?;
    if head.shape != SHAPE || head.version != env!("CARGO_PKG_VERSION") {
        let version = text::for_terminal(&head.version);
        return Err(invalid(format!("it was written by unscramble {version}")));
    }
    let mut told = Vec::new();
    while let Some(line) = lines.next::<Told>()? {
        if let Told::End(end) = line {
            return match lines.next::<serde_json::Value>()? {
                None => Ok(Outcome { head, told, end }),
                Some(_) => Err(invalid("something stands behind its end")),
            };
        }
        told.push(line);
    }
    Err(invalid("its end is missing"))
}

impl Plan {
    /// The task that a result is of.
    #[must_use]
    pub fn task_of(&self, head: &Head) -> Option<usize> {
        self.tasks.iter().position(|task| task.id == head.id)
    }
}
