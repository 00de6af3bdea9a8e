//! How a report is told: which format goes where, and what the exit code says of it.
//!
//! Shared by `scan` and `merge`.

use std::path::PathBuf;

use crate::cli::args::{CsvRows, Format, Telling};
use crate::cli::console::{Console, Printed};
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::run::columns;
use crate::cli::trouble::Trouble;
use crate::report::model::{Report, Status};
use crate::report::paint::Canvas;
use crate::report::{csv, html, json, markdown, sarif, summary, table};

/// A report on its way out.
pub(super) struct Outgoing<'a> {
    pub(super) telling: &'a Telling,
    pub(super) report: &'a Report,
    pub(super) console: Console,
    /// The time of writing.
    pub(super) written: &'a str,
}

impl Outgoing<'_> {
    /// Into a file of any format but lines, which whoever has the logins writes.
    pub(super) fn write(&self, output: Output) -> Result<(), Trouble> {
        match output.format {
            Format::Json => output.write_by(|file| json::write(self.report, file)),
            Format::Arrow => {
                let table = self.telling.table;
                output.write_by(|file| columns::write_stream(self.report, table, file))
            }
            format => output.write(&self.render(format, &self.console.file_canvas())),
        }
    }

    /// The tables into folders; whether something went wrong.
    pub(super) fn write_folders(&self, folders: &[PathBuf]) -> bool {
        let mut any = false;
        for folder in folders {
            if let Err(error) = columns::write_folder(self.report, folder) {
                self.console.error(&error);
                any = true;
            }
        }
        any
    }

    /// To standard output.
    pub(super) fn print(&self) -> Result<Printed, Trouble> {
        let Self {
            telling,
            report,
            console,
            ..
        } = *self;
        let format = match telling.format {
            None if !telling.output.is_empty() => None,
            // The tables are in their folder.
            Some(Format::Parquet) => None,
            None | Some(Format::Table) if console.quiet() => None,
            None => Some(Format::Table),
            given => given,
        };
        match format {
            // Its lines are out.
            Some(Format::Ndjson) => Ok(Printed::Whole),
            Some(Format::Json) => console.print_by(|out| json::write(report, out)),
            Some(Format::Arrow) => {
                columns::print(|out| columns::write_stream(report, telling.table, out))
            }
            Some(format) => console.print(&self.render(format, &console.canvas())),
            None => console.print(format!("{}\n", summary::line(report)).as_bytes()),
        }
    }

    fn render(&self, format: Format, canvas: &Canvas) -> Vec<u8> {
        let (report, written) = (self.report, self.written);
        match format {
            Format::Table => table::render(report, canvas).into_bytes(),
            Format::Json => json::render(report),
            Format::Csv if self.telling.csv_rows == CsvRows::Summary => csv::render_summary(report),
            Format::Csv => csv::render(report),
            Format::Markdown => markdown::render(report, written).into_bytes(),
            Format::Html => html::render(report, written).into_bytes(),
            Format::Sarif => sarif::render(report),
            // These go other ways.
            Format::Ndjson | Format::Parquet | Format::Arrow => Vec::new(),
        }
    }
}

/// Says what could not be read; whether there was any.
pub(super) fn complain(report: &Report, console: Console) -> bool {
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
pub(super) const fn exit(interrupted: bool, trouble: bool, fails: bool) -> Exit {
    if interrupted {
        Exit::Interrupted
    } else if trouble {
        Exit::Trouble
    } else if fails {
        Exit::Finding
    } else {
        Exit::Success
    }
}
