//! The two streams: reports to standard output, everything else to standard error.
//!
//! Owns width, colour, closed pipes and the look of messages. A write to a closed standard error
//! is given up silently: there is nobody to tell.

use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write as _};

use anstream::{AutoStream, ColorChoice};

use crate::cli::args::{Talk, When};
use crate::cli::trouble::Trouble;
use crate::report::paint::Canvas;
use crate::report::text::for_terminal;

/// What became of a report that was to be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Printed {
    /// All of it.
    Whole,
    /// The reader had enough (`| head`): that is success.
    Closed,
}

/// How to talk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Console {
    choice: ColorChoice,
    verbose: bool,
    quiet: bool,
}

impl Console {
    pub(super) const fn new(talk: Talk) -> Self {
        Self {
            choice: match talk.color {
                When::Auto => ColorChoice::Auto,
                When::Always => ColorChoice::Always,
                When::Never => ColorChoice::Never,
            },
            verbose: talk.verbose,
            quiet: talk.quiet,
        }
    }

    /// Before any option was read.
    pub(super) const fn plain() -> Self {
        Self {
            choice: ColorChoice::Auto,
            verbose: false,
            quiet: false,
        }
    }

    pub(super) const fn verbose(self) -> bool {
        self.verbose
    }

    pub(super) const fn quiet(self) -> bool {
        self.quiet
    }

    /// What standard output takes. A terminal's own width; for pipes a fixed one.
    pub(super) fn canvas(self) -> Canvas {
        let stdout = io::stdout();
        let terminal = stdout
            .is_terminal()
            .then(terminal_size::terminal_size)
            .flatten();
        let chosen = match self.choice {
            ColorChoice::Auto => AutoStream::choice(&stdout),
            chosen => chosen,
        };
        Canvas {
            width: terminal.map_or(Canvas::PLAIN.width, |(width, _)| {
                usize::from(width.0).max(40)
            }),
            color: chosen != ColorChoice::Never,
            verbose: self.verbose,
        }
    }

    /// What running text takes: lines longer than this are hard to read.
    pub(super) fn page(self) -> Canvas {
        let canvas = self.canvas();
        Canvas {
            width: canvas.width.min(100),
            ..canvas
        }
    }

    /// What a file takes.
    pub(super) fn file_canvas(self) -> Canvas {
        Canvas {
            verbose: self.verbose,
            ..Canvas::PLAIN
        }
    }

    /// Prints a report.
    pub(super) fn print(self, report: &[u8]) -> Result<Printed, Trouble> {
        let mut out = AutoStream::new(io::stdout().lock(), self.choice);
        Self::printed(out.write_all(report).and_then(|()| out.flush()))
    }

    /// Prints a report as it is made, so that it need not stand in memory.
    pub(super) fn print_by(
        self,
        write: impl FnOnce(&mut BufWriter<AutoStream<StdoutLock<'static>>>) -> io::Result<()>,
    ) -> Result<Printed, Trouble> {
        let out = AutoStream::new(io::stdout().lock(), self.choice);
        let mut out = BufWriter::new(out);
        Self::printed(write(&mut out).and_then(|()| out.flush()))
    }

    /// What became of printing.
    pub(super) fn printed(written: io::Result<()>) -> Result<Printed, Trouble> {
        match written {
            Ok(()) => Ok(Printed::Whole),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Printed::Closed),
            Err(error) => Err(Trouble::new(format!(
                "cannot write to standard output: {}",
                crate::scan::reason(&error)
            ))),
        }
    }

    /// `error: …`, `hint: …`
    pub(super) fn error(self, trouble: &Trouble) {
        self.message("error", anstyle::AnsiColor::Red, &trouble.what);
        if let Some(hint) = trouble.hint.as_ref().filter(|_| !self.quiet) {
            self.message("hint", anstyle::AnsiColor::Cyan, hint);
        }
    }

    /// `warning: …`
    pub(super) fn warning(self, text: &str) {
        self.message("warning", anstyle::AnsiColor::Yellow, text);
    }

    /// A heading and lines below it.
    pub(super) fn list(self, heading: &str, lines: &[String]) {
        let mut err = AutoStream::new(io::stderr().lock(), self.choice);
        let _ = writeln!(err, "{}", for_terminal(heading));
        for line in lines {
            let _ = writeln!(err, "  {}", for_terminal(line));
        }
    }

    fn message(self, label: &str, color: anstyle::AnsiColor, text: &str) {
        let style = color.on_default().bold();
        let mut err = AutoStream::new(io::stderr().lock(), self.choice);
        // Paths may hold anything; and a message is one line.
        let _ = writeln!(err, "{style}{label}:{style:#} {}", for_terminal(text));
    }
}
