//! `--format parquet` and `arrow`: columns, for engines; with the feature `parquet`.

use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use crate::cli::args::{Format, Telling, What};
use crate::cli::console::{Console, Printed};
use crate::cli::output::Output;
use crate::cli::trouble::Trouble;
use crate::report::model::Report;

/// Where a report goes: files, and folders of Parquet files.
pub(super) struct Places {
    pub(super) files: Vec<Output>,
    pub(super) folders: Vec<PathBuf>,
}

/// Prepares the places, so that what cannot be written is told before the work begins.
pub(super) fn places(telling: &Telling) -> Result<Places, Trouble> {
    let parquet = telling.format == Some(Format::Parquet);
    let is_folder = |path: &&PathBuf| {
        let ending = path.extension();
        ending.is_some_and(|ending| ending == "parquet")
            || (parquet && (ending.is_none() || path.is_dir()))
    };
    let (folders, files): (Vec<&PathBuf>, Vec<&PathBuf>) =
        telling.output.iter().partition(is_folder);
    if parquet && folders.is_empty() {
        return Err(Trouble::new("--format parquet writes several files").hint(
            "give a folder for them with -o; one table goes to standard output with --format arrow",
        ));
    }
    let arrow = telling.format == Some(Format::Arrow);
    if parquet || arrow || !folders.is_empty() {
        built_in()?;
    }
    if arrow && io::stdout().is_terminal() {
        return Err(Trouble::new("--format arrow is nothing for a terminal")
            .hint("give standard output to a program or a file"));
    }
    for folder in &folders {
        std::fs::create_dir_all(folder).map_err(|error| cannot(folder, &error))?;
    }
    Ok(Places {
        files: files
            .into_iter()
            .map(|path| Output::create(path))
            .collect::<Result<_, _>>()?,
        folders: folders.into_iter().cloned().collect(),
    })
}

fn cannot(folder: &Path, error: &dyn std::fmt::Display) -> Trouble {
    Trouble::new(format!("cannot write {}: {error}", folder.display()))
}

/// Whether this build has it.
fn built_in() -> Result<(), Trouble> {
    if cfg!(feature = "parquet") {
        return Ok(());
    }
    Err(Trouble::new("this build writes neither Parquet nor Arrow")
        .hint("build it with: cargo install --path . --features parquet"))
}

/// Writes the tables into a folder.
pub(super) fn write_folder(report: &Report, folder: &Path) -> Result<(), Trouble> {
    #[cfg(feature = "parquet")]
    return crate::tables::write_parquet(report, folder).map_err(|error| cannot(folder, &error));
    #[cfg(not(feature = "parquet"))]
    {
        let _ = (report, folder);
        built_in()
    }
}

/// Writes a table as a stream.
pub(super) fn write_stream(report: &Report, what: What, out: impl Write) -> io::Result<()> {
    #[cfg(feature = "parquet")]
    {
        use crate::tables::{Table, write_arrow};
        let table = match what {
            What::Logins => Table::Logins,
            What::Captures => Table::Captures,
            What::Findings => Table::Findings,
            What::Tallies => Table::Tallies,
        };
        write_arrow(table, report, out).map_err(|e| io_error(&*e))
    }
    #[cfg(not(feature = "parquet"))]
    {
        let _ = (report, what, out);
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// An error of the library that wraps one of writing.
#[cfg(feature = "parquet")]
fn io_error(error: &(dyn std::error::Error + Send + Sync + 'static)) -> io::Error {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(deeper) = source {
        if let Some(found) = deeper.downcast_ref::<io::Error>() {
            return found.kind().into();
        }
        source = deeper.source();
    }
    if error.to_string().contains("Broken pipe") {
        return io::ErrorKind::BrokenPipe.into();
    }
    io::Error::other(error.to_string())
}

/// Standard output as it is: a stream of bytes is no text to take colours out of.
pub(super) fn print(
    write: impl FnOnce(&mut BufWriter<io::StdoutLock<'static>>) -> io::Result<()>,
) -> Result<Printed, Trouble> {
    let mut out = BufWriter::new(io::stdout().lock());
    Console::printed(write(&mut out).and_then(|()| out.flush()))
}

/// The result of a task as a stream, which is written to a file first.
pub(super) fn print_lines(task: &str, lines: impl io::BufRead) -> Result<Printed, Trouble> {
    #[cfg(feature = "parquet")]
    {
        let mut all = crate::tables::Lines::new(task);
        let hear = || -> io::Result<()> {
            for line in lines.lines() {
                all.line(&line?).map_err(|e| io_error(&*e))?;
            }
            Ok(())
        };
        hear().map_err(|error| Trouble::new(format!("the result cannot be read: {error}")))?;
        print(|out| all.write(out).map_err(|e| io_error(&*e)))
    }
    #[cfg(not(feature = "parquet"))]
    {
        let _ = (task, lines);
        built_in().map(|()| Printed::Whole)
    }
}
