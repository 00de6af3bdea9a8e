//! The shapes in which a password turns up in text: itself, percent-encoded, in hex, in base64.
//!
//! Owns: the list of shapes and their encodings. Called by [`super::Redactor::new`] alone. All
//! shapes are in lower case: the search folds ASCII case, which also finds a password whose
//! letters changed case on the way.

use std::fmt::Write as _;

use zeroize::Zeroizing;

/// From this many bytes a candidate is masked inside longer words too. Shorter ones would hide
/// half of any text by accident.
const INSIDE_WORDS: usize = 4;

/// Bytes to look for, in ASCII lower case. No `Debug`: they are a password.
pub(super) struct Needle {
    bytes: Zeroizing<Vec<u8>>,
    whole_word: bool,
}

impl Needle {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) const fn whole_word(&self) -> bool {
        self.whole_word
    }
}

/// Adds every shape of `candidate`.
pub(super) fn of(candidate: &[u8], needles: &mut Vec<Needle>) {
    let mut plain = vec![
        Zeroizing::new(candidate.to_vec()),
        Zeroizing::new(candidate.trim_ascii().to_vec()),
        Zeroizing::new(percent_decoded(candidate)),
    ];
    plain.extend(latin1(candidate).map(Zeroizing::new));
    plain.extend(utf16le(candidate).map(Zeroizing::new));
    for form in plain {
        let long = form.len() >= INSIDE_WORDS;
        add(&form, !long, needles);
        // Everything but letters and digits encoded, or only what RFC 3986 reserves, or as a form.
        for kept in [&b"-_.~"[..], b"-_.~!*'()", b"", b"-_.~!$&'()*+,;=:@/?"] {
            let encoded = Zeroizing::new(percent_encoded(&form, kept));
            add(&encoded, !long, needles);
            let as_form = Zeroizing::new(String::from_utf8_lossy(&encoded).replace("%20", "+"));
            add(as_form.as_bytes(), !long, needles);
        }
        if long {
            add(crate::report::text::hex(&form).as_bytes(), false, needles);
            for before in 0..3 {
                let digits = Zeroizing::new(base64_inside(&form, before));
                add(&digits, false, needles);
                let url_safe = digits.iter().map(|digit| match digit {
                    b'+' => b'-',
                    b'/' => b'_',
                    other => *other,
                });
                add(&url_safe.collect::<Vec<u8>>(), false, needles);
            }
        }
    }
}

fn add(bytes: &[u8], whole_word: bool, needles: &mut Vec<Needle>) {
    let bytes = Zeroizing::new(bytes.to_ascii_lowercase());
    if !bytes.is_empty() {
        needles.push(Needle { bytes, whole_word });
    }
}

/// `%XX` for all but letters, digits and `kept`.
fn percent_encoded(bytes: &[u8], kept: &[u8]) -> Vec<u8> {
    let mut text = String::new();
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || kept.contains(byte) {
            text.push(char::from(*byte));
        } else {
            let _ = write!(text, "%{byte:02x}");
        }
    }
    text.into_bytes()
}

/// `%XX` resolved; anything else stays.
fn percent_decoded(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        let code = tail
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(byte) = code {
            out.push(byte);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            out.push(*first);
            rest = tail;
        }
    }
    out
}

/// In Latin-1, if that differs.
fn latin1(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    if text.is_ascii() {
        return None;
    }
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect()
}

/// In UTF-16, little endian, if the candidate is text.
fn utf16le(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect())
}

/// The characters of base64 that depend on `bytes` alone when `before` bytes (mod 3) precede them.
fn base64_inside(bytes: &[u8], before: usize) -> Vec<u8> {
    let mut padded = Zeroizing::new(vec![0_u8; before]);
    padded.extend_from_slice(bytes);
    let digits = padded.chunks(3).flat_map(|group| {
        let bits = (0..3).fold(0_u32, |bits, at| {
            bits << 8 | u32::from(group.get(at).copied().unwrap_or(0))
        });
        // A group cut short gives only the digits that lie wholly inside it.
        let whole = match group.len() {
            1 => 1,
            2 => 2,
            _ => 4,
        };
        let digit = move |shift: u32| base64_digit(bits >> shift & 0x3f);
        [18, 12, 6, 0].into_iter().take(whole).map(digit)
    });
    // The digits that the bytes before have a part in.
    let shared = match before {
        0 => 0,
        1 => 2,
        _ => 3,
    };
    digits.skip(shared).collect()
}

/// The digit for six bits, in the alphabet of RFC 4648, section 4.
fn base64_digit(sextet: u32) -> u8 {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    DIGITS
        .get(usize::try_from(sextet).unwrap_or(0))
        .copied()
        .unwrap_or(b'=')
}
