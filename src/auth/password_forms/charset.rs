//! Character sets, Unicode normal forms, and letters in another case.

use unicode_normalization::UnicodeNormalization;

use super::Forms;
use crate::auth::verdict::PasswordForm;

/// What Windows code page 1252 has at 0x80 to 0x9F; 0 where it has nothing.
/// Source: the Unicode Consortium's `CP1252.TXT`.
const CP1252_HIGH: [u16; 32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC,
    0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
];

/// Longest password of which each letter's other case is tried, in bytes: what is longer is a token
/// that a program made, and would cost as many hypotheses as it has letters.
const ONE_LETTER_MAX: usize = 256;

/// The candidate's text in the encodings that clients are known to use.
pub(super) fn charsets(password: &[u8], forms: &mut Forms) {
    if let Ok(text) = str::from_utf8(password) {
        if !text.is_ascii() {
            forms.add(PasswordForm::Latin1, encode(text, latin1));
            forms.add(PasswordForm::Cp1252, encode(text, cp1252));
            forms.add(PasswordForm::Utf8, decode(password, char::from));
            forms.add(PasswordForm::Utf8, decode(password, from_cp1252));
        }
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        forms.add(
            PasswordForm::Utf16le,
            [b"\xff\xfe", utf16.as_slice()].concat(),
        );
        forms.add(PasswordForm::Utf16le, utf16);
        forms.add(PasswordForm::ByteOrderMark, ["\u{feff}", text].concat());
        forms.add(PasswordForm::Nfc, text.nfc().collect::<String>());
        forms.add(PasswordForm::Nfd, text.nfd().collect::<String>());
    } else {
        forms.add(PasswordForm::Utf8, decode(password, char::from));
        forms.add(PasswordForm::Utf8, decode(password, from_cp1252));
    }
}

/// All bytes of `text` under a one-byte encoding, `?` for what it lacks.
fn encode(text: &str, encoding: impl Fn(char) -> Option<u8>) -> Vec<u8> {
    text.chars().map(|c| encoding(c).unwrap_or(b'?')).collect()
}

/// The bytes taken as text of a one-byte encoding, in UTF-8.
fn decode(bytes: &[u8], encoding: impl Fn(u8) -> char) -> String {
    bytes.iter().copied().map(encoding).collect()
}

fn latin1(c: char) -> Option<u8> {
    u8::try_from(u32::from(c)).ok()
}

fn cp1252(c: char) -> Option<u8> {
    let high = CP1252_HIGH
        .iter()
        .position(|&unit| unit != 0 && u32::from(unit) == u32::from(c));
    match high {
        Some(index) => u8::try_from(index).ok()?.checked_add(0x80),
        None => latin1(c).filter(|byte| !(0x80..0xA0).contains(byte)),
    }
}

fn from_cp1252(byte: u8) -> char {
    byte.checked_sub(0x80)
        .and_then(|index| CP1252_HIGH.get(usize::from(index)))
        .filter(|&&unit| unit != 0)
        .and_then(|&unit| char::from_u32(u32::from(unit)))
        .unwrap_or(char::from(byte))
}

/// All lower, all upper, swapped, capitalised, and each letter alone; letters beyond ASCII too where
/// the password is text.
pub(super) fn cases(password: &[u8], forms: &mut Forms) {
    let mut add = |bytes: Vec<u8>| forms.add(PasswordForm::CaseChanged, bytes);
    let text = str::from_utf8(password).ok();
    if let Some(text) = text {
        add(text.to_lowercase().into_bytes());
        add(text.to_uppercase().into_bytes());
        add(text.chars().flat_map(other_case).collect::<String>().into());
        add(capitalised(text).into_bytes());
        add(capitalised(&text.to_lowercase()).into_bytes());
    }
    add(password.to_ascii_lowercase());
    add(password.to_ascii_uppercase());
    add(password.iter().copied().map(swapped).collect());
    for rest in [password.to_vec(), password.to_ascii_lowercase()] {
        let mut capitalised = rest;
        if let Some(first) = capitalised.first_mut() {
            first.make_ascii_uppercase();
        }
        add(capitalised);
    }
    if password.len() > ONE_LETTER_MAX {
        return;
    }
    for index in 0..password.len() {
        let mut one = password.to_vec();
        if let Some(letter) = one.get_mut(index) {
            *letter = swapped(*letter);
        }
        add(one);
    }
    let letters = text.unwrap_or_default().char_indices();
    for (index, letter) in letters.filter(|(_, letter)| !letter.is_ascii()) {
        let (before, behind) = password.split_at(index);
        let behind = behind.get(letter.len_utf8()..).unwrap_or_default();
        let other: String = other_case(letter).collect();
        add([before, other.as_bytes(), behind].concat());
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// A letter in the other case; the same where it has none.
fn other_case(letter: char) -> impl Iterator<Item = char> {
    let lower = letter.is_lowercase();
    let upper = lower.then(|| letter.to_uppercase());
    let lower = (!lower).then(|| letter.to_lowercase());
    upper
        .into_iter()
        .flatten()
        .chain(lower.into_iter().flatten())
}

const fn swapped(byte: u8) -> u8 {
    if byte.is_ascii_alphabetic() {
        byte ^ 0x20
    } else {
        byte
    }
}
