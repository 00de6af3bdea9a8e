//! `--format ndjson`: one line a login as soon as it is known, then what looks across logins, one
//! line a capture, last the summary.
//!
//! Owns: the lines and their order within a capture. Called by `cli` while a scan runs. Of a
//! line that was written nothing is kept but what those like it have in common (`mould`).

mod mould;

use std::collections::BTreeSet;
use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::report::build::Builder;
use crate::report::model::{Capture, Diagnostic, Finding, Login, Report, Status, Summary, Tool};
use crate::report::{CaptureReport, ExaminedLogin, Numbering, json};
use mould::Moulds;

/// Bytes of lines that wait to be written at once.
const WRITTEN_AT_ONCE: usize = 64 << 10;

/// A line.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Line<'a> {
    /// A login, as soon as it is known.
    Login {
        /// The path of its capture.
        capture: &'a str,
        /// What that login alone shows, in full; `findings` has the codes.
        finding_details: Vec<Finding>,
        /// The login.
        #[serde(flatten)]
        login: &'a Login,
    },
    /// A finding that rests on several logins.
    Finding(Finding),
    /// A capture that is through.
    Capture(CaptureLine<'a>),
    /// The last line.
    Summary(SummaryLine<'a>),
}

/// What a login's line has besides the login: [`Line::Login`], written without a map of its fields.
#[derive(Serialize)]
struct LoginHead<'a> {
    r#type: &'static str,
    capture: &'a str,
    finding_details: &'a [Finding],
}

impl<'a> LoginHead<'a> {
    const fn new(capture: &'a str, finding_details: &'a [Finding]) -> Self {
        Self {
            r#type: "login",
            capture,
            finding_details,
        }
    }
}

/// A capture without its logins.
#[derive(Debug, JsonSchema, Serialize)]
pub struct CaptureLine<'a> {
    /// As given or found; `-` for standard input.
    path: &'a str,
    /// How reading it ended.
    status: Status,
    /// Why it failed.
    error: Option<&'a str>,
    /// `pcap`, `pcapng`
    format: Option<&'a str>,
    /// `gzip`, `zstd`, `lz4`, `xz`
    compression: Option<&'a str>,
    /// Bytes of the file as it is stored.
    bytes: u64,
    /// Packets read.
    packets: u64,
    /// TCP conversations.
    connections: u64,
    /// What could not be read, and what was there instead of a login.
    diagnostics: &'a [Diagnostic],
}

impl<'a> CaptureLine<'a> {
    fn of(capture: &'a Capture) -> Self {
        Self {
            path: &capture.path,
            status: capture.status,
            error: capture.error.as_deref(),
            format: capture.format,
            compression: capture.compression,
            bytes: capture.bytes,
            packets: capture.packets,
            connections: capture.connections,
            diagnostics: &capture.diagnostics,
        }
    }
}

/// The numbers, and what a reader of the whole must know.
#[derive(Debug, JsonSchema, Serialize)]
pub struct SummaryLine<'a> {
    /// As in the report.
    schema_version: &'a str,
    /// Which program wrote it.
    tool: Tool,
    /// What the reader must know before handing the report on.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    warnings: &'a [&'a str],
    /// The numbers.
    #[serde(flatten)]
    summary: &'a Summary,
}

/// Writes a report that is whole as lines: what a scan that had made it would have written. `across`: which
/// of its findings rest on several logins.
///
/// # Errors
///
/// When `out` cannot be written.
pub fn write(report: &Report, across: &BTreeSet<usize>, mut out: impl Write) -> io::Result<()> {
    let mut waiting = Vec::new();
    let mut pass_on = |waiting: &mut Vec<u8>| {
        if waiting.len() > WRITTEN_AT_ONCE {
            out.write_all(waiting)?;
            waiting.clear();
        }
        Ok::<(), io::Error>(())
    };
    let alone = report.findings.iter().enumerate();
    let mut alone = alone.filter(|(at, _)| !across.contains(at)).peekable();
    for capture in &report.captures {
        for login in &capture.logins {
            let mut own = Vec::new();
            while let Some((_, finding)) = alone.next_if(|(_, finding)| {
                (finding.stream, finding.attempt) == (Some(login.stream), login.attempt)
                    && finding.capture.as_deref() == Some(&capture.path)
            }) {
                own.push(finding.clone());
            }
            let mut login = login.clone();
            login.findings.truncate(own.len());
            login.related.clear();
            let head = LoginHead::new(&capture.path, &own);
            json::add_joined_line(&head, &login, &mut waiting)?;
            pass_on(&mut waiting)?;
        }
    }
    for (at, finding) in report.findings.iter().enumerate() {
        if across.contains(&at) {
            json::add_line(&Line::Finding(finding.clone()), &mut waiting)?;
            pass_on(&mut waiting)?;
        }
    }
    for capture in &report.captures {
        json::add_line(&Line::Capture(CaptureLine::of(capture)), &mut waiting)?;
        pass_on(&mut waiting)?;
    }
    let summary = Line::Summary(SummaryLine {
        schema_version: report.schema_version,
        tool: report.tool,
        warnings: &report.warnings,
        summary: &report.summary,
    });
    json::add_line(&summary, &mut waiting)?;
    out.write_all(&waiting)?;
    out.flush()
}

/// Makes the lines of a file's logins. Those that are like one before are not made anew.
pub struct Pen<'a> {
    builder: &'a Builder<'a>,
    moulds: Moulds,
}

impl<'a> Pen<'a> {
    /// Tells what `builder` lets through.
    #[must_use]
    pub fn new(builder: &'a Builder<'a>) -> Self {
        Self {
            builder,
            moulds: Moulds::default(),
        }
    }

    /// Adds the line of a login of the capture at `path`; `numbering` is that of joined captures.
    ///
    /// # Errors
    ///
    /// When it is no JSON, which no login is.
    pub fn add_login(
        &mut self,
        path: &str,
        numbering: Option<&Numbering>,
        examined: &ExaminedLogin,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        let builder = self.builder;
        let redactor = builder.redactor();
        redactor.learn(&examined.login);
        let capture = redactor.path(path);
        let details = examined.findings.iter();
        let detail = |finding| builder.finding(finding, Some(capture.clone()), numbering);
        let details: Vec<Finding> = details.map(detail).collect();
        let head = LoginHead::new(&capture, &details);
        if numbering.is_none() {
            return self.moulds.add(builder, &head, examined, out);
        }
        let login = builder.login(examined, &[], numbering);
        json::add_joined_line(&head, &login, out)
    }
}

/// Writes lines.
pub struct Lines<'a, W> {
    pen: Pen<'a>,
    out: W,
    /// Lines that were not written yet.
    waiting: Vec<u8>,
}

impl<'a, W: Write> Lines<'a, W> {
    /// Writes to `out` what `builder` lets through.
    pub fn new(builder: &'a Builder<'a>, out: W) -> Self {
        Self {
            pen: Pen::new(builder),
            out,
            waiting: Vec::new(),
        }
    }

    /// A login of the capture at `path` is known; `numbering` is that of joined captures.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written.
    pub fn login(
        &mut self,
        path: &str,
        numbering: Option<&Numbering>,
        examined: &ExaminedLogin,
    ) -> io::Result<()> {
        let mut line = Vec::new();
        self.pen.add_login(path, numbering, examined, &mut line)?;
        self.write(&line)
    }

    /// Lines that were made before, with a [`Pen`].
    ///
    /// # Errors
    ///
    /// When `out` cannot be written.
    pub fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        if self.waiting.len().saturating_add(lines.len()) > WRITTEN_AT_ONCE {
            self.flush()?;
            if lines.len() > WRITTEN_AT_ONCE {
                return self.out.write_all(lines);
            }
        }
        self.waiting.extend_from_slice(lines);
        Ok(())
    }

    /// All captures are through: what their logins show together, the captures, the summary.
    /// `captures` are those that `report` was built from.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written.
    pub fn end(&mut self, captures: &[CaptureReport], report: &Report) -> io::Result<()> {
        let builder = self.pen.builder;
        for capture in captures {
            let path = builder.redactor().path(&capture.path);
            for finding in &capture.across {
                let numbering = capture.numbering.as_deref();
                let finding = builder.finding(finding, Some(path.clone()), numbering);
                self.line(&Line::Finding(finding))?;
            }
        }
        for capture in &report.captures {
            self.line(&Line::Capture(CaptureLine::of(capture)))?;
        }
        self.line(&Line::Summary(SummaryLine {
            schema_version: report.schema_version,
            tool: report.tool,
            warnings: &report.warnings,
            summary: &report.summary,
        }))?;
        self.flush()
    }

    /// What was written to; what was not flushed is lost.
    pub fn into_inner(self) -> W {
        self.out
    }

    /// Writes what waits: somebody may be waiting for it. To be called whenever nothing more comes
    /// at once.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let written = self.out.write_all(&self.waiting);
        self.waiting.clear();
        written?;
        self.out.flush()
    }

    fn line(&mut self, line: &Line<'_>) -> io::Result<()> {
        json::add_line(line, &mut self.waiting)?;
        if self.waiting.len() > WRITTEN_AT_ONCE {
            self.flush()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Redactor, testing};

    #[test]
    fn a_login_is_written_as_its_line_is_described() {
        let redactor = Redactor::default();
        let builder = Builder::new(&redactor);
        for examined in [testing::switched(0), testing::accepted(1)] {
            let mut written = Vec::new();
            Pen::new(&builder)
                .add_login("a.pcap", None, &examined, &mut written)
                .unwrap();
            let detail = |finding| builder.finding(finding, Some("a.pcap".into()), None);
            let line = Line::Login {
                capture: "a.pcap",
                finding_details: examined.findings.iter().map(detail).collect(),
                login: &builder.login(&examined, &[], None),
            };
            let mut described = Vec::new();
            json::write_line(&line, &mut described).unwrap();
            assert_eq!(
                String::from_utf8(written).unwrap(),
                String::from_utf8(described).unwrap()
            );
        }
    }
}
