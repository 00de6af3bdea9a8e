//! Ends, percent-encoding, quotes, escapes, base64.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

use super::Forms;
use crate::auth::hex;
use crate::auth::verdict::PasswordForm;

/// What `encodeURIComponent` leaves as it is, taken out of the set of all that is escaped.
const COMPONENT: &AsciiSet = &UNRESERVED
    .remove(b'!')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');
/// RFC 3986: all but the unreserved characters is escaped.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');
/// What `encodeURI` escapes: it leaves the reserved characters too.
const URI: &AsciiSet = &COMPONENT
    .remove(b';')
    .remove(b',')
    .remove(b'/')
    .remove(b'?')
    .remove(b':')
    .remove(b'@')
    .remove(b'&')
    .remove(b'=')
    .remove(b'+')
    .remove(b'$')
    .remove(b'#');

/// Line endings, spaces and NUL at the ends; white space taken away.
pub(super) fn ends(password: &[u8], forms: &mut Forms) {
    for end in [b"\n".as_slice(), b"\r\n", b"\r"] {
        forms.add(PasswordForm::TrailingNewline, [password, end].concat());
    }
    forms.add(PasswordForm::TrailingSpace, [password, b" "].concat());
    forms.add(PasswordForm::LeadingSpace, [b" ", password].concat());
    forms.add(PasswordForm::TrailingNul, [password, b"\0"].concat());
    forms.add(PasswordForm::Trimmed, password.trim_ascii());
    forms.add(PasswordForm::Trimmed, password.trim_ascii_end());
    forms.add(PasswordForm::Trimmed, password.trim_ascii_start());
}

/// Percent-encoding both ways, and `+` for a space both ways.
pub(super) fn percent(password: &[u8], forms: &mut Forms) {
    let plus_to_space = replace(password, b'+', b' ');
    let decoded: Vec<u8> = percent_decode(password).collect();
    if decoded != password {
        forms.add(PasswordForm::PercentDecoded, decoded);
        let both: Vec<u8> = percent_decode(&plus_to_space).collect();
        forms.add(PasswordForm::PercentDecoded, both);
    }
    forms.add(PasswordForm::PlusAsSpace, plus_to_space);
    forms.add(PasswordForm::PlusAsSpace, replace(password, b' ', b'+'));
    for set in [UNRESERVED, COMPONENT, URI, NON_ALPHANUMERIC] {
        let encoded = percent_encode(password, set).to_string();
        forms.add(PasswordForm::PercentEncoded, lower_hex(&encoded));
        if encoded.contains("%20") {
            forms.add(PasswordForm::PercentEncoded, encoded.replace("%20", "+"));
        }
        forms.add(PasswordForm::PercentEncoded, encoded);
    }
    let each: Vec<String> = password
        .iter()
        .map(|&b| ["%", &hex::lower(&[b])].concat())
        .collect();
    let all = each.concat().to_ascii_uppercase();
    forms.add(PasswordForm::PercentEncoded, lower_hex(&all));
    forms.add(PasswordForm::PercentEncoded, all);
}

/// The hex digits of each `%XX` in lower case, the rest as it is.
fn lower_hex(encoded: &str) -> String {
    let mut digits = 0_u8;
    encoded
        .chars()
        .map(|c| {
            let in_escape = digits > 0;
            digits = if c == '%' {
                2
            } else {
                digits.saturating_sub(1)
            };
            if in_escape { c.to_ascii_lowercase() } else { c }
        })
        .collect()
}

fn replace(text: &[u8], from: u8, to: u8) -> Vec<u8> {
    let swap = |&byte: &u8| if byte == from { to } else { byte };
    text.iter().map(swap).collect()
}

/// Quotes around it, and its own quotes taken away.
pub(super) fn quotes(password: &[u8], forms: &mut Forms) {
    for quote in [b"'", b"\"", b"`"] {
        let quote = quote.as_slice();
        forms.add(PasswordForm::Quoted, [quote, password, quote].concat());
    }
    for quote in [b"'", b"\"", b"`"] {
        let inside = password
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote));
        forms.add(PasswordForm::Unquoted, inside.unwrap_or_default());
    }
}

/// Backslashes resolved, and put in front of special characters.
pub(super) fn escapes(password: &[u8], forms: &mut Forms) {
    if password.contains(&b'\\') {
        forms.add(PasswordForm::Unescaped, unescape(password, |byte| byte));
        forms.add(PasswordForm::Unescaped, unescape(password, c_escape));
    }
    let quoting = |byte| matches!(byte, b'\'' | b'"' | b'\\');
    let double_quoted = |byte| matches!(byte, b'"' | b'\\' | b'$' | b'`');
    let backslash = |byte| byte == b'\\';
    let every = |byte: u8| !byte.is_ascii_alphanumeric() && byte.is_ascii();
    let some = |byte: u8| every(byte) && !matches!(byte, b'-' | b'_' | b'.' | b'/' | b',' | b'@');
    forms.add(PasswordForm::Escaped, escape(password, quoting));
    forms.add(PasswordForm::Escaped, escape(password, double_quoted));
    forms.add(PasswordForm::Escaped, escape(password, backslash));
    forms.add(PasswordForm::Escaped, escape(password, some));
    forms.add(PasswordForm::Escaped, escape(password, every));
}

fn escape(text: &[u8], special: impl Fn(u8) -> bool) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(text.len().saturating_mul(2));
    for &byte in text {
        if special(byte) {
            escaped.push(b'\\');
        }
        escaped.push(byte);
    }
    escaped
}

fn unescape(text: &[u8], meaning: impl Fn(u8) -> u8) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => plain.push(bytes.next().map_or(byte, &meaning)),
            _ => plain.push(byte),
        }
    }
    plain
}

fn c_escape(letter: u8) -> u8 {
    match letter {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'0' => 0,
        b'b' => 8,
        b'Z' => 26,
        other => other,
    }
}

/// As base64 text and decoded from it.
pub(super) fn base64(password: &[u8], forms: &mut Forms) {
    let newline = [password, b"\n"].concat();
    for bytes in [password, &newline] {
        for alphabet in [&STANDARD, &URL_SAFE] {
            let encoded = alphabet.encode(bytes);
            forms.add(PasswordForm::Base64Encoded, encoded.trim_end_matches('='));
            forms.add(PasswordForm::Base64Encoded, encoded);
        }
    }
    for alphabet in [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD] {
        if let Ok(decoded) = alphabet.decode(password) {
            forms.add(PasswordForm::Base64Decoded, decoded.trim_ascii_end());
            forms.add(PasswordForm::Base64Decoded, decoded);
        }
    }
}
