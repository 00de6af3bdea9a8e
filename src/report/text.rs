//! Text out of a capture, made harmless for the place it goes to.
//!
//! Owns: bytes → text ([`from_bytes`]), which characters must never reach a reader as themselves
//! ([`must_escape`]), and the visible escapes for terminals. Does not own: what is secret (that is
//! [`super::redact`], which runs before) nor the escapes of one format alone (JSON's are in
//! [`super::json`]). Every renderer calls it.

use std::fmt::Write as _;
use std::net::IpAddr;

use smol_str::{SmolStrBuilder, ToSmolStr as _};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// A text of a report. Most are short (names, addresses, versions), and up to 23 bytes need no allocation.
pub type Text = smol_str::SmolStr;

/// Bytes as text: what is UTF-8 stays, every other byte becomes `\xNN`.
#[must_use]
pub fn from_bytes(bytes: &[u8]) -> Text {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.into();
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            push(&mut text, format_args!("\\x{byte:02x}"));
        }
    }
    text.into()
}

/// An address as it is usually written. Each login has two, nearly all of IPv4: these go without the
/// standard library's formatting, which takes ten times as long.
#[must_use]
pub fn address(address: IpAddr) -> Text {
    let IpAddr::V4(address) = address else {
        return address.to_smolstr();
    };
    let mut text = SmolStrBuilder::new();
    for (place, octet) in address.octets().into_iter().enumerate() {
        if place > 0 {
            text.push('.');
        }
        text.push_str(itoa::Buffer::new().format(octet));
    }
    text.finish()
}

/// Whether a character would act on a terminal or an editor instead of being seen: controls (C0,
/// DEL, C1), format characters (category Cf: bidirectional controls, zero-width characters, tags),
/// line and paragraph separators, noncharacters, and the fillers and variation selectors in which
/// text can be hidden.
#[must_use]
pub fn must_escape(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    matches!(
        c.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    ) || is_noncharacter(c)
        || is_invisible(c)
}

/// Code points that will never be characters: U+FDD0…U+FDEF and the last two of each plane.
const fn is_noncharacter(c: char) -> bool {
    let code = c as u32;
    matches!(code, 0xFDD0..=0xFDEF) || code & 0xFFFE == 0xFFFE
}

/// Characters that show nothing though they are letters or marks (Unicode's
/// `Default_Ignorable_Code_Point`, as far as it is not Cf; U+FE0F and its kin stay, emoji use them).
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{034F}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{17B4}'
            | '\u{17B5}'
            | '\u{3164}'
            | '\u{FFA0}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Text for a terminal or a plain text file: what [`must_escape`] names becomes visible
/// (`\n`, `\u{1b}`), so that one text stays one line and cannot command the terminal.
#[must_use]
pub fn for_terminal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if must_escape(c) => push(&mut out, format_args!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// The same, cut to `max` characters of which the last is then an ellipsis.
#[must_use]
pub fn for_cell(text: &str, max: usize) -> String {
    // Escaping only lengthens, so that `max` characters of the input are enough: 64 KiB of
    // hostile text cost no more than a short one.
    let head = text.chars().take(max.saturating_add(1)).collect::<String>();
    shorten(&for_terminal(&head), max)
}

/// Cut to `max` characters of which the last is then an ellipsis.
#[must_use]
pub fn shorten(text: &str, max: usize) -> String {
    if text.chars().nth(max).is_none() {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(max.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// Bytes as lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let mut text = Vec::with_capacity(bytes.len().saturating_mul(2));
    add_hex(bytes, &mut text);
    // Digits are ASCII.
    String::from_utf8(text).unwrap_or_default()
}

/// The same, added to a line.
pub(super) fn add_hex(bytes: &[u8], line: &mut Vec<u8>) {
    /// As long as a salt or a response: all digits of so many bytes are made at once.
    const AT_ONCE: usize = 32;
    const fn digit(half: u8) -> u8 {
        let begin = if half < 10 { b'0' } else { b'a' - 10 };
        begin.wrapping_add(half)
    }
    for some in bytes.chunks(AT_ONCE) {
        let mut whole = [0; AT_ONCE];
        for (place, byte) in whole.iter_mut().zip(some) {
            *place = *byte;
        }
        let digits = whole.map(|byte| [digit(byte >> 4), digit(byte & 15)]);
        let digits = digits.get(..some.len()).unwrap_or_default();
        line.extend_from_slice(digits.as_flattened());
    }
}

/// Writing into a `String` cannot fail; this is the one place that says so.
pub(crate) fn push(text: &mut String, what: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(what);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_text_without_loss_of_what_was_text() {
        for (bytes, text) in [
            (&b"app"[..], "app"),
            (b"", ""),
            ("žluťoučký 😀".as_bytes(), "žluťoučký 😀"),
            (b"caf\xe9", r"caf\xe9"),
            (b"\xff\xfe", r"\xff\xfe"),
            // A UTF-8 sequence that breaks off, and an encoded surrogate.
            (b"a\xe2\x82", r"a\xe2\x82"),
            (b"\xed\xa0\x80", r"\xed\xa0\x80"),
            (b"DOMAIN\\user", r"DOMAIN\user"),
        ] {
            assert_eq!(from_bytes(bytes), text);
        }
    }

    #[test]
    fn what_would_act_on_a_terminal_becomes_visible() {
        for (hostile, shown) in [
            ("\x1b[31mred\x1b[0m", r"\u{1b}[31mred\u{1b}[0m"),
            ("\x1b]0;title\x07", r"\u{1b}]0;title\u{7}"),
            ("a\nb\r\nc\td", r"a\nb\r\nc\td"),
            ("\u{7f}\u{9b}31m\u{85}", r"\u{7f}\u{9b}31m\u{85}"),
            ("nimda\u{202e}admin", r"nimda\u{202e}admin"),
            ("\u{2066}x\u{2069}\u{200f}", r"\u{2066}x\u{2069}\u{200f}"),
            ("ro\u{200b}ot\u{feff}", r"ro\u{200b}ot\u{feff}"),
            ("a\u{2028}b\u{2029}", r"a\u{2028}b\u{2029}"),
            ("\u{e0041}\u{e0100}", r"\u{e0041}\u{e0100}"),
            ("\u{3164}\u{115f}", r"\u{3164}\u{115f}"),
            ("\u{ffff}\u{fdd0}\u{1fffe}", r"\u{ffff}\u{fdd0}\u{1fffe}"),
            ("soft\u{ad}hyphen", r"soft\u{ad}hyphen"),
            ("plain ☃ text", "plain ☃ text"),
        ] {
            assert_eq!(for_terminal(hostile), shown);
        }
    }

    #[test]
    fn nothing_that_acts_survives_whatever_the_character() {
        for c in '\0'..=char::MAX {
            let shown = for_terminal(&c.to_string());
            assert!(!shown.chars().any(must_escape), "{:x}", u32::from(c));
        }
    }

    #[test]
    fn cells_are_cut_and_say_so() {
        assert_eq!(for_cell("abc", 3), "abc");
        assert_eq!(for_cell("abcd", 3), "ab…");
        assert_eq!(for_cell(&"x".repeat(65536), 10).chars().count(), 10);
        // 64 KiB of marks on one letter are one column wide; they are counted all the same.
        let zalgo = format!("e{}", "\u{301}".repeat(32768));
        assert_eq!(for_cell(&zalgo, 10).chars().count(), 10);
        assert_eq!(for_cell("\x1b\x1b", 8), r"\u{1b}\…");
    }

    #[test]
    fn addresses_are_written_as_the_standard_library_writes_them() {
        for written in [
            "0.0.0.0",
            "255.255.255.255",
            "10.20.3.100",
            "::1",
            "2001:db8::10.0.0.1",
        ] {
            let parsed: IpAddr = written.parse().unwrap();
            assert_eq!(address(parsed), parsed.to_string());
        }
    }

    #[test]
    fn hex_is_lower_case() {
        assert_eq!(hex(&[0x00, 0xAB, 0xff]), "00abff");
    }
}
