//! `--format json`: the model, field for field, with every character that would act on a reader's
//! terminal written as `\uXXXX`.
//!
//! Owns: JSON's escapes. Called by `cli` for `scan` and `verify`, and by the other formats that
//! are JSON.

mod compact;
mod line;

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, PrettyFormatter, Serializer};

use crate::report::text::must_escape;

/// A model as indented JSON, with a line feed behind it.
///
/// # Errors
///
/// When `out` cannot be written.
pub fn write(value: &impl Serialize, out: impl Write) -> io::Result<()> {
    write_as(value, out, PrettyFormatter::new())
}

/// The same in one line.
///
/// # Errors
///
/// When `out` cannot be written.
pub fn write_line(value: &impl Serialize, out: impl Write) -> io::Result<()> {
    write_as(value, out, CompactFormatter)
}

fn write_as(value: &impl Serialize, out: impl Write, style: impl Formatter) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(out, Escaping(style));
    value.serialize(&mut serializer).map_err(io::Error::from)?;
    serializer.into_inner().write_all(b"\n")
}

pub(in crate::report) use compact::{add_joined_line, add_line, add_value, joined_line};
pub(in crate::report) use line::Place;

/// A text in quotes, escaped.
fn add_text(text: &str, out: &mut Vec<u8>) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(out, Escaping(CompactFormatter));
    text.serialize(&mut serializer).map_err(io::Error::from)
}

/// The same in memory.
#[must_use]
pub fn render(value: &impl Serialize) -> Vec<u8> {
    let mut out = Vec::new();
    // A model has only string keys and a `Vec` takes all bytes, so that nothing can fail here.
    let _ = write(value, &mut out);
    out
}

/// Indents as the inner formatter does and escapes more.
struct Escaping<F>(F);

/// Hands the structure on to the inner formatter.
macro_rules! delegate {
    ($($name:ident($($arg:ident: $type:ty),*);)*) => {
        $(fn $name<W: ?Sized + Write>(&mut self, w: &mut W $(, $arg: $type)*) -> io::Result<()> {
            self.0.$name(w $(, $arg)*)
        })*
    };
}

impl<F: Formatter> Formatter for Escaping<F> {
    delegate! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        w: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // Almost all text is plain, and told to be so without looking at characters.
        if fragment.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return w.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| must_escape(*c)) {
            let (before, from) = rest.split_at(at);
            w.write_all(before.as_bytes())?;
            write_escape(w, c)?;
            rest = from.get(c.len_utf8()..).unwrap_or_default();
        }
        w.write_all(rest.as_bytes())
    }

    fn write_char_escape<W: ?Sized + Write>(
        &mut self,
        w: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        match escape {
            CharEscape::Quote => w.write_all(b"\\\""),
            CharEscape::ReverseSolidus => w.write_all(b"\\\\"),
            CharEscape::Solidus => w.write_all(b"\\/"),
            CharEscape::Backspace => write_escape(w, '\u{8}'),
            CharEscape::FormFeed => write_escape(w, '\u{c}'),
            CharEscape::LineFeed => write_escape(w, '\n'),
            CharEscape::CarriageReturn => write_escape(w, '\r'),
            CharEscape::Tab => write_escape(w, '\t'),
            CharEscape::AsciiControl(byte) => write_escape(w, char::from(byte)),
        }
    }
}

/// `\uXXXX`, as a surrogate pair beyond the basic plane.
fn write_escape<W: ?Sized + Write>(w: &mut W, c: char) -> io::Result<()> {
    c.encode_utf16(&mut [0; 2])
        .iter()
        .try_for_each(|unit| write!(w, "\\u{unit:04x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_escaped_and_reads_back_the_same() {
        for (text, json) in [
            ("plain \"q\" \\", r#""plain \"q\" \\""#),
            (
                "a\nb\tc\u{8}\u{c}\r",
                r#""a\u000ab\u0009c\u0008\u000c\u000d""#,
            ),
            (
                "\x1b[31m\0\u{7f}\u{9b}",
                r#""\u001b[31m\u0000\u007f\u009b""#,
            ),
            ("x\u{202e}y\u{2066}", r#""x\u202ey\u2066""#),
            ("\u{2028}\u{feff}", r#""\u2028\ufeff""#),
            ("\u{e0041}", r#""\udb40\udc41""#),
            ("žluť 😀", r#""žluť 😀""#),
        ] {
            let shown = String::from_utf8(render(&text)).unwrap();
            assert_eq!(shown.trim_end(), json);
            assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
        }
    }

    #[test]
    fn every_character_reads_back_and_none_acts() {
        let all: String = ('\0'..=char::MAX).collect();
        let shown = String::from_utf8(render(&all)).unwrap();
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), all);
        assert!(!shown.trim_end().chars().any(must_escape));
    }

    #[test]
    fn keys_are_escaped_as_values_are() {
        let map = std::collections::BTreeMap::from([("k\u{202e}\n", 1)]);
        let shown = String::from_utf8(render(&map)).unwrap();
        assert_eq!(shown, "{\n  \"k\\u202e\\u000a\": 1\n}\n");
    }
}
