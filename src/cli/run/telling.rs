//! How a report is told: which format goes where, and what the exit code says of it.
//!
//! Shared by `scan` and `merge`.

use std::path::PathBuf;

use crate::cli::args::{CsvRows, Format, Telling};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::run::columns;
use crate::cli::trouble::Trouble;
use crate::report::model::{Report, Status};
use crate::report::paint::Canvas;
use crate::report::{csv, html, json, markdown, sarif, summary, table};

/// What goes to standard output when all is done.
pub(super) fn standard_output(
    telling: &Telling,
    report: &Report,
    console: Console,
    written: &str,
) -> Vec<u8> {
    let format = match telling.format {
        None if !telling.output.is_empty() => None,
        // The tables are in their folder.
        Some(Format::Parquet) => None,
        None | Some(Format::Table) if console.quiet() => None,
        None => Some(Format::Table),
        given => given,
    };
    match format {
        // Its lines are out, or it is no text.
        Some(Format::Ndjson | Format::Arrow) => Vec::new(),
        Some(format) => render(telling, report, format, &console.canvas(), written),
        None => format!("{}\n", summary::line(report)).into_bytes(),
    }
}

pub(super) fn render(
    telling: &Telling,
    report: &Report,
    format: Format,
    canvas: &Canvas,
    written: &str,
) -> Vec<u8> {
    match format {
        Format::Table => table::render(report, canvas).into_bytes(),
        Format::Json => json::render(report),
        Format::Csv if telling.csv_rows == CsvRows::Summary => csv::render_summary(report),
        Format::Csv => csv::render(report),
        Format::Markdown => markdown::render(report, written).into_bytes(),
        Format::Html => html::render(report, written).into_bytes(),
        Format::Sarif => sarif::render(report),
        // Written while the scan runs, or into other places.
        Format::Ndjson | Format::Parquet | Format::Arrow => Vec::new(),
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

/// Writes the tables; whether something went wrong.
pub(super) fn write_folders(report: &Report, folders: &[PathBuf], console: Console) -> bool {
    let mut any = false;
    for folder in folders {
        if let Err(error) = columns::write_folder(report, folder) {
            console.error(&error);
            any = true;
        }
    }
    any
}
