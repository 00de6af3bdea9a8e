//! The escaper behind every `{{ … }}` of the templates.
//!
//! Owns: what a captured character becomes in HTML. Nothing in the templates is marked safe but
//! the style sheet, the script and their policy, which hold nothing of a capture.

use std::fmt::{self, Write};

use crate::report::text::must_escape;

/// Markup's five characters as entities, what acts without being seen as a visible escape.
#[derive(Clone, Copy, Debug)]
pub struct Visible;

impl askama::filters::Escaper for Visible {
    fn write_escaped_str<W: Write>(&self, mut dest: W, string: &str) -> fmt::Result {
        string.chars().try_for_each(|c| character(&mut dest, c))
    }

    fn write_escaped_char<W: Write>(&self, mut dest: W, c: char) -> fmt::Result {
        character(&mut dest, c)
    }
}

fn character(dest: &mut impl Write, c: char) -> fmt::Result {
    match c {
        '&' => dest.write_str("&amp;"),
        '<' => dest.write_str("&lt;"),
        '>' => dest.write_str("&gt;"),
        '"' => dest.write_str("&quot;"),
        '\'' => dest.write_str("&#39;"),
        '\n' => dest.write_str("\\n"),
        '\r' => dest.write_str("\\r"),
        '\t' => dest.write_str("\\t"),
        c if must_escape(c) => write!(dest, "\\u{{{:x}}}", u32::from(c)),
        c => dest.write_char(c),
    }
}

#[cfg(test)]
mod tests {
    use askama::filters::Escaper as _;

    #[test]
    fn nothing_acts() {
        let mut out = String::new();
        let hostile = "<b a='1' c=\"2\">&\u{1b}[0m\n\u{202e}";
        super::Visible.write_escaped_str(&mut out, hostile).unwrap();
        assert_eq!(
            out,
            r"&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;\u{1b}[0m\n\u{202e}"
        );
    }
}
