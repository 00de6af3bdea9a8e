//! Report files: the format by their ending, and written whole or not at all.
//!
//! The temporary file beside the target is made before the work begins, so that a folder that does
//! not exist or takes no files is told at once.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::cli::args::{CompareFormat, Format};
use crate::cli::trouble::Trouble;
use crate::draft::draft_in;
use crate::scan::reason;

/// A report file that is to be written. Dropped before [`Output::write`], it leaves nothing.
#[derive(Debug)]
pub(super) struct Output<F = Format> {
    pub(super) format: F,
    file: Draft,
}

impl Output {
    /// Prepares writing to `path`.
    pub(super) fn create(path: &Path) -> Result<Self, Trouble> {
        let format = format_of(path)?;
        let file = Draft::create(path)?;
        Ok(Self { format, file })
    }
}

impl Output<CompareFormat> {
    /// Prepares writing a comparison to `path`.
    pub(super) fn create_comparison(path: &Path) -> Result<Self, Trouble> {
        let format = comparison_of(path)?;
        let file = Draft::create(path)?;
        Ok(Self { format, file })
    }
}

impl<F> Output<F> {
    /// Writes it.
    pub(super) fn write(mut self, report: &[u8]) -> Result<(), Trouble> {
        let written = self.file.draft.write_all(report);
        self.file.finish(written)
    }

    /// Writes it as it is made, so that it need not stand in memory.
    pub(super) fn write_by(
        self,
        write: impl FnOnce(&mut BufWriter<&File>) -> std::io::Result<()>,
    ) -> Result<(), Trouble> {
        let mut out = BufWriter::new(self.file.file());
        let written = write(&mut out).and_then(|()| out.flush());
        drop(out);
        self.file.finish(written)
    }

    /// What to write into, for a format that is written piece by piece.
    pub(super) fn file(&self) -> &File {
        self.file.file()
    }

    /// Puts what was written piece by piece in its place.
    pub(super) fn keep(self) -> Result<(), Trouble> {
        self.file.finish(Ok(()))
    }
}

/// A file that is to be written whole or not at all. Dropped before [`Draft::finish`], it leaves
/// nothing.
#[derive(Debug)]
pub(super) struct Draft {
    target: PathBuf,
    draft: NamedTempFile,
}

impl Draft {
    /// Prepares writing to `path`.
    pub(super) fn create(path: &Path) -> Result<Self, Trouble> {
        if path.is_dir() {
            return Err(Trouble::new(format!("{} is a folder", path.display()))
                .hint("give --output the name of a file in it"));
        }
        // A link stays a link: what it points to is replaced.
        let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let folder = match target.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let draft = draft_in(folder).map_err(|error| {
            Trouble::new(format!(
                "cannot write {}: {}",
                path.display(),
                reason(&error)
            ))
            .hint("the folder must exist and take new files")
        })?;
        Ok(Self { target, draft })
    }

    /// What to write into.
    pub(super) fn file(&self) -> &File {
        self.draft.as_file()
    }

    /// Puts it in its place, if writing it went well.
    pub(super) fn finish(self, written: std::io::Result<()>) -> Result<(), Trouble> {
        let trouble = |error: &std::io::Error| not_written(&self.target, error);
        written.map_err(|e| trouble(&e))?;
        self.draft.as_file().sync_all().map_err(|e| trouble(&e))?;
        match self.draft.persist(&self.target) {
            Ok(_) => Ok(()),
            Err(error) => Err(not_written(&self.target, &error.error)),
        }
    }
}

fn not_written(target: &Path, error: &std::io::Error) -> Trouble {
    Trouble::new(format!(
        "cannot write {}: {}",
        target.display(),
        reason(error)
    ))
}

fn comparison_of(path: &Path) -> Result<CompareFormat, Trouble> {
    let ending = path.extension().map(std::ffi::OsStr::to_ascii_lowercase);
    match ending.as_deref().and_then(std::ffi::OsStr::to_str) {
        Some("txt") => Ok(CompareFormat::Table),
        Some("json") => Ok(CompareFormat::Json),
        Some("md" | "markdown") => Ok(CompareFormat::Markdown),
        Some("html" | "htm") => Ok(CompareFormat::Html),
        _ => Err(Trouble::new(format!(
            "--output {}: the file's ending names no format of a comparison",
            path.display()
        ))
        .hint("use .txt (the table), .json, .md or .html")),
    }
}

fn format_of(path: &Path) -> Result<Format, Trouble> {
    let ending = path.extension().map(std::ffi::OsStr::to_ascii_lowercase);
    match ending.as_deref().and_then(std::ffi::OsStr::to_str) {
        Some("txt") => Ok(Format::Table),
        Some("json") => Ok(Format::Json),
        Some("ndjson") => Ok(Format::Ndjson),
        Some("csv") => Ok(Format::Csv),
        Some("md" | "markdown") => Ok(Format::Markdown),
        Some("html" | "htm") => Ok(Format::Html),
        Some("sarif") => Ok(Format::Sarif),
        Some("arrow") if cfg!(feature = "parquet") => Ok(Format::Arrow),
        _ => Err(Trouble::new(format!(
            "--output {}: the file's ending names no format",
            path.display()
        ))
        .hint("use .txt (the table), .json, .ndjson, .csv, .md, .html or .sarif")),
    }
}
