//! Colours by tone, and lines wrapped to a width: what the plain-text renderers share.
//!
//! Owns: escape sequences of our own. They are the only ones in any output: text out of the capture
//! is escaped before it is painted.

use anstyle::{AnsiColor, Style};

use crate::report::words::Tone;

/// What the terminal or file takes.
#[derive(Clone, Copy, Debug)]
pub struct Canvas {
    /// Columns.
    pub width: usize,
    /// Whether colours are wanted.
    pub color: bool,
    /// Whether to show what is left out otherwise (`-v`).
    pub verbose: bool,
}

impl Canvas {
    /// For files and pipes: readable in a ticket and in most windows, no colour.
    pub const PLAIN: Self = Self {
        width: 120,
        color: false,
        verbose: false,
    };

    /// Text in a tone's colour.
    #[must_use]
    pub fn tone(&self, text: &str, tone: Tone) -> String {
        self.paint(text, tone_style(tone))
    }

    /// Text in bold.
    #[must_use]
    pub fn strong(&self, text: &str) -> String {
        self.paint(text, Style::new().bold())
    }

    /// The first line of a finding: severity, code, title, wrapped and painted.
    pub fn finding_head(&self, out: &mut String, severity: &str, code: &str, title: &str) {
        let plain = format!("{severity}: {code}: ");
        let mut text = String::new();
        self.wrap(&mut text, "", &format!("{plain}{title}"));
        let tone = crate::report::words::severity_tone(severity);
        let painted = format!("{}: {}: ", self.tone(severity, tone), self.strong(code));
        out.push_str(&text.replacen(&plain, &painted, 1));
    }

    /// `warning: …`, wrapped and painted.
    pub fn warning(&self, out: &mut String, warning: &str) {
        let mut text = String::new();
        self.wrap(&mut text, "         ", warning);
        out.push_str(&self.tone("warning: ", Tone::Doubtful));
        out.push_str(text.trim_start());
    }

    fn paint(&self, text: &str, style: Style) -> String {
        if self.color {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// Appends `text` wrapped to the width, `first` before its first line and as many blanks
    /// before the others.
    pub fn wrap(&self, out: &mut String, first: &str, text: &str) {
        let blanks = " ".repeat(unicode_width::UnicodeWidthStr::width(first));
        let options = textwrap::Options::new(self.width.max(20))
            .initial_indent(first)
            .subsequent_indent(&blanks)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
        for line in textwrap::wrap(text, options) {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
}

/// The style of a tone.
const fn tone_style(tone: Tone) -> Style {
    let color = match tone {
        Tone::Good => AnsiColor::Green,
        Tone::Bad => AnsiColor::Red,
        Tone::Doubtful => AnsiColor::Yellow,
        Tone::Neutral => return Style::new(),
    };
    color.on_default()
}
